"""Read the hunks of a unified diff, told apart by blob ids: names in a patch are ambiguous."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from bot.git.process import GitError
from checks.model import Hunk

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    Pair = tuple[str, str]  # blob id at the merge base, blob id at head; zeros for none

WRONG_LENGTH = "git diff-tree gave a hunk of another length than it says"

INDEX_LINE = re.compile(rb"index ([0-9a-f]{40,64})\.\.([0-9a-f]{40,64})")
HUNK_LINE = re.compile(rb"@@ -\d+(?:,(\d{1,10}))? \+(\d{1,10})(?:,(\d{1,10}))? @@")


def parse_patch(patch: bytes) -> Mapping[Pair, tuple[Hunk, ...]]:
    """Return the hunks of each changed pair of blobs; equal pairs have equal hunks.

    `patch` is made with `--full-index`. Inside a hunk lines are counted, so that no content can
    pose as a header. Raises `GitError` when a hunk is not as long as it says.
    """
    hunks: dict[Pair, list[Hunk]] = {}
    pair: Pair | None = None
    lines = iter(patch.split(b"\n"))
    for line in lines:
        if index := INDEX_LINE.match(line):
            pair = (index[1].decode("ascii"), index[2].decode("ascii"))
            hunks[pair] = []
        elif pair is not None and (header := HUNK_LINE.match(line)):
            hunks[pair].append(_read_hunk(header, lines))
    return {pair: tuple(found) for pair, found in hunks.items()}


def _read_hunk(header: re.Match[bytes], lines: Iterator[bytes]) -> Hunk:
    base_left, start, length = (int(number or b"1") for number in header.groups())
    head_line, head_end = start, start + length
    added: set[int] = set()
    while base_left > 0 or head_line < head_end:
        line = next(lines, None)
        if line is None:
            raise GitError(WRONG_LENGTH)
        mark = line[:1]
        if mark == b"+":
            added.add(head_line)
        head_line += mark in (b"+", b" ")
        base_left -= mark in (b"-", b" ")
    if base_left or head_line != head_end:
        raise GitError(WRONG_LENGTH)
    return Hunk(start, length, frozenset(added))
