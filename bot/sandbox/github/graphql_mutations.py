"""GraphQL: what the App changes where REST has no words for it."""

from __future__ import annotations

from base64 import b64decode
from dataclasses import replace
from typing import TYPE_CHECKING, Any

from bot.sandbox.github.answers import NOT_ACCESSIBLE
from bot.sandbox.github.committing import Change
from bot.sandbox.github.graphql_answers import (
    GitNode,
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
from bot.sandbox.github.graphql_reactions import CONTENTS
from bot.sandbox.github.pushes import Push, branch_moved
from bot.sandbox.github.reactions import add_reaction
from bot.sandbox.github.records import Comment, Issue, Review, ReviewComment

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    from bot.sandbox.github.graphql_answers import Info, Resolver
    from bot.sandbox.github.records import Repository
    from bot.sandbox.github.state import State

    Payload = Mapping[str, object]
    Mutation = Callable[[Info, Mapping[str, Any]], Payload]

STALE = 'Expected branch to point to "{oid}" but it did not. Pull and try again.'
PROTECTED = "Repository rule violations found\n\nChanges must be made through a pull request."
NOT_BASE64 = "The contents of a file addition are not Base64."


def resolve_thread(info: Info, asked: Mapping[str, str]) -> Payload:
    """Resolve a thread; an App needs contents: write for it."""
    thread = _own_thread(info, asked["thread_id"])
    state_of(info).resolved_threads[thread.first.id] = viewer_of(info).app.bot_id
    return {"thread": thread}


def unresolve_thread(info: Info, asked: Mapping[str, str]) -> Payload:
    """Open a resolved thread again."""
    thread = _own_thread(info, asked["thread_id"])
    state_of(info).resolved_threads.pop(thread.first.id, None)
    return {"thread": thread}


def minimize_comment(info: Info, asked: Mapping[str, str]) -> Payload:
    """Fold a comment or review away."""
    reason = asked["classifier"].lower().replace("_", "-")
    return {"minimizedComment": _with_reason(info, asked["subject_id"], reason)}


def unminimize_comment(info: Info, asked: Mapping[str, str]) -> Payload:
    """Unfold a minimised comment or review."""
    return {"unminimizedComment": _with_reason(info, asked["subject_id"], None)}


def react(info: Info, asked: Mapping[str, str]) -> Payload:
    """React to a comment; once per account and content."""
    subject = find_node(info, asked["subject_id"])
    need(info, "issues" if isinstance(subject, Comment | Issue) else "pull_requests", "write")
    reaction, _ = add_reaction(
        state_of(info),
        asked["subject_id"],
        user_id=viewer_of(info).app.bot_id,
        content=CONTENTS[asked["content"]],
    )
    return {"reaction": reaction, "subject": subject}


def create_commit(info: Info, asked: Mapping[str, Any]) -> Payload:
    """Commit to a branch that points where the caller expects; its pull requests follow."""
    state = state_of(info)
    repository, name = _branch(info, asked["branch"])
    need(info, "contents", "write")
    before = state.git(repository.id).branch(name)
    if before is None:
        raise not_resolved("Ref", f"the name '{name}'")
    if (repository.id, name) in state.protected_branches:
        raise QueryRefusedError("UNPROCESSABLE", PROTECTED)
    if before != asked["expected_head_oid"]:
        raise QueryRefusedError("STALE_DATA", STALE.format(oid=asked["expected_head_oid"]))
    after = _commit(state, Push(repository, name, before, before), asked)
    push = Push(repository, name, before, after)
    branch_moved(state, push, sender_id=viewer_of(info).app.bot_id)
    return {"commit": GitNode("Commit", repository.id, after)}


def _branch(info: Info, named: Mapping[str, str]) -> tuple[Repository, str]:
    full_name = named["repository_name_with_owner"]
    found = state_of(info).repository_named(full_name)
    if found is None or not viewer_of(info).sees(found.id):
        raise not_resolved("Repository", f"the name '{full_name}'")
    return found, named["branch_name"].removeprefix("refs/heads/")


def _commit(state: State, tip: Push, asked: Mapping[str, Any]) -> str:
    files: dict[str, str | bytes | None] = {}
    for addition in asked["file_changes"].get("additions") or ():
        try:
            files[addition["path"]] = b64decode(addition["contents"], validate=True)
        except ValueError as error:
            raise QueryRefusedError("ARGUMENT_ERROR", NOT_BASE64) from error
    for deletion in asked["file_changes"].get("deletions") or ():
        files[deletion["path"]] = None
    message = f"{asked['message']['headline']}\n\n{asked['message'].get('body') or ''}".strip()
    change = Change(message, int(state.now()), tip.before)
    return state.git(tip.repository.id).commit(f"refs/heads/{tip.branch}", files, change)


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


def _resolver(mutation: Mutation) -> Resolver:
    """Make a resolver of a mutation: told its input, and giving back the caller's own id."""

    def resolve(
        _source: object,
        info: Info,
        input: Mapping[str, Any],  # noqa: A002 -- GitHub's name
    ) -> Payload:
        return {
            **mutation(info, input),
            "clientMutationId": input.get("client_mutation_id"),
        }

    return resolve


RESOLVERS: Resolvers = {
    "Mutation": {
        "resolveReviewThread": _resolver(resolve_thread),
        "unresolveReviewThread": _resolver(unresolve_thread),
        "minimizeComment": _resolver(minimize_comment),
        "unminimizeComment": _resolver(unminimize_comment),
        "addReaction": _resolver(react),
        "createCommitOnBranch": _resolver(create_commit),
    },
}
