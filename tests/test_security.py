"""What the security policy claims has a test, line by line."""

from __future__ import annotations

import ast
import re
from functools import cache
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[1]
POLICY = (ROOT / ".github" / "SECURITY.md").read_text(encoding="utf-8")
HEADER = ("through what", "what stops it", "tests")
TEST = re.compile(r"`(tests/[\w/]+\.py)::(test_\w+)`")

LINES = [
    [cell.strip() for cell in re.split(r"(?<!\\)\|", line)[1:-1]]
    for line in POLICY.splitlines()
    if line.startswith("|") and not line.startswith("| ---")
]
CLAIMS = [line for line in LINES if tuple(line) != HEADER]


@cache
def names_in(path: str) -> frozenset[str]:
    tree = ast.parse((ROOT / path).read_text(encoding="utf-8"))
    functions = (ast.FunctionDef, ast.AsyncFunctionDef)
    return frozenset(node.name for node in tree.body if isinstance(node, functions))


def test_policy_has_claims_and_says_how_to_report() -> None:
    assert len(CLAIMS) >= 20
    assert "Report a vulnerability" in POLICY


@pytest.mark.parametrize("claim", CLAIMS, ids=lambda claim: claim[0][:60])
def test_every_claim_names_tests_that_exist(claim: list[str]) -> None:
    assert len(claim) == len(HEADER)
    named = TEST.findall(claim[-1])

    assert named
    assert claim[-1] == "<br>".join(f"`{path}::{name}`" for path, name in named)
    assert not [f"{path}::{name}" for path, name in named if name not in names_in(path)]


def test_readme_links_to_the_policy() -> None:
    assert "(.github/SECURITY.md)" in (ROOT / "README.md").read_text(encoding="utf-8")
