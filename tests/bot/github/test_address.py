"""Where the service is, as the App's own webhook address says it."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

import pytest

from bot.github.address import RETRY_SECONDS, PublicAddress
from tests.bot.domain.examples import pull

if TYPE_CHECKING:
    from bot.github.auth import Tokens
    from tests.bot.github.conftest import ScriptedGitHub

HOOK = "GET /app/hook/config"


def hook(url: str) -> dict[str, str]:
    return {"url": url, "content_type": "json", "secret": "********"}


@pytest.fixture
def address(tokens: Tokens, script: ScriptedGitHub) -> PublicAddress:
    return PublicAddress(tokens, clock=script.clock.time)


async def test_page_lies_beside_the_webhook_and_is_asked_for_once(
    script: ScriptedGitHub, address: PublicAddress
) -> None:
    script.on(HOOK, hook("https://ssot.example.com/webhook"))

    pages = [await address.page(pull(number=number)) for number in (1, 2)]

    assert pages == [f"https://ssot.example.com/octo/shop/pull/{number}" for number in (1, 2)]
    assert len(script.sent(HOOK)) == 1


async def test_failure_holds_nothing_up_and_is_tried_again_later(
    script: ScriptedGitHub, address: PublicAddress
) -> None:
    script.on(HOOK, status=502)
    script.on(HOOK, hook("https://ssot.example.com/webhook"))
    at_first = [await address.url(), await address.url()]
    script.clock.now += RETRY_SECONDS

    assert at_first == ["", ""]
    assert await address.url() == "https://ssot.example.com"
    assert len(script.sent(HOOK)) == 2


@pytest.mark.parametrize(
    "url",
    [
        "",
        "https://relay.example.com/abc",
        "https://relay.example.com/webhook?to=me",
        "ftp://x/webhook",
    ],
)
async def test_address_of_somebody_else_is_not_ours(
    script: ScriptedGitHub, address: PublicAddress, url: str
) -> None:
    script.on(HOOK, hook(url))

    assert await address.page(pull()) == ""


async def test_group_of_a_merge_queue_has_no_page(
    script: ScriptedGitHub, address: PublicAddress
) -> None:
    script.on(HOOK, hook("https://ssot.example.com/webhook"))

    assert await address.page(replace(pull(), group_base="b" * 40)) == ""
