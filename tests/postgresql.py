"""A PostgreSQL to test on: the one that is there, else one started from installed binaries."""

from __future__ import annotations

import os
import shutil
import subprocess
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING

import psycopg
from aiohttp.test_utils import unused_port

if TYPE_CHECKING:
    from collections.abc import Iterator

LOCAL = "postgresql://127.0.0.1:5432/test"
NO_BINARIES = "no PostgreSQL at DATABASE_URL or 127.0.0.1:5432, and no initdb to start one with"
NO_ACCOUNT = "no PostgreSQL is running, and it refuses to be started by root"
INSTALLED = sorted(Path("/usr/lib/postgresql").glob("*/bin"), reverse=True)


class NoneFoundError(Exception):
    """There is no PostgreSQL, for the reason that the text says."""


@contextmanager
def found_or_started(folder: Path) -> Iterator[str]:
    """Yield the URL of a database; NoneFoundError where there is none."""
    url = os.environ.get("DATABASE_URL") or LOCAL
    try:
        psycopg.connect(url, connect_timeout=5).close()
    except psycopg.OperationalError:
        if os.environ.get("DATABASE_URL"):
            raise
        with _started(folder) as own:
            yield own
    else:
        yield url


@contextmanager
def _started(folder: Path) -> Iterator[str]:
    path = os.pathsep.join([*map(str, INSTALLED), os.environ.get("PATH", "")])
    initdb, server = (shutil.which(name, path=path) for name in ("initdb", "postgres"))
    if initdb is None or server is None:
        raise NoneFoundError(NO_BINARIES)
    if os.geteuid() == 0:
        raise NoneFoundError(NO_ACCOUNT)
    data, port = folder / "data", unused_port()
    subprocess.run(
        [initdb, "-A", "trust", "-U", "test", "-E", "UTF8", "-D", data],
        check=True,
        stdout=subprocess.DEVNULL,
    )
    options = ["-p", str(port), "-k", str(folder), "-c", "listen_addresses=127.0.0.1"]
    process = subprocess.Popen([server, "-D", data, *options], stderr=subprocess.DEVNULL)
    try:
        yield _when_up(f"postgresql://test@127.0.0.1:{port}/postgres", process)
    finally:
        process.terminate()
        process.wait(30)


def _when_up(url: str, process: subprocess.Popen[bytes]) -> str:
    while process.poll() is None:
        try:
            psycopg.connect(url, connect_timeout=5).close()
        except psycopg.OperationalError:
            continue
        return url
    raise NoneFoundError(f"PostgreSQL ended with {process.returncode} right after its start")
