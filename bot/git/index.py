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
ABSENT_BY_CHOICE = b"S"  # skip-worktree
NANOSECONDS = 1_000_000_000


class Tracked(NamedTuple):
    """A path of the index in git's own words, because a clone has tens of thousands of them.

    The numbers tell when the file was changed and modified, and how large it was: what the index
    knows it by without reading. They are empty where git tells none.
    """

    tag: bytes
    stored_mode: bytes
    stored_oid: bytes
    stage: bytes
    path: bytes
    changed_seconds: bytes
    changed_nanoseconds: bytes
    modified_seconds: bytes
    modified_nanoseconds: bytes
    size: bytes

    @property
    def mode(self) -> str:
        """Return git's mode of the file."""
        return self.stored_mode.decode("ascii")

    @property
    def oid(self) -> str:
        """Return the id of its content, empty while it is in conflict."""
        return self.stored_oid.decode("ascii") if self.stage == b"0" else ""

    @property
    def is_sparse(self) -> bool:
        """Tell whether a sparse checkout leaves it out."""
        return self.tag == ABSENT_BY_CHOICE

    def matches(self, status: os.stat_result, *, index_seconds: int) -> bool:
        """Tell whether the file is surely what the index holds.

        One written in the second of the index or later may differ although all numbers agree.
        """
        return (
            self.stage == b"0"
            and self.size != b""
            and self.mode in (SYMLINK_MODE if stat.S_ISLNK(status.st_mode) else REGULAR_MODES)
            and int(self.size) == status.st_size & 0xFFFFFFFF
            and _ns(self.modified_seconds, self.modified_nanoseconds) == status.st_mtime_ns
            and _ns(self.changed_seconds, self.changed_nanoseconds) == status.st_ctime_ns
            and int(self.modified_seconds) < index_seconds
        )


def list_tracked(git: Git) -> list[Tracked]:
    """Return every path of the index once, in its order; submodules are left out."""
    output = git.run("ls-files", "-t", "--stage", "--debug", "-z")
    found = {entry.path: entry for entry in map(Tracked._make, RECORD.findall(output))}
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


def _ns(seconds: bytes, nanoseconds: bytes) -> int:
    return int(seconds) * NANOSECONDS + int(nanoseconds)
