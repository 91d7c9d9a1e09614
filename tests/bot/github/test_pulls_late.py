"""What GitHub shows late or in part: waited for, asked for by id, and never taken for the truth."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING, Any

import pytest

from bot.domain.errors import TransientError
from bot.domain.jobs import Job, JobKind, RepositoryRef
from tests.bot.domain.examples import BASE, HEAD
from tests.bot.github.answers import head, pull_answer, run

if TYPE_CHECKING:
    from bot.github.pulls import Pulls
    from tests.bot.github.conftest import ScriptedGitHub

GRAPHQL = "POST /graphql"
COMPARE = f"GET /repos/octo/shop/compare/{BASE}...{HEAD}"
JOB = Job(JobKind.REVIEW, 7, RepositoryRef(42, "octo", "was-shop"), 12)


def _of_another_repository(answer: dict[str, Any]) -> dict[str, Any]:
    """A repository was renamed, and another one took its name."""
    answer["data"]["repository"]["databaseId"] = 1
    return answer


def _in_part(path: str, **error: Any) -> dict[str, Any]:
    return {**pull_answer(), "errors": [{**error, "message": "no", "path": path.split(".")}]}


async def test_a_head_that_is_not_the_last_commit_is_read_by_its_id(
    script: ScriptedGitHub, pulls: Pulls
) -> None:
    script.on(GRAPHQL, pull_answer(commits={"nodes": [{"commit": head(run(9), oid="f" * 40)}]}))
    script.on(GRAPHQL, {"data": {"repository": {"object": head(run(1))}}})

    read = await pulls.read(JOB)

    assert read is not None
    assert [one.id for one in read.runs] == [1]
    assert script.sent(GRAPHQL)[1].body["variables"]["oid"] == HEAD


async def test_a_read_that_lags_behind_the_delivery_is_repeated(
    script: ScriptedGitHub, pulls: Pulls
) -> None:
    script.on(GRAPHQL, {"data": {"repository": None}, "errors": [{"type": "NOT_FOUND"}]})
    stale = pull_answer(headRefOid="9" * 40, commits={"nodes": [{"commit": head(oid="9" * 40)}]})
    script.on(GRAPHQL, stale)
    script.on(GRAPHQL, pull_answer())

    read = await pulls.read(replace(JOB, head_sha=HEAD))

    assert read is not None
    assert read.position.head_sha == HEAD
    assert script.clock.slept == [1.0, 2.0]


@pytest.mark.parametrize("status", ["ahead", "diverged"])
async def test_a_head_that_stays_another_one_is_newer(
    script: ScriptedGitHub, pulls: Pulls, status: str
) -> None:
    script.on(GRAPHQL, pull_answer())
    script.on(f"GET /repos/octo/shop/compare/{'9' * 40}...{HEAD}", {"status": status})

    read = await pulls.read(replace(JOB, head_sha="9" * 40))

    assert read is not None
    assert read.position.head_sha == HEAD


@pytest.mark.parametrize(
    "compared",
    [
        {"status": 200, "body": {"status": "behind"}},
        {"status": 404, "body": {"message": "Not Found"}},
    ],
)
async def test_a_head_that_github_lags_behind_for_long_is_tried_again(
    script: ScriptedGitHub, pulls: Pulls, compared: dict[str, Any]
) -> None:
    script.on(GRAPHQL, pull_answer())
    script.on(f"GET /repos/octo/shop/compare/{'9' * 40}...{HEAD}", **compared)

    with pytest.raises(TransientError, match="does not show the pushed commit yet"):
        await pulls.read(replace(JOB, head_sha="9" * 40))


async def test_a_new_pull_request_that_github_lags_behind_for_long_is_tried_again(
    script: ScriptedGitHub, pulls: Pulls
) -> None:
    script.on(GRAPHQL, {"data": {"repository": {"databaseId": 42, "pullRequest": None}}})

    with pytest.raises(TransientError, match="does not show the pushed commit yet"):
        await pulls.read(replace(JOB, head_sha=HEAD))


async def test_a_repository_whose_name_was_taken_by_another_is_found_by_its_id(
    script: ScriptedGitHub, pulls: Pulls
) -> None:
    for _ in range(3):
        script.on(GRAPHQL, _of_another_repository(pull_answer()))
    script.on(GRAPHQL, pull_answer())
    script.on("GET /repositories/42", {"owner": {"login": "octo"}, "name": "shop"})

    read = await pulls.read(JOB)

    assert read is not None
    names = [request.body["variables"]["name"] for request in script.sent(GRAPHQL)]
    assert names == ["was-shop"] * 3 + ["shop"]


@pytest.mark.parametrize(
    "answer",
    [
        {"data": {"repository": None}, "errors": [{"type": "NOT_FOUND"}]},
        {"data": {"repository": {"databaseId": 42, "pullRequest": None}}},
        _of_another_repository(pull_answer()),
    ],
)
async def test_what_does_not_exist_is_none(
    script: ScriptedGitHub, pulls: Pulls, answer: object
) -> None:
    script.on(GRAPHQL, answer)

    assert await pulls.read(JOB) is None


@pytest.mark.parametrize(
    "answer",
    [
        {"data": None, "errors": [{"message": "Something went wrong"}]},
        {"data": {"repository": None}, "errors": [{"type": "FORBIDDEN", "message": "no"}]},
        pull_answer(reviewThreads=None),
        pull_answer(reviews=None),
        # A config that GitHub had no time for must not pass for one that the change adds.
        _in_part("repository.pullRequest.baseRef.target.config", type="RESOURCE_LIMITS_EXCEEDED"),
        _in_part("repository.pullRequest.reviewThreads.nodes.0", type=None),
    ],
)
async def test_half_an_answer_decides_nothing(
    script: ScriptedGitHub, pulls: Pulls, answer: object
) -> None:
    script.on(GRAPHQL, answer)

    with pytest.raises(TransientError):
        await pulls.read(JOB)


@pytest.mark.parametrize(
    ("path", "kind"),
    [
        ("repository.pullRequest.headRepository", "FORBIDDEN"),
        ("repository.pullRequest.author", "FORBIDDEN"),
        ("repository.pullRequest.baseRef.target.config", "NOT_FOUND"),
    ],
)
async def test_what_is_hidden_or_missing_is_no_half_answer(
    script: ScriptedGitHub, pulls: Pulls, path: str, kind: str
) -> None:
    script.on(GRAPHQL, _in_part(path, type=kind))

    assert await pulls.read(JOB) is not None
