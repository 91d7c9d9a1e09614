"""What `/ssot status` says of an issue: each item that follows something, and what that is now."""

from __future__ import annotations

from typing import TYPE_CHECKING

from bot.domain.checklist import ReferenceState, Source, Truth, items, progress_of
from bot.domain.following import shown_progress
from bot.domain.markdown import cell, code, in_cell, link, prose
from bot.domain.progress import written_at
from bot.domain.tracking import followed, where_followed

if TYPE_CHECKING:
    from collections.abc import Sequence

    from bot.domain.tracking import Followed, Survey

HEADING = (
    "{count} of {total} items {are} decided by the default branch or by what {they} to; "
    "measured at {rev}.\n"
)
ONE = {"are": "is", "they": "it refers"}
SEVERAL = {"are": "are", "they": "they refer"}
BROKEN_TOO = {
    True: "\n1 more would be, but the criterion is broken.\n",
    False: "\n{count} more would be, but their criteria are broken.\n",
}
NOTHING = "No item of this issue is followed. `/ssot track` proposes criteria.\n"
TABLE = "\n| line | item | decided by | now | box |\n| ---: | --- | --- | --- | --- |\n"
ROW = "| {line} | {item} | {ground} | {now} | {box} |\n"
CHILDREN = "the items below it"
CHILDREN_NOW = "{ticked} of {total} ticked"
HOLDS = "holds: {found}"
FAILS = "does not hold: {found}"
BROKEN = "broken: {found}"
ALONE = "left alone: {found}"
UNKNOWN = "not measured"
# What the word of the state alone does not tell.
STATES = {
    ReferenceState.COMPLETED: "closed as completed",
    ReferenceState.DROPPED: "closed, but not as completed",
    ReferenceState.UNREADABLE: "cannot be read from here",
}
OURS = "ticked by ssot"
THEIRS = "ticked by a person"
OBJECTED = "emptied by a person"
EMPTY = "empty"
PROGRESS_HERE = "\nThe progress is in the description of this issue{at}.\n"
PROGRESS_BELOW = "\nThe progress is in {comment}{at}.\n"
PROGRESS_NOWHERE = "\nNo progress has been written yet.\n"
WRITTEN_AT = ", written {at:%Y-%m-%d %H:%M} UTC"
COMMENT = "{server}/{owner}/{name}/issues/{number}#issuecomment-{id}"


def issue_status(survey: Survey) -> str:
    """Tell what is followed, what that comes to now, and where the progress stands."""
    found = followed(survey.issue.body, survey)
    if not found:
        return NOTHING + _progress(survey)
    rows = "".join(map(_row, found))
    return _heading(found, survey) + where_followed(survey) + _progress(survey) + TABLE + rows


def _heading(found: Sequence[Followed], survey: Survey) -> str:
    broken = sum(one.is_broken for one in found)
    count, total = len(found) - broken, len(items(survey.issue.body))
    rev = code(survey.measured.census.rev[:12])
    words = ONE if count == 1 else SEVERAL
    text = HEADING.format(count=count, total=total, rev=rev, **words)
    return text + (BROKEN_TOO[broken == 1].format(count=broken) if broken else "")


def _row(one: Followed) -> str:
    is_children = one.ground.source is Source.CHILDREN
    ground = CHILDREN if is_children else cell(str(one.ground.reference or one.ground.text))
    return ROW.format(
        line=one.item.line, item=cell(one.item.text), ground=ground, now=_now(one), box=_box(one)
    )


def _now(one: Followed) -> str:
    if one.item.problem:
        return ALONE.format(found=in_cell(prose(one.item.problem)))
    if one.state is not None:
        return STATES.get(one.state, str(one.state))
    if one.ground.source is Source.CHILDREN:
        ticked = sum(child.checked for child in one.below)
        return CHILDREN_NOW.format(ticked=ticked, total=len(one.below))
    if one.verdict is None:
        return UNKNOWN
    texts = {Truth.TRUE: HOLDS, Truth.FALSE: FAILS, Truth.BROKEN: BROKEN}
    found = in_cell(prose(one.verdict.reason))
    return texts[one.verdict.truth].format(found=found)


def _box(one: Followed) -> str:
    if one.item.checked:
        return OURS if one.is_ours else THEIRS
    return OBJECTED if one.is_ours else EMPTY


def _progress(survey: Survey) -> str:
    issue = survey.issue
    moment = written_at(shown_progress(issue.body, issue))
    at = WRITTEN_AT.format(at=moment) if moment else ""
    if progress_of(issue.body) is not None:
        return PROGRESS_HERE.format(at=at)
    if not issue.progress_id:
        return PROGRESS_NOWHERE
    url = COMMENT.format(
        server=survey.server_url.rstrip("/"),
        owner=issue.repository.owner,
        name=issue.repository.name,
        number=issue.number,
        id=issue.progress_id,
    )
    return PROGRESS_BELOW.format(comment=link("a comment", url=url), at=at)
