"""What changed between two commits, read through git alone."""

from __future__ import annotations

from dataclasses import dataclass, replace
from functools import partial
from typing import TYPE_CHECKING, Protocol, TypeVar

from bot.git.listing import SUBMODULE_MODE, SYMLINK_MODE, is_python, is_read
from bot.git.objects import Absence, absence
from bot.git.process import LimitError, SlowError
from checks import limits
from checks.model import Cause, Entry, EntryStatus, Skipped, Snapshot, Version

if TYPE_CHECKING:
    from collections.abc import Callable, Collection, Iterable, Iterator, Mapping, Sequence

    from bot.git.objects import Objects
    from bot.git.patch import Pair
    from checks.model import Hunk

EVERYTHING = "."
TOO_MANY = f"the change has more than {limits.CHANGED_ENTRIES:,} changed paths"
TOO_DEEP = "the tree is too large or too deep to be listed"
TOO_LARGE = f"larger than {limits.STREAM_BYTES // 1_000_000} MB"
UNREADABLE = "git could not read its content"
NOT_A_FILE = {SYMLINK_MODE: "a symbolic link", SUBMODULE_MODE: "a submodule"}

Answer = TypeVar("Answer")


class Repository(Protocol):
    """Objects of one repository, and how to get more of them: the mirror or a local clone."""

    def ask(self, question: Callable[[Objects], Answer]) -> Answer:
        """Return the answer of `question`, asked again once if the objects had to be mended.

        Raises `GitError`.
        """
        ...

    def prefetch(self, oids: Collection[str]) -> Mapping[str, Absence]:
        """Bring the blobs that are missing in one batch; return those that cannot be had."""
        ...


@dataclass(frozen=True, slots=True)
class Scope:
    """What of a repository is of interest.

    `analysed` tells by the config whether a path is analysed; `extra` are further paths whose
    blobs at head are brought in the same batch.
    """

    analysed: Callable[[str], bool]
    extra: frozenset[str] = frozenset()


def read(repository: Repository, oids: Collection[str]) -> Mapping[str, bytes | Absence]:
    """Return the content of every blob asked for, or why it is absent; one batch if any is missing.

    Raises `GitError`.
    """
    unavailable = repository.prefetch(oids)
    wanted = [oid for oid in oids if oid not in unavailable]
    return {**repository.ask(lambda objects: objects.read(wanted)), **unavailable}


def read_in_parts(
    repository: Repository, oids: Collection[str]
) -> Iterator[Mapping[str, bytes | Absence]]:
    """Yield what `read` returns, so many bytes at a time; one batch if any is missing.

    Raises `GitError`.
    """
    unavailable = repository.prefetch(oids)
    yield unavailable
    wanted = [oid for oid in oids if oid not in unavailable]
    for part in _parts(repository, wanted):
        yield repository.ask(partial(_contents, part))


def take(repository: Repository, base: str, head: str, scope: Scope) -> Snapshot:
    """Return what changed from the merge base to `head` (commit or tree ids), blobs at hand.

    All changed paths are entries; hunks and skipped files are told of the analysed ones. Raises
    `GitError`.
    """
    try:
        entries = repository.ask(lambda objects: objects.changes(base, head))
        tree = repository.ask(lambda objects: objects.modules(head))
    except (LimitError, SlowError):  # such a tree takes either, by the speed of the machine
        return _refused(base, head, TOO_DEEP)
    if len(entries) > limits.CHANGED_ENTRIES:
        return _refused(base, head, TOO_MANY)
    absent = _fetch(repository, entries, [tree[path] for path in scope.extra if path in tree])
    entries, hunks = _compare(repository, base, head, entries=entries, absent=absent)
    shown = (_with_hunks(entry, hunks, scope) for entry in entries)
    return Snapshot(
        base,
        head,
        entries=tuple(sorted(shown, key=lambda entry: entry.path)),
        tree=tree,
        skipped=tuple(sorted(_skipped(entries, absent, scope), key=lambda skipped: skipped.path)),
    )


def _contents(oids: Sequence[str], objects: Objects) -> Mapping[str, bytes | Absence]:
    return objects.read(oids)


def _parts(repository: Repository, oids: Sequence[str]) -> Iterator[Sequence[str]]:
    few = limits.CONTENTS_BYTES // limits.FILE_BYTES
    if len(oids) <= few:
        yield oids
        return
    sizes = repository.ask(lambda objects: objects.sizes(oids))
    part: list[str] = []
    left = limits.CONTENTS_BYTES
    for oid in oids:
        size = min(sizes.get(oid, 0), limits.FILE_BYTES)  # larger ones are not read
        if part and size > left:
            yield part
            part, left = [], limits.CONTENTS_BYTES
        part.append(oid)
        left -= size
    yield part


def _refused(base: str, head: str, reason: str) -> Snapshot:
    return Snapshot(base, head, (), {}, (Skipped(EVERYTHING, reason, Cause.CHANGE),))


def _fetch(
    repository: Repository, entries: Iterable[Entry], extra: Iterable[str]
) -> Mapping[str, Absence]:
    """Bring all blobs that the comparison looks at; return those it must not or cannot see.

    git compares every Python file, also what the config leaves out, and symbolic links; and the
    config itself.
    """
    compared = [version.oid for entry in entries for version in _compared(entry)]
    unavailable = repository.prefetch(list(dict.fromkeys((*compared, *extra))))
    known = [oid for oid in dict.fromkeys(compared) if oid not in unavailable]
    sizes = repository.ask(lambda objects: objects.sizes(known))
    unseen = {oid: why for oid in known if (why := absence(sizes.get(oid)))}
    return {**unseen, **unavailable}


def _compare(
    repository: Repository,
    base: str,
    head: str,
    *,
    entries: tuple[Entry, ...],
    absent: Mapping[str, Absence],
) -> tuple[tuple[Entry, ...], Mapping[Pair, tuple[Hunk, ...]]]:
    without = {
        version.path
        for entry in entries
        if any(version.oid in absent for version in _compared(entry))
        for version in _compared(entry)
    }
    if len(without) > limits.EXCLUDED_PATHS:
        return entries, {}
    renamed: tuple[Entry, ...] = ()
    try:
        if _may_hold_renames(entries):
            renamed = repository.ask(lambda objects: objects.renames(base, head, without=without))
        hunks = repository.ask(lambda objects: objects.hunks(base, head, without=without))
    except (LimitError, SlowError):
        # A failure of ours lets a change pass: it must not be had by a diff that is large enough.
        return entries, {}
    return _with_renames(entries, renamed), hunks


def _may_hold_renames(entries: Iterable[Entry]) -> bool:
    """Tell whether Python files went and others came: most changes rename nothing."""
    changed = {entry.status for entry in entries if is_python(entry.path)}
    return {EntryStatus.ADDED, EntryStatus.DELETED} <= changed


def _compared(entry: Entry) -> Iterator[Version]:
    for version in entry.versions:
        if is_read(version.path) and version.mode != SUBMODULE_MODE:
            yield version


def _with_renames(entries: Iterable[Entry], renamed: Iterable[Entry]) -> tuple[Entry, ...]:
    renames = tuple(renamed)
    gone = {entry.base.path for entry in renames if entry.base}
    arrived = {entry.path for entry in renames}
    kept = (
        entry
        for entry in entries
        if not (entry.status is EntryStatus.DELETED and entry.path in gone)
        and not (entry.status is EntryStatus.ADDED and entry.path in arrived)
    )
    return (*kept, *renames)


def _with_hunks(entry: Entry, hunks: Mapping[Pair, tuple[Hunk, ...]], scope: Scope) -> Entry:
    if entry.head is None or not scope.analysed(entry.path):
        return entry
    none = "0" * len(entry.head.oid)
    # A file that was a symbolic link is shown as one deleted and one added.
    compared_base = None if entry.status is EntryStatus.TYPE_CHANGED else entry.base
    base_oid = compared_base.oid if compared_base else none
    return replace(entry, hunks=hunks.get((base_oid, entry.head.oid), ()))


def _skipped(
    entries: Iterable[Entry], absent: Mapping[str, Absence], scope: Scope
) -> Iterator[Skipped]:
    for entry in entries:
        head = entry.head
        if head is None or not is_python(head.path) or not scope.analysed(head.path):
            continue
        if reason := NOT_A_FILE.get(head.mode):
            yield Skipped(head.path, reason, Cause.NATURE)
        elif absent.get(head.oid) is Absence.HUGE:
            yield Skipped(head.path, TOO_LARGE, Cause.CHANGE)
        elif Absence.MISSING in {absent.get(version.oid) for version in _compared(entry)}:
            yield Skipped(head.path, UNREADABLE, Cause.SERVICE)
