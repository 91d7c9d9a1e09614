"""What git's machine formats say: raw diffs and trees as entries, any name as it is."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from checks.config import CONFIG_PATH
from checks.model import Entry, EntryStatus, Version

if TYPE_CHECKING:
    from collections.abc import Iterator

REGULAR_MODES = frozenset({"100644", "100755"})
SYMLINK_MODE = "120000"
SUBMODULE_MODE = "160000"
SUFFIXES = (".py", ".pyi")

TREE_ENTRY = re.compile(rb"(\d{6}) (?:blob|commit) ([0-9a-f]+)\t([^\0]+)\0")


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
    for mode, oid, path in TREE_ENTRY.findall(output):
        yield Version(decode_path(path), mode.decode("ascii"), oid.decode("ascii"))


def parse_raw(output: bytes) -> Iterator[Entry]:
    """Yield all that `diff-tree -r -z --raw --no-abbrev` lists, in git's order."""
    fields = iter(output.split(b"\0"))
    for header in fields:
        if not header:
            return
        base_mode, head_mode, base_oid, head_oid, status = header[1:].decode("ascii").split(" ")
        base_path = decode_path(next(fields))
        head_path = decode_path(next(fields)) if status.startswith("R") else base_path
        kind = EntryStatus(status[0])
        yield Entry(
            kind,
            None if kind is EntryStatus.ADDED else Version(base_path, base_mode, base_oid),
            None if kind is EntryStatus.DELETED else Version(head_path, head_mode, head_oid),
        )
