"""The hidden comments at items: their grammar, and what may be written into one."""

from __future__ import annotations

import re

from bot.domain.checklist.model import SHA_DIGITS, Evidence, Marker
from bot.domain.markdown import visible

UNWRITABLE = (
    "it does not fit into a hidden comment: no line break, no `--`, at most 1,000 characters"
)
CHILDREN = "children"
REFERENCE = "ref "

# The longest criterion worth keeping in an issue; five paths fit.
TEXT_LIMIT = 1_000

OPENING = re.compile(r"<!--[ \t]*ssot:")
_MARKER = re.compile(
    rf"""<!--[ \t]*ssot:[ \t]*
    (?P<text>\S(?:[^\r\n]*?\S)??)
    (?P<evidence>[ \t]+@(?P<sha>[0-9a-f]{{{SHA_DIGITS}}})/\#(?P<issue>[1-9][0-9]{{0,9}}))?
    [ \t]*-->""",
    re.VERBOSE,
)
# Words that our other comments use (`ssot:progress`, `ssot:finding=…`); no criterion begins so.
_ANOTHER = re.compile(r"<!--[ \t]*ssot:(?:progress\b|[a-z]+=)")


def is_another(comment: str) -> bool:
    """Tell whether a comment of ours is something else than a marker."""
    return bool(_ANOTHER.match(comment))


def is_criterion(marker: Marker) -> bool:
    """Tell whether a marker decides its item; what else we leave only says what decided it."""
    said = marker.text == CHILDREN or marker.text.startswith(REFERENCE)
    return not (said and marker.evidence)


def parse(comment: str, start: int) -> Marker | None:
    """Read a whole comment that stands at `start`; None when it is no marker as GitHub hides it.

    GitHub takes no comment for one that has two hyphens in a row inside.
    """
    found = _MARKER.fullmatch(comment)
    if found is None or "--" in comment[4:-3]:
        return None
    evidence = Evidence(found["sha"], int(found["issue"])) if found["evidence"] else None
    text_end = start + found.end("text")
    return Marker(
        found["text"],
        evidence,
        start,
        text_end,
        start + found.end("evidence") if evidence else text_end,
        start + len(comment),
    )


def write(text: str, evidence: Evidence | None = None) -> str:
    """Write a marker; ValueError when the text would read as something else, or be shown."""
    comment = f"<!-- ssot: {text} {evidence} -->" if evidence else f"<!-- ssot: {text} -->"
    read = parse(comment, 0)
    if read is None or (read.text, read.evidence) != (text, evidence):
        raise ValueError(UNWRITABLE)
    if len(text) > TEXT_LIMIT or visible(text) != text:
        raise ValueError(UNWRITABLE)
    return comment
