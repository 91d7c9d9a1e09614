"""What a change would do to the default branch as it was last measured: the ledger."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass
from typing import TYPE_CHECKING

from bot.domain.markdown import code, listed
from checks.model import Status

if TYPE_CHECKING:
    from collections.abc import Iterable

    from checks.census import Census
    from checks.config import Config
    from checks.model import Analysis

# Findings that stand at head and did not stand at the merge base.
_GAINED = frozenset({Status.NEW, Status.WAIVED})

MEASURING = (
    "### Ledger\n\n"
    "The default branch is being measured: the numbers appear here when that is done.\n"
)
LEDGER = (
    "### Ledger\n\nFindings on the default branch (at {rev}) and with this change:\n\n"
    "| concept | before → after |\n|---|---|\n{rows}"
)
ROW = "| {concept} | {before} → {after} |\n"
CONCEPTS_SHOWN = 20


@dataclass(frozen=True, slots=True)
class Outlook:
    """What is shown below a verdict; a verdict is shown again where `key` differs, not `text`.

    Counts move with every commit of the default branch: they are no reason for another run.
    """

    text: str = ""
    key: str = ""

    def above(self, other: Outlook) -> Outlook:
        """Show another one below."""
        texts = filter(None, (self.text, other.text))
        return Outlook("\n".join(texts), "\n".join(filter(None, (self.key, other.key))))


NO_OUTLOOK = Outlook()
UNMEASURED = Outlook(MEASURING, "measuring")


@dataclass(frozen=True, slots=True)
class Entry:
    """The findings of a concept on the default branch, and with the change."""

    concept: str
    before: int
    after: int


def outlook(census: Census, analysis: Analysis, config: Config) -> Outlook:
    """Tell what the change would do to each concept that has findings; those it moves first."""
    entries = [one for one in ledger(census, analysis, config) if one.before or one.after]
    if not entries:
        return Outlook(key="measured")
    ordered = sorted(entries, key=lambda one: one.before == one.after)
    rows = listed([_row(one) for one in ordered], limit=CONCEPTS_SHOWN)
    return Outlook(LEDGER.format(rev=code(census.rev[:12]), rows=rows), "measured")


def ledger(census: Census, analysis: Analysis, config: Config) -> Iterable[Entry]:
    """Count the findings of each concept of the config, waived ones too, in its order."""
    before = Counter(finding.concept for finding in census.findings)
    change = _change(analysis)
    for concept in config.concepts:
        count = before[concept.name]
        yield Entry(concept.name, count, max(0, count + change[concept.name]))


def _change(analysis: Analysis) -> Counter[str]:
    """Count what comes and goes as a census does: what lies inside of a finding is not told apart.

    A change that is too large to tell is counted by its own findings.
    """
    effect = analysis.effect
    if effect is None:
        change = Counter(one.concept for one in analysis.findings if one.status in _GAINED)
        change.subtract(one.concept for one in analysis.fixed)
        return change
    change = Counter(one.concept for shift in effect.shifts for one in shift.gained)
    change.subtract(one.concept for shift in effect.shifts for one in shift.lost)
    return change


def _row(entry: Entry) -> str:
    return ROW.format(concept=code(entry.concept), before=entry.before, after=entry.after)
