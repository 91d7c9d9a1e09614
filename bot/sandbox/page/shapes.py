"""What the pages show, as data: lists, conversations, threads, checks, files, deliveries."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from markupsafe import Markup

WAITING = "Some checks have not completed yet"
PASSED = "All checks have passed"
FAILED = "Some checks were not successful"
PASSING = ("success", "neutral", "skipped")
WRITING_ROLES = ("admin", "maintain", "write")


@dataclass(frozen=True, slots=True)
class Entry:
    """One line of a list of pull requests or issues."""

    number: int
    title: str
    author: str
    state: str
    url: str
    verdict: str

    @property
    def is_open(self) -> bool:
        """Tell whether it still waits."""
        return self.state in ("open", "draft")


@dataclass(frozen=True, slots=True)
class Note:
    """Something that somebody said.

    `kind` is `comment` or the level of an annotation; `anchor` is what an address names it by;
    `at` is the line that it is about and `place` where that is shown; `folded` says why it is
    folded away, `""` when it is not; `suggestion_id` is the comment whose suggestion can be
    applied.
    """

    author: str
    when: str
    kind: str
    body: Markup
    anchor: str = ""
    folded: str = ""
    at: str = ""
    place: str = ""
    reactions: str = ""
    suggestion_id: int = 0


@dataclass(frozen=True, slots=True)
class Row:
    """One line of a diff, and what stands below it."""

    old: int | None
    new: int | None
    kind: str
    text: str
    threads: tuple[Thread, ...] = ()
    notes: tuple[Note, ...] = ()


@dataclass(frozen=True, slots=True)
class Thread:
    """A comment on the diff and its answers; `rows` are the lines that it was written about.

    `folded` says why it is folded away; `place` is where the changed files show it.
    """

    id: int
    at: str
    place: str
    folded: str
    is_resolved: bool
    rows: tuple[Row, ...]
    notes: tuple[Note, ...]


@dataclass(frozen=True, slots=True)
class Commit:
    """One commit, the first line of its message first."""

    sha: str
    title: str
    at: float
    when: str
    url: str


@dataclass(frozen=True, slots=True)
class Item:
    """One thing of a conversation, by time: what was said, threads begun, or a commit.

    `event` is what happened beyond words, `""` for what was said.
    """

    at: float
    note: Note | None = None
    threads: tuple[Thread, ...] = ()
    commit: Commit | None = None
    event: str = ""


@dataclass(frozen=True, slots=True)
class File:
    """One changed file; `rows` is empty when there is no diff to show."""

    path: str
    anchor: str
    previous_path: str | None
    additions: int
    deletions: int
    rows: tuple[Row, ...]
    threads: tuple[Thread, ...] = ()


@dataclass(frozen=True, slots=True)
class Button:
    """What a person may press at a check run; GitHub's own "Re-run" has no identifier."""

    identifier: str
    label: str
    description: str


@dataclass(frozen=True, slots=True)
class Check:
    """One check run of the head; `details_url` is its App's own page, `""` without one."""

    run_id: int
    name: str
    app: str
    verdict: str
    title: str
    summary: Markup
    details_url: str
    annotations: tuple[Note, ...]
    buttons: tuple[Button, ...]


@dataclass(frozen=True, slots=True)
class Person:
    """Somebody to act as, and what the repository lets them do."""

    login: str
    role: str

    @property
    def writes(self) -> bool:
        """Tell whether GitHub shows this person the buttons of those who may write."""
        return self.role in WRITING_ROLES


@dataclass(frozen=True, slots=True)
class IssuePage:
    """A whole issue; `seen` is the state of its text that a ticked box belongs to."""

    repository: str
    entry: Entry
    opened: str
    description: Markup
    text: str
    seen: str
    conversation: tuple[Item, ...]


@dataclass(frozen=True, slots=True)
class NewPage:
    """An issue or pull request to begin; the latter changes the file at `path`, one of `paths`."""

    repository: str
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
class FilesPage:
    """Changed files, of which `left_out` are not shown."""

    files: tuple[File, ...]
    left_out: int


@dataclass(frozen=True, slots=True)
class CommitPage:
    """One commit and what it changed."""

    repository: str
    commit: Commit
    changes: FilesPage


@dataclass(frozen=True, slots=True)
class BlobPage:
    """A file at a commit."""

    repository: str
    path: str
    revision: str
    lines: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class DeliveryPage:
    """One delivery of a webhook; what was sent and answered is empty in a list."""

    id: int
    when: str
    event: str
    status: str
    succeeded: bool
    redelivery: bool
    seconds: float
    headers: tuple[tuple[str, str], ...] = ()
    payload: str = ""
    response: str = ""


@dataclass(frozen=True, slots=True)
class PullPage:
    """A whole pull request; `paths` are the files of the head that can be edited.

    `place_in_queue` counts from 1, 0 outside of the queue.
    """

    repository: str
    entry: Entry
    base: str
    head: str
    head_sha: str
    opened: str
    description: Markup
    checks: tuple[Check, ...]
    conversation: tuple[Item, ...]
    commits: tuple[Commit, ...]
    changes: FilesPage
    paths: tuple[str, ...]
    conflicts: bool
    place_in_queue: int

    @property
    def waits(self) -> bool:
        """Tell whether a verdict is still to come, so that the page looks again."""
        return not self.checks or any(c.verdict in ("queued", "in progress") for c in self.checks)

    @property
    def standing(self) -> str:
        """Sum the checks up in a sentence."""
        if self.waits:
            return WAITING
        passed = all(check.verdict in PASSING for check in self.checks)
        return PASSED if passed else FAILED

    @property
    def suggestions(self) -> int:
        """Count the suggestions that can be applied."""
        rows = (row.threads for file in self.changes.files for row in file.rows)
        notes = (note for threads in rows for thread in threads for note in thread.notes)
        return sum(note.suggestion_id > 0 for note in notes)
