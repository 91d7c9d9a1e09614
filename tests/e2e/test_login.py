"""Who may see an explanation, end to end: GitHub is asked at each request, and nothing is told."""

from __future__ import annotations

import logging
import re
from dataclasses import replace
from typing import TYPE_CHECKING

import pytest
import pytest_asyncio

from bot.sandbox.github.faults import Fault
from tests.e2e.visitor import Browser, browser
from tests.e2e.world import FILES, World, world

if TYPE_CHECKING:
    from collections.abc import AsyncIterator
    from pathlib import Path

IMPORT = "from shop.legacy.engine import OldEngine\n"
PULL = "/acme/shop/pull/1"
UNKNOWN = "/acme/nothing/pull/1"


pytestmark = pytest.mark.asyncio(loop_scope="module")


@pytest_asyncio.fixture(scope="module", loop_scope="module")
async def shop(tmp_path_factory: pytest.TempPathFactory) -> AsyncIterator[World]:
    """A private repository that ada can read, with a pull request.

    To start a service for each test would take longer than all of them.
    """
    async with world(tmp_path_factory.mktemp("login"), FILES, login=True) as made:
        await made.open({"shop/plans.py": IMPORT})
        known = made.github.state.repositories[made.repository.id]
        made.github.state.repositories[known.id] = replace(known, private=True)
        made.github.grant(known, "ada", "read")
        made.github.people.user("eve")
        yield made


@pytest_asyncio.fixture(loop_scope="module")
async def visitor(shop: World) -> AsyncIterator[Browser]:
    shop.github.requests.clear()
    shop.github.state.oauth.tokens.clear()
    async with browser(shop) as opened:
        yield opened


async def test_who_cannot_read_the_repository_learns_nothing_about_it(
    shop: World, visitor: Browser
) -> None:
    hidden = await visitor.visit(PULL, "eve")
    unknown = await visitor.get(UNKNOWN)

    assert (hidden.status, unknown.status) == (404, 404)
    assert hidden.text == unknown.text
    assert not [r for r in shop.github.requests if "graphql" in r.path]


async def test_strangers_are_asked_to_log_in_whatever_is_there(visitor: Browser) -> None:
    for path in (PULL, UNKNOWN):
        answer = await visitor.get(path)
        assert answer.status == 302
        assert answer.location.startswith(f"{visitor.world.github.url}/login/oauth/authorize?")
        assert "code_challenge_method=S256" in answer.location


async def test_access_is_asked_for_at_each_request(shop: World, visitor: Browser) -> None:
    assert (await visitor.visit(PULL, "ada")).status == 200
    shop.github.grant(shop.repository, "ada", "none")
    withdrawn = await visitor.get(PULL)
    shop.github.grant(shop.repository, "ada", "read")

    assert withdrawn.status == 404


async def test_public_repository_without_the_app_is_not_found(
    shop: World, visitor: Browser
) -> None:
    made = shop.github.create_repository("acme/open", {"a.py": "x = 1\n"})
    for known in list(shop.github.state.installations.values()):
        ids = known.repository_ids - {made.id}
        shop.github.state.installations[known.id] = replace(known, repository_ids=ids)

    assert (await visitor.visit("/acme/open/pull/1", "ada")).status == 404


async def test_revoked_token_leads_to_another_login(shop: World, visitor: Browser) -> None:
    await visitor.visit(PULL, "ada")
    shop.clock.ahead_seconds += 60
    shop.github.state.oauth.tokens.clear()
    again = await visitor.get(PULL)

    assert (again.status, "authorize" in again.location) == (302, True)
    assert (await visitor.visit(PULL, "ada")).status == 200


async def test_login_that_github_refuses_at_once_does_not_go_in_circles(
    shop: World, visitor: Browser
) -> None:
    await visitor.visit(PULL, "ada")
    shop.github.state.oauth.tokens.clear()

    assert (await visitor.get(PULL)).status == 503


@pytest.mark.parametrize("state", ["", "forged"])
async def test_forged_state_is_refused_and_no_code_is_used(
    shop: World, visitor: Browser, state: str
) -> None:
    await visitor.get(PULL)
    answer = await visitor.get(f"/login/callback?code=stolen&state={state}")

    assert (answer.status, answer.cookies) == (400, ())


async def test_login_of_another_browser_is_refused(shop: World, visitor: Browser) -> None:
    asked = await visitor.get(PULL)
    back = await visitor.agree(asked.location, "eve")
    async with browser(shop) as other:
        assert (await other.get(back)).status == 400


async def test_login_works_once(visitor: Browser) -> None:
    asked = await visitor.get(PULL)
    back = await visitor.agree(asked.location, "ada")

    assert [(await visitor.get(back)).status for _ in range(2)] == [302, 400]


async def test_login_that_began_too_long_ago_is_refused(shop: World, visitor: Browser) -> None:
    asked = await visitor.get(PULL)
    shop.clock.ahead_seconds += 601

    assert (await visitor.get(await visitor.agree(asked.location, "ada"))).status == 400


async def test_who_declines_is_told_so(visitor: Browser) -> None:
    asked = await visitor.get(PULL)
    answer = await visitor.get(await visitor.agree(asked.location, "ada", agree="no"))

    assert (answer.status, "did not agree" in answer.text) == (403, True)


@pytest.mark.parametrize(
    "to",
    [
        "https://evil.example.com/acme/shop/pull/1",
        "//evil.example.com/acme/shop/pull/1",
        "/\\evil.example.com/acme/pull/1",
        "/acme/shop/pull/1\n",
        "/acme/shop/pull/1?x=//evil",
        "javascript:alert(1)",
    ],
)
async def test_login_leads_to_our_own_pages_only(visitor: Browser, to: str) -> None:
    async with visitor.session.get(
        f"{visitor.root}/login", params={"to": to}, allow_redirects=False
    ) as asked:
        location = asked.headers["Location"]
    back = await visitor.get(await visitor.agree(location, "ada"))

    assert back.location == "/logout"


async def test_cookie_is_out_of_reach_and_holds_no_readable_token(
    shop: World, visitor: Browser, caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level(logging.DEBUG)
    asked = await visitor.get(PULL)
    back = await visitor.get(await visitor.agree(asked.location, "ada"))
    page = await visitor.get(PULL)

    (token,) = shop.github.state.oauth.tokens
    (cookie,) = back.cookies
    assert {"HttpOnly", "Secure", "SameSite=Lax", "Path=/"} <= set(re.split(r"; ", cookie))
    for text in (cookie, page.text, back.location, caplog.text):
        assert token not in text
        assert shop.github.client_secret not in text


async def test_tampered_cookie_is_no_login(shop: World, visitor: Browser) -> None:
    await visitor.visit(PULL, "ada")
    whole = visitor.kept()
    statuses = []
    for text in (whole, f"{whole[:-8]}AAAAAAA="):
        async with browser(shop) as other:
            statuses.append((await other.get(PULL, Cookie=f"ssot={text}")).status)

    assert statuses == [200, 302]


async def test_logout_ends_the_login_at_github_too(shop: World, visitor: Browser) -> None:
    await visitor.visit(PULL, "ada")
    kept = visitor.kept()
    shown = await visitor.get("/logout")
    gone = await visitor.post("/logout")
    shop.clock.ahead_seconds += 60
    async with browser(shop) as thief:
        stolen = await thief.get(PULL, Cookie=f"ssot={kept}")

    assert ("logged in as ada" in shown.text, gone.status) == (True, 303)
    assert "logged out" in (await visitor.get("/logout")).text
    assert (stolen.status, (await visitor.get(PULL)).status) == (302, 302)
    assert shop.github.state.oauth.tokens == {}


async def test_other_sites_cannot_log_anybody_out(shop: World, visitor: Browser) -> None:
    await visitor.visit(PULL, "ada")
    evil = {"Origin": "https://evil.example.com"}
    asked = [evil, {**evil, "Sec-Fetch-Site": "cross-site"}, {"Sec-Fetch-Site": "same-site"}]
    statuses = [(await visitor.post("/logout", headers=headers)).status for headers in asked]

    assert statuses == [403, 403, 403]
    assert (await visitor.get(PULL)).status == 200


async def test_proxy_that_names_another_host_breaks_no_logout(visitor: Browser) -> None:
    await visitor.visit(PULL, "ada")
    said = {"Host": "inside:8080", "Origin": visitor.root, "Sec-Fetch-Site": "same-origin"}
    gone = await visitor.post("/logout", headers=said)

    assert gone.status == 303


async def test_token_that_github_does_not_know_yet_is_no_login(
    shop: World, visitor: Browser
) -> None:
    shop.github.script(Fault(401), path="/user")
    asked = await visitor.get(PULL)
    answer = await visitor.get(await visitor.agree(asked.location, "ada"))

    assert (answer.status, (await visitor.get(PULL)).status) == (503, 302)


async def test_renamed_repository_leads_to_its_present_name(shop: World, visitor: Browser) -> None:
    await visitor.visit(PULL, "ada")
    shop.github.rename(shop.github.state.repositories[shop.repository.id], "store")
    led = await visitor.get(PULL)
    shop.github.rename(shop.github.state.repositories[shop.repository.id], "shop")

    assert led.location == "/acme/store/pull/1"


async def test_github_that_is_away_is_said_to_be(shop: World, visitor: Browser) -> None:
    await visitor.visit(PULL, "ada")
    shop.github.script(Fault(502), path="/repos/acme/shop")

    assert (await visitor.get(PULL)).status == 503


async def test_without_a_client_id_there_is_neither_page_nor_link(tmp_path: Path) -> None:
    async with world(tmp_path, FILES) as shop, browser(shop) as visitor:
        await shop.open({"shop/plans.py": IMPORT})
        statuses = [(await visitor.get(path)).status for path in (PULL, "/login", "/logout")]

        assert statuses == [404, 404, 404]
        assert [run.details_url for run in shop.runs()] == [None]
        assert not [r for r in shop.github.requests if "hook/config" in r.path]
