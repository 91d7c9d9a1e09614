"""Check suites, check runs and annotations as REST and webhooks show them."""

from __future__ import annotations

from typing import TYPE_CHECKING

from bot.sandbox.github.render import app_json, node_id
from bot.sandbox.github.render_pulls import pull_minimal_json
from bot.sandbox.github.state import iso, iso_or_none

if TYPE_CHECKING:
    from bot.sandbox.github.check_records import Annotation, CheckRun, CheckSuite
    from bot.sandbox.github.state import State

    Json = dict[str, object]

# A suite says what its worst run says.
_CONCLUSIONS = (
    "action_required",
    "failure",
    "timed_out",
    "cancelled",
    "neutral",
    "success",
    "skipped",
)


def check_run_json(state: State, run: CheckRun) -> Json:
    """Render a check run as REST does."""
    api = f"{state.api_url}/repos/{_name(state, run.repository_id)}/check-runs/{run.id}"
    html = f"{state.url}/{_name(state, run.repository_id)}/runs/{run.id}"
    return {
        "id": run.id,
        "name": run.name,
        "node_id": node_id("CR", run.id),
        "head_sha": run.head_sha,
        "external_id": run.external_id,
        "url": api,
        "html_url": html,
        "details_url": run.details_url or html,
        "status": run.status,
        "conclusion": run.conclusion,
        "started_at": iso(run.started_at),
        "completed_at": iso_or_none(run.completed_at),
        "output": {
            "title": run.title,
            "summary": run.summary,
            "text": run.text,
            "annotations_count": len(run.annotations),
            "annotations_url": f"{api}/annotations",
        },
        "check_suite": {"id": run.suite_id},
        "app": app_json(state, state.apps[run.app_id]),
        "pull_requests": pulls_on(state, state.check_suites[run.suite_id]),
    }


def check_run_event_json(state: State, run: CheckRun) -> Json:
    """Render a check run as events do: with its whole suite."""
    suite = check_suite_json(state, state.check_suites[run.suite_id])
    return {**check_run_json(state, run), "check_suite": suite}


def check_suite_json(state: State, suite: CheckSuite) -> Json:
    """Render a check suite; for the head of a fork it names no branch and no pull request."""
    api = f"{state.api_url}/repos/{_name(state, suite.repository_id)}/check-suites/{suite.id}"
    git = state.git(suite.repository_id)
    person = {"name": "Ada Example", "email": "ada@example.org"}
    return {
        "id": suite.id,
        "node_id": node_id("CS", suite.id),
        "head_branch": suite.head_branch,
        "head_sha": suite.head_sha,
        "status": suite_status(state, suite),
        "conclusion": suite_conclusion(state, suite),
        "url": api,
        "before": None,
        "after": suite.head_sha,
        "pull_requests": pulls_on(state, suite),
        "app": app_json(state, state.apps[suite.app_id]),
        "created_at": iso(suite.created_at),
        "updated_at": iso(suite.created_at),
        "latest_check_runs_count": len(state.runs_of(suite)),
        "check_runs_url": f"{api}/check-runs",
        "head_commit": {
            "id": suite.head_sha,
            "tree_id": git.tree_id(suite.head_sha),
            "message": git.message(suite.head_sha),
            "timestamp": iso(suite.created_at),
            "author": person,
            "committer": person,
        },
    }


def annotation_json(state: State, run: CheckRun, annotation: Annotation) -> Json:
    """Render one annotation."""
    html = f"{state.url}/{_name(state, run.repository_id)}"
    return {
        "path": annotation.path,
        "blob_href": f"{html}/blob/{run.head_sha}/{annotation.path}",
        "start_line": annotation.start_line,
        "end_line": annotation.end_line,
        "start_column": annotation.start_column,
        "end_column": annotation.end_column,
        "annotation_level": annotation.annotation_level,
        "title": annotation.title,
        "message": annotation.message,
        "raw_details": annotation.raw_details,
    }


def pulls_on(state: State, suite: CheckSuite) -> list[Json]:
    """List the open pull requests on a suite's head: none for a fork's head, as on GitHub."""
    if suite.head_branch is None:
        return []
    return [
        pull_minimal_json(state, pull)
        for pull in state.pulls_of(suite.repository_id)
        if pull.head_sha == suite.head_sha and not pull.from_fork and state.is_open(pull)
    ]


def suite_status(state: State, suite: CheckSuite) -> str:
    """Sum up a suite: completed when all its runs are."""
    statuses = {run.status for run in state.runs_of(suite)}
    if statuses == {"completed"}:
        return "completed"
    return "in_progress" if "in_progress" in statuses else "queued"


def suite_conclusion(state: State, suite: CheckSuite) -> str | None:
    """Return the conclusion of highest priority; None while a run is unfinished."""
    if suite_status(state, suite) != "completed":
        return None
    given = {run.conclusion for run in state.runs_of(suite)}
    return next((name for name in _CONCLUSIONS if name in given), None)


def _name(state: State, repository_id: int) -> str:
    return state.repositories[repository_id].full_name
