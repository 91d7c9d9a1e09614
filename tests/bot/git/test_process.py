"""One git command stays within its bounds, and its errors give nothing away."""

from __future__ import annotations

import os
import resource
import select
import subprocess
import sys
import threading
from typing import TYPE_CHECKING

import pytest

from bot.git.environment import anywhere
from bot.git.process import Git, GitError, GitVersionError, LimitError, SlowError, require_version

if TYPE_CHECKING:
    from pathlib import Path


def fake_git(folder: Path, script: str) -> Git:
    """Return a git whose program is a shell script."""
    program = folder / "bin" / "git"
    program.parent.mkdir()
    program.write_text(f"#!/bin/sh\n{script}\n")
    program.chmod(0o755)
    return Git(folder, {"PATH": f"{program.parent}:{os.defpath}"})


def test_slow_git_is_killed_with_its_children(tmp_path: Path) -> None:
    alive = tmp_path / "alive"
    os.mkfifo(alive)
    reader = os.open(alive, os.O_RDONLY | os.O_NONBLOCK)
    git = fake_git(tmp_path, "exec 3> alive; sleep 60 > /dev/null & wait")
    with pytest.raises(SlowError, match="git fetch took longer than 2 s"):
        git.run("fetch", seconds=2.0)
    poll = select.poll()
    poll.register(reader, select.POLLHUP)
    assert poll.poll(10_000)  # hung up: nobody holds the other end any more
    os.close(reader)


def test_output_over_the_limit_is_refused(tmp_path: Path) -> None:
    git = fake_git(tmp_path, "yes")
    with pytest.raises(LimitError, match="more than 1 MB"):
        git.run("log", output_bytes=1 << 20)


def test_input_larger_than_a_pipe_does_not_block(tmp_path: Path) -> None:
    git = fake_git(tmp_path, "cat; echo complaint >&2")
    assert git.run("echo", stdin=b"x" * 1_000_000) == b"x" * 1_000_000


def test_no_thread_is_left_for_a_fork_to_meet(tmp_path: Path) -> None:
    git, before = fake_git(tmp_path, "echo"), threading.active_count()
    for _ in range(50):
        git.run("echo")
        assert threading.active_count() == before


def test_failure_tells_what_git_said_but_no_argument(tmp_path: Path) -> None:
    git = fake_git(tmp_path, "echo fatal: no such thing >&2; exit 128")
    with pytest.raises(GitError) as caught:
        git.run("show", "--secret")
    assert str(caught.value) == "git show failed: fatal: no such thing"
    assert caught.value.returncode == 128


def test_git_that_runs_out_of_bounds_is_told_apart(tmp_path: Path) -> None:
    git = fake_git(tmp_path, "kill -SEGV $$")
    with pytest.raises(LimitError):
        git.run("diff-tree")


def test_nothing_of_the_callers_environment_gets_in(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("GIT_DIR", "/elsewhere")
    monkeypatch.setenv("GIT_TRACE", "1")
    monkeypatch.setenv("SECRET", "1")
    git = fake_git(tmp_path, "env")
    printed = Git(tmp_path, {**anywhere(), **git.environment}).run("env")
    names = {line.partition(b"=")[0] for line in printed.splitlines()}
    assert not names & {b"GIT_DIR", b"GIT_TRACE", b"SECRET"}
    assert b"GIT_CONFIG_COUNT" in names


def test_read_reaches_no_other_repository_whatever_the_config_allows(tmp_path: Path) -> None:
    git = Git(tmp_path, anywhere())
    git.run("init", "--quiet", "--bare", "there")
    git.run("init", "--quiet", "--bare", ".")
    git.run("config", "protocol.file.allow", "always")
    with pytest.raises(GitError, match="not allowed"):
        git.run("ls-remote", f"file://{tmp_path}/there")


def test_limits_of_the_system_that_cannot_be_raised_are_kept(tmp_path: Path) -> None:
    program = (
        "import resource; from pathlib import Path; from bot.git.environment import anywhere;"
        "from bot.git.process import Git;"
        "resource.setrlimit(resource.RLIMIT_FSIZE, (1 << 20, 1 << 20));"
        "print(Git(Path('/'), anywhere()).run('version').decode())"
    )
    done = subprocess.run([sys.executable, "-c", program], capture_output=True, check=True)
    assert done.stdout.startswith(b"git version")
    assert resource.getrlimit(resource.RLIMIT_FSIZE)[0] != 1 << 20


def test_recent_git_is_accepted(tmp_path: Path) -> None:
    require_version(Git(tmp_path, anywhere()))
    require_version(fake_git(tmp_path, "echo 'git version 3.0.0.rc1 (Apple Git-1)'"))


@pytest.mark.parametrize("version", ["git version 2.31.9", "git version 1.9.1", "something else"])
def test_old_git_is_refused_with_what_is_needed(tmp_path: Path, version: str) -> None:
    git = fake_git(tmp_path, f"echo {version}")
    with pytest.raises(GitVersionError, match=r"git 2\.32 or newer is needed, found"):
        require_version(git)


def test_missing_git_is_said_to_be_missing(tmp_path: Path) -> None:
    with pytest.raises(GitVersionError, match="git could not be run"):
        require_version(Git(tmp_path, {"PATH": str(tmp_path)}))
