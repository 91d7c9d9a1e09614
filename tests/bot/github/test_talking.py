"""Who may write, what is said, which pull requests a head has, and commits, over HTTP."""

from __future__ import annotations

from base64 import b64encode
from dataclasses import replace
from typing import TYPE_CHECKING, Any

import pytest

from bot.domain.conversation import Remark
from bot.domain.errors import TransientError, UserError
from bot.domain.jobs import Job, JobKind, RepositoryRef
from bot.domain.reply_ports import Reaction
from bot.github.access import Access
from bot.github.commits import REFUSAL_SECONDS, Commits
from bot.github.configs import OwnerConfigs
from bot.github.conversations import Conversations
from bot.github.locations import Locations
from bot.github.pulls import Pulls
from tests.bot.domain.examples import HEAD, pull
from tests.bot.github.answers import conversation, pull_answer, remark
from tests.bot.github.conftest import APP_ID, MINT

if TYPE_CHECKING:
    from bot.github.client import GitHub
    from tests.bot.github.conftest import ScriptedGitHub

JOB = Job(JobKind.REPLY, 7, RepositoryRef(42, "octo", "shop"), 12, comment_id=77)
REPO = "/repos/octo/shop"
PERMISSION = f"GET {REPO}/collaborators/ada/permission"
COMMENT = f"GET {REPO}/issues/comments/77"
REACT = f"POST {REPO}/issues/comments/77/reactions"
GRAPHQL = "POST /graphql"
ADA = {"login": "ada", "id": 5, "type": "User"}


@pytest.mark.parametrize(
    ("permission", "role", "may"),
    [
        ("admin", "admin", True),
        ("write", "write", True),
        ("write", "maintain", True),
        ("write", "release-manager", True),
        ("read", "read", False),
        ("read", "triage", False),
        ("none", "none", False),
    ],
)
async def test_write_access_is_the_base_permission(
    script: ScriptedGitHub, github: GitHub, permission: str, role: str, may: bool
) -> None:
    script.token()
    script.on(PERMISSION, {"permission": permission, "role_name": role})

    assert await Access(github).may_write(JOB, "ada") is may


@pytest.mark.parametrize("status", [403, 404])
async def test_doubt_is_no(script: ScriptedGitHub, github: GitHub, status: int) -> None:
    script.token()
    script.clock.now += 60
    script.on(PERMISSION, {"message": "no"}, status=status)

    assert await Access(github).may_write(JOB, "ada") is False


async def test_comment_is_read_anew(script: ScriptedGitHub, github: GitHub) -> None:
    script.token()
    script.on(COMMENT, {"id": 77, "user": ADA, "body": "/ssot help"})

    assert await Conversations(github).remark(JOB) == Remark(77, "ada", 5, "/ssot help")


@pytest.mark.parametrize(
    "changes",
    [
        {"user": {"login": "x[bot]", "id": 5, "type": "Bot"}},
        {"user": None},
        {"user": ADA, "performed_via_github_app": {"id": 3}},
    ],
)
async def test_whoever_is_no_person_has_no_id(
    script: ScriptedGitHub, github: GitHub, changes: dict[str, Any]
) -> None:
    script.token()
    script.on(COMMENT, {"id": 77, "body": "/ssot help", **changes})
    found = await Conversations(github).remark(JOB)

    assert found is not None
    assert found.author_id == 0


async def test_comment_that_is_gone_is_none(script: ScriptedGitHub, github: GitHub) -> None:
    script.token()
    script.on(COMMENT, {"message": "Not Found"}, status=404)

    assert await Conversations(github).remark(JOB) is None


@pytest.mark.parametrize("status", [403, 404, 422, 502])
async def test_refused_reaction_is_no_failure(
    script: ScriptedGitHub, github: GitHub, status: int
) -> None:
    script.token()
    script.on(REACT, {"message": "no"}, status=status)

    await Conversations(github).react(JOB, Reaction.SEEN)

    assert script.sent(REACT)[0].body == {"content": "eyes"}


async def test_answer_is_a_comment_under_the_least_permissions(
    script: ScriptedGitHub, github: GitHub
) -> None:
    script.token()
    script.on(f"POST {REPO}/issues/12/comments", {"id": 1}, status=201)

    await Conversations(github).say(JOB, "Done.")

    wanted = script.sent(MINT)[0].body["permissions"]
    assert wanted == {"issues": "write", "metadata": "read", "pull_requests": "write"}


async def test_issue_that_cannot_be_read_is_tried_again(
    script: ScriptedGitHub, github: GitHub
) -> None:
    script.token()
    script.on(GRAPHQL, {"data": {"repository": None}, "errors": [{"message": "busy"}]})

    with pytest.raises(TransientError):
        await Conversations(github).remarks(JOB)


async def test_open_pull_requests_of_exactly_that_head_are_found(
    script: ScriptedGitHub, github: GitHub
) -> None:
    script.token()
    found = [
        {"number": 9, "state": "open", "head": {"sha": HEAD}},
        {"number": 4, "state": "open", "head": {"sha": HEAD}},
        {"number": 5, "state": "closed", "head": {"sha": HEAD}},
        {"number": 6, "state": "open", "head": {"sha": "0" * 40}},
    ]
    script.on(f"GET {REPO}/commits/{HEAD}/pulls", found)

    assert await Locations(github, app_id=99).open_pulls(replace(JOB, head_sha=HEAD)) == [4, 9]


async def test_head_of_a_fork_is_named_by_our_own_run(
    script: ScriptedGitHub, github: GitHub
) -> None:
    script.token()
    script.on(f"GET {REPO}/commits/{HEAD}/pulls", [])
    names = [f"v1:{JOB.repository.id}:4:abc", "v1:1:5:abc", None]
    runs = {"total_count": 3, "check_runs": [{"external_id": name} for name in names]}
    script.on(f"GET {REPO}/commits/{HEAD}/check-runs", runs)

    assert await Locations(github, app_id=99).open_pulls(replace(JOB, head_sha=HEAD)) == [4]


async def test_commit_that_nobody_knows_belongs_to_no_pull_request(
    script: ScriptedGitHub, github: GitHub
) -> None:
    script.token()
    script.on(f"GET {REPO}/commits/{HEAD}/pulls", {"message": "No commit"}, status=422)

    assert await Locations(github, app_id=99).open_pulls(replace(JOB, head_sha=HEAD)) == ()


async def test_whole_conversation_is_read_page_by_page_oldest_first(
    script: ScriptedGitHub, github: GitHub
) -> None:
    script.token()
    edited = {"lastEditedAt": "2026-11-20T08:00:00Z"}
    grace, bot = {"login": "grace", "databaseId": 6}, {"login": "ada"}
    newest = conversation(
        remark(3, "c", editor=grace, **edited), remark(4, "d", editor=bot, **edited), before="X"
    )
    older = conversation(remark(1, "a"), remark(2, "b", author=None, viewerDidAuthor=True))
    script.on(GRAPHQL, pull_answer(comments=newest))
    script.on(GRAPHQL, {"data": {"repository": {"pullRequest": {"comments": older}}}})
    read = await Pulls(github, OwnerConfigs(github), app_id=APP_ID).read(JOB)

    assert read is not None
    assert read.conversation == (
        Remark(1, "ada", 5, "a"),
        Remark(2, "", 0, "b", ours=True),
        Remark(3, "ada", 5, "c", editor="grace", edited=True),
        Remark(4, "ada", 5, "d", edited=True),
    )


async def test_commit_names_the_head_that_it_expects(
    script: ScriptedGitHub, github: GitHub
) -> None:
    script.token()
    script.on(GRAPHQL, {"data": {"createCommitOnBranch": {"commit": {"oid": "e" * 40}}}})

    await Commits(github).commit(pull(), {"a.py": b"x = 1\n"}, message=("Apply", "Asked"))

    assert script.sent(GRAPHQL)[0].body["variables"]["input"] == {
        "branch": {"repositoryNameWithOwner": "octo/shop", "branchName": "change"},
        "message": {"headline": "Apply", "body": "Asked"},
        "expectedHeadOid": HEAD,
        "fileChanges": {
            "additions": [{"path": "a.py", "contents": b64encode(b"x = 1\n").decode()}]
        },
    }
    wanted = script.sent(MINT)[0].body["permissions"]
    assert wanted == {"contents": "write", "metadata": "read"}


@pytest.mark.parametrize(
    ("kind", "error"), [("STALE_DATA", TransientError), ("UNPROCESSABLE", UserError)]
)
async def test_commit_that_is_not_taken_is_told_apart(
    script: ScriptedGitHub, github: GitHub, kind: str, error: type[Exception]
) -> None:
    script.token()
    refusal = {"type": kind, "message": "no", "path": ["createCommitOnBranch"]}
    script.on(GRAPHQL, {"data": {"createCommitOnBranch": None}, "errors": [refusal]})

    with pytest.raises(error):
        await Commits(github).commit(pull(), {"a.py": b""}, message=("Apply", "Asked"))


async def test_refused_grant_is_remembered_for_a_while(
    script: ScriptedGitHub, github: GitHub
) -> None:
    refusal = "The permissions requested are not granted to this installation."
    script.on(MINT, {"message": refusal}, status=422)
    commits = Commits(github)
    assert [await commits.is_granted(pull()) for _ in range(3)] == [False] * 3
    assert len(script.sent(MINT)) == 1
    script.clock.now += REFUSAL_SECONDS + 1
    await commits.is_granted(pull())

    assert len(script.sent(MINT)) == 2


async def test_granted_write_is_a_token_that_stays(script: ScriptedGitHub, github: GitHub) -> None:
    script.token()
    commits = Commits(github)

    assert [await commits.is_granted(pull()) for _ in range(3)] == [True] * 3
    assert len(script.sent(MINT)) == 1
