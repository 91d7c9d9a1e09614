"""Run all benchmarks, one after the other: `python -m tests.benchmarks --help`.

One that lacks what it needs says so and is skipped.
"""

from __future__ import annotations

import argparse
import subprocess
import sys
from dataclasses import dataclass

SKIPPED = "{name}: skipped, it needs {missing}"


@dataclass(frozen=True, slots=True)
class Benchmark:
    """A module of this package, the flags without which it cannot run, and those that it takes."""

    name: str
    needs: tuple[str, ...] = ()
    takes: tuple[str, ...] = ()


BENCHMARKS = (
    Benchmark("census", ("repo", "checkout", "rev", "config"), ("since", "rounds")),
    Benchmark("checking", ("repo", "config", "change"), ("rounds",)),
    Benchmark("acknowledgement", (), ("probot", "database-url", "rounds")),
    Benchmark("requests"),
)
HELP = {
    "repo": "a clone of a large repository",
    "checkout": "REV of it, checked out",
    "rev": "a commit of it",
    "config": "the config to count and check by",
    "since": "measure the history from this day, too",
    "change": "BASE..HEAD, a change of it; may be repeated",
    "probot": "the folder where `npm install probot` was run",
    "database-url": "an empty PostgreSQL",
    "rounds": "how often each takes its turn",
}


def main() -> None:
    """Run each benchmark that has what it needs, in a process of its own."""
    given = _given()
    for benchmark in BENCHMARKS:
        missing = [f"--{flag}" for flag in benchmark.needs if not given[flag]]
        if missing:
            print(SKIPPED.format(name=benchmark.name, missing=", ".join(missing)), flush=True)
            continue
        flags = [
            f"--{flag}={value}"
            for flag in (*benchmark.needs, *benchmark.takes)
            for value in given[flag]
        ]
        command = [sys.executable, "-m", f"tests.benchmarks.{benchmark.name}", *flags]
        subprocess.run(command, check=True)


def _given() -> dict[str, list[str]]:
    parser = argparse.ArgumentParser(description=__doc__)
    for flag, text in HELP.items():
        parser.add_argument(f"--{flag}", action="append", default=[], help=text)
    return {flag.replace("_", "-"): values for flag, values in vars(parser.parse_args()).items()}


if __name__ == "__main__":
    main()
