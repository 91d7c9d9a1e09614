"""What a visitor may choose, and the manifest that comes of it."""

from __future__ import annotations

import pytest

from bot.sandbox.github import registering
from bot.settings import GITHUB
from bot.web.setup import proposal
from bot.web.setup.pages import REASONS

ORIGIN = "http://127.0.0.1:8080"
GOOD = {"address": "https://ssot.example.com/", "organization": "acme", "name": "our-ssot"}


def problems(server_url: str = GITHUB, **form: str) -> dict[str, str]:
    found = proposal.read({**GOOD, **form}, origin=ORIGIN)
    return proposal.problems(found, server_url=server_url)


def test_manifest_is_one_that_github_takes() -> None:
    found = proposal.manifest(proposal.read(GOOD, origin=ORIGIN))
    assert found["hook_attributes"] == {"url": "https://ssot.example.com/webhook", "active": True}
    assert found["redirect_url"] == f"{ORIGIN}/setup/callback"
    assert found["callback_urls"] == ["https://ssot.example.com/login/callback"]
    assert "setup_url" not in found
    assert registering.Manifest.model_validate(found).name == "our-ssot"


def test_whoever_has_installed_comes_back_where_the_browser_has_the_cookie() -> None:
    found = proposal.manifest(proposal.read(GOOD, origin="https://ssot.example.com"))
    assert found["setup_url"] == "https://ssot.example.com/setup/checks"


@pytest.mark.parametrize(
    ("organization", "page"),
    [
        ("acme", "https://github.com/organizations/acme/settings/apps/new?state=a%2Bb"),
        ("", "https://github.com/settings/apps/new?state=a%2Bb"),
    ],
)
def test_manifest_goes_to_the_page_of_its_owner(organization: str, page: str) -> None:
    found = proposal.read({**GOOD, "organization": organization}, origin=ORIGIN)
    assert proposal.registration_url(found, "a+b") == page


def test_app_without_a_name_gets_one_that_is_free() -> None:
    first, second = (proposal.read({**GOOD, "name": " "}, origin=ORIGIN) for _ in range(2))
    assert first.name.startswith("ssot-")
    assert first.name != second.name


@pytest.mark.parametrize(
    "address",
    [
        "https://ssot.example.com",
        "http://ssot.example.com:8080",
        "https://example.com/ssot",
        "https://[2606:4700::1]",
    ],
)
def test_address_that_the_internet_knows_is_taken(address: str) -> None:
    assert problems(address=address) == {}


@pytest.mark.parametrize(
    ("address", "told"),
    [
        ("http://127.0.0.1:8080", "GitHub cannot reach 127.0.0.1"),
        ("http://localhost:8080", "cloudflared tunnel --url http://127.0.0.1:8080"),
        ("http://[::1]:8080", "GitHub cannot reach ::1"),
        ("http://0.0.0.0:8080", "GitHub cannot reach 0.0.0.0"),
        ("http://192.168.1.7", "192.168.1.7, which exists only in your own network"),
        ("http://build-7", "build-7, which exists only in your own network"),
        ("http://mac.local", "mac.local, which exists only in your own network"),
        ("", "An empty field is not an address"),
        ("ssot.example.com", "is not an address: write it like https://"),
        ("https://a.example.com?x=1", "is not an address"),
        ("https://a.example.com:99999", "is not an address"),
        ("ftp://a.example.com", "is not an address"),
    ],
)
def test_address_that_github_cannot_use_is_told_how_to_mend(address: str, told: str) -> None:
    assert told in problems(address=address)["address"]


@pytest.mark.parametrize(
    ("github", "address"),
    [("http://127.0.0.1:3000", "http://127.0.0.1:8080"), ("https://ghe.corp", "http://10.0.0.7")],
)
def test_github_of_ones_own_may_be_near(github: str, address: str) -> None:
    assert problems(github=github, address=address) == {}


def test_github_of_ones_own_is_no_nearer_than_its_machine() -> None:
    assert "address" in problems(github="https://ghe.corp", address="http://localhost:8080")


def test_every_mistake_is_told_at_its_field() -> None:
    found = problems(github="github", organization="Acme Inc.", name="x" * 35)
    assert found["github"].startswith("github is not the address of a GitHub")
    assert found["organization"].startswith("Acme Inc. is not the name of an organisation")
    assert found["name"] == "The name can have 34 characters, this one has 35: shorten it."


@pytest.mark.parametrize(
    "github",
    [
        "https://a.test; script-src *",
        "https://a.test;x",
        "https://a\r\nb.test",
        "https://u@a.test",
        "javascript://a.test",
        "https://a.test/x",
    ],
)
def test_github_that_could_say_more_in_a_header_is_none(github: str) -> None:
    assert "is not the address of a GitHub" in problems(github=github)["github"]


def test_github_that_the_settings_name_is_the_only_one() -> None:
    found = problems("https://ghe.corp", github="https://github.com")
    assert "GITHUB_SERVER_URL says https://ghe.corp" in found["github"]


def test_address_of_the_browser_is_proposed_only_where_github_can_use_it() -> None:
    address, hint = proposal.first_address(ORIGIN, server_url=GITHUB)
    assert address == ""
    assert "open a tunnel" in hint
    known = proposal.first_address("https://a.example.com", server_url=GITHUB)
    assert known == ("https://a.example.com", "")


def test_plain_http_is_warned_of() -> None:
    found = proposal.read({**GOOD, "address": "http://a.example.com"}, origin=ORIGIN)
    assert "can be read by anybody" in found.warning
    assert proposal.read(GOOD, origin=ORIGIN).warning == ""


def test_every_permission_is_shown_with_its_reason() -> None:
    assert set(REASONS) == set(proposal.permissions())
