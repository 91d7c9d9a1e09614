"""What the README lists is what there is."""

import re
from pathlib import Path

import pytest
import yaml

from bot.commands import discover
from bot.domain.replies import table
from checks.config import parse
from checks.registry import rules

ROOT = Path(__file__).parents[1]
README = (ROOT / "README.md").read_text(encoding="utf-8")


def blocks(language: str) -> list[str]:
    return re.findall(rf"^ *```{language}\n(.*?)^ *```", README, re.DOTALL | re.MULTILINE)


def test_ci_runs_the_test_command_word_for_word() -> None:
    (command,) = [block.strip() for block in blocks("sh") if "-m tests" in block]

    assert (ROOT / ".ci" / "run").read_text(encoding="utf-8").splitlines()[-1] == command


def test_every_rule_is_listed_with_its_reason() -> None:
    listed = re.findall(r"^\| `([a-z-]+)` \| (.+) \|$", README, re.MULTILINE)

    assert dict(listed) == {rule.name: rule.reason for rule in rules()}


def test_every_command_is_listed_as_its_file_says_it() -> None:
    assert table(discover()) in README


def test_example_config_is_valid() -> None:
    (example,) = blocks("yaml")

    assert parse(example).concepts[0].name == yaml.safe_load(example)["concepts"].popitem()[0]


@pytest.mark.parametrize("target", sorted(set(re.findall(r"\]\(([^)h][^)]*)\)", README))))
def test_everything_linked_exists(target: str) -> None:
    assert (ROOT / target).exists()
