"""Read the hunks of a unified diff, told apart by blob ids: names in a patch are ambiguous."""

from __future__ import annotations

import re
from dataclasses import replace
from io import BytesIO
from typing import TYPE_CHECKING

from bot.git.process import GitError
from checks.model import Hunk

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    Pair = tuple[str, str]  # blob id at the merge base, blob id at head; zeros for none

WRONG_LENGTH = "git diff-tree gave a hunk whose length differs from its header"

INDEX_LINE = re.compile(rb"index ([0-9a-f]{40,64})\.\.([0-9a-f]{40,64})")
HUNK_LINE = re.compile(rb"@@ -\d+(?:,(\d{1,10}))? \+(\d{1,10})(?:,(\d{1,10}))? @@")


# GitHub does not show the diff of a file beyond either, and takes no comment there.
# https://docs.github.com/en/repositories/creating-and-managing-repositories/repository-limits
SHOWN_LINES = 20_000
SHOWN_BYTES = 500_000


def parse_patch(patch: bytes) -> Mapping[Pair, tuple[Hunk, ...]]:
    """Return the hunks of each changed pair of blobs; equal pairs have equal hunks.

    `patch` is made with `--full-index`. Inside a hunk lines are counted, so that no content can
    pose as a header. Raises `GitError` when a hunk is not as long as it says.
    """
    read: dict[Pair, list[tuple[Hunk, _Size]]] = {}
    pair: Pair | None = None
    lines = (line.removesuffix(b"\n") for line in BytesIO(patch))
    for line in lines:
        if index := INDEX_LINE.match(line):
            pair = (index[1].decode("ascii"), index[2].decode("ascii"))
            read[pair] = []
        elif pair is not None and (header := HUNK_LINE.match(line)):
            read[pair].append(_read_hunk(header, lines))
    return {pair: _shown(hunks) for pair, hunks in read.items()}


_Size = tuple[int, int]  # lines and bytes of a hunk in the diff


def _shown(hunks: list[tuple[Hunk, _Size]]) -> tuple[Hunk, ...]:
    """Mark the hunks of a file whose diff is too large to be shown."""
    lines = sum(size[0] for _, size in hunks)
    length = sum(size[1] for _, size in hunks)
    fits = lines <= SHOWN_LINES and length <= SHOWN_BYTES
    return tuple(hunk if fits else replace(hunk, shown=False) for hunk, _ in hunks)


def _read_hunk(header: re.Match[bytes], lines: Iterator[bytes]) -> tuple[Hunk, _Size]:
    base_left, start, length = (int(number or b"1") for number in header.groups())
    head_line, head_end = start, start + length
    added: set[int] = set()
    count = total = 0
    while base_left > 0 or head_line < head_end:
        line = next(lines, None)
        if line is None:
            raise GitError(WRONG_LENGTH)
        mark = line[:1]
        if mark == b"+":
            added.add(head_line)
        head_line += mark in (b"+", b" ")
        base_left -= mark in (b"-", b" ")
        count += 1
        total += len(line) + 1
    if base_left or head_line != head_end:
        raise GitError(WRONG_LENGTH)
    return Hunk(start, length, frozenset(added)), (count, total)
