"""Surveying the files of a whole tree for a person who waits: in workers, told as it goes."""

from __future__ import annotations

from typing import TYPE_CHECKING

from bot.bounds import Failure
from bot.cli import forks, terminal
from bot.git.snapshot import read
from checks.limits import FILE_SECONDS
from checks.survey import BLANK, Survey, survey

if TYPE_CHECKING:
    from collections.abc import Mapping

    from bot.git.clone import Clone

# Contents are held in memory a batch at a time: a tree may have hundreds of megabytes.
BATCH_FILES = 512
READING = "reading files: {done:,} of {total:,}"


def survey_files(clone: Clone, oids: Mapping[str, str]) -> dict[str, Survey]:
    """Survey each path's blob, equal ones once; one that cannot be read says nothing."""
    distinct = sorted(set(oids.values()))
    surveys = dict.fromkeys(distinct, BLANK)
    for start in range(0, len(distinct), BATCH_FILES):
        terminal.progress(READING.format(done=start, total=len(distinct)))
        batch = distinct[start : start + BATCH_FILES]
        contents = read(clone, batch)
        whole = {oid: each for oid, each in contents.items() if isinstance(each, bytes)}
        outcomes = forks.run(survey, list(whole.values()), timeout_seconds=FILE_SECONDS)
        told = zip(whole, outcomes, strict=True)
        surveys |= {oid: each for oid, each in told if not isinstance(each, Failure)}
    terminal.progress("")
    return {path: surveys[oid] for path, oid in oids.items()}
