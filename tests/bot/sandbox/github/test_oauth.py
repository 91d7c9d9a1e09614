"""People log in to the App through the local GitHub, as strictly as through GitHub."""

from __future__ import annotations

from base64 import b64encode
from dataclasses import replace
from typing import TYPE_CHECKING, Any
from urllib.parse import parse_qs, parse_qsl, urlencode, urlsplit

import pytest

from bot.sandbox.github.oauth import challenge_of

if TYPE_CHECKING:
    from bot.sandbox.github.records import Repository
    from bot.sandbox.github.server import LocalGitHub
    from tests.bot.sandbox.conftest import Client, Clock, Reply

CALLBACK = "https://ssot.example.com/login/callback"
VERIFIER = "v" * 43
REPO = "/repos/acme/shop"


@pytest.fixture
def site(github: LocalGitHub, client: Client) -> Site:
    github.allow_callback(CALLBACK)
    github.people.user("ada")
    return Site(github, client)


class Site:
    """A site that logs people in by the App."""

    def __init__(self, github: LocalGitHub, client: Client) -> None:
        self.github = github
        self.client = client
        self.asked = {
            "client_id": github.app.client_id,
            "redirect_uri": CALLBACK,
            "state": "s1",
            "code_challenge": challenge_of(VERIFIER),
            "code_challenge_method": "S256",
        }

    async def ask(self, **changes: str) -> Reply:
        query = urlencode({**self.asked, **changes})
        url = f"{self.github.url}/login/oauth/authorize?{query}"
        return await self.client.send("GET", url)

    async def agree(self, *, agree: str = "yes", **changes: str) -> dict[str, list[str]]:
        form = {**self.asked, "login": "ada", "agree": agree, **changes}
        url = f"{self.github.url}/login/oauth/authorize"
        async with self.client.session.post(url, data=form, allow_redirects=False) as response:
            assert response.status == 302, await response.text()
            target, _, query = response.headers["Location"].partition("?")
        assert target == CALLBACK
        return parse_qs(query)

    async def code(self, **changes: str) -> str:
        return (await self.agree(**changes))["code"][0]

    async def exchange(self, code: str, **changes: str) -> Any:
        body = {
            "client_id": self.github.app.client_id,
            "client_secret": self.github.client_secret,
            "code": code,
            "code_verifier": VERIFIER,
            **changes,
        }
        url = f"{self.github.url}/login/oauth/access_token"
        reply = await self.client.send("POST", url, body, {"Accept": "application/json"})
        return reply.json

    async def as_user(self, path: str, token: str) -> Reply:
        return await self.client.send("GET", path, headers={"Authorization": f"Bearer {token}"})


async def test_code_becomes_a_token_for_the_person(site: Site) -> None:
    said = await site.exchange(await site.code())

    assert (said["token_type"], said["expires_in"]) == ("bearer", 28_800)
    assert said["access_token"].startswith("ghu_")
    assert (await site.as_user("/user", said["access_token"])).json["login"] == "ada"


async def test_state_comes_back_as_it_was_sent(site: Site) -> None:
    assert (await site.agree())["state"] == ["s1"]


async def test_person_who_declines_is_sent_back_without_a_code(site: Site) -> None:
    said = await site.agree(agree="no")

    assert said["error"] == ["access_denied"]
    assert "code" not in said


async def test_code_works_once(site: Site) -> None:
    code = await site.code()
    await site.exchange(code)

    assert (await site.exchange(code))["error"] == "bad_verification_code"


async def test_code_ends_after_ten_minutes(site: Site, clock: Clock) -> None:
    code = await site.code()
    clock.now += 600

    assert (await site.exchange(code))["error"] == "bad_verification_code"


@pytest.mark.parametrize(
    ("wrong", "error"),
    [
        ({"client_secret": "guess"}, "incorrect_client_credentials"),
        ({"code_verifier": "w" * 43}, "bad_verification_code"),
        ({"code_verifier": ""}, "bad_verification_code"),
        ({"redirect_uri": "https://evil.example.com"}, "redirect_uri_mismatch"),
        ({"grant_type": "password"}, "unsupported_grant_type"),
    ],
)
async def test_exchange_is_refused_by_name(site: Site, wrong: dict[str, str], error: str) -> None:
    assert (await site.exchange(await site.code(), **wrong))["error"] == error


async def test_answer_is_a_form_unless_json_is_asked_for(site: Site) -> None:
    url = f"{site.github.url}/login/oauth/access_token"
    form = {"client_id": site.github.app.client_id, "client_secret": "x", "code": "y"}
    async with site.client.session.post(url, data=form) as response:
        said = dict(parse_qsl(await response.text()))

    assert (response.status, said["error"]) == (200, "incorrect_client_credentials")


async def test_nobody_is_sent_to_an_address_that_is_not_registered(site: Site) -> None:
    reply = await site.ask(redirect_uri="https://evil.example.com/login/callback")

    assert (reply.status, "not associated" in reply.text) == (400, True)
    assert "Location" not in reply.headers


async def test_page_asks_who_one_is_and_may_lead_to_the_site(site: Site) -> None:
    reply = await site.ask()

    origin = "{0.scheme}://{0.netloc}".format(urlsplit(CALLBACK))
    assert ">ada</option>" in reply.text
    assert f"form-action 'self' {origin};" in reply.headers["Content-Security-Policy"]


async def test_plain_challenge_is_refused(site: Site) -> None:
    assert (await site.ask(code_challenge_method="plain")).status == 400


async def test_user_token_reads_what_person_and_app_both_reach(
    site: Site, github: LocalGitHub, repository: Repository
) -> None:
    github.state.repositories[repository.id] = replace(repository, private=True)
    token = (await site.exchange(await site.code()))["access_token"]
    stranger = await site.as_user(REPO, token)
    github.grant(repository, "ada", "read")
    reader = await site.as_user(REPO, token)
    for known in github.state.installations.values():
        github.state.installations[known.id] = replace(known, repository_ids=frozenset())
    without_app = await site.as_user(REPO, token)

    assert (stranger.status, reader.status, without_app.status) == (404, 200, 404)


async def test_user_token_is_no_app_and_no_installation(site: Site) -> None:
    token = (await site.exchange(await site.code()))["access_token"]

    assert (await site.as_user("/app/hook/config", token)).status == 401
    assert (await site.as_user(f"{REPO}/installation", token)).status == 401
    assert (await site.as_user(f"{REPO}/contents/cart.py", token)).status == 403


async def test_user_token_ends_after_eight_hours(site: Site, clock: Clock) -> None:
    token = (await site.exchange(await site.code()))["access_token"]
    clock.now += 28_800

    assert (await site.as_user("/user", token)).status == 401


async def test_app_revokes_a_token_with_its_id_and_secret(site: Site) -> None:
    token = (await site.exchange(await site.code()))["access_token"]
    url = f"/applications/{site.github.app.client_id}/token"
    shown = b64encode(f"{site.github.app.client_id}:{site.github.client_secret}".encode()).decode()
    body = {"access_token": token}
    refused = await site.client.send("DELETE", url, body)
    basic = {"Authorization": f"Basic {shown}"}
    revoked = await site.client.send("DELETE", url, body, basic)

    assert (await site.client.send("GET", "/app/hook/config", headers=basic)).status == 401
    assert (refused.status, revoked.status) == (404, 204)
    assert (await site.as_user("/user", token)).status == 401


async def test_app_reads_where_its_hook_is_but_not_the_secret(site: Site) -> None:
    site.github.webhooks.url = "https://ssot.example.com/webhook"
    jwt = {"Authorization": f"Bearer {site.client.jwt()}"}
    reply = await site.client.send("GET", "/app/hook/config", headers=jwt)
    site.github.webhooks.url = ""

    assert (reply.json["url"], reply.json["secret"]) == (
        "https://ssot.example.com/webhook",
        "********",
    )
