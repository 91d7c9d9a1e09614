"""The service and its workers on PostgreSQL, in processes of their own."""

from __future__ import annotations

import asyncio
import json
import sys
from contextlib import asynccontextmanager
from typing import TYPE_CHECKING, Any

from aiohttp import ClientSession

from bot.app import running
from bot.domain.jobs import Job, JobKind, RepositoryRef
from bot.sandbox.github.people import Opening
from bot.sandbox.github.server import LocalGitHub
from bot.sandbox.run import service_environment
from bot.settings import from_environment
from bot.store.postgres.store import PostgresStore
from bot.world import AT_ONCE
from tests.bot.web.scrape import samples
from tests.e2e.world import FILES, PATIENCE_SECONDS, until

if TYPE_CHECKING:
    from asyncio.subprocess import Process
    from collections.abc import AsyncIterator, Mapping
    from pathlib import Path

IMPORT = "from shop.legacy.engine import OldEngine\n"


@asynccontextmanager
async def worker(environment: Mapping[str, str], *flags: str) -> AsyncIterator[Process]:
    """Run `ssot work`, whose way to git is the machine's own."""
    process = await asyncio.create_subprocess_exec(
        sys.executable,
        *("-m", "bot", "work", *flags),
        env={"PATH": "/usr/local/bin:/usr/bin:/bin", **environment},
        stderr=asyncio.subprocess.PIPE,
    )
    try:
        yield process
    finally:
        if process.returncode is None:
            process.kill()
        await process.communicate()


async def logged(process: Process, name: str) -> dict[str, Any]:
    """Wait until a worker logs an event in JSON; return the line."""
    assert process.stderr is not None
    event: dict[str, Any] = {}
    async with asyncio.timeout(PATIENCE_SECONDS):
        while event.get("event") != name:
            event = json.loads(await process.stderr.readline())
    return event


async def review_of_a_change(github: LocalGitHub) -> Job:
    """Open a pull request with a finding; return the job that its webhook would have made."""
    shop = github.create_repository("acme/shop", FILES)
    github.people.commit(shop, "change", {"shop/plans.py": IMPORT})
    pull = await github.people.open_pull(shop, Opening("change"))
    installation = next(iter(github.state.installations))
    return Job(JobKind.REVIEW, installation, RepositoryRef(shop.id, "acme", "shop"), pull.number)


async def test_two_workers_without_a_server_do_what_waits_and_end_when_asked(
    tmp_path: Path, database_url: str
) -> None:
    async with LocalGitHub(tmp_path / "github") as github:
        store = await PostgresStore.open(database_url)
        await store.enqueue([await review_of_a_change(github)])
        environments = [
            {**service_environment(github, tmp_path / name), "DATABASE_URL": database_url}
            for name in ("one", "other")
        ]
        async with worker(environments[0]) as one, worker(environments[1]) as other:
            await until(lambda: any(r.conclusion for r in github.state.check_runs.values()))
            for process in (one, other):
                process.terminate()
            async with asyncio.timeout(PATIENCE_SECONDS):
                assert await one.wait() == 0
                assert await other.wait() == 0
        # One run, and another when the default branch was measured meanwhile.
        assert {run.conclusion for run in github.state.check_runs.values()} == {"failure"}
        assert (await store.counts())["running"] == 0
        await store.close()


async def test_worker_with_a_port_answers_probes_and_tells_what_it_did(
    tmp_path: Path, database_url: str
) -> None:
    async with LocalGitHub(tmp_path / "github") as github:
        store = await PostgresStore.open(database_url)
        await store.enqueue([await review_of_a_change(github)])
        environment = {
            **service_environment(github, tmp_path / "data"),
            "DATABASE_URL": database_url,
            "LOG_FORMAT": "json",
        }
        async with worker(environment, "--port", "0") as process, ClientSession() as session:
            url = (await logged(process, "worker.started"))["url"]
            done = await logged(process, "job.done")
            assert (done["repo"], done["job"] > 0, done["attempt"]) == ("acme/shop", True, 1)
            told: dict[str, float] = {}
            while not told.get("ssot_job_seconds_count review/done"):
                async with session.get(f"{url}/metrics") as answer:
                    told = samples(await answer.text())
            assert told["ssot_findings_total forbidden-import"] >= 1
            for path, status in {"/healthz": 200, "/readyz": 200, "/webhook": 404}.items():
                async with session.get(f"{url}{path}") as answer:
                    assert answer.status == status
        await store.close()


async def test_service_on_postgresql_reviews_what_is_pushed(
    tmp_path: Path, database_url: str
) -> None:
    async with LocalGitHub(tmp_path / "github") as github:
        shop = github.create_repository("acme/shop", FILES)
        environment = {
            **service_environment(github, tmp_path / "data"),
            "DATABASE_URL": database_url,
        }
        async with running(from_environment(environment), pace=AT_ONCE) as service:
            github.webhooks.url = f"{service.url}/webhook"
            github.people.commit(shop, "change", {"shop/plans.py": IMPORT})
            await github.people.open_pull(shop, Opening("change"))
            await until(lambda: any(r.conclusion for r in github.state.check_runs.values()))
        assert {run.conclusion for run in github.state.check_runs.values()} == {"failure"}
        assert not (tmp_path / "data" / "queue.sqlite").exists()
