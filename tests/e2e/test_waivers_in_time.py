"""Waivers and pauses by comment as days pass and people come, go, edit and delete."""

from __future__ import annotations

from datetime import timedelta
from typing import TYPE_CHECKING

from bot.domain.commands import parse
from bot.domain.conversation import Answer, digest_of, header
from bot.domain.standing import digest_of_call
from bot.sandbox.github.records import Comment
from tests.e2e.test_commands import SOON, WAIVE, answers, let_write, say

if TYPE_CHECKING:
    from bot.sandbox.github.records import Pull
    from tests.e2e.world import World

IMPORT = "from shop.legacy.engine import OldEngine\n"
DAY = timedelta(days=1)


def our_answer(shop: World) -> Comment:
    bot = shop.github.app.bot_id
    return [one for one in shop.github.state.comments.values() if one.author_id == bot][-1]


async def test_waiver_holds_on_its_last_day_and_fails_on_the_next_by_itself(shop: World) -> None:
    let_write(shop, "ada")
    pull = await shop.open({"shop/plans.py": IMPORT})
    await say(shop, pull, WAIVE)
    await shop.go_to_noon(SOON)
    assert [run.conclusion for run in shop.runs()] == ["failure", "success"]
    await shop.go_to_noon(SOON + DAY)

    assert [run.conclusion for run in shop.runs()] == ["failure", "success", "failure"]
    assert f"it expired on `{SOON}`" in (shop.runs()[-1].summary or "")
    assert len(shop.comments()) == 1
    assert len(answers(shop)) == 1


async def test_first_of_two_waivers_to_end_is_followed_by_the_second(shop: World) -> None:
    let_write(shop, "ada")
    pull = await shop.open({"shop/plans.py": IMPORT})
    await say(shop, pull, WAIVE)
    await say(shop, pull, WAIVE.replace(str(SOON), str(SOON + 3 * DAY)))
    await shop.go_to_noon(SOON + DAY)
    assert shop.verdict()[1] == "success"
    await shop.go_to_noon(SOON + 4 * DAY)

    assert shop.verdict()[1] == "failure"


async def test_waiver_that_an_editor_made_longer_is_set_for_its_new_day(shop: World) -> None:
    let_write(shop, "ada", "grace")
    pull = await shop.open({"shop/plans.py": IMPORT})
    comment = await say(shop, pull, WAIVE)
    longer = WAIVE.replace(str(SOON), str(SOON + 30 * DAY))
    await shop.github.people.edit_comment(comment, longer, by="grace")
    await shop.settle()
    await shop.go_to_noon(SOON + DAY)
    assert shop.verdict()[1] == "success"
    await shop.go_to_noon(SOON + 31 * DAY)

    assert shop.verdict()[1] == "failure"


async def test_waiver_edited_to_another_place_is_listed_with_the_reason(shop: World) -> None:
    let_write(shop, "ada")
    pull = await shop.open({"shop/plans.py": IMPORT})
    comment = await say(shop, pull, WAIVE)
    await shop.github.people.edit_comment(comment, WAIVE.replace("until", "shop/*.py until"))
    await shop.settle()

    assert shop.verdict()[1] == "failure"
    assert "it was edited after it was accepted" in (shop.runs()[-1].summary or "")


async def test_answer_that_somebody_deletes_is_no_acceptance_any_more(shop: World) -> None:
    let_write(shop, "ada")
    pull = await shop.open({"shop/plans.py": IMPORT})
    await say(shop, pull, WAIVE)
    await shop.github.people.delete_comment(our_answer(shop))
    await shop.settle()

    assert shop.verdict()[1] == "failure"


async def test_acceptance_in_a_persons_own_comment_is_not_believed(shop: World) -> None:
    pull = await shop.open({"shop/plans.py": IMPORT}, by="mallory")
    let_write(shop, "ada")
    line = WAIVE.replace("until", "shop/*.py until")
    comment = await say(shop, pull, line, by="mallory")
    (call,) = parse(line)
    forged = Answer(str(comment.id), digest_of(line), {digest_of_call(call): frozenset()})
    await say(shop, pull, f"{header(forged)}Waived.", by="ada")
    await shop.push({"shop/more.py": IMPORT})

    assert shop.verdict()[1] == "failure"


async def test_waiver_behind_a_hundred_comments_is_still_read(shop: World) -> None:
    let_write(shop, "ada")
    pull = await shop.open({"shop/plans.py": IMPORT})
    await say(shop, pull, WAIVE)
    talk(shop, pull, 150)
    await shop.push({"shop/more.py": "x = 1\n"})

    assert shop.verdict()[1] == "success"


async def test_waiver_behind_a_thousand_comments_is_said_not_to_be_read(shop: World) -> None:
    let_write(shop, "ada")
    pull = await shop.open({"shop/plans.py": IMPORT})
    await say(shop, pull, WAIVE)
    talk(shop, pull, 1000)
    await shop.push({"shop/more.py": "x = 1\n"})

    assert shop.verdict()[1] == "failure"
    assert "newest 1000 comments" in (shop.runs()[-1].summary or "")


async def test_waiver_of_a_rule_is_not_one_of_another_place(shop: World) -> None:
    let_write(shop, "ada")
    pull = await shop.open({"shop/plans.py": IMPORT})
    await say(shop, pull, WAIVE)
    await shop.push({"shop/plans.py": f"x = 1\n\n\n{IMPORT}"})
    assert shop.verdict()[1] == "success"
    await shop.push({"shop/plans.py": None, "shop/other.py": IMPORT})

    assert shop.verdict()[1] == "failure"


async def test_pause_of_somebody_who_lost_write_ends(shop: World) -> None:
    let_write(shop, "ada", "grace")
    pull = await shop.open({"shop/plans.py": IMPORT})
    await say(shop, pull, "/ssot pause")
    shop.github.grant(shop.repository, "ada", "read")
    await shop.push({"shop/more.py": "x = 1\n"})
    assert shop.verdict()[1] == "failure"
    assert "ada no longer has write access" in (shop.runs()[-1].summary or "")


async def test_path_with_a_blank_is_shown_as_it_has_to_be_written(shop: World) -> None:
    let_write(shop, "ada")
    pull = await shop.open({"shop/my plans.py": IMPORT})
    await say(shop, pull, WAIVE.replace("until", '"shop/my plans.py" until'))
    line = next(part for part in answers(shop)[0].split("`") if part.startswith("/ssot unwaive"))
    await say(shop, pull, line)

    assert "Revoked" in answers(shop)[1]
    assert shop.verdict()[1] == "failure"


async def test_reason_stays_a_text_in_answer_and_summary(shop: World) -> None:
    let_write(shop, "ada")
    pull = await shop.open({"shop/plans.py": IMPORT})
    odd = "--> @ada <b>x</b> \u202e[a](http://e) <!-- ssot:accepted=x:y -->"
    await say(shop, pull, f'/ssot waive forbidden-import until={SOON} reason="{odd}"')

    assert shop.verdict()[1] == "success"
    for text in (answers(shop)[0].split("-->\n", 2)[2], shop.runs()[-1].summary or ""):
        outside = "".join(text.split("`")[::2])
        assert not {"@", "<", "\u202e", "["} & set(outside)


def talk(shop: World, pull: Pull, count: int) -> None:
    """Let people say so much that has nothing to do with us."""
    state = shop.github.state
    author, now = shop.github.people.user("grace").id, state.now()
    for number in range(count):
        comment = Comment(
            state.next_id(), pull.repository_id, pull.number, author, f"Hm {number}", now, now
        )
        state.comments[comment.id] = comment
