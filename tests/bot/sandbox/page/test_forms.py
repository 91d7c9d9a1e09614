"""What a visitor types or presses happens on the local GitHub, and its App is told."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from tests.bot.sandbox.conftest import Reply

if TYPE_CHECKING:
    from bot.sandbox.github.records import Pull, Repository
    from bot.sandbox.github.server import LocalGitHub
    from tests.bot.sandbox.conftest import Client, Clock, Receiver

REPO = "/repos/acme/shop"
PULL = "/acme/shop/pull/1"


async def send(client: Client, path: str, /, *, origin: str | None = None, **form: str) -> Reply:
    """Send a form as a browser does, and stay where the answer points to."""
    headers = {"Origin": origin} if origin else {}
    url = client.github.url + path
    async with client.session.post(
        url, data=form or {"x": ""}, headers=headers, allow_redirects=False
    ) as response:
        return Reply(response.status, response.headers.copy(), await response.text())


async def shown(client: Client, path: str = PULL) -> str:
    return (await client.send("GET", client.github.url + path)).text


async def suggest(client: Client, pull: Pull, *, line: int, text: str) -> int:
    body = f"Better:\n\n```suggestion\n{text}```\n"
    comment = {"path": "cart.py", "line": line, "side": "RIGHT", "body": body}
    review = {"commit_id": pull.head_sha, "event": "COMMENT", "body": "x", "comments": [comment]}
    assert (await client.send("POST", f"{REPO}/pulls/1/reviews", review)).status == 200
    return max(client.github.state.review_comments)


async def judge(client: Client, pull: Pull) -> int:
    action = {"label": "Apply fixes", "description": "Commit them", "identifier": "fix"}
    body = {"name": "SSOT", "head_sha": pull.head_sha, "conclusion": "failure"}
    output = {"title": "1 new finding", "summary": "One."}
    whole = {**body, "output": output, "actions": [action]}
    reply = await client.send("POST", f"{REPO}/check-runs", whole)
    return int(reply.json["id"])


async def test_command_that_is_typed_is_a_comment_that_the_app_is_told_of(
    github: LocalGitHub, client: Client, receiver: Receiver, repository: Repository, pull: Pull
) -> None:
    github.grant(repository, "bob", "write")
    assert 'name="body"' in await shown(client)

    reply = await send(client, f"{PULL}/comment", body="/ssot recheck", by="bob")

    assert reply.status == 303
    location = reply.headers["Location"]
    assert location.startswith(f"{PULL}?since=")
    assert "#" not in location, "a browser would not load it again by itself"
    assert " autofocus" in await shown(client, location)
    (told,) = receiver.payloads("issue_comment")
    assert (told["action"], told["comment"]["body"]) == ("created", "/ssot recheck")
    assert told["sender"]["login"] == "bob"
    assert "<p>/ssot recheck</p>" in await shown(client)


async def test_page_looks_again_by_itself_until_the_answer_should_stand(
    client: Client, clock: Clock, pull: Pull
) -> None:
    await judge(client, pull)
    since = int(clock.now)
    assert 'http-equiv="refresh"' in await shown(client, f"{PULL}?since={since}")
    clock.now += 60
    assert 'http-equiv="refresh"' not in await shown(client, f"{PULL}?since={since}")
    assert 'http-equiv="refresh"' not in await shown(client, f"{PULL}?since=soon")


async def test_reaction_of_the_app_is_shown_at_the_comment(
    github: LocalGitHub, client: Client, pull: Pull
) -> None:
    comment = await github.people.comment(pull, "/ssot recheck")
    path = f"{REPO}/issues/comments/{comment.id}/reactions"
    await client.send("POST", path, {"content": "+1"})
    assert "Reactions: +1" in await shown(client)


@pytest.mark.parametrize("form", [{"body": " "}, {"body": "x", "by": "mallory"}])
async def test_comment_without_text_or_author_is_refused(
    github: LocalGitHub, client: Client, pull: Pull, form: dict[str, str]
) -> None:
    assert (await send(client, f"{PULL}/comment", **form)).status == 422
    assert not github.state.comments
    assert github.state.user_named("mallory") is None


async def test_form_of_another_site_is_refused(
    github: LocalGitHub, client: Client, pull: Pull
) -> None:
    url = f"{PULL}/comment"
    for origin in ("http://evil.example", "null"):
        assert (await send(client, url, origin=origin, body="x", by="ada")).status == 403
    local = github.url.replace("127.0.0.1", "localhost")
    assert (await send(client, url, origin=local, body="x", by="ada")).status == 303
    assert len(github.state.comments) == 1


async def test_buttons_of_a_check_are_pressed(
    github: LocalGitHub, client: Client, receiver: Receiver, repository: Repository, pull: Pull
) -> None:
    github.grant(repository, "bob", "write")
    run = await judge(client, pull)
    client.person = "ada"
    assert "Re-run</button>" not in await shown(client, f"{PULL}/checks"), "ada may only read"
    client.person = "bob"
    page = await shown(client, f"{PULL}/checks")
    assert "Re-run</button>" in page
    assert "Apply fixes</button>" in page

    for identifier in ("fix", ""):
        await send(client, f"{PULL}/press", run=str(run), identifier=identifier, by="bob")

    told = [(one["action"], one["sender"]["login"]) for one in receiver.payloads("check_run")]
    assert told[-2:] == [("requested_action", "bob"), ("rerequested", "bob")]
    assert (await send(client, f"{PULL}/press", run="7", by="bob")).status == 404


async def test_suggestion_is_applied_as_a_push(
    github: LocalGitHub, client: Client, receiver: Receiver, pull: Pull
) -> None:
    comment = await suggest(client, pull, line=16, text="extra = 2\nmore = 3\n")
    assert "Apply suggestion" in await shown(client)

    assert (await send(client, f"{PULL}/apply", comment=str(comment))).status == 303

    head = github.state.pulls[pull.repository_id, 1].head_sha
    blob = github.state.git(pull.repository_id).blob(head, "cart.py")
    assert blob is not None
    assert b"line_15 = 0\nextra = 2\nmore = 3\nline_16 = 16\n" in blob.content
    assert receiver.payloads("pull_request")[-1]["action"] == "synchronize"
    assert "Apply suggestion" not in await shown(client)
    assert (await send(client, f"{PULL}/apply", comment=str(comment))).status == 404


async def test_file_of_the_branch_is_edited(
    github: LocalGitHub, client: Client, pull: Pull
) -> None:
    assert '<option value="cart.py">' in await shown(client, f"{PULL}/files")
    assert "\nline_15 = 0\n" in await shown(client, f"{PULL}/edit?path=cart.py")

    await send(client, f"{PULL}/edit", path="cart.py", text="first = 1\r\nlast = 2\r\n")

    head = github.state.pulls[pull.repository_id, 1].head_sha
    blob = github.state.git(pull.repository_id).blob(head, "cart.py")
    assert blob is not None
    assert blob.content == b"first = 1\nlast = 2\n"
    assert (await send(client, f"{PULL}/edit", path=" ", text="")).status == 422


async def test_pull_request_is_merged_once(
    github: LocalGitHub, client: Client, receiver: Receiver, pull: Pull
) -> None:
    refused = await send(client, f"{PULL}/merge")
    assert (refused.status, "no write access" in refused.text) == (403, True)
    github.grant(github.state.repositories[pull.repository_id], "ada", "write")
    assert "Merge pull request</button>" in await shown(client)

    assert (await send(client, f"{PULL}/merge")).status == 303

    assert receiver.payloads("push")[-1]["ref"] == "refs/heads/main"
    assert "Merge pull request</button>" not in await shown(client)
    for path in ("merge", "edit"):
        assert (await send(client, f"{PULL}/{path}", path="x", text="y")).status == 409


async def test_conflict_is_told_and_nothing_is_merged(
    github: LocalGitHub, client: Client, repository: Repository, pull: Pull
) -> None:
    github.grant(repository, "ada", "write")
    await github.people.push(repository, "main", {"cart.py": "other = 1\n"})
    assert "has conflicts with" in await shown(client)
    reply = await send(client, f"{PULL}/merge")
    assert (reply.status, "conflicts" in reply.text) == (409, True)
    assert github.state.is_open(pull)


async def test_issue_shows_its_boxes_and_takes_commands(
    github: LocalGitHub, client: Client, receiver: Receiver, repository: Repository, pull: Pull
) -> None:
    body = "- [x] One\n- [ ] `two`\n- [y] three\n-\n"
    issue = await github.trackers.open(repository, "Track it", body)
    path = f"/acme/shop/issues/{issue.number}"
    page = await shown(client, path)
    for item in ("☑</button> One", "☐</button> <code>two</code>", "[y] three"):
        assert item in page
    assert path in await shown(client, "/")

    await send(client, f"{path}/comment", body="/ssot help", by="ada")

    assert receiver.payloads("issue_comment")[-1]["issue"]["number"] == issue.number
    assert (await send(client, "/acme/shop/issues/9/comment", body="x", by="ada")).status == 404


async def test_unknown_action_is_not_found(client: Client, pull: Pull) -> None:
    assert (await send(client, f"{PULL}/explode", by="ada")).status == 404


async def test_issue_is_written_edited_closed_and_opened_again(
    github: LocalGitHub, client: Client, receiver: Receiver, pull: Pull
) -> None:
    assert 'href="/acme/shop/issues/new"' in await shown(client, "/")
    assert "New issue" in await shown(client, "/acme/shop/issues/new")

    github.people.user("eve")
    made = await send(client, "/acme/shop/issues/new", title="Track", body="- [ ] a\r\n", by="eve")

    assert (made.status, made.headers["Location"]) == (303, "/acme/shop/issues/2")
    github.grant(github.state.repositories[pull.repository_id], "bob", "write")
    assert 'href="/acme/shop/issues/2/edit"' in await shown(client, "/acme/shop/issues/2")
    assert "- [ ] a\n</textarea>" in await shown(client, "/acme/shop/issues/2/edit")
    await send(client, "/acme/shop/issues/2/edit", body="- [x] a\n", by="bob")
    assert "☑</button> a" in await shown(client, "/acme/shop/issues/2")
    issue = github.state.issues[pull.repository_id, 2]
    assert issue.editor_id == github.people.user("bob").id
    for action in ("close", "reopen"):
        assert f'issues/2/{action}"' in await shown(client, "/acme/shop/issues/2")
        await send(client, f"/acme/shop/issues/2/{action}", reason="not_planned")
    told = [each["action"] for each in receiver.payloads("issues")]
    assert told == ["opened", "edited", "closed", "reopened"]


async def test_issue_needs_a_title_and_a_reason_that_github_knows(
    client: Client, pull: Pull
) -> None:
    assert (await send(client, "/acme/shop/issues/new", title=" ", by="ada")).status == 422
    await send(client, "/acme/shop/issues/new", title="Track", by="ada")
    assert (await send(client, "/acme/shop/issues/2/close", reason="bored")).status == 422
    assert (await send(client, "/acme/shop/issues/2/explode", by="ada")).status == 404
    assert (await send(client, "/acme/none/issues/new", title="x", by="ada")).status == 404


async def test_change_of_a_file_is_proposed_as_a_pull_request(
    github: LocalGitHub, client: Client, receiver: Receiver, pull: Pull
) -> None:
    path = "/acme/shop/compare"
    assert f'href="{path}"' in await shown(client, "/")
    assert '<option value="cart.py">' in await shown(client, path)
    assert "line_30 = 30\n</textarea>" in await shown(client, f"{path}?path=cart.py")
    change = {"path": "cart.py", "text": "x = 1\r\n", "body": "Part of #9"}

    made = await send(client, path, title="Shorten", by="ada", **change)

    assert (made.status, made.headers["Location"]) == (303, "/acme/shop/pull/2")
    proposed = github.state.pulls[pull.repository_id, 2]
    git = github.state.git(pull.repository_id)
    blob = git.blob(proposed.head_sha, "cart.py")
    assert blob is not None
    assert blob.content == b"x = 1\n"
    assert receiver.payloads("pull_request")[-1]["pull_request"]["body"] == "Part of #9"
    await send(client, path, title="Drop", by="ada", delete="yes", **change)
    assert git.blob(github.state.pulls[pull.repository_id, 3].head_sha, "cart.py") is None
    assert (await send(client, path, title="", by="ada", **change)).status == 422
    nothing = {"title": "Drop", "path": "no.py", "delete": "yes", "by": "ada"}
    assert (await send(client, path, **nothing)).status == 422
    assert (await send(client, path, title="Add", path="", text="", by="ada")).status == 422
