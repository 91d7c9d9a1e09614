"""What a file must hold to reach a deprecated module, in any form in which one can."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from checks.idioms import BUILTIN, PATCHING
from checks.needles import END, Clause, Needle, begin, word

if TYPE_CHECKING:
    from collections.abc import Iterator

    from checks.config import Config

# All patterns begin with plain text: `re` finds it 20 times as fast as a choice.
# `from . import engine`, `from ..engine import plan`
_RELATIVE = rb"from[\s\\]*\.[\s\\.]*(?:import\b|%b)"
# `import_module(".engine", …)`, `import_module("..engine", …)`
_RELATIVE_STRING = rb"""\.%b(?<=["'.]\.%b)"""
# `"engine"`
_STRING = rb"""%b(?<=["']%b)["']"""
# What may stand between two names of a dotted one: strings are joined, lines continued.
_BETWEEN = rb"""(?:[\s\\"'+()rRbBfFuU]|#[^\n]*\n)"""


def needles(config: Config) -> frozenset[bytes]:
    """List an import, and the last names of deprecated modules: strings import, too."""
    names = {module.rpartition(".")[2] for module in _deprecated(config)}
    return frozenset({b"import", *(name.encode() for name in names)}) if names else frozenset()


def clauses(config: Config) -> Iterator[Clause]:
    """Yield the forms in which the last two names of a deprecated module can import.

    A dotted name in a string is taken to stand in one piece from dot to dot.
    """
    for module in sorted(_deprecated(config)):
        *parents, last = module.split(".")
        yield from _forms(last, parents[-1]) if parents else [Clause((word(last),))]
        name = re.escape(last.encode())
        statement = Needle(b"from", _RELATIVE % name)
        string = Needle(b"." + last.encode(), _RELATIVE_STRING % (name, name))
        yield Clause((word(last),), (statement, string))


def _deprecated(config: Config) -> set[str]:
    return {d.module for concept in config.concepts for d in concept.deprecated}


def _forms(last: str, parent: str) -> Iterator[Clause]:
    name = re.escape(last.encode())
    dotted = rb"%b%b*[.:]%b*%b" % (begin(parent), _BETWEEN, _BETWEEN, name + END)
    yield Clause((word(last), Needle(parent.encode(), dotted)))
    # `from shop.legacy import engine`, `import shop.legacy as old` and then `old.engine`
    taken = Needle(parent.encode(), rb"%b[\s\\]+(?:import|as)\b" % begin(parent))
    yield Clause((word(last), taken))
    # `patch.object(shop.legacy, "engine")`, `__import__("shop.legacy", fromlist=["engine"])`
    quoted = Needle(last.encode(), _STRING % (name, name))
    yield Clause((quoted, word(parent)), tuple(map(word, sorted({*PATCHING, BUILTIN}))))
