"""The lines that benchmarks print: what was measured, against what, and the goal."""

from __future__ import annotations

import os
from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterable

HEADING = f"{'work':<44} {'measured':<28} {'against':<28} {'ratio':>7}   goal"
LINE = "{name:<44} {measured:<28} {against:<28} {ratio:>7}   {goal}"
LOAD = "load {load:.1f} on {cores} cores"


@dataclass(frozen=True, slots=True)
class Row:
    """One line of the table."""

    name: str
    measured: str
    against: str = ""
    ratio: str = ""
    goal: str = ""


def show(rows: Iterable[Row]) -> None:
    """Print the table, each line as soon as it is known."""
    print(LOAD.format(load=os.getloadavg()[0], cores=os.cpu_count()))
    print(HEADING)
    for row in rows:
        line = LINE.format(
            name=row.name,
            measured=row.measured,
            against=row.against,
            ratio=row.ratio,
            goal=row.goal,
        )
        print(line.rstrip(), flush=True)
