"""GraphQL: what the App changes where REST has no words for it."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

from bot.sandbox.github.answers import NOT_ACCESSIBLE
from bot.sandbox.github.graphql_answers import (
    QueryRefusedError,
    Resolvers,
    Thread,
    need,
    not_resolved,
    state_of,
    viewer_of,
)
from bot.sandbox.github.graphql_nodes import find_node
from bot.sandbox.github.graphql_pulls import may_resolve
from bot.sandbox.github.reactions import add_reaction
from bot.sandbox.github.records import Comment, Issue, Reaction, Review, ReviewComment
from bot.sandbox.github.render import node_id

if TYPE_CHECKING:
    from collections.abc import Mapping

    from bot.sandbox.github.graphql_answers import Info

_CONTENTS = {
    "THUMBS_UP": "+1",
    "THUMBS_DOWN": "-1",
    "LAUGH": "laugh",
    "CONFUSED": "confused",
    "HEART": "heart",
    "HOORAY": "hooray",
    "ROCKET": "rocket",
    "EYES": "eyes",
}
_NAMES = {content: name for name, content in _CONTENTS.items()}


def resolve_thread(
    _source: object,
    info: Info,
    input: Mapping[str, str],  # noqa: A002 -- GitHub's name
) -> object:
    """Resolve a thread; an App needs contents: write for it."""
    thread = _own_thread(info, input["thread_id"])
    state_of(info).resolved_threads[thread.first.id] = viewer_of(info).app.bot_id
    return {"thread": thread, "clientMutationId": input.get("client_mutation_id")}


def unresolve_thread(
    _source: object,
    info: Info,
    input: Mapping[str, str],  # noqa: A002 -- GitHub's name
) -> object:
    """Open a resolved thread again."""
    thread = _own_thread(info, input["thread_id"])
    state_of(info).resolved_threads.pop(thread.first.id, None)
    return {"thread": thread, "clientMutationId": input.get("client_mutation_id")}


def minimize_comment(
    _source: object,
    info: Info,
    input: Mapping[str, str],  # noqa: A002 -- GitHub's name
) -> object:
    """Fold a comment or review away."""
    reason = input["classifier"].lower().replace("_", "-")
    folded = _with_reason(info, input["subject_id"], reason)
    return {"minimizedComment": folded, "clientMutationId": input.get("client_mutation_id")}


def unminimize_comment(
    _source: object,
    info: Info,
    input: Mapping[str, str],  # noqa: A002 -- GitHub's name
) -> object:
    """Unfold a minimised comment or review."""
    unfolded = _with_reason(info, input["subject_id"], None)
    return {"unminimizedComment": unfolded, "clientMutationId": input.get("client_mutation_id")}


def react(
    _source: object,
    info: Info,
    input: Mapping[str, str],  # noqa: A002 -- GitHub's name
) -> object:
    """React to a comment; once per account and content."""
    subject = find_node(info, input["subject_id"])
    need(info, "issues" if isinstance(subject, Comment | Issue) else "pull_requests", "write")
    reaction, _ = add_reaction(
        state_of(info),
        input["subject_id"],
        user_id=viewer_of(info).app.bot_id,
        content=_CONTENTS[input["content"]],
    )
    return {
        "reaction": reaction,
        "subject": subject,
        "clientMutationId": input.get("client_mutation_id"),
    }


def _own_thread(info: Info, identifier: str) -> Thread:
    thread = find_node(info, identifier)
    if not isinstance(thread, Thread):
        raise not_resolved("PullRequestReviewThread", f"the global id of '{identifier}'")
    if not may_resolve(info):
        raise QueryRefusedError("FORBIDDEN", NOT_ACCESSIBLE)
    return thread


def _with_reason(
    info: Info, identifier: str, reason: str | None
) -> Comment | Review | ReviewComment:
    subject, state = find_node(info, identifier), state_of(info)
    if isinstance(subject, Comment):
        is_pull = (subject.repository_id, subject.number) in state.pulls
        need(info, "pull_requests" if is_pull else "issues", "write")
        folded = state.comments[subject.id] = replace(subject, minimized=reason)
        return folded
    need(info, "pull_requests", "write")
    if isinstance(subject, ReviewComment):
        folded_one = state.review_comments[subject.id] = replace(subject, minimized=reason)
        return folded_one
    if isinstance(subject, Review):
        review = state.reviews[subject.id] = replace(subject, minimized=reason)
        return review
    raise not_resolved("Minimizable", f"the global id of '{identifier}'")


def _content(source: Reaction, _info: Info) -> str:
    return _NAMES[source.content]


RESOLVERS: Resolvers = {
    "Mutation": {
        "resolveReviewThread": resolve_thread,
        "unresolveReviewThread": unresolve_thread,
        "minimizeComment": minimize_comment,
        "unminimizeComment": unminimize_comment,
        "addReaction": react,
    },
    "Reaction": {
        "id": lambda source, _info: node_id("REA", source.id),
        "databaseId": lambda source, _info: source.id,
        "content": _content,
    },
}
