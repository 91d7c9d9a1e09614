"""What one file says of itself, for a first config: what it offers, imports, and whether it is old.

A survey is made of every file of a tree, so it is small, and fit for a worker process.
"""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from checks.model import Kind
from checks.source import UndecodableError, decode
from checks.syntax import read

if TYPE_CHECKING:
    from collections.abc import Mapping

    from checks.facts import Alias, Dotted, Facts

IMPORTS = frozenset({Kind.IMPORT, Kind.FROM, Kind.STAR})

# Where a module speaks of itself: its first comments and its docstring.
HEAD_CHARACTERS = 4_000
_HEAD = re.compile(
    r"""(?:[ \t]*(?:\#[^\n]*)?\n)*
    (?:[rRuU]?(?:(?P<quotes>\"{3}|'{3})[\s\S]*?(?:(?P=quotes)|\Z)|"[^"\n]*"|'[^'\n]*'))?""",
    re.VERBOSE,
)
_DECLARATION = re.compile(
    r"""
    # Deprecated: ..., DEPRECATED - ..., `.. deprecated:: 2.0`; not "Deprecated aliases of x"
    ^[^\w\n]*deprecated\b
        (?:\W*$ | [^\w\n]*[:.!(*\u2013\u2014-] | \W+(?:module|file|shim|use|in\ favou?r)\b)
    # This module is deprecated; not "Replaces the deprecated x"
    | \b(?:module|file|package|shim)\b[^.\n]{0,60}?\b(?:is|was|has\ been)\s+(?:now\s+)?deprecated\b
    """,
    re.IGNORECASE | re.MULTILINE | re.VERBOSE,
)
_WARNING = re.compile(
    r"^(?:warnings\.)?warn\((?P<said>[^#]{0,600}?)\bDeprecationWarning\b", re.MULTILINE
)


@dataclass(frozen=True, slots=True)
class Survey:
    """One file, seen from afar.

    `classes` and `functions` are the public ones at module level, in source order. `imports` holds
    level and target of each import once, as in `Reference`. `aliases` are the module-level names
    that come from elsewhere. `hands_on` tells that there is nothing else in the module.
    `declared` is the text in which it calls itself deprecated, `""` if it does not.
    """

    classes: tuple[str, ...] = ()
    functions: tuple[str, ...] = ()
    imports: frozenset[tuple[int, Dotted]] = frozenset()
    aliases: Mapping[str, Alias] = field(default_factory=dict)
    stars: tuple[Alias, ...] = ()
    hands_on: bool = False
    declared: str = ""


BLANK = Survey()


def survey(content: bytes) -> Survey:
    """Survey one file; what cannot be read says nothing."""
    try:
        facts = read(content)
        return _survey(facts, decode(content))
    except (UndecodableError, RecursionError):
        return BLANK


def _survey(facts: Facts, text: str) -> Survey:
    return Survey(
        classes=_public(facts, Kind.CLASS),
        functions=_public(facts, Kind.FUNCTION),
        imports=frozenset((r.level, r.target) for r in facts.references if r.kind in IMPORTS),
        aliases=facts.aliases,
        stars=facts.stars,
        hands_on=bool(facts.aliases or facts.stars)
        and not (facts.definitions or facts.statements or facts.broken),
        declared=_declared(text),
    )


def _public(facts: Facts, kind: Kind) -> tuple[str, ...]:
    names = (d.name for d in facts.definitions if d.kind is kind and not d.scope)
    return tuple(dict.fromkeys(name for name in names if not name.startswith("_")))


def _declared(text: str) -> str:
    """Return from the declaration on: what replaces the module is often named behind it."""
    opening = _HEAD.match(text[:HEAD_CHARACTERS])
    head = opening[0] if opening else ""
    if declaration := _DECLARATION.search(head):
        line_start = head.rfind("\n", 0, declaration.start()) + 1
        return head[line_start:].strip()
    warning = _WARNING.search(text)
    return warning["said"].strip() if warning else ""
