"""Discover the rules: each module of `checks.rules` is one, named for its file."""

from __future__ import annotations

from dataclasses import replace
from functools import cache, partial
from typing import TYPE_CHECKING

import checks.rules
from checks import plugins
from checks.needles import Clause, Needle
from checks.rule import Rule, View

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator
    from types import ModuleType

    from checks.config import Config

# What a rule file has to hold: an empty plug-in is an error at start, never skipped.
PARTS = ("VALID", "INVALID", "needles", "flags")


@cache
def rules() -> tuple[Rule, ...]:
    """Load every rule, sorted by name; raise TypeError for a file that holds no whole rule."""
    return tuple(_rule(module) for _, module in plugins.load(checks.rules))


def _rule(module: ModuleType) -> Rule:
    missing = [part for part in PARTS if not hasattr(module, part)]
    if missing or not module.__doc__:
        lacking = ", ".join(missing or ["a docstring"])
        message = f"{module.__name__} is no rule: it lacks {lacking}"
        raise TypeError(message)
    name = module.__name__.rpartition(".")[2].replace("_", "-")
    view = getattr(module, "VIEW", View.FACTS)
    parts = {part.lower(): getattr(module, part) for part in PARTS}
    parts["clauses"] = getattr(module, "clauses", partial(_any_needle, module.needles))
    parts["concerns"] = getattr(module, "concerns", partial(_asks_more, module.needles))
    parts["looks_around"] = getattr(module, "LOOKS_AROUND", False)
    edit = getattr(module, "edit", None)
    return Rule(name=name, reason=module.__doc__.strip(), view=view, edit=edit, **parts)


def _asks_more(needles: Callable[[Config], frozenset[bytes]], config: Config) -> bool:
    """Tell whether the config's concepts change what is asked for."""
    return needles(config) != needles(replace(config, concepts=()))


def _any_needle(needles: Callable[[Config], frozenset[bytes]], config: Config) -> Iterator[Clause]:
    return (Clause((Needle(needle),)) for needle in sorted(needles(config)))
