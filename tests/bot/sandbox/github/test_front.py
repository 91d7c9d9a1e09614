"""What every request passes: faults, quota, headers, redirects."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING

import aiohttp
import pytest

from bot.sandbox.github import faults
from bot.sandbox.github.front import ConnectionDroppedError, RequestRecord

if TYPE_CHECKING:
    from bot.sandbox.github.records import Pull, Repository
    from bot.sandbox.github.server import LocalGitHub
    from tests.bot.sandbox.conftest import Client

REPO = "/repos/acme/shop"


async def test_missing_user_agent_is_refused(github: LocalGitHub, client: Client) -> None:
    async with aiohttp.ClientSession(skip_auto_headers=["User-Agent"]) as session:
        headers = {"Authorization": f"Bearer {client.token}"}
        async with session.get(f"{github.api_url}{REPO}", headers=headers) as response:
            assert response.status == 403


async def test_trailing_slash_is_not_found(client: Client) -> None:
    assert (await client.send("GET", f"{REPO}/")).status == 404


async def test_unknown_api_version_is_refused(client: Client) -> None:
    headers = {"X-GitHub-Api-Version": "2020-01-01"}
    assert (await client.send("GET", REPO, headers=headers)).status == 400
    headers = {"X-GitHub-Api-Version": "2026-03-10"}
    assert (await client.send("GET", REPO, headers=headers)).status == 200


async def test_unknown_repository_is_not_found(client: Client) -> None:
    assert (await client.send("GET", "/repos/acme/nothing")).status == 404


async def test_unchanged_answer_is_304_and_free(client: Client) -> None:
    first = await client.send("GET", REPO)
    again = await client.send("GET", REPO, headers={"If-None-Match": first.headers["ETag"]})
    assert (again.status, again.text) == (304, "")
    assert again.headers["X-RateLimit-Used"] == first.headers["X-RateLimit-Used"]


async def test_conditional_write_is_refused(client: Client, pull: Pull) -> None:
    headers = {"If-Match": '"x"'}
    reply = await client.send("PATCH", f"{REPO}/issues/1", {"body": "x"}, headers)
    assert reply.status == 400
    assert reply.json["message"].startswith("Conditional request headers are not allowed")


async def test_broken_json_is_refused(github: LocalGitHub, client: Client) -> None:
    headers = {"Authorization": f"Bearer {client.token}", "User-Agent": "tests"}
    url = f"{github.api_url}{REPO}/check-runs"
    for body in (b"{", b"[]"):
        async with client.session.post(url, data=body, headers=headers) as response:
            assert response.status == 400


async def test_quota_is_counted_and_ends(github: LocalGitHub, client: Client) -> None:
    first = await client.send("GET", REPO)
    assert first.headers["X-RateLimit-Remaining"] == "4999"
    github.front.quota = 1
    reply = await client.send("GET", REPO)
    assert (reply.status, reply.headers["X-RateLimit-Remaining"]) == (403, "0")
    assert "rate limit exceeded" in reply.json["message"]


async def test_former_name_redirects_by_id(
    github: LocalGitHub, client: Client, repository: Repository, pull: Pull
) -> None:
    github.rename(repository, "store")
    reply = await client.send("GET", f"{REPO}/pulls/1")
    assert reply.status == 301
    followed = await client.send("GET", reply.headers["Location"])
    assert followed.json["base"]["repo"]["full_name"] == "acme/store"
    write = await client.send("POST", f"{REPO}/issues/1/comments", {"body": "x"})
    assert write.status == 307
    written = await client.send("POST", write.headers["Location"], {"body": "x"})
    assert written.status == 201


@pytest.mark.parametrize("status", [403, 429])
@pytest.mark.parametrize("retry_after", [None, 7])
async def test_secondary_limit_is_answered_once(
    github: LocalGitHub, client: Client, status: int, retry_after: int | None
) -> None:
    github.script(faults.secondary_limit(status, retry_after), path="/repos/*")
    reply = await client.send("GET", REPO)
    assert (reply.status, "secondary rate" in reply.text) == (status, True)
    expected = None if retry_after is None else str(retry_after)
    assert reply.headers.get("Retry-After") == expected
    assert (await client.send("GET", REPO)).status == 200


async def test_primary_limit_names_its_reset(github: LocalGitHub, client: Client) -> None:
    github.script(faults.primary_limit(1234))
    reply = await client.send("GET", REPO)
    assert reply.headers["X-RateLimit-Remaining"] == "0"
    assert reply.headers["X-RateLimit-Reset"] == "1234"


async def test_bad_gateway_is_a_web_page(github: LocalGitHub, client: Client) -> None:
    github.script(faults.BAD_GATEWAY)
    reply = await client.send("GET", REPO)
    assert (reply.status, reply.headers["Content-Type"][:9]) == (502, "text/html")


async def test_graphql_limit_comes_with_200(github: LocalGitHub, client: Client) -> None:
    github.script(faults.graphql_limit(1234), path="/graphql")
    answer = await client.query("{ __typename }")
    assert answer["errors"][0]["type"] == "RATE_LIMITED"


async def test_connection_drops_before_anything_is_done(
    github: LocalGitHub, client: Client, pull: Pull
) -> None:
    github.script(faults.DROPPED, method="POST", path="*/comments")
    with pytest.raises(aiohttp.ClientError):
        await client.send("POST", f"{REPO}/issues/1/comments", {"body": "x"})
    assert not github.state.comments


async def test_fault_waits_for_its_turn(github: LocalGitHub, client: Client) -> None:
    github.script(faults.BAD_GATEWAY, skip=1, times=2)
    statuses = [(await client.send("GET", REPO)).status for _ in range(4)]
    assert statuses == [200, 502, 502, 200]


async def test_hook_can_drop_the_answer_of_a_write_that_was_done(
    github: LocalGitHub, client: Client, pull: Pull
) -> None:
    async def drop(record: RequestRecord) -> None:
        raise ConnectionDroppedError

    github.front.after_write = drop
    with pytest.raises(aiohttp.ClientError):
        await client.send("POST", f"{REPO}/issues/1/comments", {"body": "x"})
    assert len(github.state.comments) == 1
    assert (await client.send("GET", REPO)).status == 200


async def test_requests_are_logged_with_permissions(github: LocalGitHub, client: Client) -> None:
    github.requests.clear()
    await client.send("GET", f"{REPO}?x=1")
    (record,) = github.requests
    assert (record.method, record.path, record.status) == ("GET", REPO, 200)
    assert record.operation == "GET /repos/{owner}/{repo}"
    assert record.permissions["checks"] == "write"


async def test_reads_lag_behind_an_event(
    github: LocalGitHub, client: Client, repository: Repository, pull: Pull
) -> None:
    github.state.lagging_reads = 2
    after = await github.people.push(repository, "feature", {"new.py": "c = 3\n"})
    heads = [(await client.send("GET", f"{REPO}/pulls/1")).json["head"]["sha"] for _ in range(3)]
    assert heads == [pull.head_sha, pull.head_sha, after]


async def test_pages_are_linked(github: LocalGitHub, client: Client, pull: Pull) -> None:
    for number in range(3):
        await client.send("POST", f"{REPO}/issues/1/comments", {"body": str(number)})
    path = f"{REPO}/issues/1/comments"
    first = await client.send("GET", f"{path}?per_page=2")
    assert [entry["body"] for entry in first.json] == ["0", "1"]
    url = f"{github.api_url}{path}?per_page=2&page=2"
    assert f'<{url}>; rel="next"' in first.headers["Link"]
    second = await client.send("GET", url)
    assert [entry["body"] for entry in second.json] == ["2"]
    assert 'rel="next"' not in second.headers["Link"]
    assert json.loads(second.text)


async def test_query_is_no_write_and_has_a_quota_of_its_own(
    github: LocalGitHub, client: Client, pull: Pull
) -> None:
    written: list[str] = []

    async def note(record: RequestRecord) -> None:
        written.append(record.operation)

    github.front.after_write = note
    await client.query("query Pull { __typename }")
    text = "mutation Fold($id: ID!) { unminimizeComment(input: {subjectId: $id}) { __typename } }"
    await client.query(text, id="IC_x")
    assert written == ["mutation Fold"]
    assert github.requests[-2].operation == "query Pull"
    github.front.quota = 2
    answer = await client.query("query Pull { __typename }")
    assert answer["errors"][0]["type"] == "RATE_LIMITED"
    assert (await client.send("GET", REPO)).status == 200
