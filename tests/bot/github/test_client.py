"""Retries, limits and refusals, as GitHub words them."""

from __future__ import annotations

import asyncio
from typing import TYPE_CHECKING

import pytest

from bot.domain.errors import MalformedError, NotBeforeError, TransientError
from bot.github.auth import READ_CONTENTS, REVIEW, Grant
from bot.github.client import GitHub, QueryError
from bot.github.refusals import RefusedError
from tests.bot.github.conftest import MINT, TOKEN

if TYPE_CHECKING:
    from bot.github.auth import Tokens
    from bot.github.client import Client
    from bot.github.transport import Transport
    from tests.bot.github.conftest import ScriptedGitHub

THING = "GET /thing"
MAKE = "POST /thing"
CHANGE = "PATCH /thing"
GRAPHQL = "POST /graphql"
SECONDARY = {"message": "You have exceeded a secondary rate limit. Please wait."}


@pytest.fixture
async def client(script: ScriptedGitHub, github: GitHub, tokens: Tokens) -> Client:
    """A client whose token is old enough that a refusal counts."""
    script.token()
    wanted = Grant(7, 42, REVIEW)
    await tokens.token(wanted)
    script.clock.now += 10
    return github.client(wanted)


async def test_a_request_names_itself_its_version_and_its_token(
    script: ScriptedGitHub, client: Client
) -> None:
    script.on(THING, {"id": 1})

    assert await client.get("/thing", {}) == {"id": 1}

    (request,) = script.sent(THING)
    assert request.headers["user-agent"] == "ssot-bot"
    assert request.headers["x-github-api-version"] == "2022-11-28"
    assert request.headers["authorization"] == f"token {TOKEN}"


@pytest.mark.parametrize(
    ("status", "headers", "body", "wait_seconds"),
    [
        (403, {"retry-after": "17"}, SECONDARY, 17),
        (429, {"retry-after": "17", "x-ratelimit-remaining": "0"}, SECONDARY, 17),
        (403, {"x-ratelimit-remaining": "0", "x-ratelimit-reset": "RESET"}, {"message": "x"}, 500),
        (429, {"x-ratelimit-remaining": "0", "x-ratelimit-reset": "RESET"}, {"message": "x"}, 500),
        (403, {}, SECONDARY, 60),
        (403, {"x-ratelimit-remaining": "4000"}, SECONDARY, 60),
        (403, {}, {"message": "You have triggered an abuse detection mechanism."}, 60),
        (429, {}, {"message": "Too many"}, 60),
        (422, {}, {"message": "Validation Failed", "errors": ["was submitted too quickly"]}, 60),
    ],
)
async def test_a_rate_limit_says_when_to_come_back(
    script: ScriptedGitHub,
    client: Client,
    *,
    status: int,
    headers: dict[str, str],
    body: object,
    wait_seconds: int,
) -> None:
    now = script.clock.now
    headers = {
        name: str(int(now + 500)) if value == "RESET" else value for name, value in headers.items()
    }
    script.on(THING, body, status=status, headers=headers)

    with pytest.raises(NotBeforeError) as raised:
        await client.get("/thing", {})

    assert raised.value.not_before == now + wait_seconds
    assert len(script.sent(THING)) == 1


async def test_a_limited_installation_asks_nothing_until_its_time(
    script: ScriptedGitHub, client: Client
) -> None:
    script.on(THING, SECONDARY, status=403, headers={"retry-after": "30"})
    script.on(THING, {"id": 1})
    with pytest.raises(NotBeforeError):
        await client.get("/thing", {})

    with pytest.raises(NotBeforeError):
        await client.get("/thing", {})
    assert len(script.sent(THING)) == 1

    script.clock.now += 31
    assert await client.get("/thing", {}) == {"id": 1}


async def test_limits_without_a_time_double_until_something_works(
    script: ScriptedGitHub, client: Client
) -> None:
    for _ in range(3):
        script.on(THING, SECONDARY, status=403)
    script.on(THING, {"id": 1})
    script.on(THING, SECONDARY, status=403)
    waits = [await _wait(script, client) for _ in range(3)]
    await client.get("/thing", {})
    waits.append(await _wait(script, client))

    assert waits == [60, 120, 240, 60]


async def test_a_plain_403_is_a_refusal_that_names_the_missing_permission(
    script: ScriptedGitHub, client: Client
) -> None:
    script.on(
        THING,
        {"message": "Resource not accessible by integration"},
        status=403,
        headers={"X-Accepted-GitHub-Permissions": "checks=write"},
    )

    with pytest.raises(RefusedError, match=r"not accessible .* \(needs checks=write\)"):
        await client.get("/thing", {})


@pytest.mark.parametrize(
    ("errors", "text"),
    [
        (["line must be part of the diff"], "line must be part of the diff"),
        ("one string", "one string"),
        (
            [{"resource": "CheckRun", "field": "summary", "code": "custom", "message": "too big"}],
            "CheckRun summary custom too big",
        ),
        (None, "Validation Failed"),
    ],
)
async def test_a_422_keeps_githubs_words(
    script: ScriptedGitHub, client: Client, errors: object, text: str
) -> None:
    script.on(MAKE, {"message": "Validation Failed", "errors": errors}, status=422)

    with pytest.raises(RefusedError) as raised:
        await client.create("/thing", {}, data={})

    assert raised.value.status == 422
    assert raised.value.says(text)


@pytest.mark.parametrize("status", [500, 502, 503, 504])
async def test_a_read_survives_a_short_outage(
    script: ScriptedGitHub, client: Client, status: int
) -> None:
    script.on(THING, text="<html>Unicorn</html>", status=status)
    script.cut(THING)
    script.on(THING, {"id": 1})

    assert await client.get("/thing", {}) == {"id": 1}


async def test_a_long_outage_is_transient(script: ScriptedGitHub, client: Client) -> None:
    script.on(THING, text="<html>Unicorn</html>", status=502)

    with pytest.raises(TransientError):
        await client.get("/thing", {})

    assert len(script.sent(THING)) == 3


async def test_an_update_is_tried_again(script: ScriptedGitHub, client: Client) -> None:
    script.on(CHANGE, text="", status=502)
    script.on(CHANGE, {"id": 1})

    assert await client.update("/thing", {}, data={"body": "x"}) == {"id": 1}


async def test_what_adds_something_is_sent_once(script: ScriptedGitHub, client: Client) -> None:
    script.cut(MAKE)
    script.on(CHANGE, text="", status=502)

    with pytest.raises(TransientError):
        await client.create("/thing", {}, data={})
    with pytest.raises(TransientError):
        await client.append("/thing", {}, data={})

    assert (len(script.sent(MAKE)), len(script.sent(CHANGE))) == (1, 1)


async def test_a_page_of_a_proxy_is_no_answer(script: ScriptedGitHub, client: Client) -> None:
    script.on(THING, text="<html>Login</html>")

    with pytest.raises(TransientError):
        await client.get("/thing", {})


@pytest.mark.parametrize("status", [301, 302, 307])
async def test_a_renamed_repository_is_followed_with_the_same_method(
    script: ScriptedGitHub, client: Client, status: int
) -> None:
    moved = {"location": f"{script.url}/repositories/42/thing"}
    script.on(MAKE, {"message": "Moved"}, status=status, headers=moved)
    script.on("POST /repositories/42/thing", {"id": 1}, status=201)

    assert await client.create("/thing", {}, data={"a": 1}) == {"id": 1}

    (request,) = script.sent("POST /repositories/42/thing")
    assert request.body == {"a": 1}
    assert request.headers["authorization"] == f"token {TOKEN}"


async def test_a_token_is_carried_to_no_other_host(script: ScriptedGitHub, client: Client) -> None:
    script.on(THING, status=302, headers={"location": "https://evil.example/thing"})

    with pytest.raises(MalformedError):
        await client.get("/thing", {})


async def test_a_circle_of_redirects_ends(script: ScriptedGitHub, client: Client) -> None:
    script.on(THING, status=301, headers={"location": "/thing"})

    with pytest.raises(MalformedError):
        await client.get("/thing", {})


async def test_an_absolute_address_is_never_asked(script: ScriptedGitHub, client: Client) -> None:
    with pytest.raises(ValueError, match="below the API's root"):
        await client.get(f"{script.url}/thing", {})


@pytest.mark.parametrize("status", [401, 403, 404])
async def test_a_refusal_of_a_fresh_token_is_asked_again(
    script: ScriptedGitHub, github: GitHub, status: int
) -> None:
    script.token()
    script.on(THING, {"message": "Bad credentials"}, status=status)
    script.on(THING, {"message": "Bad credentials"}, status=status)
    script.on(THING, {"id": 1})

    assert await github.client(Grant(7, 42, REVIEW)).get("/thing", {}) == {"id": 1}

    assert script.clock.slept == [1.0, 2.0]
    assert len(script.sent(MINT)) == 1


async def test_a_refusal_of_a_fresh_token_is_believed_after_five_seconds(
    script: ScriptedGitHub, github: GitHub
) -> None:
    script.token()

    with pytest.raises(RefusedError):
        await github.client(Grant(7, 42, REVIEW)).get("/thing", {})

    assert script.clock.slept == [1.0, 2.0, 3.0]


async def test_an_old_token_that_was_revoked_is_replaced_once(
    script: ScriptedGitHub, client: Client
) -> None:
    script.on(THING, {"message": "Bad credentials"}, status=401)
    script.on(THING, {"id": 1})
    script.answers.pop(MINT)
    script.token("ghs_" + "y" * 40)

    assert await client.get("/thing", {}) == {"id": 1}

    assert script.sent(THING)[-1].headers["authorization"] == "token ghs_" + "y" * 40


async def test_a_refusal_of_the_token_that_replaced_one_is_asked_again(
    script: ScriptedGitHub, client: Client
) -> None:
    script.on(THING, {"message": "Bad credentials"}, status=401)
    script.on(THING, {"message": "Bad credentials"}, status=401)
    script.on(THING, {"id": 1})

    assert await client.get("/thing", {}) == {"id": 1}


async def test_a_limit_on_minting_a_token_for_git_is_waited_for(
    script: ScriptedGitHub, github: GitHub
) -> None:
    script.on(MINT, SECONDARY, status=403, headers={"retry-after": "17"})

    with pytest.raises(NotBeforeError) as raised:
        await github.client(Grant(7, 42, READ_CONTENTS)).token()

    assert raised.value.not_before == script.clock.now + 17


async def test_a_token_in_an_answer_does_not_reach_the_error(
    script: ScriptedGitHub, client: Client
) -> None:
    script.on(THING, {"message": f"no access with {TOKEN}", "errors": [TOKEN]}, status=422)

    with pytest.raises(RefusedError) as raised:
        await client.get("/thing", {})

    assert TOKEN not in f"{raised.value} {raised.value!r}"


async def test_writes_of_an_installation_are_a_second_apart(
    script: ScriptedGitHub, transport: Transport, tokens: Tokens
) -> None:
    clock = script.clock
    github = GitHub(transport, tokens, write_interval_seconds=1.0, sleep=clock.sleep)
    script.token()
    script.on(MAKE, {"id": 1}, status=201)
    script.on(THING, {"id": 1})
    wanted = Grant(7, 42, REVIEW)

    await asyncio.gather(*(github.client(wanted).create("/thing", {}, data={}) for _ in range(3)))
    await github.client(wanted).get("/thing", {})

    assert clock.slept == [1.0, 1.0]


async def test_graphql_returns_what_there_is_and_what_kept_the_rest_away(
    script: ScriptedGitHub, client: Client
) -> None:
    script.on(
        GRAPHQL,
        {
            "data": {"repository": {"id": "R"}},
            "errors": [{"type": "FORBIDDEN", "path": ["x"], "message": "Resource not accessible"}],
        },
    )

    answer = await client.query("query { x }", {"a": 1})

    assert answer.data == {"repository": {"id": "R"}}
    assert answer.errors == (QueryError("FORBIDDEN", "Resource not accessible", "x"),)
    assert script.sent(GRAPHQL)[0].body == {"query": "query { x }", "variables": {"a": 1}}


async def test_graphql_reports_its_primary_limit_with_status_200(
    script: ScriptedGitHub, client: Client
) -> None:
    reset = int(script.clock.now) + 900
    script.on(
        GRAPHQL,
        {"errors": [{"type": "RATE_LIMITED", "message": "API rate limit exceeded"}]},
        headers={"x-ratelimit-remaining": "0", "x-ratelimit-reset": str(reset)},
    )

    with pytest.raises(NotBeforeError) as raised:
        await client.query("query { x }", {})

    assert raised.value.not_before == reset


async def test_graphql_reports_its_secondary_limit_with_status_200(
    script: ScriptedGitHub, client: Client
) -> None:
    script.on(GRAPHQL, {"data": None, "errors": [SECONDARY]})

    with pytest.raises(NotBeforeError) as raised:
        await client.query("query { x }", {})

    assert raised.value.not_before == script.clock.now + 60


async def test_graphql_survives_a_502_in_html(script: ScriptedGitHub, client: Client) -> None:
    script.on(GRAPHQL, text="<html>502</html>", status=502)
    script.on(GRAPHQL, text="<html>odd</html>", status=200)
    script.on(GRAPHQL, {"data": {"x": 1}})

    assert (await client.query("query { x }", {})).data == {"x": 1}


async def _wait(script: ScriptedGitHub, client: Client) -> float:
    before = script.clock.now
    with pytest.raises(NotBeforeError) as raised:
        await client.get("/thing", {})
    script.clock.now = raised.value.not_before
    return raised.value.not_before - before
