"""Write git blobs into a folder of our own, beside the objects of a repository."""

from __future__ import annotations

import hashlib
import zlib
from dataclasses import dataclass
from typing import IO, TYPE_CHECKING

from bot.git.listing import decode_path

if TYPE_CHECKING:
    from pathlib import Path

    from bot.git.process import Git

CHUNK_BYTES = 1 << 20


@dataclass(frozen=True, slots=True)
class LooseStore:
    """A folder of objects that sees those of a repository too; `algorithm` makes its ids."""

    folder: Path
    algorithm: str

    @classmethod
    def beside(cls, git: Git, folder: Path) -> LooseStore:
        """Make an empty `folder` beside the objects of the repository that `git` reads."""
        answer = decode_path(git.run("rev-parse", "--show-object-format", "--git-path", "objects"))
        algorithm, _, objects = answer.removesuffix("\n").partition("\n")
        (folder / "info").mkdir(parents=True)
        (folder / "info" / "alternates").write_text(f"{(git.folder / objects).resolve()}\n")
        return cls(folder, algorithm)

    @property
    def no_oid(self) -> bytes:
        """Return git's id for nothing."""
        return b"0" * (2 * hashlib.new(self.algorithm, usedforsecurity=False).digest_size)

    def oid(self, content: bytes) -> str:
        """Return the id that git gives to a blob with this content."""
        digest = self._begin(len(content))
        digest.update(content)
        return digest.hexdigest()

    def file_oid(self, file: IO[bytes], size: int) -> str:
        """Return the id of a blob with the content of a file, whatever its size."""
        digest = self._begin(size)
        while chunk := file.read(CHUNK_BYTES):
            digest.update(chunk)
        return digest.hexdigest()

    def put(self, content: bytes) -> str:
        """Store a blob and return its id."""
        oid = self.oid(content)
        path = self.folder / oid[:2] / oid[2:]
        path.parent.mkdir(exist_ok=True)
        path.write_bytes(zlib.compress(_header(len(content)) + content, level=1))
        return oid

    def _begin(self, size: int) -> hashlib._Hash:
        return hashlib.new(self.algorithm, _header(size), usedforsecurity=False)


def _header(size: int) -> bytes:
    return b"blob %d\0" % size
