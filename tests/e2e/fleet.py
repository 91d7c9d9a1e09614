"""The processes of one service and the queue that they share; each may die at any moment."""

from __future__ import annotations

import asyncio
import os
import shutil
import sqlite3
import sys
import time
from contextlib import closing
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any, Protocol

import psycopg
from aiohttp.test_utils import unused_port

from bot.sandbox.run import SOON_SECONDS, service_environment

if TYPE_CHECKING:
    from asyncio.subprocess import Process
    from collections.abc import Iterable, Sequence
    from pathlib import Path

    from bot.sandbox.github.server import LocalGitHub

SERVE = "tests.e2e.serve"
WORK = "tests.e2e.work"
START_SECONDS = 60.0
STATES = {"todo": "waiting", "doing": "running", "succeeded": "done", "failed": "failed"}


class Queue(Protocol):
    """What a test asks of a queue that others work on."""

    @property
    def environment(self) -> dict[str, str]:
        """Tell the processes where it is."""
        ...

    def due(self) -> int:
        """Count the jobs that run, or may run within the hour."""
        ...

    def states(self, guids: Iterable[str]) -> dict[str, set[str]]:
        """Tell in which states the jobs of deliveries are; without any where it knows of none."""
        ...

    def wipe(self) -> None:
        """Delete the database; nobody works on it."""
        ...


@dataclass(frozen=True)
class SqliteQueue:
    """The file in the data folder."""

    data_dir: Path

    environment: dict[str, str] = field(default_factory=dict)

    def due(self) -> int:
        """Count the jobs that run, or may run within the hour."""
        text = (
            "select count(*) from job where state = 'running' or state = 'waiting' and run_at < ?"
        )
        ((count,),) = self._read(text, time.time() + SOON_SECONDS)
        return int(count)

    def states(self, guids: Iterable[str]) -> dict[str, set[str]]:
        """Tell in which states the jobs of deliveries are."""
        rows = self._read("select guid, state from delivery join job on job.id = delivery.job")
        return _by_guid(rows, guids)

    def wipe(self) -> None:
        """Delete nothing: the file goes with the data folder."""

    def _read(self, text: str, *values: object) -> list[tuple[Any, ...]]:
        path = self.data_dir / "queue.sqlite"
        with closing(sqlite3.connect(f"file:{path}?mode=ro", uri=True, timeout=30)) as connection:
            return connection.execute(text, values).fetchall()


@dataclass(frozen=True)
class PostgresQueue:
    """The schema in a database."""

    url: str

    @property
    def environment(self) -> dict[str, str]:
        """Tell the processes where it is."""
        return {"DATABASE_URL": self.url}

    def due(self) -> int:
        """Count the jobs that run, or may run within the hour."""
        text = (
            "select count(*) from ssot.procrastinate_jobs as job"
            " join ssot.ssot_job using (id)"
            " where job.status = 'doing' or job.status = 'todo' and run_at < %s"
        )
        with psycopg.connect(self.url) as connection:
            row = connection.execute(text, (time.time() + SOON_SECONDS,)).fetchone()
        assert row is not None
        return int(row[0])

    def states(self, guids: Iterable[str]) -> dict[str, set[str]]:
        """Tell in which states the jobs of deliveries are."""
        text = (
            "select guid, job.status::text from ssot.ssot_delivery as delivery"
            " join ssot.procrastinate_jobs as job on job.id = delivery.job"
        )
        with psycopg.connect(self.url) as connection:
            rows = connection.execute(text).fetchall()
        return _by_guid([(guid, STATES[status]) for guid, status in rows], guids)

    def wipe(self) -> None:
        """Delete all tables."""
        with psycopg.connect(self.url, autocommit=True) as connection:
            connection.execute("drop schema ssot cascade")


def _by_guid(rows: Iterable[tuple[Any, ...]], guids: Iterable[str]) -> dict[str, set[str]]:
    found: dict[str, set[str]] = {guid: set() for guid in guids}
    for guid, state in rows:
        if guid in found:
            found[guid].add(state)
    return found


class Fleet:
    """One process that serves, and those that work beside it; the first is the one that serves.

    `kills` counts the deaths, and `served_from` says how many requests GitHub knew when the
    process that serves was started last.
    """

    def __init__(
        self, github: LocalGitHub, queue: Queue, folder: Path, *, modules: Sequence[str]
    ) -> None:
        self.queue = queue
        self.kills = 0
        self.served_from = 0
        self._github = github
        self._folder = folder
        self._modules = modules
        self._port = unused_port()
        self._processes: list[Process | None] = [None] * len(modules)

    @property
    def serves(self) -> bool:
        """Tell whether deliveries arrive."""
        return self._processes[0] is not None

    @property
    def works(self) -> bool:
        """Tell whether anybody lives."""
        return any(self._processes)

    @property
    def size(self) -> int:
        """Tell how many processes there are, dead or alive."""
        return len(self._modules)

    async def start(self) -> None:
        """Start what is not there; it listens when this returns."""
        self._github.webhooks.url = f"http://127.0.0.1:{self._port}/webhook"
        for index, process in enumerate(self._processes):
            if process is None:
                self._processes[index] = await self._started(index)

    async def kill(self, index: int) -> None:
        """Let a process die without a chance to say anything; nothing happens to a dead one."""
        process = self._processes[index]
        if process is None:
            return
        self._processes[index] = None
        self.kills += 1
        process.kill()
        await process.wait()

    async def stop(self) -> None:
        """Let all die."""
        for index in range(self.size):
            await self.kill(index)

    def forget(self) -> None:
        """Delete database and data folders; nobody lives."""
        assert not self.works
        self.queue.wipe()
        for index in range(self.size):
            shutil.rmtree(self._data_dir(index), ignore_errors=True)

    def log(self) -> str:
        """Read what all have logged."""
        return "".join(path.read_text() for path in sorted(self._folder.glob("log-*")))

    def _data_dir(self, index: int) -> Path:
        return self._folder / f"data-{index}"

    async def _started(self, index: int) -> Process:
        environment = {
            "PATH": os.environ["PATH"],
            **service_environment(self._github, self._data_dir(index)),
            **self.queue.environment,
            "PORT": str(self._port),
        }
        if index == 0:
            self.served_from = len(self._github.requests)
        with (self._folder / f"log-{index}").open("ab") as log:
            process = await asyncio.create_subprocess_exec(
                *(sys.executable, "-m", self._modules[index]),
                env=environment,
                stdout=asyncio.subprocess.PIPE,
                stderr=log,
            )
        if index == 0:
            assert process.stdout is not None
            async with asyncio.timeout(START_SECONDS):
                assert await process.stdout.readline()
        return process
