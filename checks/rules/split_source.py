"""A name that means something else depending on where it is imported from has no single source."""

from __future__ import annotations

from typing import TYPE_CHECKING

from checks.model import Kind, Span
from checks.modules import Roots
from checks.rule import Example, File, Flag, Tree
from checks.sources import Source, Sources

if TYPE_CHECKING:
    from collections.abc import Iterator

    from checks.config import Canonical, Concept, Config
    from checks.facts import Facts

    # A module, and the definition that a name of it comes to.
    Offer = tuple[str, Source]

MESSAGE = "`{name}` is `{source}` here, but `{rival}` when imported from `{module}`. {cure}"
CURE = "Re-export that one here, or rename this one."

LOOKS_AROUND = True
VALID = (
    Example("from shop.engine import Engine\n", others={"shop/engine.py": "class Engine: ...\n"}),
    Example(
        "from shop.compat import Engine\n",
        others={
            "shop/compat.py": "from shop.core import *\n",
            "shop/core.py": "class Engine: ...\n",
            "shop/engine.py": "from .core import Engine\n",
        },
    ),
    # A name of its own, a name inside another one, a thing from elsewhere.
    Example("class Engines: ...\n"),
    Example("class Orders:\n    class Engine: ...\n"),
    Example("from sqlalchemy import Engine\n"),
    Example("from shop.other import Engine\n", others={"shop/other.py": "Engine = build()\n"}),
    # No import can name this file.
    Example("class Engine: ...\n", path="tools/run-all.py"),
)
INVALID = (
    Example("class Engine: ...  # <-\n"),
    Example(
        "from shop.other import Engine  # <-\n", others={"shop/other.py": "class Engine: ...\n"}
    ),
    Example(
        "from shop.other import Motor as Engine  # <-\n",
        others={"shop/other.py": "class Motor: ...\n"},
    ),
    Example("from shop.other import *  # <-\n", others={"shop/other.py": "class Engine: ...\n"}),
    Example(
        "import shop.other as o\n\nEngine = o.Engine  # <-\n",
        others={"shop/other.py": "class Engine: ...\n"},
    ),
    Example("class Motor: ...\n\n\nEngine = Motor  # <-\n"),
)


def needles(config: Config) -> frozenset[bytes]:
    """Ask for a name of a concept, or a star that may bring one."""
    homes = {home.name for concept in config.concepts for home in concept.canonical}
    globs = [g for c in config.concepts for g in (*c.classes, *c.functions)]
    words = {glob.needle for glob in globs}
    anything = {"class", "def", "import"} if "" in words else set()
    return frozenset(name.encode() for name in homes | words - {""} | anything | {"*"})


def flags(file: File, tree: Tree, config: Config) -> Iterator[Flag]:
    """Flag the names of a concept that come to another definition here than elsewhere."""
    if file.module is None:
        return
    sources = Sources(Roots(config.roots), tree)
    concepts = [concept for concept in config.concepts if concept.covers(file.path)]
    for name, span in sorted(_bound(file.facts, concepts).items()):
        concept = next((concept for concept in concepts if _has(concept, name)), None)
        is_ignored = any(glob.matches(name) for glob in config.ignore_names)
        if concept is None or is_ignored or _is_settled(file, name):
            continue
        source = sources.of_name(file.path, file.module, file.facts, name=name)
        if source is None:
            continue
        homes = _at_home(name, source, sources, config)
        offers = homes or _in_change(name, sources, tree, concept)
        if not _is_sound(file.module, source, homes):
            rival = next((offer for offer in offers if not _is_same(offer[1], source)), None)
            if rival is not None:
                yield _flag(name, span, source, rival, concept=concept.name)


def _bound(facts: Facts, concepts: list[Concept]) -> dict[str, Span]:
    """Map the names that can be imported from a file to where it binds them."""
    stars = [r.span for r in facts.references if r.kind is Kind.STAR and not r.scope]
    homes = {home.name for concept in concepts for home in concept.canonical}
    bound = dict.fromkeys(homes, stars[-1]) if stars else {}
    bound |= {d.name: d.span for d in facts.definitions if not d.scope}
    bound |= {name: alias.span for name, alias in facts.aliases.items() if alias.span is not None}
    return bound


def _has(concept: Concept, name: str) -> bool:
    globs = (*concept.classes, *concept.functions)
    is_home = any(home.name == name for home in concept.canonical)
    return is_home or any(glob.matches(name) for glob in globs)


def _is_settled(file: File, name: str) -> bool:
    """Tell whether the other side binds the name alike."""
    if file.other is None or file.other.path != file.path:
        return False
    here, there = file.facts, file.other.facts
    is_alike = here.aliases.get(name) == there.aliases.get(name)
    is_own = name in here.own
    return is_alike and is_own == (name in there.own) and here.stars == there.stars


def _at_home(name: str, source: Source, sources: Sources, config: Config) -> list[Offer]:
    """List what the canonical modules offer; one that cannot be followed has it of its own."""
    homes = [h for concept in config.concepts for h in concept.canonical if h.name == name]
    return [(h.module, _of_home(h, sources) or Source(h.module, name, source.kind)) for h in homes]


def _of_home(home: Canonical, sources: Sources) -> Source | None:
    return sources.of_target((*home.module.split("."), home.name))


def _in_change(name: str, sources: Sources, tree: Tree, concept: Concept) -> Iterator[Offer]:
    """Yield what the other modules of the change offer, where no module is the home of a name."""
    for path, module, facts in tree.changed():
        if concept.covers(path) and (name in facts.own or name in facts.aliases):
            source = sources.of_name(path, module, facts, name=name)
            if source is not None:
                yield module, source


def _is_sound(module: str, source: Source, homes: list[Offer]) -> bool:
    return any(home == module or _is_same(there, source) for home, there in homes)


def _is_same(source: Source, other: Source) -> bool:
    return (source.module, source.name) == (other.module, other.name)


def _flag(name: str, span: Span, source: Source, rival: Offer, *, concept: str) -> Flag:
    module, other = rival
    message = MESSAGE.format(
        name=name,
        source=f"{source.module}.{source.name}",
        rival=f"{other.module}.{other.name}",
        module=module,
        cure=CURE,
    )
    is_own = source.name == name
    return Flag(
        source.kind,
        name,
        name,
        span,
        message,
        concept,
        carrier=name if is_own else "",
        statement=f"{source.module}.{source.name}",
    )
