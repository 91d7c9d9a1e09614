"""Reading what strangers wrote in worker processes: a hostile blob costs one worker."""

from __future__ import annotations

from functools import partial
from typing import TYPE_CHECKING

from bot.bounds import Failure
from checks.limits import FILE_SECONDS
from checks.reading import answer

if TYPE_CHECKING:
    from collections.abc import Callable, Coroutine, Sequence
    from typing import Any

    from bot.pool import AnalysisPool
    from checks.reading import Asked, Reply

    Outcomes = list[Reply | Failure]
    Wait = Callable[[Coroutine[Any, Any, Outcomes]], Outcomes]


class PooledReader:
    """A `bot.git.analysis.Reader` for threads: `wait` runs a coroutine of the pool to its end."""

    def __init__(self, pool: AnalysisPool, wait: Wait) -> None:
        self._pool = pool
        self._wait = wait

    def __call__(self, asked: Sequence[Asked], needles: frozenset[bytes]) -> Sequence[Reply]:
        """Answer in the workers; a blob that takes too much time or memory is unread."""
        function = partial(answer, needles=needles)
        outcomes = self._wait(self._pool.map(function, asked, timeout_seconds=FILE_SECONDS))
        return [o.unread() if isinstance(o, Failure) else o for o in outcomes]
