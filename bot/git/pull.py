"""The two commits of one pull request in a mirror: fetched, read, and healed when damaged."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Protocol, TypeVar

from bot.domain.errors import SupersededError
from bot.git.environment import reading
from bot.git.fetch import DamagedError, UnknownObjectError, fetch_blobs, fetch_refs
from bot.git.objects import Absence, Objects
from bot.git.process import Git, GitError, LimitError, SlowError
from checks.limits import FETCH_BATCHES

if TYPE_CHECKING:
    from collections.abc import Callable, Collection, Mapping
    from pathlib import Path

    from bot.git.environment import Remote
    from bot.git.shelf import Shelf

OUR_FAULT = "the repository could not be read, not even from a fresh copy: ssot failed"

# A fork's commit may reach the base repository seconds after the delivery that names it.
UNKNOWN_COMMIT_SECONDS = (1.0, 2.0, 4.0)

Answer = TypeVar("Answer")


class Wanted(Protocol):
    """Commits, and the refs of ours that keep them in a mirror, in the order of their names.

    Without refs git would send everything again at every fetch.
    """

    @property
    def commits(self) -> tuple[str, ...]:
        """List the commits."""
        ...

    @property
    def refs(self) -> tuple[str, ...]:
        """List the ref of each commit."""
        ...

    @property
    def fallback_refspecs(self) -> tuple[str, ...]:
        """Return what to fetch from a server that does not give the last one away by its id."""
        ...


@dataclass(frozen=True, slots=True)
class Ends:
    """Base and head of pull request `number`."""

    base: str
    head: str
    number: int

    @property
    def commits(self) -> tuple[str, ...]:
        """List base and head."""
        return self.base, self.head

    @property
    def refs(self) -> tuple[str, ...]:
        """List our refs for base and head."""
        return refs(self.number)

    @property
    def fallback_refspecs(self) -> tuple[str, ...]:
        """Fetch the head by the pull request's ref."""
        base, head = self.refs
        return f"+{self.base}:{base}", f"+refs/pull/{self.number}/head:{head}"


@dataclass(frozen=True, slots=True)
class Past:
    """At most a hundred older commits of a branch."""

    commits: tuple[str, ...]

    @property
    def refs(self) -> tuple[str, ...]:
        """List refs that the past of another day takes again, so that they do not pile up."""
        return tuple(f"refs/ssot/past/{number:02}" for number in range(len(self.commits)))

    @property
    def fallback_refspecs(self) -> tuple[str, ...]:
        """Fetch them once more: no ref of the server leads to them."""
        return _refspecs(self)


def refs(number: int) -> tuple[str, str]:
    """Return our refs for base and head of a pull request."""
    return f"refs/ssot/pull/{number}/base", f"refs/ssot/pull/{number}/head"


@dataclass(frozen=True, slots=True)
class Source:
    """Where commits come from and the shelf that they are fetched to."""

    wanted: Wanted
    remote: Remote
    shelf: Shelf
    flags: tuple[str, ...]
    sleep: Callable[[float], None]
    clock: Callable[[], float]

    def bring(self) -> Path:
        """Fetch the commits unless they stand there already; return the mirror.

        A head that the server does not know is asked for again, then by the pull request's ref;
        raises `SupersededError` when that is another commit by now.
        """
        for seconds in UNKNOWN_COMMIT_SECONDS:
            try:
                return self._fetch(_refspecs(self.wanted))
            except UnknownObjectError:
                self.sleep(seconds)
        try:
            return self._fetch(_refspecs(self.wanted))
        except UnknownObjectError:
            mirror = self._fetch(self.wanted.fallback_refspecs)
        tip = _known(mirror, self.wanted)[-1]
        if tip != self.wanted.commits[-1]:
            raise SupersededError(tip)
        return mirror

    def bring_blobs(self, mirror: Path, oids: Collection[str]) -> Mapping[str, Absence]:
        """Fetch blobs in one batch; return those that cannot be had."""
        with self.shelf.lock():
            return fetch_blobs(mirror, self.remote, oids)

    def replace(self, damaged: Path) -> None:
        """Put a new, empty mirror in the place of a damaged one, unless another job just did."""
        with self.shelf.lock():
            if self.shelf.current() == damaged:
                self._renew()

    def _fetch(self, refspecs: tuple[str, ...]) -> Path:
        with self.shelf.lock():
            mirror = self._usable()
            if not self._stands_in(mirror):
                mirror = self._fetch_into(mirror, refspecs)
            self.shelf.note_use(mirror, now=self.clock())
        return mirror

    def _stands_in(self, mirror: Path) -> bool:
        """Tell whether nothing has to be fetched; where git cannot tell, the fetch says why."""
        try:
            return _known(mirror, self.wanted) == self.wanted.commits
        except (LimitError, SlowError):
            raise
        except GitError:
            return False

    def _usable(self) -> Path:
        now = self.clock()
        self.shelf.drop_replaced(now=now)
        mirror = self.shelf.current()
        if mirror is None or self.shelf.is_worn(mirror, now=now):
            return self._renew()
        return mirror

    def _fetch_into(self, mirror: Path, refspecs: tuple[str, ...]) -> Path:
        try:
            fetch_refs(mirror, self.remote, refspecs, flags=self.flags)
        except DamagedError:
            mirror = self._renew()
            fetch_refs(mirror, self.remote, refspecs, flags=self.flags)
        return mirror

    def _renew(self) -> Path:
        return self.shelf.renew(
            object_format="sha256" if len(self.wanted.commits[-1]) == 64 else "sha1"
        )


class Pull:
    """The repository of one review: heals itself once when the mirror proves to be damaged.

    A fetch never heals a mirror: what is missing after a successful one, or a read that fails,
    means a new mirror, and everything that this review asked for is fetched once more.
    """

    def __init__(self, source: Source, *, batches: int = FETCH_BATCHES) -> None:
        self._source = source
        self._most_batches = batches
        self._mirror = source.bring()
        self._wanted: dict[str, None] = {}  # in the order of asking
        self._unavailable: dict[str, Absence] = {}
        self._batches = 0
        self._rebuilt = False

    def ask(self, question: Callable[[Objects], Answer]) -> Answer:
        """Return the answer of `question`, asked again once of a new mirror if it fails."""
        try:
            return question(self._objects())
        except (LimitError, SlowError):
            raise  # a new mirror would ask as much of the machine
        except GitError:
            self._rebuild()
        try:
            return question(self._objects())
        except (LimitError, SlowError):
            raise
        except GitError as error:
            raise GitError(OUR_FAULT, error.detail) from error

    def prefetch(self, oids: Collection[str]) -> Mapping[str, Absence]:
        """Bring the blobs that are missing in one batch; return those that cannot be had.

        After the last batch nothing more is brought: what is missing then is distant.
        """
        distant = self._distant(oids)
        near = [oid for oid in oids if oid not in distant]
        self._wanted.update(dict.fromkeys(near))
        if not self._complete(near):
            self._rebuild()
        unavailable = {oid: self._unavailable[oid] for oid in near if oid in self._unavailable}
        return {**distant, **unavailable}

    def _distant(self, oids: Collection[str]) -> Mapping[str, Absence]:
        """Pick the blobs that would cost one batch too many; mending a mirror counts as none."""
        fresh = self._missing([oid for oid in oids if oid not in self._wanted])
        if fresh and self._batches == self._most_batches:
            return dict.fromkeys(fresh, Absence.DISTANT)
        self._batches += bool(fresh)
        return {}

    def _complete(self, oids: Collection[str]) -> bool:
        """Fetch what is missing of `oids`; False when it still is, though the server sent it."""
        missing = self._missing(oids)
        if not missing:
            return True
        try:
            self._unavailable.update(self._source.bring_blobs(self._mirror, missing))
        except DamagedError:
            return False
        return not self._missing(missing)

    def _missing(self, oids: Collection[str]) -> list[str]:
        wanted = [oid for oid in dict.fromkeys(oids) if oid not in self._unavailable]
        sizes = self.ask(lambda objects: objects.sizes(wanted))
        return [oid for oid in wanted if oid not in sizes]

    def _rebuild(self) -> None:
        if self._rebuilt:
            raise GitError(OUR_FAULT)
        self._rebuilt = True
        self._source.replace(self._mirror)
        self._mirror = self._source.bring()
        if not self._complete(self._wanted):
            raise GitError(OUR_FAULT)

    def _objects(self) -> Objects:
        return Objects(Git(self._mirror, reading(self._mirror)))


def _refspecs(wanted: Wanted) -> tuple[str, ...]:
    """Return what to fetch, by id."""
    return tuple(f"+{oid}:{ref}" for oid, ref in zip(wanted.commits, wanted.refs, strict=True))


def _known(mirror: Path, wanted: Wanted) -> tuple[str, ...]:
    """Return the commits that the refs keep in the mirror by now."""
    question = ("for-each-ref", "--format=%(objectname)", *wanted.refs)
    return tuple(Git(mirror, reading(mirror)).run(*question).decode("ascii").split())
