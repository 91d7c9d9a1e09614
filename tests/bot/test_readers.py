"""Files made to be slow or large cost one worker's time, and are told apart from empty ones."""

from __future__ import annotations

import asyncio
import sys
from typing import TYPE_CHECKING

import pytest
import pytest_asyncio

from bot import readers
from bot.pool import AnalysisPool
from bot.readers import PooledReader
from checks.facts import Facts
from checks.model import Cause
from checks.reading import Question, Unread

if TYPE_CHECKING:
    from collections.abc import AsyncIterator, Sequence

    from checks.reading import Reply

NEEDLES = frozenset({b"import"})


@pytest_asyncio.fixture
async def pool() -> AsyncIterator[AnalysisPool]:
    pool = AnalysisPool(workers=1)
    yield pool
    await pool.close()


@pytest_asyncio.fixture
async def narrow_pool() -> AsyncIterator[AnalysisPool]:
    pool = AnalysisPool(workers=1, memory_bytes=128 * 2**20)
    yield pool
    await pool.close()


async def read(pool: AnalysisPool, contents: Sequence[bytes]) -> Sequence[Reply]:
    loop = asyncio.get_running_loop()
    reader = PooledReader(pool, lambda work: asyncio.run_coroutine_threadsafe(work, loop).result())
    return await asyncio.to_thread(reader, [(Question.FACTS, each) for each in contents], NEEDLES)


async def test_file_that_is_nested_to_be_slow_is_unread_alone(
    pool: AnalysisPool, monkeypatch: pytest.MonkeyPatch
) -> None:
    await read(pool, [b"import a"])  # the start of a worker is no part of the bound
    monkeypatch.setattr(readers, "FILE_SECONDS", 1.0)
    slow = b"import a\n" + b"(" * 900_000
    replies = await read(pool, [b"import a", slow, b"import b"])

    assert [type(reply) for reply in replies] == [Facts, Unread, Facts]
    assert replies[1] == Unread("reading it took longer than 1 seconds", Cause.CHANGE)


async def test_file_that_fills_the_memory_is_unread_alone(narrow_pool: AnalysisPool) -> None:
    if sys.platform != "linux":
        pytest.skip("only Linux bounds the memory of a process")
    large = b"import a\n" + b"x;" * 400_000
    replies = await read(narrow_pool, [large, b"import b"])

    assert isinstance(replies[0], Unread)
    assert replies[0].cause is Cause.CHANGE
    assert isinstance(replies[1], Facts)
