"""One attempt at a job: run it within its time, and say how it ended."""

from __future__ import annotations

import asyncio
import logging
from dataclasses import dataclass
from typing import TYPE_CHECKING

from bot.domain.context import about
from bot.domain.redaction import redact

if TYPE_CHECKING:
    from bot.domain.jobs import Job
    from bot.domain.ports import Handler

ERROR_CHARACTERS = 500
TOO_LONG = "The job took longer than {seconds:g} seconds and was stopped."
UNREADABLE = "This release cannot read the job: {error}."

logger = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True)
class Claimed:
    """A job that is now marked as running; `attempt` counts from 1."""

    id: int
    job: Job
    attempt: int


async def attempt(claimed: Claimed, handler: Handler, *, seconds: float) -> BaseException | None:
    """Run the handler and return its error; only our own cancellation goes through."""
    try:
        with about({"job": claimed.id, "attempt": claimed.attempt}):
            async with asyncio.timeout(seconds) as limit:
                await handler(claimed.job)
    except TimeoutError as error:
        if limit.expired():
            return TimeoutError(TOO_LONG.format(seconds=seconds))
        return error
    except asyncio.CancelledError as error:
        task = asyncio.current_task()
        # Something below was cancelled, not we: left alone, the key would be blocked for ever.
        if task is not None and task.cancelling():
            raise
        return error
    except Exception as error:  # every error has a sequel
        return error
    return None


def described(error: BaseException) -> str:
    """Name an error for an operator, without secrets."""
    return redact(f"{type(error).__name__}: {error}")[:ERROR_CHARACTERS]


def report(claimed: Claimed, error: BaseException, *, gave_up: bool) -> None:
    """Log an attempt that failed."""
    level = logging.ERROR if gave_up else logging.WARNING
    logger.log(
        level,
        "job.gave_up" if gave_up else "job.ended_early",
        exc_info=error if gave_up else None,
        extra={
            "fields": {
                "job": claimed.id,
                "key": claimed.job.key,
                "repo": claimed.job.repository.full_name,
                "attempt": claimed.attempt,
                "error": described(error),
            }
        },
    )
