"""What is read in this process, and what in workers."""

from __future__ import annotations

import os
from typing import TYPE_CHECKING

from bot.cli import local
from bot.cli.local import BYTES_HERE, read_locally
from checks.facts import Facts
from checks.model import Cause
from checks.reading import Question, Text, Unread

if TYPE_CHECKING:
    import pytest

NO_NEEDLES: frozenset[bytes] = frozenset()


def test_large_files_are_answered_in_their_place_among_small_ones() -> None:
    contents = [b"a = 1\n", b"#" * (BYTES_HERE + 1), b"b = 2\n", b"-" * (BYTES_HERE + 2)]
    asked = [(Question.TEXT, each) for each in contents]
    assert read_locally(asked, NO_NEEDLES) == [Text(each) for each in contents]


def test_little_is_read_without_workers(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delattr(os, "fork")
    contents = [b"#" * (BYTES_HERE // 2)] * 2
    asked = [(Question.TEXT, each) for each in contents]
    assert read_locally(asked, NO_NEEDLES) == [Text(each) for each in contents]


def test_file_that_is_nested_to_be_slow_is_unread_alone(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(local, "FILE_SECONDS", 1.0)
    slow = b"import a\n" + b"(" * 900_000
    asked = [(Question.MODULE, each) for each in (b"import a", slow, b"import b")]
    replies = read_locally(asked, NO_NEEDLES)

    assert [type(reply) for reply in replies] == [Facts, Unread, Facts]
    assert replies[1] == Unread("reading it took longer than 1 seconds", Cause.CHANGE)
