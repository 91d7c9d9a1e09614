"""Bytes of a Python file as text: PEP 263, byte order mark, line ends."""

from __future__ import annotations

import io
import re
import tokenize
from bisect import bisect_left

UNKNOWN_ENCODING = "its encoding declaration is not usable: {error}"
UNDECODABLE = "it is not valid {encoding}: byte {position} cannot be decoded"

# What an inline waiver begins with.
WAIVER_MARK = b"ssot: allow"

# The bytes of a character in UTF-8 after its first one.
_CONTINUED = re.compile(rb"[\x80-\xbf]")
# It starts with plain text, which `re` finds 20 times as fast as the begin of a line; that nothing
# is tried twice makes it 7 times as fast once more.
_COMMENT_RUN = re.compile(rb"\n(?:[ \t]*+(?:#[^\n]*+)?+\n){50,}+")


class UndecodableError(ValueError):
    """The bytes are not the text that they claim to be; the message says where."""


def decode(content: bytes) -> str:
    """Decode as Python does (PEP 263, UTF-8 by default), line ends as `\\n`, no byte order mark."""
    return with_plain_ends(decode_exactly(content)[0])


def with_plain_ends(text: str) -> str:
    """Make every line end `\n`."""
    return text.replace("\r\n", "\n").replace("\r", "\n")


def decode_exactly(content: bytes) -> tuple[str, str]:
    """Decode as Python does, line ends kept; return the encoding, too (with its own mark)."""
    try:
        encoding, _ = tokenize.detect_encoding(io.BytesIO(content).readline)
    except (SyntaxError, UnicodeDecodeError) as error:
        raise UndecodableError(UNKNOWN_ENCODING.format(error=error)) from error
    try:
        return content.decode(encoding), encoding
    except UnicodeDecodeError as error:
        reason = UNDECODABLE.format(encoding=encoding, position=error.start)
        raise UndecodableError(reason) from error
    except (LookupError, UnicodeError) as error:
        # `coding: hex` names a codec, but none of text; `undefined` decodes nothing.
        raise UndecodableError(UNKNOWN_ENCODING.format(error=error)) from error


def without_comment_runs(utf8: bytes) -> bytes:
    """Blank long runs of comment lines, but not the waivers; every line keeps its place.

    tree-sitter-python looks ahead over the rest of a run at each of its lines: 10,000 lines of
    commented-out code took 5.7 s to parse, and 0.2 ms without them.
    """
    return _COMMENT_RUN.sub(_blanked, b"\n" + utf8)[1:]


def _blanked(run: re.Match[bytes]) -> bytes:
    if WAIVER_MARK not in run[0]:
        return b"\n" * run[0].count(b"\n")
    return b"\n".join(line if WAIVER_MARK in line else b"" for line in run[0].split(b"\n"))


class Columns:
    """Turn byte columns of UTF-8 lines into 1-based code point columns."""

    def __init__(self, utf8: bytes) -> None:
        self._lines = None if utf8.isascii() else utf8.split(b"\n")
        self._continued: dict[int, list[int]] = {}

    def column(self, row: int, byte_column: int) -> int:
        """Count code points before `byte_column` of the 0-based `row`, plus one."""
        if self._lines is None:
            return byte_column + 1
        if row not in self._continued:
            self._continued[row] = [at.start() for at in _CONTINUED.finditer(self._lines[row])]
        return byte_column - bisect_left(self._continued[row], byte_column) + 1
