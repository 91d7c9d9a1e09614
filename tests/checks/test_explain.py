"""The explanation of a rule holds what a person needs to act on a finding."""

import pytest

from checks.config import parse
from checks.explain import plain
from checks.registry import rules
from checks.rule import Rule

RULES = {rule.name: rule for rule in rules()}
EVERY_RULE = pytest.mark.parametrize("rule", RULES.values(), ids=RULES)


def code_of(text: str, sentence: str) -> str:
    """Return the indented block below the line that holds a sentence."""
    below = text[text.index(sentence) :].split("\n", 2)[2]
    lines = []
    for line in below.splitlines():
        if line and not line.startswith("    "):
            break
        lines.append(line.removeprefix("    "))
    return "\n".join(lines)


@EVERY_RULE
def test_reason_and_every_example_are_told(rule: Rule) -> None:
    text = plain(rule)
    assert text.startswith(f"{rule.name}\n\n{rule.reason}\n")
    lines = {line.strip() for line in text.splitlines()}
    for example in (*rule.invalid, *rule.valid):
        assert {line.strip() for line in example.source.splitlines()} - {"# <-"} <= lines


@EVERY_RULE
def test_flagged_lines_are_marked_and_fine_ones_are_not(rule: Rule) -> None:
    text = plain(rule)
    flagged = code_of(text, "It flags the lines")
    assert flagged.count("# <-") == sum(each.source.count("# <-") for each in rule.invalid)
    assert "# <-" not in code_of(text, "It flags nothing here")


@EVERY_RULE
def test_rule_is_rested_by_the_lines_that_are_shown(rule: Rule) -> None:
    rested = code_of(plain(rule), "or turn it off")
    assert parse(f"version: 1\n{rested}").severity(rule.name) == "off"


@EVERY_RULE
def test_finding_is_waived_by_the_lines_that_are_shown(rule: Rule) -> None:
    waivers = code_of(plain(rule), "or in `.github/ssot.yml`").replace("YYYY-MM-DD", "2026-12-31")
    [waiver] = parse(f"version: 1\n{waivers}").waivers
    assert waiver.rule == rule.name
    assert f"# ssot: allow[{rule.name}] until=" in plain(rule)


def test_default_severity_and_options_are_told() -> None:
    assert "Severity: error" in plain(RULES["duplicate-definition"])
    assert "Option `ignore-names`: `Test*`, `Mock*`" in plain(RULES["duplicate-definition"])
    assert "Severity: warning" in plain(RULES["backup-file"])


def test_files_of_an_example_stand_under_their_paths() -> None:
    text = plain(RULES["forbidden-import"])
    assert (
        "    # shop/compat.py\n"
        "    from shop.legacy.engine import OldEngine\n"
        "    # shop/orders.py\n"
        "    from shop.compat import OldEngine  # <-\n"
    ) in text
    assert "    # shop/orders.py.bak  # <-\n" in plain(RULES["backup-file"])
