"""A handler is one new file; one that is not whole stops the start."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from bot import handlers
from bot.domain.errors import PluginError
from tests.bot.plugins import package

if TYPE_CHECKING:
    from pathlib import Path


def test_incomplete_handler_is_an_error_at_start(tmp_path: Path) -> None:
    made = package(tmp_path, "handlers", empty_one='"""Nothing yet."""')
    with pytest.raises(PluginError, match=r"empty_one is no event handler"):
        handlers.discover(made)


def test_handler_without_a_function_is_an_error_at_start(tmp_path: Path) -> None:
    made = package(tmp_path, "handlers", push='EVENT = "push"')
    with pytest.raises(PluginError, match=r"push is no event handler"):
        handlers.discover(made)


def test_second_handler_of_an_event_is_an_error_at_start(tmp_path: Path) -> None:
    text = 'EVENT = "push"\ndef jobs(event): return []'
    made = package(tmp_path, "handlers", one=text, other=text)
    with pytest.raises(PluginError, match=r"other handles the event push, and so does .*one"):
        handlers.discover(made)


def test_broken_handler_stops_the_start(tmp_path: Path) -> None:
    with pytest.raises(ZeroDivisionError):
        handlers.discover(package(tmp_path, "handlers", broken="1 / 0"))
