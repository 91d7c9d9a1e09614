"""Patterns for paths and names, matched in time linear in the text, without regular expressions."""

from __future__ import annotations

from dataclasses import dataclass
from functools import lru_cache
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterable

EMPTY = "the pattern is empty: write what it should match"
ABSOLUTE = "patterns start at the root of the repository: leave out the leading '/'"
FOLDER = "a pattern names files: write '{pattern}**' for everything below the folder"
DOTS = "'.' and '..' cannot be used: write the path from the root of the repository"
DOUBLE_SLASH = "a path never contains '//': write one '/'"
UNCLOSED = "'[' is not closed: write ']' after the characters"
BACKWARDS = "the range '{range}' is backwards: write '{reverse}'"
NAME_CLASS = "only '*' and '?' work in names: write one pattern for each name"


@dataclass(frozen=True, slots=True)
class Characters:
    """One `[…]` or `[!…]`: a character that lies in one of `ranges` (inclusive), or in none."""

    ranges: tuple[tuple[str, str], ...]
    negated: bool = False

    def match(self, character: str) -> bool:
        """Tell whether the one character fits."""
        return any(low <= character <= high for low, high in self.ranges) is not self.negated


@dataclass(frozen=True, slots=True)
class Anything:
    """One `?`."""

    def match(self, character: str) -> bool:
        """Fit every character."""
        return bool(character)


# What stands between two `*`: plain text, or one atom per character where that is not enough.
Piece = str | tuple[str | Characters | Anything, ...]


@dataclass(frozen=True, slots=True)
class Wildcard:
    """A pattern within one segment: `pieces` in this order, a `*` between each two."""

    pieces: tuple[Piece, ...]

    def matches(self, text: str) -> bool:
        """Tell whether the whole text fits.

        The leftmost place is right for every piece but the last, so nothing is tried twice.
        """
        first, *rest = self.pieces
        if not _stands_at(first, text, 0):
            return False
        if not rest:
            return len(first) == len(text)
        position = len(first)
        for piece in rest[:-1]:
            found = _find(piece, text, position)
            if found < 0:
                return False
            position = found + len(piece)
        end = len(text) - len(rest[-1])
        return end >= position and _stands_at(rest[-1], text, end)

    @property
    def literal(self) -> str | None:
        """The only text that fits, or None when there are several."""
        only = self.pieces[0]
        return only if len(self.pieces) == 1 and isinstance(only, str) else None

    @property
    def needle(self) -> str:
        """The longest text without which nothing fits, `""` when there is none."""
        return max((piece for piece in self.pieces if isinstance(piece, str)), key=len, default="")


# `**`: any number of segments, none included.
DEPTH = None
Segment = Wildcard | None


@dataclass(frozen=True, slots=True)
class PathGlob:
    """A pattern for paths from the root of the repository.

    `*` and `?` stop at `/`, `**/` is any depth including none, `/**` at the end is everything
    below, `[…]` and `[!…]` list characters. A pattern without `/` matches the file name in any
    folder. Upper and lower case differ. A bad pattern raises ValueError with a sentence.
    """

    pattern: str
    segments: tuple[Segment, ...]
    prefix: str
    needle: str

    def __init__(self, pattern: str) -> None:
        _reject_bad_path(pattern)
        parts = pattern.split("/") if "/" in pattern else ["**", pattern]
        last = len(parts) - 1
        segments: list[Segment] = []
        for index, part in enumerate(parts):
            if part != "**":
                segments.append(parse_wildcard(part))
            elif index == last:
                # "everything below" asks for at least one more segment.
                segments += [DEPTH, parse_wildcard("*")]
            else:
                segments.append(DEPTH)
        runs = _literal_runs(segments)
        object.__setattr__(self, "pattern", pattern)
        object.__setattr__(self, "segments", tuple(segments))
        object.__setattr__(self, "prefix", runs[0])
        object.__setattr__(self, "needle", max(runs, key=len))

    def matches(self, path: str) -> bool:
        """Tell whether the pattern fits the whole path."""
        if not path.startswith(self.prefix) or self.needle not in path:
            return False
        return _match_segments(self.segments, path.split("/"))


@dataclass(frozen=True, slots=True)
class NameGlob:
    """A pattern for names: `*` and `?`, upper and lower case differ.

    A bad pattern raises ValueError with a sentence.
    """

    pattern: str
    wildcard: Wildcard
    needle: str

    def __init__(self, pattern: str) -> None:
        """Keep as `needle` the longest text that every matching name holds, `""` for none."""
        if not pattern:
            raise ValueError(EMPTY)
        if "[" in pattern or "]" in pattern:
            raise ValueError(NAME_CLASS)
        object.__setattr__(self, "pattern", pattern)
        object.__setattr__(self, "wildcard", parse_wildcard(pattern))
        object.__setattr__(self, "needle", self.wildcard.needle)

    def matches(self, name: str) -> bool:
        """Tell whether the pattern fits the whole name."""
        return self.needle in name and self.wildcard.matches(name)

    @property
    def is_exact(self) -> bool:
        """Tell whether one name only fits."""
        return self.wildcard.literal is not None


@dataclass(frozen=True, slots=True)
class Globs:
    """A set of path patterns; the empty set matches nothing."""

    globs: tuple[PathGlob, ...]

    def __init__(self, patterns: Iterable[str] = ()) -> None:
        object.__setattr__(self, "globs", tuple(PathGlob(pattern) for pattern in patterns))

    def matches(self, path: str) -> bool:
        """Tell whether any of the patterns fits the whole path."""
        for glob in self.globs:  # noqa: SIM110 - asked of every path of a tree
            if glob.matches(path):
                return True
        return False

    def __bool__(self) -> bool:
        return bool(self.globs)


@lru_cache(maxsize=1024)
def parse_wildcard(pattern: str) -> Wildcard:
    """Read a pattern of one segment; runs of `*` are one; raise ValueError with a sentence."""
    pieces: list[list[str | Characters | Anything]] = [[]]
    position = 0
    while position < len(pattern):
        character = pattern[position]
        if character == "*":
            if pieces[-1] or len(pieces) == 1:
                pieces.append([])
        elif character == "?":
            pieces[-1].append(Anything())
        elif character == "[":
            characters, position = _parse_characters(pattern, position + 1)
            pieces[-1].append(characters)
        else:
            pieces[-1].append(character)
        position += 1
    return Wildcard(tuple(_join(piece) for piece in pieces))


def _reject_bad_path(pattern: str) -> None:
    if not pattern:
        raise ValueError(EMPTY)
    if pattern.startswith("/"):
        raise ValueError(ABSOLUTE)
    if pattern.endswith("/"):
        raise ValueError(FOLDER.format(pattern=pattern))
    parts = pattern.split("/")
    if "." in parts or ".." in parts:
        raise ValueError(DOTS)
    if "" in parts:
        raise ValueError(DOUBLE_SLASH)


def _parse_characters(pattern: str, start: int) -> tuple[Characters, int]:
    """Read a class whose `[` stands right before `start`; the answer's place is its `]`."""
    negated = pattern.startswith("!", start)
    start += negated
    end = pattern.find("]", start + 1)  # a `]` that comes first is one of the characters
    if end < 0:
        raise ValueError(UNCLOSED)
    ranges = []
    position = start
    while position < end:
        if position + 2 < end and pattern[position + 1] == "-":
            low, high = pattern[position], pattern[position + 2]
            if low > high:
                raise ValueError(BACKWARDS.format(range=f"{low}-{high}", reverse=f"{high}-{low}"))
            ranges.append((low, high))
            position += 3
        else:
            ranges.append((pattern[position], pattern[position]))
            position += 1
    return Characters(tuple(ranges), negated), end


def _join(piece: list[str | Characters | Anything]) -> Piece:
    text = [atom for atom in piece if isinstance(atom, str)]
    return "".join(text) if len(text) == len(piece) else tuple(piece)


def _stands_at(piece: Piece, text: str, start: int) -> bool:
    if isinstance(piece, str):
        return text.startswith(piece, start)
    if len(text) - start < len(piece):
        return False
    return all(
        text[index] == atom if isinstance(atom, str) else atom.match(text[index])
        for index, atom in enumerate(piece, start)
    )


def _find(piece: Piece, text: str, start: int) -> int:
    if isinstance(piece, str):
        return text.find(piece, start)
    last = len(text) - len(piece)
    return next((at for at in range(start, last + 1) if _stands_at(piece, text, at)), -1)


def _literal_runs(segments: list[Segment]) -> list[str]:
    """Every text that a matching path must hold, the one that it must start with first."""
    runs = [""]
    for index, segment in enumerate(segments):
        literal = segment.literal if segment else None
        if literal is None:
            runs.append(segment.needle if segment else "")
            runs.append("")
        else:
            runs[-1] += literal if index == len(segments) - 1 else f"{literal}/"
    return runs


def _match_segments(pattern: tuple[Segment, ...], path: list[str]) -> bool:
    """Match greedily: only the last `**` passed can still give, as with `*` in a name.

    What stands behind the last one of all has one place only: it rules out most paths at once.
    """
    end, stop = len(pattern), len(path)
    while end and (segment := pattern[end - 1]) is not DEPTH:
        if not stop or not segment.matches(path[stop - 1]):
            return False
        end, stop = end - 1, stop - 1
    at = here = 0
    retry: tuple[int, int] | None = None
    while here < stop and at < end - 1:
        if pattern[at] is DEPTH:
            retry = at, here
            at += 1
        elif (segment := pattern[at]) and segment.matches(path[here]):
            at += 1
            here += 1
        elif retry:
            retry = retry[0], retry[1] + 1
            at, here = retry[0] + 1, retry[1]
        else:
            return False
    return here == stop if not end else all(segment is DEPTH for segment in pattern[at:end])
