"""One verdict for several open pull requests that share a head: the worst, a section each."""

from __future__ import annotations

from typing import TYPE_CHECKING

from bot.domain.annotations import MAX_ANNOTATIONS
from bot.domain.markdown import cut, prose
from bot.domain.outlook import NO_OUTLOOK
from bot.domain.report import Report
from bot.domain.summary import CUT, MAX_SUMMARY_BYTES
from checks.model import Conclusion

if TYPE_CHECKING:
    from collections.abc import Sequence

    from bot.domain.outlook import Outlook
    from bot.domain.pull import PullRequest

    Part = tuple[PullRequest, Report]

TITLE = "{count} pull requests share this commit: {title}"
INTRODUCTION = "One commit has one check, so it shows the worst of these verdicts.\n\n"
SECTION = "## #{number} into {branch}: {title}\n\n{summary}\n"

_WORST_FIRST = (
    Conclusion.ACTION_REQUIRED,
    Conclusion.FAILURE,
    Conclusion.NEUTRAL,
    Conclusion.SKIPPED,
    Conclusion.SUCCESS,
)


def together(parts: Sequence[Part]) -> Report:
    """Join the reports of pull requests, at least one, for the check run that they share."""
    if len(parts) == 1:
        return parts[0][1]
    worst = min((report for _, report in parts), key=lambda one: _WORST_FIRST.index(one.conclusion))
    annotations = dict.fromkeys(one for _, report in parts for one in report.annotations)
    return Report(
        worst.conclusion,
        TITLE.format(count=len(parts), title=worst.title),
        INTRODUCTION + "\n".join(_section(part, share=len(parts)) for part in parts),
        annotations=tuple(annotations)[:MAX_ANNOTATIONS],
        outlook=_outlook([report.outlook for _, report in parts]),
    )


def _outlook(outlooks: Sequence[Outlook]) -> Outlook:
    """Take what is told of pull requests to the default branch: it is the same of all of them."""
    return next((one for one in outlooks if one.key), NO_OUTLOOK)


def _section(part: Part, *, share: int) -> str:
    pull, report = part
    return SECTION.format(
        number=pull.number,
        branch=prose(pull.base_ref),
        title=report.title,
        summary=cut(report.summary, MAX_SUMMARY_BYTES // share, notice=CUT),
    )
