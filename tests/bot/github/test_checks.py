"""Check runs over HTTP: batches of annotations, interrupted ones, heads that come late."""

from __future__ import annotations

from dataclasses import asdict
from typing import TYPE_CHECKING, Any

import pytest

from bot.domain.annotations import Annotation
from bot.domain.pull import CheckRun
from bot.domain.report import Report, report
from bot.github.checks import Checks
from bot.github.refusals import RefusedError
from tests.bot.domain.examples import HEAD, analysis, config, finding, pull

if TYPE_CHECKING:
    from bot.github.client import GitHub
    from tests.bot.github.conftest import ScriptedGitHub

CREATE = "POST /repos/octo/shop/check-runs"
UPDATE = "PATCH /repos/octo/shop/check-runs/5"
UPDATE_NEW = "PATCH /repos/octo/shop/check-runs/6"
ANNOTATIONS = "GET /repos/octo/shop/check-runs/5/annotations"
UNKNOWN = {"message": f"No commit found for SHA: {HEAD}"}


@pytest.fixture
def checks(script: ScriptedGitHub, github: GitHub) -> Checks:
    script.token()
    script.on(UPDATE, {"id": 5})
    script.on(UPDATE_NEW, {"id": 6})
    return Checks(github)


async def test_a_run_starts_in_progress_on_the_head(script: ScriptedGitHub, checks: Checks) -> None:
    script.on(CREATE, {"id": 5}, status=201)

    assert await checks.start(pull()) == CheckRun(5)

    (request,) = script.sent(CREATE)
    assert request.body["name"] == "SSOT"
    assert request.body["head_sha"] == HEAD
    assert request.body["status"] == "in_progress"
    assert request.body["external_id"] == "v1:42:12:"


async def test_a_commit_that_is_not_known_yet_is_waited_for(
    script: ScriptedGitHub, checks: Checks
) -> None:
    script.on(CREATE, UNKNOWN, status=422)
    script.on(CREATE, UNKNOWN, status=422)
    script.on(CREATE, {"id": 5}, status=201)

    assert await checks.start(pull()) == CheckRun(5)

    assert script.clock.slept == [1.0, 2.0]


async def test_a_commit_that_stays_unknown_is_an_error(
    script: ScriptedGitHub, checks: Checks
) -> None:
    script.on(CREATE, UNKNOWN, status=422)

    with pytest.raises(RefusedError, match="No commit found"):
        await checks.start(pull())

    assert len(script.sent(CREATE)) == 4


async def test_another_refusal_of_a_run_is_not_repeated(
    script: ScriptedGitHub, checks: Checks
) -> None:
    script.on(CREATE, {"message": "Invalid request."}, status=422)

    with pytest.raises(RefusedError):
        await checks.start(pull())

    assert len(script.sent(CREATE)) == 1


async def test_one_request_completes_a_run_of_50_annotations(
    script: ScriptedGitHub, checks: Checks
) -> None:
    verdict = _report(50)

    await checks.complete(pull(), verdict, run=CheckRun(5))

    (request,) = script.sent(UPDATE)
    assert request.body["status"] == "completed"
    assert request.body["conclusion"] == "failure"
    assert request.body["external_id"] == f"v1:42:12:{verdict.digest}"
    assert len(request.body["output"]["annotations"]) == 50


async def test_annotations_go_in_batches_and_the_last_one_completes(
    script: ScriptedGitHub, checks: Checks
) -> None:
    await checks.complete(pull(), _report(120), run=CheckRun(5))

    sent = [request.body for request in script.sent(UPDATE)]
    assert [len(body["output"]["annotations"]) for body in sent] == [50, 50, 20]
    assert [body["status"] for body in sent] == ["in_progress", "in_progress", "completed"]
    lines = [one["start_line"] for body in sent for one in body["output"]["annotations"]]
    assert lines == list(range(1, 121))


async def test_a_new_run_is_created_completed(script: ScriptedGitHub, checks: Checks) -> None:
    script.on(CREATE, {"id": 6}, status=201)

    await checks.complete(pull(), _report(1), run=None)

    (request,) = script.requests[1:]
    assert request.body["status"] == "completed"
    assert request.body["head_sha"] == HEAD


async def test_a_new_run_of_many_annotations_is_started_first(
    script: ScriptedGitHub, checks: Checks
) -> None:
    script.on(CREATE, {"id": 6}, status=201)

    await checks.complete(pull(), _report(60), run=None)

    assert [request.body["status"] for request in script.requests[1:]] == [
        "in_progress",
        "in_progress",
        "completed",
    ]


async def test_a_clean_run_has_no_annotations(script: ScriptedGitHub, checks: Checks) -> None:
    await checks.complete(pull(), _report(0), run=CheckRun(5))

    (request,) = script.sent(UPDATE)
    assert request.body["conclusion"] == "success"
    assert "annotations" not in request.body["output"]


async def test_columns_are_left_out_where_there_are_none(
    script: ScriptedGitHub, checks: Checks
) -> None:
    verdict = report(analysis(finding()), pull(), config())
    several = Report(
        verdict.conclusion,
        verdict.title,
        verdict.summary,
        (*verdict.annotations, _without_columns(verdict.annotations[0])),
    )

    await checks.complete(pull(), several, run=CheckRun(5))

    one, other = script.sent(UPDATE)[0].body["output"]["annotations"]
    assert (one["start_column"], one["end_column"]) == (5, 19)
    assert not {"start_column", "end_column"} & set(other)


async def test_annotations_that_a_dead_job_sent_are_not_sent_again(
    script: ScriptedGitHub, checks: Checks
) -> None:
    verdict = _report(120)
    script.on(ANNOTATIONS, [_listed(one) for one in verdict.annotations[:50]])

    await checks.complete(pull(), verdict, run=CheckRun(5, annotations_count=50))

    sent = [request.body["output"]["annotations"] for request in script.sent(UPDATE)]
    assert [one["start_line"] for batch in sent for one in batch] == list(range(51, 121))


async def test_all_annotations_of_a_long_run_are_compared(
    script: ScriptedGitHub, checks: Checks
) -> None:
    verdict = _report(120)
    listed = [_listed(one) for one in verdict.annotations]
    script.on(ANNOTATIONS, listed[:100])
    script.on(ANNOTATIONS, listed[100:])

    await checks.complete(pull(), verdict, run=CheckRun(5, annotations_count=120))

    assert [request.query["page"] for request in script.sent(ANNOTATIONS)] == ["1", "2"]
    (request,) = script.sent(UPDATE)
    assert "annotations" not in request.body["output"]


async def test_a_run_with_other_annotations_is_cancelled_and_replaced(
    script: ScriptedGitHub, checks: Checks
) -> None:
    other = _listed(report(analysis(finding("x.py")), pull(), config()).annotations[0])
    script.on(ANNOTATIONS, [other])
    script.on(CREATE, {"id": 6}, status=201)

    await checks.complete(pull(), _report(1), run=CheckRun(5, annotations_count=1))

    (cancelled,), (created,) = script.sent(UPDATE), script.sent(CREATE)
    assert cancelled.body["conclusion"] == "cancelled"
    assert created.body["conclusion"] == "failure"


def _report(count: int) -> Report:
    findings = [finding(line=line) for line in range(1, count + 1)]
    return report(analysis(*findings), pull(), config())


def _without_columns(annotation: Annotation) -> Annotation:
    fields = {**asdict(annotation), "end_line": 9, "start_column": 0, "end_column": 0}
    return Annotation(**fields)


def _listed(annotation: Annotation) -> dict[str, Any]:
    fields = asdict(annotation)
    return {**fields, "annotation_level": fields.pop("level"), "raw_details": None}
