"""Reviews and their comments: where they may stand, and how they move."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest

from bot.sandbox.github.people import Opening

if TYPE_CHECKING:
    from bot.sandbox.github.records import Pull, Repository
    from bot.sandbox.github.server import LocalGitHub
    from tests.bot.sandbox.conftest import Client

PULL = "/repos/acme/shop/pulls/1"
OUTSIDE = "Pull request review thread line must be part of the diff"
BLANK = "Pull request review thread diff hunk can't be blank"
INVALID_PATH = "Pull request review thread path is invalid"
OTHER_HUNK = "Pull request review thread start line must be part of the same hunk as the line."
PRECEDE = "Pull request review thread start line must precede the end line."
PENDING = "User can only have one pending review per pull request"


def review(pull: Pull, *comments: dict[str, object], **fields: object) -> dict[str, object]:
    return {
        "commit_id": pull.head_sha,
        "event": "COMMENT",
        "body": "Look.",
        "comments": [{"path": "cart.py", "side": "RIGHT", "body": "Here.", **c} for c in comments],
        **fields,
    }


async def refused(client: Client, body: object) -> Any:
    reply = await client.send("POST", f"{PULL}/reviews", body)
    assert reply.status == 422, reply.text
    return reply.json["errors"]


async def comments_of(client: Client) -> Any:
    return (await client.send("GET", f"{PULL}/comments")).json


async def test_review_is_submitted_with_its_comments(client: Client, pull: Pull) -> None:
    body = review(pull, {"line": 16}, {"path": "new.py", "line": 1})
    reply = await client.send("POST", f"{PULL}/reviews", body)
    assert (reply.status, reply.json["state"]) == (200, "COMMENTED")
    first, second = await comments_of(client)
    assert (first["line"], first["side"], first["commit_id"]) == (16, "RIGHT", pull.head_sha)
    assert first["diff_hunk"].endswith("+extra = 1")
    assert second["position"] == 1


@pytest.mark.parametrize(
    "anchor, error",
    [
        ({"line": 1}, OUTSIDE),
        ({"line": 99}, OUTSIDE),
        ({}, BLANK),
        ({"path": "old.py", "line": 1}, INVALID_PATH),
        ({"path": "gone.py", "line": 1}, INVALID_PATH),
        ({"line": 16, "side": "LEFT"}, BLANK),
        ({"line": 16, "start_line": 16, "start_side": "RIGHT"}, PRECEDE),
        ({"line": 16, "start_line": 17, "start_side": "RIGHT"}, PRECEDE),
        ({"line": 16, "start_line": 2, "start_side": "RIGHT"}, OTHER_HUNK),
    ],
)
async def test_bad_anchor_is_refused_in_githubs_words(
    client: Client, pull: Pull, anchor: dict[str, object], error: str
) -> None:
    assert await refused(client, review(pull, anchor)) == [error]


async def test_context_lines_may_be_named(client: Client, pull: Pull) -> None:
    for line in (12, 19):  # three lines of context around lines 15 and 16
        reply = await client.send("POST", f"{PULL}/reviews", review(pull, {"line": line}))
        assert reply.status == 200
    assert await refused(client, review(pull, {"line": 11})) == [OUTSIDE]
    assert await refused(client, review(pull, {"line": 20})) == [OUTSIDE]


async def test_deleted_line_is_named_on_the_left(client: Client, pull: Pull) -> None:
    body = review(pull, {"line": 15, "side": "LEFT"})
    assert (await client.send("POST", f"{PULL}/reviews", body)).status == 200


async def test_one_bad_anchor_refuses_the_whole_batch(client: Client, pull: Pull) -> None:
    await refused(client, review(pull, {"line": 16}, {"line": 1}))
    assert await comments_of(client) == []
    assert (await client.send("GET", f"{PULL}/reviews")).json == []


async def test_file_level_comment_is_refused_in_a_batch(client: Client, pull: Pull) -> None:
    reply = await client.send("POST", f"{PULL}/reviews", review(pull, {"subject_type": "file"}))
    assert '"subject_type" is not a permitted key.' in reply.json["message"]


@pytest.mark.parametrize(
    "content",
    [
        pytest.param(b"\0\1\2", id="binary"),
        pytest.param("a = 1\n" * 20_001, id="over 20,000 lines"),
        pytest.param(f"a = '{'x' * 500_000}'\n", id="over 500 kB"),
    ],
)
async def test_file_without_a_shown_diff_has_no_hunks(
    github: LocalGitHub, client: Client, repository: Repository, pull: Pull, content: str | bytes
) -> None:
    await github.people.push(repository, "feature", {"new.bin": content})
    now = github.state.pulls[repository.id, 1]
    assert await refused(client, review(now, {"path": "new.bin", "line": 1})) == [BLANK]


async def test_file_beyond_the_300th_cannot_be_named(
    github: LocalGitHub, client: Client, repository: Repository, pull: Pull
) -> None:
    many = {f"many/{number:03}.py": "a = 1\n" for number in range(300)}
    await github.people.push(repository, "feature", many)
    now = github.state.pulls[repository.id, 1]
    # cart.py comes first, so many/299.py is the 301st and new.py the 302nd
    assert await refused(client, review(now, {"path": "many/299.py", "line": 1})) == [INVALID_PATH]
    reply = await client.send(
        "POST", f"{PULL}/reviews", review(now, {"path": "many/298.py", "line": 1})
    )
    assert reply.status == 200


async def test_review_without_event_is_pending_and_blocks_the_next(
    client: Client, pull: Pull
) -> None:
    body = review(pull, {"line": 16})
    del body["event"]
    pending = (await client.send("POST", f"{PULL}/reviews", body)).json
    assert pending["state"] == "PENDING"
    assert "submitted_at" not in pending
    assert await comments_of(client) == []
    assert await refused(client, review(pull)) == [PENDING]
    single = {"body": "x", "commit_id": pull.head_sha, "path": "new.py", "line": 1, "side": "RIGHT"}
    reply = await client.send("POST", f"{PULL}/comments", single)
    assert reply.json["errors"] == [PENDING]
    assert (await client.send("DELETE", f"{PULL}/reviews/{pending['id']}")).status == 200
    assert (await client.send("POST", f"{PULL}/reviews", review(pull))).status == 200


async def test_submitted_review_cannot_be_deleted(client: Client, pull: Pull) -> None:
    posted = (await client.send("POST", f"{PULL}/reviews", review(pull))).json
    assert (await client.send("DELETE", f"{PULL}/reviews/{posted['id']}")).status == 422


async def test_empty_comment_review_is_refused(client: Client, pull: Pull) -> None:
    await refused(client, review(pull, body=""))
    reply = await client.send("POST", f"{PULL}/reviews", review(pull, {"line": 16}, body=""))
    assert reply.status == 200


async def test_own_pull_request_cannot_be_judged(
    github: LocalGitHub, client: Client, repository: Repository, pull: Pull
) -> None:
    github.people.commit(repository, "own", {"own.py": "a = 1\n"})
    opening = Opening("own", by="ssot-sandbox[bot]")
    own = await github.people.open_pull(repository, opening)
    path = f"/repos/acme/shop/pulls/{own.number}/reviews"
    approve = await client.send("POST", path, {"event": "APPROVE"})
    assert approve.json["errors"] == ["Can not approve your own pull request"]
    refuse = await client.send("POST", path, {"event": "REQUEST_CHANGES", "body": "No."})
    assert refuse.json["errors"] == ["Review Can not request changes on your own pull request"]


async def test_commit_must_belong_to_the_pull_request(client: Client, pull: Pull) -> None:
    assert await refused(client, review(pull, commit_id=pull.base_sha))


async def test_long_body_is_refused(client: Client, pull: Pull) -> None:
    errors = await refused(client, review(pull, {"line": 16, "body": "x" * 65_537}))
    assert errors[0]["message"] == "Body is too long (maximum is 65536 characters)"


async def test_comment_follows_its_line_when_the_head_moves(
    github: LocalGitHub, client: Client, repository: Repository, pull: Pull
) -> None:
    await client.send("POST", f"{PULL}/reviews", review(pull, {"line": 16}))
    git = github.state.git(repository.id)
    blob = git.blob(pull.head_sha, "cart.py")
    assert blob is not None
    shifted = b"first = 0\n" + blob.content
    await github.people.push(repository, "feature", {"cart.py": shifted})
    (comment,) = await comments_of(client)
    assert (comment["line"], comment["original_line"]) == (17, 16)
    assert comment["commit_id"] == github.state.pulls[repository.id, 1].head_sha
    assert comment["original_commit_id"] == pull.head_sha


async def test_comment_is_outdated_when_its_line_goes(
    github: LocalGitHub, client: Client, repository: Repository, pull: Pull
) -> None:
    await client.send("POST", f"{PULL}/reviews", review(pull, {"line": 16}))
    git = github.state.git(repository.id)
    blob = git.blob(pull.head_sha, "cart.py")
    assert blob is not None
    gone = blob.content.replace(b"extra = 1\n", b"")
    await github.people.push(repository, "feature", {"cart.py": gone})
    (comment,) = await comments_of(client)
    assert comment["line"] is None
    assert comment["position"] is None
    assert comment["commit_id"] == pull.head_sha


async def test_reply_goes_to_the_first_comment_of_a_thread_only(client: Client, pull: Pull) -> None:
    await client.send("POST", f"{PULL}/reviews", review(pull, {"line": 16}))
    (first,) = await comments_of(client)
    reply = await client.send("POST", f"{PULL}/comments/{first['id']}/replies", {"body": "Yes."})
    assert (reply.status, reply.json["in_reply_to_id"]) == (201, first["id"])
    path = f"{PULL}/comments/{reply.json['id']}/replies"
    assert (await client.send("POST", path, {"body": "No."})).status == 404


async def test_comment_on_a_file_has_no_line(client: Client, pull: Pull) -> None:
    body = {
        "body": "All of it.",
        "commit_id": pull.head_sha,
        "path": "cart.py",
        "subject_type": "file",
    }
    reply = await client.send("POST", f"{PULL}/comments", body)
    assert (reply.status, reply.json["subject_type"], reply.json["line"]) == (201, "file", None)


async def test_single_comment_needs_commit_and_path(client: Client, pull: Pull) -> None:
    reply = await client.send("POST", f"{PULL}/comments", {"body": "x"})
    assert reply.status == 422
    assert "wasn't supplied" in reply.json["message"]


async def test_comment_is_edited_and_deleted(client: Client, pull: Pull) -> None:
    await client.send("POST", f"{PULL}/reviews", review(pull, {"line": 16}))
    (comment,) = await comments_of(client)
    path = f"/repos/acme/shop/pulls/comments/{comment['id']}"
    assert (await client.send("PATCH", path, {"body": "Done."})).json["body"] == "Done."
    assert (await client.send("DELETE", path)).status == 204
    assert (await client.send("GET", path)).status == 404


async def test_review_body_can_be_edited(client: Client, pull: Pull) -> None:
    posted = (await client.send("POST", f"{PULL}/reviews", review(pull))).json
    reply = await client.send("PUT", f"{PULL}/reviews/{posted['id']}", {"body": "Again."})
    assert reply.json["body"] == "Again."


async def test_review_of_a_forced_away_commit_is_re_pointed(
    github: LocalGitHub, client: Client, repository: Repository, pull: Pull
) -> None:
    await client.send("POST", f"{PULL}/reviews", review(pull))
    await github.people.push(repository, "feature", {"more.py": "m = 1\n"})
    (kept,) = (await client.send("GET", f"{PULL}/reviews")).json
    assert kept["commit_id"] == pull.head_sha
    after = await github.people.push(repository, "feature", {"x.py": ""}, onto=pull.base_sha)
    (moved,) = (await client.send("GET", f"{PULL}/reviews")).json
    assert moved["commit_id"] == after
    refused_ = await client.send("POST", f"{PULL}/reviews", review(pull))
    assert refused_.status == 422


async def test_null_is_no_line(client: Client, pull: Pull) -> None:
    body = review(pull, {"line": 16, "start_line": None})
    reply = await client.send("POST", f"{PULL}/reviews", body)
    assert reply.status == 422
    assert "nil is not an integer" in reply.json["message"]


async def test_pending_is_no_event(client: Client, pull: Pull) -> None:
    reply = await client.send("POST", f"{PULL}/reviews", review(pull, event="PENDING"))
    assert reply.status == 422


async def test_old_position_names_a_line(client: Client, pull: Pull) -> None:
    body = review(pull, {"position": 6})  # three lines of context, one deleted, two added
    assert (await client.send("POST", f"{PULL}/reviews", body)).status == 200
    (comment,) = await comments_of(client)
    assert (comment["line"], comment["position"]) == (16, 6)


async def test_single_comment_on_several_lines(client: Client, pull: Pull) -> None:
    body = {
        "body": "Both.",
        "commit_id": pull.head_sha,
        "path": "cart.py",
        "side": "RIGHT",
        "line": 16,
        "start_line": 15,
        "start_side": "RIGHT",
    }
    reply = await client.send("POST", f"{PULL}/comments", body)
    assert (reply.status, reply.json["start_line"], reply.json["line"]) == (201, 15, 16)
