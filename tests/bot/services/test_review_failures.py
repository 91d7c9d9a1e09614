"""What goes wrong during a review: nobody is blocked by our mistakes, and nobody let through."""

from __future__ import annotations

import asyncio
from dataclasses import replace
from typing import TYPE_CHECKING

import pytest

from bot.domain.errors import (
    GoneError,
    NotBeforeError,
    TransientError,
    UserError,
)
from bot.domain.jobs import Job, JobKind, RepositoryRef
from bot.domain.pull import (
    NO_CONFIG,
    CheckRun,
    PullState,
)
from bot.services.review import review
from checks.model import Cause, Skipped
from tests.bot.domain.examples import analysis, finding, pull
from tests.bot.services.memory import MemoryGitHub

if TYPE_CHECKING:
    from bot.domain.ports import Examination
    from bot.domain.pull import PullRequest

JOB = Job(JobKind.REVIEW, 7, RepositoryRef(42, "octo", "shop"), 12)


async def test_what_the_repository_can_mend_is_said_on_the_pull_request() -> None:
    github = MemoryGitHub(pull(), UserError("base and head have no commit in common"))

    await review(JOB, github.ports)

    assert github.writes == ["start", "complete action_required"]
    assert "base and head have no commit in common" in github.reports[0].summary


async def test_an_installation_that_is_gone_is_not_written_to() -> None:
    github = MemoryGitHub(pull(), GoneError("suspended"))

    with pytest.raises(GoneError):
        await review(JOB, github.ports)

    assert github.writes == ["start"]


@pytest.mark.parametrize("error", [KeyError("bug"), TransientError("git is away")])
async def test_our_own_failure_blocks_nobody_and_is_retried(error: Exception) -> None:
    github = MemoryGitHub(pull(), error)

    with pytest.raises(type(error)):
        await review(JOB, github.ports)

    assert github.writes == ["start", "complete neutral"]
    assert "went wrong in ssot" in github.reports[0].summary


async def test_after_our_failure_the_retry_gives_the_verdict() -> None:
    github = MemoryGitHub(pull(), KeyError("bug"))
    with pytest.raises(KeyError):
        await review(JOB, github.ports)
    github.analysed = analysis(finding())

    await review(JOB, github.ports)

    assert github.writes[-2:] == ["review 1", "complete failure"]


async def test_a_rate_limit_leaves_the_run_in_progress_for_the_same_job() -> None:
    github = MemoryGitHub(pull(), NotBeforeError(99.0, "secondary rate limit"))

    with pytest.raises(NotBeforeError):
        await review(JOB, github.ports)

    assert github.writes == ["start"]


async def test_a_failure_while_saying_so_does_not_hide_the_first_one() -> None:
    github = MemoryGitHub(pull(), KeyError("bug"))

    ports = replace(github.ports, checks=_Refusing(github))

    with pytest.raises(KeyError) as raised:
        await review(JOB, ports)

    assert raised.value.__notes__ == ["and the check run could not be completed: GitHub is away"]


async def test_a_finding_still_blocks_when_its_review_cannot_be_posted() -> None:
    github = MemoryGitHub(pull(), analysis(finding()))

    with pytest.raises(TransientError):
        await review(JOB, replace(github.ports, reviews=_Speechless()))

    assert github.writes == ["start", "complete failure"]
    await review(JOB, github.ports)
    assert github.writes[2:] == ["review 1", "complete failure"]
    assert github.reports[0].digest != github.reports[1].digest


async def test_a_clean_verdict_that_cannot_be_posted_is_not_green() -> None:
    github = MemoryGitHub(pull())

    with pytest.raises(TransientError):
        await review(JOB, replace(github.ports, reviews=_Speechless()))

    assert github.writes == ["start", "complete neutral"]


async def test_a_review_that_takes_too_long_leaves_no_run_in_progress() -> None:
    github = MemoryGitHub(pull())
    ports = replace(github.ports, analyse=_analyse_for_ever)

    with pytest.raises(TimeoutError):
        await review(JOB, ports, time_limit_seconds=0.0)

    assert github.writes == ["start", "complete neutral"]


@pytest.mark.parametrize(
    "unwanted", [pull(state=PullState.CLOSED), pull(state=PullState.MERGED), pull(config=NO_CONFIG)]
)
async def test_a_run_that_nobody_waits_for_any_more_is_ended(unwanted: PullRequest) -> None:
    github = MemoryGitHub(replace(unwanted, runs=(CheckRun(5, 12),)))

    await review(JOB, github.ports)

    assert github.writes == ["complete cancelled"]
    assert [run.id for run in github.standing.runs] == [5]


async def test_a_file_we_failed_to_read_is_published_and_tried_again() -> None:
    outage = Skipped("shop/cart.py", "git did not answer", Cause.SERVICE)
    github = MemoryGitHub(pull(), analysis(skipped=(outage,)))

    with pytest.raises(TransientError):
        await review(JOB, github.ports)

    assert github.writes == ["start", "complete neutral"]


class _Refusing:
    """Check runs that can be started, but not completed."""

    def __init__(self, github: MemoryGitHub) -> None:
        self.start = github.start

    async def complete(self, *_: object, **__: object) -> None:
        raise TransientError("GitHub is away")


class _Speechless:
    """Reviews that GitHub refuses."""

    async def publish(self, *_: object) -> None:
        raise TransientError("GitHub is away")


async def _analyse_for_ever(*_: object, **__: object) -> Examination:
    await asyncio.Event().wait()
    raise AssertionError
