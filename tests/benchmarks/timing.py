"""How long commands take: wall and processor time, their own and that of all that they start."""

from __future__ import annotations

import os
import resource
import statistics
import subprocess
import sys
import time
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

# An installed package comes compiled.
COMPILED = {"PYTHONDONTWRITEBYTECODE": ""}
NOWHERE = Path(os.devnull)


@dataclass(frozen=True, slots=True)
class Run:
    """How long something took, in seconds."""

    wall: float
    cpu: float

    def __add__(self, other: Run) -> Run:
        return Run(self.wall + other.wall, self.cpu + other.cpu)

    def __mul__(self, count: int) -> Run:
        return Run(self.wall * count, self.cpu * count)


def python(*arguments: str, data: Path = NOWHERE, output: Path = NOWHERE) -> Run:
    """Time this interpreter; `data` is the data folder of ssot."""
    return timed([sys.executable, *arguments], {"SSOT_DATA_DIR": str(data)}, output=output)


def timed(command: Sequence[str], environment: Mapping[str, str], *, output: Path = NOWHERE) -> Run:
    """Time one command; what it exits with is told by neither ruff nor ssot as an error."""
    before, started = _cpu(), time.perf_counter()
    with output.open("w") as file:
        subprocess.run(
            command, env={**os.environ, **COMPILED, **environment}, stdout=file, check=False
        )
    return Run(time.perf_counter() - started, _cpu() - before)


def median(runs: Sequence[Run]) -> Run:
    """Take the medians."""
    return Run(
        statistics.median(run.wall for run in runs), statistics.median(run.cpu for run in runs)
    )


def git(folder: Path, *arguments: str, stdin: str = "") -> str:
    """Run git, and return what it prints."""
    done = subprocess.run(
        ["git", *arguments], cwd=folder, input=stdin, capture_output=True, check=True, text=True
    )
    return done.stdout.strip()


def _cpu() -> float:
    used = resource.getrusage(resource.RUSAGE_CHILDREN)
    return used.ru_utime + used.ru_stime
