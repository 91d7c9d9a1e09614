"""`ssot explain` knows every rule, and helps with a name that is none."""

import pytest

from bot.cli.entry import run
from checks.registry import rules


def test_explanation_is_shown(capsys: pytest.CaptureFixture[str]) -> None:
    assert run(["explain", "forbidden-import"]) == 0
    assert "import shop.legacy.engine  # <-" in capsys.readouterr().out


def test_unknown_rule_is_answered_with_the_closest_and_all(
    capsys: pytest.CaptureFixture[str],
) -> None:
    assert run(["explain", "forbiden-import"]) == 2
    complaint = capsys.readouterr().err
    assert "did you mean 'forbidden-import'?" in complaint
    assert all(f"ssot: {rule.name}\n" in complaint for rule in rules())


def test_without_a_name_all_rules_are_listed(capsys: pytest.CaptureFixture[str]) -> None:
    assert run(["explain"]) == 2
    captured = capsys.readouterr()
    assert captured.out == ""
    assert all(f"ssot: {rule.name}\n" in captured.err for rule in rules())
