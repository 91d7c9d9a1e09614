"""What goes wrong around a review: kills between writes, moved heads, refusals, bad days."""

from __future__ import annotations

import asyncio
import sys
from contextlib import asynccontextmanager
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING

import pytest

from bot.sandbox.github.faults import BAD_GATEWAY, DROPPED, Fault, secondary_limit
from bot.sandbox.github.people import Opening
from bot.sandbox.github.records import Review
from bot.sandbox.github.server import LocalGitHub
from bot.sandbox.run import service_environment
from tests.e2e.world import FILES, PATIENCE_SECONDS, World, until

if TYPE_CHECKING:
    from collections.abc import AsyncIterator
    from pathlib import Path

    from bot.sandbox.github.front import RequestRecord

IMPORT = "from shop.legacy.engine import OldEngine\n"
ENGINE = "class OrderEngine:\n    pass\n"


@dataclass(frozen=True)
class Killed:
    """A service that dies the moment GitHub has done its `count`-th write."""

    github: LocalGitHub
    data_dir: Path

    @asynccontextmanager
    async def running(self) -> AsyncIterator[asyncio.subprocess.Process]:
        """Start the process, point webhooks at it, and let nothing of it remain."""
        child = await asyncio.create_subprocess_exec(
            *(sys.executable, "-m", "tests.e2e.serve"),
            env=service_environment(self.github, self.data_dir),
            stdout=asyncio.subprocess.PIPE,
        )
        assert child.stdout is not None
        url = (await child.stdout.readline()).decode().strip()
        self.github.webhooks.url = f"{url}/webhook"
        try:
            yield child
        finally:
            if child.returncode is None:
                child.kill()
            await child.wait()

    def kill_after(self, child: asyncio.subprocess.Process, count: int) -> None:
        """Kill with SIGKILL when the `count`-th write is done, before its answer is sent."""
        left = count

        async def hook(record: RequestRecord) -> None:
            nonlocal left
            if record.path.endswith(("graphql", "access_tokens")):
                return
            left -= 1
            if left == 0:
                child.kill()
                await child.wait()

        self.github.front.after_write = hook


@pytest.mark.parametrize("count", [1, 2, 3])
async def test_kill_between_two_writes_leaves_no_duplicate(tmp_path: Path, count: int) -> None:
    async with LocalGitHub(tmp_path / "github") as github:
        repository = github.create_repository("acme/shop", FILES)
        service = Killed(github, tmp_path / "data")
        github.people.commit(repository, "change", {"a.py": IMPORT, "b.py": ENGINE})
        async with service.running() as child:
            service.kill_after(child, count)
            await github.people.open_pull(repository, Opening("change"))
            async with asyncio.timeout(PATIENCE_SECONDS):
                await child.wait()
        async with service.running():
            runs = github.state.check_runs
            await until(lambda: any(run.conclusion for run in runs.values()))

    assert [run.conclusion for run in github.state.check_runs.values()] == ["failure"]
    assert [len(run.annotations) for run in github.state.check_runs.values()] == [2]
    assert len(github.state.reviews) == 1
    assert len(github.state.review_comments) == 2


@pytest.mark.parametrize("pushes", [0, 1])
async def test_run_that_a_kill_left_on_a_head_that_was_forced_away_is_ended(
    tmp_path: Path, pushes: int
) -> None:
    async with LocalGitHub(tmp_path / "github") as github:
        repository = github.create_repository("acme/shop", FILES)
        service = Killed(github, tmp_path / "data")
        people = github.people
        base = people.commit(repository, "change", {"a.py": IMPORT}, onto=None)
        async with service.running() as child:
            service.kill_after(child, 1)
            await people.open_pull(repository, Opening("change"))
            async with asyncio.timeout(PATIENCE_SECONDS):
                await child.wait()
        for number in range(pushes):
            await people.push(repository, "change", {"a.py": f"{IMPORT}x = {number}\n"})
        tip = github.state.git(repository.id).branch("main")
        head = await people.push(repository, "change", {"b.py": IMPORT}, onto=tip)
        async with service.running():
            runs = github.state.check_runs
            await until(lambda: any(run.conclusion == "failure" for run in runs.values()))

    ends = {run.head_sha: run.conclusion for run in github.state.check_runs.values()}
    assert ends == {base: "cancelled", head: "failure"}


async def test_kill_between_batches_of_annotations_sends_none_twice(tmp_path: Path) -> None:
    files = {f"a/f{n:03}.py": f"class E{n}Engine:\n    pass\n" for n in range(120)}
    async with LocalGitHub(tmp_path / "github") as github:
        repository = github.create_repository("acme/shop", FILES)
        service = Killed(github, tmp_path / "data")
        github.people.commit(repository, "change", files)
        async with service.running() as child:
            service.kill_after(child, 3)
            await github.people.open_pull(repository, Opening("change"))
            async with asyncio.timeout(PATIENCE_SECONDS):
                await child.wait()
        assert [len(run.annotations) for run in github.state.check_runs.values()] == [50]
        async with service.running():
            runs = github.state.check_runs
            await until(lambda: any(run.conclusion for run in runs.values()))

    (run,) = github.state.check_runs.values()
    assert len(run.annotations) == len({annotation.path for annotation in run.annotations}) == 120


async def test_push_during_the_analysis_cancels_the_run_and_reviews_the_new_head(
    shop: World,
) -> None:
    people, pushed = shop.github.people, asyncio.Event()

    async def push(record: RequestRecord) -> None:
        if record.path.endswith("check-runs") and not pushed.is_set():
            pushed.set()
            people.commit(shop.repository, "change", {"shop/more.py": ENGINE})
            await people.push(shop.repository, "change", {"shop/last.py": "x = 1\n"})

    shop.github.front.after_write = push
    await shop.open({"shop/plans.py": IMPORT})

    first, last = shop.runs()
    assert (first.conclusion, last.conclusion) == ("cancelled", "failure")
    assert last.head_sha[:7] in f"{first.title}{first.summary}"
    assert {c.original.commit_id for c in shop.comments()} == {last.head_sha}


async def test_forgotten_pending_review_does_not_block(shop: World) -> None:
    pull = await shop.open({"shop/plans.py": "x = 1\n"})
    state = shop.github.state
    pending = Review(
        id=state.next_id(),
        repository_id=shop.repository.id,
        number=pull.number,
        author_id=shop.github.app.bot_id,
        body="",
        state="PENDING",
        commit_id=pull.head_sha,
        created_at=state.now(),
    )
    state.reviews[pending.id] = pending
    await shop.push({"shop/plans.py": IMPORT})

    assert shop.places() == [("shop/plans.py", 1)]
    assert pending.id not in state.reviews


async def test_refused_anchor_puts_all_findings_into_the_body(shop: World) -> None:
    refusal = (
        '{"message": "Unprocessable Entity", '
        '"errors": ["Pull request review thread line must be part of the diff"]}'
    )
    shop.github.script(Fault(422, refusal), method="POST", path="*/reviews")
    await shop.open({"shop/plans.py": IMPORT})

    (body,) = shop.review_bodies()
    assert "shop/plans.py" in body
    assert shop.comments() == []


@pytest.mark.parametrize("fault", [BAD_GATEWAY, DROPPED])
async def test_hiccup_of_a_read_is_repeated(shop: World, fault: Fault) -> None:
    shop.github.script(fault, path="*graphql")
    await shop.open({"shop/plans.py": IMPORT})

    assert [run.conclusion for run in shop.runs()] == ["failure"]


async def test_head_that_is_not_known_yet_is_waited_for(shop: World) -> None:
    shop.github.state.lagging_reads = 2
    fork = shop.github.fork(shop.repository, "grace")
    shop.github.people.commit(fork, "change", {"shop/plans.py": IMPORT})
    await shop.open_from(fork)

    assert shop.verdict()[1] == "failure"


async def test_revoked_git_token_is_minted_anew(shop: World) -> None:
    await shop.open({"shop/plans.py": "x = 1\n"})
    tokens = shop.github.state.tokens
    for text in [text for text, token in tokens.items() if "checks" not in token.permissions]:
        del tokens[text]
    await shop.push({"shop/plans.py": IMPORT})

    assert [run.conclusion for run in shop.runs()] == ["success", "failure"]


async def test_limit_on_the_token_for_git_is_waited_for(shop: World) -> None:
    limit = secondary_limit(retry_after_seconds=1)
    shop.github.script(limit, method="POST", path="*access_tokens", skip=1)
    await shop.open({"shop/plans.py": IMPORT})

    assert [run.conclusion for run in shop.runs()] == ["failure"]


@pytest.mark.parametrize("count", [1, 2, 3])
async def test_kill_while_a_command_is_answered_leaves_one_answer(
    tmp_path: Path, count: int
) -> None:
    until_day = datetime.now(UTC).date() + timedelta(days=9)
    waive = f'/ssot waive forbidden-import until={until_day} reason="soon"'
    async with LocalGitHub(tmp_path / "github") as github:
        repository = github.create_repository("acme/shop", FILES)
        github.grant(repository, "ada", "write")
        service = Killed(github, tmp_path / "data")
        github.people.commit(repository, "change", {"a.py": IMPORT})
        async with service.running() as child:
            pull = await github.people.open_pull(repository, Opening("change"))
            runs = github.state.check_runs
            await until(lambda: any(run.conclusion for run in runs.values()))
            service.kill_after(child, count)
            await github.people.comment(pull, waive)
            async with asyncio.timeout(PATIENCE_SECONDS):
                await child.wait()
        async with service.running():
            await until(lambda: {run.conclusion for run in runs.values()} >= {"success"})
            await until(lambda: "+1" in {r.content for r in github.state.reactions.values()})

    bodies = [comment.body for comment in github.state.comments.values()]
    assert sum("ssot:answer=" in body for body in bodies) == 1
