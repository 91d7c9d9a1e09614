"""Which places of a file do not run when it is imported."""

from __future__ import annotations

import re
from bisect import bisect_right
from typing import TYPE_CHECKING

from checks.nodes import text

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from tree_sitter import Node

    from checks.captures import Captures

# The last name counts: `import typing as t` is common.
_TYPING = re.compile(r"\(*(?:\w+\.)*TYPE_CHECKING\)*")
_NOT_TYPING = re.compile(r"not\s*\(*(?:\w+\.)*TYPE_CHECKING\)*")
_SCRIPT = re.compile(r"__name__\s*==\s*['\"]__main__['\"]|['\"]__main__['\"]\s*==\s*__name__")


class Deferral:
    """The bodies of functions, and the branches for type checkers and for scripts."""

    def __init__(self, captures: Captures) -> None:
        self._regions = _merged(_deferred(captures))
        self._starts = [start for start, _ in self._regions]

    def covers(self, node: Node) -> bool:
        """Tell whether the node does not run when its file is imported."""
        index = bisect_right(self._starts, node.start_byte) - 1
        return index >= 0 and node.start_byte < self._regions[index][1]


def _deferred(captures: Captures) -> Iterator[Node]:
    for node, _ in captures.named:
        if node.type == "function_definition":
            yield node
    for branch in captures.nodes("branch"):
        condition = text(branch.child_by_field_name("condition"))
        if _TYPING.fullmatch(condition) or _SCRIPT.fullmatch(condition):
            yield from branch.children_by_field_name("consequence")
        elif _NOT_TYPING.fullmatch(condition):
            yield from branch.children_by_field_name("alternative")


def _merged(nodes: Iterable[Node]) -> list[tuple[int, int]]:
    """Join what overlaps into regions `[start, end)`, in order."""
    regions: list[tuple[int, int]] = []
    for start, end in sorted((node.start_byte, node.end_byte) for node in nodes):
        if regions and start < regions[-1][1]:
            regions[-1] = (regions[-1][0], max(end, regions[-1][1]))
        else:
            regions.append((start, end))
    return regions
