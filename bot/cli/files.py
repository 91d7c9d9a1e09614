"""The files of a working tree as they are on disk: read, compared, replaced whole."""

from __future__ import annotations

import difflib
import os
import stat
import tempfile
import unicodedata
from pathlib import Path
from typing import TYPE_CHECKING

from bot.domain.errors import UserError
from bot.git.listing import encode_path
from bot.git.snapshot import read
from checks.formats.visible import UNSEEN
from checks.source import UndecodableError, decode, decode_exactly

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from bot.git.clone import Clone

UNREADABLE = "cannot read {path}: {reason}"
UNWRITABLE = "cannot write {path}: {reason}"
CHANGED = "{path} changed meanwhile and was left as it is: run the command again"
BYTE_ORDER_MARK = "\ufeff"
# https://git-scm.com/docs/git-config#Documentation/git-config.txt-corequotePath
NAMED = {
    "\a": r"\a",
    "\b": r"\b",
    "\t": r"\t",
    "\n": r"\n",
    "\v": r"\v",
    "\f": r"\f",
    "\r": r"\r",
    '"': r"\"",
    "\\": r"\\",
}
NO_LINE_END = "\\ No newline at end of file\n"


class WorkingFiles:
    """Files by their path in the repository; `tree` maps those to the blobs that were judged."""

    def __init__(self, clone: Clone, tree: Mapping[str, str]) -> None:
        assert clone.top is not None
        self._clone = clone
        self._top = clone.top
        self._tree = tree
        self._seen: dict[str, bytes | None] = {}

    def read(self, path: str) -> bytes | None:
        """Return a file's bytes; None when its text is not what git holds and what was judged."""
        if path not in self._seen:
            content = self._content(path)
            self._seen[path] = content if self._is_judged(path, content) else None
        return self._seen[path]

    def filtered(self) -> list[str]:
        """Name the files that `read` gave as None."""
        return sorted(path for path, content in self._seen.items() if content is None)

    def diff(self, path: str, content: bytes) -> str:
        """Show how a file would change: a unified diff, which `git apply` takes if it is UTF-8."""
        lines = difflib.unified_diff(
            _lines(self.read(path) or b""),
            _lines(content),
            _quoted(f"a/{path}"),
            _quoted(f"b/{path}"),
        )
        return "".join(line if line.endswith("\n") else f"{line}\n{NO_LINE_END}" for line in lines)

    def write(self, path: str, content: bytes) -> None:
        """Replace a file in one step, its mode kept; raises `UserError` when it has changed."""
        if self._content(path) != self.read(path):
            raise UserError(CHANGED.format(path=path))
        place = self._place(path)
        try:
            _replace(place, content)
        except OSError as error:
            raise UserError(UNWRITABLE.format(path=path, reason=error.strerror)) from error

    def _is_judged(self, path: str, content: bytes) -> bool:
        blob = read(self._clone, [self._tree[path]]).get(self._tree[path])
        try:
            return isinstance(blob, bytes) and decode(blob) == decode(content)
        except UndecodableError:
            return False

    def _content(self, path: str) -> bytes:
        try:
            return self._place(path).read_bytes()
        except OSError as error:
            raise UserError(UNREADABLE.format(path=path, reason=error.strerror)) from error

    def _place(self, path: str) -> Path:
        return self._top / path


def _lines(content: bytes) -> list[str]:
    text, encoding = decode_exactly(content)
    return list(_split(BYTE_ORDER_MARK + text if encoding == "utf-8-sig" else text))


def _split(text: str) -> Iterator[str]:
    """Split after `\\n` alone, as git does."""
    *lines, last = text.split("\n")
    yield from (f"{line}\n" for line in lines)
    if last:
        yield last


def _quoted(path: str) -> str:
    """Write a path as git does where a character of it could not be seen, or ends the name."""
    quoted = "".join(map(_spell, path))
    return path if quoted == path else f'"{quoted}"'


def _spell(character: str) -> str:
    if character in NAMED:
        return NAMED[character]
    if unicodedata.category(character) in UNSEEN:
        return "".join(f"\\{byte:03o}" for byte in encode_path(character))
    return character


def _replace(place: Path, content: bytes) -> None:
    mode = stat.S_IMODE(place.stat().st_mode)
    descriptor, name = tempfile.mkstemp(dir=place.parent, prefix=f".{place.name[:100]}.")
    temporary = Path(name)
    try:
        with os.fdopen(descriptor, "wb") as file:
            file.write(content)
        temporary.chmod(mode)
        temporary.replace(place)
    except BaseException:
        temporary.unlink(missing_ok=True)
        raise
