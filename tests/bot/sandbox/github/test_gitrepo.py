"""What git says of objects is remembered, and never what it could not say yet."""

from __future__ import annotations

from typing import TYPE_CHECKING

from bot.sandbox.github.committing import Change
from bot.sandbox.github.gitrepo import GitRepository

if TYPE_CHECKING:
    from pathlib import Path

MAIN = "refs/heads/main"


def test_branch_that_moves_is_followed(tmp_path: Path) -> None:
    git = GitRepository.create(tmp_path / "shop.git")
    first = git.commit(MAIN, {"a.py": "x = 1\n"}, Change("First", 1))
    assert (git.branch("main"), git.message("main")) == (first, "First")
    second = git.commit(MAIN, {"a.py": "x = 2\n"}, Change("Second", 2, first))
    assert (git.branch("main"), git.message("main")) == (second, "Second")
    assert (git.message(first), git.paths("main")) == ("First", ("a.py",))


def test_commit_that_comes_later_is_known_then(tmp_path: Path) -> None:
    git = GitRepository.create(tmp_path / "shop.git")
    base = git.commit(MAIN, {"a.py": "x = 1\n"}, Change("First", 1))
    fork = GitRepository.copy(git.path, tmp_path / "fork.git")
    head = fork.commit(MAIN, {"b.py": "y = 1\n"}, Change("Second", 2, base))
    assert (git.commit_id(head), git.merge_base(base, head)) == (None, None)
    git.take(fork, head, "refs/pull/1/head")
    assert (git.commit_id(head), git.merge_base(base, head)) == (head, base)


def test_repositories_do_not_answer_for_each_other(tmp_path: Path) -> None:
    one, other = (GitRepository.create(tmp_path / name) for name in ("one.git", "other.git"))
    commit = one.commit(MAIN, {"a.py": ""}, Change("First", 1))
    assert one.commit_id(commit) == commit
    assert other.commit_id(commit) is None
