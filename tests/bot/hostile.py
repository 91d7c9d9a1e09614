"""Functions for a worker process: well-behaved and hostile ones."""

from __future__ import annotations

import os
import signal
import time
from pathlib import Path


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
