"""A reference that an item begins with: `#12`, `owner/name#12` or the address of either."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from bot.domain.checklist.model import MAX_NUMBER, Reference

if TYPE_CHECKING:
    from bot.domain.checklist.model import Tracker

_REPOSITORY = r"(?P<repository>[A-Za-z0-9][A-Za-z0-9-]{0,38}/[A-Za-z0-9._-]{1,100})"
_NUMBER = r"(?P<number>[1-9][0-9]{0,9})"
_SHORT = re.compile(rf"{_REPOSITORY}?#{_NUMBER}(?!\w)")
# An address with more behind the number is of a comment, a commit or a list of files.
_PATH = re.compile(rf"/{_REPOSITORY}/(?:pull|issues)/{_NUMBER}(?![\w/?#])")


def leading_reference(text: str, tracker: Tracker) -> Reference | None:
    """Read the reference at the very start of an item's text."""
    found = _SHORT.match(text)
    server = tracker.server_url.rstrip("/")
    if found is None and text[: len(server)].lower() == server.lower():
        found = _PATH.match(text, len(server))
    if found is None or int(found["number"]) > MAX_NUMBER:
        return None
    repository = found["repository"] or tracker.repository
    if repository.lower() == tracker.repository.lower():
        repository = tracker.repository
    return Reference(repository, int(found["number"]))
