"""Every rule flags the marked lines of its examples, and no other."""

import pytest

from checks.fixes import apply
from checks.registry import rules
from checks.rule import MARK, POLICY, Example, Rule
from tests.checks.inquiries import review

# The modules that the policy of the examples speaks of.
CANONICAL = "class Engine:\n    def run(self): ...\n\n\ndef plan(): ...\n"
HOME = {"shop/engine.py": CANONICAL, "shop/legacy/engine.py": "", "shop/legacy/__init__.py": ""}

CASES = [
    pytest.param(rule, example, id=f"{rule.name}-{word}-{index}")
    for rule in rules()
    for word, examples in (("valid", rule.valid), ("invalid", rule.invalid))
    for index, example in enumerate(examples)
]


@pytest.mark.parametrize(("rule", "example"), CASES)
def test_exactly_the_marked_lines_are_flagged(rule: Rule, example: Example) -> None:
    lines = example.source.splitlines()
    marked = [number for number, line in enumerate(lines, 1) if line.endswith(MARK)]
    others = {**HOME, **example.others}
    policy = f"{POLICY}rules:\n  {rule.name}: error\n"
    analysis = review(others, {**others, example.path: example.source}, policy=policy)

    found = [finding for finding in analysis.findings if finding.rule == rule.name]

    assert analysis.crashes == ()
    assert [finding.span.line for finding in found] == marked
    assert bool(marked) == (example in rule.invalid)


FIXED = [
    pytest.param(example, id=f"{rule.name}-{index}")
    for rule in rules()
    for index, example in enumerate(rule.invalid)
    if example.fixed is not None
]


@pytest.mark.parametrize("example", FIXED)
def test_suggestions_of_an_example_make_its_fixed_form(example: Example) -> None:
    others = {**HOME, **example.others}
    analysis = review(others, {**others, example.path: example.source})
    suggestions = {f.suggestion for f in analysis.findings if f.suggestion is not None}

    assert apply(example.source.encode(), suggestions).decode() == example.fixed


def test_every_rule_has_examples_of_both_kinds() -> None:
    assert [rule.name for rule in rules() if not (rule.valid and rule.invalid)] == []
