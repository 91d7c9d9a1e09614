"""The modules of a tree by name: what each defines, who imports it, and where a name comes from."""

from __future__ import annotations

from collections import Counter, defaultdict
from typing import TYPE_CHECKING

from checks.reexports import MAX_HOPS
from checks.survey import BLANK

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from checks.facts import Dotted
    from checks.modules import Roots
    from checks.survey import Survey


class Catalog:
    """Surveys by module name; a file that no import can name only counts as an importer."""

    def __init__(self, surveys: Mapping[str, Survey], roots: Roots) -> None:
        self._roots = roots
        self._paths: dict[str, str] = {}
        for path in sorted(surveys):
            if module := roots.module_of(path):
                self._paths.setdefault(module, path)
        self._surveys = {module: surveys[path] for module, path in self._paths.items()}
        self._importers: Counter[str] = Counter()
        self._name_importers: Counter[tuple[str, str]] = Counter()
        for path, survey in surveys.items():
            self._count(path, survey)

    def __iter__(self) -> Iterator[str]:
        """Go through the modules by name."""
        return iter(sorted(self._surveys))

    def survey(self, module: str) -> Survey:
        """Return what the module says; nothing for one that is not in the tree."""
        return self._surveys.get(module, BLANK)

    def path(self, module: str) -> str:
        """Return the file of a module of the tree."""
        return self._paths[module]

    def importers(self, module: str) -> int:
        """Count the files that import the module or something from it."""
        return self._importers[module]

    def name_importers(self, module: str, name: str) -> int:
        """Count the files that import the name that the module defines, also through others."""
        return self._name_importers[module, name]

    def definers(self) -> dict[str, list[str]]:
        """List the modules that define a public class at module level, by its name."""
        found: dict[str, list[str]] = defaultdict(list)
        for module in self:
            for name in self.survey(module).classes:
                found[name].append(module)
        return found

    def main_name(self, module: str) -> str:
        """Name the class or function that most files import, classes first; `""` without any."""
        survey = self.survey(module)
        names = (*survey.classes, *survey.functions)
        return max(names, key=lambda name: self.name_importers(module, name), default="")

    def owner(self, target: Dotted) -> str | None:
        """Name the longest prefix of `target` that is a module of the tree."""
        prefixes = (".".join(target[:length]) for length in range(len(target), 0, -1))
        return next((prefix for prefix in prefixes if prefix in self._surveys), None)

    def ending(self, target: Dotted) -> str | None:
        """Name the one module of the tree that ends like `target`; None when there are several."""
        ending = "." + ".".join(target)
        found = [module for module in self._surveys if module.endswith(ending)]
        return found[0] if len(found) == 1 else None

    def sources(self, module: str) -> dict[str, tuple[str, str]]:
        """Map the names that a module takes from the tree to where they are defined."""
        homes = {name: self._home(module, name) for name in self.survey(module).aliases}
        return {name: home for name, home in homes.items() if home[0] != module}

    def star_sources(self, module: str) -> set[str]:
        """List the modules of the tree whose names are all taken over."""
        stars = (
            self._roots.absolute(self.path(module), s.level, s.target)
            for s in self.survey(module).stars
        )
        names = {".".join(target) for target in stars if target}
        return names & self._surveys.keys()

    def _count(self, path: str, survey: Survey) -> None:
        homes, owners = set(), set()
        own = self._roots.module_of(path)
        for level, written in survey.imports:
            target = self._roots.absolute(path, level, written)
            owner = self.owner(target) if target else None
            if target is None or owner is None or owner == own:
                continue
            owners.add(owner)
            if name := target[owner.count(".") + 1 :][:1]:
                homes.add(self._home(owner, name[0]))
        self._importers.update(owners)
        self._name_importers.update(homes)

    def _home(self, module: str, name: str) -> tuple[str, str]:
        """Follow a name through modules that hand it on to the one that has it of its own."""
        for _ in range(MAX_HOPS):
            following = self._handed_on(module, name)
            if following is None:
                break
            module, name = following
        return module, name

    def _handed_on(self, module: str, name: str) -> tuple[str, str] | None:
        alias = self.survey(module).aliases.get(name)
        if alias is None:
            stars = sorted(self.star_sources(module))
            return next(((star, name) for star in stars if self._offers(star, name)), None)
        target = (
            None
            if alias.root
            else self._roots.absolute(self.path(module), alias.level, alias.target)
        )
        owner = self.owner(target) if target else None
        if target is None or owner is None:
            return None
        rest = target[owner.count(".") + 1 :]
        return (owner, rest[0]) if len(rest) == 1 else None

    def _offers(self, module: str, name: str) -> bool:
        survey = self.survey(module)
        return name in survey.classes or name in survey.functions or name in survey.aliases
