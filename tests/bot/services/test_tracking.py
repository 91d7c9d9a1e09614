"""`/ssot track` proposes, `apply` writes that, `/ssot status` tells what is followed."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

import pytest

from bot.domain.census_ports import Measured
from bot.domain.conversation import Remark
from bot.domain.jobs import JobKind
from checks.config import parse
from checks.rule import POLICY
from tests.bot.services.test_replies import JOB, MemoryTalk, answer, talk
from tests.bot.services.tracker import Tracker
from tests.checks.inquiries import count

if TYPE_CHECKING:
    from tests.checks.inquiries import Tree

CONFIG = f"{POLICY}checklists: {{infer: suggest}}\n"
TREE: Tree = {
    "shop/engine.py": "class Engine: ...\n",
    "shop/legacy/engine.py": "class OldEngine: ...\n",
    "shop/orders.py": "from shop.legacy.engine import OldEngine\n",
}
BODY = (
    "Mojibake \u201a\u00fc\u00e4.  \r\n\r\n"
    "- [ ] Update imports\r\n"
    "- [x] Remove backup files\r\n"
    "- [ ] All tests | pass\r\n"
)
IMPORTS = "files(forbidden-import, concept=engine) == 0"
ATTACHED = BODY.replace("imports\r", f"imports <!-- ssot: {IMPORTS} -->\r").replace(
    "files\r", "files <!-- ssot: count(backup-file) == 0 -->\r"
)
ISSUE = replace(JOB, on_issue=True)


def issue(
    command: str, body: str = BODY, *, config: str = CONFIG, tree: Tree = TREE, author: str = "ada"
) -> MemoryTalk:
    """An issue on a measured repository, where somebody calls a command."""
    made = talk(command, author=author)
    made.github.pull = None
    census = count(tree, policy=config)
    made.github.censuses.measured = Measured(census, config, 0.0)
    made.tracker = Tracker(body, author="ada")
    return made


async def said(made: MemoryTalk) -> str:
    await answer(made, ISSUE)
    return made.said[-1]


async def test_each_item_is_shown_with_criterion_value_and_consequence() -> None:
    made = issue("/ssot track")
    text = await said(made)
    assert f"| 3 | `Update imports` | `{IMPORTS}` | it is 1: it stays empty |" in text
    assert (
        "| 4 | `Remove backup files` | `count(backup-file) == 0` | it is 0, and it is ticked"
        in text
    )
    assert r"| 5 | `All tests \| pass` | none | left alone: it is about tests" in text
    assert "`/ssot track apply`" in text
    assert made.tracker.body == BODY
    assert made.reactions == ["eyes", "+1"]


async def test_text_of_an_item_stays_text_in_the_table() -> None:
    body = "- [ ] Remove @ada | ![x](https://example.com/x.png) <b>`a|b`</b> #3\n"
    text = await said(issue("/ssot track", body))
    row = next(line for line in text.splitlines() if line.startswith("| 1 |"))
    assert row.startswith(
        "| 1 | ``Remove @ada \\| ![x](https://example.com/x.png) <b>`a\\|b`</b> #3`` |"
    )
    assert row.endswith("left alone: it contains HTML or a picture |")


async def test_apply_writes_the_criteria_and_nothing_else() -> None:
    made = issue("/ssot track apply")
    text = await said(made)
    assert made.tracker.body == ATTACHED
    assert f"line 3, `Update imports`: decided by `{IMPORTS}` from now on" in text
    assert [job.kind for job, _ in made.github.enqueued] == [JobKind.ISSUE]
    assert made.reactions == ["eyes", "+1"]


async def test_apply_that_is_delivered_twice_is_answered_and_written_once() -> None:
    made = issue("/ssot track apply")
    await answer(made, ISSUE)
    person = made.tracker.body.replace("- [ ] All", "- [ ] No syntax errors\r\n- [ ] All")
    made.tracker.body = person
    await answer(made, ISSUE)
    assert len(made.said) == 1
    assert made.tracker.body == person


async def test_apply_that_died_before_its_answer_says_that_nothing_is_left() -> None:
    made = issue("/ssot track apply", ATTACHED)
    assert "Nothing was written" in await said(made)
    assert made.tracker.history == []
    assert [job.kind for job, _ in made.github.enqueued] == [JobKind.ISSUE]


@pytest.mark.parametrize("place", range(5))
async def test_edit_of_a_person_at_any_moment_of_apply_survives(place: int) -> None:
    made = issue("/ssot track apply")
    made.tracker.writes = {place: "- [ ] No syntax errors"}
    await answer(made, ISSUE)
    if made.tracker.requests > place:
        assert made.tracker.body.startswith("- [ ] No syntax errors")
        assert made.tracker.body.endswith(ATTACHED)


async def test_item_that_came_after_the_proposal_is_read_by_apply() -> None:
    made = issue("/ssot track apply")
    made.tracker.writes = {1: "- [ ] No syntax errors\n"}
    text = await said(made)
    assert made.tracker.body.startswith(
        "- [ ] No syntax errors <!-- ssot: count(syntax-error) == 0"
    )
    assert "No syntax errors" in text


@pytest.mark.parametrize("command", ["/ssot track", "/ssot track apply"])
async def test_inference_that_is_off_proposes_nothing_and_says_how_to_turn_it_on(
    command: str,
) -> None:
    made = issue(command, config=POLICY)
    assert "`checklists: {infer: suggest}`" in await said(made)
    assert made.tracker.body == BODY
    assert made.reactions == ["eyes", "confused"]


@pytest.mark.parametrize("command", ["/ssot track", "/ssot track apply", "/ssot status"])
async def test_without_a_census_one_is_taken_and_the_person_asked_to_come_back(
    command: str,
) -> None:
    made = issue(command)
    made.github.censuses.measured = None
    assert "ask again in a few minutes" in await said(made)
    assert [job.kind for job, _ in made.github.enqueued] == [JobKind.CENSUS]
    assert made.tracker.body == BODY


@pytest.mark.parametrize("command", ["/ssot track", "/ssot track apply"])
async def test_who_may_not_write_is_refused_before_anything_is_read(command: str) -> None:
    made = issue(command, author="mallory")
    assert "needs write access" in await said(made)
    assert made.tracker.requests == 0


async def test_track_on_a_pull_request_is_refused() -> None:
    made = talk("/ssot track")
    await answer(made)
    assert "works on issues only" in made.said[-1]


@pytest.mark.parametrize("line", ["/ssot track all", "/ssot track apply now", "/ssot track x=1"])
async def test_track_with_other_words_writes_nothing(line: str) -> None:
    made = issue(line)
    assert "write `/ssot track`" in await said(made)
    assert made.tracker.body == BODY


async def test_locked_issue_is_not_written_to() -> None:
    made = issue("/ssot track apply")
    made.tracker.locked = True
    assert "locked" in await said(made)
    assert made.tracker.body == BODY


async def test_issue_without_free_items_has_nothing_to_propose() -> None:
    assert "nothing to propose" in await said(issue("/ssot track", ATTACHED.split("- [ ] All")[0]))


async def test_criterion_that_would_be_broken_is_not_proposed() -> None:
    body = "- [ ] Remove `FastEngine`\n- [ ] No backup files in `shop/`\n"
    text = await said(issue("/ssot track", body))
    assert "| 1 | `` Remove `FastEngine` `` | none | left alone: 'FastEngine' matches no" in text
    assert "`count(backup-file, path=shop/**) == 0` | it is 0: it would be ticked" in text


async def test_issue_that_the_config_does_not_name_is_told_when_it_follows() -> None:
    assert "`issues: [12]`" in await said(issue("/ssot track apply"))
    named = CONFIG.replace("    canonical", "    issues: [12]\n    canonical", 1)
    assert parse(named).concepts[0].issues == (12,)
    assert "issues: [" not in await said(issue("/ssot track apply", config=named))


async def test_no_more_criteria_are_proposed_than_an_issue_may_have() -> None:
    held = "".join(f"- [ ] a <!-- ssot: count(backup-file) <= {n} -->\n" for n in range(100))
    made = issue("/ssot track apply", f"{held}- [ ] Update imports\n")
    assert "Nothing was written" in await said(made)
    assert "more than 100 criteria" in await said(issue("/ssot track", made.tracker.body))


async def test_status_tells_what_each_item_follows_and_what_it_is_now() -> None:
    sha = "0123456789ab"
    body = (
        f"- [x] Backups <!-- ssot: count(backup-file) == 0 @{sha}/#12 -->\n"
        f"- [x] Imports <!-- ssot: {IMPORTS} -->\n"
        f"- [ ] Syntax <!-- ssot: count(syntax-error) == 0 @{sha}/#12 -->\n"
        "- [ ] Typo <!-- ssot: count(syntax-eror) == 0 -->\n"
        "- [ ] #3\n"
        "- [ ] Phase\n  - [ ] Free\n"
    )
    made = issue("/ssot status", body, author="mallory")
    text = await said(made)
    assert "5 of 7 items" in text
    assert "1 more would be" in text
    assert "| `Backups` | `count(backup-file) == 0` | holds: it is 0 | ticked by ssot |" in text
    assert f"| `Imports` | `{IMPORTS}` | does not hold: it is 1 | ticked by a person |" in text
    assert (
        "| `Syntax` | `count(syntax-error) == 0` | holds: it is 0 | emptied by a person |" in text
    )
    assert "| `count(syntax-eror) == 0` | broken: " in text
    assert "| `#3` | `acme/shop#3` | open | empty |" in text
    assert "| `Phase` | the items below it |" in text
    assert "No progress has been written yet" in text
    assert made.reactions == ["eyes", "+1"]


async def test_status_of_an_issue_that_follows_nothing_says_so() -> None:
    assert "No item of this issue is followed" in await said(issue("/ssot status"))


async def test_answers_stand_under_their_marker() -> None:
    made = issue("/ssot track")
    await answer(made, ISSUE)
    await answer(made, ISSUE)
    assert len(made.said) == 1
    assert made.said[0].startswith("<!-- ssot:answer=77/")
    assert isinstance(made.comments[-1], Remark)
