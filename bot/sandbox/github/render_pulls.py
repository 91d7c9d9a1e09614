"""Pull requests, issues, comments and reviews as REST and webhooks show them."""

from __future__ import annotations

from typing import TYPE_CHECKING

from bot.sandbox.github.anchors import files_at
from bot.sandbox.github.render import api_of, html_of, node_id, repository_json, user_json
from bot.sandbox.github.render_comments import association, rollup
from bot.sandbox.github.state import iso, iso_or_none

if TYPE_CHECKING:
    from bot.sandbox.github.diff import FileDiff
    from bot.sandbox.github.records import (
        Issue,
        Pull,
        Repository,
    )
    from bot.sandbox.github.state import State

    Json = dict[str, object]


def pull_json(state: State, pull: Pull) -> Json:
    """Render a pull request in full, as `GET /pulls/{n}` and the events do."""
    git = state.git(pull.repository_id)
    files = files_at(git, pull.base_sha, pull.head_sha).values()
    return {
        **pull_simple_json(state, pull),
        "merged": pull.merged_at is not None,
        "mergeable": None,
        "rebaseable": None,
        "mergeable_state": "unknown",
        "merged_by": user_json(state, state.users.get(pull.merged_by or 0)),
        "comments": len(state.comments_of(state.issue_of(pull))),
        "review_comments": len(state.review_comments_of(pull)),
        "maintainer_can_modify": pull.from_fork,
        "commits": len(git.commits(pull.base_sha, pull.head_sha)),
        "additions": sum(file.additions for file in files),
        "deletions": sum(file.deletions for file in files),
        "changed_files": len(files),
    }


def pull_simple_json(state: State, pull: Pull) -> Json:
    """Render a pull request as listings show it."""
    issue = state.issue_of(pull)
    repository = state.repositories[pull.repository_id]
    author = user_json(state, state.users.get(issue.author_id))
    return {
        **_pull_links(state, pull),
        "id": pull.id,
        "node_id": node_id("PR", pull.id),
        "number": pull.number,
        "state": issue.state,
        "locked": (pull.repository_id, pull.number) in state.locked,
        "title": issue.title,
        "user": author,
        "body": issue.body,
        "created_at": iso(issue.created_at),
        "updated_at": iso(issue.updated_at),
        "closed_at": iso_or_none(issue.closed_at),
        "merged_at": iso_or_none(pull.merged_at),
        "merge_commit_sha": pull.merge_commit_sha,
        "assignee": None,
        "assignees": [],
        "requested_reviewers": [],
        "requested_teams": [],
        "labels": [],
        "milestone": None,
        "draft": pull.draft,
        "head": _end(state, pull.head_ref, pull.head_sha, repository_id=pull.head_repository_id),
        "base": _end(state, pull.base_ref, pull.base_sha, repository_id=repository.id),
        "author_association": association(state, repository.id, issue.author_id),
        "auto_merge": None,
        "active_lock_reason": None,
    }


def pull_minimal_json(state: State, pull: Pull) -> Json:
    """Render a pull request as check runs and suites name it."""

    def end(ref: str, sha: str) -> Json:
        repository = state.repositories[pull.repository_id]
        url = f"{state.api_url}/repos/{repository.full_name}"
        short = {"id": repository.id, "url": url, "name": repository.name}
        return {"ref": ref, "sha": sha, "repo": short}

    return {
        "url": api_of(state, pull.repository_id, f"/pulls/{pull.number}"),
        "id": pull.id,
        "number": pull.number,
        "head": end(pull.head_ref, pull.head_sha),
        "base": end(pull.base_ref, pull.base_sha),
    }


def issue_json(state: State, issue: Issue) -> Json:
    """Render an issue, or a pull request seen as one: only then `pull_request` is there."""
    api = api_of(state, issue.repository_id, f"/issues/{issue.number}")
    pull = state.pulls.get((issue.repository_id, issue.number))
    kind = "pull" if pull else "issues"
    rendered: Json = {
        "url": api,
        "repository_url": api_of(state, issue.repository_id, ""),
        "labels_url": f"{api}/labels{{/name}}",
        "comments_url": f"{api}/comments",
        "events_url": f"{api}/events",
        "html_url": html_of(state, issue.repository_id, f"/{kind}/{issue.number}"),
        "id": issue.id,
        "node_id": node_id("PR" if pull else "I", issue.id),
        "number": issue.number,
        "title": issue.title,
        "user": user_json(state, state.users.get(issue.author_id)),
        "labels": [],
        "state": issue.state,
        "state_reason": issue.state_reason,
        "locked": (issue.repository_id, issue.number) in state.locked,
        "assignee": None,
        "assignees": [],
        "milestone": None,
        "comments": len(state.comments_of(issue)),
        "created_at": iso(issue.created_at),
        "updated_at": iso(issue.updated_at),
        "closed_at": iso_or_none(issue.closed_at),
        "author_association": association(state, issue.repository_id, issue.author_id),
        "active_lock_reason": None,
        "body": issue.body,
        "reactions": rollup(state, node_id("I", issue.id), url=f"{api}/reactions"),
        "timeline_url": f"{api}/timeline",
        "performed_via_github_app": None,
    }
    return rendered | _of_a_pull(state, pull) if pull else rendered


def file_json(state: State, repository: Repository, head_sha: str, *, file: FileDiff) -> Json:
    """Render a changed file; `patch` is left out for binary and large ones."""
    html = html_of(state, repository.id, "")
    api = api_of(state, repository.id, "")
    rendered: Json = {
        "sha": file.oid,
        "filename": file.path,
        "status": file.status,
        "additions": file.additions,
        "deletions": file.deletions,
        "changes": file.changes,
        "blob_url": f"{html}/blob/{head_sha}/{file.path}",
        "raw_url": f"{html}/raw/{head_sha}/{file.path}",
        "contents_url": f"{api}/contents/{file.path}?ref={head_sha}",
    }
    if file.patch is not None:
        rendered["patch"] = file.patch
    if file.previous_path is not None:
        rendered["previous_filename"] = file.previous_path
    return rendered


def _of_a_pull(state: State, pull: Pull) -> Json:
    html = html_of(state, pull.repository_id, f"/pull/{pull.number}")
    links = {
        "url": api_of(state, pull.repository_id, f"/pulls/{pull.number}"),
        "html_url": html,
        "diff_url": f"{html}.diff",
        "patch_url": f"{html}.patch",
        "merged_at": iso_or_none(pull.merged_at),
    }
    return {"draft": pull.draft, "pull_request": links}


def _pull_links(state: State, pull: Pull) -> Json:
    api = api_of(state, pull.repository_id, f"/pulls/{pull.number}")
    issue = api_of(state, pull.repository_id, f"/issues/{pull.number}")
    html = html_of(state, pull.repository_id, f"/pull/{pull.number}")
    one_comment = api_of(state, pull.repository_id, "/pulls/comments{/number}")
    urls = {
        "self": api,
        "html": html,
        "issue": issue,
        "comments": f"{issue}/comments",
        "review_comments": f"{api}/comments",
        "review_comment": one_comment,
        "commits": f"{api}/commits",
        "statuses": api_of(state, pull.repository_id, f"/statuses/{pull.head_sha}"),
    }
    return {
        "url": api,
        "html_url": html,
        "diff_url": f"{html}.diff",
        "patch_url": f"{html}.patch",
        "issue_url": issue,
        "commits_url": urls["commits"],
        "review_comments_url": urls["review_comments"],
        "review_comment_url": one_comment,
        "comments_url": urls["comments"],
        "statuses_url": urls["statuses"],
        "_links": {name: {"href": url} for name, url in urls.items()},
    }


def _end(state: State, ref: str, sha: str, *, repository_id: int | None) -> Json:
    repository = state.repositories.get(repository_id or 0)
    if repository is None:  # the fork was deleted: parity-processbot#256
        return {"label": f"unknown:{ref}", "ref": ref, "sha": sha, "user": None, "repo": None}
    return {
        "label": f"{repository.owner}:{ref}",
        "ref": ref,
        "sha": sha,
        "user": user_json(state, state.user_named(repository.owner)),
        "repo": repository_json(state, repository),
    }
