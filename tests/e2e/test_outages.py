"""GitHub, git, the disk and the database fail for a while: people are told, nothing is lost."""

from __future__ import annotations

import asyncio
import os
import re
import resource
import sqlite3
import subprocess
from contextlib import contextmanager, suppress
from dataclasses import replace
from typing import TYPE_CHECKING

import psycopg
import pytest
from aiohttp import ClientSession

from bot.app import running
from bot.domain.errors import StoreError
from bot.domain.report import FAILED, FAILED_TITLE
from bot.sandbox.github.faults import BAD_GATEWAY, DROPPED, HUNG, TORN, Fault
from bot.sandbox.github.people import Opening
from bot.sandbox.github.server import LocalGitHub
from bot.sandbox.run import service_environment
from bot.settings import from_environment
from bot.world import AT_ONCE
from tests.bot.cli.queue import choose_folder, ssot
from tests.bot.web.scrape import samples
from tests.e2e.world import FILES, PATIENCE_SECONDS, World, until, world

if TYPE_CHECKING:
    from collections.abc import AsyncIterator, Awaitable, Callable, Iterator
    from pathlib import Path

    from bot.sandbox.github.check_records import CheckRun
    from bot.sandbox.github.front import RequestRecord

    Listed = Callable[[], Awaitable[str]]

IMPORT = "from shop.legacy.engine import OldEngine\n"
BAD_CREDENTIALS = Fault(401, '{"message": "Bad credentials"}')
NO_SUCH_REPOSITORY = Fault(404, "Repository not found.\n", content_type="text/plain")
# A read is tried three times before its job is.
TRIES = 3


@pytest.fixture
async def hasty(tmp_path: Path) -> AsyncIterator[World]:
    """A service that waits for no answer of GitHub's for long."""
    async with world(tmp_path, FILES, pace=replace(AT_ONCE, answer_seconds=1.0)) as made:
        yield made


@pytest.fixture
def listed(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> Listed:
    """What `ssot jobs` prints beside the service."""

    async def ask() -> str:
        assert await ssot("jobs") == 0
        return capsys.readouterr().out

    choose_folder(monkeypatch, tmp_path / "data")
    return ask


async def _open(shop: World) -> None:
    """Open a pull request with a finding, and wait for nothing."""
    shop.github.people.commit(shop.repository, "change", {"shop/plans.py": IMPORT})
    await shop.github.people.open_pull(shop.repository, Opening("change"))


async def _scrape(shop: World) -> dict[str, float]:
    url = f"{shop.service.url}/metrics"
    async with ClientSession() as session, session.get(url) as answer:
        return samples(await answer.text())


def _excuse(shop: World) -> CheckRun | None:
    return next((run for run in shop.runs() if run.title == FAILED_TITLE), None)


async def _failed_once(shop: World) -> None:
    """Wait for a run that says that it is our fault, and see that it was counted."""
    await until(lambda: _excuse(shop) is not None)
    excuse = _excuse(shop)
    assert excuse is not None
    assert (excuse.conclusion, excuse.summary) == ("neutral", FAILED)
    store = shop.service.store
    assert store is not None
    while (await store.counts())["running"]:  # noqa: ASYNC110
        await asyncio.sleep(0.01)
    assert (await _scrape(shop))["ssot_job_seconds_count review/failed"] == 1


@pytest.mark.parametrize(
    ("fault", "status"), [(BAD_GATEWAY, 502), (TORN, 0), (HUNG, 0)], ids=["html", "torn", "hung"]
)
async def test_answer_that_does_not_come_is_our_fault_until_it_does(
    hasty: World, fault: Fault, status: int, listed: Listed
) -> None:
    hasty.github.script(fault, path="*/compare/*", times=TRIES)
    await _open(hasty)
    await _failed_once(hasty)
    assert re.search(r"tried 1 times\n +TransientError: ", await listed())
    told = await _scrape(hasty)
    assert told[f"ssot_api_request_seconds_count {status}"] >= TRIES

    await hasty.go_ahead(5)
    assert hasty.verdict()[1] == "failure"


async def test_token_that_ends_in_the_middle_is_replaced_and_the_new_one_given_time(
    shop: World,
) -> None:
    async def end(record: RequestRecord) -> None:
        if record.path.endswith("/check-runs"):
            shop.github.state.tokens.clear()

    shop.github.front.after_write = end
    # The first of these is refused for its old token, the second although its token is new.
    shop.github.script(BAD_CREDENTIALS, path="*/compare/*", skip=1)
    await _open(shop)
    await shop.settle()
    assert [run.conclusion for run in shop.runs()] == ["failure"]


@pytest.mark.parametrize("fault", [BAD_GATEWAY, DROPPED, TORN], ids=["html", "dropped", "torn"])
async def test_fetch_that_fails_is_our_fault_until_it_works(
    shop: World, fault: Fault, listed: Listed
) -> None:
    shop.github.script_git(fault)
    await _open(shop)
    await _failed_once(shop)
    assert re.search(r"tried 1 times\n +GitError: ", await listed())
    assert (await _scrape(shop))["ssot_git_fetch_seconds_count failed"] >= 1

    await shop.go_ahead(5)
    assert shop.verdict()[1] == "failure"


@pytest.mark.parametrize("fault", [BAD_CREDENTIALS, NO_SUCH_REPOSITORY], ids=["401", "404"])
async def test_git_that_does_not_know_a_new_token_yet_is_given_time(
    shop: World, fault: Fault
) -> None:
    shop.github.state.tokens.clear()
    shop.github.script_git(fault, path="*/info/refs", skip=1)
    await _open(shop)
    await shop.settle()
    assert [run.conclusion for run in shop.runs()] == ["failure"]


async def test_mirror_that_is_damaged_between_two_reviews_is_made_anew(
    shop: World, tmp_path: Path
) -> None:
    await shop.open({"shop/plans.py": "x = 1\n"})
    for pack in (tmp_path / "data" / "mirrors").rglob("*.pack"):
        pack.chmod(0o600)
        pack.write_bytes(b"PACK" + bytes(pack.stat().st_size))
    await shop.push({"shop/plans.py": IMPORT})
    assert shop.verdict()[1] == "failure"


async def test_fetch_that_finds_no_room_on_the_disk_is_our_fault_until_there_is(
    shop: World, tmp_path: Path
) -> None:
    folder = tmp_path / "data" / "mirrors"
    folder.mkdir(exist_ok=True)
    with _small_disk(folder):
        await shop.open({"shop/plans.py": "x = 1\n"})
        filler = folder / "filler"
        with suppress(OSError), filler.open("wb", buffering=0) as file:
            while file.write(bytes(4096)):
                pass
        await shop.github.people.push(shop.repository, "change", {"shop/plans.py": IMPORT})
        await _failed_once(shop)
        filler.unlink()
        await shop.go_ahead(5)
        assert shop.verdict()[1] == "failure"


@contextmanager
def _small_disk(folder: Path) -> Iterator[None]:
    """Give a folder a disk of its own, of one megabyte."""
    mount = ["mount", "-t", "tmpfs", "-o", "size=1m", "tmpfs", str(folder)]
    if os.geteuid() or subprocess.run(mount, check=False, capture_output=True).returncode:
        pytest.skip("only root may mount a small disk, and not everywhere")
    try:
        yield
    finally:
        subprocess.run(["umount", "--lazy", str(folder)], check=True)


@contextmanager
def _full_disk(size_bytes: int) -> Iterator[None]:
    """Let no file of this process, or of those that it starts, grow beyond a size."""
    soft, hard = resource.getrlimit(resource.RLIMIT_FSIZE)
    resource.setrlimit(resource.RLIMIT_FSIZE, (size_bytes, hard))
    try:
        yield
    finally:
        resource.setrlimit(resource.RLIMIT_FSIZE, (soft, hard))


async def test_queue_that_finds_no_room_refuses_deliveries_and_takes_them_later(
    shop: World,
) -> None:
    held = shop.github.webhooks.hold()
    await _open(shop)
    with _full_disk(0):
        await shop.github.webhooks.release(held)
        assert {one.status_code for one in shop.github.state.deliveries.values()} >= {500}
        assert (await _scrape(shop))["ssot_deliveries_total pull_request/not_stored"] == 1
    await shop.make_round()
    assert [run.conclusion for run in shop.runs()] == ["failure"]


async def test_queue_that_another_process_locks_refuses_deliveries_and_takes_them_later(
    shop: World, tmp_path: Path
) -> None:
    other = sqlite3.connect(tmp_path / "data" / "queue.sqlite", isolation_level=None)
    other.execute("begin immediate")
    await _open(shop)
    refused = [one for one in shop.github.state.deliveries.values() if one.status_code == 500]
    other.execute("rollback")
    other.close()
    assert refused
    await shop.make_round()
    assert [run.conclusion for run in shop.runs()] == ["failure"]


async def _settle_on_ended_connections(made: World) -> None:
    """Wait until no job is due; who asks may be lent a connection that was just ended."""
    async with asyncio.timeout(PATIENCE_SECONDS):
        while True:
            with suppress(StoreError):
                return await made.settle()


async def test_postgresql_that_restarts_in_the_middle_of_a_review_loses_nothing(
    tmp_path: Path, database_url: str
) -> None:
    async with LocalGitHub(tmp_path / "github") as github:
        shop = github.create_repository("acme/shop", FILES)
        environment = service_environment(github, tmp_path / "data")
        settings = from_environment({**environment, "DATABASE_URL": database_url})

        async def end_all(record: RequestRecord) -> None:
            if record.path.endswith("/check-runs"):
                with psycopg.connect(database_url, autocommit=True) as connection:
                    connection.execute(
                        "select pg_terminate_backend(pid) from pg_stat_activity"
                        " where datname = current_database() and pid <> pg_backend_pid()"
                    )

        async with running(settings, pace=AT_ONCE) as service:
            made = World(github, service, shop)
            await made.first_round()
            github.webhooks.url = f"{service.url}/webhook"
            github.front.after_write = end_all
            await _open(made)
            await _settle_on_ended_connections(made)
            store = service.store
            assert store is not None
            assert (await store.counts())["failed"] == 0
    assert {run.conclusion for run in made.runs()} == {"failure"}
