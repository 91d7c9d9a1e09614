"""Functions for a worker process: well-behaved and hostile ones."""

from __future__ import annotations

import os
import signal
import time
from pathlib import Path

from bot.bounds import Failure, FailureCause

SECONDS = 0.5
MEMORY_BYTES = 64 * 2**20
# What becomes of each item of `double_unless_hostile` that has so much time and memory.
FAILURES = [
    ("hang", Failure(FailureCause.TIMEOUT, "took longer than 0.5 seconds")),
    ("eat slowly", Failure(FailureCause.MEMORY, "needed more than 64 MiB of memory")),
    ("die", Failure(FailureCause.DIED, "crashed its worker process (exit code -9)")),
    ("raise", Failure(FailureCause.ERROR, "ValueError: no")),
]


def double(number: int) -> int:
    return 2 * number


def process_id(_item: int) -> int:
    return os.getpid()


def environment(_item: int) -> dict[str, str]:
    return dict(os.environ)


def note(path: str) -> None:
    time.sleep(0.01)
    with Path(path).open("a") as notes:
        notes.write(".")


def double_unless_hostile(item: int | str) -> int:
    match item:
        case "hang":
            while True:
                time.sleep(60)
        case "eat":
            return len(bytearray(2**40))
        case "eat slowly":
            eaten: list[bytes] = []
            while True:
                eaten.append(bytes(2**20))
        case "die":
            os.kill(os.getpid(), signal.SIGKILL)
        case "raise":
            raise ValueError("no")
        case "raise without pickle":
            raise _UnpicklableError(lambda: None)
    return 2 * int(item)


def unpicklable(item: int) -> object:
    return (lambda: None) if item == 3 else item


class _UnpicklableError(Exception):
    pass
