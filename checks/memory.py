"""Blobs whose answers are remembered: the next tree asks for what is new in it, and no more."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Callable, Collection, Mapping
    from typing import TypeVar

    from checks.census import Blobs
    from checks.needles import Filter
    from checks.reading import Reply

    Answer = TypeVar("Answer")

# Every tree asks for what is direct, for names, and for the ways to them; a few rounds each.
FILTERS = 16


class Remembered:
    """Fulfils `checks.census.Blobs` in front of others; `forget` keeps it small."""

    def __init__(self, blobs: Blobs) -> None:
        self._blobs = blobs
        self._taken: dict[str, dict[str, bool]] = {}
        self._facts: dict[str, Reply] = {}
        self._compiled: dict[str, Reply] = {}
        self._warnings: dict[str, bool | None] = {}

    def sift(self, wanted: Filter, oids: Collection[str]) -> Collection[str]:
        """Return the blobs that the filter takes."""
        told = self._told(wanted)
        unknown = set(oids) - told.keys()
        if unknown:
            taken = set(self._blobs.sift(wanted, unknown))
            told.update((oid, oid in taken) for oid in unknown)
        return {oid for oid in oids if told[oid]}

    def sifted_facts(self, wanted: Filter, oids: Collection[str]) -> Mapping[str, Reply]:
        """Return the facts of the blobs that the filter takes."""
        told = self._told(wanted)
        unknown = set(oids) - told.keys()
        if unknown:
            fresh = self._blobs.sifted_facts(wanted, unknown)
            told.update((oid, oid in fresh) for oid in unknown)
            self._facts.update(fresh)
        return self.facts([oid for oid in oids if told[oid]])

    def facts(self, oids: Collection[str]) -> Mapping[str, Reply]:
        """Return the facts of each blob."""
        return _remembered(self._facts, oids, self._blobs.facts)

    def compiled(self, oids: Collection[str]) -> Mapping[str, Reply]:
        """Return what `compile()` says of each blob."""
        return _remembered(self._compiled, oids, self._blobs.compiled)

    def warnings(self, oids: Collection[str]) -> Mapping[str, bool | None]:
        """Return whether each module warns of itself."""
        return _remembered(self._warnings, oids, self._blobs.warnings)

    def forget(self, but: Collection[str]) -> None:
        """Forget every blob `but` these, and filters that were not used lately."""
        kept = set(but)
        latest = list(self._taken.items())[-FILTERS:]
        self._taken = {d: {o: t for o, t in told.items() if o in kept} for d, told in latest}
        self._facts = {oid: reply for oid, reply in self._facts.items() if oid in kept}
        self._compiled = {oid: reply for oid, reply in self._compiled.items() if oid in kept}
        self._warnings = {oid: told for oid, told in self._warnings.items() if oid in kept}

    def _told(self, wanted: Filter) -> dict[str, bool]:
        """Give what is known by a filter; the last one used stands last."""
        digest = wanted.digest
        self._taken[digest] = self._taken.pop(digest, {})
        return self._taken[digest]


def _remembered(
    told: dict[str, Answer],
    oids: Collection[str],
    ask: Callable[[Collection[str]], Mapping[str, Answer]],
) -> Mapping[str, Answer]:
    unknown = set(oids) - told.keys()
    if unknown:
        told.update(ask(unknown))
    return {oid: told[oid] for oid in oids if oid in told}
