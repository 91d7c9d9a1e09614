"""What the index of a clone knows about the working tree, and what it does not know."""

from __future__ import annotations

import re
import stat
from typing import TYPE_CHECKING, NamedTuple

from bot.git.listing import REGULAR_MODES, SUBMODULE_MODE, SYMLINK_MODE

if TYPE_CHECKING:
    import os
    from collections.abc import Iterator

    from bot.git.process import Git

# `ls-files -t --stage --debug -z`: tag, mode, id, stage, path, then indented lines about the file.
RECORD = re.compile(
    rb"(\S) (\d{6}) ([0-9a-f]+) (\d)\t([^\0]+)\0"
    rb"(?:  ctime: (\d+):(\d+)\n  mtime: (\d+):(\d+)\n  dev: .*\n  uid: .*\n  size: (\d+)\t.*\n)?"
    rb"(?:  .*\n)*"
)
ABSENT_BY_CHOICE = b"S"  # skip-worktree: a sparse checkout leaves the file out
NANOSECONDS = 1_000_000_000


# Tuples, because a clone has tens of thousands of files.
class FileStamp(NamedTuple):
    """What the index remembers of a file, to know it again without reading: times in ns."""

    changed_ns: int
    modified_ns: int
    size: int


class Tracked(NamedTuple):
    """A path of the index; `oid` is empty while it is in conflict."""

    path: bytes
    mode: str
    oid: str
    stamp: FileStamp | None
    is_sparse: bool

    def matches(self, status: os.stat_result, *, index_seconds: int) -> bool:
        """Tell whether the file is surely what the index holds.

        One written in the second of the index or later may differ although all numbers agree.
        """
        stamp = self.stamp
        return (
            stamp is not None
            and self.mode in (SYMLINK_MODE if stat.S_ISLNK(status.st_mode) else REGULAR_MODES)
            and stamp.size == status.st_size & 0xFFFFFFFF
            and stamp.modified_ns == status.st_mtime_ns
            and stamp.changed_ns == status.st_ctime_ns
            and stamp.modified_ns // NANOSECONDS < index_seconds
        )


def list_tracked(git: Git) -> list[Tracked]:
    """Return every path of the index once, in its order; submodules are left out."""
    output = git.run("ls-files", "-t", "--stage", "--debug", "-z")
    found = {entry.path: entry for entry in map(_tracked, RECORD.finditer(output))}
    return [entry for entry in found.values() if entry.mode != SUBMODULE_MODE]


def list_untracked(git: Git) -> Iterator[bytes]:
    """Yield every file that is neither tracked nor ignored; repositories inside are left out."""
    output = git.run("ls-files", "--others", "--exclude-standard", "-z")
    return (path for path in output.split(b"\0") if path and not path.endswith(b"/"))


def has_links(git: Git) -> bool:
    """Tell whether links are links here: where there are none, git writes files in their place.

    https://git-scm.com/docs/git-config#Documentation/git-config.txt-coresymlinks
    """
    answer = git.run("config", "--type=bool", "--default=true", "--get", "core.symlinks")
    return answer == b"true\n"


def _tracked(record: re.Match[bytes]) -> Tracked:
    tag, mode, oid, stage, path, *numbers = record.groups()
    in_conflict = stage != b"0"
    return Tracked(
        path,
        mode.decode("ascii"),
        "" if in_conflict else oid.decode("ascii"),
        None if in_conflict or numbers[0] is None else _stamp(*map(int, numbers)),
        tag == ABSENT_BY_CHOICE,
    )


def _stamp(changed: int, changed_ns: int, modified: int, modified_ns: int, size: int) -> FileStamp:
    return FileStamp(changed * NANOSECONDS + changed_ns, modified * NANOSECONDS + modified_ns, size)
