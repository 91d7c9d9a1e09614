"""Waivers: findings that are accepted until a day, and waivers that do not hold."""

from __future__ import annotations

import re
from dataclasses import dataclass, replace
from datetime import date, timedelta
from typing import TYPE_CHECKING

from checks.config.patterns import check_date, check_sentence
from checks.config.rules import RuleName, check_rule_name
from checks.limits import WAIVER_DAYS
from checks.model import Acceptance, Form, Span, Status

if TYPE_CHECKING:
    from collections.abc import Container, Iterable, Iterator, Mapping, Sequence

    from checks.compare import Flagged
    from checks.config import Config, Waiver
    from checks.facts import InlineWaiver
    from checks.model import Finding

    # What each waiver says, in source order.
    Said = Sequence[tuple[InlineWaiver, "_Terms | Lapse"]]
    # What is accepted, by rule and line.
    Covered = Mapping[tuple[str, int], Acceptance]

FORM = '`# ssot: allow[RULE] until=YYYY-MM-DD reason="…"`'
MALFORMED = f"it is not written as {FORM}"
NO_DATE = f"it has no date: write {FORM}"
NO_REASON = f"it has no reason: write {FORM}"
EXPIRED = "it expired on {until}"
TOO_LONG = f"it reaches past {WAIVER_DAYS} days: write an earlier day"
UNUSED = "there is no finding here that it could waive: remove it"
NOT_INLINE = "a waiver without effect can only be waived in the config"

_FORM = re.compile(
    r"""ssot:\ allow\[(?P<rule>[^\]]*)\]
    (?:\s+until=(?P<until>\S*))?
    (?:\s+reason="(?P<reason>[^"]*)")?
    \s*(?:\#(?!.*ssot:\ allow).*)?  # a comment for somebody else
    """,
    re.VERBOSE,
)
_NAMED = re.compile(r"ssot: allow\[([^\]]*)\]")


@dataclass(frozen=True, slots=True)
class Lapse:
    """A waiver that waives nothing: the rule as it names it, where it stands, and why."""

    rule: str
    span: Span
    reason: str
    text: str


class Waivers:
    """The waivers that hold under a config on a day."""

    def __init__(self, config: Config, today: date, *, available: Container[str]) -> None:
        """Take the day, UTC, and the names of all rules that could flag anything at all."""
        self._config = config
        self._today = today
        self._available = available

    def waive(
        self, findings: Iterable[Finding], inline: Mapping[str, Sequence[InlineWaiver]]
    ) -> tuple[Finding, ...]:
        """Mark the new findings that a waiver covers; `inline` holds those of head by path."""
        covered = {path: self._covered(waivers) for path, waivers in inline.items() if waivers}
        return tuple(self._waived(found, covered.get(found.path, {})) for found in findings)

    def inline_lapses(
        self,
        waivers: Iterable[InlineWaiver],
        flagged: Sequence[Flagged],
        *,
        crashed: Container[str],
    ) -> tuple[Lapse, ...]:
        """Pick the waivers of one side of a file that do not hold, or that nothing needs.

        `flagged` is all that the rules raise on that side; of those that `crashed`, nobody knows.
        """
        said = self._read(waivers)
        needed = {(each.rule, line) for each in flagged for line in _ends(each.flag.span)}
        idle = {
            (rule, lines)
            for rule, lines in _ranges(said)
            if rule in self._available
            and rule not in crashed
            and not any((rule, line) in needed for line in lines)
        }
        lapses: list[Lapse] = []
        for waiver, terms in said:
            if isinstance(terms, Lapse):
                lapses.append(terms)
            elif (terms.rule, waiver.lines) in idle:
                lapses.append(Lapse(terms.rule, waiver.span, UNUSED, waiver.text))
        return tuple(lapses)

    def config_lapses(self, proposed: Config) -> Iterator[Lapse]:
        """Yield the waivers of a config that have ended, or reach too far."""
        for waiver in proposed.waivers:
            reason = overdue(waiver.until, self._today)
            if reason:
                span = Span(waiver.line, 1, waiver.line, 1)
                yield Lapse(waiver.rule, span, reason, waiver.reason)

    def tree_lapses(self, findings: Sequence[Finding]) -> tuple[Lapse, ...]:
        """Pick the waivers of the config that do not hold, or that nothing in a tree needs."""
        lapsed = tuple(self.config_lapses(self._config))
        lines = {lapse.span.line for lapse in lapsed}
        idle = (
            Lapse(waiver.rule, Span(waiver.line, 1, waiver.line, 1), UNUSED, waiver.reason)
            for waiver in self._config.waivers
            if waiver.line not in lines
            and waiver.rule in self._available
            and not any(_is_meant(waiver, finding) for finding in findings)
        )
        return (*lapsed, *idle)

    def _read(self, waivers: Iterable[InlineWaiver]) -> Said:
        if not self._config.report.inline_waivers:
            return []
        return [(waiver, _terms(waiver, self._today)) for waiver in waivers]

    def _covered(self, waivers: Iterable[InlineWaiver]) -> Covered:
        ranges = _ranges(self._read(waivers)).items()
        return {(rule, line): accepted for (rule, lines), accepted in ranges for line in lines}

    def _waived(self, finding: Finding, covered: Covered) -> Finding:
        if finding.status is not Status.NEW:
            return finding
        at_ends = [covered.get((finding.rule, line)) for line in _ends(finding.span)]
        accepted = self._by_config(finding) or at_ends[0] or at_ends[1]
        if accepted is None:
            return finding
        return replace(finding, status=Status.WAIVED, accepted=accepted)

    def _by_config(self, finding: Finding) -> Acceptance | None:
        for waiver in self._config.waivers:
            if _is_meant(waiver, finding) and not overdue(waiver.until, self._today):
                return Acceptance(waiver.until, waiver.reason, waiver.by, line=waiver.line)
        return None


@dataclass(frozen=True, slots=True)
class _Terms:
    rule: str
    until: date
    reason: str


def _terms(waiver: InlineWaiver, today: date) -> _Terms | Lapse:
    """Read what an inline waiver says; a lapse when it cannot hold today, whatever is found."""
    named = _NAMED.match(waiver.text)
    rule = named[1].strip() if named else ""
    try:
        return _parse(waiver.text, today)
    except ValueError as error:
        return Lapse(rule, waiver.span, str(error), waiver.text)


def _parse(text: str, today: date) -> _Terms:
    """Read an inline waiver strictly; ValueError with a sentence when it does not hold."""
    match = _FORM.fullmatch(text)
    if match is None:
        raise ValueError(MALFORMED)
    rule = check_rule_name(match["rule"])
    if rule == RuleName.STALE_WAIVER:
        raise ValueError(NOT_INLINE)
    if match["until"] is None:
        raise ValueError(NO_DATE)
    until = date.fromisoformat(check_date(match["until"]))
    if match["reason"] is None:
        raise ValueError(NO_REASON)
    reason = check_sentence(match["reason"])
    if problem := overdue(until, today):
        raise ValueError(problem)
    return _Terms(rule, until, reason)


def overdue(until: date, today: date) -> str:
    """Say why a day makes a waiver void; empty when it holds through the end of the day."""
    if until < today:
        return EXPIRED.format(until=until)
    return TOO_LONG if until - today > timedelta(days=WAIVER_DAYS) else ""


def _ranges(said: Said) -> Mapping[tuple[str, range], Acceptance]:
    """Say what is accepted by rule and lines: thousands of waivers may stand above one import."""
    return {
        (terms.rule, waiver.lines): Acceptance(
            terms.until, terms.reason, form=Form.INLINE, line=waiver.span.line
        )
        for waiver, terms in reversed(said)
        if not isinstance(terms, Lapse)
    }


def _ends(span: Span) -> tuple[int, int]:
    """Tell the lines by which a waiver reaches a span: those between may be thousands."""
    return span.line, span.end_line


def _is_meant(waiver: Waiver, finding: Finding) -> bool:
    return (
        waiver.rule == finding.rule
        and waiver.path.matches(finding.path)
        and (waiver.symbol is None or waiver.symbol.matches(finding.symbol))
    )
