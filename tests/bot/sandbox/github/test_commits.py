"""Commits through GraphQL: strict as GitHub, and followed by what a push does."""

from __future__ import annotations

from base64 import b64encode
from typing import TYPE_CHECKING, Any

import pytest

if TYPE_CHECKING:
    from bot.sandbox.github.records import Pull, Repository
    from bot.sandbox.github.server import LocalGitHub
    from tests.bot.sandbox.conftest import Client, Receiver

COMMIT = """
mutation Commit($input: CreateCommitOnBranchInput!) {
  createCommitOnBranch(input: $input) { commit { oid } }
}
"""
GRANTED = {"contents": "write", "pull_requests": "write"}


def asked(head: str, branch: str, *, contents: str = "") -> dict[str, Any]:
    encoded = contents or b64encode(b"x = 1\n").decode()
    return {
        "branch": {"repositoryNameWithOwner": "acme/shop", "branchName": branch},
        "message": {"headline": "Apply"},
        "expectedHeadOid": head,
        "fileChanges": {"additions": [{"path": "new.py", "contents": encoded}]},
    }


@pytest.fixture
async def writer(github: LocalGitHub, client: Client, repository: Repository) -> Client:
    github.install(repository, GRANTED)
    return await client.as_installation()


async def test_commit_moves_the_branch_and_its_pull_request(
    github: LocalGitHub, writer: Client, repository: Repository, pull: Pull
) -> None:
    answer = await writer.query(COMMIT, input=asked(pull.head_sha, pull.head_ref))
    oid = answer["data"]["createCommitOnBranch"]["commit"]["oid"]

    git = github.state.git(repository.id)
    assert git.branch(pull.head_ref) == oid
    assert git.parents(oid) == (pull.head_sha,)
    blob = git.blob(oid, "new.py")
    assert blob is not None
    assert blob.content == b"x = 1\n"
    assert github.state.pulls[repository.id, pull.number].head_sha == oid


async def test_apps_are_told_of_a_commit_as_of_a_push(
    github: LocalGitHub, receiver: Receiver, writer: Client, pull: Pull
) -> None:
    await writer.query(COMMIT, input=asked(pull.head_sha, pull.head_ref))
    await github.webhooks.settle()

    (payload,) = [p for p in receiver.payloads("pull_request") if p["action"] == "synchronize"]
    assert payload["sender"]["type"] == "Bot"


@pytest.mark.parametrize(
    ("changes", "kind"),
    [
        ({"expectedHeadOid": "0" * 40}, "STALE_DATA"),
        ({"branch": {"repositoryNameWithOwner": "acme/shop", "branchName": "no"}}, "NOT_FOUND"),
        ({"branch": {"repositoryNameWithOwner": "acme/no", "branchName": "no"}}, "NOT_FOUND"),
        ({"fileChanges": {"additions": [{"path": "a", "contents": "?"}]}}, "ARGUMENT_ERROR"),
    ],
)
async def test_commit_that_cannot_be_made_is_refused(
    writer: Client, pull: Pull, changes: dict[str, Any], kind: str
) -> None:
    wanted = {**asked(pull.head_sha, pull.head_ref), **changes}
    answer = await writer.query(COMMIT, input=wanted)

    assert answer["data"] == {"createCommitOnBranch": None}
    assert [error["type"] for error in answer["errors"]] == [kind]


async def test_commit_needs_write_to_the_contents(client: Client, pull: Pull) -> None:
    answer = await client.query(COMMIT, input=asked(pull.head_sha, pull.head_ref))

    assert [error["type"] for error in answer["errors"]] == ["FORBIDDEN"]


async def test_protected_branch_takes_no_commit(
    github: LocalGitHub, writer: Client, repository: Repository, pull: Pull
) -> None:
    github.state.protected_branches.add((repository.id, pull.head_ref))
    answer = await writer.query(COMMIT, input=asked(pull.head_sha, pull.head_ref))

    assert [error["type"] for error in answer["errors"]] == ["UNPROCESSABLE"]
