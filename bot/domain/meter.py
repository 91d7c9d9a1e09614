"""What is measured while the service works: told where it happens, counted somewhere else."""

from __future__ import annotations

import time
from contextlib import contextmanager
from enum import StrEnum
from typing import TYPE_CHECKING, Protocol

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from bot.domain.jobs import JobKind


class DeliveryOutcome(StrEnum):
    """What became of a delivery."""

    STORED = "stored"
    KNOWN = "known"
    NOTHING_TO_DO = "nothing_to_do"
    REFUSED = "refused"
    NOT_STORED = "not_stored"


class JobOutcome(StrEnum):
    """How a run of a job ended; one that failed, was superseded or held is run again."""

    DONE = "done"
    DROPPED = "dropped"  # the installation is gone
    SUPERSEDED = "superseded"  # head or base moved meanwhile
    HELD = "held"  # GitHub said when to come back
    STOPPED = "stopped"  # by the service's end, or by the time limit
    FAILED = "failed"


class Stage(StrEnum):
    """What a review waits for, besides GitHub's API."""

    CAPTURE = "capture"  # git tells what changed
    EXAMINE = "examine"  # contents are brought, read and judged


class FetchOutcome(StrEnum):
    """How a fetch from a git server ended; most that failed are tried again in another way."""

    DONE = "done"
    REFUSED = "refused"  # the token
    UNKNOWN = "unknown_object"  # the server does not have it, or not yet
    DAMAGED = "damaged"  # the mirror
    LIMITED = "limited"  # by our bounds of memory and size
    SLOW = "slow"
    FAILED = "failed"


class Cache(StrEnum):
    """What is kept so that it need not be asked or computed again."""

    FACTS = "facts"
    SIFTED = "sifted"
    COMPILED = "compiled"
    TOKENS = "tokens"
    CONFIGS = "configs"


class Kept(StrEnum):
    """What lies in a data folder and can be made anew."""

    MIRRORS = "mirrors"  # what git fetched
    FACTS = "facts"  # what the files of default branches hold
    CENSUSES = "censuses"  # with the history of each
    ADDITIONS = "additions"  # what open pull requests define


class Parting(StrEnum):
    """Why something kept was let go."""

    IDLE = "idle"
    ROOM = "room"


class Meter(Protocol):
    """Takes measurements, from any thread; it raises nothing and waits for nothing."""

    def delivery(self, event: str, outcome: DeliveryOutcome) -> None:
        """Count a delivery; `event` is GitHub's name, of those that a handler listens to."""
        ...

    def job(self, kind: JobKind, outcome: JobOutcome, *, seconds: float) -> None:
        """Count a run of a job and its time."""
        ...

    def stage(self, stage: Stage, *, seconds: float) -> None:
        """Note how long a stage of an examination took."""
        ...

    def finding(self, rule: str) -> None:
        """Count a new finding, each time that its change is examined."""
        ...

    def request(self, status: int, *, seconds: float) -> None:
        """Count an API request and its time by the status of its answer, 0 for none."""
        ...

    def quota(self, installation_id: int, resource: str, *, remaining: int) -> None:
        """Note how many requests GitHub still answers an installation in this hour."""
        ...

    def fetch(self, outcome: FetchOutcome, *, seconds: float, size_bytes: int) -> None:
        """Count a fetch from a git server, its time, and what it brought."""
        ...

    def lookups(self, cache: Cache, *, hits: int, misses: int) -> None:
        """Count what was found in a cache, and what was not."""
        ...

    def held(self, sizes: Mapping[Kept, int], *, most_bytes: int) -> None:
        """Note how many bytes are kept on disk, and how many may be."""
        ...

    def dropped(self, kept: Kept, why: Parting) -> None:
        """Count something kept that was let go."""
        ...


@contextmanager
def timed(meter: Meter, stage: Stage) -> Iterator[None]:
    """Measure the block as one stage, when it ends well."""
    started = time.monotonic()
    yield
    meter.stage(stage, seconds=time.monotonic() - started)


class Unmeasured:
    """A meter that forgets everything at once."""

    def delivery(self, event: str, outcome: DeliveryOutcome) -> None:
        """Count nothing."""

    def job(self, kind: JobKind, outcome: JobOutcome, *, seconds: float) -> None:
        """Count nothing."""

    def stage(self, stage: Stage, *, seconds: float) -> None:
        """Note nothing."""

    def finding(self, rule: str) -> None:
        """Count nothing."""

    def request(self, status: int, *, seconds: float) -> None:
        """Count nothing."""

    def quota(self, installation_id: int, resource: str, *, remaining: int) -> None:
        """Note nothing."""

    def fetch(self, outcome: FetchOutcome, *, seconds: float, size_bytes: int) -> None:
        """Count nothing."""

    def lookups(self, cache: Cache, *, hits: int, misses: int) -> None:
        """Count nothing."""

    def held(self, sizes: Mapping[Kept, int], *, most_bytes: int) -> None:
        """Note nothing."""

    def dropped(self, kept: Kept, why: Parting) -> None:
        """Count nothing."""


UNMEASURED: Meter = Unmeasured()
