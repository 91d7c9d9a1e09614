"""How far a deprecated module has come: implementation, warns, redirect, removed."""

from __future__ import annotations

import ast
import warnings
from enum import StrEnum
from typing import TYPE_CHECKING

from checks.modules import Roots

if TYPE_CHECKING:
    from collections.abc import Iterable

    from checks.config import Config, Deprecated
    from checks.facts import Facts

WARNING = "DeprecationWarning"
# https://docs.python.org/3/library/warnings.html#warnings.deprecated
DECORATOR = "deprecated"
MAKERS = frozenset({"__init__", "__new__"})

Definition = ast.FunctionDef | ast.AsyncFunctionDef | ast.ClassDef


class Stage(StrEnum):
    """The stages in the order in which a module walks through them."""

    IMPLEMENTATION = "implementation"
    WARNS = "warns"
    REDIRECT = "redirect"
    REMOVED = "removed"


def stage(deprecated: Deprecated, facts: Facts, *, warns: bool | None) -> Stage:
    """Judge a module by its facts; `warns` is None where it does not compile."""
    if warns is None:
        return Stage.IMPLEMENTATION
    if not facts.statements and not facts.definitions and _takes_from(deprecated, facts):
        return Stage.REDIRECT
    return Stage.WARNS if warns else Stage.IMPLEMENTATION


def paths_of(deprecated: Deprecated, config: Config) -> tuple[str, ...]:
    """List where the module can stand; stubs are not asked."""
    return tuple(p for p in Roots(config.roots).paths_of(deprecated.module) if p.endswith(".py"))


def warns(content: bytes) -> bool | None:
    """Tell whether a module warns `DeprecationWarning`, whatever of it is used; None: it is broken.

    It does so at module level, or in every public definition.
    """
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            module = ast.parse(content)
            compile(module, "<file>", "exec", dont_inherit=True)
    except (SyntaxError, ValueError, RecursionError, MemoryError, OverflowError):
        return None
    if any(_is_warning(s.value) for s in module.body if isinstance(s, ast.Expr)):
        return True
    public = [d for d in module.body if isinstance(d, Definition) and not d.name.startswith("_")]
    return bool(public) and all(_definition_warns(definition) for definition in public)


def _takes_from(deprecated: Deprecated, facts: Facts) -> bool:
    """Tell whether a name comes from the replacement; relative imports are of the same package."""
    use = tuple(deprecated.use.split("."))
    for source in (*facts.aliases.values(), *facts.stars):
        package = deprecated.module.split(".")[: -source.level] if source.level else []
        if not source.root and (*package, *source.target)[: len(use)] == use:
            return True
    return False


def _definition_warns(definition: Definition) -> bool:
    if any(_name(decorator) == DECORATOR for decorator in definition.decorator_list):
        return True
    if isinstance(definition, ast.ClassDef):
        makers = [d for d in definition.body if isinstance(d, Definition) and d.name in MAKERS]
        return any(_body_warns(maker.body) for maker in makers)
    return _body_warns(definition.body)


def _body_warns(body: Iterable[ast.stmt]) -> bool:
    return any(_is_warning(node) for statement in body for node in ast.walk(statement))


def _is_warning(node: ast.AST) -> bool:
    """Tell whether this is `warnings.warn(…, DeprecationWarning, …)`."""
    if not isinstance(node, ast.Call) or _name(node.func) != "warn":
        return False
    given = (*node.args, *(keyword.value for keyword in node.keywords))
    return any(_name(argument) == WARNING for argument in given)


def _name(node: ast.AST) -> str:
    """Take the last name of `a`, `a.b` or a call of them."""
    match node:
        case ast.Name(id=name) | ast.Attribute(attr=name):
            return name
        case ast.Call(func=function):
            return _name(function)
        case _:
            return ""
