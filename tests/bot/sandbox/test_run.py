"""`ssot sandbox` starts everything, shows the verdicts, and ends when asked."""

from __future__ import annotations

import asyncio
import signal
import socket
import sys

import aiohttp

PATIENCE_SECONDS = 60


async def test_sandbox_shows_reviewed_pull_requests_and_ends_on_sigint() -> None:
    child = await asyncio.create_subprocess_exec(
        *(sys.executable, "-m", "bot", "sandbox"), stdout=asyncio.subprocess.PIPE
    )
    assert child.stdout is not None
    try:
        async with asyncio.timeout(PATIENCE_SECONDS), aiohttp.ClientSession() as session:
            announced = (await child.stdout.readline()).decode()
            url = next(word for word in announced.split() if word.startswith("http"))
            index = await (await session.get(url)).text()
            tabs = [f"{url}/acme/shop/pull/3/{tab}" for tab in ("checks", "files")]
            page = "".join([await (await session.get(tab)).text() for tab in tabs])
            silent = await (await session.get(f"{url}/acme/shop/pull/6")).text()
            mended = await (await session.get(f"{url}/acme/shop/pull/7")).text()
            child.send_signal(signal.SIGINT)
            code = await child.wait()
    finally:
        if child.returncode is None:
            child.kill()
    assert (index.count(">failure<"), index.count(">success<")) == (3, 3)
    for shown in ("shop.legacy.prices", "Apply suggestion</button>", "Apply fixes</button>"):
        assert shown in page
    assert "forbidden-import" not in silent
    assert "Fixed" in mended
    assert code == 0


async def test_port_that_is_taken_is_answered_with_a_sentence() -> None:
    with socket.create_server(("127.0.0.1", 0)) as taken:
        port = taken.getsockname()[1]
        child = await asyncio.create_subprocess_exec(
            *(sys.executable, "-m", "bot", "sandbox", "--port", str(port)),
            stdout=asyncio.subprocess.PIPE,
            stderr=asyncio.subprocess.PIPE,
        )
        shown, complaint = await child.communicate()
    assert complaint.decode() == f"ssot: cannot listen on port {port}: Address already in use\n"
    assert (shown, child.returncode) == (b"", 2)
