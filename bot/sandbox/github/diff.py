"""What a change looks like on GitHub: files, hunks, and where a comment may stand."""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterator

    from bot.sandbox.github.gitrepo import GitRepository

# https://docs.github.com/en/repositories/creating-and-managing-repositories/repository-limits
DIFF_MAX_FILES = 300
FILE_MAX_LINES = 20_000
FILE_MAX_BYTES = 500_000
# The files API leaves `patch` out far earlier; a file of 2,081 changed lines had none.
PATCH_MAX_CHANGES = 2_000

_STATUS = {"A": "added", "D": "removed", "M": "modified", "T": "changed", "R": "renamed"}
_HUNK = re.compile(rb"@@ -(\d+)(?:,\d+)? \+(\d+)(?:,\d+)? @@")
_FLAGS = ("-r", "--no-color", "--no-ext-diff", "--no-textconv", "--full-index", "-M50%", "-l400")
_SYMLINK = "120000"


@dataclass(frozen=True, slots=True)
class Line:
    """One shown line: its number on the old side, on the new side, or on both."""

    old: int | None
    new: int | None
    text: str

    def number(self, side: str) -> int | None:
        """Return the number by which a comment on `side` names this line.

        Deleted lines stand on LEFT, added and context lines on RIGHT.
        """
        if side == "RIGHT":
            return self.new
        return self.old if self.new is None else None


@dataclass(frozen=True, slots=True)
class Hunk:
    """A run of shown lines under one `@@` header."""

    header: str
    lines: tuple[Line, ...]

    def shows(self, line: int, side: str) -> bool:
        """Tell whether a comment may name `line` of `side` here."""
        return any(shown.number(side) == line for shown in self.lines)

    def until(self, line: int, side: str) -> str:
        """Return the text of the hunk down to a line, as a comment quotes it."""
        shown = [self.header]
        for entry in self.lines:
            shown.append(entry.text)
            if entry.number(side) == line:
                break
        return "\n".join(shown)


@dataclass(frozen=True, slots=True)
class FileDiff:
    """One changed file; `hunks` is empty for binary, too large and purely renamed ones."""

    path: str
    previous_path: str | None
    status: str
    oid: str
    additions: int
    deletions: int
    hunks: tuple[Hunk, ...]

    @property
    def changes(self) -> int:
        """Count added and deleted lines."""
        return self.additions + self.deletions

    @property
    def patch(self) -> str | None:
        """Return the patch as the files API shows it, None where it leaves it out."""
        if not self.hunks or self.changes > PATCH_MAX_CHANGES:
            return None
        lines = (text for hunk in self.hunks for text in (hunk.header, *_texts(hunk)))
        return "\n".join(lines)

    def hunk_at(self, line: int, side: str) -> Hunk | None:
        """Find the hunk that shows a line."""
        return next((hunk for hunk in self.hunks if hunk.shows(line, side)), None)

    def position(self, line: int, side: str) -> int | None:
        """Count lines down from the first `@@`, GitHub's old way to name a line."""
        count = 0
        for hunk in self.hunks:
            for shown in hunk.lines:
                count += 1
                if shown.number(side) == line:
                    return count
            count += 1
        return None


def changed_files(git: GitRepository, base: str, head: str) -> tuple[FileDiff, ...]:
    """Compare two commits as GitHub does: renames followed, three lines of context."""
    raw = git.told((base, head), "diff-tree", *_FLAGS, "-z", "--raw", base, head)
    patch = git.told((base, head), "diff-tree", *_FLAGS, "-p", "-U3", base, head)
    sections = _sections(patch)
    return tuple(_file(entry, sections) for entry in _entries(raw))


def commentable(files: tuple[FileDiff, ...]) -> dict[str, FileDiff]:
    """Return the files that a review comment may name: the first 300."""
    return {file.path: file for file in files[:DIFF_MAX_FILES]}


@dataclass(frozen=True, slots=True)
class _Entry:
    status: str
    path: str
    previous_path: str | None
    oid: str
    sections: int


def _entries(raw: bytes) -> Iterator[_Entry]:
    fields = iter(raw.split(b"\0"))
    for meta in fields:
        if not meta:
            return
        old_mode, new_mode, old_oid, new_oid, status = meta.decode()[1:].split(" ")
        first = next(fields).decode(errors="replace")
        path = next(fields).decode(errors="replace") if status[0] in "RC" else first
        # A file that becomes a symlink is shown as one deleted and one added.
        sections = 2 if status == "T" and _SYMLINK in (old_mode, new_mode) else 1
        yield _Entry(
            _STATUS.get(status[0], "changed"),
            path,
            first if path != first else None,
            old_oid if status == "D" else new_oid,
            sections,
        )


def _sections(patch: bytes) -> Iterator[list[bytes]]:
    section: list[bytes] = []
    for line in patch.split(b"\n"):
        if line.startswith(b"diff --git "):
            if section:
                yield section
            section = []
        section.append(line)
    if section:
        yield section


def _file(entry: _Entry, sections: Iterator[list[bytes]]) -> FileDiff:
    lines = [line for _ in range(entry.sections) for line in next(sections, [])]
    hunks = tuple(_hunks(lines)) if entry.sections == 1 else ()
    shown = [line for hunk in hunks for line in hunk.lines]
    additions = sum(line.old is None and line.new is not None for line in shown)
    deletions = sum(line.new is None and line.old is not None for line in shown)
    size = sum(len(line) + 1 for line in lines)
    too_large = len(shown) > FILE_MAX_LINES or size > FILE_MAX_BYTES
    return FileDiff(
        entry.path,
        entry.previous_path,
        entry.status,
        entry.oid,
        additions,
        deletions,
        () if too_large else hunks,
    )


def _hunks(lines: list[bytes]) -> Iterator[Hunk]:
    shown: list[Line] = []
    header, old, new = "", 0, 0
    for raw in lines:
        text = raw.decode(errors="replace")
        if match := _HUNK.match(raw):
            if header:
                yield Hunk(header, tuple(shown))
            header, shown, old, new = text, [], int(match[1]), int(match[2])
        elif header and raw:
            line = _line(text, old, new)
            shown.append(line)
            old += line.old is not None
            new += line.new is not None
    if header:
        yield Hunk(header, tuple(shown))


def _line(text: str, old: int, new: int) -> Line:
    match text[0]:
        case "+":
            return Line(None, new, text)
        case "-":
            return Line(old, None, text)
        case " ":
            return Line(old, new, text)
        case _:  # "\ No newline at end of file" is shown, but is no line of either side
            return Line(None, None, text)


def _texts(hunk: Hunk) -> Iterator[str]:
    return (line.text for line in hunk.lines)
