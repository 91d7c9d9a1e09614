"""GraphQL: pull requests, issues, reviews, threads and comments."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from bot.sandbox.github.graphql_answers import (
    GitNode,
    Resolver,
    Resolvers,
    Thread,
    connection,
    need,
    state_of,
    viewer_of,
)
from bot.sandbox.github.graphql_repository import branch, pull_state
from bot.sandbox.github.permissions import allows
from bot.sandbox.github.render import node_id
from bot.sandbox.github.state import iso, iso_or_none

if TYPE_CHECKING:
    from collections.abc import Mapping

    from bot.sandbox.github.graphql_answers import Info
    from bot.sandbox.github.records import Issue, Pull, Repository, Review, User
    from bot.sandbox.github.state import State

# https://docs.github.com/en/issues/tracking-your-work-with-issues/linking-a-pull-request-to-an-issue
_CLOSING = re.compile(
    r"\b(?:close[sd]?|fix(?:e[sd])?|resolve[sd]?):?\s+(?:([\w.-]+/[\w.-]+))?#(\d+)", re.IGNORECASE
)


def closing_issues(source: Pull, info: Info, **arguments: object) -> object:
    """List the issues that the description closes; only for the default branch."""
    need(info, "issues")
    arguments.pop("user_linked_only", None)
    found = _closing_issues(state_of(info), source)
    return connection(info, found, arguments)


def _closing_issues(state: State, pull: Pull) -> list[Issue]:
    repository = state.repositories[pull.repository_id]
    if pull.base_ref != repository.default_branch:
        return []
    found: dict[int, Issue] = {}
    for name, number in _CLOSING.findall(state.issue_of(pull).body or ""):
        home = state.repository_named(name) if name else repository
        issue = state.issues.get((home.id, int(number))) if home else None
        if issue is not None and (issue.repository_id, issue.number) not in state.pulls:
            found[issue.id] = issue
    return list(found.values())


def commits(source: Pull, info: Info, **page: object) -> object:
    """List the commits of a pull request, oldest first."""
    git = state_of(info).git(source.repository_id)
    found = [
        {"id": f"PURC_{oid}", "commit": GitNode("Commit", source.repository_id, oid)}
        for oid in git.commits(source.base_sha, source.head_sha)
    ]
    return connection(info, found, page)


def timeline(source: Pull, info: Info, **page: object) -> object:
    """List what became of a pull request, oldest first; of some types, or all that are known."""
    wanted = page.pop("item_types", None)
    events = state_of(info).timeline.get((source.repository_id, source.number), ())
    found = [event for event in events if not isinstance(wanted, list) or event.item_type in wanted]
    return connection(info, found, page)


def conversation(source: Pull | Issue, info: Info, **page: object) -> object:
    """List the comments of a conversation, oldest first."""
    state = state_of(info)
    issue = state.issues[source.repository_id, source.number]
    found = state.comments_of(issue)
    return connection(info, found, page)


def body_edits(source: Issue, info: Info, **page: object) -> object:
    """List the history of a body, newest first; empty until somebody edits it."""
    found = source.edits[::-1]
    return connection(info, found, page)


def review_threads(source: Pull, info: Info, **page: object) -> object:
    """List the threads of comments on the diff, oldest first."""
    comments = state_of(info).review_comments_of(source)
    found = [Thread(comment) for comment in comments if comment.reply_to is None]
    return connection(info, found, page)


def thread_comments(source: Thread, info: Info, *, skip: int = 0, **page: object) -> object:
    """List the comments of a thread, oldest first."""
    state = state_of(info)
    pull = state.pulls[source.first.repository_id, source.first.number]
    found = [c for c in state.review_comments_of(pull) if c.thread_id == source.first.id]
    return connection(info, found[skip:], page)


def reviews(
    source: Pull,
    info: Info,
    *,
    states: list[str] | None = None,
    author: str | None = None,
    **page: object,
) -> object:
    """List the reviews of a pull request, oldest first; foreign pending ones stay hidden."""
    state, own_id = state_of(info), viewer_of(info).app.bot_id
    found = [
        review
        for review in state.reviews_of(source)
        if (review.state != "PENDING" or review.author_id == own_id)
        and (states is None or review.state in states)
        and (author is None or state.users[review.author_id].login == author)
    ]
    return connection(info, found, page)


def review_comments(source: Review, info: Info, **page: object) -> object:
    """List the comments of a review."""
    found = [c for c in state_of(info).review_comments.values() if c.review_id == source.id]
    return connection(info, found, page)


def head_repository(source: Pull, info: Info) -> Repository | None:
    """Return the head's repository: null when it was deleted or is not public."""
    found = state_of(info).repositories.get(source.head_repository_id or 0)
    visible = found is not None and (not found.private or viewer_of(info).sees(found.id))
    return found if visible else None


def may_resolve(info: Info) -> bool:
    """Tell whether the token may resolve threads: it needs contents: write (gh-aw#35726)."""
    granted = viewer_of(info).permissions
    return all(allows(granted, name, "write") for name in ("contents", "pull_requests"))


def is_resolved(source: Thread, info: Info) -> bool:
    """Tell whether somebody resolved a thread."""
    return source.first.id in state_of(info).resolved_threads


def _author(source: Issue | Review, info: Info) -> User | None:
    return state_of(info).users.get(source.author_id)


def _did_author(source: Issue | Review, info: Info) -> bool:
    return source.author_id == viewer_of(info).app.bot_id


def _node(prefix: str) -> Mapping[str, Resolver]:
    return {
        "id": lambda source, _info: node_id(prefix, source.id),
        "databaseId": lambda source, _info: source.id,
        "fullDatabaseId": lambda source, _info: str(source.id),
    }


_WRITTEN: Mapping[str, Resolver] = {
    "author": _author,
    "body": lambda source, _info: source.body or "",
    "viewerDidAuthor": _did_author,
}
_DATED: Mapping[str, Resolver] = {
    "createdAt": lambda source, _info: iso(source.created_at),
    "updatedAt": lambda source, _info: iso(source.updated_at),
    "lastEditedAt": lambda source, _info: iso_or_none(source.last_edited_at),
    "editor": lambda source, info: state_of(info).users.get(source.editor_id or 0),
}
_MINIMIZABLE: Mapping[str, Resolver] = {
    "isMinimized": lambda source, _info: source.minimized is not None,
    "minimizedReason": lambda source, _info: source.minimized,
}


def _of_issue(resolvers: Mapping[str, Resolver]) -> dict[str, Resolver]:
    """Let a pull request answer what its conversation half knows."""

    def lifted(resolver: Resolver) -> Resolver:
        return lambda source, info: resolver(state_of(info).issue_of(source), info)

    return {name: lifted(resolver) for name, resolver in resolvers.items()}


_DATED_EVENT: Mapping[str, Resolver] = {
    "createdAt": lambda source, _info: iso(source.created_at),
}
RESOLVERS: Resolvers = {
    **dict.fromkeys(
        ("BaseRefChangedEvent", "CommentDeletedEvent", "ReadyForReviewEvent"), _DATED_EVENT
    ),
    "HeadRefForcePushedEvent": {
        **_DATED_EVENT,
        "beforeCommit": lambda source, _info: GitNode(
            "Commit", source.repository_id, source.before_sha
        ),
    },
    "PullRequest": {
        **_node("PR"),
        **_of_issue({**_WRITTEN, **_DATED}),
        "title": lambda source, info: state_of(info).issue_of(source).title,
        "closed": lambda source, info: not state_of(info).is_open(source),
        "state": lambda source, info: pull_state(state_of(info), source),
        "merged": lambda source, _info: source.merged_at is not None,
        "mergedAt": lambda source, _info: iso_or_none(source.merged_at),
        "isDraft": lambda source, _info: source.draft,
        "isCrossRepository": lambda source, _info: source.from_fork,
        "baseRefName": lambda source, _info: source.base_ref,
        "baseRefOid": lambda source, _info: source.base_sha,
        "baseRef": lambda source, info: branch(
            state_of(info), source.repository_id, source.base_ref
        ),
        "baseRepository": lambda source, info: state_of(info).repositories[source.repository_id],
        "headRefName": lambda source, _info: source.head_ref,
        "headRefOid": lambda source, _info: source.head_sha,
        "headRef": lambda source, info: (
            branch(state_of(info), source.head_repository_id, source.head_ref)
            if head_repository(source, info)
            else None
        ),
        "headRepository": head_repository,
        "commits": commits,
        "comments": conversation,
        "closingIssuesReferences": closing_issues,
        "reviewThreads": review_threads,
        "reviews": reviews,
        "timelineItems": timeline,
    },
    "Issue": {
        **_node("I"),
        **_WRITTEN,
        **_DATED,
        "state": lambda source, _info: source.state.upper(),
        "stateReason": lambda source, _info, **_arguments: (
            (source.state_reason or "").upper() or None
        ),
        "repository": lambda source, info: state_of(info).repositories[source.repository_id],
        "comments": conversation,
        "locked": lambda source, info: (
            (source.repository_id, source.number) in state_of(info).locked
        ),
        "userContentEdits": body_edits,
    },
    "UserContentEdit": {
        "id": lambda source, _info: node_id("UCE", source.id),
        "createdAt": lambda source, _info: iso(source.edited_at),
        "diff": lambda source, _info: source.text,
        "editedAt": lambda source, _info: iso(source.edited_at),
        "editor": lambda source, info: state_of(info).users.get(source.editor_id),
    },
    "IssueComment": {**_node("IC"), **_WRITTEN, **_DATED, **_MINIMIZABLE},
    "PullRequestReview": {
        **_node("PRR"),
        **_WRITTEN,
        **_MINIMIZABLE,
        "commit": lambda source, _info: GitNode("Commit", source.repository_id, source.commit_id),
        "submittedAt": lambda source, _info: iso_or_none(source.submitted_at),
        "comments": review_comments,
    },
    "PullRequestReviewThread": {
        "id": lambda source, _info: node_id("PRRT", source.first.id),
        "comments": thread_comments,
        "diffSide": lambda source, _info: source.first.original.side,
        "isOutdated": lambda source, _info: source.first.outdated,
        "isResolved": is_resolved,
        "line": lambda source, _info: source.first.current.line,
        "originalLine": lambda source, _info: source.first.original.line,
        "path": lambda source, _info: source.first.current.path,
        "pullRequest": lambda source, info: state_of(info).pulls[
            source.first.repository_id, source.first.number
        ],
        "startLine": lambda source, _info: source.first.current.start_line,
        "subjectType": lambda source, _info: source.first.subject_type.upper(),
        "viewerCanReply": lambda _source, info: allows(
            viewer_of(info).permissions, "pull_requests", "write"
        ),
        "viewerCanResolve": lambda source, info: (
            may_resolve(info) and not is_resolved(source, info)
        ),
        "viewerCanUnresolve": lambda source, info: may_resolve(info) and is_resolved(source, info),
    },
    "PullRequestReviewComment": {
        **_node("PRRC"),
        **_WRITTEN,
        **_DATED,
        **_MINIMIZABLE,
        "path": lambda source, _info: source.current.path,
        "line": lambda source, _info: source.current.line,
        "startLine": lambda source, _info: source.current.start_line,
        "originalLine": lambda source, _info: source.original.line,
        "originalStartLine": lambda source, _info: source.original.start_line,
        "commit": lambda source, _info: GitNode(
            "Commit", source.repository_id, source.current.commit_id
        ),
        "originalCommit": lambda source, _info: GitNode(
            "Commit", source.repository_id, source.original.commit_id
        ),
        "subjectType": lambda source, _info: source.subject_type.upper(),
        "replyTo": lambda source, info: state_of(info).review_comments.get(source.reply_to or 0),
    },
}
