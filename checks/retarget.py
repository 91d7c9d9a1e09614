"""From a reference to a deprecated module to the edit that takes the same from its replacement."""

from __future__ import annotations

from typing import TYPE_CHECKING

from checks.bindings import bound_target
from checks.edits import Reimport, Respell
from checks.homes import Homes
from checks.model import Kind
from checks.modules import Roots, is_loaded_alike, is_package

if TYPE_CHECKING:
    from checks.config import Config
    from checks.edits import Edit
    from checks.facts import Alias, Dotted, Reference
    from checks.origins import Origin, Origins
    from checks.rule import File, Tree


class Retargeting:
    """The edits of one file's references; each is certain, or there is none."""

    def __init__(self, file: File, tree: Tree, config: Config, *, origins: Origins) -> None:
        self._file = file
        self._roots = Roots(config.roots)
        self._origins = origins
        self._homes = Homes(origins, tree)

    def edit(self, reference: Reference, origin: Origin) -> Edit | None:
        """Name what replaces a reference, if the canonical module offers it at head.

        A module that imports this file in turn would make a cycle, so it does not count. Chains of
        attributes, stars and strings that go through a re-export are left to a person.
        """
        use, name = origin.deprecated.use, renamed(origin)
        target = (*use.split("."), *filter(None, name.split(".")))
        found = self._homes.find(target)
        if found is None or self._is_near(found[0]) or self._is_leant_on(reference, found[0]):
            return None
        match reference.kind:
            case Kind.FROM:
                return self._from(reference, origin, *found)
            case Kind.IMPORT:
                return self._plain(reference, origin, *found)
            case Kind.DYNAMIC | Kind.STRING:
                return self._string(reference, origin, *found)
        return None

    def _is_near(self, module: str) -> bool:
        own = self._file.module
        return own is not None and (module == own or self._homes.reaches(module, own))

    def _is_leant_on(self, reference: Reference, module: str) -> bool:
        """Tell whether a chain of attributes needs what only the old import loads.

        `import app` gives `app.old` only where another statement loads that, too.
        """
        old, new = self._absolute(reference), tuple(module.split("."))
        imports = (r for r in self._file.facts.references if r.bound)
        loaded = {r.bound: len(self._absolute(r, bound_target(r))) for r in imports}
        chains = (r for r in self._file.facts.references if r.kind is Kind.ATTRIBUTE)
        return any(
            _common(self._absolute(chain), old) > max(loaded.get(chain.root, 0), _common(old, new))
            for chain in chains
        )

    def _absolute(self, reference: Reference, alias: Alias | None = None) -> Dotted:
        return self._origins.absolute(self._file.path, alias or reference) or ()

    def _from(self, reference: Reference, origin: Origin, module: str, name: str) -> Edit | None:
        if "." in name:
            return None
        if name:
            return Reimport(reference.span, self._written(reference, module), name)
        package, _, last = module.rpartition(".")
        members = self._members(reference, origin, module)
        if not package or members is None:
            return None
        return Reimport(reference.span, self._written(reference, package), last, members)

    def _plain(self, reference: Reference, origin: Origin, module: str, name: str) -> Edit | None:
        if name:
            return None
        if reference.bound == reference.target[0]:
            # It binds the package; whatever goes on to the old module through it is a finding.
            new = tuple(module.split("."))
            taken = self._quoted(reference)
            is_safe = all(is_loaded_alike(target, reference.target, new) for target in taken)
            return Reimport(reference.span, module) if is_safe else None
        members = self._members(reference, origin, module)
        return None if members is None else Reimport(reference.span, module, members=members)

    def _string(self, reference: Reference, origin: Origin, module: str, name: str) -> Edit | None:
        if reference.root or reference.level or origin.hops:
            return None
        if not name and not self._is_drop_in(origin, module):
            return None
        old = (origin.deprecated.module, origin.name)
        is_annotation = reference.kind is Kind.STRING
        return Respell(reference.span, old, (module, name), is_annotation=is_annotation)

    def _members(self, reference: Reference, origin: Origin, module: str) -> frozenset[str] | None:
        """List what the file may take from the new module under the old names.

        None where others may take the module from this file: what they want of it is not known.
        """
        facts = self._file.facts
        if is_package(self._file.path) or reference.bound in (facts.exports or ()):
            return None
        changed = {old for old, new in origin.deprecated.names.items() if old != new}
        members = self._homes.members(module) - changed
        taken, depth = self._quoted(reference), len(reference.target)
        return members if all(members.issuperset(t[depth : depth + 1]) for t in taken) else None

    def _quoted(self, reference: Reference) -> set[Dotted]:
        """List what quoted annotations take through the name that an import binds."""
        strings = (r for r in self._file.facts.references if r.kind is Kind.STRING)
        return {r.target for r in strings if r.root == reference.bound}

    def _is_drop_in(self, origin: Origin, module: str) -> bool:
        """Tell whether everything that the old module offers stands in the new one, as it was."""
        names = self._homes.names(origin.deprecated.module)
        renames = any(old != new for old, new in origin.deprecated.names.items())
        return names is not None and not renames and names <= self._homes.members(module)

    def _written(self, reference: Reference, module: str) -> str:
        """Stay relative where the same dots lead to the module; else its absolute name."""
        if reference.level:
            package = self._roots.resolve(self._file.path, reference.level, "")
            dots = "." * reference.level
            if package is not None and module == package:
                return dots
            if package and module.startswith(f"{package}."):
                return dots + module.removeprefix(f"{package}.")
            if package == "":
                return dots + module
        return module


def _common(one: Dotted, other: Dotted) -> int:
    """Count the names that two paths begin with alike."""
    pairs = enumerate(zip(one, other, strict=False))
    return next((n for n, (a, b) in pairs if a != b), min(len(one), len(other)))


def renamed(origin: Origin) -> str:
    """Give the name of the origin's target in the canonical module, as the config maps it."""
    names, name = origin.deprecated.names, origin.name
    if name in names:
        return names[name]
    first, dot, rest = name.partition(".")
    return f"{names.get(first, first)}{dot}{rest}"
