"""Reading files for a person at a terminal: a few small ones here, all others in workers."""

from __future__ import annotations

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

# Starting the workers takes about as long as reading so many files.
FILES_HERE = 50
READING = "reading {count:,} files"
# Text made for it takes the parser and `compile()` a time that is quadratic in its length (10,000
# open brackets 0.05 s, 900,000 over 20 s), or all of their stack: large files go where both end.
BYTES_HERE = 100_000


@contextmanager
def local_reader() -> Iterator[Reader]:
    """Yield a reader that starts worker processes with the first large batch, and ends them."""
    with ExitStack() as stack:

        @cache
        def workers() -> Reader:
            return stack.enter_context(_workers())

        def read(
            question: Question, contents: Sequence[Material], needles: frozenset[bytes]
        ) -> Sequence[Reply]:
            is_small = all(_size(content) <= BYTES_HERE for content in contents)
            is_here = is_small and len(contents) <= FILES_HERE
            return (read_here if is_here else workers())(question, contents, needles)

        yield read


def _size(material: Material) -> int:
    return len(material if isinstance(material, bytes) else material.content)


@contextmanager
def worker_pool() -> Iterator[AnalysisPool]:
    """Yield worker processes, one for each processor, and end them."""
    # Only here: a small change is checked before these are imported.
    import asyncio
    import os

    from bot.pool import AnalysisPool

    pool = AnalysisPool(workers=os.cpu_count() or 1)
    try:
        yield pool
    finally:
        asyncio.run(pool.close())


@contextmanager
def _workers() -> Iterator[Reader]:
    import asyncio

    from bot.readers import PooledReader

    with worker_pool() as pool:
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
