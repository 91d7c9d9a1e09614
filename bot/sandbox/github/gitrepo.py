"""Real bare git repositories on disk: the source of truth for commits, branches and contents."""

from __future__ import annotations

import os
import re
import shutil
import subprocess
from dataclasses import dataclass
from threading import Lock
from typing import TYPE_CHECKING

from cachetools import LRUCache, cached

from bot.sandbox.github.committing import AUTHOR, import_stream

if TYPE_CHECKING:
    from collections.abc import Mapping
    from pathlib import Path

    from bot.sandbox.github.committing import Change

# As on GitHub: partial clones, and any object by its id, also a force-pushed-away one.
_CONFIG = {
    "uploadpack.allowFilter": "true",
    "uploadpack.allowAnySHA1InWant": "true",
    "gc.auto": "0",
    "core.logAllRefUpdates": "false",
}
_OID = re.compile(r"[0-9a-f]{40}")
_REMEMBERED_BYTES = 16 << 20


class GitError(Exception):
    """A git command failed; the text is git's own."""


@dataclass(frozen=True, slots=True)
class Blob:
    """A file's contents at some commit."""

    oid: str
    content: bytes

    @property
    def is_binary(self) -> bool:
        """Judge as git does: a NUL in the first 8,000 bytes."""
        return b"\0" in self.content[:8000]


def git_environment() -> dict[str, str]:
    """Give git nothing of the user's own settings."""
    return {
        "PATH": os.environ.get("PATH", os.defpath),
        "HOME": "/nonexistent",
        "LC_ALL": "C",
        "GIT_CONFIG_NOSYSTEM": "1",
        "GIT_CONFIG_GLOBAL": os.devnull,
        "GIT_NO_REPLACE_OBJECTS": "1",
    }


def git_binary() -> str:
    """Find git once, so that no lookup depends on the caller's folder."""
    found = shutil.which("git")
    if found is None:
        msg = "git is not installed"
        raise GitError(msg)
    return found


class GitRepository:
    """One bare repository; every method is a git command that runs to its end."""

    def __init__(self, path: Path) -> None:
        self.path = path

    @classmethod
    def create(cls, path: Path) -> GitRepository:
        """Make an empty bare repository that serves partial clones."""
        repository = cls(path)
        path.mkdir(parents=True)
        repository.git("init", "--quiet", "--bare", "--template=", "--initial-branch=main", ".")
        repository._configure()
        return repository

    @classmethod
    def copy(cls, source: Path, path: Path) -> GitRepository:
        """Copy all branches and tags of the repository at `source`, bare or not."""
        repository = cls(path)
        path.mkdir(parents=True)
        repository.git("clone", "--quiet", "--bare", "--template=", str(source), ".")
        repository._configure()
        return repository

    def _configure(self) -> None:
        for key, value in _CONFIG.items():
            self.git("config", key, value)

    def git(self, *arguments: str, stdin: bytes = b"") -> bytes:
        """Run git in the repository and return its output; raise `GitError` when it fails."""
        done = subprocess.run(  # noqa: S603 -- a fixed program, no shell
            [git_binary(), *arguments],
            cwd=self.path,
            env=git_environment(),
            input=stdin,
            capture_output=True,
            check=False,
        )
        if done.returncode:
            raise GitError(done.stderr.decode(errors="replace").strip())
        return done.stdout

    def told(self, ids: tuple[str, ...], *arguments: str) -> bytes:
        """Run git in the repository, where all that it is asked about are `ids`.

        Of objects that are here git says the same for ever, and it is asked about the same few.
        """
        if all(map(_OID.fullmatch, ids)):
            return _told(self.path, *arguments)
        return self.git(*arguments)

    def commit_id(self, expression: str) -> str | None:
        """Resolve a branch, tag or (short) id to a commit that exists here."""
        question = ("rev-parse", "--verify", "--quiet", "--end-of-options")
        try:
            found = self.told((expression,), *question, f"{expression}^{{commit}}")
        except GitError:
            return None
        return found.decode().strip()

    def branch(self, name: str) -> str | None:
        """Return the tip of a branch."""
        return self.commit_id(f"refs/heads/{name}")

    def branches(self) -> tuple[str, ...]:
        """List the branches by name."""
        listing = self.git("for-each-ref", "--format=%(refname:lstrip=2)", "refs/heads")
        return tuple(listing.decode().split())

    def tree_id(self, commit: str) -> str:
        """Return the id of a commit's root tree."""
        return self.told((commit,), "rev-parse", f"{commit}^{{tree}}").decode().strip()

    def message(self, commit: str) -> str:
        """Return a commit's message."""
        return (
            self.told((commit,), "log", "-1", "--format=%B", commit)
            .decode(errors="replace")
            .strip()
        )

    def parents(self, commit: str) -> tuple[str, ...]:
        """List a commit's parents."""
        return tuple(self.told((commit,), "log", "-1", "--format=%P", commit).decode().split())

    def committed_at(self, commit: str) -> str:
        """Return a commit's time as REST writes it."""
        form = ("--format=%cd", "--date=format:%Y-%m-%dT%H:%M:%SZ")
        when = self.told((commit,), "log", "-1", *form, commit)
        return when.decode().strip()

    def object(self, oid: str) -> bytes | None:
        """Return the contents of a blob by its id."""
        try:
            return self.told((oid,), "cat-file", "blob", oid) if _OID.fullmatch(oid) else None
        except GitError:
            return None

    def merge_base(self, one: str, other: str) -> str | None:
        """Return the first merge base, None for unrelated histories."""
        try:
            return self.told((one, other), "merge-base", one, other).decode().strip()
        except GitError:
            return None

    def commits(self, base: str, head: str) -> tuple[str, ...]:
        """List the commits of `head` that `base` has not, oldest first."""
        found = self.told((base, head), "rev-list", "--reverse", head, f"^{base}")
        return tuple(found.decode().split())

    def history(self, commit: str) -> tuple[str, ...]:
        """List a commit and all before it, newest first."""
        return tuple(self.told((commit,), "rev-list", commit).decode().split())

    def log(self, *arguments: str) -> list[tuple[str, int, str]]:
        """List commits as id, Unix seconds and subject, oldest first."""
        raw = self.git("log", "--reverse", "--format=%H%x00%ct%x00%s", *arguments, "--")
        lines = [line.split("\0") for line in raw.decode(errors="replace").splitlines()]
        return [(sha, int(seconds), subject) for sha, seconds, subject in lines]

    def merges(self, base: str, head: str) -> bool:
        """Tell whether two commits can be merged without a conflict."""
        try:
            self._merged_tree(base, head)
        except GitError:
            return False
        return True

    def is_ancestor(self, older: str, newer: str) -> bool:
        """Tell whether `older` is reachable from `newer`."""
        return self.merge_base(older, newer) == older

    def merge(self, base: str, head: str, *, timestamp: int) -> str:
        """Write the merge commit of two commits that do not conflict; returns its id."""
        message = f"Merge {head}"
        tree = self._merged_tree(base, head)
        header = f"tree {tree}\nparent {base}\nparent {head}\n"
        people = f"author {AUTHOR} {timestamp} +0000\ncommitter {AUTHOR} {timestamp} +0000\n"
        commit = f"{header}{people}\n{message}\n".encode()
        return (
            self.git("hash-object", "-t", "commit", "-w", "--stdin", stdin=commit).decode().strip()
        )

    def _merged_tree(self, base: str, head: str) -> str:
        return self.git("merge-tree", "--write-tree", base, head).decode().split("\n")[0]

    def touched(self, before: str | None, after: str) -> dict[str, list[str]]:
        """List the paths that a push added, removed and modified."""
        if before is None:
            return {"added": [], "removed": [], "modified": []}
        flags = ("-r", "-z", "--name-status", "--no-renames")
        raw = self.told((before, after), "diff-tree", *flags, before, after)
        fields = raw.decode(errors="replace").split("\0")
        changes = list(zip(fields[::2], fields[1::2], strict=False))
        return {
            "added": [path for status, path in changes if status == "A"],
            "removed": [path for status, path in changes if status == "D"],
            "modified": [path for status, path in changes if status not in ("A", "D")],
        }

    def set_ref(self, ref: str, commit: str) -> None:
        """Point a ref at a commit, forced."""
        self.git("update-ref", ref, commit)

    def delete_ref(self, ref: str) -> None:
        """Remove a ref."""
        self.git("update-ref", "-d", ref)

    def take(self, source: GitRepository, commit: str, ref: str) -> None:
        """Copy a commit with all its objects from another repository and point `ref` at it."""
        self.git("fetch", "--quiet", "--no-tags", str(source.path), f"+{commit}:{ref}")

    def look_up(self, expression: str) -> tuple[str, str] | None:
        """Resolve `REV` or `REV:path` to the kind of object (`Commit`, `Tree`, `Blob`) and its id.

        Trees and blobs by path, annotated tags as their commit; None when there is nothing.
        """
        if "\n" in expression or expression.startswith("-"):
            return None
        answer = self.git("cat-file", "--batch-check", stdin=expression.encode() + b"\n")
        parts = answer.decode(errors="replace").split(" ")
        if len(parts) != 3 or parts[1] not in ("commit", "tree", "blob"):
            return None
        return parts[1].capitalize(), parts[0]

    def blob(self, commit: str, path: str) -> Blob | None:
        """Return a file at a commit; None when the path is no file there."""
        name = f"{commit}:{path}".encode()
        if b"\n" in name:
            return None
        answer = self.git("cat-file", "--batch", stdin=name + b"\n")
        header, _, rest = answer.partition(b"\n")
        parts = header.split(b" ")
        if parts[1:2] != [b"blob"]:
            return None
        return Blob(parts[0].decode(), rest[: int(parts[2])])

    def paths(self, commit: str) -> tuple[str, ...]:
        """List the files of a commit."""
        listed = self.told((commit,), "ls-tree", "-r", "-z", "--name-only", commit)
        names = listed.decode(errors="replace")
        return tuple(name for name in names.split("\0") if name)

    def commit(self, ref: str, files: Mapping[str, str | bytes | None], change: Change) -> str:
        """Write one commit on top of `change.parent` with the given files, and point `ref` at it.

        A content of None deletes the path. Returns the commit's id.
        """
        stream = import_stream(ref, files, change)
        self.git("fast-import", "--quiet", "--force", stdin=stream)
        return self.git("rev-parse", "--verify", ref).decode().strip()


@cached(LRUCache(_REMEMBERED_BYTES, getsizeof=lambda said: 100 + len(said)), lock=Lock())
def _told(path: Path, *arguments: str) -> bytes:
    return GitRepository(path).git(*arguments)
