"""What is said of blobs in batches, also where they are not at hand."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest

from bot.blobs import BYTES_HERE, GitBlobs
from bot.bounds import Failure, FailureCause
from bot.cli import forks
from bot.git import bulk
from bot.git.clone import Clone
from bot.git.process import GitError

if TYPE_CHECKING:
    from collections.abc import Sequence

    from tests.bot.git.conftest import Author

WARN = 'import warnings\nwarnings.warn("use shop.engine", DeprecationWarning)\n'
MISSING = "0" * 40


def test_module_that_is_not_at_hand_neither_warns_nor_is_broken(author: Author) -> None:
    author.commit({"old.py": WARN, "bad.py": "def f(:\n"})
    old, bad = (author.git("rev-parse", f"HEAD:{path}") for path in ("old.py", "bad.py"))
    objects = Clone.at(author.folder).objects

    assert dict(bulk.warnings(objects, [old, bad, MISSING])) == {old: True, bad: None}


def test_blob_that_git_cannot_read_is_told_by_git(author: Author) -> None:
    author.commit({"old.py": "".join(f"import module_{number}\n" for number in range(1000))})
    oid = author.git("rev-parse", "HEAD:old.py")
    file = author.folder / ".git" / "objects" / oid[:2] / oid[2:]
    file.chmod(0o644)
    file.write_bytes(file.read_bytes()[:1000])
    blobs = GitBlobs(Clone.at(author.folder).objects, forks.run, watch=lambda *_: None)

    with pytest.raises(GitError, match="git cat-file"):
        blobs.facts([oid])


def test_module_that_no_worker_finished_neither_warns_nor_is_broken(author: Author) -> None:
    def fail(function: object, batches: Sequence[Any], *, timeout_seconds: float) -> list[Failure]:
        return [Failure(FailureCause.TIMEOUT, "took too long") for _ in batches]

    author.commit({"old.py": WARN + "#" * BYTES_HERE})
    blobs = GitBlobs(Clone.at(author.folder).objects, fail, watch=lambda *_: None)

    assert blobs.warnings([author.git("rev-parse", "HEAD:old.py")]) == {}
