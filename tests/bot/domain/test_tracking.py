"""Trackers as people write them: what is proposed, written, and ticked by later merges."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING

import pytest

from bot.domain.census_ports import Measured
from bot.domain.checklist import items
from bot.domain.following import Situation, keep
from bot.domain.issue import Issue
from bot.domain.jobs import RepositoryRef
from bot.domain.tracking import Survey, attached, candidates
from checks.config import parse
from tests.checks.inquiries import count

if TYPE_CHECKING:
    from tests.checks.inquiries import Tree

CONFIG = """\
version: 1
concepts:
  order-engine:
    issues: [5]
    canonical: ["shop.engine:OrderEngine"]
    definitions: {classes: ["*OrderEngine", OrderEngineAdapter, OrderEngineWrapper]}
    deprecated:
      shop.legacy.engine: {use: shop.engine, names: {OldEngine: OrderEngine}}
      shop.plans: {use: shop.engine}
checklists: {infer: suggest}
"""
OLD = "class OldEngine: ...\n"
TREE: Tree = {
    "shop/engine.py": "class OrderEngine: ...\n",
    "shop/legacy/engine.py": OLD,
    "shop/plans.py": "from shop.engine import OrderEngine\n",
    "shop/pay.py": "from shop.legacy.engine import OldEngine\n",
    "shop/cart.py": "from shop.plans import OrderEngine\n\nclass OrderEngineAdapter: ...\n",
    "shop/cart.py.bak": "x = 1\n",
}
# The words of five real trackers, condensed: phases with bold labels, arrows, amounts, claims about
# tests and business, items that were ticked by hope, and bytes that were decoded wrongly.
BODY = (
    "# Incomplete migration: several order engines\r\n\r\n"
    "**Status**: \u201a\u00fa\u00d6 60% done \u2014 resolved?  \r\n\r\n"
    "## Phase 1: Cleanup \u2705\r\n"
    "- [x] **Remove Backup Files**: 1 backup file removed successfully\r\n"
    "  - `cart.py.bak`\r\n"
    "- [x] **Risk Level**: MINIMAL (confirmed via grep)\r\n\r\n"
    "## Phase 2: Imports\r\n"
    "* [ ] **Update Imports**: 53+ files with forbidden imports \u2192 OrderEngine\r\n"
    "* [ ] **Keep Interface**: `shop/engine.py` (OrderEngine)\r\n"
    "* [ ] **Remove Adapter**: OrderEngineAdapter\r\n"
    "* [ ] **Remove Adapters**: OrderEngineAdapter, OrderEngineWrapper\r\n"
    "* [ ] Validation: import enforcement tests start passing\r\n\r\n"
    "## Phase 3\r\n"
    "1. [ ] **Most Critical**: `legacy/engine.py` \u2192 merge into OrderEngine\r\n"
    "2. [ ] No syntax errors in deprecated files\r\n"
    "3. [ ] Golden path works end-to-end\r\n"
    "4. [ ] Verify all tests pass before merge \u201a\u00c4\u00ec see #7\r\n\r\n"
    "```\r\n- [ ] Remove backup files\r\n```\r\n"
    "> - [ ] Remove backup files\r\n"
)
PROPOSED = {
    "**Remove Backup Files**: 1 backup file removed successfully": "count(backup-file) == 0",
    "**Update Imports**: 53+ files with forbidden imports \u2192 OrderEngine": (
        "files(forbidden-import, concept=order-engine) == 0"
    ),
    "**Remove Adapter**: OrderEngineAdapter": (
        "count(duplicate-definition, concept=order-engine, symbol=OrderEngineAdapter) == 0"
    ),
    "**Most Critical**: `legacy/engine.py` \u2192 merge into OrderEngine": (
        "stage(shop.legacy.engine) >= redirect"
    ),
}
NOW = datetime(2026, 10, 1, tzinfo=UTC)


def issue(body: str) -> Issue:
    return Issue(7, RepositoryRef(42, "acme", "shop"), 5, body, author="ada")


def measured(tree: Tree) -> Measured:
    return Measured(replace(count(tree, policy=CONFIG), rev="c" * 40), CONFIG, 0.0)


def survey(body: str, tree: Tree = TREE) -> Survey:
    return Survey(issue(body), parse(CONFIG), measured(tree), "https://github.com")


def merged(found: Issue, tree: Tree) -> Issue:
    """Bring an issue up to date with the tree that a merge left."""
    situation = Situation(
        issue=found,
        config=parse(CONFIG),
        measured=measured(tree),
        server_url="https://github.com",
        now=NOW,
        interval=timedelta(0),
    )
    kept = keep(found.body, {}, situation)
    return replace(found, body=kept.body, progress=kept.comment or found.progress)


def test_only_what_is_certain_is_proposed() -> None:
    found = candidates(BODY, survey(BODY))
    assert len(found) == len(items(BODY))
    assert {one.item.text: one.criterion for one in found if one.criterion} == PROPOSED
    assert all(one.reason for one in found if not one.criterion)


def test_comments_are_all_that_is_written() -> None:
    body = attached(BODY, survey(BODY)).body
    assert body.count("<!-- ssot: ") == len(PROPOSED)
    for criterion in PROPOSED.values():
        body = body.replace(f" <!-- ssot: {criterion} -->", "")
    assert body.encode() == BODY.encode()


def test_second_apply_writes_nothing() -> None:
    body = attached(BODY, survey(BODY)).body
    assert attached(body, survey(body)).body == body


def test_each_merge_ticks_the_box_that_it_made_true_and_no_other_byte_changes() -> None:
    start = merged(issue(attached(BODY, survey(BODY)).body), TREE)
    assert start.body == attached(BODY, survey(BODY)).body
    steps: list[tuple[str, Tree]] = [
        ("Remove Adapter**", {"shop/cart.py": "from shop.plans import OrderEngine\n"}),
        ("Most Critical", {"shop/legacy/engine.py": "from shop.engine import OrderEngine\n"}),
        (
            "Update Imports",
            {"shop/cart.py": "x = 1\n", "shop/pay.py": "from shop.engine import OrderEngine\n"},
        ),
    ]
    tree, now = dict(TREE), start
    for words, changes in steps:
        tree |= changes
        before, now = now, merged(now, tree)
        lines = zip(before.body.split("\n"), now.body.split("\n"), strict=True)
        ((old, new),) = [pair for pair in lines if pair[0] != pair[1]]
        assert words in old
        assert new.startswith(old[: old.index("[ ]")] + "[x]")
        assert (
            new.replace("[x]", "[ ]").replace(new[new.index(" @") : new.index(" -->")], "") == old
        )
    assert merged(now, TREE).body == start.body


def test_tick_of_a_person_stays_while_its_criterion_is_false() -> None:
    now = merged(issue(attached(BODY, survey(BODY)).body), TREE)
    assert "- [x] **Remove Backup Files**" in now.body


@pytest.mark.parametrize("body", ["", "no items\n", "- [ ] Remove backup files @\u202e\n"])
def test_body_without_certain_items_stays(body: str) -> None:
    assert attached(body, survey(body)).body == body
