"""Importing a deprecated module keeps it alive: every new import is one more to migrate later."""

from __future__ import annotations

from typing import TYPE_CHECKING

from checks import mentions
from checks.model import Kind
from checks.origins import Origin, Origins
from checks.retarget import Retargeting
from checks.rule import Example, File, Flag, Tree
from checks.scopes import visible_from

if TYPE_CHECKING:
    from collections.abc import Iterator
    from collections.abc import Set as AbstractSet

    from checks.config import Config
    from checks.edits import Edit
    from checks.facts import Dotted, Reference
    from checks.needles import Clause

DEPRECATED = "`{module}` is deprecated."
REEXPORTED = "`{symbol}` comes from the deprecated `{module}` (through {hops})."
REPLACE_NAME = "Import `{new}` from `{use}` instead."
REPLACE_MODULE = "`{use}` replaces it."
FIND_NAME = "Look in `{use}` for what replaces `{name}`."

VALID = (
    Example("from shop.engine import Engine\n"),
    # A look-alike is another module.
    Example("import shop.legacy.engine_v2\nfrom shop.legacy import engines\n"),
    Example("from .shop.legacy.engine import OldEngine\n", path="other/orders.py"),
    # Words in comments, docstrings and plain strings import nothing.
    Example('"""Was shop.legacy.engine.OldEngine."""\n# import shop.legacy.engine\n'),
    Example('print("shop.legacy.engine")\nMODES: Literal["shop.legacy.engine"]\n'),
    Example('exec("import shop.legacy.engine")\n'),
    Example('from typing import Annotated\n\nMODE: Annotated[str, "shop.legacy.engine.MODE"]\n'),
    Example('modules = {}\nmodules["shop.legacy.engine"] = None\n'),
    # It only might reach the deprecated module.
    Example('import importlib\nimportlib.import_module(f"shop.legacy.engine{suffix}")\n'),
    # The name is a parameter here, not the package.
    Example("import shop\n\ndef run(shop):\n    return shop.legacy.engine.OldEngine\n"),
    # A deprecated module may import itself and its replacement.
    Example(
        "from shop.engine import Engine\nfrom shop.legacy import engine\n",
        path="shop/legacy/engine.py",
    ),
    Example(
        "from shop.compat import Engine\n",
        others={"shop/compat.py": "from shop.engine import Engine\n"},
    ),
    # The module has these names of its own, or from the star behind the deprecated one.
    Example(
        "from shop.compat import VERSION\n",
        others={"shop/compat.py": "from shop.legacy.engine import *\n\nVERSION = 1\n"},
    ),
    Example(
        "from shop.compat import Plan\n",
        others={
            "shop/compat.py": "from shop.legacy.engine import *\nfrom shop.plans import *\n",
            "shop/plans.py": "class Plan: ...\n",
        },
    ),
    Example(
        "from shop.compat import Plan\n",
        others={
            "shop/compat.py": "from shop.plans import *\nfrom shop.legacy.engine import *\n",
            "shop/plans.py": "class Plan: ...\n",
            "shop/legacy/engine.py": "class OldEngine: ...\n",
        },
    ),
    # It takes along what `__all__` lists, and no more.
    Example(
        "from shop.compat import *\n",
        others={
            "shop/compat.py": "from shop.legacy.engine import *\n\n"
            '__all__ = ["Plan"]\n\nclass Plan: ...\n'
        },
    ),
)
INVALID = (
    Example("import shop.legacy.engine  # <-\n"),
    Example("import shop.legacy.engine as old, json  # <-\n"),
    Example(
        "from shop.legacy.engine import OldEngine  # <-\n",
        fixed="from shop.engine import Engine as OldEngine  # <-\n",
    ),
    Example("from shop.legacy import engine  # <-\n"),
    Example("from shop.legacy.engine import *  # <-\n"),
    Example(
        "from .legacy.engine import OldEngine  # <-\n",
        fixed="from .engine import Engine as OldEngine  # <-\n",
    ),
    Example("from . import engine  # <-\n", path="shop/legacy/plans.py"),
    Example(
        "from shop.legacy.engine import (  # the deprecated module, see below\n"
        "    plan,  # <-\n"
        "    OldEngine as Engine,  # <-\n"
        ")\n",
        fixed="from shop.engine import (  # the deprecated module, see below\n"
        "    plan,  # <-\n"
        "    Engine,  # <-\n"
        ")\n",
    ),
    Example(
        "from typing import TYPE_CHECKING\n"
        "if TYPE_CHECKING:\n"
        "    from shop.legacy.engine import OldEngine  # <-\n"
        "else:\n"
        "    from shop.legacy import engine  # <-\n"
    ),
    Example(
        "def run():\n"
        "    try:\n"
        "        from shop.legacy.engine import OldEngine  # <-\n"
        "    except ImportError:\n"
        "        pass\n"
    ),
    # The uses of a flagged import say nothing more.
    Example("import shop.legacy.engine  # <-\n\nshop.legacy.engine.OldEngine()\n"),
    Example("import shop\n\nshop.legacy.engine.OldEngine()  # <-\n"),
    Example("from shop import legacy\n\nlegacy.engine.OldEngine()  # <-\n"),
    Example(
        "import shop\n\n"
        "match order:\n"
        "    case shop.legacy.engine.OldEngine():  # <-\n"
        "        pass\n"
        "    case [1 | shop.legacy.engine.MODE]:  # <-\n"
        "        pass\n"
    ),
    # A default, an annotation and what is gone through first are read outside.
    Example(
        "import shop\n\n"
        "def run(shop=shop.legacy.engine.MODE):  # <-\n"
        "    return [shop for shop in shop.modes]\n\n"
        "runs = [shop for shop in shop.legacy.engine.RUNS]  # <-\n"
        "start = lambda shop=shop.legacy.engine.MODE: shop  # <-\n"
    ),
    Example('import importlib\nimportlib.import_module("shop.legacy.engine")  # <-\n'),
    Example('from importlib import import_module as im\nim("shop.legacy" ".engine")  # <-\n'),
    Example('import importlib\nimportlib.import_module(".engine", package="shop.legacy")  # <-\n'),
    Example('import importlib\nimportlib.import_module(f"shop.legacy.engine.{name}")  # <-\n'),
    Example('__import__("shop.legacy." + "engine")  # <-\n'),
    Example('import pkgutil\npkgutil.resolve_name("shop.legacy.engine:OldEngine")  # <-\n'),
    Example(
        "from unittest import mock\n"
        '@mock.patch("shop.legacy.engine.OldEngine.run")  # <-\n'
        "def test_run(mocker, monkeypatch):\n"
        '    mocker.patch("shop.legacy.engine.plan")  # <-\n'
        '    monkeypatch.setattr("shop.legacy.engine.plan", None)  # <-\n'
        '    monkeypatch.delattr("shop.legacy.engine.plan")  # <-\n',
        fixed="from unittest import mock\n"
        '@mock.patch("shop.engine.Engine.run")  # <-\n'
        "def test_run(mocker, monkeypatch):\n"
        '    mocker.patch("shop.engine.plan")  # <-\n'
        '    monkeypatch.setattr("shop.engine.plan", None)  # <-\n'
        '    monkeypatch.delattr("shop.engine.plan")  # <-\n',
    ),
    Example(
        "import shop\nfrom unittest.mock import patch\n\n"
        'with patch.object(shop.legacy.engine, "OldEngine"):  # <-\n    pass\n'
    ),
    Example(
        "from shop import legacy\n\n"
        "def test_run(monkeypatch):\n"
        '    monkeypatch.setattr(legacy, "engine", None)  # <-\n'
    ),
    Example('import pytest\npytest.importorskip("shop.legacy.engine")  # <-\n'),
    Example('import sys\nsys.modules["shop.legacy.engine"] = None  # <-\n'),
    Example('from sys import modules as loaded\nloaded["shop.legacy.engine"] = None  # <-\n'),
    Example('def run(engine: "shop.legacy.engine.OldEngine") -> None: ...  # <-\n'),
    Example(
        "from shop.compat import OldEngine  # <-\n",
        others={"shop/compat.py": "from shop.legacy.engine import OldEngine\n"},
    ),
    Example(
        "from shop.compat import *  # <-\n",
        others={"shop/compat.py": "from shop.legacy.engine import OldEngine\n"},
    ),
    Example(
        "from shop.compat import OldEngine  # <-\n",
        others={
            "shop/compat.py": "from shop.legacy.engine import *\nfrom shop.plans import *\n",
            "shop/plans.py": "class Plan: ...\n",
        },
    ),
    Example(
        "from shop import compat\n\ncompat.Engine()  # <-\n",
        others={
            "shop/compat.py": "from shop.more import *\n",
            "shop/more.py": "from shop.legacy import engine\n\nEngine = engine.OldEngine\n",
        },
    ),
    # What does not parse is read all the same.
    Example("def broken(:\n\nfrom shop.legacy.engine import OldEngine  # <-\n"),
    Example(
        "from shop.legacy.engine import (\n"
        "from unittest.mock import Mock, patch\n"
        "    OldEngine)  # <-\n"
        "import json\n"
    ),
)


def needles(config: Config) -> frozenset[bytes]:
    """Ask for an import, or for the last name of a deprecated module: strings import, too."""
    return mentions.needles(config)


def clauses(config: Config) -> Iterator[Clause]:
    """Ask for the last two names of a deprecated module, in the forms in which they can import."""
    return mentions.clauses(config)


def flags(file: File, tree: Tree, config: Config) -> Iterator[Flag]:
    """Flag every reference that reaches a deprecated module, uses of a flagged import left out."""
    origins = Origins(config, tree)
    allowed = origins.allowed_in(file.module)
    concepts = {concept.name: concept for concept in config.concepts}
    flagged: set[tuple[str, str, Dotted]] = set()
    for reference in sorted(file.facts.references, key=lambda r: bool(r.root)):
        target = origins.absolute(file.path, reference)
        if target is None or any(target[: len(name)] == name for name in allowed):
            continue
        if _is_use(reference, target, flagged):
            continue
        origin = origins.reached(reference, target, file.followed)
        if origin is None or not concepts[origin.concept].covers(file.path):
            continue
        if reference.bound:
            flagged.add((reference.bound, reference.scope, target))
        symbol = _symbol(reference, target, origin)
        message = _message(symbol, origin)
        yield Flag(
            reference.kind,
            symbol,
            symbol,
            reference.span,
            message,
            origin.concept,
            scope=reference.scope,
            carrier=reference.scope,
            statement=repr(reference.identity),
        )


def edit(flag: Flag, file: File, tree: Tree, config: Config) -> Edit | None:
    """Take the same from what replaces the deprecated module."""
    origins = Origins(config, tree)
    found = [r for r in file.facts.references if (r.kind, r.span) == (flag.kind, flag.span)]
    target = origins.absolute(file.path, found[0]) if len(found) == 1 else None
    if target is None:
        return None
    origin = origins.reached(found[0], target, file.followed)
    if origin is None:
        return None
    return Retargeting(file, tree, config, origins=origins).edit(found[0], origin)


def _is_use(
    reference: Reference, target: Dotted, flagged: AbstractSet[tuple[str, str, Dotted]]
) -> bool:
    """Tell whether a chain goes through a name that a flagged import binds.

    Looked up, not searched: a file of 20,000 imports would take minutes.
    """
    return bool(flagged and reference.root) and any(
        (reference.root, scope, target[:length]) in flagged
        for scope in visible_from(reference.scope)
        for length in range(1, len(target) + 1)
    )


def _symbol(reference: Reference, target: Dotted, origin: Origin) -> str:
    """Name what this file imports; of a chain, the module and the first name taken from it."""
    if reference.kind is Kind.STAR:
        return ".".join((*target, "*"))
    if reference.kind not in (Kind.ATTRIBUTE, Kind.STRING):
        return ".".join(target)
    module = origin.hops[0] if origin.hops else origin.deprecated.module
    return ".".join(target[: module.count(".") + 2])


def _message(symbol: str, origin: Origin) -> str:
    cure = _cure(origin)
    if not origin.hops:
        return f"{DEPRECATED.format(module=origin.deprecated.module)} {cure}"
    hops = ", ".join(f"`{hop}`" for hop in origin.hops)
    fact = REEXPORTED.format(symbol=symbol, module=origin.deprecated.module, hops=hops)
    return f"{fact} {cure}"


def _cure(origin: Origin) -> str:
    use, name = origin.deprecated.use, origin.name
    if new := origin.deprecated.names.get(name):
        return REPLACE_NAME.format(new=new, use=use)
    form = FIND_NAME if name else REPLACE_MODULE
    return form.format(use=use, name=name)
