"""The issues that a pull request may tick: one request, and a refusal is an answer."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest

from bot.domain.issue import BodyEdit, Issue, Tracked
from bot.github.tracked import TrackedIssues
from tests.bot.domain.examples import pull
from tests.bot.github.conftest import MINT

if TYPE_CHECKING:
    from bot.github.client import GitHub
    from tests.bot.github.conftest import ScriptedGitHub

GRAPHQL = "POST /graphql"
ADA = {"__typename": "User", "login": "ada"}


def tracker(number: int, **changes: Any) -> dict[str, Any]:
    found = {
        "number": number,
        "body": "- [ ] x",
        "state": "OPEN",
        "title": "Move on",
        "locked": False,
        "author": ADA,
    }
    return {**found, "userContentEdits": {"nodes": []}, **changes}


def closed(number: int, repository_id: int = 42) -> dict[str, Any]:
    return {**tracker(number), "repository": {"databaseId": repository_id}}


def answer(*closing: object, errors: tuple[object, ...] = (), **issues: object) -> dict[str, Any]:
    found = {"closingIssuesReferences": {"nodes": list(closing)}}
    repository = {"databaseId": 42, "pullRequest": found, **issues}
    return {"data": {"repository": repository}, "errors": list(errors)}


def error(kind: str, *path: str | int) -> dict[str, Any]:
    return {"type": kind, "message": "It is so.", "path": ["repository", *path]}


def issue(number: int, **changes: Any) -> Issue:
    return Issue(7, pull().repository, number, "- [ ] x", author="ada", title="Move on", **changes)


@pytest.fixture
def tracked(script: ScriptedGitHub, github: GitHub) -> TrackedIssues:
    script.token()
    return TrackedIssues(github)


async def test_all_issues_are_read_in_one_request(
    script: ScriptedGitHub, tracked: TrackedIssues
) -> None:
    script.on(GRAPHQL, answer(closed(9), closed(3, 1), None, i0=tracker(5), i1=tracker(9)))

    read = await tracked.read(pull(), [9, 5])

    assert read == Tracked((issue(5), issue(9)), closes=frozenset({9}))
    (request,) = script.sent(GRAPHQL)
    assert request.body["variables"]["i0"] == 5
    assert request.body["variables"]["i1"] == 9


async def test_history_tells_who_stands_for_the_text(
    script: ScriptedGitHub, tracked: TrackedIssues
) -> None:
    edit = {"id": "E", "editedAt": "2026-10-01T12:00:00Z", "diff": None, "editor": ADA}
    edited = tracker(5, userContentEdits={"nodes": [edit]}, author=None, locked=True)
    script.on(GRAPHQL, answer(i0=edited))

    (read,) = (await tracked.read(pull(), [5])).issues

    assert (read.author, read.edits, read.is_locked) == ("", (BodyEdit("E", "ada", None),), True)


async def test_number_that_is_no_issue_is_left_out(
    script: ScriptedGitHub, tracked: TrackedIssues
) -> None:
    missing = (error("NOT_FOUND", "i0"), error("FORBIDDEN", "i1", "author"))
    script.on(GRAPHQL, answer(errors=missing, i0=None, i1=tracker(6, author=None)))

    read = await tracked.read(pull(), [5, 6])

    assert [one.number for one in read.issues] == [6]
    assert read.problem == ""


async def test_refused_issue_is_told_and_not_raised(
    script: ScriptedGitHub, tracked: TrackedIssues
) -> None:
    script.on(GRAPHQL, answer(errors=(error("FORBIDDEN", "i0"),), i0=None))
    assert await tracked.read(pull(), [5]) == Tracked(problem="It is so.")


async def test_refused_token_is_told_and_not_raised(script: ScriptedGitHub, github: GitHub) -> None:
    refusal = "The permissions requested are not granted to this installation."
    script.on(MINT, {"message": refusal}, status=422)
    assert await TrackedIssues(github).read(pull(), [5]) == Tracked(problem=refusal)


async def test_another_repository_of_that_name_is_not_ours(
    script: ScriptedGitHub, tracked: TrackedIssues
) -> None:
    other = answer(i0=tracker(5))
    other["data"]["repository"]["databaseId"] = 1
    script.on(GRAPHQL, other)
    assert await tracked.read(pull(), [5]) == Tracked()
