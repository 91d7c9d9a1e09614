"""Second definitions that a change adds, to be compared with those of other open changes."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from checks.config.rules import RuleName
from checks.model import Status

if TYPE_CHECKING:
    from collections.abc import Iterable

    from checks.model import Analysis


@dataclass(frozen=True, slots=True, order=True)
class Addition:
    """A definition that a change adds: `class` or `function`, and its qualified name."""

    kind: str
    symbol: str


@dataclass(frozen=True, slots=True, order=True)
class Twin:
    """The same definition, added by open pull request `number` too."""

    number: int
    addition: Addition


def additions(analysis: Analysis) -> tuple[Addition, ...]:
    """List the second definitions that a change adds, those that are waived too."""
    found = {
        Addition(str(finding.kind), finding.symbol)
        for finding in analysis.findings
        if finding.rule == RuleName.DUPLICATE_DEFINITION and finding.status is not Status.MOVED
    }
    return tuple(sorted(found))


def twins_of(
    added: Iterable[Addition], others: Iterable[tuple[int, Iterable[Addition]]]
) -> tuple[Twin, ...]:
    """List where other pull requests, by number, add the same."""
    wanted = set(added)
    return tuple(
        sorted(
            Twin(number, addition)
            for number, theirs in others
            for addition in theirs
            if addition in wanted
        )
    )
