"""A history as a table, for a person at a terminal."""

from __future__ import annotations

from typing import TYPE_CHECKING

from checks.formats.wording import short_id

if TYPE_CHECKING:
    from collections.abc import Sequence

    from checks.history import Point

DAY, COMMIT, TOTAL = "day", "commit", "total"
GAP = "  "


def render(points: Sequence[Point]) -> str:
    """Write a line for each point, a column for each rule that ever found anything."""
    shown = [rule for rule in points[-1].counts if any(point.counts[rule] for point in points)]
    rows = [[DAY, COMMIT, *shown, TOTAL], *(_row(point, shown) for point in points)]
    widths = [max(map(len, column)) for column in zip(*rows, strict=True)]
    return "".join(f"{_line(row, widths)}\n" for row in rows)


def _row(point: Point, rules: Sequence[str]) -> list[str]:
    counts = [f"{point.counts[rule]:,}" for rule in rules]
    total = f"{sum(point.counts.values()):,}"
    return [point.day.isoformat(), short_id(point.rev), *counts, total]


def _line(row: Sequence[str], widths: Sequence[int]) -> str:
    names = [cell.ljust(width) for cell, width in zip(row[:2], widths[:2], strict=True)]
    counts = [cell.rjust(width) for cell, width in zip(row[2:], widths[2:], strict=True)]
    return GAP.join([*names, *counts])
