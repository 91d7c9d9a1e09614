"""What the sandbox starts with: the shop, its people, and a pull request for each thing to see."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from bot.sandbox import shop
from bot.sandbox.github.people import Opening
from bot.sandbox.github.server import PERMISSIONS

if TYPE_CHECKING:
    from collections.abc import Mapping

    from bot.sandbox.github.records import Pull, Repository
    from bot.sandbox.github.server import LocalGitHub

NAME = "acme/shop"
FORK_OWNER = "eve"
OPERATOR = "ada"


@dataclass(frozen=True, slots=True)
class _Proposal:
    branch: str
    title: str
    body: str
    by: str
    files: Mapping[str, str]


CLEAN = _Proposal(
    "count-lines",
    "Count the lines of a basket",
    "Part of #1.",
    "ada",
    {
        "src/shop/basket/basket.py": shop.BASKET
        + "\n    def count(self) -> int:\n        return len(self.lines)\n"
    },
)
IMPORTS = _Proposal(
    "discounts",
    "Add discounts",
    "Customers asked for discounts.",
    "bob",
    {"src/shop/discounts.py": shop.DISCOUNT},
)
SECOND_ENGINE = _Proposal(
    "cache-prices",
    "Cache prices",
    "The basket asks for the same price again and again.",
    "carol",
    {"src/shop/pricing/cached.py": shop.CACHED},
)
FROM_FORK = _Proposal(
    "show-prices",
    "Show prices on the command line",
    "My first contribution.",
    FORK_OWNER,
    {"src/shop/show.py": shop.FORKED},
)

OLD_FINDING_MOVES = _Proposal(
    "sort-imports",
    "Take any sequence of lines",
    "The old import is only written differently: that is nothing new.",
    "ada",
    {"src/shop/invoice.py": shop.MOVED_LINES},
)
MENDED = _Proposal(
    "price-list",
    "Add a price list",
    "The first version imported the old prices.",
    "bob",
    {"src/shop/price_list.py": shop.PRICE_LIST},
)
MOVING = "Price the {name} report by the engine"
MENDING = "Import the prices from the engine"


def create_sample(github: LocalGitHub) -> Repository:
    """Make the repository, its past and its people; nothing is told to anybody yet."""
    old = {k: v for name in shop.MOVED_DAYS_AGO for k, v in shop.old_report(name).items()}
    repository = github.create_repository(NAME, {**shop.FILES, **old}, days_ago=shop.BEGUN_DAYS_AGO)
    for name, days_ago in shop.MOVED_DAYS_AGO.items():
        message = MOVING.format(name=name)
        github.commit_to_main(repository, shop.new_report(name), message, days_ago=days_ago)
    # So that `/ssot fix` and its button can show what they do.
    github.install(repository, {**PERMISSIONS, "contents": "write"})
    for login, role in ((OPERATOR, "admin"), ("bob", "write"), ("carol", "write")):
        github.grant(repository, login, role)
    return repository


async def open_sample(github: LocalGitHub, repository: Repository) -> list[Pull]:
    """Open the tracking issue and the pull requests, one for each thing worth seeing."""
    await github.trackers.open(repository, "One pricing engine", shop.TRACKER)
    pulls = [
        await _open(github, repository, proposal) for proposal in (CLEAN, IMPORTS, SECOND_ENGINE)
    ]
    fork = github.fork(repository, FORK_OWNER)
    pulls.append(await _open(github, repository, FROM_FORK, fork=fork))
    pulls += [await _open(github, repository, each) for each in (OLD_FINDING_MOVES, MENDED)]
    return pulls


async def mend_sample(github: LocalGitHub, repository: Repository) -> None:
    """Push the fix to the last pull request, so that its comment marks itself as done."""
    files = {"src/shop/price_list.py": shop.MENDED_PRICE_LIST}
    await github.people.push(repository, MENDED.branch, files, message=MENDING)


async def _open(
    github: LocalGitHub,
    repository: Repository,
    proposal: _Proposal,
    *,
    fork: Repository | None = None,
) -> Pull:
    home, title = fork or repository, proposal.title
    github.people.commit(home, proposal.branch, proposal.files, message=title)
    opening = Opening(proposal.branch, proposal.title, proposal.body, by=proposal.by, fork=fork)
    return await github.people.open_pull(repository, opening)
