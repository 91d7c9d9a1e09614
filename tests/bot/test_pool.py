"""Worker processes that survive what they are given."""

from __future__ import annotations

import asyncio
import os
import signal
import sys
from typing import TYPE_CHECKING

import pytest
import pytest_asyncio

from bot.bounds import Failure, FailureCause
from bot.pool import AnalysisPool
from bot.settings import SECRETS, forget_secrets
from tests.bot import hostile

if TYPE_CHECKING:
    from collections.abc import AsyncIterator
    from pathlib import Path


@pytest_asyncio.fixture
async def pool() -> AsyncIterator[AnalysisPool]:
    pool = AnalysisPool(workers=2, memory_bytes=hostile.MEMORY_BYTES)
    yield pool
    await pool.close()


async def test_outcomes_come_in_the_order_of_the_items(pool: AnalysisPool) -> None:
    outcomes = await pool.map(hostile.double, range(1000), timeout_seconds=5)
    assert outcomes == [2 * number for number in range(1000)]


async def test_no_items_are_no_outcomes(pool: AnalysisPool) -> None:
    assert await pool.map(hostile.double, [], timeout_seconds=5) == []


async def test_function_runs_in_another_process(pool: AnalysisPool) -> None:
    (process_id,) = await pool.map(hostile.process_id, [1], timeout_seconds=5)
    assert process_id != os.getpid()


def _is_deaf_to_interrupts(_item: int) -> bool:
    return signal.SIGINT in signal.pthread_sigmask(signal.SIG_BLOCK, ())


async def test_worker_is_born_deaf_to_the_ctrl_c_that_ends_the_command(pool: AnalysisPool) -> None:
    """One that was still importing wrote a traceback into the terminal."""
    assert await pool.map(_is_deaf_to_interrupts, [1, 2], timeout_seconds=60) == [True, True]
    assert not _is_deaf_to_interrupts(0)


async def test_worker_inherits_no_secret(monkeypatch: pytest.MonkeyPatch) -> None:
    for name in SECRETS:
        monkeypatch.setenv(name, "s3cret")
    forget_secrets(os.environ)
    pool = AnalysisPool(workers=1)
    (inherited,) = await pool.map(hostile.environment, [1], timeout_seconds=5)
    await pool.close()
    assert isinstance(inherited, dict)
    assert "s3cret" not in inherited.values()


@pytest.mark.parametrize(
    ("item", "failure"),
    [*hostile.FAILURES, ("eat", Failure(FailureCause.MEMORY, "needed more than 64 MiB of memory"))],
)
async def test_hostile_item_fails_alone_among_those_it_shares_a_worker_with(
    pool: AnalysisPool, item: str, failure: Failure
) -> None:
    if sys.platform != "linux" and failure.cause is FailureCause.MEMORY:
        pytest.skip("only Linux bounds the memory of a process")
    items: list[int | str] = [*range(40), item, *range(40, 60)]
    outcomes = await pool.map(hostile.double_unless_hostile, items, timeout_seconds=hostile.SECONDS)
    assert outcomes[40] == failure
    assert outcomes[:40] + outcomes[41:] == [2 * number for number in range(60)]


async def test_result_that_cannot_be_sent_back_fails_alone(pool: AnalysisPool) -> None:
    outcomes = await pool.map(hostile.unpicklable, range(40), timeout_seconds=5)
    (failure,) = [outcome for outcome in outcomes if isinstance(outcome, Failure)]
    assert outcomes.index(failure) == 3


async def test_error_that_cannot_be_sent_back_is_told_all_the_same(pool: AnalysisPool) -> None:
    (failure,) = await pool.map(
        hostile.double_unless_hostile, ["raise without pickle"], timeout_seconds=5
    )
    assert isinstance(failure, Failure)
    assert failure.cause is FailureCause.ERROR


async def test_pool_goes_on_after_a_cancelled_map(pool: AnalysisPool) -> None:
    hanging = asyncio.create_task(
        pool.map(hostile.double_unless_hostile, ["hang"] * 4, timeout_seconds=60)
    )
    assert await pool.map(hostile.double, [], timeout_seconds=5) == []
    hanging.cancel()
    with pytest.raises(asyncio.CancelledError):
        await hanging
    assert await pool.map(hostile.double, [1, 2], timeout_seconds=5) == [2, 4]


async def test_small_job_takes_its_turn_before_all_of_a_large_one_is_done(
    pool: AnalysisPool, tmp_path: Path
) -> None:
    notes = tmp_path / "notes"
    large = asyncio.create_task(pool.map(hostile.note, [str(notes)] * 40, timeout_seconds=30))
    await asyncio.sleep(0)
    await pool.map(hostile.double, [1], timeout_seconds=30)
    assert notes.stat().st_size <= 30
    await large
    assert notes.stat().st_size == 40


async def test_busy_workers_end_when_the_service_is_killed() -> None:
    service = await asyncio.create_subprocess_exec(
        sys.executable,
        "-m",
        "tests.bot.hanging_pool",
        stdout=asyncio.subprocess.PIPE,
        stderr=asyncio.subprocess.DEVNULL,
    )
    assert service.stdout is not None
    assert await service.stdout.readline() == b"busy\n"
    service.kill()
    await service.wait()
    # The workers hold the other end as long as they live.
    async with asyncio.timeout(10):
        assert await service.stdout.read() == b""
