"""Findings as cards: what was found, the source, and why it counts as new, moved or waived."""

from __future__ import annotations

from typing import TYPE_CHECKING

from bot.domain.markdown import visible
from bot.web.explain_places import shown
from bot.web.explain_shapes import Badge, Card, Excerpt, Place
from bot.web.prose import prose
from checks.evidence import Why
from checks.model import Form, Severity

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence

    from markupsafe import Markup

    from bot.web.explain_places import Places
    from checks.evidence import Evidence, Occurrence
    from checks.model import Acceptance, Analysis, Finding, Suggestion

LOOKS = {Severity.ERROR: "bad", Severity.WARNING: "warn"}
COUNTED = "`{symbol}` occurs {head} in this file at head, and {base} at the merge base."
ADDED = "This one is on a line that the change adds."
NOT_ADDED = (
    "The change adds none of its lines: what it refers to changed elsewhere in this change, or "
    "occurs a different number of times."
)
NEW_FILE = "The file is new, and so is everything in it."
RENAMED = "The file was `{path}` at the merge base; both are compared as one."
UNPARSED = (
    "The file at the merge base does not compile, and its text already contains the name: so this "
    "is a warning at most."
)
MOVED = "Moved from `{path}`: {names} left that file and appeared in this one."
WAIVED = "Waived through {until} {where}: {reason}"
WHERE = {
    Form.CONFIG: "by line {line} of the config{by}",
    Form.INLINE: "by the comment in line {line} of this file{by}",
    Form.COMMENT: "by a comment on the pull request{by}",
}
BY = " (`{by}`)"
ONCE = "once"
TIMES = "{count} times"
NOT = "not"

# What is found of a fingerprint: the identity, and the occurrence itself.
Traced = tuple["Evidence", "Occurrence"]


def cards(
    findings: Sequence[Finding], analysis: Analysis, *, places: Places, abouts: Mapping[str, str]
) -> tuple[Card, ...]:
    """Show findings, each with what the comparison says of it, and why its concept matters."""
    traced = {
        occurrence.fingerprint: (each, occurrence)
        for each in analysis.evidence
        for occurrence in each.at_head
    }
    return tuple(_card(finding, traced, places=places, abouts=abouts) for finding in findings)


def _card(
    finding: Finding, traced: Mapping[str, Traced], *, places: Places, abouts: Mapping[str, str]
) -> Card:
    known = traced.get(finding.fingerprint)
    suggestion = finding.suggestion
    return Card(
        id=f"f-{finding.fingerprint}",
        rule=finding.rule,
        severity=Badge(finding.severity, LOOKS.get(finding.severity, "")),
        message=prose(finding.message),
        concept=visible(finding.concept),
        about=visible(abouts.get(finding.concept, "")),
        in_tests=finding.in_tests,
        source=places.head_excerpt(finding.path, finding.span),
        why=tuple(_why(finding, known)),
        at_base=_at_base(known, places),
        origin=_origin(known, places),
        replacement="\n".join(map(shown, _lines(suggestion))),
    )


def _lines(suggestion: Suggestion | None) -> list[str]:
    return suggestion.replacement.split("\n") if suggestion else []


def _why(finding: Finding, known: Traced | None) -> Iterator[Markup]:
    if finding.accepted is not None:
        yield _waived(finding.accepted)
    if known is None:
        return
    evidence, occurrence = known
    if occurrence.origin is not None:
        names = ", ".join(f"`{name}`" for name in occurrence.origin.travelled)
        yield prose(MOVED.format(path=occurrence.origin.path, names=names))
        return
    if not evidence.base_path:
        yield prose(NEW_FILE)
        return
    if evidence.base_path != evidence.path:
        yield prose(RENAMED.format(path=evidence.base_path))
    if occurrence.why is Why.UNPARSED:
        yield prose(UNPARSED)
        return
    head, base = _times(len(evidence.at_head)), _times(len(evidence.at_base))
    yield prose(COUNTED.format(symbol=finding.symbol, head=head, base=base))
    yield prose(ADDED if occurrence.is_added else NOT_ADDED)


def _waived(accepted: Acceptance) -> Markup:
    by = BY.format(by=accepted.by) if accepted.by else ""
    where = WHERE[accepted.form].format(line=accepted.line, by=by)
    return prose(WAIVED.format(until=accepted.until, where=where, reason=accepted.reason))


def _times(count: int) -> str:
    if not count:
        return NOT
    return ONCE if count == 1 else TIMES.format(count=count)


def _at_base(known: Traced | None, places: Places) -> tuple[Place, ...]:
    if known is None:
        return ()
    evidence, _ = known
    return tuple(places.at_base(evidence.base_path, one.line) for one in evidence.at_base)


def _origin(known: Traced | None, places: Places) -> Excerpt | None:
    if known is None or known[1].origin is None:
        return None
    return places.base_excerpt(known[1].origin.path, known[1].origin.line)
