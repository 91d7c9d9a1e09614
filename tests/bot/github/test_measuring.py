"""What is measured of requests to GitHub."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import TYPE_CHECKING

import pytest

from bot.domain.meter import Unmeasured
from bot.github.auth import REVIEW, Grant
from bot.github.configs import OwnerConfigs
from bot.github.sweeps import SPREAD_SECONDS, Sweeps
from tests.bot.github.conftest import MINT, TOKEN

if TYPE_CHECKING:
    from bot.github.client import GitHub
    from tests.bot.github.conftest import ScriptedGitHub

THING = "GET /thing"


class Notes(Unmeasured):
    """Notes statuses and quotas."""

    def __init__(self) -> None:
        self.statuses: list[int] = []
        self.quotas: dict[tuple[int, str], int] = {}

    def request(self, status: int, *, seconds: float) -> None:
        assert seconds > 0
        self.statuses.append(status)

    def quota(self, installation_id: int, resource: str, *, remaining: int) -> None:
        self.quotas[installation_id, resource] = remaining


def headers(remaining: str) -> dict[str, str]:
    return {"X-RateLimit-Remaining": remaining, "X-RateLimit-Resource": "core"}


async def test_quota_is_the_installations_not_the_apps(
    script: ScriptedGitHub, github: GitHub
) -> None:
    notes = github.transport.meter = Notes()
    expires = datetime.fromtimestamp(script.clock.now + 3600, UTC).isoformat()
    minted = {"token": TOKEN, "expires_at": expires}
    script.on(MINT, minted, status=201, headers=headers("1"))
    script.on(THING, {"id": 1}, headers=headers("4321"))
    await github.client(Grant(7, 42, REVIEW)).get("/thing", {})

    assert notes.statuses == [201, 200]
    assert notes.quotas == {(7, "core"): 4321}


async def test_request_without_an_answer_is_measured_too(
    script: ScriptedGitHub, github: GitHub
) -> None:
    notes = github.transport.meter = Notes()
    script.token()
    for _ in range(2):  # of a connection that is used again aiohttp tries another one by itself
        script.cut(THING)
    script.on(THING, {"id": 1}, headers=headers("many"))
    await github.client(Grant(7, 42, REVIEW)).get("/thing", {})

    assert notes.statuses == [201, 0, 200]
    assert notes.quotas == {}


@pytest.mark.parametrize(
    ("remaining", "resets_in", "waits"),
    [("2500", 60, False), ("2499", 60, True), ("0", 60, True), ("0", -1, False)],
)
async def test_sweep_leaves_half_of_the_hour_to_reviews(
    script: ScriptedGitHub, github: GitHub, *, remaining: str, resets_in: int, waits: bool
) -> None:
    sweeps = Sweeps(github, OwnerConfigs(github), app_id=1)
    assert sweeps.not_before(7) == 0.0
    script.token()
    reset = script.clock.now + resets_in
    told = {
        "X-RateLimit-Limit": "5000",
        "X-RateLimit-Remaining": remaining,
        "X-RateLimit-Reset": str(int(reset)),
        "X-RateLimit-Resource": "graphql",
    }
    script.on(THING, {"id": 1}, headers=told)
    await github.client(Grant(7, 42, REVIEW)).get("/thing", {})
    found = sweeps.not_before(7)
    assert (int(reset) <= found <= reset + SPREAD_SECONDS) if waits else found == 0.0
    assert sweeps.not_before(8) == 0.0
