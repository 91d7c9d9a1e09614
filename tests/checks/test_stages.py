"""How far a deprecated module has come."""

from __future__ import annotations

import pytest

from checks.stages import Stage
from tests.checks.inquiries import count

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
