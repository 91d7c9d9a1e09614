"""`ssot sandbox` starts everything, shows the verdicts, and ends when asked."""

from __future__ import annotations

import asyncio
import os
import signal
import socket
import sys
from typing import TYPE_CHECKING, Self

import aiohttp
from yarl import URL

from bot.sandbox.run import run_sandbox

if TYPE_CHECKING:
    import pytest

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


class Tidying:
    """A local GitHub that is stopped while it starts, and once more while it tidies up."""

    tidied = False

    def __init__(self, *_: object, **__: object) -> None:
        """Take whatever the local GitHub takes."""

    async def __aenter__(self) -> Self:
        try:
            os.kill(os.getpid(), signal.SIGINT)
            await asyncio.Event().wait()
        finally:
            os.kill(os.getpid(), signal.SIGINT)
            await asyncio.sleep(0.01)
            Tidying.tidied = True
        return self

    async def __aexit__(self, *_: object) -> None:
        """Have nothing left to do."""


async def test_second_ctrl_c_does_not_end_the_tidying_up(monkeypatch: pytest.MonkeyPatch) -> None:
    """It showed a traceback, and left the temporary folder behind."""
    monkeypatch.setattr("bot.sandbox.run.LocalGitHub", Tidying)
    task = asyncio.create_task(run_sandbox(port=0, announce=lambda *_: None))
    await asyncio.wait([task])
    assert task.cancelled()
    assert Tidying.tidied


async def test_sandbox_names_the_pages_of_its_service_which_its_operator_sees() -> None:
    child = await asyncio.create_subprocess_exec(
        *(sys.executable, "-m", "bot", "sandbox"), stdout=asyncio.subprocess.PIPE
    )
    assert child.stdout is not None
    try:
        async with asyncio.timeout(PATIENCE_SECONDS):
            await child.stdout.readline()
            announced = (await child.stdout.readline()).decode()
            urls = [word for word in announced.split() if word.startswith("http")]
            # As browsers do: this machine may have cookies that are `Secure`.
            jar = aiohttp.CookieJar(unsafe=True, treat_as_secure_origin=URL(urls[0]).origin())
            async with aiohttp.ClientSession(cookie_jar=jar) as ada:
                question = (await ada.get(urls[1], allow_redirects=False)).headers["Location"]
                answer = {**URL(question).query, "login": "ada", "agree": "yes"}
                agreed = await ada.post(URL(question).with_query(None), data=answer)
                page = await (await ada.get(urls[0])).text()
    finally:
        child.terminate()
        await child.wait()
    assert (agreed.url.path, agreed.status) == ("/operator", 200)
    assert "How far " in page


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
