"""Links of the pages and of the API lead somewhere."""

from __future__ import annotations

from typing import TYPE_CHECKING

from tests.bot.sandbox.page.test_forms import PULL, judge, send, shown, suggest

if TYPE_CHECKING:
    from bot.sandbox.github.records import Pull
    from bot.sandbox.github.server import LocalGitHub
    from tests.bot.sandbox.conftest import Client, Receiver


async def test_commit_shows_what_it_changed(client: Client, pull: Pull) -> None:
    listed = await shown(client, f"{PULL}/commits")
    assert f"/acme/shop/commit/{pull.head_sha}" in listed
    page = await shown(client, f"/acme/shop/commit/{pull.head_sha}")
    assert "<code>extra = 1</code>" in page
    assert "Comment on a line" not in page


async def test_first_commit_shows_all_its_files(
    github: LocalGitHub, client: Client, pull: Pull
) -> None:
    page = await shown(client, "/acme/shop/commit/main")
    assert "<code>line_30 = 30</code>" in page


async def test_file_at_a_commit_has_addresses_of_its_lines(client: Client, pull: Pull) -> None:
    page = await shown(client, f"/acme/shop/blob/{pull.head_sha}/cart.py")
    assert 'id="L16"' in page
    assert "<code>extra = 1</code>" in page
    for path in ("commit/0000000", "blob/main/no.py", "blob/none/cart.py"):
        reply = await client.send("GET", f"{client.github.url}/acme/shop/{path}")
        assert reply.status == 404


async def test_check_run_leads_to_the_checks_of_its_pull_request(
    client: Client, pull: Pull
) -> None:
    run = await judge(client, pull)
    reply = await client.send("GET", f"{client.github.url}/acme/shop/runs/{run}")
    assert reply.headers["Location"] == f"{PULL}/checks#run-{run}"
    assert f'id="run-{run}"' in await shown(client, f"{PULL}/checks")
    assert (await client.send("GET", f"{client.github.url}/acme/shop/runs/7")).status == 404


async def test_pull_request_that_is_asked_for_as_an_issue_is_found(
    client: Client, pull: Pull
) -> None:
    reply = await client.send("GET", f"{client.github.url}/acme/shop/issues/1")
    assert reply.headers["Location"] == PULL


async def test_delivery_is_listed_with_what_was_sent_and_sent_again(
    github: LocalGitHub, client: Client, receiver: Receiver, pull: Pull
) -> None:
    await github.webhooks.settle()
    receiver.status = 503
    await github.people.comment(pull, "/ssot help")
    delivery = max(github.state.deliveries)
    listed = await shown(client, "/-/deliveries")
    assert "issue_comment.created" in listed
    assert "Invalid HTTP Response: 503 (503)" in listed
    page = await shown(client, f"/-/deliveries/{delivery}")
    assert "X-Hub-Signature-256: sha256=" in page
    assert "/ssot help" in page

    receiver.status = 202
    again = await send(client, f"/-/deliveries/{delivery}")

    assert again.headers["Location"] == f"/-/deliveries/{delivery + 1}"
    assert "OK (202)" in await shown(client, again.headers["Location"])
    assert (await send(client, "/-/deliveries/7")).status == 404


async def test_version_moves_when_something_happens_and_not_when_somebody_looks(
    github: LocalGitHub, client: Client, pull: Pull
) -> None:
    before = await shown(client, "/-/version")
    await shown(client)
    assert await shown(client, "/-/version") == before
    await suggest(client, pull, line=16, text="extra = 2\n")  # of which no webhook tells
    assert int(await shown(client, "/-/version")) > int(before)


async def test_pull_request_in_the_merge_queue_is_merged_when_its_group_has_passed(
    github: LocalGitHub, client: Client, receiver: Receiver, pull: Pull
) -> None:
    github.grant(github.state.repositories[pull.repository_id], "ada", "write")
    await send(client, f"{PULL}/enqueue", by="ada")
    assert "In the merge queue, place 1" in await shown(client)
    assert (await send(client, f"{PULL}/enqueue", by="ada")).status == 409
    (asked,) = receiver.payloads("merge_group")

    head = asked["merge_group"]["head_sha"]
    run = {"name": "SSOT", "head_sha": head, "conclusion": "success"}
    await client.send("POST", "/repos/acme/shop/check-runs", run)

    assert ">merged</span>" in await shown(client)
    assert "merged into main" in await shown(client)
