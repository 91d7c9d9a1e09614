"""Operations on a repository: itself, its contents, comparisons, who may do what."""

from __future__ import annotations

import base64
from typing import TYPE_CHECKING
from urllib.parse import quote

from bot.sandbox.github.answers import Answer, RefusedError, not_found
from bot.sandbox.github.diff import DIFF_MAX_FILES, changed_files
from bot.sandbox.github.paging import page_of
from bot.sandbox.github.records import UserType
from bot.sandbox.github.render import node_id, repository_json, user_json
from bot.sandbox.github.render_compare import Comparison, comparison_json

if TYPE_CHECKING:
    from collections.abc import Mapping

    from bot.sandbox.github.operations import Call, Handler

CONTENTS_MAX_BYTES = 1_000_000
BLOB_MAX_BYTES = 100_000_000
TOO_LARGE = "This API returns blobs up to 100 MB in size."
# maintain and triage are shown as the base roles that they contain
_PERMISSION = {"admin": "admin", "maintain": "write", "write": "write", "triage": "read"}


def get_repository(call: Call) -> Answer:
    """GET /repos/{owner}/{repo}."""
    return Answer(200, repository_json(call.state, call.repository))


def compare(call: Call) -> Answer:
    """GET …/compare/{basehead}: three-dot; files on page 1 only, at most 300."""
    git = call.state.git(call.repository.id)
    comparison = _comparison(call)
    commits = git.commits(comparison.base, comparison.head)
    url = f"{call.state.api_url}{_path(call)}/compare/{quote(call.params['basehead'], safe='.')}"
    page, headers = page_of(call, url, commits)
    first = call.query.get("page", "1") == "1"
    files = changed_files(git, comparison.merge_base, comparison.head) if first else ()
    body = comparison_json(
        call.state, call.repository, comparison, commits=page, files=files[:DIFF_MAX_FILES]
    )
    return Answer(200, body, headers)


def get_contents(call: Call) -> Answer:
    """GET /repos/{owner}/{repo}/contents/{path}: files up to 1 MB; larger ones only raw."""
    git = call.state.git(call.repository.id)
    commit = git.commit_id(call.query.get("ref", call.repository.default_branch))
    blob = git.blob(commit, call.params["path"]) if commit else None
    if blob is None:
        raise not_found()
    size = len(blob.content)
    if size > BLOB_MAX_BYTES:
        error = {"resource": "Blob", "field": "data", "code": "too_large"}
        raise RefusedError(403, TOO_LARGE, errors=[error])
    inline = size <= CONTENTS_MAX_BYTES
    path = call.params["path"]
    api = f"{call.state.api_url}{_path(call)}"
    html = f"{call.state.url}/{call.repository.full_name}/blob/{commit}/{quote(path)}"
    url = f"{api}/contents/{quote(path)}?ref={commit}"
    git_url = f"{api}/git/blobs/{blob.oid}"
    return Answer(
        200,
        {
            "type": "file",
            "encoding": "base64" if inline else "none",
            "size": size,
            "name": path.rpartition("/")[2],
            "path": path,
            "content": base64.encodebytes(blob.content).decode() if inline else "",
            "sha": blob.oid,
            "url": url,
            "git_url": git_url,
            "html_url": html,
            "download_url": None,
            "_links": {"self": url, "git": git_url, "html": html},
        },
    )


def get_blob(call: Call) -> Answer:
    """GET /repos/{owner}/{repo}/git/blobs/{file_sha}."""
    oid = call.params["file_sha"]
    content = call.state.git(call.repository.id).object(oid)
    if content is None:
        raise not_found()
    return Answer(
        200,
        {
            "sha": oid,
            "node_id": node_id("B", call.repository.id),
            "size": len(content),
            "url": f"{call.state.api_url}{_path(call)}/git/blobs/{oid}",
            "content": base64.encodebytes(content).decode(),
            "encoding": "base64",
        },
    )


def get_permission(call: Call) -> Answer:
    """GET …/collaborators/{username}/permission: everyone has `read` in a public repository."""
    user = call.state.user_named(call.params["username"])
    if user is None or user.type is not UserType.USER:
        raise not_found()
    role = call.state.role(call.repository.id, user.id)
    permission = _PERMISSION.get(role, role)
    rendered = user_json(call.state, user) or {}
    return Answer(
        200,
        {
            "permission": permission,
            "role_name": role,
            "user": {**rendered, "role_name": role, "permissions": _levels(permission)},
        },
    )


def _levels(permission: str) -> dict[str, bool]:
    push, pull = permission in ("admin", "write"), permission != "none"
    admin = permission == "admin"
    return {"pull": pull, "triage": push, "push": push, "maintain": admin, "admin": admin}


def _comparison(call: Call) -> Comparison:
    base_name, dots, head_name = call.params["basehead"].partition("...")
    git = call.state.git(call.repository.id)
    base, head = git.commit_id(base_name), _head_id(call, head_name)
    if not dots or base is None or head is None:
        raise not_found()
    merge_base = git.merge_base(base, head)
    if merge_base is None:
        message = f"No common ancestor between {base_name} and {head_name}."
        raise RefusedError(404, message)
    return Comparison(base, head, merge_base)


def _head_id(call: Call, name: str) -> str | None:
    owner, colon, branch = name.partition(":")
    git = call.state.git(call.repository.id)
    if not colon:
        return git.commit_id(name)
    for fork in call.state.repositories.values():
        if fork.owner == owner and call.repository.id in (fork.id, fork.fork_of):
            tip = call.state.git(fork.id).branch(branch)
            # The network of forks shares its objects.
            if tip:
                git.take(call.state.git(fork.id), tip, f"refs/network/{fork.id}")
            return tip
    return None


def _path(call: Call) -> str:
    return f"/repos/{call.repository.full_name}"


OPERATIONS: Mapping[str, Handler] = {
    "GET /repos/{owner}/{repo}": get_repository,
    "GET /repos/{owner}/{repo}/compare/{basehead}": compare,
    "GET /repos/{owner}/{repo}/contents/{path}": get_contents,
    "GET /repos/{owner}/{repo}/git/blobs/{file_sha}": get_blob,
    "GET /repos/{owner}/{repo}/collaborators/{username}/permission": get_permission,
}
