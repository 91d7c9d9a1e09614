"""Shows the new findings, waivers and pause here; on an issue, each item that is followed."""

from __future__ import annotations

from collections import Counter
from typing import TYPE_CHECKING

from bot.domain.issue_status import issue_status
from bot.domain.markdown import code, prose
from bot.domain.replies import Outcome, Who, unjudged
from bot.domain.tracking import NOT_MEASURED
from checks.model import Status

if TYPE_CHECKING:
    from collections.abc import Iterator

    from bot.domain.commands import Call
    from bot.domain.replies import Scene
    from bot.domain.standing import Standing, Waiver
    from checks.model import Analysis

USAGE = "/ssot status"
WHO = Who.ANYONE
EXAMPLES = ("/ssot status",)
ON_ISSUES = True
LOOKS_AT_FINDINGS = True
LOOKS_AT_CHECKLIST = True

HEAD = "At {head} this change adds:"
NOTHING = "- no findings"
RULE = "- **{rule}**: {count}"
UNREAD = "- changed files that could not be analysed: {count}"
WAIVED = "Waived: {count}."
WAIVER = "- {line} by {login}, until {until}"
LAPSED = "- {line} has no effect: {reason}"
PAUSED = (
    "The checks were paused by {login}: the verdict is neutral until somebody comments `/ssot "
    "resume`."
)


def decide(_call: Call, scene: Scene) -> Outcome:
    """Sum up in a few lines; the check run has the rest."""
    if scene.pull is None:
        return Outcome(done=True, text=issue_status(scene.survey) if scene.survey else NOT_MEASURED)
    if scene.analysis is None:
        return unjudged(scene.pull)
    head = HEAD.format(head=scene.pull.position.head_sha[:7])
    lines = [head, "", *_counts(scene.analysis), "", *_agreements(scene.standing, scene.analysis)]
    return Outcome(done=True, text="\n".join(lines).strip())


def _counts(analysis: Analysis) -> Iterator[str]:
    counts = Counter(finding.rule for finding in analysis.new)
    if not counts:
        yield NOTHING
    for rule in sorted(counts):
        yield RULE.format(rule=rule, count=counts[rule])
    if analysis.skipped:
        yield UNREAD.format(count=len(analysis.skipped))


def _agreements(standing: Standing, analysis: Analysis) -> Iterator[str]:
    waived = sum(finding.status is Status.WAIVED for finding in analysis.findings)
    if waived or standing.waivers or standing.lapsed:
        yield WAIVED.format(count=waived)
        yield ""
    yield from map(_waiver, standing.waivers)
    for lapsed in standing.lapsed:
        yield LAPSED.format(line=code(lapsed.line), reason=prose(lapsed.reason))
    if standing.paused_by:
        yield ""
        yield PAUSED.format(login=code(standing.paused_by))


def _waiver(waiver: Waiver) -> str:
    claim = waiver.claim
    return WAIVER.format(
        line=code(claim.call.line), login=code(claim.author), until=waiver.terms.until
    )
