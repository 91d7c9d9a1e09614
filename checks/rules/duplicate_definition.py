"""What must have one source must not be defined twice: the two definitions will drift apart."""

from __future__ import annotations

from typing import TYPE_CHECKING

from checks import definitions
from checks.rule import Example, File, Flag, Tree

if TYPE_CHECKING:
    from collections.abc import Iterator

    from checks.config import Concept, Config
    from checks.facts import Definition
    from checks.needles import Clause

MESSAGE = (
    "`{name}` is a second definition of `{concept}`, which should be defined only as {canonical}. "
    "{cure}"
)
CURE = "Use or extend that one."

VALID = (
    Example("class Engine:\n    pass\n", path="shop/engine.py"),
    Example("class Engines:\n    pass\n"),
    Example("class TestEngine:\n    pass\n\nclass FakeEngine:\n    pass\n"),
    Example('"""class Engine: it lives elsewhere."""\n# class Engine:\n'),
    Example("Engine = build()\n"),
    Example("from shop.engine import Engine\n"),
)
INVALID = (
    Example("class Engine:  # <-\n    pass\n"),
    Example("class OrderEngine(Base):  # <-\n    pass\n", path="tools/engine.py"),
    Example("@register\nclass OrderEngine:  # <-\n    pass\n"),
    Example("def make():\n    class Engine:  # <-\n        pass\n"),
    Example("def run_engine_now():  # <-\n    pass\n"),
    Example("class Orders:\n    async def run_engine(self):  # <-\n        pass\n"),
    Example("class Engine[T]:  # <-\n    pass\n"),
    # What does not parse is read all the same.
    Example("x = (\n\nclass Engine:  # <-\n    pass\n"),
)


def needles(config: Config) -> frozenset[bytes]:
    """Ask for the longest literal part of a name pattern."""
    classes = {glob.needle or "class" for concept in config.concepts for glob in concept.classes}
    functions = {glob.needle or "def" for concept in config.concepts for glob in concept.functions}
    return frozenset(needle.encode() for needle in classes | functions)


def clauses(config: Config) -> Iterator[Clause]:
    """Ask for a definition of such a name."""
    return definitions.clauses(config)


def flags(file: File, _tree: Tree, config: Config) -> Iterator[Flag]:
    """Flag every definition whose name belongs to a concept that is at home elsewhere."""
    reaching = [concept for concept in config.concepts if concept.reaches(file.path)]
    for definition in file.facts.definitions:
        if any(glob.matches(definition.name) for glob in config.ignore_names):
            continue
        concepts = [concept for concept in reaching if definitions.belongs(definition, concept)]
        if not concepts or any(_is_at_home(file, concept) for concept in concepts):
            continue
        concept = min(concepts, key=lambda c: not _is_exact(c, definition))
        yield _flag(definition, concept)


def _flag(definition: Definition, concept: Concept) -> Flag:
    canonical = ", ".join(f"`{home.module}:{home.name}`" for home in concept.canonical)
    message = MESSAGE.format(
        name=definition.name, concept=concept.name, canonical=canonical, cure=CURE
    )
    return Flag(
        definition.kind,
        definition.qualified,
        definition.name,
        definition.span,
        message,
        concept.name,
        scope=definition.scope,
        carrier=definition.qualified,
    )


def _is_exact(concept: Concept, definition: Definition) -> bool:
    names = definitions.globs(concept, definition)
    return any(glob.is_exact and glob.matches(definition.name) for glob in names)


def _is_at_home(file: File, concept: Concept) -> bool:
    homes = {home.module for home in concept.canonical}
    return file.module in homes or concept.allow_in.matches(file.path)
