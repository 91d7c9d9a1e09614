"""Which definitions enclose a place in a file."""

from __future__ import annotations

from bisect import bisect_right
from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator


@dataclass(frozen=True, slots=True)
class Block:
    """One definition's bytes, `[start, end)`; `parent` is its index, -1 at module level."""

    start: int
    end: int
    qualified: str
    parent: int


class Scopes:
    """The nesting of a file's definitions, asked by byte offset."""

    def __init__(self, definitions: Iterable[tuple[int, int, str]]) -> None:
        """Take `(start, end, name)` of each definition in any order."""
        self._blocks: list[Block] = []
        for start, end, name in sorted(definitions):
            parent = self._innermost(start, len(self._blocks) - 1)
            prefix = f"{self._blocks[parent].qualified}." if parent >= 0 else ""
            self._blocks.append(Block(start, end, prefix + name, parent))
        self._starts = [block.start for block in self._blocks]

    def qualified(self, start: int) -> str:
        """Name the definition that starts at `start`."""
        return self._blocks[bisect_right(self._starts, start) - 1].qualified

    def enclosing(self, offset: int) -> str:
        """Name the innermost definition around `offset`, `""` at module level."""
        index = self._innermost(offset, bisect_right(self._starts, offset) - 1)
        return self._blocks[index].qualified if index >= 0 else ""

    def _innermost(self, offset: int, index: int) -> int:
        while index >= 0 and self._blocks[index].end <= offset:
            index = self._blocks[index].parent
        return index


def visible_from(scope: str) -> Iterator[str]:
    """Yield every scope whose names can be seen from `scope`, the nearest first."""
    while scope:
        yield scope
        scope = scope.rpartition(".")[0]
    yield ""
