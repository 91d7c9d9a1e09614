"""Trees to propose a config for."""

from __future__ import annotations

from textwrap import dedent
from typing import TYPE_CHECKING

from checks.draft import Draft, draft, worth_surveying
from checks.survey import survey

if TYPE_CHECKING:
    from collections.abc import Mapping


def propose(files: Mapping[str, str]) -> Draft:
    surveyed = worth_surveying(files.keys())
    surveys = {path: survey(dedent(files[path]).encode()) for path in surveyed}
    return draft(files.keys(), surveys)
