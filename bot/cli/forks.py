"""Worker processes of a command: forked for one question, each item bounded in time and memory.

A fork starts a hundred times as fast as an interpreter that reads files, and has in its memory what
it is asked about. The service, which has threads, spawns its workers instead (`bot.pool`).
"""

from __future__ import annotations

import gc
import os
import pickle
import signal
from contextlib import ExitStack, suppress
from functools import partial
from io import BufferedReader, BufferedWriter, FileIO
from itertools import islice
from selectors import EVENT_READ, DefaultSelector
from typing import TYPE_CHECKING, Self, TypeVar

from bot.bounds import CORES, Failure, interrupts_held, limit_memory, outcome_of
from checks.limits import FILE_MEMORY_BYTES

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence
    from typing import Any

    Answer = Callable[[int], bytes]

Item = TypeVar("Item")
Result = TypeVar("Result")

NUMBER_BYTES = 4


def run(
    function: Callable[[Item], Result],
    items: Sequence[Item],
    *,
    timeout_seconds: float,
    memory_bytes: int = FILE_MEMORY_BYTES,
    weight: Callable[[Item], int] = lambda _: 0,
) -> list[Result | Failure]:
    """Return one outcome per item, in order; an item that fails fails alone.

    Results can be pickled. The items with the most `weight` are begun first. Each is bounded by
    `timeout_seconds`, and by `memory_bytes` beyond what this process uses. No other thread may run
    here meanwhile.
    """
    # Ignored, as the command's parent may have left it, nobody would hear how a worker ended.
    signal.signal(signal.SIGCHLD, signal.SIG_DFL)
    outcomes: dict[int, Result | Failure] = {}
    numbers = iter(sorted(range(len(items)), key=lambda number: -weight(items[number])))
    answer = partial(_answer, function, items, memory_bytes=memory_bytes)
    with DefaultSelector() as selector, ExitStack() as stack:

        def begin(number: int) -> None:
            fork = stack.enter_context(
                _Fork(answer, seconds=timeout_seconds, memory_bytes=memory_bytes)
            )
            selector.register(fork.answers, EVENT_READ, fork)
            fork.ask(number)

        for number in islice(numbers, CORES):
            begin(number)
        while len(outcomes) < len(items):
            for key, _ in selector.select():
                fork: _Fork = key.data
                outcomes[fork.number] = fork.outcome()
                following = next(numbers, None)
                if following is None or fork.has_ended:
                    selector.unregister(fork.answers)
                if fork.has_ended:
                    fork.close()
                if following is not None:
                    (begin if fork.has_ended else fork.ask)(following)
    return [outcomes[number] for number in range(len(items))]


def _answer(
    function: Callable[[Item], Result], items: Sequence[Item], number: int, *, memory_bytes: int
) -> bytes:
    told = outcome_of(function, items[number], memory_bytes=memory_bytes)
    try:
        return pickle.dumps(told)
    except Exception as error:  # whatever a result that cannot be sent raises is its item's alone
        return pickle.dumps(Failure.raised(error, memory_bytes=memory_bytes))


class _Fork:
    """One worker: told the `number` of an item, it sends `answers`, until it has ended."""

    def __init__(self, answer: Answer, *, seconds: float, memory_bytes: int) -> None:
        self.number = -1
        self.has_ended = False
        self._seconds = seconds
        requests, self._requests = _pipe()
        self.answers, answers = _pipe()
        # What the command does at its end is not the worker's to do: it ends without a word.
        with interrupts_held(signal.SIGTERM):
            self._process_id = os.fork()
            if self._process_id == 0:
                try:
                    self._requests.close()
                    self.answers.close()
                    signal.signal(signal.SIGINT, signal.SIG_IGN)
                    for number in (signal.SIGALRM, signal.SIGTERM):
                        signal.signal(number, signal.SIG_DFL)
                    signal.pthread_sigmask(signal.SIG_UNBLOCK, {signal.SIGALRM, signal.SIGTERM})
                    gc.disable()  # it would copy the memory that is shared
                    limit_memory(memory_bytes)
                    _work(answer, requests, answers, seconds=seconds)
                finally:
                    os._exit(1)
        requests.close()
        answers.close()

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        """End it at once, whatever it does."""
        self.close()
        if not self.has_ended:
            os.kill(self._process_id, signal.SIGKILL)
            os.waitpid(self._process_id, 0)

    def close(self) -> None:
        """Ask and hear no more."""
        self._requests.close()
        self.answers.close()

    def ask(self, number: int) -> None:
        """Have it work on an item."""
        self.number = number
        with suppress(BrokenPipeError):  # then its answers have ended, too
            self._requests.write(number.to_bytes(NUMBER_BYTES, "big"))

    def outcome(self) -> Any:
        """Wait for what comes of the item."""
        try:
            return pickle.load(self.answers)  # noqa: S301 - from a process of our own
        except (EOFError, pickle.UnpicklingError):
            self.has_ended = True
            _, status = os.waitpid(self._process_id, 0)
            code = os.waitstatus_to_exitcode(status)
            if code == -signal.SIGALRM:
                return Failure.timed_out(self._seconds)
            return Failure.died(code)


def _work(answer: Answer, requests: BufferedReader, answers: FileIO, *, seconds: float) -> None:
    """Answer until nobody asks any more; the alarm ends a process that is late."""
    output = BufferedWriter(answers)  # which writes all, however little a pipe takes at once
    while number := requests.read(NUMBER_BYTES):
        signal.setitimer(signal.ITIMER_REAL, seconds)
        told = answer(int.from_bytes(number, "big"))
        signal.setitimer(signal.ITIMER_REAL, 0)
        output.write(told)
        output.flush()


def _pipe() -> tuple[BufferedReader, FileIO]:
    reading, writing = os.pipe()
    return BufferedReader(FileIO(reading)), FileIO(writing, "w")
