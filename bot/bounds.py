"""What a process that works on strangers' items may use, and what comes of one that uses more."""

from __future__ import annotations

import os
import resource
import signal
from contextlib import contextmanager
from dataclasses import dataclass
from enum import StrEnum
from pathlib import Path
from typing import TYPE_CHECKING, TypeVar

from checks.model import Cause
from checks.reading import Unread

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

Item = TypeVar("Item")
Result = TypeVar("Result")

# So many of them work at a time.
CORES = os.cpu_count() or 1

TIMED_OUT = "took longer than {seconds:g} seconds"
OUT_OF_MEMORY = "needed more than {megabytes} MiB of memory"
DIED = "crashed its worker process (exit code {code})"
UNREAD = "reading it {message}"


class FailureCause(StrEnum):
    """What a single item did to its worker."""

    TIMEOUT = "timeout"
    MEMORY = "memory"
    DIED = "died"
    ERROR = "error"  # the function raised: a bug of ours


@dataclass(frozen=True, slots=True)
class Failure:
    """The outcome of one item that has no result; `message` continues a sentence about it."""

    cause: FailureCause
    message: str

    @classmethod
    def timed_out(cls, seconds: float) -> Failure:
        """Tell that an item took too long."""
        return cls(FailureCause.TIMEOUT, TIMED_OUT.format(seconds=seconds))

    @classmethod
    def died(cls, exit_code: int) -> Failure:
        """Tell that an item ended its process; the code is negative for a signal."""
        return cls(FailureCause.DIED, DIED.format(code=exit_code))

    @classmethod
    def raised(cls, error: Exception, *, memory_bytes: int) -> Failure:
        """Tell what an item raised."""
        if isinstance(error, MemoryError):
            megabytes = memory_bytes // (1024 * 1024)
            return cls(FailureCause.MEMORY, OUT_OF_MEMORY.format(megabytes=megabytes))
        return cls(FailureCause.ERROR, f"{type(error).__name__}: {error}")

    def unread(self) -> Unread:
        """Say of a blob that could not be read why, and whose doing that is."""
        cause = Cause.SERVICE if self.cause is FailureCause.ERROR else Cause.CHANGE
        return Unread(UNREAD.format(message=self.message), cause)


def outcome_of(
    function: Callable[[Item], Result], item: Item, *, memory_bytes: int
) -> Result | Failure:
    """Run in a worker: what one item raises is its outcome."""
    try:
        return function(item)
    except Exception as error:  # any of them is this item's alone
        return Failure.raised(error, memory_bytes=memory_bytes)


def limit_memory(memory_bytes: int) -> None:
    """Bound the address space of a process: what it has mapped now, and this more.

    One that may use less already goes on with that.
    """
    statm = Path("/proc/self/statm")
    if not statm.exists():  # macOS knows RLIMIT_AS and does not enforce it
        return
    mapped_bytes = int(statm.read_text().split()[0]) * resource.getpagesize()
    limit = mapped_bytes + memory_bytes
    _, most = resource.getrlimit(resource.RLIMIT_AS)
    if most == resource.RLIM_INFINITY or limit < most:
        resource.setrlimit(resource.RLIMIT_AS, (limit, limit))


@contextmanager
def interrupts_held(*others: signal.Signals) -> Iterator[None]:
    """Let threads and processes that start meanwhile be deaf to Ctrl-C, which comes afterwards.

    So do the `others`.
    """
    held = signal.pthread_sigmask(signal.SIG_BLOCK, {signal.SIGINT, *others})
    try:
        yield
    finally:
        signal.pthread_sigmask(signal.SIG_SETMASK, held)
