"""Work with git that nobody waits for any more is stopped."""

from __future__ import annotations

import asyncio
import os
from typing import TYPE_CHECKING

import pytest

from bot.git.leash import in_thread
from bot.git.process import Git, Leash, StoppedError, leashed
from tests.bot.git.test_process import fake_git

if TYPE_CHECKING:
    from pathlib import Path


async def test_cancelled_work_ends_with_its_git_and_starts_no_other(tmp_path: Path) -> None:
    started = tmp_path / "started"
    os.mkfifo(started)
    git = fake_git(tmp_path, "echo > started; sleep 60")
    ends: list[type[BaseException]] = []

    def work() -> None:
        for _ in range(2):
            try:
                git.run("fetch")
            except StoppedError as stopped:
                ends.append(type(stopped))

    task = asyncio.create_task(in_thread(work))
    await asyncio.to_thread(started.read_bytes)
    task.cancel()
    with pytest.raises(asyncio.CancelledError):
        await task
    await asyncio.get_running_loop().shutdown_default_executor()

    assert ends == [StoppedError, StoppedError]


async def test_work_that_is_waited_for_is_left_alone(tmp_path: Path) -> None:
    git = fake_git(tmp_path, "echo done")

    assert await in_thread(git.run, "fetch") == b"done\n"


def test_git_is_not_started_on_a_leash_that_is_cut(tmp_path: Path) -> None:
    leash = Leash()
    leash.cut()

    with leashed(leash), pytest.raises(StoppedError):
        Git(tmp_path, {}).run("version")
