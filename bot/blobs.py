"""What there is to know of a repository's blobs: asked in batches, in workers when much."""

from __future__ import annotations

import sys
from functools import partial
from typing import TYPE_CHECKING, TypeVar

from bot.bounds import Failure, FailureCause
from bot.git import bulk
from checks.limits import FILE_SECONDS
from checks.reading import Compiled

if TYPE_CHECKING:
    from collections.abc import Callable, Collection, Iterator, Mapping, Sequence
    from typing import Protocol

    from bot.git.objects import Objects
    from bot.git.snapshot import Repository
    from checks.census import Blobs
    from checks.needles import Filter
    from checks.reading import Reply, Unread

    Batch = Sequence[str]

    class Workers(Protocol):
        """Runs a function on each batch, in worker processes."""

        def __call__(
            self,
            function: Callable[[Batch], Answer],
            batches: Sequence[Batch],
            /,
            *,
            timeout_seconds: float,
        ) -> Sequence[Answer | Failure]:
            """Return one outcome per batch, in order."""
            ...

    # Told what is asked, and of how many blobs that is done.
    Watch = Callable[[str, int, int], None]

Answer = TypeVar("Answer")

# Starting git and the hop to a worker cost about as much as reading a few small files.
SIFTED_AT_ONCE = 512
COMPILED_AT_ONCE = 128
READ_AT_ONCE = 24
# With fewer, one worker would read the last of them while the others wait.
SHARES = 32
# Starting the workers takes longer than to read so little. More would be too much of a risk: 10,000
# open brackets take the parser's queries 0.2 s, and ten times as many a hundred times as long.
FEW = 50
BYTES_HERE = 10_000
# What a person waits for between two steps of the progress.
BATCHES_AT_ONCE = 64
BATCH_SECONDS = 12 * FILE_SECONDS

SEARCHING, READING, COMPILING = "searching", "reading", "compiling"


class GitBlobs:
    """Fulfils `checks.census.Blobs`; a blob that takes too much time or memory is unread.

    Every question raises `GitError` when git cannot read a blob that is there.
    """

    def __init__(self, objects: Objects, workers: Workers, *, watch: Watch) -> None:
        self._objects = objects
        self._workers = workers
        self._watch = watch

    def sift(self, wanted: Filter, oids: Collection[str]) -> Collection[str]:
        """Return the blobs that the filter takes, and those that nobody could search."""
        function = partial(bulk.sift, self._objects, wanted)
        answers, failed = self._ask(function, oids, size=_share(oids), what=SEARCHING)
        return [*(oid for answer in answers for oid in answer), *failed]

    def sifted_facts(self, wanted: Filter, oids: Collection[str]) -> Mapping[str, Reply]:
        """Return the facts of the blobs that the filter takes, or why there are none."""
        function = partial(bulk.sifted_facts, self._objects, wanted)
        answers, failed = self._ask(function, oids, size=_share(oids), what=SEARCHING)
        return {oid: reply for answer in answers for oid, reply in answer} | failed

    def facts(self, oids: Collection[str]) -> Mapping[str, Reply]:
        """Return the facts of each blob, or why there are none."""
        answers, failed = self._ask(
            partial(bulk.facts, self._objects), oids, size=READ_AT_ONCE, what=READING
        )
        return {oid: reply for answer in answers for oid, reply in answer} | failed

    def compiled(self, oids: Collection[str]) -> Mapping[str, Reply]:
        """Return what `compile()` says of each blob."""
        answers, failed = self._ask(
            partial(bulk.refused, self._objects), oids, size=COMPILED_AT_ONCE, what=COMPILING
        )
        fine = Compiled(sys.version_info[:2])
        refused = {oid: reply for answer in answers for oid, reply in answer}
        return dict.fromkeys(oids, fine) | refused | failed

    def warnings(self, oids: Collection[str]) -> Mapping[str, bool | None]:
        """Return whether each module warns of itself."""
        answers, _ = self._ask(
            partial(bulk.warnings, self._objects), oids, size=READ_AT_ONCE, what=READING
        )
        return {oid: told for answer in answers for oid, told in answer}

    def _ask(
        self,
        function: Callable[[Batch], Answer],
        oids: Collection[str],
        *,
        size: int,
        what: str,
    ) -> tuple[list[Answer], dict[str, Reply]]:
        """Ask batch by batch; of one that fails, each blob by itself."""
        if self._is_little(oids):
            return [function(sorted(oids))], {}
        answers: list[Answer] = []
        lost: list[str] = []
        for batches in _waves(sorted(oids), size):
            outcomes = self._workers(function, batches, timeout_seconds=BATCH_SECONDS)
            for batch, outcome in zip(batches, outcomes, strict=True):
                if isinstance(outcome, Failure):
                    lost += batch
                else:
                    answers.append(outcome)
            self._watch(what, sum(map(len, batches)), len(oids))
        failed: dict[str, Reply] = {}
        single = self._workers(function, [[oid] for oid in lost], timeout_seconds=FILE_SECONDS)
        for oid, outcome in zip(lost, single, strict=True):
            if isinstance(outcome, Failure):
                failed[oid] = self._unread(oid, outcome)
            else:
                answers.append(outcome)
        return answers, failed

    def _is_little(self, oids: Collection[str]) -> bool:
        return len(oids) <= FEW and sum(self._objects.sizes(oids).values()) <= BYTES_HERE

    def _unread(self, oid: str, failure: Failure) -> Unread:
        """Say why a blob is unread; where git is to blame, let it say so: it may be mended."""
        if failure.cause is FailureCause.ERROR:
            list(self._objects.each([oid]))
        return failure.unread()


class FetchedBlobs:
    """Fulfils `checks.census.Blobs` in front of others that are asked about blobs at hand only."""

    def __init__(self, blobs: Blobs, repository: Repository) -> None:
        self._blobs = blobs
        self._repository = repository

    def sift(self, wanted: Filter, oids: Collection[str]) -> Collection[str]:
        """Bring what is missing, and return the blobs that the filter takes."""
        self._repository.prefetch(oids)
        return self._blobs.sift(wanted, oids)

    def sifted_facts(self, wanted: Filter, oids: Collection[str]) -> Mapping[str, Reply]:
        """Bring what is missing, and return the facts of the blobs that the filter takes."""
        self._repository.prefetch(oids)
        return self._blobs.sifted_facts(wanted, oids)

    def facts(self, oids: Collection[str]) -> Mapping[str, Reply]:
        """Bring what is missing, and return the facts of each blob."""
        self._repository.prefetch(oids)
        return self._blobs.facts(oids)

    def compiled(self, oids: Collection[str]) -> Mapping[str, Reply]:
        """Bring what is missing, and return what `compile()` says of each blob."""
        self._repository.prefetch(oids)
        return self._blobs.compiled(oids)

    def warnings(self, oids: Collection[str]) -> Mapping[str, bool | None]:
        """Bring what is missing, and return whether each module warns of itself."""
        self._repository.prefetch(oids)
        return self._blobs.warnings(oids)


def _share(oids: Collection[str]) -> int:
    """Tell of how many blobs one batch searches, and reads what it takes."""
    return min(SIFTED_AT_ONCE, max(READ_AT_ONCE, len(oids) // SHARES))


def _waves(oids: Sequence[str], size: int) -> Iterator[Sequence[Batch]]:
    batches = [oids[start : start + size] for start in range(0, len(oids), size)]
    for start in range(0, len(batches), BATCHES_AT_ONCE):
        yield batches[start : start + BATCHES_AT_ONCE]
