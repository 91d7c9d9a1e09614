"""What there is to know of a repository's blobs: asked in batches, in workers when many."""

from __future__ import annotations

import sys
from functools import partial
from typing import TYPE_CHECKING, TypeVar

from bot.git import bulk
from bot.pool import Failure, FailureCause
from checks.limits import FILE_SECONDS
from checks.model import Cause
from checks.reading import Compiled, Unread

if TYPE_CHECKING:
    from collections.abc import Callable, Collection, Iterator, Mapping, Sequence
    from typing import Protocol

    from bot.git.objects import Objects
    from bot.git.snapshot import Repository
    from checks.census import Blobs
    from checks.needles import Filter
    from checks.reading import Reply

    Batch = Sequence[str]

    class Workers(Protocol):
        """Runs a function on each batch, in worker processes."""

        def __call__(
            self,
            function: Callable[[Batch], Answer],
            batches: Sequence[Batch],
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
# Starting the workers costs about as much as reading so many.
FEW = 50
# What a person waits for between two steps of the progress.
BATCHES_AT_ONCE = 64
BATCH_SECONDS = 12 * FILE_SECONDS

UNREAD = "reading it {message}"
SEARCHING, READING, COMPILING = "searching", "reading", "compiling"


class GitBlobs:
    """Fulfils `checks.census.Blobs`; a blob that takes too much time or memory is unread."""

    def __init__(self, objects: Objects, workers: Workers, *, watch: Watch) -> None:
        self._objects = objects
        self._workers = workers
        self._watch = watch

    def sift(self, wanted: Filter, oids: Collection[str]) -> Collection[str]:
        """Return the blobs that the filter takes, and those that nobody could search."""
        answers, failed = self._ask(
            partial(bulk.sift, self._objects, wanted), oids, size=SIFTED_AT_ONCE, what=SEARCHING
        )
        return [*(oid for answer in answers for oid in answer), *failed]

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
        if len(oids) <= FEW:
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
                failed[oid] = _unread(outcome)
            else:
                answers.append(outcome)
        return answers, failed


class FetchedBlobs:
    """Fulfils `checks.census.Blobs` in front of others that are asked about blobs at hand only."""

    def __init__(self, blobs: Blobs, repository: Repository) -> None:
        self._blobs = blobs
        self._repository = repository

    def sift(self, wanted: Filter, oids: Collection[str]) -> Collection[str]:
        """Bring what is missing, and return the blobs that the filter takes."""
        self._repository.prefetch(oids)
        return self._blobs.sift(wanted, oids)

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


def _waves(oids: Sequence[str], size: int) -> Iterator[Sequence[Batch]]:
    batches = [oids[start : start + size] for start in range(0, len(oids), size)]
    for start in range(0, len(batches), BATCHES_AT_ONCE):
        yield batches[start : start + BATCHES_AT_ONCE]


def _unread(failure: Failure) -> Unread:
    cause = Cause.SERVICE if failure.cause is FailureCause.ERROR else Cause.CHANGE
    return Unread(UNREAD.format(message=failure.message), cause)
