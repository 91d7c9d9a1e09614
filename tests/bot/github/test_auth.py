"""Tokens: minted once, for one repository, and again when they end."""

from __future__ import annotations

import asyncio
from email.utils import formatdate
from typing import TYPE_CHECKING, Any

import jwt
import pytest

from bot.domain.errors import GoneError
from bot.github.auth import REVIEW, Grant
from bot.github.refusals import RefusedError
from tests.bot.github.conftest import MINT, TOKEN

if TYPE_CHECKING:
    from bot.github.auth import Tokens
    from tests.bot.github.conftest import ScriptedGitHub

WANTED = Grant(7, 42, REVIEW)
TOO_FAR = "'Expiration time' claim ('exp') is too far in the future"


async def test_the_assertion_is_backdated_and_short(script: ScriptedGitHub, tokens: Tokens) -> None:
    script.token()

    await tokens.token(WANTED)

    claims = _claims(script)
    assert claims["iat"] == script.clock.now - 60
    assert script.clock.now < claims["exp"] <= script.clock.now + 600
    assert claims["iss"] == "99"


async def test_a_token_is_for_one_repository_with_the_least_permissions(
    script: ScriptedGitHub, tokens: Tokens
) -> None:
    script.token()

    await tokens.token(WANTED)
    await tokens.token(Grant(7, ".github", (("contents", "read"),)))

    first, second = [request.body for request in script.sent(MINT)]
    assert first["repository_ids"] == [42]
    assert first["permissions"] == {
        "checks": "write",
        "contents": "read",
        "metadata": "read",
        "pull_requests": "write",
    }
    assert second == {"repositories": [".github"], "permissions": {"contents": "read"}}


async def test_a_token_is_minted_once_until_shortly_before_its_end(
    script: ScriptedGitHub, tokens: Tokens
) -> None:
    script.token()
    await asyncio.gather(*(tokens.token(WANTED) for _ in range(5)))
    script.clock.now += 3600 - 301
    await tokens.token(WANTED)
    assert len(script.sent(MINT)) == 1

    script.clock.now += 2
    script.answers.clear()
    script.token()
    await tokens.token(WANTED)

    assert len(script.sent(MINT)) == 2


async def test_a_clock_that_is_off_is_corrected_by_the_servers_date(
    script: ScriptedGitHub, tokens: Tokens
) -> None:
    theirs = script.clock.now - 900
    date = {"date": formatdate(theirs, usegmt=True)}
    script.on(MINT, {"message": TOO_FAR}, status=401, headers=date)
    script.token()

    await tokens.token(WANTED)

    assert _claims(script)["iat"] == theirs - 60


async def test_another_refusal_of_the_assertion_is_not_the_clock(
    script: ScriptedGitHub, tokens: Tokens
) -> None:
    script.on(MINT, {"message": "A JSON web token could not be decoded"}, status=401)

    with pytest.raises(RefusedError):
        await tokens.token(WANTED)

    assert len(script.sent(MINT)) == 1


async def test_permissions_that_were_not_granted_are_named(
    script: ScriptedGitHub, tokens: Tokens
) -> None:
    said = "The permissions requested are not granted to this installation."
    script.on(MINT, {"message": said}, status=422)

    with pytest.raises(RefusedError, match="not granted to this installation"):
        await tokens.token(WANTED)


async def test_a_token_does_not_show_itself(script: ScriptedGitHub, tokens: Tokens) -> None:
    script.token()

    token = await tokens.token(WANTED)

    assert token.text == TOKEN
    assert TOKEN not in f"{token!r} {token}"


def _claims(script: ScriptedGitHub) -> dict[str, Any]:
    header = script.sent(MINT)[-1].headers["authorization"]
    return dict(jwt.decode(header.split()[1], options={"verify_signature": False}))


@pytest.mark.parametrize(
    ("status", "said"),
    [
        (404, "Not Found"),
        (403, "This installation has been suspended"),
        (422, "There is at least one repository that does not exist or is not accessible to us."),
    ],
)
async def test_an_installation_that_is_gone_is_said_to_be(
    script: ScriptedGitHub, tokens: Tokens, status: int, said: str
) -> None:
    script.on(MINT, {"message": said}, status=status)

    with pytest.raises(GoneError):
        await tokens.token(Grant(7, 42, REVIEW))


async def test_a_repository_that_was_only_guessed_is_refused(
    script: ScriptedGitHub, tokens: Tokens
) -> None:
    said = "There is at least one repository that does not exist or is not accessible to us."
    script.on(MINT, {"message": said}, status=422)

    with pytest.raises(RefusedError):
        await tokens.token(Grant(7, ".github", REVIEW))
