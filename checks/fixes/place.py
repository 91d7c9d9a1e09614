"""A file's text with its syntax tree, asked by span."""

from __future__ import annotations

import re
from dataclasses import dataclass
from itertools import pairwise
from typing import TYPE_CHECKING

from checks.captures import parse_source
from checks.model import Suggestion
from checks.nodes import text
from checks.source import decode_exactly, with_plain_ends

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Sequence

    from tree_sitter import Node

    from checks.edits import Edit
    from checks.model import Span


@dataclass(frozen=True, slots=True)
class Replacement:
    """The source from byte `start` to `end` becomes `text`, to satisfy `edits`."""

    start: int
    end: int
    text: str
    edits: tuple[Edit, ...]


class Source:
    """One file being edited, as UTF-8 with `\\n`; offsets are bytes of that."""

    def __init__(self, content: bytes) -> None:
        """Raise `UndecodableError` when the bytes are not text."""
        exact, _ = decode_exactly(content)
        self.text = with_plain_ends(exact)
        # git ends no line at a lone carriage return: its lines are others from there on.
        self._is_counted_alike = "\r" not in exact.replace("\r\n", "")
        self._utf8 = self.text.encode("utf-8", "surrogatepass")
        self._lines = self._utf8.split(b"\n")
        self._starts = [0]
        for line in self._lines:
            self._starts.append(self._starts[-1] + len(line) + 1)
        # Its rows and columns are those of the source, its offsets are not.
        _, self.root = parse_source(self._utf8)

    def node(self, span: Span) -> Node | None:
        """Find the node that stands exactly at a span; of several, the innermost."""
        start = (span.line - 1, self._byte_column(span.line, span.column))
        end = (span.end_line - 1, self._byte_column(span.end_line, span.end_column))
        node = self.root.named_descendant_for_point_range(start, end)
        if node is None or (tuple(node.start_point), tuple(node.end_point)) != (start, end):
            return None
        return node

    def source(self, node: Node) -> str:
        """Take the text of a node."""
        return self._utf8[self._start(node) : self._end(node)].decode("utf-8", "surrogatepass")

    def identifiers(self, name: str) -> Iterator[Node]:
        """Find every identifier of a name; the words of strings and comments are none."""
        word = re.compile(rb"(?<!\w)" + re.escape(name.encode()) + rb"(?!\w)")
        for row, line in enumerate(self._lines):
            for match in word.finditer(line):
                start, end = (row, match.start()), (row, match.end())
                node = self.root.named_descendant_for_point_range(start, end)
                if node is not None and node.type == "identifier" and text(node) == name:
                    yield node

    def replacing(self, node: Node, text: str, edits: tuple[Edit, ...]) -> Replacement:
        """Plan to write `text` in the place of a node."""
        return Replacement(self._start(node), self._end(node), text, edits)

    def around(self, node: Node) -> tuple[str, str]:
        """Take what stands on the node's lines before and behind it."""
        first, last = node.start_point.row, node.end_point.row
        before = self._lines[first][: node.start_point.column]
        behind = self._lines[last][node.end_point.column :]
        return before.decode("utf-8", "surrogatepass"), behind.decode("utf-8", "surrogatepass")

    def suggestion(self, replacements: Sequence[Replacement]) -> Suggestion:
        """Write replacements, sorted and apart, as whole lines."""
        first, _ = self._rows(replacements[0])
        _, last = self._rows(replacements[-1])
        end = self._starts[last] + len(self._lines[last])
        parts, position = list[bytes](), self._starts[first]
        for replacement in replacements:
            parts.append(self._utf8[position : replacement.start])
            parts.append(replacement.text.encode("utf-8", "surrogatepass"))
            position = replacement.end
        parts.append(self._utf8[position:end])
        lines = b"".join(parts).decode("utf-8", "surrogatepass")
        return Suggestion(first + 1, last + 1, f"{lines}\n", anchored=self._is_counted_alike)

    def clusters(self, replacements: Iterable[Replacement]) -> list[list[Replacement]]:
        """Put together what shares a line: GitHub takes one suggestion for it."""
        clusters: list[list[Replacement]] = []
        last_row = -1
        for replacement in sorted(replacements, key=lambda r: (r.start, r.end)):
            first, last = self._rows(replacement)
            if first > last_row:
                clusters.append([])
            clusters[-1].append(replacement)
            last_row = max(last_row, last)
        return [cluster for cluster in clusters if _is_apart(cluster)]

    def _rows(self, replacement: Replacement) -> tuple[int, int]:
        first = self._utf8.count(b"\n", 0, replacement.start)
        return first, first + self._utf8.count(b"\n", replacement.start, replacement.end)

    def _byte_column(self, line: int, column: int) -> int:
        whole = self._lines[line - 1].decode("utf-8", "surrogatepass")
        return len(whole[: column - 1].encode("utf-8", "surrogatepass"))

    def _start(self, node: Node) -> int:
        return self._starts[node.start_point.row] + node.start_point.column

    def _end(self, node: Node) -> int:
        return self._starts[node.end_point.row] + node.end_point.column


def _is_apart(cluster: Sequence[Replacement]) -> bool:
    return all(one.end <= other.start for one, other in pairwise(cluster))
