"""A change that edits the config: all its problems, or what it would mean."""

from __future__ import annotations

from typing import TYPE_CHECKING

from checks.config import CONFIG_PATH, parse
from checks.engine import analyse, drive
from checks.model import Cause, Conclusion, Entry, EntryStatus, Skipped, Snapshot, Version
from checks.reading import Unread
from checks.rule import POLICY, TODAY
from tests.checks import inquiries

if TYPE_CHECKING:
    from checks.model import Analysis
    from tests.checks.inquiries import Tree

IMPORT = "from shop.legacy.engine import OldEngine\n"
OFF = f"{POLICY}rules: {{forbidden-import: off}}\n"
MORE = POLICY.replace('classes: ["*Engine"]', 'classes: ["*Engine", "*Basket"]')


def review(base: Tree, head: Tree, *, policy: str = POLICY) -> Analysis:
    """Analyse a change of a tree in which the policy's source is at home."""
    home = {"shop/engine.py": ""}
    return inquiries.review({**home, **base}, {**home, **head}, policy=policy)


def test_every_problem_of_an_invalid_config_is_found_where_it_stands() -> None:
    head = {CONFIG_PATH: "version: 2\nconcept: {}\n", "a.py": IMPORT}

    analysis = review({CONFIG_PATH: POLICY}, head)

    assert [(f.rule, f.span.line, f.span.column, f.symbol) for f in analysis.findings] == [
        ("config-error", 1, 10, "version"),
        ("config-error", 2, 1, "concept"),
        ("forbidden-import", 1, 32, "shop.legacy.engine.OldEngine"),
    ]
    assert analysis.findings[0].anchored
    assert analysis.notes == ()


def test_valid_edit_says_what_it_would_drop_while_the_present_config_decides() -> None:
    analysis = review({CONFIG_PATH: POLICY}, {CONFIG_PATH: OFF, "a.py": IMPORT})

    assert analysis.conclusion is Conclusion.FAILURE
    assert "would add 0 / drop 1 findings" in analysis.notes[0]


def test_valid_edit_says_what_it_would_add() -> None:
    head = {CONFIG_PATH: MORE, "a.py": "class MyBasket: ...\n"}

    analysis = review({CONFIG_PATH: POLICY}, head)

    assert analysis.conclusion is Conclusion.SUCCESS
    assert "would add 1 / drop 0 findings" in analysis.notes[0]


def test_change_that_removes_the_config_says_what_follows() -> None:
    analysis = review({CONFIG_PATH: POLICY}, {"a.py": "x = 1\n"})

    assert analysis.conclusion is Conclusion.SUCCESS
    assert "no change to this branch is checked any more" in analysis.notes[0]


def test_waiver_that_the_change_brings_itself_does_not_hold_yet() -> None:
    waiver = "waivers: [{rule: forbidden-import, path: a.py, until: 2026-12-31, reason: r}]\n"

    analysis = review({CONFIG_PATH: POLICY}, {CONFIG_PATH: POLICY + waiver, "a.py": IMPORT})

    assert analysis.conclusion is Conclusion.FAILURE
    assert "would add 0 / drop 1 findings" in analysis.notes[0]


def test_first_config_is_not_compared_with_itself() -> None:
    assert review({}, {CONFIG_PATH: POLICY, "a.py": "x = 1\n"}).notes == ()


def test_ignoring_the_config_does_not_hide_its_problems() -> None:
    policy = f'ignore: ["**"]\n{POLICY}'

    (finding,) = review(
        {CONFIG_PATH: policy}, {CONFIG_PATH: "version: 2\n"}, policy=policy
    ).findings

    assert finding.rule == "config-error"


def test_config_of_the_same_text_elsewhere_is_any_file() -> None:
    head = {CONFIG_PATH: "version: 2\n", "deploy/ssot.yml": "version: 2\n"}

    analysis = review({CONFIG_PATH: POLICY}, head)

    assert [finding.path for finding in analysis.findings] == [CONFIG_PATH]


def test_config_that_git_cannot_bring_is_not_analysed() -> None:
    base, head = (Version(CONFIG_PATH, "100644", digit * 40) for digit in "12")
    snapshot = Snapshot("b" * 40, "h" * 40, (Entry(EntryStatus.MODIFIED, base, head),))
    lost = Unread("git could not read its content", Cause.SERVICE)

    analysis = drive(
        analyse(snapshot, parse(POLICY), today=TODAY),
        lambda requests: [dict.fromkeys(request.blobs, lost) for request in requests],
    )

    assert analysis.skipped == (Skipped(CONFIG_PATH, lost.reason, Cause.SERVICE),)
    assert analysis.findings == ()
