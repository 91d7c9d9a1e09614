"""Imports by string: `import_module`, `mock.patch` and their kin, and constant folding."""

from __future__ import annotations

import re
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

from checks.nodes import text

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from tree_sitter import Node

    from checks.facts import Dotted

# Functions whose first argument names a module or something in one.
# https://docs.python.org/3/library/importlib.html, …/pkgutil.html, …/unittest.mock.html,
# https://docs.pytest.org/en/stable/reference/reference.html
NAMING = frozenset(
    {
        "__import__",
        "delattr",
        "dict",
        "import_module",
        "importorskip",
        "multiple",
        "patch",
        "resolve_name",
        "setattr",
    }
)
# A bare `setattr(…)`, `dict(…)` or `multiple(…)` is another function: these must be methods.
METHODS_ONLY = frozenset({"delattr", "dict", "multiple", "setattr"})
NAMED_ARGUMENTS = frozenset({"in_dict", "modname", "name", "target"})
# What `package=` says of the file's own package; any other variable might be anything.
OWN_PACKAGE = frozenset({"__package__", "__name__"})
BUILTIN = "__import__"
PATCH_OBJECT = "object"
PATCHING = frozenset({PATCH_OBJECT, "delattr", "setattr"})
MAX_FOLD_DEPTH = 100
_LEVEL = re.compile(r"[0-9]{1,3}")
_TARGET = re.compile(r"(\.*)([^\W\d]\w*(?:\.[^\W\d]\w*)*)?(?::([^\W\d]\w*(?:\.[^\W\d]\w*)*))?\Z")


@dataclass(frozen=True, slots=True)
class Folded:
    """The constant text of an expression; `whole` is false when only its head is constant."""

    text: str
    whole: bool
    node: Node


@dataclass(frozen=True, slots=True)
class Named:
    """A target named by a string, as in `Reference`."""

    level: int
    target: Dotted
    node: Node


def callee_name(function: Node) -> str:
    """Take the last name of what is called, `""` when it has none."""
    name = function.child_by_field_name("attribute") if function.type == "attribute" else function
    return text(name) if name is not None and name.type == "identifier" else ""


def named_by_call(call: Node, *, imported: Mapping[str, str]) -> Iterator[Named]:
    """Read the targets of a call that imports by string.

    `imported` maps local to imported names. `__import__("a", fromlist=["b"])` names `a.b`.
    """
    name = _naming(call, imported)
    named = _target(call, name) if name else None
    if named is None:
        return
    arguments = call.child_by_field_name("arguments")
    if name == BUILTIN:
        level = _argument(arguments, position=4, keywords=frozenset({"level"}))
        digits = text(level) if level is not None else ""
        named = replace(named, level=int(digits) if _LEVEL.fullmatch(digits) else named.level)
    taken = _argument(arguments, position=3, keywords=frozenset({"fromlist"}))
    names = list(_texts(taken)) if taken is not None and name == BUILTIN else []
    if not names:
        yield named
    for each in names:
        yield replace(named, target=(*named.target, each))


def _naming(call: Node, imported: Mapping[str, str]) -> str:
    """Tell which function that imports by string is called, `""` for any other."""
    function = call.child_by_field_name("function")
    if function is None:
        return ""
    local = callee_name(function)
    is_method = function.type == "attribute"
    name = local if is_method else imported.get(local, local)
    return name if name in NAMING and (is_method or name not in METHODS_ONLY) else ""


def _target(call: Node, name: str) -> Named | None:
    arguments = call.child_by_field_name("arguments")
    first = _argument(arguments, position=0, keywords=NAMED_ARGUMENTS)
    folded = fold(first) if first is not None else None
    if folded is None:
        return None
    package = _argument(arguments, position=1, keywords=frozenset({"package"}))
    anchor = fold(package) if package is not None and name == "import_module" else None
    is_foreign = package is not None and anchor is None and text(package) not in OWN_PACKAGE
    if is_foreign and folded.text.startswith("."):
        return None
    return _named(folded, package=anchor.text if anchor is not None and anchor.whole else "")


def patched_object(call: Node) -> tuple[Node, str] | None:
    """Read `patch.object(module_expression, "name")`: the expression and the name.

    `monkeypatch.setattr` and `delattr` take the same two.
    """
    function = call.child_by_field_name("function")
    if function is None or function.type != "attribute" or callee_name(function) not in PATCHING:
        return None
    receiver = function.child_by_field_name("object")
    arguments = call.child_by_field_name("arguments")
    target = _argument(arguments, position=0, keywords=frozenset({"target"}))
    attribute = _argument(arguments, position=1, keywords=frozenset({"attribute", "name"}))
    name = fold(attribute) if attribute is not None else None
    if receiver is None or target is None or name is None or not name.text.isidentifier():
        return None
    is_other = callee_name(function) == PATCH_OBJECT and callee_name(receiver) != "patch"
    return None if is_other else (target, name.text)


def named_by_key(key: Node | None) -> Named | None:
    """Read the target of `sys.modules["…"]` in what stands between the brackets."""
    folded = fold(key) if key is not None else None
    return _named(folded, package="") if folded is not None else None


def fold(node: Node, depth: int = 0) -> Folded | None:
    """Fold a string expression to its constant head; None when it does not start with one."""
    if depth > MAX_FOLD_DEPTH:
        return None
    if node.type == "string":
        return _fold_string(node)
    parts = [child for child in node.named_children if not child.is_extra]
    if node.type == "parenthesized_expression" and len(parts) == 1:
        return fold(parts[0], depth + 1)
    if node.type == "concatenated_string":
        return _join([fold(part, depth + 1) for part in parts], node)
    if node.type == "binary_operator" and _operator(node) == "+":
        left, right = node.child_by_field_name("left"), node.child_by_field_name("right")
        assert left is not None
        assert right is not None
        return _join([fold(left, depth + 1), fold(right, depth + 1)], node)
    return None


def _join(parts: list[Folded | None], node: Node) -> Folded | None:
    if not parts or parts[0] is None:
        return None
    constant = ""
    for part in parts:
        if part is None:
            return Folded(constant, whole=False, node=node)
        constant += part.text
        if not part.whole:
            return Folded(constant, whole=False, node=node)
    return Folded(constant, whole=True, node=node)


def _fold_string(node: Node) -> Folded | None:
    constant = ""
    for child in node.named_children:
        if child.type == "string_start" and "b" in text(child).lower():
            return None
        if child.type == "string_content":
            constant += text(child)
        elif child.type == "interpolation":
            return Folded(constant, whole=False, node=node)
    return Folded(constant, whole=True, node=node)


def _named(folded: Folded, *, package: str) -> Named | None:
    spelled = folded.text
    if not folded.whole:
        # Only what the constant head has left behind is sure: `app.old.{name}` lies in `app.old`.
        spelled = re.split(r"[.:][^.:]*\Z", spelled)[0] if re.search("[.:]", spelled) else ""
    match = _TARGET.match(spelled)
    if not spelled or match is None:
        return None
    dots, module, attribute = match.groups()
    segments = tuple(f"{module or ''}.{attribute or ''}".strip(".").split("."))
    if not segments[0]:
        return None
    if not dots:
        return Named(0, segments, folded.node)
    if not package:
        return Named(len(dots), segments, folded.node)
    parents = package.split(".")
    if not all(parent.isidentifier() for parent in parents):
        return None
    kept = parents[: len(parents) - len(dots) + 1]
    return Named(0, (*kept, *segments), folded.node) if kept else None


def _argument(arguments: Node | None, *, position: int, keywords: frozenset[str]) -> Node | None:
    if arguments is None or arguments.type != "argument_list":
        return None
    given = [child for child in arguments.named_children if not child.is_extra]
    if position < len(given) and given[position].type != "keyword_argument":
        return given[position]
    for child in given:
        name = child.child_by_field_name("name") if child.type == "keyword_argument" else None
        if name is not None and text(name) in keywords:
            return child.child_by_field_name("value")
    return None


def _texts(listed: Node) -> Iterator[str]:
    """Yield the constant names in a list or tuple."""
    for item in listed.named_children if listed.type in ("list", "tuple") else ():
        folded = fold(item)
        if folded is not None and folded.whole and folded.text.isidentifier():
            yield folded.text


def _operator(node: Node) -> str:
    operator = node.child_by_field_name("operator")
    return text(operator) if operator is not None else ""
