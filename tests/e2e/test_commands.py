"""The pull request answers when it is spoken to, end to end."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING

import pytest

from bot.sandbox.github.faults import Fault
from bot.sandbox.github.people import Opening
from bot.sandbox.github.render import node_id
from tests.e2e.world import FILES, World, world

if TYPE_CHECKING:
    from pathlib import Path

    from bot.sandbox.github.records import Comment, Issue, Pull

IMPORT = "from shop.legacy.engine import OldEngine\n"
ENGINE = "class OrderEngine:\n    pass\n"
SOON = datetime.now(UTC).date() + timedelta(days=9)
WAIVE = f'/ssot waive forbidden-import until={SOON} reason="The new engine comes next week"'


async def say(shop: World, target: Pull | Issue, body: str, *, by: str = "ada") -> Comment:
    """Comment, and wait for what follows."""
    comment = await shop.github.people.comment(target, body, by=by)
    await shop.settle()
    return comment


def reactions(shop: World, comment: Comment) -> list[str]:
    subject = node_id("IC", comment.id)
    found = shop.github.state.reactions.values()
    return [reaction.content for reaction in found if reaction.subject_id == subject]


def answers(shop: World) -> list[str]:
    bot = shop.github.app.bot_id
    return [c.body for c in shop.github.state.comments.values() if c.author_id == bot]


def let_write(shop: World, *logins: str) -> None:
    for login in logins:
        shop.github.grant(shop.repository, login, "write")


async def test_recheck_by_the_author_is_a_new_run_of_the_same_name_and_head(shop: World) -> None:
    pull = await shop.open({"shop/plans.py": IMPORT}, by="grace")
    comment = await say(shop, pull, "Once more:\r\n\r\n/ssot recheck\r\n", by="grace")

    first, second = shop.runs()
    assert (first.name, first.head_sha) == (second.name, second.head_sha)
    assert second.conclusion == "failure"
    assert reactions(shop, comment) == ["eyes", "+1"]
    assert answers(shop) == []
    assert len(shop.reviews()) == 1


async def test_outsider_is_refused_and_told_why(shop: World) -> None:
    pull = await shop.open({"shop/plans.py": IMPORT})
    comment = await say(shop, pull, "/ssot recheck", by="mallory")

    assert len(shop.runs()) == 1
    assert reactions(shop, comment) == ["eyes", "confused"]
    (answer,) = answers(shop)
    assert "`mallory`" in answer
    assert "write access" in answer


async def test_member_whose_membership_is_private_is_allowed(shop: World) -> None:
    pull = await shop.open({"shop/plans.py": IMPORT})
    let_write(shop, "grace")
    shop.github.state.private_members.add(shop.github.people.user("grace").id)
    comment = await say(shop, pull, "/ssot recheck", by="grace")

    assert reactions(shop, comment) == ["eyes", "+1"]
    assert len(shop.runs()) == 2


@pytest.mark.parametrize(
    "body", ["> /ssot recheck", "```\n/ssot recheck\n```", "<!--\n/ssot recheck\n-->", "a /ssot b"]
)
async def test_quoted_command_is_ignored(shop: World, body: str) -> None:
    pull = await shop.open({"shop/plans.py": IMPORT})
    comment = await say(shop, pull, body)

    assert len(shop.runs()) == 1
    assert reactions(shop, comment) == []


async def test_several_commands_in_one_comment_are_answered_by_one(shop: World) -> None:
    pull = await shop.open({"shop/plans.py": IMPORT})
    comment = await say(shop, pull, "/ssot status\n/ssot explain backup-file\n/ssot helpp")

    (answer,) = answers(shop)
    assert "**forbidden-import**: 1" in answer
    assert "**backup-file**" in answer
    assert "Did you mean `/ssot help`?" in answer
    assert reactions(shop, comment) == ["eyes", "confused"]


async def test_command_in_an_edit_runs_nothing(shop: World) -> None:
    pull = await shop.open({"shop/plans.py": IMPORT})
    comment = await say(shop, pull, "Hello")
    await shop.github.people.edit_comment(comment, "/ssot recheck")
    await shop.settle()

    assert len(shop.runs()) == 1


async def test_own_answer_that_shows_commands_is_not_obeyed(shop: World) -> None:
    pull = await shop.open({"shop/plans.py": IMPORT})
    await say(shop, pull, "/ssot help", by="grace")

    assert len(answers(shop)) == 1


async def test_help_on_an_issue_is_answered_and_recheck_refused(shop: World) -> None:
    issue = await shop.github.trackers.open(shop.repository, "Migrate", "- [ ] all")
    helped = await say(shop, issue, "/ssot help")
    refused = await say(shop, issue, "/ssot recheck")

    listed, no = answers(shop)
    assert "`/ssot waive RULE [PATH] until=YYYY-MM-DD" in listed
    assert "pull requests only" in no
    assert [reactions(shop, helped), reactions(shop, refused)] == [
        ["eyes", "+1"],
        ["eyes", "confused"],
    ]


async def test_refused_reaction_keeps_no_answer_away(shop: World) -> None:
    refusal = Fault(403, '{"message": "Resource not accessible by integration"}')
    shop.github.script(refusal, path="*/reactions", times=8)
    pull = await shop.open({"shop/plans.py": IMPORT})
    await say(shop, pull, "/ssot status")

    assert len(answers(shop)) == 1


async def test_waived_findings_pass_and_are_quoted(shop: World) -> None:
    let_write(shop, "ada")
    pull = await shop.open({"shop/plans.py": IMPORT})
    comment = await say(shop, pull, WAIVE)

    assert shop.verdict()[1] == "success"
    summary = shop.runs()[-1].summary or ""
    for quoted in ("ada", str(SOON), "The new engine comes next week"):
        assert quoted in summary
    assert reactions(shop, comment) == ["eyes", "+1"]
    assert "Fixed" not in shop.comments()[0].body


async def test_waiver_without_a_path_covers_nothing_that_comes_later(shop: World) -> None:
    let_write(shop, "ada")
    pull = await shop.open({"shop/plans.py": IMPORT})
    await say(shop, pull, WAIVE)
    await shop.push({"shop/more.py": IMPORT})

    assert shop.verdict()[1] == "failure"
    assert shop.places() == [("shop/plans.py", 1), ("shop/more.py", 1)]


async def test_waiver_with_a_path_covers_what_comes_there(shop: World) -> None:
    let_write(shop, "ada")
    pull = await shop.open({"shop/plans.py": IMPORT})
    await say(shop, pull, WAIVE.replace("until", "shop/*.py until"))
    await shop.push({"shop/more.py": IMPORT})

    assert shop.verdict()[1] == "success"


async def test_deleting_the_comment_revokes_the_waiver(shop: World) -> None:
    let_write(shop, "ada")
    pull = await shop.open({"shop/plans.py": IMPORT})
    comment = await say(shop, pull, WAIVE)
    await shop.github.people.delete_comment(comment)
    await shop.settle()

    assert shop.verdict()[1] == "failure"


async def test_unwaive_revokes_the_waiver(shop: World) -> None:
    let_write(shop, "ada", "grace")
    pull = await shop.open({"shop/plans.py": IMPORT})
    await say(shop, pull, WAIVE)
    await say(shop, pull, "/ssot unwaive forbidden-import", by="grace")

    assert shop.verdict()[1] == "failure"


async def test_waiver_edited_by_somebody_without_write_lapses(shop: World) -> None:
    let_write(shop, "ada")
    pull = await shop.open({"shop/plans.py": IMPORT})
    comment = await say(shop, pull, WAIVE)
    later = WAIVE.replace(str(SOON), str(SOON + timedelta(days=100)))
    await shop.github.people.edit_comment(comment, later, by="mallory")
    await shop.settle()

    assert shop.verdict()[1] == "failure"
    assert "who edited it, has no write access" in (shop.runs()[-1].summary or "")


async def test_waiver_of_somebody_who_lost_write_lapses(shop: World) -> None:
    let_write(shop, "ada")
    pull = await shop.open({"shop/plans.py": IMPORT})
    await say(shop, pull, WAIVE)
    shop.github.grant(shop.repository, "ada", "read")
    await shop.push({"shop/more.py": "x = 1\n"})

    assert shop.verdict()[1] == "failure"


async def test_waiver_added_by_an_edit_was_never_accepted(shop: World) -> None:
    let_write(shop, "ada")
    pull = await shop.open({"shop/plans.py": IMPORT})
    comment = await say(shop, pull, "Hello")
    await shop.github.people.edit_comment(comment, WAIVE)
    await shop.settle()

    assert shop.verdict()[1] == "failure"


async def test_waiver_ends_with_its_day_by_a_review_set_for_then(shop: World) -> None:
    let_write(shop, "ada")
    pull = await shop.open({"shop/plans.py": IMPORT})
    await say(shop, pull, WAIVE)
    midnight = datetime.combine(SOON + timedelta(days=1), datetime.min.time(), UTC).timestamp()

    store = shop.service.store
    assert store is not None
    assert await store.due(before=midnight) == 0
    assert await store.due(before=midnight + 1) == 1


@pytest.mark.parametrize(
    "line",
    [
        "/ssot waive forbidden-import",
        '/ssot waive forbidden-import until=2020-01-01 reason="x"',
        '/ssot waive forbidden-import until=2999-01-01 reason="x"',
        f"/ssot waive forbidden-import until={SOON}",
        f'/ssot waive forbiden-import until={SOON} reason="x"',
        f'/ssot waive unanalysed until={SOON} reason="x"',
        f'/ssot waive duplicate-definition until={SOON} reason="nothing stands"',
        f'/ssot waive forbidden-import until={SOON} reason="x',
    ],
)
async def test_waiver_that_says_too_little_is_refused(shop: World, line: str) -> None:
    let_write(shop, "ada")
    pull = await shop.open({"shop/plans.py": IMPORT})
    comment = await say(shop, pull, line)

    assert reactions(shop, comment) == ["eyes", "confused"]
    assert len(answers(shop)) == 1
    assert shop.verdict()[1] == "failure"


async def test_file_that_was_not_analysed_is_waived_by_its_path(shop: World) -> None:
    let_write(shop, "ada")
    pull = await shop.open({"shop/big.py": IMPORT + "# generated\n" * 90_000})
    assert shop.verdict()[1] == "failure"
    await say(shop, pull, f'/ssot waive unanalysed shop/big.py until={SOON} reason="Generated"')

    assert shop.verdict()[1] == "success"
    assert "Generated" in (shop.runs()[-1].summary or "")


async def test_waiver_after_the_merge_is_void_and_offers_the_line_for_the_config(
    shop: World,
) -> None:
    let_write(shop, "ada")
    pull = await shop.open({"shop/plans.py": IMPORT})
    await shop.github.people.merge(pull)
    await say(shop, pull, WAIVE)

    (answer,) = answers(shop)
    assert "waivers:\n  - {rule: forbidden-import" in answer


async def test_paused_checks_are_neutral_until_resumed(shop: World) -> None:
    let_write(shop, "ada")
    pull = await shop.open({"shop/plans.py": "x = 1\n"})
    await say(shop, pull, "/ssot pause")
    assert shop.verdict()[1] == "neutral"
    await shop.push({"shop/more.py": IMPORT})
    assert shop.verdict()[1] == "neutral"
    assert "paused by `ada`" in (shop.runs()[-1].summary or "")
    assert shop.comments() == []
    await say(shop, pull, "/ssot resume")

    assert shop.verdict()[1] == "failure"
    assert shop.places() == [("shop/more.py", 1)]


async def test_deleting_the_comment_ends_the_pause(shop: World) -> None:
    let_write(shop, "ada")
    pull = await shop.open({"shop/plans.py": "x = 1\n"})
    comment = await say(shop, pull, "/ssot pause")
    await shop.github.people.delete_comment(comment)
    await shop.settle()

    assert shop.verdict()[1] == "success"


async def test_recheck_button_is_a_new_run(shop: World) -> None:
    await shop.open({"shop/plans.py": IMPORT})
    let_write(shop, "ada")
    (run,) = shop.runs()
    assert [action.identifier for action in run.actions] == ["recheck"]
    await shop.github.people.press(run, "recheck")
    await shop.settle()

    assert len(shop.runs()) == 2


async def test_button_pressed_by_an_outsider_is_refused_once(shop: World) -> None:
    await shop.open({"shop/plans.py": IMPORT})
    for _ in range(2):
        await shop.github.people.press(shop.runs()[0], "recheck", by="mallory")
        await shop.settle()

    assert len(shop.runs()) == 1
    assert len(answers(shop)) == 1


@pytest.mark.parametrize("way", ["run", "suite"])
async def test_rerun_of_a_fork_is_found_by_its_head(shop: World, way: str) -> None:
    fork = shop.github.fork(shop.repository, "grace")
    shop.github.people.commit(fork, "change", {"shop/plans.py": IMPORT})
    await shop.open_from(fork)
    people, (run,) = shop.github.people, shop.runs()
    await (people.rerun(run) if way == "run" else people.rerun_all(run))
    await shop.settle()

    first, second = shop.runs()
    assert (second.name, second.head_sha) == (first.name, first.head_sha)


async def test_repository_without_a_config_still_helps(tmp_path: Path) -> None:
    async with world(tmp_path, {**FILES, ".github/ssot.yml": None}) as shop:
        let_write(shop, "ada")
        shop.github.people.commit(shop.repository, "change", {"a.py": IMPORT})
        pull = await shop.github.people.open_pull(shop.repository, Opening("change"))
        await say(shop, pull, "/ssot recheck")

        assert "Nothing is checked here" in answers(shop)[0]
        assert shop.runs() == []
