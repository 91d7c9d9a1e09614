"""Which places of a file do not run when it is imported."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from checks.nodes import text
from checks.regions import Regions

if TYPE_CHECKING:
    from collections.abc import Iterator

    from tree_sitter import Node

    from checks.captures import Captures

# The last name counts: `import typing as t` is common.
_TYPING = re.compile(r"\(*(?:\w+\.)*TYPE_CHECKING\)*")
_NOT_TYPING = re.compile(r"not\s*\(*(?:\w+\.)*TYPE_CHECKING\)*")
_SCRIPT = re.compile(r"__name__\s*==\s*['\"]__main__['\"]|['\"]__main__['\"]\s*==\s*__name__")


def deferred(captures: Captures) -> Regions:
    """Find the bodies of functions, and the branches for type checkers and for scripts."""
    return Regions(_deferred(captures))


def is_for_typing(condition: str) -> bool:
    """Tell whether this condition holds for type checkers only."""
    return _TYPING.fullmatch(condition) is not None


def _deferred(captures: Captures) -> Iterator[Node]:
    for node, _ in captures.named:
        if node.type == "function_definition":
            yield node
    for branch in captures.nodes("branch"):
        condition = text(branch.child_by_field_name("condition"))
        if is_for_typing(condition) or _SCRIPT.fullmatch(condition):
            yield from branch.children_by_field_name("consequence")
        elif _NOT_TYPING.fullmatch(condition):
            yield from branch.children_by_field_name("alternative")
