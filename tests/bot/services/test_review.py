"""What a review writes, and what it leaves alone."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import pytest

from bot.domain.additions import Addition
from bot.domain.errors import (
    SupersededError,
)
from bot.domain.jobs import Job, JobKind, RepositoryRef
from bot.domain.markdown import parse
from bot.domain.pull import (
    NO_CONFIG,
    CheckRun,
    ConfigFile,
    ConfigSource,
    HeadRepository,
    Moment,
    Position,
    PullState,
)
from bot.services.review import review
from checks.model import Kind, Suggestion
from tests.bot.domain.examples import BASE, CONFIG, HEAD, analysis, finding, pull
from tests.bot.services.memory import MemoryGitHub

JOB = Job(JobKind.REVIEW, 7, RepositoryRef(42, "octo", "shop"), 12)
EXPLICIT = replace(JOB, explicit=True)
NEXT_HEAD = Position("e" * 40, BASE)
NEXT = Moment(NEXT_HEAD)


async def test_a_clean_change_gets_a_check_run_and_no_comment() -> None:
    github = MemoryGitHub(pull())

    await review(JOB, github.ports)

    assert github.writes == ["start", "complete success"]


async def test_a_finding_gets_a_failing_run_and_one_review() -> None:
    github = MemoryGitHub(pull(), analysis(finding()))

    await review(JOB, github.ports)

    assert github.writes == ["start", "review 1", "complete failure"]


async def test_the_same_job_twice_writes_nothing_more() -> None:
    github = MemoryGitHub(pull(), analysis(finding()))
    await review(JOB, github.ports)
    github.writes.clear()

    await review(JOB, github.ports)

    assert github.writes == []


async def test_more_findings_than_a_body_can_name_are_reviewed_once() -> None:
    many = [finding(symbol=f"shop.old.Name{number}", rank=number) for number in range(1600)]
    github = MemoryGitHub(pull(), analysis(*many))
    await review(JOB, github.ports)
    github.writes.clear()

    await review(JOB, github.ports)

    assert github.writes == []


@pytest.mark.parametrize("moment", ["start", "review", "complete"])
async def test_a_job_that_dies_between_writes_leaves_no_duplicate(moment: str) -> None:
    github = MemoryGitHub(pull(), analysis(finding()), dies_after=moment)
    with pytest.raises(KeyboardInterrupt):
        await review(JOB, github.ports)
    github.dies_after = ""

    await review(JOB, github.ports)

    assert github.writes == ["start", "review 1", "complete failure"]


async def test_a_line_shift_adds_a_run_for_the_new_head_and_no_comment() -> None:
    github = MemoryGitHub(pull(), analysis(finding(line=3, rank=1)))
    await review(JOB, github.ports)
    github.pull = replace(github.standing, position=NEXT_HEAD, runs=())
    github.analysed = analysis(finding(line=30, rank=1))
    github.writes.clear()

    await review(JOB, github.ports)

    assert github.writes == ["start", "complete failure"]


async def test_a_fix_edits_the_comment_and_turns_the_run_green() -> None:
    github = MemoryGitHub(pull(), analysis(finding()))
    await review(JOB, github.ports)
    github.pull = replace(github.standing, position=NEXT_HEAD, runs=())
    github.analysed = analysis()
    github.writes.clear()

    await review(JOB, github.ports)

    assert github.writes == ["start", "edit", "complete success"]
    assert github.standing.comments[0].markers.fixed_in == NEXT_HEAD.head_sha


async def test_an_explicit_job_makes_a_new_run_of_an_unchanged_verdict() -> None:
    github = MemoryGitHub(pull())
    await review(JOB, github.ports)
    github.writes.clear()

    await review(EXPLICIT, github.ports)

    assert github.writes == ["start", "complete success"]


async def test_a_changed_verdict_on_the_same_head_makes_a_new_run() -> None:
    github = MemoryGitHub(pull())
    await review(JOB, github.ports)
    github.analysed = analysis(finding())
    github.writes.clear()

    await review(JOB, github.ports)

    assert github.writes == ["review 1", "complete failure"]
    assert len(github.standing.runs) == 2


async def test_a_run_left_in_progress_is_completed() -> None:
    github = MemoryGitHub(pull(runs=(CheckRun(5, 12),)))

    await review(JOB, github.ports)

    assert github.writes == ["complete success"]
    assert [run.id for run in github.standing.runs] == [5]


@pytest.mark.parametrize(
    "quiet",
    [
        None,
        pull(config=NO_CONFIG),
        pull(state=PullState.CLOSED),
        pull(state=PullState.MERGED),
    ],
)
async def test_nothing_is_written_where_nothing_is_asked_for(quiet: object) -> None:
    github = MemoryGitHub(quiet, analysis(finding()))  # type: ignore[arg-type]

    await review(JOB, github.ports)

    assert github.writes == []


async def test_a_draft_gets_its_verdict_and_no_comment_until_it_is_ready() -> None:
    github = MemoryGitHub(pull(draft=True), analysis(finding()))
    await review(JOB, github.ports)
    assert github.writes == ["start", "complete failure"]
    github.pull = replace(github.standing, draft=False)
    github.writes.clear()

    await review(JOB, github.ports)

    assert github.writes == ["review 1"]


async def test_an_invalid_config_asks_for_action() -> None:
    github = MemoryGitHub(pull(config=ConfigFile(ConfigSource.BASE, "version: 2\n")))

    await review(JOB, github.ports)

    assert github.writes == ["start", "complete action_required"]


async def test_an_empty_config_asks_for_action() -> None:
    github = MemoryGitHub(pull(config=ConfigFile(ConfigSource.BASE, "")))

    await review(JOB, github.ports)

    assert github.writes == ["start", "complete action_required"]


async def test_a_branch_without_config_is_skipped() -> None:
    github = MemoryGitHub(pull(config=ConfigFile(ConfigSource.DEFAULT)))

    await review(JOB, github.ports)

    assert github.writes == ["start", "complete skipped"]


async def test_the_first_config_is_previewed() -> None:
    added = ConfigFile(ConfigSource.HEAD, CONFIG)
    github = MemoryGitHub(pull(config=added), analysis(finding()))

    await review(JOB, github.ports)

    assert github.writes == ["start", "complete neutral"]


@pytest.mark.parametrize("moved", [NEXT_HEAD, Position(HEAD, "f" * 40)])
async def test_a_pull_request_that_moved_is_given_up_before_anything_is_said(
    moved: Position,
) -> None:
    github = MemoryGitHub(pull(), analysis(finding()), moved_to=Moment(moved))

    with pytest.raises(SupersededError) as raised:
        await review(JOB, github.ports)

    assert github.writes == ["start", "complete cancelled"]
    assert raised.value.head_sha == moved.head_sha
    assert github.reports[0].title == f"Superseded by {moved.head_sha[:7]}"


@pytest.mark.parametrize("state", [PullState.CLOSED, PullState.MERGED])
async def test_a_pull_request_closed_meanwhile_is_told_nothing(state: PullState) -> None:
    gone = Moment(Position(HEAD, BASE), state)
    github = MemoryGitHub(pull(), analysis(finding()), moved_to=gone)

    await review(JOB, github.ports)

    assert github.writes == ["start", "complete cancelled"]


async def test_a_pull_request_that_became_a_draft_meanwhile_is_reviewed_as_one() -> None:
    draft = Moment(Position(HEAD, BASE), draft=True)
    github = MemoryGitHub(pull(), analysis(finding()), moved_to=draft)

    with pytest.raises(SupersededError):
        await review(JOB, github.ports)

    assert github.writes == ["start", "complete cancelled"]


async def test_a_closed_pull_request_is_forgotten() -> None:
    github = MemoryGitHub(pull(state=PullState.CLOSED))
    github.additions.by_number[12] = ()

    await review(JOB, github.ports)

    assert github.forgotten == [12]
    assert github.additions.by_number == {}


async def test_a_head_that_is_shared_is_left_to_the_lowest_number() -> None:
    github = MemoryGitHub(pull(siblings=(9, 14), runs=(CheckRun(5, 12),)))

    await review(EXPLICIT, github.ports)

    assert github.writes == ["complete cancelled", "enqueue 9"]


async def test_a_sibling_that_came_meanwhile_leaves_the_verdict_to_the_next_job() -> None:
    shared = Moment(Position(HEAD, BASE), siblings=(9,))
    github = MemoryGitHub(pull(), moved_to=shared)

    with pytest.raises(SupersededError):
        await review(JOB, github.ports)

    assert github.writes == ["start", "complete cancelled"]


async def test_who_shared_the_head_of_a_closed_pull_request_is_judged_anew() -> None:
    github = MemoryGitHub(pull(state=PullState.MERGED, siblings=(14,)))

    await review(JOB, github.ports)

    assert github.writes == ["enqueue 14"]


async def test_what_jobs_left_in_progress_is_closed_when_it_is_seen() -> None:
    github = MemoryGitHub(
        pull(runs=(CheckRun(5, 12), CheckRun(6, 12), CheckRun(7, 14)), left_runs=(CheckRun(4, 12),))
    )

    await review(JOB, github.ports)

    assert github.writes == ["complete cancelled", "complete cancelled", "complete success"]
    assert {run.id for run in github.standing.runs if run.completed} == {4, 5, 6}


async def test_the_same_definition_in_another_pull_request_is_hinted_at() -> None:
    second = finding(rule="duplicate-definition", symbol="CartEngine", kind=Kind.CLASS)
    github = MemoryGitHub(pull(), analysis(second))
    github.additions.by_number[14] = (Addition("class", "CartEngine"), Addition("class", "Other"))

    await review(JOB, github.ports)

    hint = "Open pull request #14 adds the same definition: the class `CartEngine`."
    assert github.reports[0].summary.count(hint) == 1


async def test_a_verdict_that_stands_survives_a_move() -> None:
    standing = CheckRun(5, 12, completed=True, digest="0" * 16)
    github = MemoryGitHub(pull(runs=(standing,)), moved_to=NEXT)

    with pytest.raises(SupersededError):
        await review(JOB, github.ports)

    assert github.writes == []


async def test_a_comment_names_its_finding() -> None:
    found = finding()
    github = MemoryGitHub(pull(), analysis(found))

    await review(JOB, github.ports)

    (comment,) = github.standing.comments
    assert parse(comment.body).fingerprints == (found.fingerprint,)


@pytest.mark.parametrize(
    ("changes", "granted", "buttons"),
    [
        ({}, True, ["recheck", "fix"]),
        ({}, False, ["recheck"]),
        ({"head_repository": HeadRepository.FORK}, True, ["recheck"]),
    ],
)
async def test_buttons_are_offered_where_they_can_work(
    changes: dict[str, Any], granted: bool, buttons: list[str]
) -> None:
    fixable = finding(suggestion=Suggestion(3, 3, "x = 1\n"))
    github = MemoryGitHub(pull(**changes), analysis(fixable), contents_write=granted)

    await review(JOB, github.ports)

    assert [button.identifier for button in github.reports[0].buttons] == buttons
