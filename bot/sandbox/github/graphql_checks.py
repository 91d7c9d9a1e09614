"""GraphQL: check suites, check runs and annotations of a commit."""

from __future__ import annotations

from typing import TYPE_CHECKING

from bot.sandbox.github.graphql_answers import (
    GitNode,
    Resolvers,
    connection,
    need,
    state_of,
)
from bot.sandbox.github.render import node_id
from bot.sandbox.github.render_checks import suite_conclusion, suite_status
from bot.sandbox.github.rest_checks import latest
from bot.sandbox.github.state import iso, iso_or_none

if TYPE_CHECKING:
    from collections.abc import Mapping

    from bot.sandbox.github.check_records import CheckRun, CheckSuite
    from bot.sandbox.github.graphql_answers import Info


def check_suites(
    source: GitNode,
    info: Info,
    *,
    filter_by: Mapping[str, object] | None = None,
    **page: object,
) -> object:
    """List the suites of a commit, perhaps of one App, or with a run of one name."""
    need(info, "checks")
    state, wanted = state_of(info), filter_by or {}
    name = wanted.get("check_name")
    found = [
        suite
        for suite in state.check_suites.values()
        if (suite.repository_id, suite.head_sha) == (source.repository_id, source.oid)
        and wanted.get("app_id") in (None, suite.app_id)
        and (name is None or any(run.name == name for run in state.runs_of(suite)))
    ]
    return connection(info, found, page)


def check_runs(
    source: CheckSuite,
    info: Info,
    *,
    filter_by: Mapping[str, object] | None = None,
    **page: object,
) -> object:
    """List the runs of a suite, oldest first; without `checkType: ALL` the latest of each name."""
    wanted = filter_by or {}
    runs = [run for run in state_of(info).runs_of(source) if _matches(run, wanted)]
    if wanted.get("check_type") != "ALL":
        runs = sorted(latest(runs[::-1]), key=lambda run: run.id)
    return connection(info, runs, page)


def _matches(run: CheckRun, wanted: Mapping[str, object]) -> bool:
    statuses = wanted.get("statuses")
    conclusions = wanted.get("conclusions")
    return (
        wanted.get("check_name") in (None, run.name)
        and wanted.get("app_id") in (None, run.app_id)
        and wanted.get("status") in (None, run.status.upper())
        and (not isinstance(statuses, list) or run.status.upper() in statuses)
        and (not isinstance(conclusions, list) or (run.conclusion or "").upper() in conclusions)
    )


def annotations_of(source: CheckRun, info: Info, **page: object) -> object:
    """List the annotations of a run."""
    found = [
        {
            "path": annotation.path,
            "message": annotation.message,
            "title": annotation.title,
            "rawDetails": annotation.raw_details,
            "annotationLevel": annotation.annotation_level.upper(),
        }
        for annotation in source.annotations
    ]
    return connection(info, found, page)


def _upper(text: str | None) -> str | None:
    return text.upper() if text else None


RESOLVERS: Resolvers = {
    "Commit": {"checkSuites": check_suites},
    "CheckSuite": {
        "id": lambda source, _info: node_id("CS", source.id),
        "databaseId": lambda source, _info: source.id,
        "app": lambda source, info: state_of(info).apps.get(source.app_id),
        "commit": lambda source, _info: GitNode("Commit", source.repository_id, source.head_sha),
        "createdAt": lambda source, _info: iso(source.created_at),
        "status": lambda source, info: suite_status(state_of(info), source).upper(),
        "conclusion": lambda source, info: _upper(suite_conclusion(state_of(info), source)),
        "checkRuns": check_runs,
    },
    "CheckRun": {
        "id": lambda source, _info: node_id("CR", source.id),
        "databaseId": lambda source, _info: source.id,
        "checkSuite": lambda source, info: state_of(info).check_suites[source.suite_id],
        "status": lambda source, _info: source.status.upper(),
        "conclusion": lambda source, _info: _upper(source.conclusion),
        "startedAt": lambda source, _info: iso(source.started_at),
        "completedAt": lambda source, _info: iso_or_none(source.completed_at),
        "annotations": annotations_of,
    },
}
