"""What a visitor does at the lines of a diff, and who may."""

from __future__ import annotations

from typing import TYPE_CHECKING

from tests.bot.sandbox.page.test_forms import PULL, send, shown, suggest

if TYPE_CHECKING:
    from bot.sandbox.github.records import Pull, Repository
    from bot.sandbox.github.server import LocalGitHub
    from tests.bot.sandbox.conftest import Client


async def test_reply_stands_in_its_thread_and_is_led_to(
    github: LocalGitHub, client: Client, pull: Pull
) -> None:
    thread = await suggest(client, pull, line=16, text="extra = 2\n")

    sent = await send(client, f"{PULL}/reply", thread=str(thread), body="No.", by="ada")

    answer = max(github.state.review_comments)
    assert sent.headers["Location"].endswith(f"#discussion_r{answer}")
    assert github.state.review_comments[answer].thread_id == thread
    page = await shown(client, f"{PULL}/files")
    assert page.index(f'id="discussion_r{thread}"') < page.index(f'id="discussion_r{answer}"')
    assert (await send(client, f"{PULL}/reply", thread="7", body="No.")).status == 404
    assert (await send(client, f"{PULL}/reply", thread=str(thread), body=" ")).status == 422


async def test_thread_is_resolved_by_its_author_and_by_nobody_without_a_say(
    github: LocalGitHub, client: Client, pull: Pull
) -> None:
    github.people.user("eve")
    thread = await suggest(client, pull, line=16, text="extra = 2\n")
    form = {"thread": str(thread)}

    assert (await send(client, f"{PULL}/resolve", by="eve", **form)).status == 403
    assert not github.state.resolved_threads
    assert (await send(client, f"{PULL}/resolve", by="ada", **form)).status == 303

    for tab in ("", "/files"):
        page = await shown(client, PULL + tab)
        assert "Folded away: resolved" in page
        assert "Apply suggestion" not in page
    await send(client, f"{PULL}/unresolve", by="ada", **form)
    assert "Folded away: resolved" not in await shown(client)


async def test_suggestion_shows_the_lines_that_it_replaces(client: Client, pull: Pull) -> None:
    await suggest(client, pull, line=16, text="extra = 2\n")
    page = await shown(client)
    old = page.index('<pre class="deleted" tabindex="0"><code>extra = 1\n</code></pre>')
    assert old < page.index('<pre class="added" tabindex="0"><code>extra = 2\n</code></pre>')


async def test_suggestions_for_several_places_are_one_commit(
    github: LocalGitHub, client: Client, pull: Pull
) -> None:
    first = await suggest(client, pull, line=15, text="line_15 = 5\nmore = 0\n")
    second = await suggest(client, pull, line=16, text="extra = 2\n")
    before = pull.head_sha

    form = f"comment={first}&comment={second}"
    headers = {"Content-Type": "application/x-www-form-urlencoded"}
    url = f"{github.url}{PULL}/apply"
    async with client.session.post(url, data=form, headers=headers) as response:
        assert response.status == 200

    head = github.state.pulls[pull.repository_id, 1].head_sha
    git = github.state.git(pull.repository_id)
    assert git.commits(before, head) == (head,)
    assert git.message(head) == "Apply 2 suggestions"
    blob = git.blob(head, "cart.py")
    assert blob is not None
    assert b"line_14 = 14\nline_15 = 5\nmore = 0\nextra = 2\nline_16 = 16\n" in blob.content


async def test_two_suggestions_for_one_line_are_refused_together(
    github: LocalGitHub, client: Client, pull: Pull
) -> None:
    ids = [await suggest(client, pull, line=16, text=f"extra = {each}\n") for each in (2, 3)]
    form = "&".join(f"comment={each}" for each in ids)
    headers = {"Content-Type": "application/x-www-form-urlencoded"}
    url = f"{github.url}{PULL}/apply"
    async with client.session.post(url, data=form, headers=headers) as response:
        assert (response.status, "the same line" in await response.text()) == (409, True)
    assert github.state.pulls[pull.repository_id, 1].head_sha == pull.head_sha
    assert (await send(client, f"{PULL}/apply")).status == 422


async def test_line_that_the_diff_shows_is_commented_on_and_no_other(
    github: LocalGitHub, client: Client, pull: Pull
) -> None:
    form = {"path": "cart.py", "body": "Why?", "by": "ada"}
    for line in ("1", "x"):
        assert (await send(client, f"{PULL}/remark", line=line, **form)).status == 422
    assert not github.state.review_comments

    await send(client, f"{PULL}/remark", line="16", **form)

    (comment,) = github.state.review_comments.values()
    assert (comment.current.line, comment.body) == (16, "Why?")
    assert "Why?" in await shown(client)


async def test_pull_request_is_closed_reopened_and_made_a_draft(
    github: LocalGitHub, client: Client, repository: Repository, pull: Pull
) -> None:
    github.people.user("eve")
    assert (await send(client, f"{PULL}/close", by="eve")).status == 403
    for action, state in (("draft", "draft"), ("ready", "open"), ("close", "closed")):
        assert (await send(client, f"{PULL}/{action}", by="ada")).status == 303
        assert f">{state}</span>" in await shown(client)
    assert "Merge pull request" not in await shown(client)
    await send(client, f"{PULL}/reopen", by="ada")
    assert ">open</span>" in await shown(client)


async def test_person_is_kept_and_only_a_person_who_is_there(
    github: LocalGitHub, client: Client, pull: Pull
) -> None:
    github.people.user("eve")
    sent = await send(client, "/-/person", by="eve", back="//evil.example/x?y=1")
    assert sent.headers["Location"] == "/x?y=1"
    assert "person=eve" in sent.headers["Set-Cookie"]

    client.person = "eve"
    assert '<option value="eve" selected>' in await shown(client)
    client.person = "mallory"
    assert '<option value="ada" selected>' in await shown(client)


async def test_box_of_a_text_that_was_edited_meanwhile_is_left_alone(
    github: LocalGitHub, client: Client, repository: Repository
) -> None:
    issue = await github.trackers.open(repository, "Track", "- [ ] a\n")
    path = f"/acme/shop/issues/{issue.number}"
    page = await shown(client, path)
    seen = page.partition('name="seen" value="')[2].partition('"')[0]

    await github.trackers.edit(issue, "- [ ] b\n- [ ] a\n")

    form = {"seen": seen, "line": "0", "by": "ada"}
    assert (await send(client, f"{path}/tick", **form)).status == 409
    assert github.state.issues[repository.id, issue.number].body == "- [ ] b\n- [ ] a\n"
