"""One process per database: whatever is marked as running at start belonged to a dead one."""

from __future__ import annotations

import fcntl
import os
from typing import TYPE_CHECKING

from bot.domain.errors import StoreError

if TYPE_CHECKING:
    from pathlib import Path

TAKEN = (
    "Another process (pid {owner}) works on {path}. Stop it first, or set SSOT_DATA_DIR to another "
    "folder. For several processes on one queue set DATABASE_URL=postgresql://…"
)


class FileLock:
    """Holds `flock` on `<database>.lock` from construction until `release` or the process's death.

    The kernel lets go when the process dies, so a kill leaves nothing to clean up. Local disks
    only: neither `flock` nor SQLite's WAL is safe on a network file system.
    """

    def __init__(self, database: Path) -> None:
        path = database.with_name(f"{database.name}.lock")
        self._descriptor = os.open(path, os.O_RDWR | os.O_CREAT, 0o600)
        try:
            fcntl.flock(self._descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except OSError as error:
            owner = os.read(self._descriptor, 20).decode("ascii", "replace").strip()
            os.close(self._descriptor)
            raise StoreError(TAKEN.format(owner=owner, path=database)) from error
        os.truncate(self._descriptor, 0)
        os.pwrite(self._descriptor, f"{os.getpid()}\n".encode("ascii"), 0)

    def release(self) -> None:
        """Let the next process in."""
        os.close(self._descriptor)
