"""Processes that are measured: started as an operator starts them, looked at from outside."""

from __future__ import annotations

import json
import os
import subprocess
import sys
import urllib.request
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from tests.bot.web.scrape import samples

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

TICKS = os.sysconf("SC_CLK_TCK")
STARTED = ("service.started", "worker.started")


@dataclass(frozen=True, slots=True)
class Cpu:
    """Seconds of processor time: of the process, of the git that it ran, of its readers."""

    own: float = 0.0
    git: float = 0.0
    readers: float = 0.0

    def __add__(self, other: Cpu) -> Cpu:
        return Cpu(self.own + other.own, self.git + other.git, self.readers + other.readers)

    def __sub__(self, other: Cpu) -> Cpu:
        return Cpu(self.own - other.own, self.git - other.git, self.readers - other.readers)

    @property
    def total(self) -> float:
        return self.own + self.git + self.readers


@dataclass(frozen=True, slots=True)
class Service:
    """A running `ssot serve` or `ssot work`."""

    process: subprocess.Popen[bytes]
    url: str

    def cpu(self) -> Cpu:
        """Tell the time so far; git is waited for and gone, readers live until the end."""
        user, system, waited_user, waited_system = _times(self.process.pid)
        readers = sum(sum(_times(pid)[:2]) for pid in self._children())
        return Cpu(user + system, waited_user + waited_system, readers)

    def memory_bytes(self) -> tuple[int, int]:
        """Tell the proportional set size of the process itself and of its readers together."""
        return _pss(self.process.pid), sum(_pss(pid) for pid in self._children())

    def metrics(self) -> Mapping[str, float]:
        """Ask what it tells Prometheus."""
        with urllib.request.urlopen(f"{self.url}/metrics") as answer:
            return samples(answer.read().decode())

    def _children(self) -> list[int]:
        task = Path(f"/proc/{self.process.pid}/task")
        return [int(pid) for each in task.glob("*/children") for pid in each.read_text().split()]


@contextmanager
def service(
    command: str, environment: Mapping[str, str], *flags: str, log: Path
) -> Iterator[Service]:
    """Run a service until the block ends, its log in a file."""
    with log.open("wb") as errors:
        process = subprocess.Popen(
            [sys.executable, "-m", "bot", command, *flags],
            env={**os.environ, **environment, "LOG_FORMAT": "json"},
            stderr=errors,
        )
        try:
            yield Service(process, _url(process, log))
        finally:
            process.terminate()
            process.wait()


def _url(process: subprocess.Popen[bytes], log: Path) -> str:
    """Follow the log until the service listens."""
    with log.open() as lines:
        while process.poll() is None:
            line = lines.readline()
            if line.endswith("\n") and (event := json.loads(line))["event"] in STARTED:
                return str(event["url"])
    raise RuntimeError(log.read_text())


def _times(pid: int) -> tuple[float, ...]:
    """Read user and system time, and those of all children that were waited for."""
    try:
        stat = Path(f"/proc/{pid}/stat").read_text()
    except OSError:
        return 0.0, 0.0, 0.0, 0.0
    return tuple(int(ticks) / TICKS for ticks in stat.rpartition(")")[2].split()[11:15])


def _pss(pid: int) -> int:
    try:
        lines = Path(f"/proc/{pid}/smaps_rollup").read_text().splitlines()
    except OSError:
        return 0
    return sum(int(line.split()[1]) << 10 for line in lines if line.startswith("Pss:"))
