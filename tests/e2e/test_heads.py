"""One head and several pull requests: one verdict, whoever's job comes first."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

from bot.sandbox.github.people import Opening
from tests.e2e.test_commands import WAIVE, let_write, say

if TYPE_CHECKING:
    from bot.sandbox.github.front import RequestRecord
    from bot.sandbox.github.records import Pull
    from tests.e2e.world import World

IMPORT = "from shop.legacy.engine import OldEngine\n"
ENGINE = "class OrderEngine:\n    pass\n"


async def _open_twins(shop: World) -> tuple[Pull, Pull]:
    """Open two pull requests of one branch: clean against `next`, failing against `main`."""
    people = shop.github.people
    tip = people.commit(shop.repository, "next", {"shop/plans.py": IMPORT})
    people.commit(shop.repository, "change", {}, onto=tip)
    clean = await shop.open({"shop/more.py": "x = 1\n"}, base="next")
    failing = await people.open_pull(shop.repository, Opening("change"))
    await shop.settle()
    return clean, failing


async def test_two_pull_requests_of_one_head_share_the_worst_verdict(shop: World) -> None:
    clean, failing = await _open_twins(shop)

    run = shop.runs()[-1]
    assert run.conclusion == "failure"
    assert f"## #{clean.number} into next" in (run.summary or "")
    assert f"## #{failing.number} into main" in (run.summary or "")
    assert run.external_id.startswith(f"v1:{shop.repository.id}:{clean.number}:")
    assert [comment.number for comment in shop.comments()] == [failing.number]


async def test_push_to_a_shared_branch_is_one_run(shop: World) -> None:
    await _open_twins(shop)
    pushed = await shop.push({"shop/last.py": "y = 1\n"})

    runs = [run for run in shop.runs() if run.head_sha == pushed]
    assert [run.conclusion for run in runs] == ["failure"]


async def test_head_that_one_of_two_leaves_is_judged_for_the_other_alone(shop: World) -> None:
    people = shop.github.people
    _, failing = await _open_twins(shop)
    shared = shop.runs()[-1].head_sha
    # A branch of its own, which stays where it is while the other one moves on.
    git = shop.github.state.git(shop.repository.id)
    git.set_ref("refs/heads/still", shared)
    still = await people.open_pull(shop.repository, Opening("still", base="next"))
    await people.close(failing)
    await shop.settle()
    assert "2 pull requests share this commit" in (shop.runs()[-1].title or "")
    await shop.push({"shop/last.py": IMPORT}, onto=git.branch("next"))

    run = [run for run in shop.runs() if run.head_sha == shared][-1]
    assert (run.conclusion, run.title) == ("success", "No new findings")
    assert run.external_id.startswith(f"v1:{shop.repository.id}:{still.number}:")


async def test_closing_one_of_two_leaves_the_verdict_of_the_other(shop: World) -> None:
    _, failing = await _open_twins(shop)
    await shop.github.people.close(failing)
    await shop.settle()

    assert shop.verdict()[1] == "success"
    assert "##" not in (shop.runs()[-1].summary or "").replace("###", "")


async def test_closing_the_lowest_leaves_the_verdict_of_the_other(shop: World) -> None:
    clean, failing = await _open_twins(shop)
    await shop.github.people.close(clean)
    await shop.settle()

    run = shop.runs()[-1]
    assert run.conclusion == "failure"
    assert run.external_id.startswith(f"v1:{shop.repository.id}:{failing.number}:")


async def test_rerun_of_a_shared_head_judges_both_anew(shop: World) -> None:
    await _open_twins(shop)
    before = shop.runs()[-1]
    await shop.github.people.rerun(before)
    await shop.settle()

    assert shop.runs()[-1].id != before.id
    assert shop.runs()[-1].summary == before.summary


async def test_twin_of_a_fork_with_another_base_shares_the_verdict(shop: World) -> None:
    people = shop.github.people
    people.commit(shop.repository, "next", {"shop/plans.py": IMPORT})
    fork = shop.github.fork(shop.repository, "grace")
    tip = shop.github.state.git(fork.id).branch("next")
    people.commit(fork, "change", {"shop/more.py": "x = 1\n"}, onto=tip)
    opening = Opening("change", base="next", fork=fork, by="grace")
    await people.open_pull(shop.repository, opening)
    await shop.settle()
    assert shop.verdict()[1] == "success"

    await people.open_pull(shop.repository, replace(opening, base="main"))
    await shop.settle()

    assert shop.verdict()[1] == "failure"
    assert "2 pull requests share this commit" in (shop.runs()[-1].title or "")


async def test_twin_that_opens_during_the_review_leaves_one_verdict(shop: World) -> None:
    people = shop.github.people
    tip = people.commit(shop.repository, "next", {"shop/plans.py": IMPORT})
    people.commit(shop.repository, "change", {}, onto=tip)
    opened: list[Pull] = []

    async def open_twin(record: RequestRecord) -> None:
        if record.path.endswith("check-runs") and not opened:
            opened.append(await people.open_pull(shop.repository, Opening("change")))

    shop.github.front.after_write = open_twin
    await shop.open({"shop/more.py": "x = 1\n"}, base="next")

    assert shop.verdict()[1] == "failure"
    assert [run.status for run in shop.runs() if run.status != "completed"] == []
    assert "2 pull requests share this commit" in (shop.runs()[-1].title or "")


async def test_run_left_in_progress_on_an_earlier_head_is_closed(shop: World) -> None:
    await shop.open({"shop/plans.py": "x = 1\n"})
    (run,) = shop.runs()
    left = replace(run, status="in_progress", conclusion=None, completed_at=None)
    shop.github.state.check_runs[run.id] = left
    await shop.push({"shop/plans.py": "x = 2\n"})

    assert [run.conclusion for run in shop.runs()] == ["cancelled", "success"]


async def test_two_runs_left_in_progress_on_one_head_become_one_verdict(shop: World) -> None:
    pull = await shop.open({"shop/plans.py": "x = 1\n"})
    (run,) = shop.runs()
    state = shop.github.state
    left = replace(run, status="in_progress", conclusion=None, completed_at=None)
    second = replace(left, id=state.next_id())
    state.check_runs |= {run.id: left, second.id: second}
    await shop.github.people.edit_body(pull, "Closes nothing")
    await shop.settle()

    assert [run.conclusion for run in shop.runs()] == ["cancelled", "success"]


async def test_same_definition_in_another_pull_request_is_hinted_at(shop: World) -> None:
    first = await shop.open({"shop/plans.py": ENGINE})
    shop.github.people.commit(shop.repository, "other", {"shop/more.py": ENGINE})
    await shop.github.people.open_pull(shop.repository, Opening("other"))
    await shop.settle()

    hint = f"Open pull request #{first.number} adds the same definition: the class `OrderEngine`."
    assert hint in (shop.runs()[-1].summary or "")

    await shop.github.people.close(first)
    await shop.settle()
    await shop.github.people.push(shop.repository, "other", {"shop/more.py": f"x = 1\n{ENGINE}"})
    await shop.settle()
    assert "adds the same definition" not in (shop.runs()[-1].summary or "")


async def test_what_is_said_on_one_of_two_holds_for_that_one_alone(shop: World) -> None:
    let_write(shop, "ada")
    clean, failing = await _open_twins(shop)
    await say(shop, clean, "/ssot pause")
    assert shop.runs()[-1].conclusion == "failure"
    await say(shop, clean, "/ssot resume")
    await say(shop, failing, WAIVE)

    assert shop.verdict()[1] == "success"


async def test_pause_of_one_makes_its_section_neutral(shop: World) -> None:
    let_write(shop, "ada")
    clean, failing = await _open_twins(shop)
    await say(shop, failing, "/ssot pause")

    run = shop.runs()[-1]
    assert run.conclusion == "neutral"
    assert f"## #{failing.number} into main: Paused" in (run.summary or "")
    assert f"## #{clean.number} into next: Paused" not in (run.summary or "")


async def test_buttons_of_a_shared_run_are_those_of_the_lowest(shop: World) -> None:
    await _open_twins(shop)
    run = shop.runs()[-1]
    assert [action.identifier for action in run.actions] == ["recheck"]
    await shop.github.people.press(run, "recheck")
    await shop.settle()

    assert shop.runs()[-1].id != run.id
