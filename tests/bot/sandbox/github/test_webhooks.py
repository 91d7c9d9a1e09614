"""Which Apps are told what, signed, and what becomes of a delivery."""

from __future__ import annotations

import asyncio
import hashlib
import hmac
import json
from typing import TYPE_CHECKING

from aiohttp import web

from bot.sandbox.github.people import Opening
from bot.sandbox.github.webhooks import signature

if TYPE_CHECKING:
    from bot.sandbox.github.records import Pull, Repository
    from bot.sandbox.github.server import LocalGitHub
    from tests.bot.sandbox.conftest import Client, Receiver


def test_signature_is_githubs() -> None:
    # https://docs.github.com/en/webhooks/using-webhooks/validating-webhook-deliveries
    assert signature("It's a Secret to Everybody", b"Hello, World!") == (
        "sha256=757107ea0eb2509fc211221cce984b8a37570b6d7586c22c46f4379c8b043e17"
    )


async def test_delivery_is_signed_and_named(
    github: LocalGitHub, receiver: Receiver, pull: Pull
) -> None:
    headers, body = next(
        (h, b) for h, b in receiver.deliveries if h["X-GitHub-Event"] == "pull_request"
    )
    digest = hmac.new(github.webhook_secret.encode(), body, hashlib.sha256).hexdigest()
    assert headers["X-Hub-Signature-256"] == f"sha256={digest}"
    assert headers["X-Hub-Signature"].startswith("sha1=")
    assert headers["User-Agent"].startswith("GitHub-Hookshot/")
    assert headers["X-GitHub-Hook-Installation-Target-Type"] == "integration"
    assert headers["X-GitHub-Hook-Installation-Target-ID"] == str(github.app.id)
    payload = json.loads(body)
    assert (payload["action"], payload["number"]) == ("opened", 1)
    assert payload["installation"]["id"] in github.state.installations


async def test_push_synchronizes_the_pull_request(
    github: LocalGitHub, receiver: Receiver, repository: Repository, pull: Pull
) -> None:
    after = await github.people.push(repository, "feature", {"new.py": "c = 3\n"})
    synchronize = receiver.payloads("pull_request")[-1]
    assert synchronize["action"] == "synchronize"
    assert (synchronize["before"], synchronize["after"]) == (pull.head_sha, after)
    push = receiver.payloads("push")[-1]
    assert (push["ref"], push["forced"]) == ("refs/heads/feature", False)
    assert push["head_commit"]["modified"] == ["new.py"]
    assert receiver.payloads("check_suite")[-1]["action"] == "requested"


async def test_forced_push_says_so(
    github: LocalGitHub, receiver: Receiver, repository: Repository, pull: Pull
) -> None:
    after = await github.people.push(repository, "feature", {"x.py": ""}, onto=pull.base_sha)
    assert receiver.payloads("push")[-1]["forced"] is True
    assert github.state.pulls[repository.id, 1].head_sha == after


async def test_life_of_a_pull_request_is_told(
    github: LocalGitHub, receiver: Receiver, repository: Repository, pull: Pull
) -> None:
    people = github.people
    people.commit(repository, "release", {"r.py": "r = 1\n"})
    await people.convert_to_draft(pull)
    await people.mark_ready(pull)
    await people.retarget(pull, "release")
    await people.edit_body(pull, "Fixes #3")
    await people.close(pull)
    await people.reopen(pull)
    payloads = receiver.payloads("pull_request")
    assert [payload["action"] for payload in payloads] == [
        "opened",
        "converted_to_draft",
        "ready_for_review",
        "edited",
        "edited",
        "closed",
        "reopened",
    ]
    assert payloads[3]["changes"]["base"]["ref"] == {"from": "main"}
    assert payloads[4]["changes"]["body"] == {"from": "Fixes #9"}


async def test_merge_closes_and_moves_the_base(
    github: LocalGitHub, receiver: Receiver, repository: Repository, pull: Pull
) -> None:
    merged = await github.people.merge(pull)
    closed = receiver.payloads("pull_request")[-1]
    assert closed["pull_request"]["merged"] is True
    assert closed["pull_request"]["merge_commit_sha"] == merged
    assert github.state.git(repository.id).branch("main") == merged


async def test_fork_events_name_no_pull_request(
    github: LocalGitHub, receiver: Receiver, client: Client, repository: Repository
) -> None:
    fork = github.fork(repository, "eve")
    head = github.people.commit(fork, "patch", {"evil.py": "a = 1\n"})
    await github.people.open_pull(repository, Opening("patch", fork=fork, by="eve"))
    body = {"name": "SSOT", "head_sha": head, "conclusion": "failure"}
    posted = await client.send("POST", "/repos/acme/shop/check-runs", body)
    assert posted.status == 201
    run = github.state.check_runs[posted.json["id"]]
    await github.people.rerun(run)
    await github.people.rerun_all(run)
    told = receiver.payloads("check_run")[-1]
    assert told["action"] == "rerequested"
    assert told["check_run"]["pull_requests"] == []
    suite = receiver.payloads("check_suite")[-1]["check_suite"]
    assert (suite["pull_requests"], suite["head_branch"]) == ([], None)
    listed = await client.send("GET", f"/repos/acme/shop/commits/{head}/pulls")
    assert listed.json == []


async def test_deleted_fork_leaves_a_null_head_repository(
    github: LocalGitHub, receiver: Receiver, repository: Repository
) -> None:
    fork = github.fork(repository, "eve")
    github.people.commit(fork, "patch", {"evil.py": "a = 1\n"})
    pull = await github.people.open_pull(repository, Opening("patch", fork=fork, by="eve"))
    github.delete_fork(fork)
    await github.people.edit_body(pull, "Still here.")
    assert receiver.payloads("pull_request")[-1]["pull_request"]["head"]["repo"] is None


async def test_fork_commit_may_be_unknown_at_first(
    github: LocalGitHub, client: Client, repository: Repository
) -> None:
    fork = github.fork(repository, "eve")
    head = github.people.commit(fork, "patch", {"evil.py": "a = 1\n"})
    github.state.lagging_reads = 1
    await github.people.open_pull(repository, Opening("patch", fork=fork, by="eve"))
    body = {"name": "SSOT", "head_sha": head}
    statuses = [
        (await client.send("POST", "/repos/acme/shop/check-runs", body)).status for _ in range(2)
    ]
    assert statuses == [422, 201]


async def test_button_is_told_to_the_owner_of_the_run_only(
    github: LocalGitHub, receiver: Receiver, client: Client, repository: Repository, pull: Pull
) -> None:
    github.install(repository, app=github.add_app("other"))
    body = {"name": "SSOT", "head_sha": pull.head_sha, "conclusion": "failure"}
    posted = await client.send("POST", "/repos/acme/shop/check-runs", body)
    await github.webhooks.settle()
    receiver.deliveries.clear()
    await github.people.press(github.state.check_runs[posted.json["id"]], "recheck")
    (told,) = receiver.payloads("check_run")
    assert told["requested_action"] == {"identifier": "recheck"}


async def test_own_comment_is_told_as_the_bots(
    github: LocalGitHub, receiver: Receiver, client: Client, pull: Pull
) -> None:
    await client.send("POST", "/repos/acme/shop/issues/1/comments", {"body": "/ssot recheck"})
    await github.webhooks.settle()
    told = receiver.payloads("issue_comment")[-1]
    assert told["sender"]["type"] == "Bot"
    assert told["issue"]["pull_request"]


async def test_comment_is_told_when_edited_and_deleted(
    github: LocalGitHub, receiver: Receiver, pull: Pull
) -> None:
    comment = await github.people.comment(pull, "one", by="bob")
    await github.people.edit_comment(comment, "two")
    await github.people.delete_comment(comment)
    payloads = receiver.payloads("issue_comment")
    assert [payload["action"] for payload in payloads] == ["created", "edited", "deleted"]
    assert payloads[1]["changes"]["body"]["from"] == "one"
    assert payloads[1]["sender"]["login"] == "ada"


async def test_redelivery_keeps_its_guid(
    github: LocalGitHub, receiver: Receiver, client: Client, pull: Pull
) -> None:
    headers = {"Authorization": f"Bearer {client.jwt()}"}
    listed = (await client.send("GET", "/app/hook/deliveries", headers=headers)).json
    first = listed[0]
    path = f"/app/hook/deliveries/{first['id']}"
    shown = (await client.send("GET", path, headers=headers)).json
    assert shown["request"]["headers"]["X-GitHub-Delivery"] == first["guid"]
    assert (await client.send("POST", f"{path}/attempts", headers=headers)).status == 202
    await github.webhooks.settle()
    guids = [headers["X-GitHub-Delivery"] for headers, _ in receiver.deliveries]
    assert guids.count(first["guid"]) == 2
    newest = (await client.send("GET", "/app/hook/deliveries", headers=headers)).json[0]
    assert (newest["guid"], newest["redelivery"]) == (first["guid"], True)
    assert newest["id"] > 2**53


async def test_missed_delivery_is_listed_newest_first(
    github: LocalGitHub, receiver: Receiver, client: Client, pull: Pull
) -> None:
    github.webhooks.url = "http://127.0.0.1:9/webhook"
    await github.people.comment(pull, "Anybody there?")
    headers = {"Authorization": f"Bearer {client.jwt()}"}
    path = "/app/hook/deliveries?status=failure"
    (missed,) = (await client.send("GET", path, headers=headers)).json
    assert (missed["event"], missed["status_code"]) == ("issue_comment", 0)
    everything = (await client.send("GET", "/app/hook/deliveries", headers=headers)).json
    assert everything[0]["id"] == missed["id"]
    page = await client.send("GET", "/app/hook/deliveries?per_page=1", headers=headers)
    assert f"cursor={missed['id']}" in page.headers["Link"]


async def test_refused_delivery_has_failed(
    github: LocalGitHub, receiver: Receiver, pull: Pull
) -> None:
    receiver.status = 503
    await github.people.comment(pull, "Hello?")
    newest = max(github.state.deliveries.values(), key=lambda delivery: delivery.id)
    assert (newest.succeeded, newest.status_code) == (False, 503)


async def test_slow_answer_has_failed(github: LocalGitHub, pull: Pull) -> None:
    released = asyncio.Event()

    async def wait(_request: web.Request) -> web.Response:
        await released.wait()
        return web.Response()

    application = web.Application()
    application.add_routes([web.post("/webhook", wait)])
    runner = web.AppRunner(application)
    await runner.setup()
    await web.TCPSite(runner, "127.0.0.1", 0).start()
    github.webhooks.url = f"http://127.0.0.1:{runner.addresses[0][1]}/webhook"
    assert github.webhooks.timeout_seconds == 10.0
    github.webhooks.timeout_seconds = 0.05
    await github.people.comment(pull, "Hello?")
    newest = max(github.state.deliveries.values(), key=lambda delivery: delivery.id)
    assert newest.status == "timed out"
    released.set()
    await runner.cleanup()


async def test_held_deliveries_come_in_the_order_of_the_test(
    github: LocalGitHub, receiver: Receiver, pull: Pull
) -> None:
    receiver.deliveries.clear()
    held = github.webhooks.hold()
    await github.people.comment(pull, "one")
    await github.people.comment(pull, "two")
    assert receiver.deliveries == []
    await github.webhooks.release(held[::-1])
    bodies = [payload["comment"]["body"] for payload in receiver.payloads("issue_comment")]
    assert bodies == ["two", "one"]


async def test_delivery_can_come_twice(github: LocalGitHub, receiver: Receiver, pull: Pull) -> None:
    newest = max(github.state.deliveries.values(), key=lambda delivery: delivery.id)
    await github.webhooks.redeliver(newest)
    guids = [headers["X-GitHub-Delivery"] for headers, _ in receiver.deliveries]
    assert guids.count(newest.guid) == 2


async def test_issue_is_told(
    github: LocalGitHub, receiver: Receiver, repository: Repository
) -> None:
    await github.trackers.open(repository, "Track", "- [ ] one")
    assert receiver.payloads("issues")[-1]["issue"]["title"] == "Track"


async def test_installation_is_told_to_its_app(
    github: LocalGitHub, receiver: Receiver, client: Client, pull: Pull
) -> None:
    (installation,) = github.state.installations.values()
    await github.owners.suspend(installation)
    assert (await client.send("GET", "/repos/acme/shop")).status == 403
    await github.people.comment(pull, "Nobody is told.")
    await github.owners.uninstall(installation)
    assert (await client.send("GET", "/repos/acme/shop")).status == 401
    payloads = receiver.payloads("installation")
    assert [payload["action"] for payload in payloads] == ["suspend", "deleted"]
    assert "repositories" not in payloads[0]
    assert payloads[1]["repositories"][0]["full_name"] == "acme/shop"
    assert "repository" not in payloads[0]
    assert receiver.payloads("issue_comment") == []
