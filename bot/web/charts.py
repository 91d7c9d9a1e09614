"""Charts as inline SVG: a line over time, coloured by the page's own style sheet."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from markupsafe import Markup

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence
    from datetime import date

# In the units of the page's own text: a chart across the page is twice as wide, not twice as large.
NARROW, WIDE, HEIGHT = 560, 1140, 220
LEFT, RIGHT, TOP, BOTTOM = 52, 20, 24, 32
# A round number of steps: people read 5, 10 and 20 faster than 7.
STEPS = (1, 2, 2.5, 5, 10)
GRID_LINES = 4
MANY_DAYS = 400
# A day that lies nearer to an end of the axis would be written over the day there.
QUARTER = 0.25

GRID = '<line class="grid" x1="{left}" x2="{right}" y1="{y:.1f}" y2="{y:.1f}"/>'
LABEL = '<text class="axis" x="{x:.1f}" y="{y:.1f}" text-anchor="{anchor}">{text}</text>'
VALUE = '<text class="value" x="{x:.1f}" y="{y:.1f}" text-anchor="{anchor}">{text}</text>'
DOT = '<circle class="dot" cx="{x:.1f}" cy="{y:.1f}" r="3"><title>{day}: {count}</title></circle>'


@dataclass(frozen=True, slots=True)
class Series:
    """Counts over days, oldest first; at least one."""

    days: Sequence[date]
    counts: Sequence[int]
    width: int = NARROW


def line(series: Series, title: str) -> Markup:
    """Draw the counts over time, first and last one written out; `title` is read aloud."""
    scale = _Scale(series)
    places = [scale.place(day, n) for day, n in zip(series.days, series.counts, strict=True)]
    path = " ".join(f"{'ML'[index > 0]}{x:.1f},{y:.1f}" for index, (x, y) in enumerate(places))
    floor = scale.y(0)
    area = f"{path} L{places[-1][0]:.1f},{floor:.1f} L{places[0][0]:.1f},{floor:.1f} Z"
    inner = "".join(
        [
            *_grid(scale),
            *_days(series, scale),
            f'<path class="area" d="{area}"/>',
            f'<path class="line" d="{path}"/>',
            *_dots(series, places),
            *_values(series, places),
        ]
    )
    head = Markup('<svg viewBox="0 0 {} {}" role="img" aria-label="{}">')
    # Numbers and dates only: nothing in it comes from the repository.
    return head.format(series.width, HEIGHT, title) + Markup(inner + "</svg>")  # noqa: S704


class _Scale:
    def __init__(self, series: Series) -> None:
        self.right = series.width - RIGHT
        self._first = series.days[0].toordinal()
        self._span = max(series.days[-1].toordinal() - self._first, 1)
        self._is_single = len(series.days) == 1
        self.step = _step(max(series.counts))
        self.top = self.step * max(1, -(-max(series.counts) // self.step))

    def place(self, day: date, count: int) -> tuple[float, float]:
        return self.x(day), self.y(count)

    def x(self, day: date) -> float:
        if self._is_single:
            return (LEFT + self.right) / 2
        return LEFT + self.share(day) * (self.right - LEFT)

    def share(self, day: date) -> float:
        """Give the part of the time that is over on a day, from 0 to 1."""
        return (day.toordinal() - self._first) / self._span

    def y(self, count: float) -> float:
        return HEIGHT - BOTTOM - count / self.top * (HEIGHT - TOP - BOTTOM)


def _step(most: int) -> int:
    """Choose the distance of grid lines: a round number, no fraction."""
    rough = max(most / GRID_LINES, 1)
    power = 10 ** (len(str(int(rough))) - 1)
    return max(1, next(int(step * power) for step in STEPS if step * power >= rough))


def _grid(scale: _Scale) -> Iterator[str]:
    for count in range(0, int(scale.top) + 1, scale.step):
        y = scale.y(count)
        yield GRID.format(left=LEFT, right=scale.right, y=y)
        yield LABEL.format(x=LEFT - 8, y=y + 4, anchor="end", text=f"{count:,}")


def _days(series: Series, scale: _Scale) -> Iterator[str]:
    first, last = series.days[0], series.days[-1]
    form = "%d %b %Y" if (last - first).days > MANY_DAYS else "%d %b"
    shown = {first: "start", last: "end"} if first != last else {first: "middle"}
    between = min(series.days, key=lambda day: abs((day - first) - (last - day)))
    if QUARTER < scale.share(between) < 1 - QUARTER:
        shown[between] = "middle"
    for day, anchor in sorted(shown.items()):
        text = day.strftime(form)
        yield LABEL.format(x=scale.x(day), y=HEIGHT - 10, anchor=anchor, text=text)


def _dots(series: Series, places: Sequence[tuple[float, float]]) -> Iterator[str]:
    for day, count, (x, y) in zip(series.days, series.counts, places, strict=True):
        yield DOT.format(x=x, y=y, day=day.isoformat(), count=f"{count:,}")


def _values(series: Series, places: Sequence[tuple[float, float]]) -> Iterator[str]:
    """Write the first and the last count beside their dots."""
    x, y = places[0]
    if len(places) > 1:
        yield VALUE.format(x=x + 4, y=y - 8, anchor="start", text=f"{series.counts[0]:,}")
    x, y = places[-1]
    yield VALUE.format(x=x, y=y - 8, anchor="end", text=f"{series.counts[-1]:,}")
