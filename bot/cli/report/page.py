"""The report of a history: totals before and now, burn-downs, stages, the files that hold most."""

from __future__ import annotations

from dataclasses import dataclass
from itertools import pairwise
from typing import TYPE_CHECKING

from jinja2 import Environment, PackageLoader, StrictUndefined

from bot.web.charts import WIDE, Series, line
from checks.formats.visible import spell_unseen
from checks.registry import rules
from checks.stages import Stage

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence
    from datetime import date

    from markupsafe import Markup

    from checks.config import Config
    from checks.history import Point

ALL_FINDINGS = "All findings"
TEMPLATE = "history.html"
FILES_SHOWN = 15


@dataclass(frozen=True, slots=True)
class Card:
    """One thing that is counted: what it is, how much before and now, and its chart."""

    name: str
    about: str
    before: int
    now: int
    chart: Markup

    @property
    def change(self) -> str:
        """The difference, with its sign."""
        return f"{self.now - self.before:+,}".replace("-", "\N{MINUS SIGN}") if self.moved else "±0"

    @property
    def moved(self) -> bool:
        """Tell whether anything changed."""
        return self.now != self.before

    @property
    def direction(self) -> str:
        """Say in a word whether it got better; it is the class of the number."""
        if not self.moved:
            return "same"
        return "better" if self.now < self.before else "worse"


@dataclass(frozen=True, slots=True)
class Stretch:
    """How long a module stood in one stage: its share of the time in percent."""

    stage: str
    percent: float
    first: date


def render(points: Sequence[Point], config: Config, name: str) -> str:
    """Write the page."""
    environment = Environment(
        loader=PackageLoader("bot.cli.report"), autoescape=True, undefined=StrictUndefined
    )
    last, totals = points[-1], [sum(point.counts.values()) for point in points]
    most = sorted(last.paths.items(), key=lambda item: (-item[1], item[0]))[:FILES_SHOWN]
    return environment.get_template(TEMPLATE).render(
        name=spell_unseen(name),
        first=points[0],
        last=last,
        points=points,
        total=_card(ALL_FINDINGS, "", points, totals),
        total_wide=line(Series([point.day for point in points], totals, WIDE), ALL_FINDINGS),
        rules=list(_rule_cards(points)),
        concepts=list(_concept_cards(points, config)),
        definitions=list(_definition_cards(points, config)),
        stages=_stages(points),
        all_stages=list(Stage),
        most=[(spell_unseen(path), count, points[0].paths.get(path, 0)) for path, count in most],
        files=len(last.paths),
    )


def _card(name: str, about: str, points: Sequence[Point], counts: Sequence[int]) -> Card:
    chart = line(Series([point.day for point in points], counts), name)
    return Card(name, about, counts[0], counts[-1], chart)


def _rule_cards(points: Sequence[Point]) -> Iterator[Card]:
    reasons = {rule.name: rule.reason for rule in rules()}
    for rule in points[-1].counts:
        if any(point.counts[rule] for point in points):
            yield _card(rule, reasons[rule], points, [point.counts[rule] for point in points])


def _concept_cards(points: Sequence[Point], config: Config) -> Iterator[Card]:
    for concept in config.concepts:
        counts = [point.concepts[concept.name] for point in points]
        if any(counts):
            yield _card(concept.name, concept.about, points, counts)


def _definition_cards(points: Sequence[Point], config: Config) -> Iterator[Card]:
    for concept in config.concepts:
        counts = [point.definitions[concept.name] for point in points]
        if any(counts):
            yield _card(concept.name, "", points, counts)


def _stages(points: Sequence[Point]) -> Mapping[str, tuple[Stage, list[Stretch]]]:
    """Give, for each deprecated module, where it stands now and how it got there."""
    return {
        module: (stage, list(_stretches(points, module)))
        for module, stage in points[-1].stages.items()
    }


def _stretches(points: Sequence[Point], module: str) -> Iterator[Stretch]:
    """Join the points of one stage; each lasts until the next one, the last point as one day."""
    ends = [*(after.day for _, after in pairwise(points)), points[-1].day]
    days = [max((end - p.day).days, 0) for p, end in zip(points, ends, strict=True)]
    days[-1] = 1
    whole = sum(days)
    stage, length, first = points[0].stages[module], 0, points[0].day
    for point, count in zip(points, days, strict=True):
        if point.stages[module] != stage:
            yield Stretch(stage, 100 * length / whole, first)
            stage, length, first = point.stages[module], 0, point.day
        length += count
    yield Stretch(stage, 100 * length / whole, first)
