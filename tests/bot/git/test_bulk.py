"""What is said of blobs in batches, also where they are not at hand."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from bot.blobs import FEW, GitBlobs
from bot.git import bulk
from bot.git.clone import Clone
from bot.pool import Failure, FailureCause

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


def test_module_that_no_worker_finished_neither_warns_nor_is_broken(author: Author) -> None:
    def fail(function: object, batches: Sequence[Any], *, timeout_seconds: float) -> list[Failure]:
        return [Failure(FailureCause.TIMEOUT, "took too long") for _ in batches]

    author.commit({})
    blobs = GitBlobs(Clone.at(author.folder).objects, fail, watch=lambda *_: None)

    assert blobs.warnings([f"{number:040x}" for number in range(FEW + 1)]) == {}
