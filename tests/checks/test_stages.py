"""How far a deprecated module has come."""

from __future__ import annotations

import pytest

from checks.stages import Stage
from tests.checks.inquiries import count, counting_with_blobs

MODULE = "shop.legacy.engine"
PATH = "shop/legacy/engine.py"
WARN = 'import warnings\nwarnings.warn("use shop.engine", DeprecationWarning, stacklevel=2)\n'
WARNING_PLAN = "def plan():\n    warnings.warn('x', category=DeprecationWarning)\n\n"
WARNING_ENGINE = """\
class Engine:
    def __init__(self):
        warnings.warn("x", DeprecationWarning)
"""
TAKE = "from shop.engine import Engine\n"


@pytest.mark.parametrize(
    ("source", "expected"),
    [
        ("class OldEngine: ...\n", Stage.IMPLEMENTATION),
        ("", Stage.IMPLEMENTATION),
        ("import json\n", Stage.IMPLEMENTATION),
        (TAKE, Stage.REDIRECT),
        (f"{WARN}{TAKE}", Stage.REDIRECT),
        ("from ..engine import *\n", Stage.REDIRECT),
        ("from ..engines import Engine\n", Stage.IMPLEMENTATION),
        (f"{TAKE}TIMEOUT = 3\n", Stage.IMPLEMENTATION),
        (f"{WARN}class OldEngine: ...\n", Stage.WARNS),
        ('import warnings\nwarnings.warn("soon")\nclass OldEngine: ...\n', Stage.IMPLEMENTATION),
        (f"{WARNING_PLAN}def _private(): ...\n", Stage.WARNS),
        (f"{WARNING_PLAN}class Engine:\n    def run(self): ...\n", Stage.IMPLEMENTATION),
        (f"{WARNING_PLAN}{WARNING_ENGINE}", Stage.WARNS),
        (f"@deprecated('x')\ndef plan(): ...\n\n{WARNING_ENGINE}", Stage.WARNS),
        (f"{WARN}def broken(:\n", Stage.IMPLEMENTATION),
        (f"{TAKE}return 1\n", Stage.IMPLEMENTATION),
    ],
)
def test_module_stands_in_its_stage(source: str, expected: Stage) -> None:
    assert count({PATH: source}).stages == {MODULE: expected}


def test_package_is_a_module_too() -> None:
    assert count({"shop/legacy/engine/__init__.py": TAKE}).stages == {MODULE: Stage.REDIRECT}


def test_module_that_is_nowhere_is_removed() -> None:
    assert count({"shop/legacy/engine.pyi": TAKE}).stages == {MODULE: Stage.REMOVED}


@pytest.mark.parametrize("content", [b"# -*- coding: hex -*-\n", WARN.encode()])
def test_module_that_nobody_could_look_into_is_told_and_stands_first(
    content: bytes, monkeypatch: pytest.MonkeyPatch
) -> None:
    take, blobs = counting_with_blobs()
    monkeypatch.setattr(blobs, "warnings", lambda _: {})
    census = take({PATH: content})

    assert census.stages == {MODULE: Stage.IMPLEMENTATION}
    assert census.unjudged == {MODULE}


def test_link_in_the_place_of_a_module_is_told_and_no_removal() -> None:
    take, _ = counting_with_blobs(modes={PATH: "120000"})
    census = take({PATH: "../engine.py"})

    assert census.stages == {MODULE: Stage.IMPLEMENTATION}
    assert census.unjudged == {MODULE}
    package = {PATH: "../engine.py", "shop/legacy/engine/__init__.py": TAKE}
    assert take(package).stages == {MODULE: Stage.REDIRECT}


def test_module_that_is_judged_is_not_told() -> None:
    for source in ("class OldEngine: ...\n", TAKE, "def broken(:\n"):
        assert not count({PATH: source}).unjudged
    assert not count({}).unjudged
