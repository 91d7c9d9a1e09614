"""Issues, their comments and reactions over REST, under the limits that GitHub keeps."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from bot.sandbox.github.records import Pull, Repository
    from bot.sandbox.github.server import LocalGitHub
    from tests.bot.sandbox.conftest import Client

REPO = "/repos/acme/shop"


async def test_description_of_a_pull_request_is_edited_as_an_issue(
    client: Client, pull: Pull
) -> None:
    edited = await client.send("PATCH", f"{REPO}/issues/1", {"body": "Refs #2"})
    assert edited.json["body"] == "Refs #2"
    assert (await client.send("GET", f"{REPO}/pulls/1")).json["body"] == "Refs #2"


async def test_over_long_issue_body_is_refused_or_silently_kept(
    github: LocalGitHub, client: Client, pull: Pull
) -> None:
    long = {"body": "x" * 65_537}
    assert (await client.send("PATCH", f"{REPO}/issues/1", long)).status == 422
    github.state.silent_long_bodies = True
    reply = await client.send("PATCH", f"{REPO}/issues/1", long)
    assert (reply.status, reply.json["body"]) == (200, "Fixes #9")


async def test_over_long_comment_is_refused(client: Client, pull: Pull) -> None:
    reply = await client.send("POST", f"{REPO}/issues/1/comments", {"body": "x" * 65_537})
    assert reply.status == 422
    assert reply.json["errors"][0]["code"] == "unprocessable"


async def test_blank_comment_is_refused(client: Client, pull: Pull) -> None:
    assert (await client.send("POST", f"{REPO}/issues/1/comments", {"body": " "})).status == 422


async def test_issue_is_closed_with_a_reason(
    github: LocalGitHub, client: Client, repository: Repository
) -> None:
    issue = await github.trackers.open(repository, "Track", "x")
    path = f"{REPO}/issues/{issue.number}"
    closed = await client.send("PATCH", path, {"state": "closed"})
    assert (closed.json["state"], closed.json["state_reason"]) == ("closed", "completed")
    assert "pull_request" not in closed.json


async def test_reaction_is_201_then_200(client: Client, github: LocalGitHub, pull: Pull) -> None:
    comment = await github.people.comment(pull, "/ssot recheck")
    path = f"{REPO}/issues/comments/{comment.id}/reactions"
    first = await client.send("POST", path, {"content": "eyes"})
    again = await client.send("POST", path, {"content": "eyes"})
    assert (first.status, again.status) == (201, 200)
    assert first.json["id"] == again.json["id"]
    assert (await client.send("POST", path, {"content": "cow"})).status == 422
    assert (await client.send("DELETE", f"{path}/{first.json['id']}")).status == 204
    assert (await client.send("GET", path)).json == []


async def test_review_comment_is_reacted_to(client: Client, pull: Pull) -> None:
    body = {"body": "x", "commit_id": pull.head_sha, "path": "new.py", "line": 1, "side": "RIGHT"}
    comment = (await client.send("POST", f"{REPO}/pulls/1/comments", body)).json
    path = f"{REPO}/pulls/comments/{comment['id']}/reactions"
    assert (await client.send("POST", path, {"content": "rocket"})).status == 201
    assert [entry["content"] for entry in (await client.send("GET", path)).json] == ["rocket"]


async def test_comment_is_edited_and_deleted(client: Client, pull: Pull) -> None:
    posted = (await client.send("POST", f"{REPO}/issues/1/comments", {"body": "one"})).json
    path = f"{REPO}/issues/comments/{posted['id']}"
    assert (await client.send("PATCH", path, {"body": "two"})).json["body"] == "two"
    assert (await client.send("DELETE", path)).status == 204
    assert (await client.send("GET", path)).status == 404
