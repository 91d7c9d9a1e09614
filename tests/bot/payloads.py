"""The smallest payloads that look like GitHub's."""

from __future__ import annotations

from typing import Any

HEAD = "a" * 40
BASE = "b" * 40


def delivery(**parts: Any) -> dict[str, Any]:
    """Build what every delivery of an App carries."""
    return {
        "installation": {"id": 7, "node_id": "x"},
        "repository": {
            "id": 42,
            "name": "engine",
            "full_name": "acme/engine",
            "owner": {"login": "acme"},
            "default_branch": "main",
        },
        "sender": {"login": "ann", "id": 5, "type": "User"},
        **parts,
    }


def pull_request(action: str, **parts: Any) -> dict[str, Any]:
    """Build a `pull_request` delivery of pull request 1, from a fork."""
    return delivery(
        action=action,
        number=1,
        pull_request={
            "number": 1,
            "user": {"login": "ann"},
            "head": {"sha": HEAD, "ref": "topic", "repo": {"id": 43}, "user": {"login": "ann"}},
            "base": {"sha": "b" * 40, "ref": "main", "repo": {"id": 42}},
            "draft": False,
        },
        **parts,
    )


def listed(number: int, *, repository: int = 42) -> dict[str, Any]:
    """Build an entry of `pull_requests` in a check run or suite."""
    return {"number": number, "base": {"repo": {"id": repository}}}


def check_run(*, external_id: str | None, pull_requests: list[dict[str, Any]]) -> dict[str, Any]:
    """Build a `check_run` delivery for a press on "Re-run"."""
    run = {"head_sha": HEAD, "external_id": external_id, "pull_requests": pull_requests}
    return delivery(action="rerequested", check_run=run)


def check_suite(*pull_requests: dict[str, Any]) -> dict[str, Any]:
    """Build a `check_suite` delivery for a press on "Re-run all checks"."""
    suite = {"head_sha": HEAD, "pull_requests": list(pull_requests)}
    return delivery(action="rerequested", check_suite=suite)


def merge_group(action: str, **parts: Any) -> dict[str, Any]:
    """Build a `merge_group` delivery for pull request 104."""
    group = {
        "head_sha": HEAD,
        "head_ref": f"refs/heads/gh-readonly-queue/main/pr-104-{BASE}",
        "base_sha": BASE,
        "base_ref": "refs/heads/main",
    }
    return delivery(action=action, merge_group=group, **parts)


def pushed(**lists: list[str]) -> dict[str, Any]:
    """Build one commit of a `push` delivery."""
    return {"id": HEAD, "added": [], "modified": [], "removed": [], **lists}


def push(*commits: dict[str, Any], **parts: Any) -> dict[str, Any]:
    """Build a `push` delivery to the branch `release/1`."""
    fields = {"ref": "refs/heads/release/1", "created": False, "deleted": False, "forced": False}
    return delivery(commits=list(commits), **{**fields, **parts})


def installation(action: str) -> dict[str, Any]:
    """Build an `installation` delivery of two repositories; it belongs to none itself."""
    payload = delivery(action=action, repositories=[named(42), named(43)])
    del payload["repository"]
    return payload


def repositories(
    action: str, *, given: list[int] | None = None, taken: list[int] | None = None
) -> dict[str, Any]:
    """Build an `installation_repositories` delivery."""
    payload = delivery(
        action=action,
        repositories_added=[named(number) for number in given or []],
        repositories_removed=[named(number) for number in taken or []],
    )
    del payload["repository"]
    return payload


def named(number: int) -> dict[str, Any]:
    """Build an entry of a list of repositories."""
    return {"id": number, "full_name": f"acme/{'engine' if number == 42 else 'other'}"}


def pressed(identifier: object, *, external_id: str) -> dict[str, Any]:
    """Build a `check_run` delivery for a press on a button of ours."""
    run = {"head_sha": HEAD, "external_id": external_id, "pull_requests": []}
    action = {"identifier": identifier}
    return delivery(action="requested_action", check_run=run, requested_action=action)


def comment(
    action: str, body: str | None, *, before: str | None = None, on_issue: bool = False
) -> dict[str, Any]:
    """Build an `issue_comment` delivery of pull request (or issue) 1; `before` was edited."""
    user = {"login": "ann", "id": 5, "type": "User"}
    changes = {} if before is None else {"changes": {"body": {"from": before}}}
    return delivery(
        action=action,
        issue={"number": 1, "pull_request": None if on_issue else {"url": "x"}},
        comment={"id": 77, "user": user, "body": body, "performed_via_github_app": None},
        **changes,
    )
