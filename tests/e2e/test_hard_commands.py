"""Commands on a bad day: twice, half done, edited, refused by GitHub."""

from __future__ import annotations

import asyncio
from typing import TYPE_CHECKING

import pytest

from bot.sandbox.github.faults import BAD_GATEWAY, Fault
from bot.sandbox.github.front import ConnectionDroppedError
from bot.sandbox.github.people import Opening
from bot.sandbox.github.records import UserType
from tests.e2e.test_commands import WAIVE, answers, let_write, reactions, say
from tests.e2e.test_fix import USE, let_app_write

if TYPE_CHECKING:
    from bot.sandbox.github.front import Hook, RequestRecord
    from tests.e2e.world import World

IMPORT = "from shop.legacy.engine import OldEngine\n"
NO_REACTION = Fault(403, '{"message": "Resource not accessible by integration"}')


def _lose_the_first_commit() -> Hook:
    lost: list[RequestRecord] = []

    async def lose(record: RequestRecord) -> None:
        if record.operation == "mutation Commit" and not lost:
            lost.append(record)
            raise ConnectionDroppedError

    return lose


async def test_fix_that_github_made_but_did_not_confirm_is_done(shop: World) -> None:
    let_app_write(shop)
    let_write(shop, "ada")
    pull = await shop.open({"shop/plans.py": USE})
    shop.github.front.after_write = _lose_the_first_commit()
    comment = await say(shop, pull, "/ssot fix")

    assert shop.verdict()[1] == "success"
    assert (answers(shop), reactions(shop, comment)) == ([], ["eyes", "+1"])


async def test_fix_asked_for_twice_in_one_comment_is_one_commit(shop: World) -> None:
    let_app_write(shop)
    let_write(shop, "ada")
    pull = await shop.open({"shop/plans.py": USE})
    comment = await say(shop, pull, "/ssot fix\n/ssot  fix")

    assert shop.verdict()[1] == "success"
    assert (answers(shop), reactions(shop, comment)) == ([], ["eyes", "+1"])


async def test_fix_button_pressed_twice_is_one_commit_and_no_complaint(shop: World) -> None:
    let_app_write(shop)
    let_write(shop, "ada")
    await shop.open({"shop/plans.py": USE})
    (run,) = shop.runs()
    held = shop.github.webhooks.hold()
    await shop.github.people.press(run, "fix")
    await shop.github.people.press(run, "fix")
    await shop.github.webhooks.release(list(held))
    await shop.settle()

    assert shop.verdict()[1] == "success"
    assert answers(shop) == []


async def test_two_that_ask_for_the_fix_at_once_get_one_commit(shop: World) -> None:
    let_app_write(shop)
    let_write(shop, "ada", "grace")
    pull = await shop.open({"shop/plans.py": USE})
    before = shop.runs()[-1].head_sha
    held = shop.github.webhooks.hold()
    for login in ("ada", "grace"):
        await shop.github.people.comment(pull, "/ssot fix", by=login)
    await shop.github.webhooks.release(list(held))
    await shop.settle()

    head, conclusion = shop.verdict()
    assert conclusion == "success"
    assert shop.github.state.git(shop.repository.id).parents(head) == (before,)
    assert len(answers(shop)) <= 1


@pytest.mark.parametrize("line", ["/ssot fix is not what I want", "/ssot fix --dry-run=1 x"])
async def test_fix_with_words_behind_it_commits_nothing(shop: World, line: str) -> None:
    let_app_write(shop)
    let_write(shop, "ada")
    pull = await shop.open({"shop/plans.py": USE})
    await say(shop, pull, line)

    assert shop.verdict()[1] == "failure"
    assert "Write it as `/ssot fix`" in answers(shop)[0]


async def test_command_that_was_edited_in_before_it_was_read_runs_nothing(shop: World) -> None:
    let_write(shop, "ada")
    pull = await shop.open({"shop/plans.py": IMPORT})
    held = shop.github.webhooks.hold()
    comment = await shop.github.people.comment(pull, "/ssot help")
    await shop.github.people.edit_comment(comment, "/ssot recheck")
    await shop.github.webhooks.release(list(held))
    await shop.settle()

    assert len(shop.runs()) == 1
    assert reactions(shop, comment) == ["eyes", "confused"]
    assert "edited" in answers(shop)[0]


async def test_locked_conversation_is_refused_quietly(shop: World) -> None:
    let_write(shop, "ada")
    pull = await shop.open({"shop/plans.py": IMPORT})
    shop.github.state.locked.add((pull.repository_id, pull.number))
    await say(shop, pull, "/ssot recheck")
    await say(shop, pull, WAIVE)

    store = shop.service.store
    assert store is not None
    assert [run.conclusion for run in shop.runs()] == ["failure", "failure"]
    assert not await store.failed()
    assert answers(shop) == []


async def test_recheck_that_got_no_reaction_is_not_run_at_each_sweep(shop: World) -> None:
    shop.github.script(NO_REACTION, path="*/reactions", times=99)
    let_write(shop, "ada")
    pull = await shop.open({"shop/plans.py": IMPORT})
    await say(shop, pull, "/ssot recheck")
    rounds = shop.service.rounds
    assert rounds is not None
    for _ in range(2):
        rounds.sweep_now()
        await shop.make_round()

    assert len(shop.runs()) == 2
    assert len(answers(shop)) == 1


async def test_command_that_a_sweep_finds_while_it_is_answered_runs_once(shop: World) -> None:
    let_write(shop, "ada")
    pull = await shop.open({"shop/plans.py": IMPORT})
    held = shop.github.webhooks.hold()
    await shop.github.people.comment(pull, "/ssot recheck")
    rounds = shop.service.rounds
    assert rounds is not None
    rounds.sweep_now()
    await shop.make_round()
    assert len(shop.runs()) == 2
    await shop.github.webhooks.release(list(held))
    await shop.settle()

    assert len(shop.runs()) == 2
    assert answers(shop) == []


async def test_comment_deleted_before_it_is_read_gets_nothing(shop: World) -> None:
    pull = await shop.open({"shop/plans.py": IMPORT})
    held = shop.github.webhooks.hold()
    comment = await shop.github.people.comment(pull, "/ssot status")
    await shop.github.people.delete_comment(comment)
    await shop.github.webhooks.release(list(held))
    await shop.settle()

    assert answers(shop) == []


async def test_eleventh_command_is_said_not_to_be_run(shop: World) -> None:
    pull = await shop.open({"shop/plans.py": IMPORT})
    lines = [f"/ssot explain rule-{number}" for number in range(200)]
    await say(shop, pull, "\n".join(lines))

    (answer,) = answers(shop)
    assert "first 10 commands" in answer
    assert "rule-10" not in answer


async def test_permissions_that_github_cannot_tell_are_asked_for_again(shop: World) -> None:
    let_write(shop, "ada")
    pull = await shop.open({"shop/plans.py": IMPORT}, by="grace")
    shop.github.script(BAD_GATEWAY, path="*/collaborators/*", times=4)
    comment = await say(shop, pull, "/ssot recheck")

    assert reactions(shop, comment)[-1] == "+1"
    assert len(shop.runs()) == 2


@pytest.mark.parametrize("status", [403, 404])
async def test_permissions_that_github_does_not_tell_are_none(shop: World, status: int) -> None:
    let_write(shop, "ada")
    pull = await shop.open({"shop/plans.py": IMPORT}, by="grace")
    shop.github.script(Fault(status, "{}"), path="*/collaborators/*", times=9)
    comment = await say(shop, pull, "/ssot recheck")

    assert reactions(shop, comment) == ["eyes", "confused"]
    assert len(shop.runs()) == 1


@pytest.mark.parametrize("way", ["run", "suite"])
async def test_rerun_where_two_pull_requests_share_a_head_is_one_new_run(
    shop: World, way: str
) -> None:
    shop.github.people.commit(shop.repository, "next", {"README.md": "x\n"})
    await shop.open({"shop/plans.py": IMPORT})
    await shop.github.people.open_pull(shop.repository, Opening("change", base="next"))
    await shop.settle()
    before = shop.runs()
    people = shop.github.people
    await (people.rerun(before[-1]) if way == "run" else people.rerun_all(before[-1]))
    await shop.settle()

    assert len(shop.runs()) == len(before) + 1


async def test_button_of_a_head_that_was_left_works_on_the_present_one(shop: World) -> None:
    let_app_write(shop)
    let_write(shop, "ada")
    await shop.open({"shop/plans.py": USE})
    (old,) = shop.runs()
    left = await shop.push({"shop/more.py": USE})
    await shop.github.people.press(old, "fix")
    await shop.settle()

    head, conclusion = shop.verdict()
    assert conclusion == "success"
    assert shop.github.state.git(shop.repository.id).parents(head) == (left,)


async def test_button_pressed_on_a_closed_pull_request_says_so(shop: World) -> None:
    let_write(shop, "ada")
    pull = await shop.open({"shop/plans.py": IMPORT})
    await shop.github.people.close(pull)
    await shop.github.people.press(shop.runs()[0], "recheck")
    await shop.settle()

    assert len(shop.runs()) == 1
    assert "is closed" in answers(shop)[0]


async def test_command_of_a_bot_or_through_another_app_is_ignored(shop: World) -> None:
    pull = await shop.open({"shop/plans.py": IMPORT})
    state = shop.github.state
    robot = state.add_user("renovate[bot]", UserType.BOT)
    await say(shop, pull, "/ssot recheck", by=robot.login)

    assert len(shop.runs()) == 1
    assert answers(shop) == []


async def test_everything_delivered_twice_at_once_is_done_once(shop: World) -> None:
    let_app_write(shop)
    let_write(shop, "ada")
    pull = await shop.open({"shop/plans.py": USE})
    held = shop.github.webhooks.hold()
    await shop.github.people.comment(pull, "/ssot status")
    await shop.github.people.comment(pull, "/ssot fix")
    twice = [*held, *held]
    shop.github.webhooks.held = None
    await asyncio.gather(*map(shop.github.webhooks.attempt, twice))
    await shop.settle()

    assert shop.verdict()[1] == "success"
    assert len(shop.runs()) == 2
    assert len(answers(shop)) == 1


async def test_fix_of_a_head_that_moves_meanwhile_is_made_on_the_new_one(shop: World) -> None:
    let_app_write(shop)
    let_write(shop, "ada")
    pull = await shop.open({"shop/plans.py": USE})
    moved: list[str] = []

    async def move(record: RequestRecord) -> None:
        if "collaborators" in record.path and not moved:
            moved.append(shop.github.people.commit(shop.repository, "change", {"README.md": "y"}))
            before = shop.github.state.git(shop.repository.id).parents(moved[0])[0]
            announce = shop.github.people.announce_push
            await announce(shop.repository, "change", before=before, after=moved[0])

    shop.github.front.before_response = move
    await say(shop, pull, "/ssot fix")

    head, conclusion = shop.verdict()
    assert conclusion == "success"
    assert shop.github.state.git(shop.repository.id).parents(head) == (moved[0],)
