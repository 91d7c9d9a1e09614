"""Operations on check runs, under all the limits that GitHub keeps."""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime
from typing import TYPE_CHECKING

from bot.sandbox.github.answers import Answer, RefusedError, invalid_request, not_found
from bot.sandbox.github.bodies import CheckRunBody, CreateCheckRunBody, parse
from bot.sandbox.github.check_records import Action, Annotation, CheckRun, CheckSuite
from bot.sandbox.github.check_rules import check_limits
from bot.sandbox.github.happenings import check_run_happened
from bot.sandbox.github.paging import counted, listing
from bot.sandbox.github.render_checks import annotation_json, check_run_json

if TYPE_CHECKING:
    from collections.abc import Mapping

    from bot.sandbox.github.bodies import AnnotationBody
    from bot.sandbox.github.operations import Call, Handler
    from bot.sandbox.github.state import State

NO_COMMIT = "No commit found for SHA: {sha}"
# databricks/cli#4563
OTHER_APP = (
    "Invalid app_id `{app_id}` - check run can only be modified by the GitHub App that created it."
)


def create_check_run(call: Call) -> Answer:
    """POST /repos/{owner}/{repo}/check-runs."""
    body = parse(CreateCheckRunBody, call.json)
    check_limits(body)
    state, repository = call.state, call.repository
    if not state.knows_commit(repository.id, body.head_sha):
        raise RefusedError(422, NO_COMMIT.format(sha=body.head_sha))
    suite = suite_of(state, repository.id, call.viewer.app.id, head_sha=body.head_sha)
    fresh = CheckRun(
        id=state.next_id(),
        repository_id=repository.id,
        suite_id=suite.id,
        app_id=call.viewer.app.id,
        name=body.name,
        head_sha=body.head_sha,
        status="queued",
        started_at=state.now(),
    )
    run = _changed(call, fresh, body)
    check_run_happened(state, run, "created")
    if run.status == "completed":
        check_run_happened(state, run, "completed")
    return Answer(201, check_run_json(state, run))


def update_check_run(call: Call) -> Answer:
    """PATCH …/check-runs/{check_run_id}: by its own App only; a completed run stays completed."""
    body = parse(CheckRunBody, call.json)
    check_limits(body)
    before = _run(call)
    if before.app_id != call.viewer.app.id:
        raise RefusedError(403, OTHER_APP.format(app_id=call.viewer.app.id))
    run = _changed(call, before, body)
    if run.status == "completed" and before.status != "completed":
        check_run_happened(call.state, run, "completed")
    return Answer(200, check_run_json(call.state, run))


def get_check_run(call: Call) -> Answer:
    """GET …/check-runs/{check_run_id}."""
    return Answer(200, check_run_json(call.state, _run(call)))


def list_annotations(call: Call) -> Answer:
    """GET …/check-runs/{check_run_id}/annotations."""
    run = _run(call)
    url = f"{_api(call)}/check-runs/{run.id}/annotations"
    return listing(call, url, run.annotations, lambda item: annotation_json(call.state, run, item))


def list_check_runs(call: Call) -> Answer:
    """GET …/commits/{ref}/check-runs: newest first; `filter=latest` keeps one of each name."""
    state, ref = call.state, call.params["ref"]
    sha = state.git(call.repository.id).commit_id(ref)
    if sha is None:
        raise RefusedError(422, NO_COMMIT.format(sha=ref))
    runs = [run for run in state.check_runs.values() if _wanted(call, run, sha)]
    runs.sort(key=lambda run: -run.id)
    if call.query.get("filter", "latest") == "latest":
        runs = latest(runs)
    url = f"{_api(call)}/commits/{ref}/check-runs"
    return counted(call, url, runs, key="check_runs", render=lambda run: check_run_json(state, run))


def latest(runs: list[CheckRun]) -> list[CheckRun]:
    """Keep the first run of each App and name of a list that is sorted newest first."""
    kept: dict[tuple[int, str], CheckRun] = {}
    for run in runs:
        kept.setdefault((run.app_id, run.name), run)
    return list(kept.values())


def suite_of(state: State, repository_id: int, app_id: int, *, head_sha: str) -> CheckSuite:
    """Return the suite of an App on a commit; GitHub makes it with the first push or run."""
    for suite in state.check_suites.values():
        if (suite.repository_id, suite.app_id, suite.head_sha) == (repository_id, app_id, head_sha):
            return suite
    git = state.git(repository_id)
    branch = next((name for name in git.branches() if git.branch(name) == head_sha), None)
    suite = CheckSuite(
        state.next_id(), repository_id, app_id, head_sha, branch, created_at=state.now()
    )
    state.check_suites[suite.id] = suite
    return suite


def _changed(call: Call, run: CheckRun, body: CheckRunBody) -> CheckRun:
    changed = _with_output(_with_status(_with_fields(run, body), body, call.state.now()), body)
    call.state.check_runs[run.id] = changed
    return changed


def _with_fields(run: CheckRun, body: CheckRunBody) -> CheckRun:
    if body.sent("name"):
        run = replace(run, name=body.name)
    if body.sent("details_url"):
        run = replace(run, details_url=body.details_url)
    if body.sent("external_id"):
        run = replace(run, external_id=body.external_id)
    if body.sent("started_at"):
        run = replace(run, started_at=_seconds(body.started_at))
    if body.sent("actions"):
        actions = tuple(Action(a.label, a.description, a.identifier) for a in body.actions)
        run = replace(run, actions=actions)
    return run


def _with_status(run: CheckRun, body: CheckRunBody, now: float) -> CheckRun:
    completes = body.sent("conclusion")
    if not completes and (body.status == "completed" or body.sent("completed_at")):
        raise invalid_request('"conclusion" wasn\'t supplied.')
    if completes:
        completed_at = _seconds(body.completed_at) if body.sent("completed_at") else now
        return replace(
            run, status="completed", conclusion=body.conclusion, completed_at=completed_at
        )
    # A completed run never opens again: Mergifyio/mergify#1989, taskcluster#5085.
    if body.sent("status") and run.status != "completed":
        return replace(run, status=body.status)
    return run


def _with_output(run: CheckRun, body: CheckRunBody) -> CheckRun:
    if not body.sent("output"):
        return run
    output = body.output
    added = tuple(_annotation(item) for item in output.annotations)
    return replace(
        run,
        title=output.title if output.sent("title") else run.title,
        summary=output.summary,
        text=output.text if output.sent("text") else run.text,
        annotations=run.annotations + added,
    )


def _annotation(body: AnnotationBody) -> Annotation:
    return Annotation(
        path=body.path,
        start_line=body.start_line,
        end_line=body.end_line,
        annotation_level=body.annotation_level,
        message=body.message,
        title=body.title or None,
        raw_details=body.raw_details or None,
        start_column=body.start_column or None,
        end_column=body.end_column or None,
    )


def _wanted(call: Call, run: CheckRun, sha: str) -> bool:
    query = call.query
    return (
        (run.repository_id, run.head_sha) == (call.repository.id, sha)
        and query.get("check_name", run.name) == run.name
        and query.get("status", run.status) == run.status
        and query.get("app_id", str(run.app_id)) == str(run.app_id)
    )


def _run(call: Call) -> CheckRun:
    run = call.state.check_runs.get(call.number("check_run_id"))
    if run is None or run.repository_id != call.repository.id:
        raise not_found()
    return run


def _seconds(text: str) -> float:
    return datetime.fromisoformat(text).timestamp()


def _api(call: Call) -> str:
    return f"{call.state.api_url}/repos/{call.repository.full_name}"


OPERATIONS: Mapping[str, Handler] = {
    "POST /repos/{owner}/{repo}/check-runs": create_check_run,
    "PATCH /repos/{owner}/{repo}/check-runs/{check_run_id}": update_check_run,
    "GET /repos/{owner}/{repo}/check-runs/{check_run_id}": get_check_run,
    "GET /repos/{owner}/{repo}/check-runs/{check_run_id}/annotations": list_annotations,
    "GET /repos/{owner}/{repo}/commits/{ref}/check-runs": list_check_runs,
}
