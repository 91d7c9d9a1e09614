"""A deprecated module should only re-export what replaces it: its own code is a second copy."""

from __future__ import annotations

from typing import TYPE_CHECKING

from checks.edits import Redirect
from checks.homes import Homes
from checks.model import Kind
from checks.origins import Origins
from checks.rule import Example, File, Flag, Tree

if TYPE_CHECKING:
    from collections.abc import Iterator

    from checks.config import Config
    from checks.edits import Edit

MESSAGE = "`{module}` is deprecated and should only re-export `{use}`. {cure}"
CURE = "Put this code there, and import it here."

OLD = "shop/legacy/engine.py"
VALID = (
    Example(
        '"""Moved."""\n'
        "import warnings\n"
        "from typing import TYPE_CHECKING\n"
        "from shop import engine\n"
        "from shop.engine import Engine as OldEngine, plan\n\n"
        "if TYPE_CHECKING:\n    from shop.engine import Plan\n\n"
        '__all__ = ["OldEngine"]\n'
        "Legacy = OldEngine\n"
        "build = engine.build\n"
        'warnings.warn("use shop.engine", DeprecationWarning, stacklevel=2)\n',
        path=OLD,
    ),
    Example(
        "import typing as t\n"
        "import warnings as _warnings\n"
        "from shop.engine import Engine\n\n"
        "if t.TYPE_CHECKING:\n    from shop.engine import Plan\n\n"
        "OldEngine = FirstEngine = Engine\n"
        "LastEngine = OldEngine\n"
        '_warnings.warn("use shop.engine", DeprecationWarning, stacklevel=2)\n',
        path=OLD,
    ),
    # Only deprecated modules have to be redirects.
    Example("TIMEOUT = 3\n\n\ndef plan():\n    pass\n"),
)
INVALID = (
    Example("TIMEOUT = 3  # <-\n", path=OLD),
    Example("class Plan:  # <-\n    def run(self):\n        pass\n", path=OLD),
    Example(
        '"""Moved."""\n\n\ndef plan():  # <-\n    pass\n',
        path=OLD,
        fixed='"""Moved."""\n\n'
        "import warnings\n\n"
        "from shop.engine import plan\n\n"
        '__all__ = ["plan"]\n\n'
        "warnings.warn(\n"
        '    "shop.legacy.engine is deprecated: use shop.engine.",\n'
        "    DeprecationWarning,\n"
        "    stacklevel=2,\n"
        ")\n",
    ),
    Example("try:  # <-\n    import json\nexcept ImportError:\n    json = None\n", path=OLD),
    Example('import shop\n\nshop.register("engine")  # <-\n', path=OLD),
    Example('from shop.alarms import warn\n\nwarn("engine")  # <-\n', path=OLD),
    Example('f"""{launch()}"""  # <-\n', path=OLD),
    Example("from shop.engine import Engine\n\nengine = Engine()  # <-\n", path=OLD),
)


def needles(_config: Config) -> frozenset[bytes]:
    """Ask for nothing: the path decides, and the modules of a config are always read."""
    return frozenset()


def concerns(config: Config) -> bool:
    """Look at deprecated modules, of which no bytes are asked."""
    return any(concept.deprecated for concept in config.concepts)


def flags(file: File, _tree: Tree, config: Config) -> Iterator[Flag]:
    """Flag everything that keeps a deprecated module from being a pure redirect."""
    for concept in config.concepts:
        for deprecated in concept.deprecated:
            if deprecated.module == file.module and concept.covers(file.path):
                message = MESSAGE.format(module=deprecated.module, use=deprecated.use, cure=CURE)
                yield from _flags(file, message, concept.name)


def edit(_flag: Flag, file: File, tree: Tree, config: Config) -> Edit | None:
    """Make the file a redirect, if all that it offers stands in the canonical module.

    A file that does something when it is imported is left to a person.
    """
    found = [d for c in config.concepts for d in c.deprecated if d.module == file.module]
    acts = any(statement.kind is Kind.STMT for statement in file.facts.statements)
    homes = Homes(Origins(config, tree), tree)
    if len(found) != 1 or acts or homes.reaches(found[0].use, found[0].module):
        return None
    deprecated = found[0]
    offered = sorted(homes.public(deprecated.module) or ())
    names = [(deprecated.names.get(name, name), name) for name in offered]
    if not names or not all(homes.offers(deprecated.use, new) for new, _ in names):
        return None
    return Redirect(deprecated.module, deprecated.use, tuple(names))


def _flags(file: File, message: str, concept: str) -> Iterator[Flag]:
    for statement in file.facts.statements:
        kind, symbol, span = statement.kind, statement.symbol, statement.span
        yield Flag(kind, symbol, symbol, span, message, concept, statement=symbol)
    for definition in file.facts.definitions:
        yield Flag(
            Kind.CLASS if definition.kind is Kind.CLASS else Kind.DEF,
            definition.qualified,
            definition.qualified,
            definition.span,
            message,
            concept,
            scope=definition.scope,
            carrier=definition.qualified,
            within=definition.scope,
        )
