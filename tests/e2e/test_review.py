"""A pull request is reviewed, end to end."""

from __future__ import annotations

import re
from collections import Counter
from typing import TYPE_CHECKING

import pytest

from bot.sandbox.github.records import Review
from tests.e2e.world import FILES, World, world

if TYPE_CHECKING:
    from pathlib import Path

IMPORT = "from shop.legacy.engine import OldEngine\n"
ENGINE = "class OrderEngine:\n    pass\n"


async def test_opened_pull_request_gets_a_check_run_and_a_comment_at_the_line(shop: World) -> None:
    pull = await shop.open({"shop/plans.py": f"import json\n{IMPORT}"})

    (run,) = shop.runs()
    assert (run.head_sha, run.status, run.conclusion) == (pull.head_sha, "completed", "failure")
    assert shop.places() == [("shop/plans.py", 2)]
    assert "`shop.engine`" in shop.comments()[0].body
    (annotation,) = run.annotations
    assert (annotation.path, annotation.start_line) == ("shop/plans.py", 2)
    assert annotation.annotation_level == "failure"


async def test_clean_pull_request_gets_a_green_check_and_no_comment(shop: World) -> None:
    await shop.open({"shop/plans.py": "from shop.engine import Engine\n"})

    assert [run.conclusion for run in shop.runs()] == ["success"]
    assert shop.reviews() == []
    assert shop.conversation() == []


async def test_finding_in_a_multi_line_import_is_anchored_at_its_own_line(shop: World) -> None:
    split = "import json\nfrom shop.legacy.engine import (\n    plan,\n    more,\n)\n"
    await shop.open({"shop/plans.py": split})

    assert shop.places() == [("shop/plans.py", 3), ("shop/plans.py", 4)]


async def test_second_definition_is_reported_with_its_home(shop: World) -> None:
    await shop.open({"shop/plans.py": f"import json\n\n\n{ENGINE}"})

    assert shop.places() == [("shop/plans.py", 4)]
    assert "`shop.engine:Engine`" in shop.comments()[0].body


async def test_synchronize_with_a_fix_says_so_and_turns_green(shop: World) -> None:
    await shop.open({"shop/plans.py": IMPORT})
    fixed = await shop.push({"shop/plans.py": "from shop.engine import Engine\n"})

    assert shop.verdict() == (fixed, "success")
    (comment,) = shop.comments()
    assert fixed[:7] in comment.body
    assert len(shop.reviews()) == 1


async def test_synchronize_with_a_new_finding_comments_on_that_alone(shop: World) -> None:
    await shop.open({"shop/plans.py": IMPORT})
    await shop.push({"shop/more.py": ENGINE})

    assert shop.places() == [("shop/plans.py", 1), ("shop/more.py", 1)]
    assert [len(review) for review in shop.reviews()] == [1, 1]


async def test_pure_line_shift_says_nothing_twice(shop: World) -> None:
    await shop.open({"shop/plans.py": IMPORT})
    shifted = await shop.push({"shop/plans.py": f"import json\n\n\n{IMPORT}"})

    assert shop.verdict() == (shifted, "failure")
    assert len(shop.comments()) == 1
    assert len(shop.reviews()) == 1


async def test_returned_finding_gets_its_comment_back_and_no_second_one(shop: World) -> None:
    await shop.open({"shop/plans.py": IMPORT})
    before = shop.comments()[0].body
    await shop.push({"shop/plans.py": "x = 1\n"})
    await shop.push({"shop/plans.py": IMPORT})

    assert [comment.body for comment in shop.comments()] == [before]


async def test_same_delivery_twice_is_one_review(shop: World) -> None:
    await shop.open({"shop/plans.py": IMPORT})
    before = len(shop.asked())
    opened = next(d for d in shop.github.state.deliveries.values() if d.event == "pull_request")
    await shop.github.webhooks.redeliver(opened)
    await shop.settle()

    assert len(shop.asked()) == before


async def test_second_delivery_about_the_same_head_writes_nothing(shop: World) -> None:
    pull = await shop.open({"shop/plans.py": IMPORT})
    before = Counter(r.method for r in shop.github.requests if "graphql" not in r.path)
    await shop.github.people.close(pull)
    await shop.github.people.reopen(pull)
    await shop.settle()

    after = Counter(r.method for r in shop.github.requests if "graphql" not in r.path)
    assert (after["POST"], after["PATCH"]) == (before["POST"], before["PATCH"])
    assert len(shop.runs()) == 1


async def test_renamed_file_with_an_old_finding_gets_no_comment(tmp_path: Path) -> None:
    body = "".join(f"x{n} = {n}\n" for n in range(30))
    async with world(tmp_path, {**FILES, "shop/old.py": f"{IMPORT}{body}"}) as shop:
        await shop.open({"shop/old.py": None, "shop/new.py": f"{IMPORT}{body}y = 1\n"})

        assert shop.verdict()[1] == "success"
        assert shop.comments() == []


async def test_rename_takes_the_comment_of_a_standing_finding_along(shop: World) -> None:
    body = "".join(f"x{n} = {n}\n" for n in range(30))
    await shop.open({"shop/plans.py": f"{IMPORT}{body}"})
    await shop.push({"shop/plans.py": None, "shop/moved.py": f"{IMPORT}{body}"})

    assert shop.verdict()[1] == "failure"
    assert len(shop.reviews()) == 1


async def test_pull_request_of_350_files_is_reviewed_whole(shop: World) -> None:
    files: dict[str, str | bytes | None] = {f"a/f{n:03}.py": f"x = {n}\n" for n in range(348)}
    files |= {"a/aa.py": IMPORT, "z/last.py": IMPORT}
    await shop.open(files)

    (run,) = shop.runs()
    assert run.conclusion == "failure"
    assert sorted(a.path for a in run.annotations) == ["a/aa.py", "z/last.py"]
    # GitHub shows no diff of the files beyond the 300th, and takes no comment there.
    assert shop.places() == [("a/aa.py", 1)]


async def test_file_whose_diff_is_not_shown_costs_the_others_no_comment(shop: World) -> None:
    long = "".join(f"x{n} = {n}\n" for n in range(20_001))
    await shop.open({"shop/long.py": f"{IMPORT}{long}", "shop/plans.py": IMPORT})

    assert shop.places() == [("shop/plans.py", 1)]
    assert len(shop.runs()[0].annotations) == 2


async def test_more_findings_than_comments_are_counted_in_the_review(shop: World) -> None:
    await shop.open({f"a/f{n:03}.py": f"class E{n}Engine:\n    pass\n" for n in range(70)})

    (run,) = shop.runs()
    assert len(run.annotations) == 70
    assert len(shop.comments()) == 20
    assert "50" in shop.review_bodies()[0]


async def test_empty_config_asks_for_action_with_its_place(tmp_path: Path) -> None:
    async with world(tmp_path, {**FILES, ".github/ssot.yml": ""}) as shop:
        await shop.open({"shop/plans.py": IMPORT})

        (run,) = shop.runs()
        assert run.conclusion == "action_required"
        assert shop.comments() == []


async def test_bad_config_asks_for_action_with_line_and_column(tmp_path: Path) -> None:
    bad = FILES[".github/ssot.yml"].replace("canonical:", "canonicle:")
    async with world(tmp_path, {**FILES, ".github/ssot.yml": bad}) as shop:
        await shop.open({"shop/plans.py": IMPORT})

        (run,) = shop.runs()
        assert run.conclusion == "action_required"
        assert "5:5" in (run.summary or "") or "line 5, column 5" in (run.summary or "")


async def test_repository_without_config_gets_nothing_at_all(tmp_path: Path) -> None:
    async with world(tmp_path, {"shop/plans.py": "x = 1\n"}) as shop:
        await shop.open({"shop/plans.py": IMPORT})

        assert shop.runs() == []
        assert shop.writes() == []


async def test_config_of_the_head_is_not_believed(shop: World) -> None:
    weakened = FILES[".github/ssot.yml"] + "rules:\n  forbidden-import: off\n"
    await shop.open({".github/ssot.yml": weakened, "shop/plans.py": IMPORT})

    assert shop.verdict()[1] == "failure"


async def test_draft_gets_the_check_run_and_no_comment_until_it_is_ready(shop: World) -> None:
    pull = await shop.open({"shop/plans.py": IMPORT}, draft=True)
    assert (shop.verdict()[1], shop.comments()) == ("failure", [])

    await shop.github.people.mark_ready(pull)
    await shop.settle()
    assert shop.places() == [("shop/plans.py", 1)]


async def test_pull_request_from_a_fork_is_reviewed(shop: World) -> None:
    fork = shop.github.fork(shop.repository, "grace")
    shop.github.people.commit(fork, "change", {"shop/plans.py": IMPORT})
    await shop.open_from(fork)

    assert shop.verdict()[1] == "failure"
    assert shop.places() == [("shop/plans.py", 1)]


async def test_retargeted_pull_request_is_judged_against_its_new_base(shop: World) -> None:
    people = shop.github.people
    tip = people.commit(shop.repository, "next", {"shop/plans.py": IMPORT})
    people.commit(shop.repository, "change", {}, onto=tip)
    pull = await shop.open({"shop/more.py": "x = 1\n"})
    assert shop.verdict()[1] == "failure"

    await people.retarget(pull, "next")
    await shop.settle()
    assert shop.verdict()[1] == "success"


async def test_review_with_few_findings_costs_six_requests(shop: World) -> None:
    await shop.open({"shop/plans.py": IMPORT, "shop/more.py": ENGINE})

    names = [request.rpartition("/")[2].partition("?")[0] for request in shop.asked()]
    assert names[0] == "graphql"
    assert [n for n in names if n.startswith("check-runs")] == ["check-runs"]
    assert len(names) == 6, shop.asked()


async def test_git_is_asked_five_times_at_most_with_one_batch(shop: World) -> None:
    await shop.open({"shop/plans.py": IMPORT})

    assert len(shop.github.git_requests) <= 5


@pytest.mark.parametrize("name", ["a b.py", "new\nline.py", 'quo"te.py', "-dash.py", "@octocat.py"])
async def test_odd_file_names_are_reviewed(shop: World, name: str) -> None:
    await shop.open({f"shop/{name}": IMPORT})

    assert shop.verdict()[1] == "failure"
    assert len(shop.runs()[0].annotations) == 1


async def test_findings_beyond_the_limit_are_not_said_again_in_a_long_discussion(
    shop: World,
) -> None:
    findings = {f"a/f{n:03}.py": f"class E{n}Engine:\n    pass\n" for n in range(21)}
    pull = await shop.open(findings)
    state, ada = shop.github.state, shop.github.people.user("ada")
    for number in range(120):
        written = Review(
            id=state.next_id(),
            repository_id=shop.repository.id,
            number=pull.number,
            author_id=ada.id,
            body=f"Thought {number}",
            state="COMMENTED",
            commit_id=pull.head_sha,
            created_at=state.now(),
            submitted_at=state.now(),
        )
        state.reviews[written.id] = written
    await shop.push({"shop/plans.py": "x = 1\n"})

    assert len(shop.comments()) == 20


async def test_proven_fix_is_offered_on_exactly_the_lines_that_it_replaces(shop: World) -> None:
    split = "import json\nfrom shop.legacy.engine import (\n    OldEngine,  # ```\n)\nx = 1\n"
    await shop.open({"shop/plans.py": split})

    (comment,) = shop.comments()
    assert (comment.original.start_line, comment.original.line) == (2, 4)
    assert comment.body.endswith(
        "````suggestion\nfrom shop.engine import (\n    Engine as OldEngine,  # ```\n)\n````"
    )


async def test_applied_suggestion_turns_the_check_green(shop: World) -> None:
    await shop.open({"shop/plans.py": f"import json\n{IMPORT}"})
    block = re.search(r"```suggestion\n(.*?)```", shop.comments()[0].body, re.DOTALL)
    assert block is not None

    fixed = await shop.push({"shop/plans.py": f"import json\n{block[1]}"})

    assert shop.verdict() == (fixed, "success")


async def test_suggestions_can_be_switched_off(tmp_path: Path) -> None:
    silent = FILES[".github/ssot.yml"] + "report: {suggestions: false}\n"
    async with world(tmp_path, {**FILES, ".github/ssot.yml": silent}) as shop:
        await shop.open({"shop/plans.py": IMPORT})

        assert "suggestion" not in shop.comments()[0].body


async def test_fix_of_more_lines_than_the_diff_shows_is_no_block(tmp_path: Path) -> None:
    lines = "".join(f"# {n}\n" for n in range(30))
    old = f"{lines}\n\nclass OldEngine:\n    pass\n"
    async with world(tmp_path, {**FILES, "shop/legacy/engine.py": old}) as shop:
        await shop.open({"shop/legacy/engine.py": f"{old}\n\nEngine = OldEngine()\n"})

        (comment,) = shop.comments()
        assert (comment.original.start_line, comment.original.line) == (None, 37)
        assert "suggestion" not in comment.body
