"""A commit as `git fast-import` reads it."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Mapping

AUTHOR = "Ada Example <ada@example.org>"


@dataclass(frozen=True, slots=True)
class Change:
    """What a commit says besides its files; `parent` is None for a root commit."""

    message: str
    timestamp: int
    parent: str | None = None
    clear: bool = False


def import_stream(ref: str, files: Mapping[str, str | bytes | None], change: Change) -> bytes:
    """Write a commit on `ref`; a content of None deletes the path."""
    return b"".join([*_commit_header(ref, change), *_file_commands(files), b"\n"])


def _commit_header(ref: str, change: Change) -> list[bytes]:
    message = change.message.encode()
    lines = [
        b"commit %s\n" % ref.encode(),
        b"author %s %d +0000\n" % (AUTHOR.encode(), change.timestamp),
        b"committer %s %d +0000\n" % (AUTHOR.encode(), change.timestamp),
        b"data %d\n%s\n" % (len(message), message),
    ]
    if change.parent:
        lines.append(b"from %s\n" % change.parent.encode())
    if change.clear:
        lines.append(b"deleteall\n")
    return lines


def _file_commands(files: Mapping[str, str | bytes | None]) -> list[bytes]:
    commands = []
    for path, content in files.items():
        if content is None:
            commands.append(b"D %s\n" % _quoted(path))
            continue
        data = content.encode() if isinstance(content, str) else content
        commands.append(b"M 100644 inline %s\ndata %d\n%s\n" % (_quoted(path), len(data), data))
    return commands


def _quoted(path: str) -> bytes:
    """Quote as fast-import reads it: C style, every byte that is not plain as an octal escape."""
    raw = path.encode("utf-8", "surrogateescape")
    plain = b"".join(
        bytes([byte]) if 0x20 <= byte < 0x7F and byte not in b'"\\' else b"\\%03o" % byte
        for byte in raw
    )
    return b'"' + plain + b'"'
