"""What is read in this process, and what in workers."""

from __future__ import annotations

from bot.cli.local import BYTES_HERE, local_reader
from checks.reading import Question, Text

NO_NEEDLES: frozenset[bytes] = frozenset()


def test_large_files_are_answered_in_their_place_among_small_ones() -> None:
    contents = [b"a = 1\n", b"#" * (BYTES_HERE + 1), b"b = 2\n", b"-" * (BYTES_HERE + 2)]
    with local_reader() as read:
        replies = read(Question.TEXT, contents, NO_NEEDLES)
    assert replies == [Text(content) for content in contents]
