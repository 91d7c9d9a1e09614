"""Replace whole lines of a file's bytes; encoding, byte order mark and line ends stay."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from checks.source import UndecodableError, decode_exactly

if TYPE_CHECKING:
    from collections.abc import Iterable

    from checks.model import Suggestion

NOT_REVERSIBLE = "its text cannot be written back byte for byte"
NOT_ENCODABLE = "its encoding cannot express the new text: {error}"
TOO_SHORT = "it has no line {line}"

_LINE = re.compile(r"([^\r\n]*)(\r\n|\r|\n|\Z)")


class UneditableError(ValueError):
    """The file cannot be changed without changing more than is meant; the message says why."""


def apply(content: bytes, suggestions: Iterable[Suggestion]) -> bytes:
    """Replace the lines of each suggestion; they must not overlap.

    New lines end as the first line that they replace does; a file that ends without a line end
    goes on to. Raise `UneditableError` where other bytes would change.
    """
    try:
        text, encoding = decode_exactly(content)
    except UndecodableError as error:
        raise UneditableError(str(error)) from error
    if text.encode(encoding) != content:
        raise UneditableError(NOT_REVERSIBLE)
    lines = _split(text)
    for suggestion in sorted(suggestions, key=lambda s: s.start_line, reverse=True):
        _replace(lines, suggestion)
    try:
        return "".join(body + end for body, end in lines).encode(encoding)
    except UnicodeEncodeError as error:
        raise UneditableError(NOT_ENCODABLE.format(error=error)) from error


def _split(text: str) -> list[tuple[str, str]]:
    """Split into lines and their ends, as Python counts lines."""
    return [(m[1], m[2]) for m in _LINE.finditer(text) if m[0]]


def _replace(lines: list[tuple[str, str]], suggestion: Suggestion) -> None:
    start, end = suggestion.start_line - 1, suggestion.end_line
    if end > len(lines):
        raise UneditableError(TOO_SHORT.format(line=end))
    line_end = lines[start][1] or (lines[start - 1][1] if start else "") or "\n"
    new = [(body, line_end) for body in suggestion.replacement.split("\n")[:-1]]
    if new and not lines[end - 1][1]:
        new[-1] = (new[-1][0], "")
    lines[start:end] = new
