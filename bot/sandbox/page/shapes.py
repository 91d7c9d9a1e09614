"""What the pages show, as data: lists, pull requests, issues, checks, files, notes."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from markupsafe import Markup


@dataclass(frozen=True, slots=True)
class Entry:
    """One line of a list of pull requests or issues."""

    number: int
    title: str
    author: str
    state: str
    url: str
    verdict: str


@dataclass(frozen=True, slots=True)
class Note:
    """Something that stands at a line or in the conversation.

    `kind` is `comment`, `outdated` or the level of an annotation; `folded` says why it is folded
    away, `""` when it is not; `suggestion_id` is the comment whose suggestion can be applied.
    """

    author: str
    when: str
    kind: str
    body: Markup
    folded: str = ""
    at: str = ""
    reactions: str = ""
    suggestion_id: int = 0


@dataclass(frozen=True, slots=True)
class Row:
    """One line of a diff, and what stands below it."""

    old: int | None
    new: int | None
    kind: str
    text: str
    notes: tuple[Note, ...] = ()


@dataclass(frozen=True, slots=True)
class File:
    """One changed file; `rows` is empty when there is no diff to show."""

    path: str
    previous_path: str | None
    additions: int
    deletions: int
    rows: tuple[Row, ...]
    notes: tuple[Note, ...]


@dataclass(frozen=True, slots=True)
class Button:
    """What a person may press at a check run; GitHub's own "Re-run" has no identifier."""

    identifier: str
    label: str
    description: str


@dataclass(frozen=True, slots=True)
class Check:
    """One check run of the head."""

    run_id: int
    name: str
    app: str
    verdict: str
    title: str
    summary: Markup
    annotations: tuple[Note, ...]
    buttons: tuple[Button, ...]


@dataclass(frozen=True, slots=True)
class Person:
    """Somebody to act as, and what the repository lets them do."""

    login: str
    role: str

    @property
    def writes(self) -> bool:
        """Tell whether GitHub shows this person the buttons at a check."""
        return self.role in ("admin", "maintain", "write")


@dataclass(frozen=True, slots=True)
class IssuePage:
    """A whole issue."""

    repository: str
    entry: Entry
    description: Markup
    text: str
    conversation: tuple[Note, ...]
    people: tuple[Person, ...]


@dataclass(frozen=True, slots=True)
class NewPage:
    """An issue or pull request to begin; the latter changes the file at `path`, one of `paths`."""

    repository: str
    people: tuple[Person, ...]
    path: str = ""
    text: str = ""
    paths: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class EditPage:
    """A file of a pull request's head to edit; `text` is empty for one that is new."""

    entry: Entry
    branch: str
    path: str
    text: str


@dataclass(frozen=True, slots=True)
class PullPage:
    """A whole pull request; `paths` are the files of the head that can be edited."""

    repository: str
    entry: Entry
    base: str
    head: str
    head_sha: str
    description: Markup
    checks: tuple[Check, ...]
    conversation: tuple[Note, ...]
    files: tuple[File, ...]
    left_out: int
    people: tuple[Person, ...]
    paths: tuple[str, ...]

    @property
    def waits(self) -> bool:
        """Tell whether a verdict is still to come, so that the page looks again."""
        return not self.checks or any(c.verdict in ("queued", "in progress") for c in self.checks)
