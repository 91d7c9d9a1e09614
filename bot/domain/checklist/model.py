"""What a checklist is made of, what was measured for it, and what is done to it."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Mapping

SHA_DIGITS = 12
# GraphQL's `Int`: a question that holds a larger number is refused as a whole.
MAX_NUMBER = 2**31 - 1


@dataclass(frozen=True, slots=True)
class Evidence:
    """What we leave at a box that we ticked: 12 digits of the measured commit, and the issue."""

    sha: str
    issue: int

    def __str__(self) -> str:
        return f"@{self.sha}/#{self.issue}"


@dataclass(frozen=True, slots=True)
class Marker:
    """A hidden comment `<!-- ssot: TEXT -->` or `<!-- ssot: TEXT @SHA/#ISSUE -->` at an item.

    Offsets into the body: the comment is `start:end`, its text ends at `text_end`, and evidence
    (with the blanks before it) at `evidence_end`, which is `text_end` where there is none.
    """

    text: str
    evidence: Evidence | None
    start: int
    text_end: int
    evidence_end: int
    end: int


@dataclass(frozen=True, slots=True)
class Item:
    """One box that GitHub renders.

    `line` counts from 1. Offsets into the body: `box` is the one character between the brackets,
    `first_end` the place on the item's first line where hidden text can be appended. `text` is the
    item's paragraph as one line, without box and markers. `parent` is an index into the items.
    `problem` says in words why the item cannot be decided, `""` when it can.
    """

    line: int
    box: int
    checked: bool
    text: str
    first_end: int
    parent: int | None = None
    markers: tuple[Marker, ...] = ()
    problem: str = ""


@dataclass(frozen=True, slots=True)
class Reference:
    """An issue or a pull request; `repository` is `owner/name`."""

    repository: str
    number: int

    def __str__(self) -> str:
        return f"{self.repository}#{self.number}"


@dataclass(frozen=True, slots=True)
class Tracker:
    """The issue that holds the checklist; `server_url` is where its repository lives."""

    repository: str
    number: int
    server_url: str = "https://github.com"


class Truth(StrEnum):
    """What the census says of a criterion."""

    TRUE = "true"
    FALSE = "false"
    BROKEN = "broken"


@dataclass(frozen=True, slots=True)
class Verdict:
    """A criterion as measured; `reason` says in words what was found, or what is broken."""

    truth: Truth
    reason: str = ""


class ReferenceState(StrEnum):
    """What became of an issue or a pull request; closed as not planned is `DROPPED`."""

    OPEN = "open"
    MERGED = "merged"
    COMPLETED = "completed"
    DROPPED = "dropped"
    UNREADABLE = "unreadable"


@dataclass(frozen=True, slots=True)
class Answers:
    """What is known of the commit `sha`; what is not in the mappings was not measured.

    Verdicts are by criterion, exactly as `wanted` asks for them.
    """

    sha: str
    verdicts: Mapping[str, Verdict]
    references: Mapping[Reference, ReferenceState]


class Source(StrEnum):
    """Where an item has its criterion from, in the order of precedence."""

    MARKER = "marker"
    REFERENCE = "reference"
    BIND = "bind"
    CHILDREN = "children"


@dataclass(frozen=True, slots=True)
class Ground:
    """What decides an item: `text` is what its evidence says."""

    source: Source
    text: str
    reference: Reference | None = None


class ChangeKind(StrEnum):
    """What is done to an item."""

    TICKED = "ticked"
    UNTICKED = "unticked"
    RELEASED = "released"  # an objection is over: the evidence goes, the box stays empty
    ATTACHED = "attached"  # a criterion is written, the box stays as it is


@dataclass(frozen=True, slots=True)
class Change:
    """One item that is done to: `was` and `becomes` tell whether its box is ticked.

    `ground` decided it, `reason` says in words what was found, `evidence` is what was left.
    """

    kind: ChangeKind
    text: str
    line: int
    was: bool
    becomes: bool
    ground: Ground
    reason: str = ""
    evidence: Evidence | None = None


class NoteKind(StrEnum):
    """What a person should know about a checklist."""

    BROKEN = "broken"
    UNREADABLE = "unreadable"
    UNBOUND = "unbound"
    AMBIGUOUS = "ambiguous"
    COPIED = "copied"
    TOO_MANY = "too-many"
    UNSAFE = "unsafe"
    REFUSED = "refused"
    TOO_LONG = "too-long"


@dataclass(frozen=True, slots=True)
class Note:
    """Something that was left alone, and why; `line` is 0 where no item is meant.

    `subject` is the criterion, reference or pattern it is about; `reason` says the rest in words.
    """

    kind: NoteKind
    subject: str = ""
    reason: str = ""
    line: int = 0


@dataclass(frozen=True, slots=True)
class Outcome:
    """A body as it should be, what was done to get there, and what was left alone."""

    body: str
    changes: tuple[Change, ...] = ()
    notes: tuple[Note, ...] = ()
