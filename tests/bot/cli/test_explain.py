"""`ssot explain` knows every rule, and helps with a name that is none."""

import pytest

from bot.cli.entry import run
from checks.registry import rules


def test_explanation_is_shown(capsys: pytest.CaptureFixture[str]) -> None:
    assert run(["explain", "forbidden-import"]) == 0
    assert "import shop.legacy.engine  # <-" in capsys.readouterr().out


def test_unknown_rule_is_answered_with_all_there_are(capsys: pytest.CaptureFixture[str]) -> None:
    assert run(["explain", "nosuch"]) == 2
    captured = capsys.readouterr()
    assert captured.out == ""
    names = ", ".join(rule.name for rule in rules())
    assert captured.err == f"ssot: 'nosuch' is unknown: write one of {names}\n"


def test_misspelt_rule_is_answered_with_the_closest(capsys: pytest.CaptureFixture[str]) -> None:
    assert run(["explain", "forbiden-import"]) == 2
    assert "did you mean 'forbidden-import'?" in capsys.readouterr().err


def test_without_a_name_all_rules_are_listed(capsys: pytest.CaptureFixture[str]) -> None:
    assert run(["explain"]) == 0
    assert capsys.readouterr() == ("".join(f"{rule.name}\n" for rule in rules()), "")
