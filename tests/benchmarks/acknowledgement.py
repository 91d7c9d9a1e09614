"""Measure how fast deliveries are acknowledged: `python -m tests.benchmarks.acknowledgement`.

ssot has each on disk before it answers; Probot stores nothing. The queue is not worked on
meanwhile, because the GitHub of the benchmark never answers: what is measured is the door alone.
"""

from __future__ import annotations

import argparse
import json
import os
import socket
import statistics
import subprocess
import sys
import tempfile
import time
import urllib.request
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from aiohttp.test_utils import unused_port
from cryptography.hazmat.primitives import serialization
from cryptography.hazmat.primitives.asymmetric import rsa

from tests.benchmarks.sending import SECRET, Speed
from tests.benchmarks.table import Row, show
from tests.benchmarks.timing import COMPILED

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence

NO_PROBOT = "nothing: `--probot` names no folder where `npm install probot` was run"
START_SECONDS = 60.0
LOOK_SECONDS = 0.05
APP = 'export default (app) => app.on("pull_request", async () => {});\n'
SPEED = "{speed.rate:,.0f}/s, p50 {speed.p50:.1f}, p99 {speed.p99:.1f} ms"
GOAL = "0.50 x rate, p99 20 ms"
PROBOT = "Probot"


@dataclass(frozen=True, slots=True)
class Server:
    """A server that takes deliveries at `url`; it answers at `probe` when it has started."""

    name: str
    command: tuple[str, ...]
    environment: Mapping[str, str]
    url: str
    probe: str


def main() -> None:
    """Print a row for each store."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--probot", type=Path, help="the folder where Probot is installed")
    parser.add_argument("--database-url", help="measure with this PostgreSQL, too")
    parser.add_argument("--count", type=int, default=3000, help="deliveries in a round")
    parser.add_argument("--rounds", type=int, default=3)
    show(_rows(parser.parse_args()))


def _rows(arguments: argparse.Namespace) -> Iterator[Row]:
    """Have the servers take turns; a round before the first warms them up."""
    with tempfile.TemporaryDirectory() as folder, ExitStack() as stack:
        servers = list(_servers(stack, Path(folder), arguments))
        speeds: dict[str, list[Speed]] = {server.name: [] for server in servers}
        for turn in range(arguments.rounds + 1):
            for server in servers:
                speed = _sent(server, arguments.count)
                speeds[server.name] += [speed] if turn else []
    told = {name: _median(each) for name, each in speeds.items()}
    other = told.pop(PROBOT, None)
    for name, speed in told.items():
        yield _row(name, speed, other)


def _row(name: str, speed: Speed, other: Speed | None) -> Row:
    against = f"{PROBOT} {SPEED.format(speed=other)}" if other else NO_PROBOT
    ratio = f"{speed.rate / other.rate:.2f}" if other else ""
    return Row(f"acknowledgement, {name}", SPEED.format(speed=speed), against, ratio, GOAL)


def _servers(stack: ExitStack, folder: Path, arguments: argparse.Namespace) -> Iterator[Server]:
    """Start all servers, each with everything of its own."""
    github = stack.enter_context(socket.create_server(("127.0.0.1", 0), backlog=128))
    port = github.getsockname()[1]
    key = _private_key()
    stores = {"SQLite": ""} | ({"PostgreSQL": url} if (url := arguments.database_url) else {})
    for name, url in stores.items():
        server = _ssot(name, folder / name, key=key, github=port, database_url=url)
        yield stack.enter_context(_started(server))
    if arguments.probot:
        server = _probot(arguments.probot, folder / "probot", key=key)
        yield stack.enter_context(_started(server))


def _ssot(name: str, data: Path, *, key: str, github: int, database_url: str) -> Server:
    port = unused_port()
    environment = {
        "GITHUB_APP_ID": "1",
        "GITHUB_APP_PRIVATE_KEY": key,
        "GITHUB_WEBHOOK_SECRET": SECRET,
        "GITHUB_SERVER_URL": f"http://127.0.0.1:{github}",
        "SSOT_DATA_DIR": str(data),
        **({"DATABASE_URL": database_url} if database_url else {}),
    }
    command = (sys.executable, "-m", "bot", "serve", "--port", str(port))
    address = f"http://127.0.0.1:{port}"
    return Server(name, command, environment, f"{address}/webhook", f"{address}/readyz")


def _probot(installed: Path, folder: Path, *, key: str) -> Server:
    folder.mkdir()
    (folder / "package.json").write_text('{"type": "module"}')
    app = folder / "app.js"
    app.write_text(APP)
    port = unused_port()
    environment = {
        "APP_ID": "1",
        "PRIVATE_KEY": key,
        "WEBHOOK_SECRET": SECRET,
        "PORT": str(port),
        "HOST": "127.0.0.1",
        "NODE_ENV": "production",
    }
    binaries = installed.resolve() / "node_modules" / ".bin"
    path = os.pathsep.join([str(binaries), os.environ["PATH"]])
    address = f"http://127.0.0.1:{port}"
    return Server(
        PROBOT,
        (str(binaries / "probot"), "run", str(app)),
        environment | {"PATH": path},
        f"{address}/api/github/webhooks",
        f"{address}/ping",
    )


@contextmanager
def _started(server: Server) -> Iterator[Server]:
    """Run a server until it is done with; it is killed, for its jobs would be waited for."""
    environment = {**os.environ, **COMPILED, **server.environment}
    process = subprocess.Popen(
        server.command,
        env=environment,
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
    )
    try:
        _wait_for(server, process)
        yield server
    finally:
        process.kill()
        process.wait()


def _wait_for(server: Server, process: subprocess.Popen[bytes]) -> None:
    deadline = time.monotonic() + START_SECONDS
    while process.poll() is None and time.monotonic() < deadline:
        try:
            with urllib.request.urlopen(server.probe, timeout=START_SECONDS):
                return
        except OSError:
            time.sleep(LOOK_SECONDS)
    message = f"{server.name} did not start: {' '.join(server.command)}"
    raise RuntimeError(message)


def _sent(server: Server, count: int) -> Speed:
    command = [sys.executable, "-m", "tests.benchmarks.sending", server.url, f"--count={count}"]
    done = subprocess.run(command, check=True, stdout=subprocess.PIPE)
    return Speed(**json.loads(done.stdout))


def _median(speeds: Sequence[Speed]) -> Speed:
    return Speed(
        statistics.median(speed.rate for speed in speeds),
        statistics.median(speed.p50 for speed in speeds),
        statistics.median(speed.p99 for speed in speeds),
    )


def _private_key() -> str:
    key = rsa.generate_private_key(public_exponent=65537, key_size=2048)
    return key.private_bytes(
        serialization.Encoding.PEM,
        serialization.PrivateFormat.TraditionalOpenSSL,
        serialization.NoEncryption(),
    ).decode()


if __name__ == "__main__":
    main()
