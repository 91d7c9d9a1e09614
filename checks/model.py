"""The engine's words as frozen data: what a change is, and what was found in it."""

from __future__ import annotations

from dataclasses import dataclass, field
from enum import StrEnum
from typing import TYPE_CHECKING, NamedTuple

if TYPE_CHECKING:
    from collections.abc import Mapping
    from datetime import date

    from checks.effect import Effect
    from checks.evidence import Evidence


class Severity(StrEnum):
    """How much a finding weighs; `OFF` switches a rule off and never stands on a finding."""

    ERROR = "error"
    WARNING = "warning"
    NOTICE = "notice"
    OFF = "off"


class Status(StrEnum):
    """Where a finding comes from, seen from the change."""

    NEW = "new"
    MOVED = "moved"
    WAIVED = "waived"


class Kind(StrEnum):
    """The form in which a finding stands in the source."""

    IMPORT = "import"
    FROM = "from"
    STAR = "star"
    ATTRIBUTE = "attribute"
    DYNAMIC = "dynamic"
    STRING = "string"
    CLASS = "class"
    FUNCTION = "function"
    ARGUMENT = "argument"
    ASSIGN = "assign"
    DEF = "def"
    STMT = "stmt"
    FILE = "file"


class Conclusion(StrEnum):
    """The verdict on a change, in GitHub's literals."""

    ACTION_REQUIRED = "action_required"
    CANCELLED = "cancelled"
    FAILURE = "failure"
    NEUTRAL = "neutral"
    SKIPPED = "skipped"
    SUCCESS = "success"


class Cause(StrEnum):
    """Who could have avoided that a file was not analysed, and so what it means for the verdict."""

    CHANGE = "change"  # too large, undecodable, over a limit: the change does it, the check fails
    SERVICE = "service"  # git or the engine failed: the verdict is neutral and the job is retried
    NATURE = "nature"  # a symlink, a submodule: there is nothing of its own to analyse


# Of nothing are there more: a tuple is made in less than half of the time that a dataclass takes.
class Span(NamedTuple):
    """A range of source text: 1-based lines and columns in code points, `end_column` exclusive."""

    line: int
    column: int
    end_line: int
    end_column: int


@dataclass(frozen=True, slots=True)
class Suggestion:
    """Whole lines `start_line` to `end_line` (inclusive) become `replacement`, newline included.

    `anchored` tells whether one hunk of the change holds them all, so that GitHub takes it there:
    never where it counts lines otherwise.
    """

    start_line: int
    end_line: int
    replacement: str
    anchored: bool = True


class Form(StrEnum):
    """Where a waiver is written."""

    CONFIG = "config"
    INLINE = "inline"
    COMMENT = "comment"


@dataclass(frozen=True, slots=True)
class Acceptance:
    """Why a finding is waived, through which day (UTC), and by whom (`""` when nobody is named).

    `form` and `line` (0 for a comment) say where that is written; what is accepted is the same.
    """

    until: date
    reason: str
    by: str = ""
    form: Form = field(default=Form.CONFIG, compare=False)
    line: int = field(default=0, compare=False)


@dataclass(frozen=True, slots=True)
class Finding:
    """One thing a rule flags, at the place where a person would point.

    `symbol` and `kind` are the rule's words for what was found; `concept` is empty for a rule that
    knows none. `fingerprint` (16 hex digits) is stable when lines shift. `anchored` tells whether
    `line` stands in a hunk of the change, so that GitHub takes a comment there. `accepted` is there
    when the status is waived.
    """

    rule: str
    severity: Severity
    status: Status
    path: str
    span: Span
    symbol: str
    kind: Kind
    message: str
    fingerprint: str
    concept: str = ""
    in_tests: bool = False
    anchored: bool = False
    suggestion: Suggestion | None = None
    accepted: Acceptance | None = None


@dataclass(frozen=True, slots=True)
class Fixed:
    """A finding of the merge base that the change removes; `line` counts at the merge base."""

    rule: str
    path: str
    line: int
    symbol: str
    kind: Kind
    concept: str = ""


@dataclass(frozen=True, slots=True)
class Skipped:
    """A changed file that was not analysed, and why, in words for a person."""

    path: str
    reason: str
    cause: Cause


@dataclass(frozen=True, slots=True)
class Crash:
    """A rule that failed on a file: a bug of ours, never a green check."""

    rule: str
    path: str
    error: str


@dataclass(frozen=True, slots=True)
class Analysis:
    """All that is known about a change: `base` is the merge base, findings are sorted by place.

    `effect` is what the change does to a census; None when not even its paths are known. `evidence`
    says why the findings are what they are, and is no part of any verdict.
    """

    base: str
    head: str
    findings: tuple[Finding, ...] = ()
    fixed: tuple[Fixed, ...] = ()
    skipped: tuple[Skipped, ...] = ()
    crashes: tuple[Crash, ...] = ()
    notes: tuple[str, ...] = ()
    files_changed: int = 0
    files_analyzed: int = 0
    effect: Effect | None = None
    evidence: tuple[Evidence, ...] = ()

    @property
    def new(self) -> tuple[Finding, ...]:
        """The findings that the change adds, waived and moved ones left out."""
        return tuple(finding for finding in self.findings if finding.status is Status.NEW)

    @property
    def is_our_fault(self) -> bool:
        """Tell whether anything could not be judged for no reason in the change."""
        return bool(self.crashes) or Cause.SERVICE in {skipped.cause for skipped in self.skipped}

    @property
    def conclusion(self) -> Conclusion:
        """Judge the change by what was found; modes and waivers of the service come on top."""
        severities = {finding.severity for finding in self.new}
        causes = {skipped.cause for skipped in self.skipped}
        if Severity.ERROR in severities or Cause.CHANGE in causes:
            return Conclusion.FAILURE
        if self.is_our_fault or Severity.WARNING in severities:
            return Conclusion.NEUTRAL
        return Conclusion.SUCCESS


class EntryStatus(StrEnum):
    """What git says happened to a path between merge base and head."""

    ADDED = "A"
    DELETED = "D"
    MODIFIED = "M"
    RENAMED = "R"
    TYPE_CHANGED = "T"


@dataclass(frozen=True, slots=True)
class Version:
    """One side of a changed path: git's mode (`100644` …), blob id and path there."""

    path: str
    mode: str
    oid: str


@dataclass(frozen=True, slots=True)
class Hunk:
    """A hunk of the unified diff (3 lines of context), in head lines.

    `start` is the first head line in it, `length` the number of head lines (0 for a pure
    deletion), `added` the head lines that the change adds. GitHub takes comments where it is
    `shown`: the diff of a very large file is not.
    """

    start: int
    length: int
    added: frozenset[int]
    shown: bool = True

    def takes_comment(self, line: int) -> bool:
        """Tell whether GitHub takes a comment at this head line."""
        return self.shown and self.start <= line < self.start + self.length


@dataclass(frozen=True, slots=True)
class Entry:
    """One changed path: `base` is absent when added, `head` when deleted; both when changed.

    `hunks` is empty for what git takes as binary and for files left out of the diff.
    """

    status: EntryStatus
    base: Version | None
    head: Version | None
    hunks: tuple[Hunk, ...] = ()

    @property
    def path(self) -> str:
        """The path that a person looks for: at head, or at the merge base of a deleted file."""
        version = self.head or self.base
        assert version is not None
        return version.path

    @property
    def versions(self) -> tuple[Version, ...]:
        """The sides that are there, the merge base first."""
        return tuple(version for version in (self.base, self.head) if version is not None)

    def is_added(self, line: int) -> bool:
        """Tell whether the change adds this head line."""
        return any(line in hunk.added for hunk in self.hunks)


@dataclass(frozen=True, slots=True)
class Snapshot:
    """What changed between merge base and head, with the blobs known so far by id.

    `tree` maps every analysable path at head to its blob id; the tree at the merge base follows
    from it and `entries`. Paths are decoded with `surrogateescape`; `entries` are sorted by path.
    """

    base: str
    head: str
    entries: tuple[Entry, ...]
    tree: Mapping[str, str] = field(default_factory=dict)
    skipped: tuple[Skipped, ...] = ()
