"""Reading files for a person at a terminal: a little of it here, more in workers."""

from __future__ import annotations

from functools import partial
from typing import TYPE_CHECKING

from bot.bounds import Failure
from bot.cli import forks, terminal
from bot.git.analysis import read_here
from checks.limits import FILE_SECONDS
from checks.reading import Question, answer

if TYPE_CHECKING:
    from collections.abc import Sequence

    from checks.reading import Asked, Reply

SAMPLE = (Question.MODULE, b"import a\n")
READING = "reading {count:,} files"
# Text made for it takes the parser's queries a time that is quadratic in its length (10,000 open
# brackets 0.2 s, 30,000 2 s, 100,000 over 20 s), or all of their stack: more is read where both
# end. So much pays for starting the workers, too.
BYTES_HERE = 30_000


def read_locally(asked: Sequence[Asked], needles: frozenset[bytes]) -> Sequence[Reply]:
    """Answer as a `bot.git.analysis.Reader`.

    A blob that takes too much time or memory is unread.
    """
    if sum(map(_size, asked)) <= BYTES_HERE:
        return read_here(asked, needles)
    terminal.progress(READING.format(count=len(asked)))
    try:
        function = partial(answer, needles=needles)
        function(SAMPLE)  # what the first file costs more than the others is paid here, once
        outcomes = forks.run(function, asked, timeout_seconds=FILE_SECONDS, weight=_size)
    finally:
        terminal.progress("")
    return [each.unread() if isinstance(each, Failure) else each for each in outcomes]


def _size(asked: Asked) -> int:
    _, material = asked
    return len(material if isinstance(material, bytes) else material.content)
