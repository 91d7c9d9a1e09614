"""A change that edits the config: all its problems, or what it would mean."""

from __future__ import annotations

from checks.config import CONFIG_PATH
from checks.model import Conclusion
from checks.rule import POLICY
from tests.checks.inquiries import review

IMPORT = "from shop.legacy.engine import OldEngine\n"
OFF = f"{POLICY}rules: {{forbidden-import: off}}\n"
MORE = POLICY.replace("    arguments:", "      shop.cart: {use: shop.engine}\n    arguments:")


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
    head = {CONFIG_PATH: MORE, "a.py": "import shop.cart\n", "shop/cart.py": "def pay(): ...\n"}

    analysis = review({CONFIG_PATH: POLICY}, head)

    assert analysis.conclusion is Conclusion.SUCCESS
    assert "would add 2 / drop 0 findings" in analysis.notes[0]


def test_waiver_that_the_change_brings_itself_does_not_hold_yet() -> None:
    waiver = "waivers: [{rule: forbidden-import, path: a.py, until: 2026-12-31, reason: r}]\n"

    analysis = review({CONFIG_PATH: POLICY}, {CONFIG_PATH: POLICY + waiver, "a.py": IMPORT})

    assert analysis.conclusion is Conclusion.FAILURE
    assert "would add 0 / drop 1 findings" in analysis.notes[0]


def test_first_config_is_not_compared_with_itself() -> None:
    assert review({}, {CONFIG_PATH: POLICY, "a.py": "x = 1\n"}).notes == ()


def test_removed_config_is_no_edit() -> None:
    assert review({CONFIG_PATH: POLICY}, {}).notes == ()


def test_ignoring_the_config_does_not_hide_its_problems() -> None:
    policy = f'ignore: ["**"]\n{POLICY}'

    (finding,) = review(
        {CONFIG_PATH: policy}, {CONFIG_PATH: "version: 2\n"}, policy=policy
    ).findings

    assert finding.rule == "config-error"


def test_config_of_the_same_text_elsewhere_is_any_file() -> None:
    assert review({}, {"deploy/ssot.yml": "version: 2\n"}).findings == ()
