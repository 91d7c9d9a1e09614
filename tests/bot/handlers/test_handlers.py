"""Which deliveries make which jobs."""

from __future__ import annotations

import copy
from dataclasses import replace
from typing import TYPE_CHECKING, Any

import pytest

from bot import handlers
from bot.domain.errors import MalformedError
from bot.domain.events import Event
from bot.domain.jobs import JobKind, Priority
from tests.bot import payloads
from tests.bot.jobs import review

if TYPE_CHECKING:
    from collections.abc import Sequence

    from bot.domain.jobs import Job

HANDLERS = handlers.discover()
RERUN = review(1, priority=Priority.COMMAND, explicit=True)


def jobs_of(name: str, payload: dict[str, Any]) -> Sequence[Job]:
    return HANDLERS[name](Event("d1", name, payload.get("action", ""), payload))


@pytest.mark.parametrize(
    "action",
    ["opened", "reopened", "synchronize", "ready_for_review", "converted_to_draft", "closed"],
)
def test_pull_request_that_came_or_moved_is_reviewed(action: str) -> None:
    payload = payloads.pull_request(action)
    assert jobs_of("pull_request", payload) == [review(1, head=payloads.HEAD)]


def test_issues_are_looked_at_after_a_merge_into_whichever_branch() -> None:
    payload = payloads.pull_request("closed")
    payload["pull_request"]["merged"] = True
    assert [job.kind for job in jobs_of("pull_request", payload)] == [
        JobKind.REVIEW,
        JobKind.CENSUS,
    ]


@pytest.mark.parametrize(
    ("action", "sender", "count"),
    [("closed", "Bot", 1), ("edited", "User", 1), ("edited", "Bot", 0), ("labeled", "User", 0)],
)
def test_what_we_cannot_have_done_ourselves_is_looked_at(
    action: str, sender: str, count: int
) -> None:
    payload = payloads.delivery(action=action, sender={"type": sender})
    assert [job.kind for job in jobs_of("issues", payload)] == [JobKind.CENSUS] * count


def test_push_tells_which_head_was_left() -> None:
    (job,) = jobs_of("pull_request", payloads.pull_request("synchronize", before=payloads.BASE))
    assert job.left_sha == payloads.BASE


@pytest.mark.parametrize("changed", ["base", "body"])
def test_edited_base_or_body_is_reviewed(changed: str) -> None:
    payload = payloads.pull_request("edited", changes={changed: {"from": None}})
    assert jobs_of("pull_request", payload) == [review(1, head=payloads.HEAD)]


@pytest.mark.parametrize("changes", [{}, {"title": {"from": "old"}}])
def test_edited_title_is_not_reviewed(changes: dict[str, Any]) -> None:
    assert jobs_of("pull_request", payloads.pull_request("edited", changes=changes)) == []


@pytest.mark.parametrize("action", ["labeled", "enqueued", ""])
def test_other_actions_of_a_pull_request_are_ignored(action: str) -> None:
    assert jobs_of("pull_request", payloads.pull_request(action)) == []


def test_deleted_fork_and_deleted_author_are_reviewed_all_the_same() -> None:
    payload = payloads.pull_request("synchronize")
    payload["pull_request"]["user"] = None
    payload["pull_request"]["head"]["repo"] = None
    payload["pull_request"]["head"]["user"] = None
    assert jobs_of("pull_request", payload) == [review(1, head=payloads.HEAD)]


@pytest.mark.parametrize("path", ["pull_request.number", "pull_request.head.sha", "repository.id"])
def test_missing_field_is_named(path: str) -> None:
    payload = copy.deepcopy(payloads.pull_request("opened"))
    *way, last = path.split(".")
    part = payload
    for name in way:
        part = part[name]
    del part[last]
    with pytest.raises(MalformedError, match=f"`{path}` is missing"):
        jobs_of("pull_request", payload)


def test_number_that_is_no_number_is_named() -> None:
    payload = payloads.pull_request("opened")
    payload["pull_request"]["number"] = True
    with pytest.raises(MalformedError, match=r"`pull_request\.number` is missing or not a wh"):
        jobs_of("pull_request", payload)


@pytest.mark.parametrize("name", sorted(HANDLERS))
@pytest.mark.parametrize("installation", [None, ...])
def test_delivery_of_a_hook_that_is_no_apps_makes_no_job(name: str, installation: object) -> None:
    for payload in (
        payloads.pull_request("opened"),
        payloads.check_run(external_id="v1:42:1:abc", pull_requests=[]),
        payloads.check_suite(payloads.listed(1)),
    ):
        payload["installation"] = None
        if installation is ...:
            del payload["installation"]
        assert jobs_of(name, payload) == []


def test_rerun_of_a_check_run_is_an_explicit_review_by_its_external_id() -> None:
    payload = payloads.check_run(external_id="v1:42:1:0a1b", pull_requests=[payloads.listed(9)])
    assert jobs_of("check_run", payload) == [RERUN]


@pytest.mark.parametrize(
    "external_id",
    [None, "", "ours", "v1:999:5:0a1b", "v2:42:5:0a1b", "v1:42:5", "v1:42:-5:a", "v1:42:5:a b"],
)
def test_rerun_without_an_external_id_of_this_repository_takes_the_listed_pull_request(
    external_id: str | None,
) -> None:
    listed = [payloads.listed(5, repository=999), payloads.listed(1)]
    payload = payloads.check_run(external_id=external_id, pull_requests=listed)
    assert jobs_of("check_run", payload) == [RERUN]


def test_rerun_that_names_no_pull_request_locates_those_of_its_head() -> None:
    located = replace(RERUN, kind=JobKind.LOCATE, number=0, head_sha=payloads.HEAD)
    payload = payloads.check_run(external_id="", pull_requests=[])
    assert jobs_of("check_run", payload) == [located]
    assert jobs_of("check_suite", payloads.check_suite()) == [located]


@pytest.mark.parametrize("identifier", ["fix", "recheck"])
def test_button_of_ours_is_answered_as_its_command(identifier: str) -> None:
    (job,) = jobs_of("check_run", payloads.pressed(identifier, external_id="v1:42:1:0a1b"))
    assert (job.kind, job.number, job.head_sha) == (JobKind.REPLY, 1, payloads.HEAD)
    assert (job.command, job.actor, job.actor_id) == (identifier, "ann", 5)


@pytest.mark.parametrize("identifier", ["waive", "", None, 3])
def test_other_buttons_make_no_job(identifier: object) -> None:
    assert jobs_of("check_run", payloads.pressed(identifier, external_id="v1:42:1:0a1b")) == []


def test_button_of_a_run_that_tells_no_pull_request_makes_no_job() -> None:
    assert jobs_of("check_run", payloads.pressed("fix", external_id="")) == []


def test_comment_with_a_command_is_answered_at_once() -> None:
    (job,) = jobs_of("issue_comment", payloads.comment("created", "Hello\r\n/ssot recheck\r\n"))
    assert (job.kind, job.number, job.comment_id) == (JobKind.REPLY, 1, 77)
    assert (job.priority, job.on_issue) == (Priority.COMMAND, False)


def test_comment_with_a_command_on_an_issue_is_answered_there() -> None:
    payload = payloads.comment("created", "/ssot help", on_issue=True)
    assert [job.on_issue for job in jobs_of("issue_comment", payload)] == [True]


@pytest.mark.parametrize("body", ["", None, "Nice.", "> /ssot recheck", "```\n/ssot recheck\n```"])
def test_comment_without_a_command_makes_no_job(body: str | None) -> None:
    assert jobs_of("issue_comment", payloads.comment("created", body)) == []


@pytest.mark.parametrize(
    "author",
    [
        {"user": {"login": "ssot[bot]", "type": "Bot"}},
        {"user": None},
        {"performed_via_github_app": {"id": 99}},
    ],
)
def test_commands_of_whoever_is_no_person_are_ignored(author: dict[str, Any]) -> None:
    payload = payloads.comment("created", "/ssot recheck")
    payload["comment"].update(author)
    assert jobs_of("issue_comment", payload) == []


def test_edited_comment_runs_nothing() -> None:
    payload = payloads.comment("edited", "/ssot recheck", before="Hello")
    assert jobs_of("issue_comment", payload) == []


@pytest.mark.parametrize("lasting", ["/ssot waive x until=1 reason=y", "/ssot pause"])
def test_edit_of_what_lasts_is_reviewed(lasting: str) -> None:
    again = [review(1, priority=Priority.COMMAND)]
    for payload in (
        payloads.comment("edited", lasting, before="Hello"),
        payloads.comment("edited", "Hello", before=lasting),
        payloads.comment("deleted", lasting),
        payloads.comment("deleted", "<!-- ssot:answer=77/0a -->\nWaived"),
    ):
        assert jobs_of("issue_comment", payload) == again


def test_edit_of_what_lasts_on_an_issue_makes_no_job() -> None:
    payload = payloads.comment("deleted", "/ssot pause", on_issue=True)
    assert jobs_of("issue_comment", payload) == []


def test_rerun_of_all_checks_reviews_each_pull_request_of_this_repository_once() -> None:
    payload = payloads.check_suite(
        payloads.listed(3),
        payloads.listed(1),
        payloads.listed(1),
        payloads.listed(2, repository=999),
    )
    numbers = [job.number for job in jobs_of("check_suite", payload)]
    assert numbers == [1, 3]
    assert jobs_of("check_suite", payloads.check_suite(payloads.listed(1))) == [RERUN]


@pytest.mark.parametrize("name", ["check_run", "check_suite"])
@pytest.mark.parametrize("action", ["created", "completed", "requested"])
def test_other_actions_of_checks_are_ignored(name: str, action: str) -> None:
    assert jobs_of(name, payloads.delivery(action=action)) == []


def test_rerun_of_a_groups_run_is_of_the_group() -> None:
    payload = payloads.check_run(external_id="v1:42:1:0a1b", pull_requests=[])
    branch = f"gh-readonly-queue/release/2.0/pr-1-{payloads.HEAD}"
    payload["check_run"]["check_suite"] = {"head_branch": branch}
    (job,) = jobs_of("check_run", payload)

    assert (job.kind, job.number, job.head_sha) == (JobKind.GROUP, 1, payloads.HEAD)
    assert (job.branch, job.explicit) == ("release/2.0", True)


def test_rerun_that_overtakes_the_first_job_of_a_group_keeps_its_base() -> None:
    first = replace(review(1), kind=JobKind.GROUP, head_sha="a", base_sha="b")

    assert replace(first, base_sha="").superseding(first).base_sha == "b"
