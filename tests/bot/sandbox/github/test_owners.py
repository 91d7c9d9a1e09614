"""Installations, what they were given, and the merge queue."""

from __future__ import annotations

from typing import TYPE_CHECKING

from bot.sandbox.github.people import Opening
from bot.sandbox.github.server import LocalGitHub

if TYPE_CHECKING:
    from pathlib import Path

    from bot.sandbox.github.records import Delivery


def _told(github: LocalGitHub) -> list[tuple[str, str | None]]:
    deliveries: list[Delivery] = sorted(github.state.deliveries.values(), key=lambda one: one.id)
    return [(delivery.event, delivery.action) for delivery in deliveries]


async def test_owner_gives_and_takes_a_repository(tmp_path: Path) -> None:
    async with LocalGitHub(tmp_path) as github:
        first = github.create_repository("acme/first")
        second = github.create_repository("acme/second")
        (installation,) = github.state.installations.values()
        await github.owners.take(installation, second)
        assert github.state.installations[installation.id].repository_ids == {first.id}
        await github.owners.give(installation, second)

        assert github.state.installations[installation.id].repository_ids == {first.id, second.id}
        assert _told(github) == [
            ("installation_repositories", "removed"),
            ("installation_repositories", "added"),
        ]


async def test_suspension_names_no_repositories(tmp_path: Path) -> None:
    async with LocalGitHub(tmp_path) as github:
        github.create_repository("acme/first")
        (installation,) = github.state.installations.values()
        await github.owners.suspend(installation)
        await github.owners.unsuspend(installation)

        assert github.state.installations[installation.id].suspended_at is None
        assert _told(github) == [("installation", "suspend"), ("installation", "unsuspend")]
        assert all(b'"repositories":' not in d.body for d in github.state.deliveries.values())


async def test_groups_stand_on_each_other(tmp_path: Path) -> None:
    async with LocalGitHub(tmp_path) as github:
        repository = github.create_repository("acme/shop")
        pulls = []
        for name in ("one", "two"):
            github.people.commit(repository, name, {f"{name}.py": "x = 1\n"})
            pulls.append(await github.people.open_pull(repository, Opening(name)))
        git = github.state.git(repository.id)
        first, second = await github.merge_queue(repository).add(*pulls)

        assert first.base_sha == git.branch("main")
        assert second.base_sha == first.head_sha
        assert git.branch(f"gh-readonly-queue/main/pr-2-{first.head_sha}") == second.head_sha
        assert _told(github)[-1] == ("merge_group", "checks_requested")


async def test_group_waits_for_its_check(tmp_path: Path) -> None:
    async with LocalGitHub(tmp_path) as github:
        repository = github.create_repository("acme/shop")
        github.people.commit(repository, "one", {"one.py": "x = 1\n"})
        pull = await github.people.open_pull(repository, Opening("one"))
        queue = github.merge_queue(repository)
        await queue.add(pull)
        await queue.advance()

        assert len(queue.groups) == 1
        assert github.state.is_open(pull)
