"""An App is registered from a manifest as strictly as on GitHub."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any
from urllib.parse import parse_qs, urlsplit

import pytest
from githubkit_schemas.latest import models
from pydantic import TypeAdapter

if TYPE_CHECKING:
    from collections.abc import Mapping

    from bot.sandbox.github.records import Repository
    from bot.sandbox.github.server import LocalGitHub
    from tests.bot.sandbox.conftest import Client, Clock, Receiver

HOUR = 3600
MANIFEST = {
    "name": "Our ssot",
    "url": "https://ssot.example.com",
    "hook_attributes": {"url": "https://ssot.example.com/webhook", "active": True},
    "redirect_url": "http://127.0.0.1:1/setup/callback",
    "public": False,
    "default_permissions": {"checks": "write", "contents": "read"},
    "default_events": ["check_run", "push"],
}


async def propose(client: Client, manifest: object, owner: str = "") -> tuple[int, str]:
    place = f"/organizations/{owner}/settings" if owner else "/settings"
    url = f"{client.github.url}{place}/apps/new?state=xyz"
    form = {"manifest": manifest if isinstance(manifest, str) else json.dumps(manifest)}
    async with client.session.post(url, data=form) as response:
        return response.status, await response.text()


async def create(client: Client, manifest: Mapping[str, Any], **changed: str) -> tuple[int, str]:
    """Press the button of GitHub's own page; return where it sends the visitor."""
    form = {"manifest": json.dumps(manifest), "state": "xyz", "name": manifest["name"], **changed}
    url = f"{client.github.url}/organizations/acme/settings/apps"
    async with client.session.post(url, data=form, allow_redirects=False) as response:
        return response.status, response.headers.get("Location", await response.text())


async def code(client: Client, manifest: Mapping[str, Any] = MANIFEST) -> str:
    _, location = await create(client, manifest)
    return parse_qs(urlsplit(location).query)["code"][0]


async def convert(client: Client, found: str) -> Any:
    headers = {"Authorization": ""}
    return await client.send("POST", f"/app-manifests/{found}/conversions", headers=headers)


async def test_visitor_is_sent_back_with_code_and_state(client: Client) -> None:
    status, text = await propose(client, MANIFEST, "acme")
    assert status == 200
    assert "Create GitHub App for acme" in text
    status, location = await create(client, MANIFEST)
    query = parse_qs(urlsplit(location).query)
    assert status == 303
    assert location.startswith("http://127.0.0.1:1/setup/callback?")
    assert query["state"] == ["xyz"]


async def test_code_fetches_credentials_that_work(client: Client, github: LocalGitHub) -> None:
    reply = await convert(client, await code(client))
    made = github.state.apps[reply.json["id"]]
    TypeAdapter(models.AppManifestsCodeConversionsPostResponse201).validate_python(reply.json)
    assert reply.status == 201
    assert (made.name, made.slug, made.events) == ("Our ssot", "our-ssot", ("check_run", "push"))
    assert dict(made.permissions) == {"checks": "write", "contents": "read", "metadata": "read"}
    assert reply.json["webhook_secret"] == github.state.hooks[made.id].secret
    assert reply.json["pem"].startswith("-----BEGIN RSA PRIVATE KEY-----")


async def test_code_is_good_once_and_for_an_hour(client: Client, clock: Clock) -> None:
    used, late = await code(client), await code(client, {**MANIFEST, "name": "late"})
    assert (await convert(client, used)).status == 201
    assert (await convert(client, used)).status == 404
    clock.now += HOUR + 1
    assert (await convert(client, late)).status == 404
    assert (await convert(client, "made-up")).status == 404


@pytest.mark.parametrize(
    ("manifest", "told"),
    [
        ("{", "no JSON object"),
        ({**MANIFEST, "url": None}, "&#34;url&#34; is invalid"),
        ({"name": "x", "url": "https://a.test"}, "&#34;redirect_url&#34; wasn&#39;t supplied."),
        ({**MANIFEST, "hook": {}}, "&#34;hook&#34; is not a permitted key."),
        (
            {**MANIFEST, "hook_attributes": {"active": True}},
            "&#34;hook_attributes.url&#34; wasn&#39;t supplied.",
        ),
        ({**MANIFEST, "url": "ssot.example.com"}, "&#34;url&#34; must be a valid URL."),
        (
            {**MANIFEST, "default_events": ["installation", "push"]},
            "Default events unsupported: installation",
        ),
        (
            {**MANIFEST, "default_events": ["issues", "push"]},
            "Default events are not supported by permissions: issues",
        ),
        ({**MANIFEST, "callback_urls": ["https://a.test"] * 11}, "Callback urls is too many"),
    ],
)
async def test_invalid_manifest_is_refused(client: Client, manifest: object, told: str) -> None:
    status, text = await propose(client, manifest)
    assert status == 422
    assert told in text


@pytest.mark.parametrize(
    ("name", "told"),
    [
        ("SSOT-sandbox", "Name is already taken"),
        ("x" * 35, "Name is too long"),
        (" ", "Name can&#39;t be blank"),
    ],
)
async def test_name_that_cannot_be_had_is_refused(client: Client, name: str, told: str) -> None:
    status, text = await create(client, MANIFEST, name=name)
    assert status == 422
    assert told in text


async def test_manifest_for_an_organisation_that_is_none_is_not_found(client: Client) -> None:
    assert (await propose(client, MANIFEST, "nobody"))[0] == 404


async def test_new_app_is_told_at_its_own_hook_with_its_own_secret(
    client: Client, github: LocalGitHub, receiver: Receiver, repository: Repository
) -> None:
    github.webhooks.url = ""
    hook = {"url": receiver.url, "active": True}
    app_id = (await convert(client, await code(client, {**MANIFEST, "hook_attributes": hook}))).json
    install = f"{github.url}/apps/our-ssot/installations/new"
    async with client.session.get(install) as response:
        assert "acme/shop" in await response.text()
    async with client.session.post(install, data={"repository": repository.id}) as response:
        assert response.status == 200
    await github.webhooks.settle()
    (ping,), (created,) = receiver.payloads("ping"), receiver.payloads("installation")
    assert ping["hook"]["app_id"] == app_id["id"]
    assert [one["full_name"] for one in created["repositories"]] == ["acme/shop"]
