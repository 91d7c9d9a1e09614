"""What is kept of one repository shows in no other, be it a fork of the same commits."""

from __future__ import annotations

from typing import TYPE_CHECKING

from bot.sandbox.github.people import Opening
from tests.e2e.world import FILES

if TYPE_CHECKING:
    from bot.sandbox.github.records import Repository
    from tests.e2e.world import World

ENGINE = "class OrderEngine:\n    pass\n"


async def _review(shop: World, repository: Repository, path: str) -> str:
    """Open a pull request that adds an engine; give what its check says."""
    shop.github.people.commit(repository, "change", {path: ENGINE})
    await shop.github.people.open_pull(repository, Opening("change"))
    await shop.settle()
    run = shop.runs()[-1]
    assert run.conclusion == "failure"
    return f"{run.title} {run.summary} {run.annotations}"


async def test_fork_of_another_owner_is_told_nothing_of_its_source(shop: World) -> None:
    fork = shop.github.fork(shop.repository, "grace")
    shop.github.install(fork)
    await _review(shop, shop.repository, "shop/secret_plans.py")
    said = await _review(shop, fork, "shop/plans.py")

    assert "shop/plans.py" in said
    assert "secret_plans" not in said
    assert "adds the same definition" not in said


async def test_every_token_but_those_that_list_is_good_for_one_repository(shop: World) -> None:
    other = shop.github.create_repository("acme/other", FILES)
    await _review(shop, shop.repository, "shop/plans.py")
    await _review(shop, other, "shop/plans.py")

    tokens = shop.github.state.tokens.values()
    reading = [token for token in tokens if set(token.permissions) != {"metadata"}]
    assert {token.repository_ids for token in reading} == {
        frozenset({shop.repository.id}),
        frozenset({other.id}),
    }
