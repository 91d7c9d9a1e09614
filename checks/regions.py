"""Ranges of bytes in a file, asked whether a place lies in one of them."""

from __future__ import annotations

from bisect import bisect_right
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterable

    from tree_sitter import Node


class Regions:
    """The union of what some nodes cover; a question takes the logarithm of their number."""

    def __init__(self, nodes: Iterable[Node]) -> None:
        self._regions: list[tuple[int, int]] = []
        for start, end in sorted((node.start_byte, node.end_byte) for node in nodes):
            if self._regions and start < self._regions[-1][1]:
                first, last = self._regions[-1]
                self._regions[-1] = (first, max(end, last))
            else:
                self._regions.append((start, end))
        self._starts = [start for start, _ in self._regions]

    def cover(self, node: Node) -> bool:
        """Tell whether the node begins in one of them."""
        index = bisect_right(self._starts, node.start_byte) - 1
        return index >= 0 and node.start_byte < self._regions[index][1]
