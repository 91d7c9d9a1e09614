"""One process per database: whatever is marked as running at start belonged to a dead one."""

from __future__ import annotations

import fcntl
import os
from typing import TYPE_CHECKING

from bot.domain.errors import StoreError

if TYPE_CHECKING:
    from pathlib import Path

TAKEN = (
    "Another process (pid {owner}) uses {path}. Stop it first, or set SSOT_DATA_DIR to another "
    "folder."
)
UNUSABLE = "{path} cannot be opened: {reason}. Check SSOT_DATA_DIR."


class FileLock:
    """Holds `flock` on `<database>.lock` from construction until `release` or the process's death.

    The kernel lets go when the process dies, so a kill leaves nothing to clean up. Local disks
    only: neither `flock` nor SQLite's WAL is safe on a network file system.
    """

    def __init__(self, database: Path) -> None:
        path = database.with_name(f"{database.name}.lock")
        try:
            # Appending: opening must not wipe the owner's pid.
            self._file = path.open("a+")
        except OSError as error:
            raise StoreError(UNUSABLE.format(path=path, reason=error.strerror)) from error
        try:
            fcntl.flock(self._file, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except OSError as error:
            self._file.seek(0)
            owner = self._file.readline().strip()
            self._file.close()
            raise StoreError(TAKEN.format(owner=owner, path=database)) from error
        self._file.truncate(0)
        self._file.write(f"{os.getpid()}\n")
        self._file.flush()

    def release(self) -> None:
        """Let the next process in; a second call does nothing."""
        self._file.close()
