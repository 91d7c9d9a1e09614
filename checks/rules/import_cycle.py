"""Whether modules that import each other work depends on which is imported first."""

from __future__ import annotations

from typing import TYPE_CHECKING

from checks.graph import edges, shortest_way
from checks.model import Kind
from checks.modules import Roots
from checks.rule import Example, File, Flag, Tree

if TYPE_CHECKING:
    from collections.abc import Iterator

    from checks.config import Config
    from checks.facts import Reference

MESSAGE = "This import closes a cycle: {cycle}. {cure}"
CURE = (
    "Move what both sides need into a module of its own, or import it inside the function that "
    "uses it."
)
ARROW = " → "
# A longer cycle is shown by its beginning and its end.
SHOWN_MODULES = 10
LEFT_OUT = "…"

PLANS = {"shop/plans.py": "import shop.orders\n"}
LOOKS_AROUND = True
VALID = (
    Example("import shop.plans\n", others={"shop/plans.py": "import json\n"}),
    # It runs later, or never.
    Example("def run():\n    import shop.plans\n", others=PLANS),
    Example(
        "from typing import TYPE_CHECKING\nif TYPE_CHECKING:\n    import shop.plans\n",
        others=PLANS,
    ),
    Example("if __name__ == '__main__':\n    import shop.plans\n", others=PLANS),
    Example("import shop.plans\n", others={"shop/plans.py": "def f():\n    import shop.orders\n"}),
    # The package above runs first anyway.
    Example(
        "from shop import plans\nfrom . import _speedups\n",
        others={"shop/__init__.py": "from shop.orders import Order\n", "shop/plans.py": ""},
    ),
    Example("import shop.plans\n", others={"shop/plans.pyi": "import shop.orders\n"}),
    Example("import shop.plans\n", path="shop/orders.pyi", others=PLANS),
)
INVALID = (
    Example("import shop.plans  # <-\n", others=PLANS),
    Example("from shop import plans  # <-\n", others=PLANS),
    Example("from .plans import Plan  # <-\n", others=PLANS),
    Example(
        "try:\n    from shop.plans import *  # <-\nexcept ImportError:\n    pass\n", others=PLANS
    ),
    Example("class Order:\n    import shop.plans  # <-\n", others=PLANS),
    Example(
        "if TYPE_CHECKING:\n    import json\nelse:\n    import shop.plans  # <-\n", others=PLANS
    ),
    Example("import json\nimport shop.plans  # <-\nfrom shop.plans import Plan\n", others=PLANS),
    Example(
        "import shop.a.b.c  # <-\n",
        others={
            "shop/a/__init__.py": "import shop.more\n",
            "shop/more.py": "from . import orders\n",
        },
    ),
    # What the package offers is not there yet when its own module asks for it.
    Example(
        "from shop import Order  # <-\n",
        others={"shop/__init__.py": "from shop.orders import x\nclass Order: ...\n"},
    ),
)


def needles(_config: Config) -> frozenset[bytes]:
    """Ask for an import."""
    return frozenset({b"import"})


def flags(file: File, tree: Tree, config: Config) -> Iterator[Flag]:
    """Flag the imports that the other side does not have and that lead back to the file."""
    roots = Roots(config.roots)
    settled = set(_imported(file.other, tree, roots)) if file.other is not None else set()
    dead: set[str] = set()
    for module, reference in _imported(file, tree, roots).items():
        if module in settled or file.module is None:
            continue
        way = shortest_way(module, file.module, tree.imports, dead)
        if way is not None:
            yield _flag(
                reference, module, (file.module, *way), symbol=_symbol(file, reference, roots)
            )


def _imported(file: File, tree: Tree, roots: Roots) -> dict[str, Reference]:
    """Map the modules that importing the file runs to the first import that does it."""
    imported: dict[str, Reference] = {}
    if file.module is not None:
        for module, reference in edges(file.path, file.module, file.facts, tree=tree, roots=roots):
            imported.setdefault(module, reference)
    return imported


def _flag(reference: Reference, module: str, cycle: tuple[str, ...], *, symbol: str) -> Flag:
    half = SHOWN_MODULES // 2
    names = [f"`{name}`" for name in cycle]
    shown = [*names[:half], LEFT_OUT, *names[-half:]] if len(names) > SHOWN_MODULES else names
    return Flag(
        reference.kind,
        symbol,
        module,
        reference.span,
        MESSAGE.format(cycle=ARROW.join(shown), cure=CURE),
        concept="",
        scope=reference.scope,
        carrier=reference.scope,
        statement=repr(reference.identity),
    )


def _symbol(file: File, reference: Reference, roots: Roots) -> str:
    target = roots.absolute(file.path, reference.level, reference.target) or reference.target
    return ".".join((*target, "*") if reference.kind is Kind.STAR else target)
