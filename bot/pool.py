"""Worker processes for what strangers wrote: a hostile item costs one worker, not the service."""

from __future__ import annotations

import asyncio
import multiprocessing
import os
import threading
from multiprocessing import resource_tracker
from typing import TYPE_CHECKING, TypeVar

from pebble import ProcessExpired, ProcessPool

from bot.bounds import Failure, interrupts_held, limit_memory, outcome_of
from checks.limits import FILE_MEMORY_BYTES

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

Item = TypeVar("Item")
Result = TypeVar("Result")

# A hop to a worker and back costs about as much as the analysis of a small file.
CHUNK_ITEMS = 32
# With few chunks one worker reads the last of them while the others wait.
CHUNKS_PER_WORKER = 8
# Enough to keep the workers busy, and no more: so that large and small jobs take turns.
QUEUED_PER_WORKER = 2


class AnalysisPool:
    """Runs a function on many items in spawned processes, each bounded in time and memory.

    `memory_bytes` is what a worker may use beyond the interpreter itself. Workers start with the
    first `map` and end with `close`, or when the service dies.
    """

    def __init__(self, *, workers: int, memory_bytes: int = FILE_MEMORY_BYTES) -> None:
        self._workers = workers
        self._memory_bytes = memory_bytes
        self._pool = ProcessPool(
            max_workers=workers,
            initializer=_prepare_worker,
            initargs=(memory_bytes,),
            # Not `fork`: the service has threads, connections and the lock of the database.
            context=multiprocessing.get_context("spawn"),
        )

    async def map(
        self,
        function: Callable[[Item], Result],
        items: Sequence[Item],
        *,
        timeout_seconds: float,
    ) -> list[Result | Failure]:
        """Return one outcome per item, in order; an item that fails fails alone.

        `function` is importable from the top level of its module; it, the items and the results
        can be pickled. Items share a call; when that fails, each of them is tried by itself.
        """
        queued = asyncio.Semaphore(self._workers * QUEUED_PER_WORKER)

        async def outcomes(chunk: Sequence[Item]) -> list[Result | Failure]:
            async with queued:
                return await self._outcomes(function, chunk, timeout_seconds=timeout_seconds)

        async with asyncio.TaskGroup() as group:
            tasks = [group.create_task(outcomes(chunk)) for chunk in self._chunks(items)]
        return [outcome for task in tasks for outcome in task.result()]

    async def close(self) -> None:
        """End the workers at once, whatever they do."""
        self._pool.stop()  # type: ignore[no-untyped-call]  # pebble leaves it bare
        await asyncio.to_thread(self._pool.join)

    def _chunks(self, items: Sequence[Item]) -> list[Sequence[Item]]:
        share = len(items) // (self._workers * CHUNKS_PER_WORKER)
        size = min(CHUNK_ITEMS, max(1, share))
        return [items[start : start + size] for start in range(0, len(items), size)]

    async def _outcomes(
        self,
        function: Callable[[Item], Result],
        chunk: Sequence[Item],
        *,
        timeout_seconds: float,
    ) -> list[Result | Failure]:
        # It unblocks the signal when it starts: https://github.com/python/cpython/blob/3.11/Lib/multiprocessing/resource_tracker.py
        resource_tracker.ensure_running()
        # The first call starts the workers. Pebble's ignore Ctrl-C once they have imported what
        # they need; until then they would write tracebacks.
        with interrupts_held():
            future = self._pool.schedule(
                _apply, args=(function, chunk, self._memory_bytes), timeout=timeout_seconds
            )
        try:
            return await asyncio.wrap_future(future)
        except Exception as error:  # the one that is to blame is found below
            if len(chunk) == 1:
                return [self._failure(error, timeout_seconds)]
        return [
            outcome
            for item in chunk
            for outcome in await self._outcomes(function, [item], timeout_seconds=timeout_seconds)
        ]

    def _failure(self, error: Exception, timeout_seconds: float) -> Failure:
        match error:
            case TimeoutError():
                return Failure.timed_out(timeout_seconds)
            case ProcessExpired():
                return Failure.died(error.exitcode)
            case _:
                return Failure.raised(error, memory_bytes=self._memory_bytes)


def _prepare_worker(memory_bytes: int) -> None:
    threading.Thread(target=_end_with_the_service, daemon=True).start()
    limit_memory(memory_bytes)


def _end_with_the_service() -> None:
    """Leave no worker behind that is busy, and so would not notice, when the service is killed."""
    service = multiprocessing.parent_process()
    assert service is not None
    service.join()
    os._exit(1)


def _apply(
    function: Callable[[Item], Result], items: Sequence[Item], memory_bytes: int
) -> list[Result | Failure]:
    return [outcome_of(function, item, memory_bytes=memory_bytes) for item in items]
