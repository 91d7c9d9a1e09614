"""Pull requests, issues, comments and reviews as REST and webhooks show them."""

from __future__ import annotations

from typing import TYPE_CHECKING

from bot.sandbox.github.anchors import files_at
from bot.sandbox.github.render import node_id, repository_json, user_json
from bot.sandbox.github.state import iso, iso_or_none

if TYPE_CHECKING:
    from bot.sandbox.github.diff import FileDiff
    from bot.sandbox.github.records import (
        Comment,
        Issue,
        Pull,
        Reaction,
        Repository,
        Review,
        ReviewComment,
    )
    from bot.sandbox.github.state import State

    Json = dict[str, object]

_CONTENTS = ("+1", "-1", "laugh", "hooray", "confused", "heart", "rocket", "eyes")


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
        "locked": False,
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
        "url": _api(state, pull.repository_id, f"/pulls/{pull.number}"),
        "id": pull.id,
        "number": pull.number,
        "head": end(pull.head_ref, pull.head_sha),
        "base": end(pull.base_ref, pull.base_sha),
    }


def issue_json(state: State, issue: Issue) -> Json:
    """Render an issue, or a pull request seen as one: only then `pull_request` is there."""
    api = _api(state, issue.repository_id, f"/issues/{issue.number}")
    pull = state.pulls.get((issue.repository_id, issue.number))
    kind = "pull" if pull else "issues"
    rendered: Json = {
        "url": api,
        "repository_url": _api(state, issue.repository_id, ""),
        "labels_url": f"{api}/labels{{/name}}",
        "comments_url": f"{api}/comments",
        "events_url": f"{api}/events",
        "html_url": _html(state, issue.repository_id, f"/{kind}/{issue.number}"),
        "id": issue.id,
        "node_id": node_id("PR" if pull else "I", issue.id),
        "number": issue.number,
        "title": issue.title,
        "user": user_json(state, state.users.get(issue.author_id)),
        "labels": [],
        "state": issue.state,
        "state_reason": issue.state_reason,
        "locked": False,
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
        "reactions": _rollup(state, node_id("I", issue.id), url=f"{api}/reactions"),
        "timeline_url": f"{api}/timeline",
        "performed_via_github_app": None,
    }
    if pull:
        rendered["draft"] = pull.draft
        rendered["pull_request"] = {
            "url": _api(state, pull.repository_id, f"/pulls/{pull.number}"),
            "html_url": rendered["html_url"],
            "diff_url": f"{rendered['html_url']}.diff",
            "patch_url": f"{rendered['html_url']}.patch",
            "merged_at": iso_or_none(pull.merged_at),
        }
    return rendered


def comment_json(state: State, comment: Comment) -> Json:
    """Render a comment of a conversation."""
    api = _api(state, comment.repository_id, f"/issues/comments/{comment.id}")
    is_pull = (comment.repository_id, comment.number) in state.pulls
    path = f"/{'pull' if is_pull else 'issues'}/{comment.number}#issuecomment-{comment.id}"
    return {
        "url": api,
        "html_url": _html(state, comment.repository_id, path),
        "issue_url": _api(state, comment.repository_id, f"/issues/{comment.number}"),
        "id": comment.id,
        "node_id": node_id("IC", comment.id),
        "user": user_json(state, state.users.get(comment.author_id)),
        "created_at": iso(comment.created_at),
        "updated_at": iso(comment.updated_at),
        "author_association": association(state, comment.repository_id, comment.author_id),
        "body": comment.body,
        "reactions": _rollup(state, node_id("IC", comment.id), url=f"{api}/reactions"),
        "performed_via_github_app": None,
    }


def review_json(state: State, review: Review) -> Json:
    """Render a review; a pending one has no `submitted_at`."""
    api = _api(state, review.repository_id, f"/pulls/{review.number}")
    html = _html(state, review.repository_id, f"/pull/{review.number}")
    html += f"#pullrequestreview-{review.id}"
    rendered: Json = {
        "id": review.id,
        "node_id": node_id("PRR", review.id),
        "user": user_json(state, state.users.get(review.author_id)),
        "body": review.body,
        "state": review.state,
        "html_url": html,
        "pull_request_url": api,
        "author_association": association(state, review.repository_id, review.author_id),
        "_links": {"html": {"href": html}, "pull_request": {"href": api}},
        "commit_id": review.commit_id,
    }
    if review.submitted_at is not None:
        rendered["submitted_at"] = iso(review.submitted_at)
    return rendered


def review_comment_json(state: State, comment: ReviewComment) -> Json:
    """Render a comment on the diff; `line` and `position` are null when it is outdated."""
    api = _api(state, comment.repository_id, f"/pulls/comments/{comment.id}")
    pull = _api(state, comment.repository_id, f"/pulls/{comment.number}")
    html = _html(state, comment.repository_id, f"/pull/{comment.number}#discussion_r{comment.id}")
    current, original = comment.current, comment.original
    rendered: Json = {
        "url": api,
        "pull_request_review_id": comment.review_id,
        "id": comment.id,
        "node_id": node_id("PRRC", comment.id),
        "diff_hunk": comment.diff_hunk,
        "path": current.path,
        "commit_id": current.commit_id,
        "original_commit_id": original.commit_id,
        "user": user_json(state, state.users.get(comment.author_id)),
        "body": comment.body,
        "created_at": iso(comment.created_at),
        "updated_at": iso(comment.updated_at),
        "html_url": html,
        "pull_request_url": pull,
        "author_association": association(state, comment.repository_id, comment.author_id),
        "_links": {
            "self": {"href": api},
            "html": {"href": html},
            "pull_request": {"href": pull},
        },
        "reactions": _rollup(state, node_id("PRRC", comment.id), url=f"{api}/reactions"),
        "start_line": current.start_line,
        "original_start_line": original.start_line,
        "start_side": original.start_side,
        "line": current.line,
        "original_line": original.line,
        "side": original.side,
        "original_position": comment.position,
        "position": comment.position if current.line is not None else None,
        "subject_type": comment.subject_type,
    }
    if comment.reply_to is not None:
        rendered["in_reply_to_id"] = comment.reply_to
    return rendered


def file_json(state: State, repository: Repository, head_sha: str, *, file: FileDiff) -> Json:
    """Render a changed file; `patch` is left out for binary and large ones."""
    html = _html(state, repository.id, "")
    api = _api(state, repository.id, "")
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


def reaction_json(state: State, reaction: Reaction) -> Json:
    """Render one reaction."""
    return {
        "id": reaction.id,
        "node_id": node_id("REA", reaction.id),
        "user": user_json(state, state.users.get(reaction.user_id)),
        "content": reaction.content,
        "created_at": iso(reaction.created_at),
    }


def association(state: State, repository_id: int, user_id: int) -> str:
    """Guess what GitHub says of an author; nobody may build a decision on it."""
    repository = state.repositories[repository_id]
    user = state.users.get(user_id)
    if user is not None and user.login == repository.owner:
        return "OWNER"
    return "COLLABORATOR" if (repository_id, user_id) in state.roles else "NONE"


def _pull_links(state: State, pull: Pull) -> Json:
    api = _api(state, pull.repository_id, f"/pulls/{pull.number}")
    issue = _api(state, pull.repository_id, f"/issues/{pull.number}")
    html = _html(state, pull.repository_id, f"/pull/{pull.number}")
    one_comment = _api(state, pull.repository_id, "/pulls/comments{/number}")
    urls = {
        "self": api,
        "html": html,
        "issue": issue,
        "comments": f"{issue}/comments",
        "review_comments": f"{api}/comments",
        "review_comment": one_comment,
        "commits": f"{api}/commits",
        "statuses": _api(state, pull.repository_id, f"/statuses/{pull.head_sha}"),
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


def _rollup(state: State, subject_id: str, *, url: str) -> Json:
    contents = [r.content for r in state.reactions.values() if r.subject_id == subject_id]
    counts = {content: contents.count(content) for content in _CONTENTS}
    return {"url": url, "total_count": len(contents), **counts}


def _api(state: State, repository_id: int, path: str) -> str:
    return f"{state.api_url}/repos/{state.repositories[repository_id].full_name}{path}"


def _html(state: State, repository_id: int, path: str) -> str:
    return f"{state.url}/{state.repositories[repository_id].full_name}{path}"
