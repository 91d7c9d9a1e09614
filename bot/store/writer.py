"""The one thread that talks to SQLite: what is asked for at the same time is one transaction."""

from __future__ import annotations

import asyncio
import queue
import sqlite3
import threading
from collections.abc import Callable
from contextlib import suppress
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, TypeVar

from bot.domain.errors import StoreError

if TYPE_CHECKING:
    from pathlib import Path

Result = TypeVar("Result")
Operation = Callable[[sqlite3.Connection], Result]

# One fsync serves all of them; more would only make the first one wait longer.
BATCH = 256
# While SQLite moves its log into the database, by default every 1,000 pages, all that is submitted
# waits, up to 80 ms: of a burst, one delivery in fifty. 8,000 pages are a log of 32 MB.
PRAGMAS = (
    *("journal_mode=wal", "synchronous=full", "foreign_keys=on", "busy_timeout=5000"),
    "wal_autocheckpoint=8000",
)
UNUSABLE = "The database {path} cannot be used: {error}."
CLOSED = "The database is closed."


@dataclass(frozen=True, slots=True)
class _Request:
    operation: Operation[Any]
    future: asyncio.Future[Any]


@dataclass(frozen=True, slots=True)
class _Answer:
    future: asyncio.Future[Any]
    result: Any = None
    error: Exception | None = None

    def deliver(self) -> None:
        """Wake the asker, unless it went away."""
        if self.future.cancelled():
            return
        if self.error is None:
            self.future.set_result(self.result)
        else:
            self.future.set_exception(self.error)


class Writer:
    """Runs operations one after the other on its own thread; each is durable when it returns.

    A failed operation changes nothing and fails alone; a failed commit fails all that shared it.
    """

    def __init__(self, path: Path, prepare: Operation[None]) -> None:
        """Open the database and let `prepare` bring it into shape before anything else runs."""
        self._path = path
        self._requests: queue.SimpleQueue[_Request | None] = queue.SimpleQueue()
        try:
            self._connection = _connect(path)
            prepare(self._connection)
        except sqlite3.Error as error:
            raise StoreError(UNUSABLE.format(path=path, error=error)) from error
        self._thread = threading.Thread(target=self._serve, name="store", daemon=True)
        self._thread.start()

    async def submit(self, operation: Operation[Result]) -> Result:
        """Run an operation inside a transaction and wait until that is on disk."""
        if not self._thread.is_alive():
            raise StoreError(CLOSED)
        future: asyncio.Future[Result] = asyncio.get_running_loop().create_future()
        self._requests.put(_Request(operation, future))
        try:
            return await future
        except sqlite3.Error as error:
            raise StoreError(UNUSABLE.format(path=self._path, error=error)) from error

    async def close(self) -> None:
        """Finish what was submitted, then end the thread and close the database."""
        self._requests.put(None)
        await asyncio.to_thread(self._thread.join)

    def _serve(self) -> None:
        while (first := self._requests.get()) is not None:
            batch, ends = self._gathered(first)
            _announce(self._commit(batch))
            if ends:
                break
        self._connection.close()

    def _gathered(self, first: _Request) -> tuple[list[_Request], bool]:
        """Take what else waits; the flag tells that the end was asked for."""
        batch = [first]
        with suppress(queue.Empty):
            while len(batch) < BATCH:
                request = self._requests.get_nowait()
                if request is None:
                    return batch, True
                batch.append(request)
        return batch, False

    def _commit(self, batch: list[_Request]) -> list[_Answer]:
        try:
            self._connection.execute("begin immediate")
            answers = [self._answer(request) for request in batch]
            self._connection.execute("commit")
        except sqlite3.Error as error:
            # SQLite has rolled back by itself already after, for one, a full disk.
            if self._connection.in_transaction:
                self._connection.execute("rollback")
            return [_Answer(request.future, error=error) for request in batch]
        return answers

    def _answer(self, request: _Request) -> _Answer:
        """Run one operation; its error undoes it alone, unless SQLite gave up the transaction."""
        self._connection.execute("savepoint operation")
        try:
            result = request.operation(self._connection)
        except Exception as error:  # the asker gets it, whatever it is
            self._connection.execute("rollback to operation")
            self._connection.execute("release operation")
            return _Answer(request.future, error=error)
        self._connection.execute("release operation")
        return _Answer(request.future, result)


def _connect(path: Path) -> sqlite3.Connection:
    connection = sqlite3.connect(path, isolation_level=None, check_same_thread=False)
    for pragma in PRAGMAS:
        connection.execute(f"pragma {pragma}").fetchall()
    return connection


def _announce(answers: list[_Answer]) -> None:
    """Hand the answers to the event loop of the askers, all in one call."""
    # The loop is gone when the service ended in the middle; the work is on disk all the same.
    with suppress(RuntimeError):
        answers[0].future.get_loop().call_soon_threadsafe(_deliver, answers)


def _deliver(answers: list[_Answer]) -> None:
    for answer in answers:
        answer.deliver()
