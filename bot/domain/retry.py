"""How jobs are run: how many, how long, and what follows when one ends with an error."""

from __future__ import annotations

from dataclasses import dataclass, field

from bot.domain.errors import NotBeforeError, SupersededError

# A worker that was silent for so long is taken for dead: longer than the grace that a stopping one
# gives its jobs, because it is silent then.
LOST_SECONDS = 30.0


@dataclass(frozen=True, slots=True)
class RetryPolicy:
    """Backoff of 2^n units of time, spread by chance so that what failed together parts."""

    attempts: int = 8
    unit_seconds: float = 1.0
    cap_seconds: float = 15 * 60.0
    spread: float = 0.2

    def delay_seconds(self, attempt: int, *, chance: float) -> float:
        """Tell how long to wait after failed attempt 1, 2, …; `chance` lies in [0, 1)."""
        factor = 1 + self.spread * (2 * chance - 1)
        return min(self.cap_seconds, self.unit_seconds * 2.0**attempt * factor)


@dataclass(frozen=True, slots=True)
class RunLimits:
    """How many jobs run at a time, for how long, and how often they are tried."""

    workers: int = 8
    job_timeout_seconds: float = 15 * 60.0
    retry: RetryPolicy = field(default_factory=RetryPolicy)

    @property
    def share(self) -> int:
        """How many workers one installation may keep busy: half of them."""
        return max(1, self.workers // 2)


@dataclass(frozen=True, slots=True)
class RunLater:
    """Run again after a delay; the attempt counts."""

    delay_seconds: float


@dataclass(frozen=True, slots=True)
class RunAnew:
    """Run again at once on the head that stands now; no attempt counts."""

    head_sha: str


@dataclass(frozen=True, slots=True)
class HoldInstallation:
    """Run nothing of the whole installation before this Unix time; no attempt counts."""

    not_before: float


@dataclass(frozen=True, slots=True)
class GiveUp:
    """Keep the job as failed, for a person to look at and to replay."""


Sequel = RunLater | RunAnew | HoldInstallation | GiveUp


def sequel(error: BaseException, attempt: int, *, policy: RetryPolicy, chance: float) -> Sequel:
    """Decide what follows on the error of attempt 1, 2, …; `chance` lies in [0, 1).

    Every other error is retried, a bug of ours too: jobs may run twice, and the next release or
    the next state of GitHub may carry it.
    """
    if isinstance(error, SupersededError):
        return RunAnew(error.head_sha)
    if isinstance(error, NotBeforeError):
        return HoldInstallation(error.not_before)
    if attempt >= policy.attempts:
        return GiveUp()
    return RunLater(policy.delay_seconds(attempt, chance=chance))
