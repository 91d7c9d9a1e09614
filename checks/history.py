"""One point of a history: what a census counted on one day."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Mapping
    from datetime import date

    from checks.census import Census
    from checks.config import Config
    from checks.stages import Stage


@dataclass(frozen=True, slots=True)
class Point:
    """The counts of one commit: findings and files by rule; by concept, findings and definitions.

    `definitions` leave tests out. `paths` counts the findings of every file that has any.
    """

    rev: str
    day: date
    counts: Mapping[str, int]
    files: Mapping[str, int]
    concepts: Mapping[str, int]
    definitions: Mapping[str, int]
    stages: Mapping[str, Stage]
    paths: Mapping[str, int]
    skipped: int


def point(census: Census, day: date, config: Config) -> Point:
    """Keep of a census what its history shows."""
    names = [concept.name for concept in config.concepts]
    found = Counter(finding.concept for finding in census.findings)
    return Point(
        census.rev,
        day,
        census.counts,
        census.files,
        concepts={name: found[name] for name in names},
        definitions={n: census.definitions(n, excluded=config.tests.matches) for n in names},
        stages=census.stages,
        paths={path: len(h.findings) for path, h in census.holdings.items() if h.findings},
        skipped=len(census.skipped),
    )
