"""What is missed heals: lost deliveries, lost reviews, a lost database."""

from __future__ import annotations

import random
from dataclasses import replace
from typing import TYPE_CHECKING

from aiohttp import ClientSession

from bot.app import running
from bot.sandbox.github.faults import Fault
from bot.sandbox.github.people import Opening
from bot.sandbox.github.server import LocalGitHub
from bot.sandbox.run import service_environment
from bot.settings import from_environment
from bot.world import AT_ONCE
from tests.bot.web.scrape import samples
from tests.e2e.test_commands import WAIVE, let_write, say
from tests.e2e.world import FILES, POLICY, World, world

if TYPE_CHECKING:
    from pathlib import Path

    from bot.sandbox.github.records import Pull

IMPORT = "from shop.legacy.engine import OldEngine\n"
NOBODY = "http://127.0.0.1:9/webhook"


async def _open(github: LocalGitHub, shop: World, branch: str = "change") -> Pull:
    github.people.commit(shop.repository, branch, {f"shop/{branch}.py": IMPORT})
    return await github.people.open_pull(shop.repository, Opening(branch))


async def test_delivery_that_github_lost_is_taken_at_the_next_round(shop: World) -> None:
    shop.github.webhooks.url = NOBODY
    await _open(shop.github, shop)
    assert shop.runs() == []

    await shop.make_round()
    assert [run.conclusion for run in shop.runs()] == ["failure"]


async def test_delivery_that_github_forgot_meanwhile_keeps_no_other_from_being_taken(
    shop: World,
) -> None:
    shop.github.webhooks.url = NOBODY
    await _open(shop.github, shop)
    # The one about the check suite is the older of the two.
    forgotten = Fault(404, '{"message": "Not Found"}')
    shop.github.script(forgotten, path="*/app/hook/deliveries/*")

    await shop.make_round()
    assert [run.conclusion for run in shop.runs()] == ["failure"]


async def test_delivery_that_a_later_attempt_brought_is_not_done_twice(shop: World) -> None:
    url, shop.github.webhooks.url = shop.github.webhooks.url, NOBODY
    await _open(shop.github, shop)
    shop.github.webhooks.url = url
    for delivery in list(shop.github.state.deliveries.values()):
        await shop.github.webhooks.redeliver(delivery)
    await shop.settle()
    reviews = await _reviews(shop)

    await shop.make_round()
    assert await _reviews(shop) == reviews >= 1
    assert [run.conclusion for run in shop.runs()] == ["failure"]


async def _reviews(shop: World) -> float:
    async with ClientSession() as session, session.get(f"{shop.service.url}/metrics") as answer:
        return samples(await answer.text())["ssot_job_seconds_count review/done"]


async def test_what_was_seen_once_is_not_read_again(shop: World) -> None:
    url, shop.github.webhooks.url = shop.github.webhooks.url, NOBODY
    await _open(shop.github, shop)
    shop.github.webhooks.url = url
    await shop.make_round()
    shop.github.requests.clear()
    await shop.make_round()

    assert not [path for path in shop.asked() if path.startswith("GET /app/hook/deliveries/")]


async def test_duplicates_and_disorder_change_nothing(shop: World) -> None:
    held = shop.github.webhooks.hold()
    await _open(shop.github, shop)
    await shop.github.people.push(shop.repository, "change", {"shop/more.py": "x = 1\n"})
    last = await shop.github.people.push(shop.repository, "change", {"shop/last.py": IMPORT})
    shuffled = [*held, *held]
    random.Random(4).shuffle(shuffled)
    await shop.github.webhooks.release(shuffled)
    await shop.settle()

    assert shop.verdict() == (last, "failure")
    assert shop.places() == [("shop/change.py", 1), ("shop/last.py", 1)]


async def test_head_that_no_delivery_ever_named_is_found_by_a_sweep(tmp_path: Path) -> None:
    async with LocalGitHub(tmp_path / "github") as github:
        repository = github.create_repository("acme/shop", FILES)
        github.people.commit(repository, "change", {"shop/plans.py": IMPORT})
        await github.people.open_pull(repository, Opening("change"))
        github.state.deliveries.clear()  # longer ago than GitHub remembers

        settings = from_environment(service_environment(github, tmp_path / "data"))
        async with running(settings, pace=AT_ONCE) as service:
            shop = World(github, service, repository)
            await shop.first_round()
            assert [run.conclusion for run in shop.runs()] == ["failure"]


async def test_deleted_database_loses_nothing(tmp_path: Path) -> None:
    async with world(tmp_path, FILES) as shop:
        await shop.open({"shop/plans.py": IMPORT})
        github, repository = shop.github, shop.repository
    for path in (tmp_path / "data").glob("queue.sqlite*"):
        path.unlink()
    async with github:
        github.webhooks.url = NOBODY
        github.people.commit(repository, "other", {"shop/other.py": IMPORT})
        await github.people.open_pull(repository, Opening("other"))
        settings = from_environment(service_environment(github, tmp_path / "data"))
        async with running(settings, pace=AT_ONCE) as service:
            shop = World(github, service, repository)
            await shop.first_round()

    assert [run.conclusion for run in shop.runs()] == ["failure", "failure"]
    assert shop.places() == [("shop/plans.py", 1), ("shop/other.py", 1)]


async def test_command_that_no_delivery_ever_named_is_answered_once(tmp_path: Path) -> None:
    async with world(tmp_path, FILES) as shop:
        pull = await shop.open({"shop/plans.py": IMPORT})
        github, repository = shop.github, shop.repository
    for path in (tmp_path / "data").glob("queue.sqlite*"):
        path.unlink()
    async with github:
        github.webhooks.url = NOBODY
        for body in ("/ssot recheck", "/ssot help", "Thanks."):
            await github.people.comment(pull, body)
        github.state.deliveries.clear()  # longer ago than GitHub remembers
        settings = from_environment(service_environment(github, tmp_path / "data"))
        async with running(settings, pace=AT_ONCE) as service:
            shop = World(github, service, repository)
            await shop.first_round()
            assert [run.conclusion for run in shop.runs()] == ["failure", "failure"]
            (answer,) = shop.conversation()[3:]
            assert "`/ssot waive RULE" in answer

            await _hour_later(shop)
            assert shop.writes() == []


async def test_command_that_no_delivery_named_before_the_merge_is_answered_once(
    tmp_path: Path,
) -> None:
    async with LocalGitHub(tmp_path / "github") as github:
        repository = github.create_repository("acme/shop", FILES)
        github.people.commit(repository, "change", {"shop/plans.py": "x = 1\n"})
        pull = await github.people.open_pull(repository, Opening("change"))
        await github.people.comment(pull, "/ssot help")
        await github.people.merge(pull)
        github.state.deliveries.clear()  # longer ago than GitHub remembers
        settings = from_environment(service_environment(github, tmp_path / "data"))
        async with running(settings, pace=AT_ONCE) as service:
            shop = World(github, service, repository)
            await shop.first_round()
            _, answer = shop.conversation()
            assert "`/ssot waive RULE" in answer

            await _hour_later(shop)
            assert shop.writes() == []


async def test_run_that_was_left_in_progress_is_closed_and_reviewed_anew(shop: World) -> None:
    await shop.open({"shop/plans.py": IMPORT})
    _leave_in_progress(shop)
    (run,) = shop.runs()
    shop.github.state.check_runs[run.id] = replace(run, started_at=run.started_at - 3601)
    await _hour_later(shop)

    assert [run.conclusion for run in shop.runs()] == ["cancelled", "failure"]
    assert len(shop.comments()) == 1


async def test_run_that_nobody_completed_before_the_end_of_its_pull_request_is_ended(
    shop: World,
) -> None:
    pull = await shop.open({"shop/plans.py": IMPORT})
    _leave_in_progress(shop)
    shop.github.webhooks.url = NOBODY
    await shop.github.people.close(pull)
    _forget_deliveries(shop)
    await _hour_later(shop)
    assert [run.conclusion for run in shop.runs()] == ["cancelled"]

    shop.github.requests.clear()
    await _hour_later(shop)
    assert shop.writes() == []


async def test_run_that_nobody_completed_before_a_merge_is_ended(shop: World) -> None:
    pull = await shop.open({"shop/plans.py": IMPORT})
    _leave_in_progress(shop)
    shop.github.webhooks.url = NOBODY
    await shop.push({"shop/more.py": "x = 1\n"})
    await shop.github.people.merge(pull)
    _forget_deliveries(shop)

    await _hour_later(shop)
    assert [run.conclusion for run in shop.runs()] == ["cancelled"]


async def test_run_that_a_push_forced_back_to_a_verdict_left_is_ended(shop: World) -> None:
    await shop.open({"shop/plans.py": IMPORT})
    (first,) = shop.runs()
    await shop.push({"shop/plans.py": "x = 1\n"})
    _leave_in_progress(shop)
    shop.github.webhooks.url = NOBODY
    shop.github.state.git(shop.repository.id).set_ref("refs/heads/change", first.head_sha)
    await shop.github.people.announce_push(
        shop.repository, "change", before=None, after=first.head_sha
    )
    _forget_deliveries(shop)

    await _hour_later(shop)
    assert [run.conclusion for run in shop.runs()] == ["failure", "cancelled"]


async def test_sweep_of_a_repository_where_all_is_well_writes_nothing(shop: World) -> None:
    await shop.open({"shop/plans.py": IMPORT})
    shop.github.requests.clear()
    await _hour_later(shop)

    assert shop.writes() == []
    # The open heads, the tip of the default branch.
    assert [path for path in shop.asked() if path == "POST /graphql"] == ["POST /graphql"] * 2


async def test_sweep_of_a_silent_repository_reviews_nothing(tmp_path: Path) -> None:
    async with world(tmp_path, {"shop/plans.py": "x = 1\n"}) as shop:
        await shop.open({"shop/plans.py": IMPORT})
        shop.github.requests.clear()
        await _hour_later(shop)

        assert shop.writes() == []
        assert shop.runs() == []


async def test_config_that_changed_is_applied_to_open_pull_requests(shop: World) -> None:
    await shop.open({"shop/plans.py": IMPORT})
    milder = FILES[".github/ssot.yml"] + "rules:\n  forbidden-import: off\n"
    await shop.github.people.push(shop.repository, "main", {".github/ssot.yml": milder})
    await shop.settle()

    assert [run.conclusion for run in shop.runs()] == ["failure", "success"]


async def test_config_of_the_owner_that_changed_is_applied_to_all_repositories(
    tmp_path: Path,
) -> None:
    without = {path: text for path, text in FILES.items() if path != ".github/ssot.yml"}
    async with world(tmp_path, without) as shop:
        github = shop.github
        shared = github.create_repository("acme/.github", {"ssot.yml": POLICY})
        await github.people.push(shared, "main", {"ssot.yml": f"{POLICY}rules: {{}}\n"})
        await shop.open({"shop/plans.py": IMPORT})
        assert shop.verdict()[1] == "failure"
        milder = f"{POLICY}rules:\n  forbidden-import: off\n"
        await github.people.push(shared, "main", {"ssot.yml": milder})
        await shop.settle()

        assert shop.verdict()[1] == "success"


async def test_config_of_the_owner_that_changed_leaves_alone_who_has_another(shop: World) -> None:
    github = shop.github
    shared = github.create_repository("acme/.github", {"ssot.yml": POLICY})
    await shop.open({"shop/plans.py": IMPORT})
    before = len(shop.asked())
    await github.people.push(shared, "main", {"ssot.yml": "version: 1\n"})
    await shop.settle()

    # What the installation was given, the tip of `.github`, and the open pull requests: none of
    # them is read.
    asked = [request for request in shop.asked()[before:] if "/contents/" not in request]
    assert sorted(asked) == ["GET /installation/repositories", "POST /graphql", "POST /graphql"]


async def test_push_that_leaves_the_config_alone_reviews_nothing(shop: World) -> None:
    await shop.open({"shop/plans.py": IMPORT})
    before = len(shop.asked())
    await shop.github.people.push(shop.repository, "main", {"README.md": "x\n"})
    await shop.settle()

    # The tip of the default branch, which is measured.
    assert shop.asked()[before:] == ["POST /graphql"]


async def test_waiver_that_was_deleted_right_before_the_queue_was_lost_is_revoked(
    shop: World,
) -> None:
    let_write(shop, "ada")
    pull = await shop.open({"shop/plans.py": IMPORT})
    waiver = await say(shop, pull, WAIVE)
    assert shop.verdict()[1] == "success"
    shop.github.webhooks.url = NOBODY
    await shop.github.people.delete_comment(waiver)
    _forget_deliveries(shop)

    await _hour_later(shop)
    assert shop.verdict()[1] == "failure"


async def test_draft_that_was_made_ready_right_before_the_queue_was_lost_is_commented(
    shop: World,
) -> None:
    pull = await shop.open({"shop/plans.py": IMPORT}, draft=True)
    assert shop.comments() == []
    shop.github.webhooks.url = NOBODY
    await shop.github.people.mark_ready(pull)
    _forget_deliveries(shop)

    await _hour_later(shop)
    assert shop.places() == [("shop/plans.py", 1)]


async def test_base_that_changed_right_before_the_queue_was_lost_is_compared_with(
    shop: World,
) -> None:
    github, pull = shop.github, await shop.open({"shop/plans.py": IMPORT})
    milder = FILES[".github/ssot.yml"] + "rules:\n  forbidden-import: off\n"
    github.people.commit(shop.repository, "next", {".github/ssot.yml": milder})
    github.webhooks.url = NOBODY
    await github.people.retarget(pull, "next")
    _forget_deliveries(shop)

    await _hour_later(shop)
    assert shop.verdict()[1] == "success"


def _leave_in_progress(shop: World) -> None:
    """Put the newest run back to where a process dies before it has a verdict."""
    run = shop.runs()[-1]
    shop.github.state.check_runs[run.id] = replace(
        run,
        status="in_progress",
        conclusion=None,
        completed_at=None,
        external_id=f"{run.external_id.rpartition(':')[0]}:",
        annotations=(),
    )


def _forget_deliveries(shop: World) -> None:
    """What happened is longer ago than GitHub remembers, and the queue is gone as well."""
    shop.github.state.deliveries.clear()


async def _hour_later(shop: World) -> None:
    """Make the round that comes an hour later."""
    rounds = shop.service.rounds
    assert rounds is not None
    rounds.sweep_now()
    await shop.make_round()
