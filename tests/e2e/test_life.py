"""The life of a pull request and of its repository: drafts, closing, renames, leaving, hanging."""

from __future__ import annotations

import asyncio
import time
from dataclasses import replace
from typing import TYPE_CHECKING

from bot.app import running
from bot.sandbox.github.committing import Change
from bot.sandbox.github.faults import Fault
from bot.sandbox.github.people import Opening
from bot.sandbox.github.server import LocalGitHub
from bot.sandbox.run import service_environment
from bot.settings import from_environment
from bot.world import AT_ONCE
from tests.e2e.world import FILES, PATIENCE_SECONDS

if TYPE_CHECKING:
    from pathlib import Path

    from bot.sandbox.github.front import RequestRecord
    from bot.sandbox.github.records import Pull
    from tests.e2e.world import World

IMPORT = "from shop.legacy.engine import OldEngine\n"
HASTY = replace(AT_ONCE, grace_seconds=0.1)


async def test_pull_request_closed_during_the_review_is_told_nothing(shop: World) -> None:
    people = shop.github.people
    people.commit(shop.repository, "change", {"shop/plans.py": IMPORT})
    closed: list[Pull] = []

    async def close(record: RequestRecord) -> None:
        if record.path.endswith("check-runs") and not closed:
            closed.append(next(iter(shop.github.state.pulls.values())))
            await people.close(closed[0])

    shop.github.front.after_write = close
    await people.open_pull(shop.repository, Opening("change"))
    await shop.settle()

    assert [run.conclusion for run in shop.runs()] == ["cancelled"]
    assert shop.reviews() == []


async def test_draft_is_commented_on_only_while_it_is_none(shop: World) -> None:
    pull = await shop.open({"shop/plans.py": IMPORT}, draft=True)
    assert (shop.verdict()[1], shop.comments()) == ("failure", [])
    await shop.github.people.mark_ready(pull)
    await shop.settle()
    assert shop.places() == [("shop/plans.py", 1)]
    await shop.github.people.convert_to_draft(pull)
    await shop.settle()
    await shop.push({"shop/more.py": IMPORT})

    assert shop.places() == [("shop/plans.py", 1)]
    assert shop.verdict()[1] == "failure"


async def test_reopened_pull_request_is_reviewed_where_it_stands_now(shop: World) -> None:
    pull = await shop.open({"shop/plans.py": IMPORT})
    await shop.github.people.close(pull)
    await shop.settle()
    await shop.github.people.reopen(pull)
    await shop.settle()
    fixed = await shop.push({"shop/plans.py": "x = 1\n"})

    assert shop.verdict() == (fixed, "success")
    assert f"**Fixed** in {fixed}." in shop.comments()[0].body


async def test_merged_pull_request_leaves_no_ref_in_the_mirror(shop: World, tmp_path: Path) -> None:
    pull = await shop.open({"shop/plans.py": "x = 1\n"})
    (mirror,) = (tmp_path / "data" / "mirrors").glob("*/*.git")
    refs = mirror / "refs" / "ssot" / "pull" / str(pull.number)
    packed = mirror / "packed-refs"
    assert (refs / "head").exists() or b"refs/ssot" in packed.read_bytes()
    await shop.github.people.merge(pull)
    await shop.settle()

    assert not (refs / "head").exists()
    assert not packed.exists() or b"refs/ssot" not in packed.read_bytes()


async def test_deleted_fork_is_reviewed_all_the_same(shop: World) -> None:
    fork = shop.github.fork(shop.repository, "grace")
    shop.github.people.commit(fork, "change", {"shop/plans.py": IMPORT})
    await shop.open_from(fork)
    shop.github.delete_fork(fork)
    await shop.github.people.rerun(shop.runs()[-1])
    await shop.settle()

    assert [run.conclusion for run in shop.runs()] == ["failure", "failure"]


async def test_renamed_repository_is_reviewed_under_its_new_name(shop: World) -> None:
    await shop.open({"shop/plans.py": IMPORT})
    shop.github.rename(shop.repository, "store")
    fixed = await shop.push({"shop/plans.py": "x = 1\n"})

    assert shop.verdict() == (fixed, "success")
    assert f"**Fixed** in {fixed}." in shop.comments()[0].body


async def test_suspended_installation_leaves_no_job_behind(shop: World) -> None:
    (installation,) = shop.github.state.installations.values()
    await shop.open({"shop/plans.py": "x = 1\n"})
    suspended = replace(installation, suspended_at=1.0)
    shop.github.state.installations[installation.id] = suspended
    await shop.push({"shop/plans.py": IMPORT})

    assert [run.conclusion for run in shop.runs()] == ["success"]
    assert await _failed(shop) == 0


async def test_archived_repository_leaves_no_job_behind(shop: World) -> None:
    await shop.open({"shop/plans.py": "x = 1\n"})
    read_only = Fault(403, '{"message": "Repository was archived so is read-only."}')
    shop.github.script(read_only, method="POST", path="/repos/*", times=99)
    await shop.push({"shop/plans.py": IMPORT})

    assert shop.service.store is not None
    counts = await shop.service.store.counts()
    assert (counts["waiting"], counts["failed"]) == (0, 0)


async def test_removed_installation_leaves_no_job_behind(shop: World) -> None:
    (installation,) = shop.github.state.installations.values()
    await shop.open({"shop/plans.py": "x = 1\n"})
    gone = replace(installation, repository_ids=frozenset())
    held = shop.github.webhooks.hold()
    await shop.github.people.push(shop.repository, "change", {"shop/plans.py": IMPORT})
    shop.github.state.installations[installation.id] = gone
    shop.github.state.tokens.clear()
    await shop.github.webhooks.release(held)
    await shop.settle()

    assert await _failed(shop) == 0


async def test_head_forced_onto_another_history_is_answered_with_a_sentence(shop: World) -> None:
    await shop.open({"shop/plans.py": IMPORT})
    git = shop.github.state.git(shop.repository.id)
    before = git.branch("change")
    orphan = git.commit("refs/heads/change", {"a.py": IMPORT}, Change("Orphan", 1_700_000_000))
    people = shop.github.people
    await people.announce_push(shop.repository, "change", before=before, after=orphan)
    await shop.settle()

    assert shop.verdict() == (orphan, "action_required")
    assert "base and head have no commit in common" in (shop.runs()[-1].summary or "")
    assert await _failed(shop) == 0


async def test_merge_base_that_github_does_not_tell_is_found_by_git(shop: World) -> None:
    not_found = Fault(404, '{"message": "Not Found"}')
    shop.github.script(not_found, path="*/compare/*", times=9)
    await shop.open({"shop/plans.py": IMPORT})

    assert shop.verdict()[1] == "failure"
    assert shop.places() == [("shop/plans.py", 1)]


async def test_service_ends_at_once_while_git_hangs(tmp_path: Path) -> None:
    connected = asyncio.Event()

    async def hang(_reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        connected.set()
        try:
            await asyncio.Event().wait()
        finally:
            writer.close()

    server = await asyncio.start_server(hang, "127.0.0.1", 0)
    port = server.sockets[0].getsockname()[1]
    async with LocalGitHub(tmp_path / "github") as github:
        repository = github.create_repository("acme/shop", FILES)
        environment = {
            **service_environment(github, tmp_path / "data"),
            "GITHUB_SERVER_URL": f"http://127.0.0.1:{port}",
        }
        service = running(
            from_environment(environment),
            pace=HASTY,
        )
        async with service as started:
            github.webhooks.url = f"{started.url}/webhook"
            github.people.commit(repository, "change", {"a.py": IMPORT})
            await github.people.open_pull(repository, Opening("change"))
            async with asyncio.timeout(PATIENCE_SECONDS):
                await connected.wait()
            stopping = time.monotonic()
        # What `asyncio.run` does before the process ends: threads are waited for.
        await asyncio.get_running_loop().shutdown_default_executor()
        assert time.monotonic() - stopping < 5.0
    server.close()


async def _failed(shop: World) -> int:
    assert shop.service.store is not None
    return (await shop.service.store.counts())["failed"]
