"""Explanations are made once at a time, and nobody waits long for one."""

from __future__ import annotations

import asyncio
from typing import TYPE_CHECKING

import pytest

from bot.domain.errors import TransientError
from bot.domain.jobs import Job, JobKind, RepositoryRef
from bot.domain.ports import Examination
from bot.services.examinations import KeptExaminations
from bot.web.explanations import WAITING, Explanations, NotYetError
from checks.model import Cause, Crash, Skipped
from tests.bot.domain.examples import analysis, config, pull

if TYPE_CHECKING:
    from bot.domain.pull import PullRequest
    from bot.services.explain import Explanation
    from checks.config import Config
    from checks.model import Analysis


def job(number: int = 1) -> Job:
    return Job(JobKind.REVIEW, 7, RepositoryRef(42, "acme", "shop"), number)


class Maker:
    """Makes nothing, as soon as it is let."""

    def __init__(self) -> None:
        self.made: list[int] = []
        self.may_end = asyncio.Event()
        self.failure: Exception | None = None

    async def __call__(self, job: Job) -> Explanation | None:
        self.made.append(job.number)
        await self.may_end.wait()
        if self.failure:
            raise self.failure
        return None


async def test_who_comes_meanwhile_waits_for_the_same_one() -> None:
    maker = Maker()
    explanations = Explanations(maker)
    visits = [asyncio.create_task(explanations.of(job())) for _ in range(3)]
    maker.may_end.set()

    assert await asyncio.gather(*visits) == [None, None, None]
    assert await explanations.of(job()) is None
    assert maker.made == [1]


async def test_nobody_waits_longer_than_is_decent_and_work_goes_on() -> None:
    maker = Maker()
    explanations = Explanations(maker, patience_seconds=0.01)
    with pytest.raises(NotYetError):
        await explanations.of(job())
    maker.may_end.set()
    async with asyncio.timeout(5):
        while True:
            try:
                await explanations.of(job())
                break
            except NotYetError:
                continue

    assert maker.made == [1]


async def test_failure_is_told_to_all_who_waited() -> None:
    maker = Maker()
    maker.failure = TransientError("away")
    maker.may_end.set()
    explanations = Explanations(maker)
    visits = [asyncio.create_task(explanations.of(job())) for _ in range(2)]

    found = await asyncio.gather(*visits, return_exceptions=True)
    assert [type(each) for each in found] == [TransientError, TransientError]


async def test_only_so_many_are_made_at_a_time_and_wait() -> None:
    maker = Maker()
    explanations = Explanations(maker, patience_seconds=0.001)
    for number in range(1, WAITING + 10):
        with pytest.raises(NotYetError):
            await explanations.of(job(number))

    assert maker.made == [1, 2]
    assert len(explanations.under_way) == WAITING
    await explanations.close()
    assert explanations.under_way == []


OURS = [
    analysis(crashes=(Crash("forbidden-import", "a.py", "MemoryError"),)),
    analysis(skipped=(Skipped("a.py", "git failed", Cause.SERVICE),)),
]


@pytest.mark.parametrize("first", OURS, ids=["crash", "git"])
async def test_examination_that_failed_for_our_fault_is_made_again(first: Analysis) -> None:
    made = [first, analysis()]

    async def examine(
        pull: PullRequest,
        *,
        merge_base: str | None,
        config: Config,
    ) -> Examination:
        return Examination(made.pop(0), {})

    kept = KeptExaminations(examine, clock=lambda: 0.0)
    found = [await kept(pull(), merge_base=None, config=config()) for _ in range(3)]
    assert [each.analysis for each in found] == [first, analysis(), analysis()]
