"""`/ssot track` and `/ssot track apply` on an issue, end to end."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from tests.e2e.test_commands import answers, let_write, reactions, say
from tests.e2e.test_tracking import CONFIG, LEGACY, push, standing
from tests.e2e.world import FILES, world

if TYPE_CHECKING:
    from collections.abc import AsyncIterator
    from pathlib import Path

    from bot.sandbox.github.front import RequestRecord
    from tests.e2e.world import World

BODY = (
    "Mojibake \u201a\u00fc\u00e4.  \r\n\r\n"
    "- [ ] **Update Imports**: 53+ files with forbidden imports \u2192 Engine\r\n"
    "- [x] `shop/legacy/engine.py` \u2192 redirect\r\n"
    "- [ ] Validation: import tests start passing\r\n"
)
IMPORTS = "files(forbidden-import, concept=engine) == 0"
STAGE = "stage(shop.legacy.engine) >= redirect"
ATTACHED = BODY.replace("Engine\r", f"Engine <!-- ssot: {IMPORTS} -->\r").replace(
    "redirect\r", f"redirect <!-- ssot: {STAGE} -->\r"
)


@pytest.fixture
async def shop(tmp_path: Path) -> AsyncIterator[World]:
    config = f"{CONFIG}checklists: {{infer: suggest}}\n"
    files = {**FILES, ".github/ssot.yml": config, "shop/pay.py": LEGACY}
    async with world(tmp_path, files) as made:
        let_write(made, "ada")
        yield made


async def test_proposal_is_shown_applied_and_followed(shop: World) -> None:
    issue = await shop.github.trackers.open(shop.repository, "Migrate", BODY)
    await shop.settle()

    comment = await say(shop, issue, "/ssot track")
    proposal = answers(shop)[-1]
    assert f"`{IMPORTS}` | it is 1: it stays empty |" in proposal
    assert (
        f"`{STAGE}` | it is implementation, but a person ticked it: it stays ticked |" in proposal
    )
    assert "it is about tests" in proposal
    assert standing(shop, issue) == BODY
    assert reactions(shop, comment) == ["eyes", "+1"]

    await say(shop, issue, "/ssot track apply")
    assert standing(shop, issue) == ATTACHED

    sha = await push(shop, pay=None)
    ticked = ATTACHED.replace("[ ] **Update", "[x] **Update").replace(
        f"{IMPORTS} ", f"{IMPORTS} @{sha}/#{issue.number} "
    )
    assert standing(shop, issue) == ticked

    await say(shop, issue, "/ssot status", by="grace")
    status = answers(shop)[-1]
    assert f"`{IMPORTS}` | holds: it is 0 | ticked by ssot |" in status
    assert "ticked by a person" in status
    assert "The progress is in [a comment](<" in status


async def test_tick_that_is_true_already_follows_right_after_apply(shop: World) -> None:
    body = "- [ ] No syntax errors\n"
    issue = await shop.github.trackers.open(shop.repository, "Migrate", body)
    await shop.settle()
    await say(shop, issue, "/ssot track apply")
    assert "- [x] No syntax errors <!-- ssot: count(syntax-error) == 0 @" in standing(shop, issue)


async def test_reader_may_ask_for_the_status_but_not_track(shop: World) -> None:
    issue = await shop.github.trackers.open(shop.repository, "Migrate", BODY)
    await shop.settle()
    comment = await say(shop, issue, "/ssot track apply", by="mallory")
    assert standing(shop, issue) == BODY
    assert reactions(shop, comment) == ["eyes", "confused"]
    assert "needs write access" in answers(shop)[-1]


async def test_track_on_a_pull_request_is_refused(shop: World) -> None:
    pull = await shop.open({"shop/plans.py": "x = 1\n"})
    comment = await say(shop, pull, "/ssot track")
    assert reactions(shop, comment) == ["eyes", "confused"]
    assert "works on issues only" in answers(shop)[-1]


@pytest.mark.parametrize("moment", range(10))
async def test_edit_of_a_person_while_criteria_are_written_survives(
    shop: World, moment: int
) -> None:
    issue = await shop.github.trackers.open(shop.repository, "Migrate", BODY)
    await shop.settle()
    served = 0

    async def write_at_the_moment(record: RequestRecord) -> None:
        nonlocal served
        if "access_tokens" in record.path:
            return
        if served == moment:
            changed = f"A person was here.\r\n\r\n{standing(shop, issue)}"
            shop.github.trackers.rewrite(issue, changed)
        served += 1

    shop.github.front.before_response = write_at_the_moment
    await say(shop, issue, "/ssot track apply")

    assert served > moment
    assert standing(shop, issue) == f"A person was here.\r\n\r\n{ATTACHED}"
