"""What a round logs when it fails: a network that is away is no bug of ours."""

from __future__ import annotations

import logging
from dataclasses import dataclass
from typing import TYPE_CHECKING

import pytest_asyncio

from bot.domain.errors import TransientError
from bot.rounds import Rounds
from bot.services.deliveries import Lookback
from bot.store.sqlite import SqliteStore

if TYPE_CHECKING:
    from collections.abc import AsyncIterator, Sequence
    from pathlib import Path

    import pytest

    from bot.domain.events import Event
    from bot.domain.missed import Attempt


@dataclass(frozen=True, slots=True)
class Failing:
    """A GitHub of which nothing can be read."""

    error: Exception

    async def attempts(self, *, after_id: int, since: float) -> Sequence[Attempt]:
        raise self.error from ConnectionRefusedError("api.example.com")

    async def event(self, attempt: Attempt) -> Event | None:
        raise self.error


@pytest_asyncio.fixture
async def store(tmp_path: Path) -> AsyncIterator[SqliteStore]:
    opened = SqliteStore(tmp_path / "queue.sqlite")
    yield opened
    await opened.close()


async def made(store: SqliteStore, error: Exception) -> None:
    async def installations() -> Sequence[int]:
        return ()

    lookback = Lookback(Failing(error), {}, store, clock=lambda: 0.0)
    await Rounds(store, lookback, installations=installations, tidied=()).make()


async def test_github_that_is_away_is_one_line_with_its_cause(
    store: SqliteStore, caplog: pytest.LogCaptureFixture
) -> None:
    await made(store, TransientError("GET failed"))
    (record,) = [record for record in caplog.records if record.msg == "round.failed"]
    assert (record.levelno, record.exc_info) == (logging.WARNING, None)
    assert record.__dict__["fields"] == {
        "part": "catch_up",
        "error": "GET failed",
        "cause": "api.example.com",
    }


async def test_bug_in_a_round_is_told_with_its_traceback(
    store: SqliteStore, caplog: pytest.LogCaptureFixture
) -> None:
    await made(store, RuntimeError("bug"))
    (record,) = [record for record in caplog.records if record.msg == "round.failed"]
    assert record.levelno == logging.ERROR
    assert record.exc_info
