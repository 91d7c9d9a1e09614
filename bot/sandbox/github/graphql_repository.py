"""GraphQL: repositories, branches and git objects."""

from __future__ import annotations

from typing import TYPE_CHECKING

from bot.sandbox.github.graphql_answers import (
    GitNode,
    QueryRefusedError,
    Resolvers,
    connection,
    need,
    not_resolved,
    state_of,
    viewer_of,
)
from bot.sandbox.github.graphql_nodes import find_node
from bot.sandbox.github.render import node_id
from bot.sandbox.github.state import graphql_login

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    from bot.sandbox.github.graphql_answers import Info
    from bot.sandbox.github.records import Issue, Pull, Repository, User
    from bot.sandbox.github.state import State

# sveltia/sveltia-cms#950
BLOB_TEXT_MAX_BYTES = 512_000

Ref = dict[str, object]

_PAGE = ("first", "last", "after", "before")
_ORDERS: Mapping[str, Callable[[Issue], float]] = {
    "CREATED_AT": lambda issue: issue.created_at,
    "UPDATED_AT": lambda issue: issue.updated_at,
}


def repository(
    _source: object, info: Info, owner: str, name: str, *, follow_renames: bool
) -> Repository:
    """Find a repository that the token may see, by a former name too."""
    state = state_of(info)
    full_name = f"{owner}/{name}"
    found = state.repository_named(full_name)
    if found is None and follow_renames:
        found = state.repositories.get(state.former_names.get(full_name.lower(), 0))
    if found is None or not viewer_of(info).sees(found.id):
        raise not_resolved("Repository", f"the name '{full_name}'")
    return found


def pull_request(source: Repository, info: Info, number: int) -> Pull:
    """Read a pull request, perhaps late behind the truth."""
    need(info, "pull_requests")
    found = state_of(info).pull_as_read(source.id, number)
    if found is None:
        raise not_resolved("PullRequest", f"the number of {number}")
    return found


def pull_requests(
    source: Repository,
    info: Info,
    *,
    states: list[str] | None = None,
    order_by: Mapping[str, str] | None = None,
    **arguments: str,
) -> object:
    """List pull requests, oldest first unless told otherwise."""
    need(info, "pull_requests")
    state = state_of(info)
    found = [
        pull
        for pull in reversed(state.pulls_of(source.id))
        if (states is None or pull_state(state, pull) in states)
        and arguments.get("base_ref_name") in (None, pull.base_ref)
        and arguments.get("head_ref_name") in (None, pull.head_ref)
    ]
    if order_by is not None:
        found.sort(
            key=lambda pull: _ORDERS[order_by["field"]](state.issue_of(pull)),
            reverse=order_by["direction"] == "DESC",
        )
    return connection(info, found, {name: arguments.get(name) for name in _PAGE})


def pull_state(state: State, pull: Pull) -> str:
    """Name the state of a pull request as GraphQL does."""
    return "MERGED" if pull.merged_at is not None else state.issue_of(pull).state.upper()


def issue(source: Repository, info: Info, number: int) -> Issue:
    """Find an issue; a pull request is none here."""
    need(info, "issues")
    key = (source.id, number)
    found = state_of(info).issues.get(key)
    if found is None or key in state_of(info).pulls:
        raise not_resolved("Issue", f"the number of {number}")
    return found


def issue_or_pull_request(source: Repository, info: Info, number: int) -> Issue | Pull:
    """Find what has a number: each kind asks for its own permission."""
    key = (source.id, number)
    if key in state_of(info).pulls:
        return pull_request(source, info, number)
    if key not in state_of(info).issues:
        raise not_resolved("issue or pull request", f"the number of {number}")
    return issue(source, info, number)


def git_object(
    source: Repository,
    info: Info,
    *,
    expression: str | None = None,
    oid: str | None = None,
) -> GitNode | None:
    """Resolve `REV`, `REV:path` or an object id; null when there is nothing."""
    need(info, "contents")
    git = state_of(info).git(source.id)
    wanted = expression if oid is None else oid
    if wanted is None:
        raise QueryRefusedError("ARGUMENT_ERROR", "An oid or expression is required.")
    found = git.look_up(wanted)
    return GitNode(found[0], source.id, found[1]) if found else None


def branch(state: State, repository_id: int, name: str) -> Ref | None:
    """Return a branch as GraphQL's `Ref`."""
    tip = state.git(repository_id).branch(name)
    if tip is None:
        return None
    return {
        "id": f"REF_{repository_id}_{name}",
        "name": name,
        "prefix": "refs/heads/",
        "target": GitNode("Commit", repository_id, tip),
        "repository_id": repository_id,
    }


def ref(source: Repository, info: Info, qualified_name: str) -> Ref | None:
    """Find a branch by `refs/heads/NAME` or `NAME`."""
    need(info, "contents")
    return branch(state_of(info), source.id, qualified_name.removeprefix("refs/heads/"))


def file(source: GitNode, info: Info, path: str) -> dict[str, object] | None:
    """Find the entry of a path in a commit; null when there is none."""
    need(info, "contents")
    git = state_of(info).git(source.repository_id)
    found = git.look_up(f"{source.oid}:{path}")
    if found is None:
        return None
    kind, oid = found
    return {
        "name": path.rpartition("/")[2],
        "path": path,
        "oid": oid,
        "type": kind.lower(),
        "size": len(git.object(oid) or b""),
        "object": GitNode(kind, source.repository_id, oid),
    }


def _content(source: GitNode, info: Info) -> bytes:
    return state_of(info).git(source.repository_id).object(source.oid) or b""


def is_binary(source: GitNode, info: Info) -> bool:
    """Judge as git does: a NUL in the first 8,000 bytes."""
    return b"\0" in _content(source, info)[:8000]


def is_truncated(source: GitNode, info: Info) -> bool:
    """Tell whether `text` lacks the end."""
    return len(_content(source, info)) > BLOB_TEXT_MAX_BYTES


def text(source: GitNode, info: Info) -> str | None:
    """Return the text, cut at exactly 512,000 bytes; null when binary."""
    if is_binary(source, info):
        return None
    return _content(source, info)[:BLOB_TEXT_MAX_BYTES].decode(errors="replace")


def byte_size(source: GitNode, info: Info) -> int:
    """Count the whole content."""
    return len(_content(source, info))


def history(source: GitNode, info: Info, **page: object) -> object:
    """List a commit and those before it, newest first."""
    oids = state_of(info).git(source.repository_id).history(source.oid)
    found = [GitNode("Commit", source.repository_id, oid) for oid in oids]
    return connection(info, found, page)


def message(source: GitNode, info: Info) -> str:
    """Return a commit's message."""
    return state_of(info).git(source.repository_id).message(source.oid)


def git_id(source: GitNode, _info: Info) -> str:
    """Make an opaque id of a git object."""
    return f"{source.type_name[0]}_{source.repository_id}_{source.oid}"


def login(source: User, _info: Info) -> str:
    """Write a login without `[bot]`."""
    return graphql_login(source)


_ACTOR = {
    "login": login,
    "databaseId": lambda source, _info: source.id,
}
RESOLVERS: Resolvers = {
    "Query": {
        "repository": repository,
        "node": lambda _source, info, id: find_node(info, id),  # noqa: A006 -- GitHub's name
    },
    "Repository": {
        "id": lambda source, _info: node_id("R", source.id),
        "databaseId": lambda source, _info: source.id,
        "nameWithOwner": lambda source, _info: source.full_name,
        "isFork": lambda source, _info: source.fork_of is not None,
        "isPrivate": lambda source, _info: source.private,
        "defaultBranchRef": lambda source, info: branch(
            state_of(info), source.id, source.default_branch
        ),
        "pullRequest": pull_request,
        "pullRequests": pull_requests,
        "issue": issue,
        "issueOrPullRequest": issue_or_pull_request,
        "object": git_object,
        "ref": ref,
    },
    "Commit": {"id": git_id, "file": file, "history": history, "message": message},
    "Tree": {"id": git_id},
    "Blob": {
        "id": git_id,
        "byteSize": byte_size,
        "isBinary": is_binary,
        "isTruncated": is_truncated,
        "text": text,
    },
    "User": {**_ACTOR, "id": lambda source, _info: node_id("U", source.id)},
    "Bot": {**_ACTOR, "id": lambda source, _info: node_id("BOT", source.id)},
    "Organization": {**_ACTOR, "id": lambda source, _info: node_id("U", source.id)},
    "App": {
        "id": lambda source, _info: node_id("A", source.id),
        "databaseId": lambda source, _info: source.id,
    },
}
