"""When a job runs again."""

from __future__ import annotations

import pytest

from bot.domain.errors import NotBeforeError, SupersededError, TransientError
from bot.domain.retry import (
    GiveUp,
    HoldInstallation,
    RetryPolicy,
    RunAnew,
    RunLater,
    RunLimits,
    sequel,
)

POLICY = RetryPolicy()


@pytest.mark.parametrize(("attempt", "seconds"), [(1, 2), (2, 4), (7, 128)])
def test_delay_doubles_with_each_attempt(attempt: int, seconds: int) -> None:
    assert POLICY.delay_seconds(attempt, chance=0.5) == pytest.approx(seconds)


@pytest.mark.parametrize(("chance", "seconds"), [(0.0, 6.4), (0.5, 8.0), (0.999999, 9.6)])
def test_delay_is_spread_by_a_fifth_to_both_sides(chance: float, seconds: float) -> None:
    assert POLICY.delay_seconds(3, chance=chance) == pytest.approx(seconds, abs=0.001)


def test_delay_never_exceeds_a_quarter_of_an_hour() -> None:
    assert POLICY.delay_seconds(12, chance=0.9) == 900


@pytest.mark.parametrize("error", [TransientError("down"), ValueError("bug"), TimeoutError()])
def test_every_ordinary_error_is_retried_until_the_eighth_attempt(error: Exception) -> None:
    assert sequel(error, 7, policy=POLICY, chance=0.5) == RunLater(128.0)
    assert sequel(error, 8, policy=POLICY, chance=0.5) == GiveUp()


def test_superseded_job_runs_anew_however_often() -> None:
    assert sequel(SupersededError("b" * 40), 99, policy=POLICY, chance=0.5) == RunAnew("b" * 40)


def test_not_before_holds_the_installation_however_often() -> None:
    error = NotBeforeError(123.0, "rate limit")
    assert sequel(error, 99, policy=POLICY, chance=0.5) == HoldInstallation(123.0)


@pytest.mark.parametrize(("workers", "share"), [(1, 1), (2, 1), (5, 2), (8, 4)])
def test_share_of_an_installation_is_half_of_the_workers_and_at_least_one(
    workers: int, share: int
) -> None:
    assert RunLimits(workers=workers).share == share
