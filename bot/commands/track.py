"""Proposes a criterion for each checklist item; `apply` writes them into the issue."""

from __future__ import annotations

from typing import TYPE_CHECKING

from bot.domain.markdown import cell, code, in_cell, prose
from bot.domain.replies import Outcome, Who, refused
from bot.domain.tracking import NOT_MEASURED, candidates, where_followed
from checks.config import Infer

if TYPE_CHECKING:
    from bot.domain.commands import Call
    from bot.domain.replies import Scene
    from bot.domain.tracking import Candidate, Survey

USAGE = "/ssot track [apply]"
WHO = Who.WRITE
EXAMPLES = ("/ssot track", "/ssot track apply")
ON_ISSUES = True
ON_PULLS = False
LOOKS_AT_CHECKLIST = True

APPLY = ("apply",)

MALFORMED = (
    "Nothing was proposed: write `/ssot track` to see proposals, then `/ssot track apply` to write "
    "them."
)
OFF = (
    "Proposals are off here. To switch them on, write `checklists: {infer: suggest}` into "
    "`.github/ssot.yml` on the default branch. Markers that people write are followed either way."
)
LOCKED = "Nothing was written: this issue is locked."
NO_ITEMS = "There is nothing to propose: this issue has no item without a criterion or a reference."
NONE = "For none of these items is it certain what would have to be counted."
HEADING = (
    "Proposals for {count} of the items without a criterion ({total}), measured at {rev}. Nothing "
    "is written yet: `/ssot track apply` writes these criteria into the issue as hidden comments; "
    "from then on the boxes follow the default branch.\n\n"
)
TABLE = "| line | item | criterion | now |\n| ---: | --- | --- | --- |\n"
ROW = "| {line} | {item} | {criterion} | {now} |\n"
NO_CRITERION = "none"
HOLDS = "{found}: it would be ticked"
HOLDS_ALREADY = "{found}, and it is ticked already"
FAILS = "{found}: it stays empty"
FAILS_TICKED = "{found}, but a person ticked it: it stays ticked"
LEFT_ALONE = "left alone: {reason}"


def decide(call: Call, scene: Scene) -> Outcome:
    """Propose, or ask for what is proposed to be written."""
    if call.options or call.words not in ((), APPLY):
        return refused(MALFORMED)
    if scene.survey is None:
        return refused(NOT_MEASURED)
    if scene.survey.config.checklists.infer is Infer.OFF:
        return refused(OFF)
    if not call.words:
        return _proposed(scene.survey)
    return refused(LOCKED) if scene.survey.issue.is_locked else Outcome(done=True, attaches=True)


def _proposed(survey: Survey) -> Outcome:
    found = candidates(survey.issue.body, survey)
    if not found:
        return Outcome(done=True, text=NO_ITEMS)
    table = TABLE + "".join(map(_row, found))
    count = sum(bool(one.criterion) for one in found)
    if not count:
        return Outcome(done=True, text=f"{NONE}\n\n{table}")
    rev = code(survey.measured.census.rev[:12])
    heading = HEADING.format(count=count, total=len(found), rev=rev)
    return Outcome(done=True, text=heading + table + where_followed(survey))


def _row(one: Candidate) -> str:
    criterion = cell(one.criterion) if one.criterion else NO_CRITERION
    return ROW.format(
        line=one.item.line, item=cell(one.item.text), criterion=criterion, now=_now(one)
    )


def _now(one: Candidate) -> str:
    if one.verdict is None:
        return LEFT_ALONE.format(reason=in_cell(prose(one.reason)))
    if one.item.checked:
        text = HOLDS_ALREADY if one.holds else FAILS_TICKED
    else:
        text = HOLDS if one.holds else FAILS
    return text.format(found=in_cell(prose(one.verdict.reason)))
