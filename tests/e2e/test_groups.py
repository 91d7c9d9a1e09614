"""The merge queue: a verdict on what would be merged, in the order in which it would be."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from bot.sandbox.github.faults import BAD_GATEWAY
from bot.sandbox.github.people import Opening
from tests.e2e.test_commands import WAIVE, let_write, say
from tests.e2e.world import FILES, POLICY, World, world

if TYPE_CHECKING:
    from pathlib import Path

    from bot.sandbox.github.check_records import CheckRun
    from bot.sandbox.github.merge_queue import MergeGroup
    from bot.sandbox.github.records import Pull

IMPORT = "from shop.legacy.engine import OldEngine\n"
ENGINE_TWICE = "class Engine:\n    pass\n\n\nclass Engine:\n    speed = 1\n"
LEDGER = "class Ledger:\n    pass\n"
LEDGER_POLICY = (
    POLICY
    + """\
  ledger:
    canonical: ["shop.ledger:Ledger"]
    definitions:
      classes: ["Ledger"]
"""
)


async def _open(shop: World, branch: str, files: dict[str, str | bytes | None]) -> Pull:
    shop.github.people.commit(shop.repository, branch, files)
    pull = await shop.github.people.open_pull(shop.repository, Opening(branch))
    await shop.settle()
    return pull


def _runs(shop: World, group: MergeGroup) -> list[CheckRun]:
    return [run for run in shop.runs() if run.head_sha == group.head_sha]


async def test_group_gets_a_check_run_of_the_same_name_and_no_comment(shop: World) -> None:
    pull = await _open(shop, "change", {"shop/plans.py": "x = 1\n"})
    (group,) = await shop.github.merge_queue(shop.repository).add(pull)
    await shop.settle()

    assert [run.conclusion for run in _runs(shop, group)] == ["success"]
    assert shop.comments() == []


async def test_group_is_judged_by_what_it_adds_to_its_base(shop: World) -> None:
    pull = await _open(shop, "change", {"shop/plans.py": IMPORT})
    (group,) = await shop.github.merge_queue(shop.repository).add(pull)
    await shop.settle()

    (run,) = _runs(shop, group)
    assert run.conclusion == "failure"
    assert [(a.path, a.start_line) for a in run.annotations] == [("shop/plans.py", 1)]
    assert len(shop.comments()) == 1  # the one on the pull request itself


async def test_second_of_two_green_pull_requests_that_add_one_class_is_stopped(
    shop: World,
) -> None:
    policy = {".github/ssot.yml": LEDGER_POLICY, "shop/ledger.py": LEDGER}
    first = await _open(shop, "first", {**policy})
    second = await _open(shop, "second", {"shop/reports.py": LEDGER})
    assert [run.conclusion for run in shop.runs()] == ["success", "success"]

    queue = shop.github.merge_queue(shop.repository)
    groups = await queue.add(first, second)
    await shop.settle()
    assert [_runs(shop, group)[-1].conclusion for group in groups] == ["success", "failure"]

    await queue.advance()
    await shop.settle()
    state = shop.github.state
    assert (state.is_open(first), state.is_open(second)) == (False, True)
    assert state.git(shop.repository.id).branch("main") == groups[0].head_sha


async def test_second_of_two_that_add_a_class_at_home_is_stopped_with_the_place_of_the_first(
    shop: World,
) -> None:
    above = "class FastEngine:\n    speed = 1\n\n\nclass Engine:\n    pass\n"
    below = "class Engine:\n    pass\n\n\nclass FastEngine:\n    speed = 2\n"
    first = await _open(shop, "first", {"shop/engine.py": above})
    second = await _open(shop, "second", {"shop/engine.py": below})
    assert [run.conclusion for run in shop.runs()] == ["success", "success"]

    groups = await shop.github.merge_queue(shop.repository).add(first, second)
    await shop.settle()
    assert [_runs(shop, group)[-1].conclusion for group in groups] == ["success", "failure"]
    (annotation,) = _runs(shop, groups[1])[-1].annotations
    assert "shop/engine.py:1" in annotation.message


async def test_second_definition_at_home_beside_an_old_one_stops_nobody(shop: World) -> None:
    pull = await _open(shop, "change", {"shop/engine.py": ENGINE_TWICE})
    await shop.github.people.push(shop.repository, "main", {"README.md": "x\n"})
    (group,) = await shop.github.merge_queue(shop.repository).add(pull)
    await shop.settle()

    assert _runs(shop, group)[-1].conclusion == "success"


async def test_group_behind_one_that_is_thrown_out_is_judged_anew(shop: World) -> None:
    bad = await _open(shop, "bad", {"shop/plans.py": IMPORT})
    good = await _open(shop, "good", {"shop/more.py": "x = 1\n"})
    queue = shop.github.merge_queue(shop.repository)
    await queue.add(bad, good)
    await shop.settle()
    await queue.advance()
    await shop.settle()
    await queue.advance()
    await shop.settle()

    assert not queue.groups
    assert [shop.github.state.is_open(pull) for pull in (bad, good)] == [True, False]


async def test_group_that_cannot_be_judged_holds_nobody_up(shop: World) -> None:
    pull = await _open(shop, "change", {"shop/plans.py": "x = 1\n"})
    tokens = shop.github.state.tokens
    for text in [text for text, token in tokens.items() if "checks" not in token.permissions]:
        del tokens[text]
    shop.github.script(BAD_GATEWAY, method="POST", path="*access_tokens", times=3)
    queue = shop.github.merge_queue(shop.repository)
    (group,) = await queue.add(pull)
    await shop.settle()

    excuse, verdict = _runs(shop, group)
    assert (excuse.conclusion, verdict.conclusion) == ("neutral", "success")
    assert "ssot failed" in (excuse.title or "").lower()


async def test_group_without_any_config_is_answered_where_we_spoke_before(
    tmp_path: Path,
) -> None:
    async with world(tmp_path, FILES) as shop:
        remover = await _open(shop, "remover", {".github/ssot.yml": None})
        other = await _open(shop, "other", {"shop/plans.py": "x = 1\n"})
        queue = shop.github.merge_queue(shop.repository)
        _, behind = await queue.add(remover, other)
        await queue.advance()
        await shop.settle()

        assert [run.conclusion for run in _runs(shop, behind)] != []


async def test_group_of_a_silent_repository_gets_nothing(tmp_path: Path) -> None:
    async with world(tmp_path, {"shop/plans.py": "x = 1\n"}) as shop:
        pull = await _open(shop, "change", {"shop/plans.py": IMPORT})
        await shop.github.merge_queue(shop.repository).add(pull)
        await shop.settle()

        assert shop.runs() == []


@pytest.mark.parametrize("way", ["run", "suite"])
async def test_rerun_of_a_group_judges_the_group_again(shop: World, way: str) -> None:
    bad = await _open(shop, "bad", {"shop/plans.py": IMPORT})
    await _open(shop, "other", {"shop/more.py": "x = 1\n"})
    (group,) = await shop.github.merge_queue(shop.repository).add(bad)
    await shop.settle()
    before = len(shop.runs())
    people, (run,) = shop.github.people, _runs(shop, group)
    await (people.rerun(run) if way == "run" else people.rerun_all(run))
    await shop.settle()

    assert [run.conclusion for run in _runs(shop, group)] == ["failure", "failure"]
    assert len(shop.runs()) == before + 1


async def test_rerun_of_a_group_behind_another_judges_its_own_change_only(shop: World) -> None:
    bad = await _open(shop, "bad", {"shop/plans.py": IMPORT})
    good = await _open(shop, "good", {"shop/more.py": "x = 1\n"})
    _, behind = await shop.github.merge_queue(shop.repository).add(bad, good)
    await shop.settle()
    await shop.github.people.rerun(_runs(shop, behind)[-1])
    await shop.settle()

    assert [run.conclusion for run in _runs(shop, behind)] == ["success", "success"]


async def test_group_is_told_what_was_waived_by_comment_on_the_pull_request(shop: World) -> None:
    let_write(shop, "ada")
    pull = await _open(shop, "change", {"shop/plans.py": IMPORT})
    await say(shop, pull, WAIVE)
    (group,) = await shop.github.merge_queue(shop.repository).add(pull)
    await shop.settle()

    (run,) = _runs(shop, group)
    assert run.conclusion == "success"
    assert run.actions == ()
