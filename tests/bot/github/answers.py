"""GraphQL answers as GitHub gives them, to be changed by each test."""

from __future__ import annotations

from typing import Any

from tests.bot.domain.examples import BASE, CONFIG, HEAD
from tests.bot.github.conftest import APP_ID


def pull_answer(**changes: Any) -> dict[str, Any]:
    """The whole read; `changes` replace fields of the pull request."""
    pull = {
        "number": 12,
        "title": "Add a cart",
        "state": "OPEN",
        "isDraft": False,
        "author": {"login": "ada", "databaseId": 5},
        "headRefOid": HEAD,
        "headRefName": "change",
        "baseRefOid": "0" * 40,
        "baseRefName": "main",
        "isCrossRepository": False,
        "headRepository": {"databaseId": 42},
        "baseRef": {"target": {"oid": BASE, "config": file(CONFIG)}},
        "commits": {"nodes": [{"commit": head()}]},
        "earlier": {"nodes": []},
        "tip": {"nodes": []},
        "headRef": {"associatedPullRequests": {"nodes": []}},
        "reviews": reviews(),
        "reviewThreads": threads(),
        "comments": conversation(),
        "body": "",
        "closingIssuesReferences": {"nodes": []},
        "spoken": {"nodes": []},
        **changes,
    }
    repository = {
        "databaseId": 42,
        "nameWithOwner": "octo/shop",
        "defaultBranchRef": {"name": "main", "target": {"config": {"oid": "d" * 40}}},
        "pullRequest": pull,
    }
    return {"data": {"repository": repository}}


def head(*runs: dict[str, Any], oid: str = HEAD, config: object = None) -> dict[str, Any]:
    suite = {"app": {"databaseId": APP_ID}, "checkRuns": {"nodes": list(runs)}}
    return {"oid": oid, "config": config, "checkSuites": {"nodes": [suite]}}


def run(number: int, *, status: str = "COMPLETED", external_id: str = "v1:42:12:0a") -> Any:
    return {
        "databaseId": number,
        "status": status,
        "externalId": external_id,
        "annotations": {"totalCount": 0},
    }


def file(text: str | None) -> dict[str, Any]:
    return {"object": {"oid": "d" * 40, "text": text}}


def reviews(*bodies: dict[str, Any], after: str | None = None) -> dict[str, Any]:
    return {"pageInfo": _page(after), "nodes": list(bodies)}


def conversation(*remarks: dict[str, Any], before: str | None = None) -> dict[str, Any]:
    page = {"hasPreviousPage": before is not None, "startCursor": before}
    return {"pageInfo": page, "nodes": list(remarks)}


def remark(number: int, body: str, **changes: Any) -> dict[str, Any]:
    return {
        "databaseId": None,
        "fullDatabaseId": str(number),
        "author": {"login": "ada", "databaseId": 5},
        "editor": None,
        "lastEditedAt": None,
        "body": body,
        "viewerDidAuthor": False,
        **changes,
    }


def threads(*comments: dict[str, Any], after: str | None = None) -> dict[str, Any]:
    return {
        "pageInfo": _page(after),
        "nodes": [
            {"id": "T", "isResolved": False, "comments": {"totalCount": 1, "nodes": [comment]}}
            for comment in comments
        ],
    }


def comment(number: int, body: str, **changes: Any) -> dict[str, Any]:
    return {
        "id": f"C_{number}",
        "databaseId": None,
        "fullDatabaseId": str(number),
        "path": "shop/cart.py",
        "line": 3,
        "originalLine": 3,
        "body": body,
        "isMinimized": False,
        "viewerDidAuthor": True,
        **changes,
    }


def _page(after: str | None) -> dict[str, Any]:
    return {"hasNextPage": after is not None, "endCursor": after}
