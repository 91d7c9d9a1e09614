"""What an issue should say of the last census: its boxes, its progress. Nothing is written here."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from bot.domain import progress as blocks
from bot.domain.checklist import (
    MAX_BODY,
    Measured,
    note_line,
    progress_of,
    settle,
    wanted,
    with_progress,
)
from bot.domain.issue import PROGRESS_MARK, configured
from bot.domain.measuring import verdicts
from bot.domain.points import read_record, with_seen
from bot.domain.seen import NOTHING_SEEN

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence
    from datetime import datetime, timedelta

    from bot.domain import census_ports
    from bot.domain.checklist import Outcome, Reference, ReferenceState, Tracker
    from bot.domain.issue import Issue
    from bot.domain.seen import Seen
    from checks.config import Config


@dataclass(frozen=True, slots=True)
class Terms:
    """What an issue is brought up to date by; `server_url` is where GitHub is.

    `interval` lies between two writes of the progress at least.
    """

    issue: Issue
    config: Config
    measured: census_ports.Measured
    server_url: str
    now: datetime
    interval: timedelta

    @property
    def tracker(self) -> Tracker:
        """Name the issue as its checklist needs it."""
        return self.issue.tracker(self.server_url)


@dataclass(frozen=True, slots=True)
class Kept:
    """A body as it should be; `comment` is what our comment should say, None to leave it.

    `later` is when the progress may be written that is too new to be written now.
    """

    body: str
    comment: str | None = None
    later: datetime | None = None


def references(body: str, terms: Terms) -> tuple[Reference, ...]:
    """List the issues and pull requests that decide items of a body."""
    return wanted(body, terms.tracker, terms.config.checklists.bind).references


def keep(body: str, states: Mapping[Reference, ReferenceState], terms: Terms) -> Kept:
    """Bring a body up to date: boxes always, the progress not too often.

    The progress stands in the body's block; without one in a comment, as long as the issue is open
    and follows the census at all.
    """
    asked = wanted(body, terms.tracker, terms.config.checklists.bind)
    block, shown = progress_of(body), shown_progress(body, terms.issue)
    record = read_record(shown)
    seen = record.seen if record else NOTHING_SEEN
    found, seen = verdicts(asked.criteria, terms.measured.census, terms.config, seen=seen)
    outcome = settle(
        body,
        tracker=terms.tracker,
        binds=terms.config.checklists.bind,
        measured=Measured(terms.measured.census.rev, found, states),
    )
    content, later = _progress(shown, outcome, seen, terms=terms)
    if block is not None:
        return Kept(_with_block(outcome.body, content), later=later)
    follows = bool(asked.criteria) or terms.issue.number in configured(terms.config)
    if content == shown or not follows or not terms.issue.is_open:
        return Kept(outcome.body, later=later if follows and terms.issue.is_open else None)
    return Kept(outcome.body, PROGRESS_MARK + content, later)


def shown_progress(body: str, issue: Issue) -> str:
    """Return what the progress says now: in the body's block, or else in our comment."""
    block = progress_of(body)
    return issue.progress.removeprefix(PROGRESS_MARK) if block is None else block


def _progress(
    shown: str, outcome: Outcome, seen: Seen, *, terms: Terms
) -> tuple[str, datetime | None]:
    """Return what the progress should say now, and when it may say more."""
    concepts = blocks.concepts_of(terms.config, terms.issue.number)
    measured = blocks.progress(
        terms.measured.census, concepts, terms.config, now=terms.now, seen=seen
    )
    content = blocks.render(
        measured,
        shown,
        now=terms.now,
        notes=[note_line(note) for note in outcome.notes],
        pulls=_pulls(shown, terms),
    )
    written_at = blocks.written_at(shown)
    if content == shown or written_at is None or written_at + terms.interval <= terms.now:
        return content, None
    # What a pattern matched now may be gone by then, and it would pass for misspelt.
    return with_seen(shown, seen), written_at + terms.interval


def _pulls(shown: str, terms: Terms) -> Sequence[int]:
    """List what was merged since the progress was written; nothing the first time."""
    record = read_record(shown)
    if record is None:
        return ()
    since = record.written_at.timestamp()
    return [one.number for one in terms.measured.merged if one.at > since]


def _with_block(body: str, content: str) -> str:
    """Put the progress into its block; where that would be too long, the block stays as it is."""
    changed = with_progress(body, content)
    return body if changed is None or len(changed) > MAX_BODY else changed
