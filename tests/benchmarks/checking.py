"""Measure `ssot check` of real changes, start included: `python -m tests.benchmarks.checking`.

Beside it stands what Python takes to start and do nothing, in the same turns.
"""

from __future__ import annotations

import argparse
import json
import tempfile
from pathlib import Path
from typing import TYPE_CHECKING

from tests.benchmarks.table import Row, show
from tests.benchmarks.timing import Run, median, python

if TYPE_CHECKING:
    from collections.abc import Iterator

SECONDS = "{run.wall:.2f} s, CPU {run.cpu:.2f} s"
PASS = "python -c pass"
GOAL = "0.50 s"


def main() -> None:
    """Print a row for each change."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--repo", type=Path, required=True, help="a clone")
    parser.add_argument("--config", type=Path, required=True, help="the config to check by")
    parser.add_argument(
        "--change", action="append", required=True, metavar="BASE..HEAD", help="may be repeated"
    )
    parser.add_argument("--rounds", type=int, default=5)
    show(_rows(parser.parse_args()))


def _rows(arguments: argparse.Namespace) -> Iterator[Row]:
    for change in arguments.change:
        files, check, nothing = _measured(change, arguments)
        yield Row(
            f"check of {files} files, {change[:12]}",
            SECONDS.format(run=check),
            f"{PASS}, {SECONDS.format(run=nothing)}",
            f"{check.wall / nothing.wall:.1f}",
            GOAL,
        )


def _measured(change: str, arguments: argparse.Namespace) -> tuple[int, Run, Run]:
    """Take turns; tell how many files changed, and the medians of checking and of nothing."""
    base, _, head = change.partition("..")
    ends = ("--base", base, "--head", head, "--config", str(arguments.config), "--format", "json")
    checks, nothings = [], []
    with tempfile.TemporaryDirectory() as folder:
        output = Path(folder) / "found.json"
        for _ in range(arguments.rounds):
            where = ("--repo", str(arguments.repo), *ends)
            checks.append(python("-m", "bot", "check", *where, output=output))
            nothings.append(python("-c", "pass"))
        found = json.loads(output.read_text())
    return found["stats"]["files_changed"], median(checks), median(nothings)


if __name__ == "__main__":
    main()
