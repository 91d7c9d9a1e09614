"""What git's machine formats say: raw diffs and trees as entries, any name as it is."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from bot.git.process import GitError
from checks.config import CONFIG_PATH
from checks.model import Entry, EntryStatus, Version
from checks.modules import SUFFIXES

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

REGULAR_MODES = frozenset({"100644", "100755"})
SYMLINK_MODE = "120000"
SUBMODULE_MODE = "160000"

UNEXPECTED = "git diff-tree gave an unexpected answer"

RAW_HEADER = re.compile(rb":(\d{6}) (\d{6}) ([0-9a-f]{40,64}) ([0-9a-f]{40,64}) ([ADMRT])\d*")
TREE_ENTRY = re.compile(r"([0-9]{6}) (?:blob|commit) ([0-9a-f]+)\t([^\0]+)\0")


def decode_path(path: bytes) -> str:
    """Return `path` as text that `encode_path` turns back into the same bytes."""
    return path.decode("utf-8", "surrogateescape")


def encode_path(path: str) -> bytes:
    """Return the bytes of a path that `decode_path` made."""
    return path.encode("utf-8", "surrogateescape")


def is_python(path: str) -> bool:
    """Tell whether a path is analysable by its name."""
    return path.endswith(SUFFIXES)


def is_read(path: str) -> bool:
    """Tell whether anybody reads a blob of this path, once it is changed."""
    return is_python(path) or path == CONFIG_PATH


def parse_tree(output: bytes) -> Iterator[Version]:
    """Yield all that `ls-tree -r -z` lists."""
    for mode, oid, path in TREE_ENTRY.findall(decode_path(output)):
        yield Version(path, mode, oid)


def parse_modules(output: bytes) -> Mapping[str, str]:
    """Map the Python files among what `ls-tree -r -z` lists to their blobs, links left out."""
    modules = {}
    # 28 ms instead of 45 with the expression above, for a tree of 50,000 files.
    for entry in decode_path(output).split("\0"):
        if entry.endswith(SUFFIXES):
            kind, _, path = entry.partition("\t")
            mode, _, oid = kind.split(" ")
            if mode in REGULAR_MODES:
                modules[path] = oid
    return modules


def parse_raw(output: bytes) -> Iterator[Entry]:
    """Yield all that `diff-tree -r -z --raw --no-abbrev` lists, in git's order.

    Raises `GitError` for anything else.
    """
    fields = iter(output.split(b"\0"))
    for text in fields:
        if not text:
            return
        header = RAW_HEADER.fullmatch(text)
        if header is None:
            raise GitError(UNEXPECTED)
        base_mode, head_mode, base_oid, head_oid, status = (
            group.decode("ascii") for group in header.groups()
        )
        kind = EntryStatus(status)
        base_path = _path(fields)
        head_path = _path(fields) if kind is EntryStatus.RENAMED else base_path
        yield Entry(
            kind,
            None if kind is EntryStatus.ADDED else Version(base_path, base_mode, base_oid),
            None if kind is EntryStatus.DELETED else Version(head_path, head_mode, head_oid),
        )


def _path(fields: Iterator[bytes]) -> str:
    path = next(fields, b"")
    if not path:
        raise GitError(UNEXPECTED)
    return decode_path(path)
