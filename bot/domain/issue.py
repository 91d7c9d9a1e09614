"""An issue as it stands on GitHub: its text, who wrote it, what we said there."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

from bot.domain.checklist import MAX_NUMBER, Tracker, came_of

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from bot.domain.jobs import RepositoryRef
    from checks.config import Config


@dataclass(frozen=True, slots=True)
class BodyEdit:
    """One entry of a body's history: the text after it, None when GitHub does not tell.

    `editor` is the login of a person, `""` for whoever is none.
    """

    id: str
    editor: str
    text: str | None


@dataclass(frozen=True, slots=True)
class Issue:
    """Issue `number`; `author` opened it, `editor` edited it last: logins of people.

    Either is `""` for whoever is none, or is gone; bots edit for somebody else, and do not count.
    `edits` are the newest ones, the newest first. `progress_id` is our comment that shows the
    progress, 0 when there is none, and `progress` its text.
    """

    installation_id: int
    repository: RepositoryRef
    number: int
    body: str
    is_open: bool = True
    is_locked: bool = False
    author: str = ""
    editor: str = ""
    edits: tuple[BodyEdit, ...] = ()
    progress_id: int = 0
    progress: str = ""
    title: str = ""

    def tracker(self, server_url: str) -> Tracker:
        """Name it as its checklist needs it; `server_url` is where GitHub is."""
        return Tracker(self.repository.full_name, self.number, server_url)

    @property
    def revision(self) -> str:
        """Name the newest edit, `""` when nobody edited it."""
        return self.edits[0].id if self.edits else ""

    @property
    def writers(self) -> tuple[str, ...]:
        """List who stands for the text: the last person who edited it, and who opened it."""
        return tuple(dict.fromkeys(filter(None, [self.editor, self.author])))


@dataclass(frozen=True, slots=True)
class Merged:
    """A pull request that was merged, `at` in Unix time, and the issues that it links to."""

    number: int
    at: float
    links: tuple[int, ...] = ()


@dataclass(frozen=True, slots=True)
class Tracked:
    """The issues that a pull request may have to do with, and those that its merge closes.

    `problem` says why they could not be read, `""` when they could; what is gone is left out.
    """

    issues: tuple[Issue, ...] = ()
    closes: frozenset[int] = frozenset()
    problem: str = ""


def configured(config: Config) -> frozenset[int]:
    """List the issues that the config names itself."""
    named = {number for concept in config.concepts for number in concept.issues}
    return frozenset(named | {bind.issue for bind in config.checklists.bind})


def numberless(config: Config) -> Config:
    """Leave out the numbers of issues: in a config of many repositories they name any issue."""
    concepts = tuple(replace(concept, issues=()) for concept in config.concepts)
    return replace(config, concepts=concepts, checklists=replace(config.checklists, bind=()))


def followed(config: Config, merged: Iterable[Merged]) -> tuple[int, ...]:
    """List the issues to look at: those of the config, and those that merged changes link to."""
    linked = {number for one in merged for number in one.links}
    return tuple(sorted(one for one in configured(config) | linked if one <= MAX_NUMBER))


def overwritten(edits: Sequence[BodyEdit], *, written: str, revision: str, text: str) -> str | None:
    """Return what somebody wrote between our read and our write; None when nobody did.

    `edits` is the history after the write, the newest first; `revision` and `text` are what was
    read. GitHub does not promise that an entry holds the whole text: where ours does not hold what
    we wrote, nothing can be told.
    """
    ours = next((index for index, edit in enumerate(edits) if edit.text == written), None)
    if ours is None or ours + 1 == len(edits):
        return None
    before = edits[ours + 1]
    return None if before.id == revision or before.text == text else before.text


def displaced(issue: Issue) -> str | None:
    """Return what a person wrote that our newest edit undid; None when there is no such text.

    Whoever wrote it last could not tell any more: a process that was killed, a history that could
    not be read. Then our text comes of an older one than the person's, by edits of ours alone.
    """
    if len(issue.edits) < 2:
        return None
    ours, theirs, *older = issue.edits
    if ours.editor or not theirs.editor or ours.text != issue.body:
        return None
    if theirs.text is None or came_of(theirs.text, ours.text):
        return None
    is_older = any(one.text is not None and came_of(one.text, ours.text) for one in older)
    return theirs.text if is_older else None
