"""A command is one new file; one that is not whole stops the start."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from bot import commands
from bot.domain.errors import PluginError
from tests.bot.plugins import package

if TYPE_CHECKING:
    from pathlib import Path

WHOLE = '''"""Greets."""
from bot.domain.replies import Outcome, Who
USAGE = "/ssot {name}"
WHO = Who.ANYONE
EXAMPLES = ("/ssot {name}",)
def decide(call, scene): return Outcome(done=True)
'''


def test_new_command_is_one_new_file(tmp_path: Path) -> None:
    made = package(tmp_path, "one", greet=WHOLE.format(name="greet"))

    assert commands.discover(made)["greet"].description == "Greets."


@pytest.mark.parametrize(
    "broken",
    [
        "",
        WHOLE.replace('"""Greets."""', ""),
        WHOLE.replace("USAGE", "USE"),
        WHOLE.replace("WHO =", "WH ="),
        WHOLE.replace("EXAMPLES", "EXAMPLE"),
        WHOLE.replace("def decide", "def decid"),
        WHOLE.replace('("/ssot {name}",)', '("/ssot other",)'),
    ],
)
def test_incomplete_command_is_an_error_at_start(tmp_path: Path, broken: str) -> None:
    made = package(tmp_path, "one", greet=broken.format(name="greet"))
    with pytest.raises(PluginError, match="greet is no command"):
        commands.discover(made)


def test_second_command_of_a_name_is_an_error_at_start(tmp_path: Path) -> None:
    text = WHOLE.format(name="greet")
    packages = [package(tmp_path, name, greet=text) for name in ("one", "two")]
    with pytest.raises(PluginError, match="second command greet"):
        commands.discover(*packages)
