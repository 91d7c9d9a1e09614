"""Reading what strangers wrote in worker processes: a hostile blob costs one worker."""

from __future__ import annotations

from functools import partial
from typing import TYPE_CHECKING

from bot.pool import Failure, FailureCause
from checks.limits import FILE_SECONDS
from checks.model import Cause
from checks.reading import Question, Reply, Unread, reply

if TYPE_CHECKING:
    from collections.abc import Callable, Coroutine, Sequence
    from typing import Any

    from bot.pool import AnalysisPool
    from checks.reading import Material

    Outcomes = list[Reply | Failure]
    Wait = Callable[[Coroutine[Any, Any, Outcomes]], Outcomes]

UNREAD = "reading it {message}"


class PooledReader:
    """A `bot.git.analysis.Reader` for threads: `wait` runs a coroutine of the pool to its end."""

    def __init__(self, pool: AnalysisPool, wait: Wait) -> None:
        self._pool = pool
        self._wait = wait

    def __call__(
        self, question: Question, contents: Sequence[Material], needles: frozenset[bytes]
    ) -> Sequence[Reply]:
        """Answer in the workers; a blob that takes too much time or memory is unread."""
        answer = partial(_reply, question, needles)
        outcomes = self._wait(self._pool.map(answer, contents, timeout_seconds=FILE_SECONDS))
        return [_unread(o) if isinstance(o, Failure) else o for o in outcomes]


def _reply(question: Question, needles: frozenset[bytes], content: Material) -> Reply:
    return reply(question, content, needles)


def _unread(failure: Failure) -> Unread:
    cause = Cause.SERVICE if failure.cause is FailureCause.ERROR else Cause.CHANGE
    return Unread(UNREAD.format(message=failure.message), cause)
