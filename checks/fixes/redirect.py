"""A whole file that becomes a redirect: what stands above its code is kept."""

from __future__ import annotations

from typing import TYPE_CHECKING

from checks.fixes.place import Replacement

if TYPE_CHECKING:
    from collections.abc import Iterator

    from tree_sitter import Node

    from checks.edits import Redirect
    from checks.fixes.place import Source

WARNING = "{module} is deprecated: use {use}."
LINE_LENGTH = 88  # what black writes
DOCSTRINGS = frozenset({"string", "concatenated_string"})


def redirected(source: Source, edit: Redirect) -> Replacement:
    """Write the redirect: comments above, docstring, import, `__all__`, a warning."""
    end = len(source.text.removesuffix("\n").encode("utf-8", "surrogatepass"))
    blocks = [_head(source), "import warnings", _import(edit), _exports(edit), _warning(edit)]
    text = "\n\n".join(filter(None, blocks))
    return Replacement(0, end, text, (edit,))


def _head(source: Source) -> str:
    """Take the comments that the file begins with, and its docstring."""
    kept: list[Node] = []
    for child in source.root.named_children:
        if child.type == "comment" and child.start_point.column == 0:
            kept.append(child)
            continue
        if _is_docstring(child):
            kept.append(child)
        break
    lines = source.text.split("\n")
    return "\n".join(lines[: kept[-1].end_point.row + 1]) if kept else ""


def _is_docstring(statement: Node) -> bool:
    is_expression = statement.type == "expression_statement"
    return is_expression and statement.named_children[0].type in DOCSTRINGS


def _import(edit: Redirect) -> str:
    names = [new if new == old else f"{new} as {old}" for new, old in edit.names]
    return _wrapped(f"from {edit.use} import ", "()", names)


def _exports(edit: Redirect) -> str:
    return _wrapped("__all__ = ", "[]", sorted(f'"{old}"' for _, old in edit.names))


def _wrapped(start: str, brackets: str, items: list[str]) -> str:
    """Write items on one line, or one on each where that is too long."""
    inner = ", ".join(items)
    line = f"{start}{inner}" if brackets == "()" else f"{start}[{inner}]"
    if len(line) <= LINE_LENGTH:
        return line
    return "\n".join([f"{start}{brackets[0]}", *_indented(items), brackets[1]])


def _indented(items: list[str]) -> Iterator[str]:
    return (f"    {item}," for item in items)


def _warning(edit: Redirect) -> str:
    text = WARNING.format(module=edit.module, use=edit.use)
    line = f'warnings.warn("{text}", DeprecationWarning, stacklevel=2)'
    if len(line) <= LINE_LENGTH:
        return line
    return f'warnings.warn(\n    "{text}",\n    DeprecationWarning,\n    stacklevel=2,\n)'
