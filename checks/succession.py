"""Which modules of a tree seem old, and which module replaces each of them."""

from __future__ import annotations

import re
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

from checks.modules import is_package

if TYPE_CHECKING:
    from collections.abc import Iterator

    from checks.catalog import Catalog

DECLARED = "calls itself deprecated"
REDIRECT = "only re-exports another module"

# `a.b.c`, `a.b.c.Name`, `a/b/c.py`
_MENTION = re.compile(r"[^\W\d]\w*(?:[./]\w+)+")
_CLASS_NAME = re.compile(r"\b[A-Z]\w*[a-z]\w*")


@dataclass(frozen=True, slots=True)
class OldModule:
    """A module to deprecate: what replaces it, why it seems old, how many files import it.

    `names` are those that `use` has under another name: old, new.
    """

    module: str
    use: str
    reason: str
    importers: int
    names: tuple[tuple[str, str], ...] = ()


def old_modules(catalog: Catalog) -> dict[str, OldModule]:
    """Find the modules that say that they are deprecated, or only hand on; by name.

    One whose replacement nobody knows, or defines nothing, is left out. What replaces a module is
    never old itself.
    """
    found = {each.module: each for each in _candidates(catalog)}
    settled = (replace(each, use=_last(found, each)) for each in found.values())
    return {
        each.module: each
        for each in settled
        if each.use not in found and catalog.main_name(each.use)
    }


def _last(found: dict[str, OldModule], old: OldModule) -> str:
    """Go on from replacement to replacement; a circle ends at an old module."""
    use, seen = old.use, {old.module}
    while use in found and use not in seen:
        seen.add(use)
        use = found[use].use
    return use


def _candidates(catalog: Catalog) -> Iterator[OldModule]:
    definers = catalog.definers()
    for module in catalog:
        survey = catalog.survey(module)
        use = _source(catalog, module) if _is_redirect(catalog, module) else None
        if survey.declared:
            use = (
                use
                or _mentioned(catalog, module)
                or _named(catalog, module, definers)
                or _twin(catalog, module, definers)
            )
        if use is not None:
            reason = DECLARED if survey.declared else REDIRECT
            yield OldModule(
                module, use, reason, catalog.importers(module), _renamed(catalog, module, use)
            )


def _is_redirect(catalog: Catalog, module: str) -> bool:
    """Tell whether the module is there for others only; one that nobody imports uses the names."""
    survey = catalog.survey(module)
    is_used = catalog.importers(module) or survey.declared
    return bool(survey.hands_on and is_used and not is_package(catalog.path(module)))


def _source(catalog: Catalog, module: str) -> str | None:
    """Name the one module that a redirect hands on; None when there are several: a facade."""
    sources = {home for home, _ in catalog.sources(module).values()}
    sources |= catalog.star_sources(module)
    return sources.pop() if len(sources) == 1 else None


def _mentioned(catalog: Catalog, module: str) -> str | None:
    """Name the first module of the tree that the declaration speaks of, its own left out.

    The first segments are often left out, too: `app.core.errors` in a tree of `shop.app.core`.
    """
    for mention in _MENTION.findall(catalog.survey(module).declared):
        target = tuple(mention.removesuffix(".py").replace("/", ".").split("."))
        owner = catalog.owner(target) or catalog.ending(target)
        if owner and "." in owner and not f"{module}.".startswith(f"{owner}."):
            return owner
    return None


def _named(catalog: Catalog, module: str, definers: dict[str, list[str]]) -> str | None:
    """Name the module of the first class that the declaration names and somebody imports."""
    for name in _CLASS_NAME.findall(catalog.survey(module).declared):
        homes = [home for home in definers.get(name, ()) if home != module]
        best = max(homes, key=lambda home: catalog.name_importers(home, name), default="")
        if best and catalog.name_importers(best, name):
            return best
    return None


def _twin(catalog: Catalog, module: str, definers: dict[str, list[str]]) -> str | None:
    """Name the module from which most files import a class that the old one defines, too."""
    twins = {
        (catalog.name_importers(other, name), other)
        for name in catalog.survey(module).classes
        for other in definers[name]
        if other != module and not catalog.survey(other).declared
    }
    importers, twin = max(twins, default=(0, ""))
    return twin if importers else None


def _renamed(catalog: Catalog, module: str, use: str) -> tuple[tuple[str, str], ...]:
    sources = sorted(catalog.sources(module).items())
    return tuple(
        (old, new)
        for old, (home, new) in sources
        if home == use and old != new and not old.startswith("_")
    )
