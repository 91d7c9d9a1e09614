"""Surveying the files of a whole tree for a person who waits: in workers, told as it goes."""

from __future__ import annotations

from contextlib import ExitStack
from typing import TYPE_CHECKING

from bot.cli import terminal
from bot.cli.local import FILES_HERE, worker_pool
from bot.git.snapshot import read
from checks.limits import FILE_SECONDS
from checks.survey import BLANK, Survey, survey

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence

    from bot.git.clone import Clone
    from bot.pool import AnalysisPool

# Contents are held in memory a batch at a time: a tree may have hundreds of megabytes.
BATCH_FILES = 512
READING = "reading files: {done:,} of {total:,}"


def survey_files(clone: Clone, oids: Mapping[str, str]) -> dict[str, Survey]:
    """Survey each path's blob, equal ones once; one that cannot be read says nothing."""
    distinct = sorted(set(oids.values()))
    surveys: dict[str, Survey] = {}
    with ExitStack() as stack:
        pool = stack.enter_context(worker_pool()) if len(distinct) > FILES_HERE else None
        for batch in _batches(distinct):
            terminal.progress(READING.format(done=len(surveys), total=len(distinct)))
            contents = read(clone, batch)
            whole = {oid: each for oid, each in contents.items() if isinstance(each, bytes)}
            surveys |= dict.fromkeys(batch, BLANK)
            surveys |= zip(whole, _survey(pool, list(whole.values())), strict=True)
        terminal.progress("")
    return {path: surveys[oid] for path, oid in oids.items()}


def _batches(oids: Sequence[str]) -> Iterator[Sequence[str]]:
    return (oids[start : start + BATCH_FILES] for start in range(0, len(oids), BATCH_FILES))


def _survey(pool: AnalysisPool | None, contents: Sequence[bytes]) -> list[Survey]:
    if pool is None:
        return [survey(content) for content in contents]
    # Only here: a small repository is read before this is imported.
    import asyncio

    outcomes = asyncio.run(pool.map(survey, contents, timeout_seconds=FILE_SECONDS))
    return [each if isinstance(each, Survey) else BLANK for each in outcomes]
