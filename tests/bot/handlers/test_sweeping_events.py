"""Deliveries about branches, merge queues and installations."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest

from bot import handlers
from bot.domain.errors import MalformedError
from bot.domain.events import Event
from bot.domain.jobs import Job, JobKind, Priority, RepositoryRef
from tests.bot import payloads

if TYPE_CHECKING:
    from collections.abc import Sequence

HANDLERS = handlers.discover()
ENGINE = RepositoryRef(42, "acme", "engine")
OTHER = RepositoryRef(43, "acme", "other")


def jobs_of(name: str, payload: dict[str, Any]) -> Sequence[Job]:
    return HANDLERS[name](Event("d1", name, payload.get("action", ""), payload))


def test_group_is_judged_from_its_base_to_its_head() -> None:
    (job,) = jobs_of("merge_group", payloads.merge_group("checks_requested"))
    assert job == Job(
        JobKind.GROUP,
        7,
        ENGINE,
        104,
        head_sha=payloads.HEAD,
        base_sha=payloads.BASE,
        branch="main",
    )


def test_group_of_a_branch_that_names_no_pull_request_is_judged_all_the_same() -> None:
    payload = payloads.merge_group("checks_requested")
    payload["merge_group"]["head_ref"] = "refs/heads/queue/7"
    assert [job.number for job in jobs_of("merge_group", payload)] == [0]


def test_destroyed_group_asks_for_nothing() -> None:
    assert jobs_of("merge_group", payloads.merge_group("destroyed", reason="merged")) == []


def test_groups_and_reviews_of_one_pull_request_do_not_wait_for_each_other() -> None:
    (one,) = jobs_of("merge_group", payloads.merge_group("checks_requested"))
    (review,) = jobs_of("pull_request", payloads.pull_request("opened"))
    assert one.key == f"42@{payloads.HEAD}"
    assert one.key != review.key


@pytest.mark.parametrize("name", ["added", "modified", "removed"])
def test_push_that_touches_the_config_reviews_the_pull_requests_to_its_branch(name: str) -> None:
    payload = payloads.push(payloads.pushed(**{name: [".github/ssot.yml"]}))
    expected = Job(JobKind.BRANCH, 7, ENGINE, 0, priority=Priority.SWEEP, branch="release/1")
    assert jobs_of("push", payload) == [expected]


@pytest.mark.parametrize(
    ("name", "branch", "path", "kinds"),
    [
        (".github", "main", "ssot.yml", [JobKind.OWNER]),
        (".github", "main", ".github/ssot.yml", [JobKind.BRANCH]),
        (".github", "next", "ssot.yml", []),
        ("engine", "main", "ssot.yml", []),
    ],
)
def test_push_that_touches_what_the_owner_shares_reviews_all_that_it_judges(
    name: str, branch: str, path: str, kinds: list[JobKind]
) -> None:
    payload = payloads.push(payloads.pushed(modified=[path]), ref=f"refs/heads/{branch}")
    payload["repository"] |= {"name": name, "default_branch": "main"}
    found = [job.kind for job in jobs_of("push", payload)]
    assert [kind for kind in found if kind is not JobKind.CENSUS] == kinds


@pytest.mark.parametrize(
    "payload",
    [
        payloads.push(payloads.pushed(), forced=True),
        payloads.push(),
        payloads.push(*[payloads.pushed()] * 2048),
        payloads.push({"id": "x"}),
    ],
)
def test_push_that_does_not_tell_all_counts_as_one_that_touches_the_config(
    payload: dict[str, Any],
) -> None:
    assert [job.kind for job in jobs_of("push", payload)] == [JobKind.BRANCH]


@pytest.mark.parametrize(
    "payload",
    [
        payloads.push(payloads.pushed(modified=["shop/engine.py"])),
        payloads.push(created=True),
        payloads.push(deleted=True),
        payloads.push(ref="refs/tags/v1"),
    ],
)
def test_push_that_changes_no_verdict_asks_for_nothing(payload: dict[str, Any]) -> None:
    assert jobs_of("push", payload) == []


@pytest.mark.parametrize("action", ["created", "unsuspend", "new_permissions_accepted"])
def test_installation_that_may_work_now_is_looked_at(action: str) -> None:
    payload = payloads.installation(action)
    (job,) = jobs_of("installation", payload)
    assert (job.kind, job.installation_id, job.priority) == (
        JobKind.INSTALLATION,
        7,
        Priority.SWEEP,
    )
    assert job.key == "installation 7"


def test_removed_installation_is_forgotten_repository_by_repository() -> None:
    jobs = jobs_of("installation", payloads.installation("deleted"))
    assert jobs == [Job(JobKind.PURGE, 7, ENGINE, 0), Job(JobKind.PURGE, 7, OTHER, 0)]


def test_suspended_installation_asks_for_nothing() -> None:
    assert jobs_of("installation", payloads.installation("suspend")) == []


def test_given_repositories_are_swept_and_taken_ones_forgotten() -> None:
    added = jobs_of("installation_repositories", payloads.repositories("added", given=[43]))
    assert added == [Job(JobKind.SWEEP, 7, OTHER, 0, priority=Priority.SWEEP)]
    removed = jobs_of("installation_repositories", payloads.repositories("removed", taken=[43]))
    assert removed == [Job(JobKind.PURGE, 7, OTHER, 0)]


def test_removal_that_names_no_repository_forgets_all_of_the_installation() -> None:
    payload = payloads.installation("deleted")
    every = Job(JobKind.PURGE, 7, RepositoryRef(0, "", ""), 0)
    assert jobs_of("installation", payload | {"repositories": []}) == [every]
    del payload["repositories"]
    assert jobs_of("installation", payload) == [every]
    assert every.key == "installation 7"


def test_removal_of_repositories_that_names_none_is_malformed() -> None:
    payload = payloads.repositories("removed", taken=[43])
    del payload["repositories_removed"]
    with pytest.raises(MalformedError, match="`repositories_removed` is missing"):
        jobs_of("installation_repositories", payload)


def test_push_to_the_default_branch_has_it_measured() -> None:
    payload = payloads.push(payloads.pushed(modified=["shop/engine.py"]), ref="refs/heads/main")
    expected = Job(JobKind.CENSUS, 7, ENGINE, 0, priority=Priority.SWEEP)
    assert jobs_of("push", payload) == [expected]


def test_deleted_default_branch_is_not_measured() -> None:
    assert jobs_of("push", payloads.push(ref="refs/heads/main", deleted=True)) == []
