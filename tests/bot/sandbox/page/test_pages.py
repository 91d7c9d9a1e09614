"""The pages show what a person would see on GitHub."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from bot.sandbox.sample import create_sample, open_sample

if TYPE_CHECKING:
    from bot.sandbox.github.records import Pull, Repository
    from bot.sandbox.github.server import LocalGitHub
    from tests.bot.sandbox.conftest import Client, Reply

REPO = "/repos/acme/shop"


async def page(client: Client, path: str) -> Reply:
    reply = await client.send("GET", client.github.url + path)
    assert reply.status == 200
    return reply


async def test_pull_requests_are_listed(client: Client, pull: Pull) -> None:
    shown = (await page(client, "/")).text
    assert '<a href="/acme/shop/pull/1">A change</a>' in shown
    assert "no check yet" in shown


async def test_page_loads_nothing_from_elsewhere(client: Client, pull: Pull) -> None:
    reply = await page(client, "/acme/shop/pull/1")
    policy = reply.headers["Content-Security-Policy"]
    assert "default-src 'none'" in policy
    assert "unsafe" not in policy
    assert re.findall("<script[^>]*>", reply.text) == [
        '<script src="/-/page.js" defer data-version="3" data-live>'
    ]
    assert "on" not in {name[:2] for name in re.findall(r" (\w+)=", reply.text)}
    assert "style=" not in reply.text
    assert "http://" not in reply.text.replace("http-equiv", "")
    style = await page(client, "/-/page.css")
    assert style.headers["Content-Type"].startswith("text/css")
    assert "prefers-color-scheme: dark" in style.text


async def test_check_run_is_shown_with_summary_and_annotations(client: Client, pull: Pull) -> None:
    annotation = {
        "path": "cart.py",
        "start_line": 16,
        "end_line": 16,
        "annotation_level": "failure",
        "message": "Not <b>this</b>.",
        "title": "forbidden-import",
    }
    output = {"title": "1 new finding", "summary": "**One** thing.", "annotations": [annotation]}
    waiting = (await page(client, "/acme/shop/pull/1")).text
    assert 'http-equiv="refresh"' in waiting
    body = {"name": "SSOT", "head_sha": pull.head_sha, "conclusion": "failure", "output": output}
    await client.send("POST", f"{REPO}/check-runs", body)
    talk = (await page(client, "/acme/shop/pull/1")).text
    assert 'http-equiv="refresh"' not in talk
    assert "1 new finding" in talk
    for tab in ("checks", "files"):
        shown = (await page(client, f"/acme/shop/pull/1/{tab}")).text
        assert "forbidden-import: Not &lt;b&gt;this&lt;/b&gt;." in shown
        assert ("<strong>One</strong> thing." in shown) == (tab == "checks")
    assert ">failure<" in (await page(client, "/")).text


async def test_inline_comment_stands_below_its_line(client: Client, pull: Pull) -> None:
    comment = {"path": "cart.py", "line": 16, "side": "RIGHT", "body": "Look `here`."}
    body = {"commit_id": pull.head_sha, "event": "COMMENT", "body": "Done.", "comments": [comment]}
    await client.send("POST", f"{REPO}/pulls/1/reviews", body)
    shown = (await page(client, "/acme/shop/pull/1/files")).text
    line = shown.index("<code>extra = 1</code>")
    said = shown.index("Look <code>here</code>.")
    following = shown.index("<code>line_16 = 16</code>")
    assert line < said < following
    assert "ssot-sandbox[bot]" in shown
    talk = (await page(client, "/acme/shop/pull/1")).text
    assert talk.index("Done.") < talk.index("<code>+extra = 1</code>") < talk.index("Look <code>")


async def test_outdated_comment_is_folded_away(
    github: LocalGitHub, client: Client, repository: Repository, pull: Pull
) -> None:
    comment = {"path": "cart.py", "line": 16, "side": "RIGHT", "body": "Look."}
    body = {"commit_id": pull.head_sha, "event": "COMMENT", "body": "x", "comments": [comment]}
    await client.send("POST", f"{REPO}/pulls/1/reviews", body)
    await github.people.push(repository, "feature", {"cart.py": "nothing = 0\n"})
    shown = (await page(client, "/acme/shop/pull/1")).text
    assert "Folded away: outdated" in shown


async def test_comment_on_a_file_that_is_no_longer_changed_is_kept(
    github: LocalGitHub, client: Client, repository: Repository, pull: Pull
) -> None:
    comment = {"path": "new.py", "line": 1, "side": "RIGHT", "body": "Look at this one."}
    body = {"commit_id": pull.head_sha, "event": "COMMENT", "body": "x", "comments": [comment]}
    await client.send("POST", f"{REPO}/pulls/1/reviews", body)
    await github.people.push(repository, "feature", {"new.py": None})
    shown = (await page(client, "/acme/shop/pull/1")).text
    assert "Look at this one." in shown
    assert "<code>new.py:1</code>" in shown


async def test_conversation_is_escaped(github: LocalGitHub, client: Client, pull: Pull) -> None:
    await github.people.comment(pull, "<script>alert(1)</script> /ssot recheck", by="bob")
    shown = (await page(client, "/acme/shop/pull/1")).text
    assert "&lt;script&gt;" in shown


async def test_unknown_pull_request_is_not_found(client: Client, pull: Pull) -> None:
    for path in ("/acme/shop/pull/9", "/acme/none/pull/1"):
        assert (await client.send("GET", client.github.url + path)).status == 404


async def test_sample_has_its_six_pull_requests(github: LocalGitHub, client: Client) -> None:
    # the fixture's own `acme/shop` makes room first
    github.state.repositories.clear()
    repository = create_sample(github)
    pulls = await open_sample(github, repository)
    assert [pull.number for pull in pulls] == [2, 3, 4, 5, 6, 7]
    assert [pull.from_fork for pull in pulls] == [False, False, False, True, False, False]
    shown = (await page(client, "/")).text
    assert "Add discounts" in shown
    assert "eve:show-prices" in (await page(client, "/acme/shop/pull/5")).text
