"""Measure the census against ruff, side by side: `python -m tests.benchmarks.census --help`.

Ruff's TID251 looks for the same imports in the same files, on a checkout; ssot reads the clone.
Runs take turns, so that a busy machine slows all of them alike; the medians are compared.
"""

from __future__ import annotations

import argparse
import os
import resource
import shutil
import statistics
import subprocess
import sys
import tempfile
import time
from dataclasses import dataclass
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING

from checks.config import parse

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from checks.config import Config

CHANGED = 10
GOALS = {"cold": 0.8, "next commit": 0.1, "history, each point": 0.1}
LINE = "{name:<24} {wall:>8.2f} s wall {cpu:>8.2f} s CPU   {ratio:>6.2f} x wall {work:>6.2f} x CPU"


@dataclass(frozen=True)
class Run:
    """How long one run took."""

    wall: float
    cpu: float


def main() -> None:
    arguments = _arguments()
    with tempfile.TemporaryDirectory() as folder:
        figures = _measure(arguments, Path(folder))
    ruff = figures["ruff"]
    print(f"load {os.getloadavg()[0]:.1f} on {os.cpu_count()} cores, median of {arguments.rounds}")
    for name, run in figures.items():
        goal = f"   goal {GOALS[name]} x" if name in GOALS else ""
        print(
            LINE.format(
                name=name,
                wall=run.wall,
                cpu=run.cpu,
                ratio=run.wall / ruff.wall,
                work=run.cpu / ruff.cpu,
            )
            + goal
        )


def _arguments() -> argparse.Namespace:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--repo", type=Path, required=True, help="a clone")
    parser.add_argument("--checkout", type=Path, required=True, help="REV, checked out")
    parser.add_argument("--rev", required=True, help="its commit")
    parser.add_argument("--config", type=Path, required=True, help="the config to count by")
    parser.add_argument("--since", help="measure the history from this day, too")
    parser.add_argument("--rounds", type=int, default=3)
    return parser.parse_args()


def _measure(arguments: argparse.Namespace, folder: Path) -> dict[str, Run]:
    bans = folder / "ruff.toml"
    bans.write_text(_bans(parse(arguments.config.read_bytes())))
    clone, following = _with_one_more(arguments.repo, arguments.rev, folder / "clone.git")
    scan = partial(_scan, clone, arguments.config, folder / "data")
    steps: dict[str, Callable[[], Run]] = {
        "ruff": lambda: _ruff(bans, arguments.checkout),
        "cold": lambda: scan(arguments.rev, keep=False),
        "next commit": lambda: scan(following, keep=True),
        "same commit": lambda: scan(following, keep=True),
    }
    runs: dict[str, list[Run]] = {name: [] for name in steps}
    for _ in range(arguments.rounds):
        for name, step in steps.items():
            runs[name].append(step())
    figures = {name: _median(each) for name, each in runs.items()}
    if arguments.since:
        figures["history, each point"] = _history(arguments, folder)
    return figures


def _bans(config: Config) -> str:
    modules = [d.module for concept in config.concepts for d in concept.deprecated]
    tables = (f'[lint.flake8-tidy-imports.banned-api."{m}"]\nmsg = "x"\n' for m in modules)
    return '[lint]\nselect = ["TID251"]\n' + "".join(tables)


def _ruff(bans: Path, checkout: Path) -> Run:
    return _timed(["-m", "ruff", "check", "--no-cache", "--config", str(bans), str(checkout)], {})


def _with_one_more(repo: Path, rev: str, clone: Path) -> tuple[Path, str]:
    """Make a clone that borrows all objects, and a commit after `rev` that changes ten files."""
    _git(repo, "clone", "--quiet", "--bare", "--shared", ".", str(clone))
    commit = _git(repo, "rev-parse", f"{rev}^{{commit}}")
    _git(clone, "read-tree", commit)
    files = [
        file for file in _git(clone, "ls-files", "--stage").splitlines() if file.endswith(".py")
    ]
    for line in files[:: len(files) // CHANGED]:
        meta, _, path = line.partition("\t")
        mode, oid, _ = meta.split(" ")
        content = f"{_git(clone, 'cat-file', 'blob', oid)}\n# one more line\n"
        changed = _git(clone, "hash-object", "-w", "--stdin", stdin=content)
        _git(clone, "update-index", "--cacheinfo", f"{mode},{changed},{path}")
    identity = ("-c", "user.name=A", "-c", "user.email=a@example.com")
    tree = _git(clone, "write-tree", "--missing-ok")
    return clone, _git(clone, *identity, "commit-tree", tree, "-p", commit, "-m", "one more")


def _git(folder: Path, *arguments: str, stdin: str = "") -> str:
    done = subprocess.run(
        ["git", *arguments], cwd=folder, input=stdin, capture_output=True, check=True, text=True
    )
    return done.stdout.strip()


def _scan(clone: Path, config: Path, data: Path, rev: str, *, keep: bool) -> Run:
    if not keep:
        shutil.rmtree(data, ignore_errors=True)
    flags = ["--repo", str(clone), "--config", str(config), "--rev", rev]
    return _timed(["-m", "bot", "scan", *flags], {"SSOT_DATA_DIR": str(data)})


def _history(arguments: argparse.Namespace, folder: Path) -> Run:
    """Measure a history from an empty cache, and share it among its points."""
    flags = ["--repo", str(arguments.repo), "--config", str(arguments.config)]
    flags += ["--rev", arguments.rev, "--since", arguments.since]
    output = folder / "history.txt"
    data = {"SSOT_DATA_DIR": str(folder / "fresh")}
    whole = _timed(["-m", "bot", "history", *flags], data, output=output)
    points = len(output.read_text().splitlines()) - 1
    print(f"history of {points} points: {whole.wall:.1f} s wall, {whole.cpu:.1f} s CPU")
    return Run(whole.wall / points, whole.cpu / points)


def _timed(
    command: Sequence[str], environment: dict[str, str], *, output: Path = Path(os.devnull)
) -> Run:
    before, started = _cpu(), time.perf_counter()
    with output.open("w") as file:
        subprocess.run(
            [sys.executable, *command],
            env=os.environ | environment,
            stdout=file,
            check=False,  # ruff exits 1 for what it finds
        )
    return Run(time.perf_counter() - started, _cpu() - before)


def _cpu() -> float:
    used = resource.getrusage(resource.RUSAGE_CHILDREN)
    return used.ru_utime + used.ru_stime


def _median(runs: Sequence[Run]) -> Run:
    return Run(
        statistics.median(run.wall for run in runs), statistics.median(run.cpu for run in runs)
    )


if __name__ == "__main__":
    main()
