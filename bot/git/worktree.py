"""The working tree as a tree object: tracked files as on disk, and untracked, not ignored ones.

git's own comparison with the working tree runs filters and commands that a repository's config
names; here files are only read. New objects go to a temporary folder: a clone is never written to.
"""

from __future__ import annotations

import errno
import os
import shutil
import stat
from contextlib import contextmanager
from dataclasses import dataclass, field, replace
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import IO, TYPE_CHECKING

from bot.domain.errors import UserError
from bot.git.environment import personal, reading
from bot.git.index import has_links, list_tracked, list_untracked
from bot.git.listing import SYMLINK_MODE, decode_path, is_read
from bot.git.loose import LooseStore
from bot.git.process import Git
from checks import limits

if TYPE_CHECKING:
    from collections.abc import Collection, Iterable, Iterator, Mapping

    from bot.git.index import Tracked
    from bot.git.objects import Objects

    # A path of the index, and what is on disk there.
    _Found = tuple[Tracked, os.stat_result | None]

UNREADABLE = "cannot read {path}: {reason}"

FILE_MODE = "100644"
# Why there is no file of a name: a folder's place may be taken by a file or a link to itself, and
# a commit may hold names that this file system refuses.
NOWHERE = frozenset({errno.ENOENT, errno.ENOTDIR, errno.ELOOP, errno.ENAMETOOLONG})

INDEX_CONFIG = {
    "core.splitIndex": "false",  # else git writes the shared part beside the person's own
    "core.protectNTFS": "false",  # names are only names here
    "core.protectHFS": "false",
}


@contextmanager
def snapshot_tree(
    git_dir: Path, top: Path, objects: Objects
) -> Iterator[tuple[Mapping[str, str], str]]:
    """Yield the environment in which git sees the working tree as a tree object, and its id."""
    with TemporaryDirectory(prefix="ssot-") as scratch:
        store = LooseStore.beside(objects.git, Path(scratch) / "objects")
        environment = reading(git_dir, INDEX_CONFIG) | {
            "GIT_INDEX_FILE": str(Path(scratch) / "index"),
            "GIT_OBJECT_DIRECTORY": str(store.folder),
        }
        if (index := git_dir / "index").exists():
            shutil.copyfile(index, environment["GIT_INDEX_FILE"])
        updates = b"".join(_WorkingTree(git_dir, os.fsencode(top), objects, store).updates())
        git = Git(git_dir, environment)
        git.run("update-index", "-z", "--index-info", stdin=updates)
        # Blobs that nobody reads are named, not stored.
        tree = git.run("write-tree", "--missing-ok").decode("ascii").strip()
        yield environment, tree


@dataclass(frozen=True, slots=True)
class _File:
    """A file of the working tree; `committed` is its blob id in the index, empty for none."""

    path: bytes
    mode: str
    content: bytes
    committed: str = ""


@dataclass(frozen=True, slots=True)
class _WorkingTree:
    """Compares the files on disk with the index and stores those that differ."""

    git_dir: Path
    top: bytes
    objects: Objects
    store: LooseStore
    inside: dict[bytes, bool] = field(default_factory=dict)  # folder -> free of links

    def updates(self) -> Iterator[bytes]:
        """Yield what `update-index --index-info` has to be told, deletions first."""
        top = os.fsdecode(self.top)
        git = Git(Path(top), personal(self.git_dir) | {"GIT_WORK_TREE": top})
        tracked = [(entry, self._status(entry.path)) for entry in list_tracked(git)]
        for entry, status in tracked:
            if status is None and not entry.is_sparse:
                yield b"0 %s\t%s\0" % (self.store.no_oid, entry.path)
        links = _written_links(git, tracked)
        for file in (*self._changed(tracked, links), *self._new(list_untracked(git))):
            name = self.store.put if is_read(decode_path(file.path)) else self.store.oid
            yield f"{file.mode} {name(file.content)}\t".encode("ascii") + file.path + b"\0"

    def _status(self, path: bytes) -> os.stat_result | None:
        """Return what is on disk, None for nothing that git could track."""
        try:
            status = os.lstat(self._name(path))
        except OSError as error:
            if error.errno in NOWHERE:
                return None
            raise _unreadable(path, error) from error
        is_file = stat.S_ISREG(status.st_mode) or stat.S_ISLNK(status.st_mode)
        return status if is_file and self._is_inside(_parent(path)) else None

    def _is_inside(self, folder: bytes) -> bool:
        """Tell whether no part of a folder's path is a symbolic link: git does not follow those."""
        if folder and folder not in self.inside:
            self.inside[folder] = self._is_inside(_parent(folder)) and not stat.S_ISLNK(
                os.lstat(self._name(folder)).st_mode
            )
        return not folder or self.inside[folder]

    def _changed(self, tracked: Iterable[_Found], links: Collection[bytes]) -> Iterator[_File]:
        """Yield the tracked files that differ in more than line ends, with those of the index.

        `links` are files that stand for links.
        """
        index = self.git_dir / "index"
        index_seconds = int(index.stat().st_mtime) if index.exists() else 0
        differing = [
            file
            for entry, status in tracked
            if status and not entry.matches(status, index_seconds=index_seconds)
            if (file := self._differing(entry, status, is_link=entry.path in links))
        ]
        blobs = self.objects.read([file.committed for file in differing if file.committed])
        for file in differing:
            committed = blobs.get(file.committed)
            if not isinstance(committed, bytes):
                yield file
            elif _with_lf(file.content) != _with_lf(committed):
                yield file if b"\r" in committed else replace(file, content=_with_lf(file.content))

    def _differing(self, entry: Tracked, status: os.stat_result, *, is_link: bool) -> _File | None:
        """Return the file unless its content, as it is or with LF, is what the index holds."""
        mode = SYMLINK_MODE if is_link else _mode(status)
        content = self._content(entry.path, status)
        if (mode == SYMLINK_MODE) != (entry.mode == SYMLINK_MODE):
            return _File(entry.path, mode, content)
        if len(content) > limits.STREAM_BYTES:
            with self._open(entry.path) as whole:
                same = entry.oid == self.store.file_oid(whole, status.st_size)
        else:
            same = any(entry.oid == self.store.oid(form(content)) for form in (bytes, _with_lf))
        return None if same else _File(entry.path, entry.mode, content, entry.oid)

    def _new(self, untracked: Iterable[bytes]) -> Iterator[_File]:
        for path in untracked:
            if status := self._status(path):
                content = self._content(path, status) if is_read(decode_path(path)) else b""
                yield _File(path, _mode(status), content)

    def _content(self, path: bytes, status: os.stat_result) -> bytes:
        """Read a file, just over the limit of what is ever looked at, or where a link points."""
        if stat.S_ISLNK(status.st_mode):
            return os.fsencode(self._place(path).readlink())
        with self._open(path) as file:
            return file.read(limits.STREAM_BYTES + 1)

    def _open(self, path: bytes) -> IO[bytes]:
        try:
            return self._place(path).open("rb")
        except OSError as error:
            raise _unreadable(path, error) from error

    def _place(self, path: bytes) -> Path:
        return Path(os.fsdecode(self._name(path)))

    def _name(self, path: bytes) -> bytes:
        return self.top + b"/" + path


def _unreadable(path: bytes, error: OSError) -> UserError:
    return UserError(UNREADABLE.format(path=decode_path(path), reason=error.strerror or ""))


def _parent(path: bytes) -> bytes:
    return path.rpartition(b"/")[0]


def _written_links(git: Git, tracked: Iterable[_Found]) -> Collection[bytes]:
    """Return the files that hold where a link points, as git writes them without core.symlinks."""
    files = {
        entry.path
        for entry, status in tracked
        if entry.mode == SYMLINK_MODE and status and stat.S_ISREG(status.st_mode)
    }
    return files if files and not has_links(git) else ()


def _mode(status: os.stat_result) -> str:
    """Return git's mode; whether a file is executable makes no difference here."""
    return SYMLINK_MODE if stat.S_ISLNK(status.st_mode) else FILE_MODE


def _with_lf(content: bytes) -> bytes:
    return content.replace(b"\r\n", b"\n")
