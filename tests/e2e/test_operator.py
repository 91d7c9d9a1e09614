"""The operator's page, end to end: who sees it, and what its button does."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

import pytest
import pytest_asyncio

from bot.sandbox.github.records import UserType
from tests.e2e.visitor import Browser, browser
from tests.e2e.world import FILES, World, world

if TYPE_CHECKING:
    from collections.abc import AsyncIterator

PAGE = "/operator"

pytestmark = pytest.mark.asyncio(loop_scope="module")


@pytest_asyncio.fixture(scope="module", loop_scope="module")
async def shop(tmp_path_factory: pytest.TempPathFactory) -> AsyncIterator[World]:
    folder = tmp_path_factory.mktemp("operator")
    async with world(folder, FILES, login=True, environ={"SSOT_OPERATORS": "Grace, ada"}) as made:
        for login in ("ada", "eve", "grace"):
            made.github.people.user(login)
        yield made


@pytest_asyncio.fixture(loop_scope="module")
async def visitor(shop: World) -> AsyncIterator[Browser]:
    async with browser(shop) as opened:
        yield opened


async def test_stranger_logs_in_first_and_others_are_told_who_may(visitor: Browser) -> None:
    refused = await visitor.visit(PAGE, "eve")
    assert refused.status == 403
    assert "SSOT_OPERATORS" in refused.text
    assert (await visitor.post(PAGE, {"replay": "1"})).status == 403


async def test_operator_is_known_in_whatever_case(visitor: Browser) -> None:
    assert (await visitor.visit(PAGE, "grace")).status == 200


async def test_page_tells_the_queue_and_the_quota(shop: World, visitor: Browser) -> None:
    await shop.open({"shop/more.py": "x = 1\n"})
    await shop.settle()
    seen = (await visitor.visit(PAGE, "ada")).text
    assert "No job was given up." in seen
    assert "Requests left in this hour" in seen
    assert "core" in seen
    assert "graphql" in seen


async def test_form_of_another_site_presses_nothing(visitor: Browser) -> None:
    await visitor.visit(PAGE, "ada")
    answer = await visitor.post(PAGE, {"replay": "1"}, headers={"Origin": "https://evil.example"})
    assert answer.status == 403


@pytest.mark.parametrize("asked", ["", "x", "-1", "\uff19", "9" * 5000])
async def test_job_without_a_number_is_refused(visitor: Browser, asked: str) -> None:
    await visitor.visit(PAGE, "ada")
    assert (await visitor.post(PAGE, {"replay": asked})).status == 400


async def test_job_that_did_not_fail_is_not_run_again(visitor: Browser) -> None:
    await visitor.visit(PAGE, "ada")
    assert "no failed job 999" in (await visitor.post(PAGE, {"replay": "999"})).text
    assert "no failed job 9999999" in (await visitor.post(PAGE, {"replay": "9" * 19})).text


async def test_where_nobody_is_named_the_owner_of_the_app_operates(
    tmp_path_factory: pytest.TempPathFactory,
) -> None:
    async with world(tmp_path_factory.mktemp("owner"), FILES, login=True) as made:
        state = made.github.state
        made.github.people.user("eve")
        owner = state.users[made.github.app.owner_id]
        state.users[owner.id] = replace(owner, type=UserType.USER)
        async with browser(made) as visitor:
            assert (await visitor.visit(PAGE, owner.login)).status == 200
        async with browser(made) as visitor:
            assert (await visitor.visit(PAGE, "eve")).status == 403
        state.users[owner.id] = replace(owner, type=UserType.ORGANIZATION)
        async with browser(made) as visitor:
            assert (await visitor.visit(PAGE, "eve")).status == 403
