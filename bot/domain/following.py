"""What an issue should say of the last census: its boxes, its progress. Nothing is written here."""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import timedelta
from typing import TYPE_CHECKING

from bot.domain import progress as blocks
from bot.domain.checklist import (
    MAX_BODY,
    PROGRESS_MARK,
    Answers,
    note_line,
    progress_of,
    settle,
    wanted,
    with_progress,
)
from bot.domain.issue import configured
from bot.domain.points import read_record, with_seen
from bot.domain.seen import NOTHING_SEEN
from bot.domain.verdicts import verdicts

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence
    from datetime import datetime

    from bot.domain import census_ports
    from bot.domain.checklist import Reference, ReferenceState, Tracker
    from bot.domain.history_ports import History
    from bot.domain.issue import Issue
    from bot.domain.points import Point, Record
    from bot.domain.seen import Seen
    from checks.config import Config


NO_ROOM = "the progress no longer fits into the description: it is here instead"
MOVED = "\nThe progress is in the description of this issue now.\n"


@dataclass(frozen=True, slots=True)
class Situation:
    """What an issue is brought up to date by; `server_url` is where GitHub is.

    `interval` lies between two writes of the progress at least. `history` is what was counted of
    the time before, by the same config; None when nothing was.
    """

    issue: Issue
    config: Config
    measured: census_ports.Measured
    server_url: str
    now: datetime
    interval: timedelta
    history: History | None = None

    @property
    def tracker(self) -> Tracker:
        """Name the issue as its checklist needs it."""
        return self.issue.tracker(self.server_url)


@dataclass(frozen=True, slots=True)
class Kept:
    """A body as it should be; `comment` is what our comment should say, None to leave it.

    `later` is when the progress may be written that is too new to be written now. It `lacks_past`
    when what was before its first point stands nowhere.
    """

    body: str
    comment: str | None = None
    later: datetime | None = None
    lacks_past: bool = False


def references(body: str, situation: Situation) -> tuple[Reference, ...]:
    """List the issues and pull requests that decide items of a body."""
    return wanted(body, situation.tracker, situation.config.checklists.bind).references


def keep(body: str, states: Mapping[Reference, ReferenceState], situation: Situation) -> Kept:
    """Bring a body up to date: boxes always, the progress not too often.

    The progress stands in the body's block; without one in a comment, as long as the issue is open
    and follows the census at all.
    """
    if progress_of(body) is None:
        return _in_comment(body, states, situation)
    inside = _in_block(body, states, situation) or _in_block(body, states, _without_past(situation))
    return inside or _in_comment(body, states, situation, notes=[NO_ROOM])


def _without_past(situation: Situation) -> Situation:
    """Leave out what was counted of the time before: what happens now needs less room."""
    return replace(situation, history=situation.history and replace(situation.history, points=()))


def _in_block(
    body: str, states: Mapping[Reference, ReferenceState], situation: Situation
) -> Kept | None:
    """Put the progress into the body's block; None where that has no room."""
    made = _made(body, states, situation, shown=shown_progress(body, situation.issue))
    inside = with_progress(made.body, made.content)
    if inside is None or len(inside) > MAX_BODY:
        return None
    lacks_past = _lacks_past(progress_of(inside) or "", situation)
    return Kept(inside, _moved(situation.issue), made.later, lacks_past=lacks_past)


def _in_comment(
    body: str,
    states: Mapping[Reference, ReferenceState],
    situation: Situation,
    *,
    notes: Sequence[str] = (),
) -> Kept:
    """Put the progress into our comment."""
    shown = situation.issue.progress.removeprefix(PROGRESS_MARK)
    made = _made(body, states, situation, shown=shown, notes=notes)
    if not made.follows or not situation.issue.is_open:
        return Kept(made.body)
    comment = None if made.content == shown else PROGRESS_MARK + made.content
    return Kept(made.body, comment, made.later, lacks_past=_lacks_past(made.content, situation))


@dataclass(frozen=True, slots=True)
class _Made:
    """What an issue should say: its body without the progress, and the progress.

    `follows` tells whether the issue asks for any progress.
    """

    body: str
    content: str
    later: datetime | None
    follows: bool


def _made(
    body: str,
    states: Mapping[Reference, ReferenceState],
    situation: Situation,
    *,
    shown: str,
    notes: Sequence[str] = (),
) -> _Made:
    """Decide everything, after the progress that is shown."""
    asked = wanted(body, situation.tracker, situation.config.checklists.bind)
    record = read_record(shown)
    seen = record.seen if record else NOTHING_SEEN
    found, seen = verdicts(asked.criteria, situation.measured.census, situation.config, seen=seen)
    outcome = settle(
        body,
        tracker=situation.tracker,
        binds=situation.config.checklists.bind,
        answers=Answers(situation.measured.census.rev, found, states),
    )
    notes = [*map(note_line, outcome.notes), *notes]
    content, later = _progress(shown, notes, seen, situation=situation)
    follows = bool(asked.criteria) or situation.issue.number in configured(situation.config)
    return _Made(outcome.body, content, later, follows)


def _moved(issue: Issue) -> str | None:
    """Let our comment give way to the block."""
    is_said = not issue.progress_id or issue.progress == PROGRESS_MARK + MOVED
    return None if is_said or not issue.is_open else PROGRESS_MARK + MOVED


def shown_progress(body: str, issue: Issue) -> str:
    """Return what the progress says now: in the body's block, or else in our comment.

    A block that is new goes on where our comment ended.
    """
    block, comment = progress_of(body), issue.progress.removeprefix(PROGRESS_MARK)
    if block is None or (read_record(block) is None and read_record(comment)):
        return comment
    return block


def _progress(
    shown: str, notes: Sequence[str], seen: Seen, *, situation: Situation
) -> tuple[str, datetime | None]:
    """Return what the progress should say now, and when it may say more."""
    concepts = blocks.concepts_of(situation.config, situation.issue.number)
    measured = blocks.progress(
        situation.measured.census, concepts, situation.config, now=situation.now, seen=seen
    )
    content = blocks.render(
        replace(measured, past=_past(shown, situation)),
        shown,
        now=situation.now,
        notes=notes,
        pulls=_pulls(shown, situation),
    )
    written_at = blocks.written_at(shown)
    # A time that lies ahead was made up.
    is_recent = written_at and timedelta() <= situation.now - written_at < situation.interval
    if content == shown or written_at is None or not is_recent:
        return content, None
    # What a pattern matched now may be gone by then, and it would pass for misspelt.
    return with_seen(shown, seen), written_at + situation.interval


def _past(shown: str, situation: Situation) -> tuple[Point, ...] | None:
    """Return the points before those that stand, or else before today; None while unknown."""
    if not _is_covered(read_record(shown), situation) or situation.history is None:
        return None
    names = [
        concept.name for concept in blocks.concepts_of(situation.config, situation.issue.number)
    ]
    return tuple(point.of(names) for point in situation.history.points)


def _lacks_past(content: str, situation: Situation) -> bool:
    """Tell whether a record stands that nobody looked beyond: one people destroyed is none."""
    record = read_record(content)
    return record is not None and not record.reaches_back and not _is_covered(record, situation)


def _is_covered(record: Record | None, situation: Situation) -> bool:
    """Tell whether the time before a record is known; people may have written it, days ahead."""
    today = situation.now.date()
    first = min(record.points[0].day, today) if record else today
    return situation.history is not None and situation.history.covers(first)


def _pulls(shown: str, situation: Situation) -> Sequence[int]:
    """List what was merged since the progress was written; nothing the first time."""
    record = read_record(shown)
    if record is None:
        return ()
    since = record.written_at.timestamp()
    return [one.number for one in situation.measured.merged if one.at > since]
