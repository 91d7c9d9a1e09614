"""What keeps a module from being a redirect: statements that do more than hand on names."""

from __future__ import annotations

from typing import TYPE_CHECKING

from checks.deferral import is_for_typing
from checks.facts import Statement
from checks.model import Kind
from checks.nodes import text

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Mapping

    from tree_sitter import Node

    from checks.facts import Dotted
    from checks.model import Span

IMPORTS = frozenset({"import_statement", "import_from_statement", "future_import_statement"})
# Definitions are facts of their own, comments say nothing, and what does not parse is not judged.
ELSEWHERE = frozenset({"class_definition", "function_definition", "decorated_definition"})
NO_STATEMENT = frozenset({"comment", "ERROR"})
WARN = ("warnings", "warn")
EXPORTS = "__all__"

# https://docs.python.org/3/library/ast.html#statements
AST_CLASSES = {
    "assert_statement": "Assert",
    "break_statement": "Break",
    "continue_statement": "Continue",
    "delete_statement": "Delete",
    "for_statement": "For",
    "global_statement": "Global",
    "if_statement": "If",
    "match_statement": "Match",
    "nonlocal_statement": "Nonlocal",
    "pass_statement": "Pass",
    "raise_statement": "Raise",
    "return_statement": "Return",
    "try_statement": "Try",
    "type_alias_statement": "TypeAlias",
    "while_statement": "While",
    "with_statement": "With",
}
EXPRESSION = "Expr"


def own_statements(
    module: Node, *, imported: Mapping[str, Dotted], span: Callable[[Node], Span]
) -> Iterator[Statement]:
    """Yield the module-level statements that a redirect does not have, definitions left out.

    `imported` maps the names that the module imports at its top level to what they are.
    """
    handed = set(imported)
    statements = [child for child in module.named_children if child.type not in NO_STATEMENT]
    for index, statement in enumerate(statements):
        if statement.type in IMPORTS | ELSEWHERE or _is_typing_block(statement):
            continue
        if statement.type != "expression_statement":
            name = AST_CLASSES.get(statement.type, EXPRESSION)
            yield Statement(Kind.STMT, name, span(statement))
            continue
        expression = statement.named_children[0]
        if expression.type in ("assignment", "augmented_assignment"):
            if not _hands_on(expression, handed):
                target = expression.child_by_field_name("left")
                yield Statement(Kind.ASSIGN, text(target), span(target or expression))
        elif not _is_docstring(expression, index) and not _is_warning(expression, imported):
            yield Statement(Kind.STMT, EXPRESSION, span(statement))


def _is_docstring(expression: Node, index: int) -> bool:
    if index or expression.type not in ("string", "concatenated_string"):
        return False
    parts = [*expression.named_children, *(c for s in expression.children for c in s.children)]
    return not any(part.type == "interpolation" for part in parts)


def _is_warning(expression: Node, imported: Mapping[str, Dotted]) -> bool:
    if expression.type != "call":
        return False
    first, *rest = text(expression.child_by_field_name("function")).split(".")
    return (*imported.get(first, (first,)), *rest) == WARN


def _hands_on(assignment: Node, handed: set[str]) -> bool:
    """Tell whether this is `__all__`, or gives a thing handed on another name: one more."""
    target = assignment.child_by_field_name("left")
    value = assignment.child_by_field_name("right")
    if text(target) == EXPORTS:
        return True
    if target is None or target.type != "identifier" or value is None:
        return False
    is_name = value.type in ("identifier", "attribute")
    is_chain = value.type == "assignment" and _hands_on(value, handed)
    if is_chain or (is_name and text(value).partition(".")[0] in handed):
        handed.add(text(target))
        return True
    return False


def _is_typing_block(statement: Node) -> bool:
    """Tell whether this is `if TYPE_CHECKING:` with imports only, in all its branches."""
    if statement.type != "if_statement":
        return False
    if not is_for_typing(text(statement.child_by_field_name("condition"))):
        return False
    blocks = [statement, *statement.children_by_field_name("alternative")]
    inner = [
        child
        for block in blocks
        for body in block.named_children
        if body.type == "block"
        for child in body.named_children
    ]
    return all(child.type in IMPORTS | NO_STATEMENT for child in inner)
