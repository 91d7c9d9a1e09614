"""The cache of what blobs hold: by repository and blob id, deletable at any time."""

from __future__ import annotations

import math
import sqlite3
import sys
import time
from contextlib import ExitStack, closing, contextmanager, suppress
from functools import partial
from itertools import islice
from typing import TYPE_CHECKING, Any

from bot import disk
from bot.disk import CacheEntry
from bot.domain.meter import UNMEASURED, Cache, Kept
from bot.store.facts_codec import decode, encode
from checks.facts import FACTS_VERSION, Facts
from checks.reading import Compiled

if TYPE_CHECKING:
    from collections.abc import Collection, Container, Iterable, Iterator, Mapping
    from pathlib import Path

    from bot.domain.meter import Meter
    from checks.census import Blobs
    from checks.needles import Filter
    from checks.reading import Reply

FILE = "facts.sqlite"
# A cache that is larger begins anew; what nobody used for so long goes.
CACHE_BYTES = 1 << 30
IDLE_SECONDS = 30 * 24 * 3600.0
FILTERS = 32
# https://www.sqlite.org/limits.html#max_variable_number
VARIABLES = 500
LOCKED_SECONDS = 5.0

SCHEMA = """
CREATE TABLE IF NOT EXISTS repository (
    id INTEGER PRIMARY KEY, name TEXT NOT NULL UNIQUE, used REAL NOT NULL);
CREATE TABLE IF NOT EXISTS filter (
    id INTEGER PRIMARY KEY, repository INTEGER NOT NULL, digest TEXT NOT NULL, used REAL NOT NULL,
    UNIQUE (repository, digest));
CREATE TABLE IF NOT EXISTS sifted (
    filter INTEGER NOT NULL, oid BLOB NOT NULL, taken INTEGER NOT NULL,
    PRIMARY KEY (filter, oid)) WITHOUT ROWID;
CREATE TABLE IF NOT EXISTS facts (
    repository INTEGER NOT NULL, oid BLOB NOT NULL, packed BLOB NOT NULL,
    PRIMARY KEY (repository, oid));
CREATE TABLE IF NOT EXISTS compiled (
    repository INTEGER NOT NULL, oid BLOB NOT NULL, error TEXT, line INTEGER,
    PRIMARY KEY (repository, oid)) WITHOUT ROWID;
"""
SIFTED = "SELECT oid, taken FROM sifted WHERE filter = ? AND oid IN ({marks})"
COMPILED = "SELECT oid, error, line FROM compiled WHERE repository = ? AND oid IN ({marks})"
FACTS = "SELECT oid, packed FROM facts WHERE repository = ? AND oid IN ({marks})"
FACTS_KNOWN = "SELECT oid FROM facts WHERE repository = ? AND oid IN ({marks})"
OLD_FILTERS = """
DELETE FROM filter WHERE repository = :repository AND id NOT IN
    (SELECT id FROM filter WHERE repository = :repository ORDER BY used DESC LIMIT :kept)
"""


class FactsCache:
    """What is kept of one repository. Whatever goes wrong with the file, it only forgets."""

    def __init__(self, database: sqlite3.Connection | None, name: str) -> None:
        self._database = database
        self._repository = self._id("repository", name=name)

    def sifted(self, digest: str, oids: Collection[str]) -> Mapping[str, bool]:
        """Return which of these blobs the filter takes, of those that it was asked about."""
        rows = self._each(SIFTED, self._filter(digest), oids)
        return {oid: bool(taken) for oid, taken in rows}

    def keep_sifted(self, digest: str, taken: Mapping[str, bool]) -> None:
        """Keep which blobs the filter takes."""
        number = self._filter(digest)
        rows = [(number, bytes.fromhex(oid), is_taken) for oid, is_taken in taken.items()]
        self._write("INSERT OR REPLACE INTO sifted VALUES (?, ?, ?)", rows)

    def compiled(self, oids: Collection[str]) -> Mapping[str, Compiled]:
        """Return what `compile()` of this Python said of these blobs."""
        rows = self._each(COMPILED, self._repository, oids)
        python = sys.version_info[:2]
        return {oid: Compiled(python, error, line) for oid, error, line in rows}

    def keep_compiled(self, compiled: Mapping[str, Compiled]) -> None:
        """Keep what `compile()` said."""
        rows = [
            (self._repository, bytes.fromhex(oid), each.error, each.line)
            for oid, each in compiled.items()
        ]
        self._write("INSERT OR REPLACE INTO compiled VALUES (?, ?, ?, ?)", rows)

    def facts(self, oids: Collection[str]) -> Mapping[str, Facts]:
        """Return the facts that are kept of these blobs."""
        rows = self._each(FACTS, self._repository, oids)
        decoded = ((oid, decode(packed)) for oid, packed in rows)
        return {oid: facts for oid, facts in decoded if facts is not None}

    def facts_known(self, oids: Collection[str]) -> set[str]:
        """Return the blobs of which facts are kept."""
        return {oid for (oid,) in self._each(FACTS_KNOWN, self._repository, oids)}

    def keep_facts(self, facts: Mapping[str, Facts]) -> None:
        """Keep the facts of blobs."""
        rows = [(self._repository, bytes.fromhex(o), encode(each)) for o, each in facts.items()]
        self._write("INSERT OR REPLACE INTO facts VALUES (?, ?, ?)", rows)

    def tidy(self) -> None:
        """Drop what nobody used lately."""
        old = (time.time() - IDLE_SECONDS,)
        kept = {"repository": self._repository, "kept": FILTERS}
        self._write("DELETE FROM repository WHERE used < ?", [old])
        self._write(OLD_FILTERS, [kept])
        for orphans in (
            "DELETE FROM filter WHERE repository NOT IN (SELECT id FROM repository)",
            "DELETE FROM sifted WHERE filter NOT IN (SELECT id FROM filter)",
            "DELETE FROM facts WHERE repository NOT IN (SELECT id FROM repository)",
            "DELETE FROM compiled WHERE repository NOT IN (SELECT id FROM repository)",
        ):
            self._write(orphans, [()])

    def _filter(self, digest: str) -> int:
        return self._id("filter", repository=self._repository, digest=digest)

    def _id(self, table: str, **key: str | int) -> int:
        names, marks = ", ".join(key), ", ".join("?" * len(key))
        upsert = (
            f"INSERT INTO {table} ({names}, used) VALUES ({marks}, ?) "  # noqa: S608 - our own names
            f"ON CONFLICT ({names}) DO UPDATE SET used = excluded.used RETURNING id"
        )
        rows = self._rows(upsert, (*key.values(), time.time()))
        return int(rows[0][0]) if rows else 0

    def _each(self, query: str, key: int, oids: Collection[str]) -> Iterator[tuple[Any, ...]]:
        """Yield the rows of blobs, each with the id as text first."""
        for part in _parts(oids):
            marked = query.format(marks=",".join("?" * len(part)))
            for oid, *rest in self._rows(marked, (key, *map(bytes.fromhex, part))):
                yield (oid.hex(), *rest)

    def _rows(self, query: str, values: tuple[object, ...]) -> list[tuple[Any, ...]]:
        if self._database is None:
            return []
        try:
            with self._database:
                return self._database.execute(query, values).fetchall()
        except sqlite3.Error:
            return []

    def _write(self, statement: str, rows: Iterable[Any]) -> None:
        if self._database is None:
            return
        with suppress(sqlite3.Error), self._database:
            self._database.executemany(statement, rows)


class CachedBlobs:
    """Fulfils `checks.census.Blobs`: answered from the cache, the rest asked and kept."""

    def __init__(self, blobs: Blobs, cache: FactsCache, *, meter: Meter = UNMEASURED) -> None:
        self._blobs = blobs
        self._cache = cache
        self._meter = meter

    def sift(self, wanted: Filter, oids: Collection[str]) -> Collection[str]:
        """Return the blobs that the filter takes."""
        sifted = self._cache.sifted(wanted.digest, oids)
        unsifted = self._unknown(Cache.SIFTED, oids, sifted)
        return [*(oid for oid in oids if sifted.get(oid)), *self._sift(wanted, unsifted)]

    def sifted_facts(self, wanted: Filter, oids: Collection[str]) -> Mapping[str, Reply]:
        """Return the facts of the blobs that the filter takes, in one visit to what is new."""
        sifted = self._cache.sifted(wanted.digest, oids)
        unsifted = self._unknown(Cache.SIFTED, oids, sifted)
        kept = self._cache.facts_known(unsifted)
        unread = [oid for oid in unsifted if oid not in kept]
        fresh = self._blobs.sifted_facts(wanted, unread) if unread else {}
        self._cache.keep_sifted(wanted.digest, {oid: oid in fresh for oid in unread})
        self._meter.lookups(Cache.FACTS, hits=0, misses=len(fresh))
        self._keep_facts(fresh)
        # Of those whose facts are kept only the filter is asked: their facts come from the cache.
        taken = [*(oid for oid in oids if sifted.get(oid)), *self._sift(wanted, kept)]
        return {**self.facts(taken), **fresh}

    def facts(self, oids: Collection[str]) -> Mapping[str, Reply]:
        """Return the facts of each blob, or why there are none: that is never kept."""
        known = self._cache.facts(oids)
        unknown = self._unknown(Cache.FACTS, oids, known)
        fresh = self._blobs.facts(unknown) if unknown else {}
        self._keep_facts(fresh)
        return {**known, **fresh}

    def compiled(self, oids: Collection[str]) -> Mapping[str, Reply]:
        """Return what `compile()` says of each blob."""
        known = self._cache.compiled(oids)
        unknown = self._unknown(Cache.COMPILED, oids, known)
        fresh = self._blobs.compiled(unknown) if unknown else {}
        judged = {oid: each for oid, each in fresh.items() if isinstance(each, Compiled)}
        self._cache.keep_compiled(judged)
        return {**known, **fresh}

    def warnings(self, oids: Collection[str]) -> Mapping[str, bool | None]:
        """Return whether each module warns of itself: they are few."""
        return self._blobs.warnings(oids)

    def _sift(self, wanted: Filter, unsifted: Collection[str]) -> Collection[str]:
        taken = set(self._blobs.sift(wanted, unsifted)) if unsifted else set()
        self._cache.keep_sifted(wanted.digest, {oid: oid in taken for oid in unsifted})
        return taken

    def _keep_facts(self, fresh: Mapping[str, Reply]) -> None:
        self._cache.keep_facts({o: each for o, each in fresh.items() if isinstance(each, Facts)})

    def _unknown(self, cache: Cache, oids: Collection[str], known: Container[str]) -> list[str]:
        unknown = [oid for oid in oids if oid not in known]
        self._meter.lookups(cache, hits=len(oids) - len(unknown), misses=len(unknown))
        return unknown


@contextmanager
def open_cache(folder: Path, repository: str) -> Iterator[FactsCache]:
    """Yield the cache of a repository, named by what tells it from all others.

    A file that is damaged or too large begins anew, as soon as nobody else has it open; where none
    can be made, nothing is kept.
    """
    name = f"{FACTS_VERSION} {sys.version_info[0]}.{sys.version_info[1]} {repository}"
    with ExitStack() as stack:
        cache = FactsCache(_open(stack, folder / FILE), name)
        try:
            yield cache
        finally:
            cache.tidy()


def entries(folder: Path) -> Iterator[CacheEntry]:
    """List the caches in the folders of repositories in `folder`."""
    for file in sorted(folder.glob(f"*/{FILE}")):
        used_at, size_bytes = disk.used_at(*_files(file)), disk.size(*_files(file))
        drop = partial(_drop, file)
        yield CacheEntry(Kept.FACTS, file.parent.name, size_bytes, used_at, drop=drop)


def _open(stack: ExitStack, file: Path) -> sqlite3.Connection | None:
    with suppress(OSError):
        if file.exists() and file.stat().st_size > CACHE_BYTES:
            _drop(file, math.inf)
        for _ in range(2):
            with ExitStack() as held:
                held.enter_context(disk.shared(_lock(file)))
                with suppress(sqlite3.Error):
                    database = held.enter_context(closing(_connect(file)))
                    stack.push(held.pop_all())
                    return database
            _drop(file, math.inf)
    return None


def _connect(file: Path) -> sqlite3.Connection:
    database = sqlite3.connect(file, timeout=LOCKED_SECONDS)
    try:
        # What is lost with the power is found again.
        database.executescript(f"PRAGMA journal_mode = WAL; PRAGMA synchronous = OFF; {SCHEMA}")
        (found,) = database.execute("PRAGMA quick_check(1)").fetchone()
    except sqlite3.Error:
        database.close()
        raise
    if found != "ok":
        database.close()
        raise sqlite3.DatabaseError(found)
    return database


def _drop(file: Path, before: float) -> bool:
    """Delete what nobody has open, nor used since `before`; tell whether it is gone."""
    with disk.locked_if_free(_lock(file)) as is_free:
        if not is_free or disk.is_used(before, *_files(file)):
            return False
        for part in (*_files(file), _lock(file)):
            part.unlink(missing_ok=True)
    with suppress(OSError):  # a census may lie there
        file.parent.rmdir()
    return True


def _files(file: Path) -> tuple[Path, ...]:
    return tuple(file.with_name(file.name + ending) for ending in ("", "-wal", "-shm"))


def _lock(file: Path) -> Path:
    return file.with_suffix(".lock")


def _parts(oids: Iterable[str]) -> Iterator[list[str]]:
    rest = iter(oids)
    while part := list(islice(rest, VARIABLES)):
        yield part
