"""GraphQL: which pull requests a commit or a branch belongs to."""

from __future__ import annotations

from typing import TYPE_CHECKING

from bot.sandbox.github.graphql_answers import Resolvers, connection, state_of, viewer_of
from bot.sandbox.github.graphql_repository import pull_state

if TYPE_CHECKING:
    from collections.abc import Mapping

    from bot.sandbox.github.graphql_answers import GitNode, Info


def pulls_with_commit(source: GitNode, info: Info, **page: object) -> object:
    """List the pull requests of a commit, oldest first: closed ones too, those of forks never.

    GitHub's own answer for a fork's commit is often empty.
    """
    state = state_of(info)
    found = [
        pull
        for pull in reversed(state.pulls_of(source.repository_id))
        if not pull.from_fork
        and source.oid in state.git(source.repository_id).commits(pull.base_sha, pull.head_sha)
    ]
    return connection(info, found, page)


def pulls_of_branch(
    source: Mapping[str, object],
    info: Info,
    *,
    states: list[str] | None = None,
    base_ref_name: str | None = None,
    head_ref_name: str | None = None,
    **page: object,
) -> object:
    """List the pull requests that a branch is the head of, in every repository that is visible."""
    state = state_of(info)
    found = [
        pull
        for pull in state.pulls.values()
        if (pull.head_repository_id, pull.head_ref) == (source["repository_id"], source["name"])
        and viewer_of(info).sees(pull.repository_id)
        and (states is None or pull_state(state, pull) in states)
        and base_ref_name in (None, pull.base_ref)
        and head_ref_name in (None, pull.head_ref)
    ]
    return connection(info, found, page)


RESOLVERS: Resolvers = {
    "Commit": {"associatedPullRequests": pulls_with_commit},
    "Ref": {"associatedPullRequests": pulls_of_branch},
}
