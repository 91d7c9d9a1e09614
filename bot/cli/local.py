"""Reading files for a person at a terminal: a few small ones here, all others in workers."""

from __future__ import annotations

import os
from contextlib import ExitStack, contextmanager
from functools import cache
from typing import TYPE_CHECKING

from bot.cli import terminal
from bot.git.analysis import read_here

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from bot.git.analysis import Reader
    from bot.pool import AnalysisPool
    from checks.reading import Material, Question, Reply

CORES = os.cpu_count() or 1

# Starting the workers takes about as long as reading so many files.
FILES_HERE = 50
READING = "reading {count:,} files"
# Text made for it takes the parser and `compile()` a time that is quadratic in its length (10,000
# open brackets 0.05 s, 900,000 over 20 s), or all of their stack: large files go where both end.
BYTES_HERE = 100_000


@contextmanager
def local_reader() -> Iterator[Reader]:
    """Yield a reader that starts workers with the first large file or batch, and ends them."""
    with ExitStack() as stack:

        @cache
        def workers(count: int) -> Reader:
            return stack.enter_context(_workers(count))

        def read(
            question: Question, contents: Sequence[Material], needles: frozenset[bytes]
        ) -> Sequence[Reply]:
            if len(contents) > FILES_HERE:
                return workers(CORES)(question, contents, needles)
            large = [content for content in contents if _size(content) > BYTES_HERE]
            small = [content for content in contents if _size(content) <= BYTES_HERE]
            there = iter(workers(1)(question, large, needles) if large else ())
            here = iter(read_here(question, small, needles))
            return [next(there if _size(c) > BYTES_HERE else here) for c in contents]

        yield read


def _size(material: Material) -> int:
    return len(material if isinstance(material, bytes) else material.content)


@contextmanager
def worker_pool(count: int = CORES) -> Iterator[AnalysisPool]:
    """Yield worker processes, and end them."""
    # Only here: a small change is checked before these are imported.
    import asyncio

    from bot.pool import AnalysisPool

    pool = AnalysisPool(workers=count)
    try:
        yield pool
    finally:
        asyncio.run(pool.close())


@contextmanager
def _workers(count: int) -> Iterator[Reader]:
    import asyncio

    from bot.readers import PooledReader

    with worker_pool(count) as pool:
        pooled = PooledReader(pool, asyncio.run)

        def read(
            question: Question, contents: Sequence[Material], needles: frozenset[bytes]
        ) -> Sequence[Reply]:
            terminal.progress(READING.format(count=len(contents)))
            try:
                return pooled(question, contents, needles)
            finally:
                terminal.progress("")

        yield read
