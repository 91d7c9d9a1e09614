"""Reading what strangers wrote in worker processes: the answer of one blob costs one worker."""

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

    Wait = Callable[[Coroutine[Any, Any, list[Reply | Failure]]], list[Reply | Failure]]


class PooledReader:
    """A `bot.git.analysis.Reader` for threads: `wait` runs a coroutine of the pool to its end."""

    def __init__(self, pool: AnalysisPool, wait: Wait) -> None:
        self._pool = pool
        self._wait = wait

    def __call__(
        self, question: Question, contents: Sequence[bytes], needles: frozenset[bytes]
    ) -> Sequence[Reply]:
        """Answer in the workers; a blob that takes too much time or memory is unread."""
        answer = partial(_reply, question, needles)
        outcomes = self._wait(self._pool.map(answer, contents, timeout_seconds=FILE_SECONDS))
        return [_unread(o) if isinstance(o, Failure) else o for o in outcomes]


def _reply(question: Question, needles: frozenset[bytes], content: bytes) -> Reply:
    return reply(question, content, needles)


def _unread(failure: Failure) -> Unread:
    is_ours = failure.cause is FailureCause.ERROR
    return Unread(f"reading it {failure.message}", Cause.SERVICE if is_ours else Cause.CHANGE)
