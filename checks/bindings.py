"""What names mean in a file: which import a name reaches, and what the module hands on."""

from __future__ import annotations

from typing import TYPE_CHECKING

from checks.facts import Alias, Reference
from checks.model import Kind
from checks.scopes import visible_from

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping


class Locals:
    """The imported names of a file, seen from any scope; `names` are those of all scopes."""

    def __init__(self, imports: Iterable[Reference], shadows: Iterable[tuple[str, str]]) -> None:
        """Take the imports, and `(name, scope)` where a name is bound to something else."""
        self._imports: dict[tuple[str, str], Reference] = {}
        for reference in imports:
            if reference.bound:
                self._imports.setdefault((reference.bound, reference.scope), reference)
        self._shadows = frozenset(shadows)
        self.names = frozenset(name for name, _ in self._imports)

    def origin(self, name: str, scope: str) -> Alias | None:
        """Tell what imported thing `name` is in `scope`; None when it is not (surely) imported."""
        if name not in self.names:
            return None
        for place in visible_from(scope):
            found = self._imports.get((name, place))
            if found is not None:
                return bound_target(found)
            if (name, place) in self._shadows:
                return None
        return None


def bound_target(reference: Reference) -> Alias:
    """Tell what an import binds: `import a.b` binds `a`, with an alias it binds `a.b`."""
    is_plain = reference.kind is Kind.IMPORT and reference.bound == reference.target[0]
    return Alias(reference.level, reference.target[:1] if is_plain else reference.target)


def module_aliases(
    bindings: Iterable[tuple[int, bool, str, Alias | None]],
) -> Mapping[str, Alias]:
    """Follow module-level bindings `(position, unindented, name, alias or None)` in source order.

    The first binding counts (`try: from new import X` before `except: from old import X`) until an
    unindented one replaces it; a name that the module defines itself is no alias.
    """
    meanings: dict[str, Alias | None] = {}
    for _, unindented, name, alias in sorted(bindings, key=lambda binding: binding[0]):
        if unindented or name not in meanings:
            meanings[name] = alias
    return {name: alias for name, alias in meanings.items() if alias is not None}
