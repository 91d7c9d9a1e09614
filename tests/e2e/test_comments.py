"""The life of a comment: it stays, is fixed, comes back, and belongs to a conversation."""

from __future__ import annotations

import json
from dataclasses import replace
from typing import TYPE_CHECKING

import pytest

from bot.domain.markdown import parse
from bot.sandbox.github.faults import BAD_GATEWAY, Fault
from bot.sandbox.github.server import PERMISSIONS
from tests.e2e.world import FILES, world

if TYPE_CHECKING:
    from pathlib import Path

    from bot.sandbox.github.records import ReviewComment
    from tests.e2e.world import World

IMPORT = "from shop.legacy.engine import OldEngine\n"
CLEAN = "from shop.engine import Engine\n"
FORBIDDEN = {
    "data": {"resolveReviewThread": None},
    "errors": [{"type": "FORBIDDEN", "message": "Resource not accessible by integration"}],
}
REFUSALS = [
    "Pull request review thread line must be part of the diff",
    "Pull request review thread start line must be part of the same hunk as the line.",
    "Pull request review thread diff hunk can't be blank",
    "Pull request review thread start line must precede the end line.",
    "Pull request review thread path is invalid",
]


def _allow_writing(shop: World) -> None:
    shop.github.install(shop.repository, {**PERMISSIONS, "contents": "write"})


def _only(shop: World) -> ReviewComment:
    (comment,) = shop.comments()
    return comment


def _is_resolved(shop: World) -> bool:
    return _only(shop).id in shop.github.state.resolved_threads


async def test_fixed_comment_is_minimised_and_its_thread_resolved(shop: World) -> None:
    _allow_writing(shop)
    await shop.open({"shop/plans.py": IMPORT})
    fixed = await shop.push({"shop/plans.py": CLEAN})

    assert f"**Fixed** in {fixed}." in _only(shop).body
    assert (_only(shop).minimized, _is_resolved(shop)) == ("resolved", True)


async def test_thread_is_left_open_without_the_right_to_resolve_it(shop: World) -> None:
    await shop.open({"shop/plans.py": IMPORT})
    await shop.push({"shop/plans.py": CLEAN})

    assert (_only(shop).minimized, _is_resolved(shop)) == ("resolved", False)
    assert "esolved" not in _only(shop).body
    before = len(shop.asked())
    await shop.push({"shop/plans.py": "x = 1\n"})
    assert len(shop.asked()) - before == 5  # read, start, compare, re-read, complete


async def test_refused_thread_resolution_is_never_claimed(shop: World) -> None:
    _allow_writing(shop)
    await shop.open({"shop/plans.py": IMPORT})
    # The reads of the pull request and of the thread come first.
    shop.github.script(Fault(200, json.dumps(FORBIDDEN)), path="*graphql", skip=3)
    await shop.push({"shop/plans.py": CLEAN})

    assert not _is_resolved(shop)
    assert "esolved" not in _only(shop).body
    assert not parse(_only(shop).body).unsettled
    assert shop.verdict()[1] == "success"


async def test_thread_that_could_not_be_resolved_today_is_resolved_tomorrow(shop: World) -> None:
    _allow_writing(shop)
    await shop.open({"shop/plans.py": IMPORT})
    shop.github.script(BAD_GATEWAY, path="*graphql", skip=3, times=3)
    fixed = await shop.push({"shop/plans.py": CLEAN})
    assert (_is_resolved(shop), shop.verdict()[1]) == (False, "success")
    assert f"**Fixed** in {fixed}." in _only(shop).body

    await shop.push({"shop/plans.py": "x = 1\n"})

    assert (_only(shop).minimized, _is_resolved(shop)) == ("resolved", True)
    assert f"**Fixed** in {fixed}." in _only(shop).body
    assert not parse(_only(shop).body).unsettled


async def test_returned_finding_opens_its_thread_again(shop: World) -> None:
    _allow_writing(shop)
    await shop.open({"shop/plans.py": IMPORT})
    before = _only(shop).body
    await shop.push({"shop/plans.py": CLEAN})
    await shop.push({"shop/plans.py": IMPORT})

    assert (_only(shop).minimized, _is_resolved(shop)) == (None, False)
    assert _only(shop).body == before


async def test_answers_of_people_stay_and_are_not_folded_away(shop: World) -> None:
    _allow_writing(shop)
    await shop.open({"shop/plans.py": IMPORT})
    ours = _only(shop)
    answer = shop.github.people.reply(ours, "Why not?", by="grace")
    fixed = await shop.push({"shop/plans.py": CLEAN})

    assert [one.id for one in shop.comments()] == [ours.id, answer.id]
    assert fixed in shop.comments()[0].body
    assert [one.minimized for one in shop.comments()] == [None, None]
    assert ours.id in shop.github.state.resolved_threads


async def test_thread_that_people_resolved_stays_so_while_the_finding_stands(shop: World) -> None:
    _allow_writing(shop)
    await shop.open({"shop/plans.py": IMPORT})
    ada = shop.github.people.user("ada")
    shop.github.state.resolved_threads[_only(shop).id] = ada.id
    await shop.push({"shop/plans.py": f"import json\n{IMPORT}"})

    assert _is_resolved(shop)
    assert shop.verdict()[1] == "failure"


async def test_comment_that_people_deleted_is_not_written_again_while_fixing(shop: World) -> None:
    await shop.open({"shop/plans.py": IMPORT})
    shop.github.script(Fault(404, '{"message": "Not Found"}'), method="PATCH", path="*comments*")
    await shop.push({"shop/plans.py": CLEAN})

    assert shop.verdict()[1] == "success"


async def test_comment_that_people_deleted_is_not_posted_again(shop: World) -> None:
    await shop.open({"shop/plans.py": IMPORT, "shop/more.py": IMPORT})
    other, deleted = shop.comments()
    shop.github.people.reply(deleted, "We know.", by="grace")
    del shop.github.state.review_comments[deleted.id]
    reviews = len(shop.reviews())
    await shop.push({"shop/more.py": f"import json\n{IMPORT}"})
    fixed = await shop.push({"shop/more.py": CLEAN})

    assert len(shop.reviews()) == reviews
    assert parse(shop.github.state.review_comments[other.id].body).fixed_in == fixed


async def test_comment_that_people_rewrote_is_theirs(shop: World) -> None:
    await shop.open({"shop/plans.py": IMPORT})
    ours = _only(shop)
    shop.github.state.review_comments[ours.id] = replace(ours, body="Agreed, see the plan.")
    await shop.push({"shop/plans.py": f"import json\n{IMPORT}"})
    await shop.push({"shop/plans.py": CLEAN})

    assert (_only(shop).body, len(shop.reviews())) == ("Agreed, see the plan.", 1)


async def test_file_replaced_by_another_in_a_force_push_gets_its_own_comment(shop: World) -> None:
    body = "".join(f"x{n} = {n}\n" for n in range(30))
    other = "".join(f"def other{n}():\n    return {n}\n" for n in range(30))
    main = shop.github.state.git(shop.repository.id).branch("main")
    await shop.open({"shop/plans.py": f"{IMPORT}{body}"})
    forced = await shop.push({"shop/other.py": f"{other}{IMPORT}"}, onto=main)

    assert shop.places() == [("shop/plans.py", 1), ("shop/other.py", 61)]
    assert [parse(one.body).fixed_in for one in shop.comments()] == [forced, ""]
    assert shop.verdict() == (forced, "failure")


async def test_file_renamed_by_the_change_takes_its_comment_along(tmp_path: Path) -> None:
    body = "".join(f"x{n} = {n}\n" for n in range(30))
    async with world(tmp_path, {**FILES, "shop/old.py": body}) as shop:
        await shop.open({"shop/old.py": f"{body}{IMPORT}"})
        # An outdated comment stays at the path where it was.
        ours = _only(shop)
        outdated = replace(ours, current=replace(ours.current, line=None))
        shop.github.state.review_comments[ours.id] = outdated
        await shop.push({"shop/old.py": None, "shop/new.py": f"{body}{IMPORT}"})

        assert _only(shop).current.path == "shop/old.py"
        assert parse(_only(shop).body).fixed_in == ""
        assert len(shop.reviews()) == 1


async def test_file_renamed_and_edited_takes_its_comment_along(tmp_path: Path) -> None:
    body = "".join(f"x{n} = {n}\n" for n in range(30))
    async with world(tmp_path, {**FILES, "shop/old.py": body}) as shop:
        await shop.open({"shop/old.py": f"{body}{IMPORT}"})
        await shop.push({"shop/old.py": None, "shop/new.py": f"y = 1\n{body}{IMPORT}y = 2\n"})
        assert (parse(_only(shop).body).fixed_in, len(shop.reviews())) == ("", 1)

        fixed = await shop.push({"shop/new.py": f"y = 1\n{body}y = 2\n"})
        assert parse(_only(shop).body).fixed_in == fixed


async def test_force_push_to_an_older_head_and_back_edits_one_comment(shop: World) -> None:
    await shop.open({"shop/plans.py": IMPORT})
    git = shop.github.state.git(shop.repository.id)
    old = git.branch("change")
    newer = await shop.push({"shop/plans.py": CLEAN})
    assert old is not None
    for before, after, fixed_in in [(newer, old, ""), (old, newer, newer)]:
        git.set_ref("refs/heads/change", after)
        people = shop.github.people
        await people.announce_push(shop.repository, "change", before=before, after=after)
        await shop.settle()
        assert parse(_only(shop).body).fixed_in == fixed_in

    # Both verdicts stand already: neither head gets a second run.
    assert [run.conclusion for run in shop.runs()] == ["failure", "success"]


async def test_findings_that_grow_and_shrink_around_the_limit_are_said_once(shop: World) -> None:
    def files(broken: int) -> dict[str, str | bytes | None]:
        return {f"shop/f{n:02}.py": IMPORT if n < broken else CLEAN for n in range(30)}

    await shop.open(files(18))
    for broken in (25, 10, 30):
        await shop.push(files(broken))

    assert [len(review) for review in shop.reviews()] == [18, 7, 5]
    assert [one for one in shop.comments() if parse(one.body).fixed_in] == []


async def test_rebase_says_nothing_again(shop: World) -> None:
    await shop.open({"shop/plans.py": f"x = 1\n{IMPORT}"})
    tip = await shop.github.people.push(shop.repository, "main", {"shop/news.py": "y = 1\n"})
    rebased = await shop.push({"shop/plans.py": f"x = 1\n{IMPORT}"}, onto=tip)

    assert shop.verdict() == (rebased, "failure")
    assert (len(shop.comments()), len(shop.reviews())) == (1, 1)


async def test_retargeted_pull_request_marks_what_its_new_base_has_already(shop: World) -> None:
    people = shop.github.people
    tip = people.commit(shop.repository, "next", {"shop/plans.py": IMPORT})
    people.commit(shop.repository, "change", {}, onto=tip)
    pull = await shop.open({"shop/more.py": "x = 1\n"})
    await people.retarget(pull, "next")
    await shop.settle()
    assert parse(_only(shop).body).fixed_in
    await people.retarget(pull, "main")
    await shop.settle()

    assert parse(_only(shop).body).fixed_in == ""
    assert shop.verdict()[1] == "failure"


@pytest.mark.parametrize("refusal", REFUSALS)
async def test_each_refusal_of_a_line_leaves_the_findings_in_the_body(
    shop: World, refusal: str
) -> None:
    answer = json.dumps({"message": "Unprocessable Entity", "errors": [refusal]})
    shop.github.script(Fault(422, answer), method="POST", path="*/reviews")
    await shop.open({"shop/plans.py": IMPORT})

    assert "shop/plans.py" in shop.review_bodies()[0]
    assert (shop.comments(), shop.verdict()[1]) == ([], "failure")
    await shop.push({"shop/plans.py": f"import json\n{IMPORT}"})
    assert len(shop.reviews()) == 1


LOCKED = [(422, "lock prevents review"), (403, "Unable to create comment because issue is locked")]


@pytest.mark.parametrize(("status", "why"), LOCKED)
async def test_locked_conversation_leaves_the_verdict_to_the_check(
    shop: World, status: int, why: str
) -> None:
    answer = json.dumps({"message": why})
    shop.github.script(Fault(status, answer), method="POST", path="*/reviews", times=99)
    await shop.open({"shop/plans.py": IMPORT})

    (run,) = shop.runs()
    assert (run.conclusion, run.title, len(run.annotations)) == ("failure", "1 new finding", 1)
    assert f"because GitHub refused the review: {why}." in (run.summary or "")
    await shop.github.people.edit_body(next(iter(shop.github.state.pulls.values())), "Again")
    await shop.settle()
    assert len(shop.runs()) == 1


async def test_minimised_by_a_maintainer_is_left_so_while_the_finding_stands(shop: World) -> None:
    await shop.open({"shop/plans.py": IMPORT})
    first = _only(shop)
    shop.github.state.review_comments[first.id] = replace(first, minimized="off-topic")
    await shop.push({"shop/plans.py": f"import json\n{IMPORT}"})

    assert _only(shop).minimized == "off-topic"
