"""Waivers and pauses by comment, as a review finds them."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime
from typing import TYPE_CHECKING

from bot.domain import commands
from bot.domain.conversation import Answer, Remark, digest_of, header
from bot.domain.jobs import Job, JobKind, RepositoryRef
from bot.domain.standing import digest_of_call
from bot.services.review import review
from tests.bot.domain.examples import analysis, finding, pull
from tests.bot.services.memory import MemoryGitHub

if TYPE_CHECKING:
    from bot.domain.pull import PullRequest

JOB = Job(JobKind.REVIEW, 7, RepositoryRef(42, "octo", "shop"), 12)


def waived(until: str = "2026-10-09") -> PullRequest:
    """Give a pull request on which ada waives the one finding until a day."""
    line = f'/ssot waive forbidden-import until={until} reason="next week"'
    (call,) = commands.parse(line)
    accepted = {digest_of_call(call): frozenset({finding().fingerprint})}
    answer = header(Answer("77", digest_of(line), accepted))
    said = (Remark(77, "ada", 5, line), Remark(78, "ssot", 0, answer, ours=True))
    return pull(conversation=said)


async def test_a_waived_finding_passes_and_is_set_to_be_reviewed_after_its_day() -> None:
    github = MemoryGitHub(waived(), analysis(finding()))

    await review(JOB, github.ports)

    assert github.writes == ["start", "complete success"]
    assert "until 2026-10-09" in github.reports[0].summary
    ((again, not_before),) = github.enqueued
    assert (again.kind, again.explicit, again.head_sha) == (JobKind.REVIEW, False, "")
    assert datetime.fromtimestamp(not_before, UTC).isoformat() == "2026-10-10T00:00:00+00:00"


async def test_a_waiver_fails_again_after_its_day() -> None:
    github = MemoryGitHub(waived(), analysis(finding()))
    await review(JOB, github.ports)
    github.now += 9 * 24 * 3600

    await review(JOB, github.ports)

    assert github.writes[-2:] == ["review 1", "complete failure"]
    assert "it expired on `2026-10-09`" in github.reports[-1].summary


async def test_each_person_that_waivers_rest_on_is_asked_for_once() -> None:
    standing = waived()
    line = standing.conversation[0].body.replace("until", "shop/*.py until")
    (call,) = commands.parse(line)
    answer = header(Answer("87", digest_of(line), {digest_of_call(call): frozenset()}))
    more = (Remark(87, "ada", 5, line), Remark(88, "ssot", 0, answer, ours=True))
    github = MemoryGitHub(replace(standing, conversation=(*standing.conversation, *more)))

    await review(JOB, github.ports)

    assert github.asked_about == ["ada"]


async def test_without_waivers_nobody_is_asked_for_and_nothing_set() -> None:
    github = MemoryGitHub(pull(), analysis(finding()))

    await review(JOB, github.ports)

    assert (github.asked_about, github.enqueued) == ([], [])


async def test_a_paused_pull_request_is_neutral_and_gets_no_comment() -> None:
    answer = header(Answer("77", digest_of("/ssot pause"), {digest_of("pause"): frozenset()}))
    said = (Remark(77, "ada", 5, "/ssot pause"), Remark(78, "ssot", 0, answer, ours=True))
    github = MemoryGitHub(pull(conversation=said), analysis(finding()))

    await review(JOB, github.ports)

    assert github.writes == ["start", "complete neutral"]
    assert "paused by `ada`" in github.reports[0].summary
