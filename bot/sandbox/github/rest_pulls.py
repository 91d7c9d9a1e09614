"""Operations that read pull requests."""

from __future__ import annotations

from typing import TYPE_CHECKING

from bot.sandbox.github.answers import Answer, not_found
from bot.sandbox.github.diff import changed_files
from bot.sandbox.github.paging import listing
from bot.sandbox.github.render_pulls import file_json, pull_json, pull_simple_json

if TYPE_CHECKING:
    from collections.abc import Mapping

    from bot.sandbox.github.operations import Call, Handler
    from bot.sandbox.github.records import Pull

# https://docs.github.com/en/rest/pulls/pulls#list-pull-requests-files
FILES_MAX = 3000


def get_pull(call: Call) -> Answer:
    """GET …/pulls/{pull_number}: right after an event it may still show the past."""
    pull = call.state.pull_as_read(call.repository.id, call.number("pull_number"))
    if pull is None:
        raise not_found()
    return Answer(200, pull_json(call.state, pull))


def list_pulls(call: Call) -> Answer:
    """GET …/pulls: newest first unless asked otherwise."""
    found = [pull for pull in call.state.pulls_of(call.repository.id) if _wanted(call, pull)]
    if call.query.get("direction") == "asc":
        found.reverse()
    url = f"{_api(call)}/pulls"
    return listing(call, url, found, lambda pull: pull_simple_json(call.state, pull))


def list_files(call: Call) -> Answer:
    """GET …/pulls/{pull_number}/files: at most 3,000 of the three-dot diff."""
    pull = call.pull()
    git = call.state.git(pull.repository_id)
    merge_base = git.merge_base(pull.base_sha, pull.head_sha) or pull.base_sha
    files = changed_files(git, merge_base, pull.head_sha)[:FILES_MAX]
    url = f"{_api(call)}/pulls/{pull.number}/files"
    return listing(
        call,
        url,
        files,
        lambda file: file_json(call.state, call.repository, pull.head_sha, file=file),
    )


def list_pulls_of_commit(call: Call) -> Answer:
    """GET …/commits/{commit_sha}/pulls: those whose head reaches the commit, closed ones too.

    GitHub's own answer for a fork's commit is often empty (nearform/lastlight#283).
    """
    git = call.state.git(call.repository.id)
    sha = git.commit_id(call.params["commit_sha"])
    found = [
        pull
        for pull in call.state.pulls_of(call.repository.id)
        if sha and not pull.from_fork and sha in git.commits(pull.base_sha, pull.head_sha)
    ]
    url = f"{_api(call)}/commits/{call.params['commit_sha']}/pulls"
    return listing(call, url, found, lambda pull: pull_simple_json(call.state, pull))


def _wanted(call: Call, pull: Pull) -> bool:
    query = call.query
    state = call.state.issue_of(pull).state
    head = call.state.repositories.get(pull.head_repository_id or 0)
    label = f"{head.owner}:{pull.head_ref}" if head else ""
    return (
        query.get("state", "open") in (state, "all")
        and query.get("base", pull.base_ref) == pull.base_ref
        and query.get("head", label) == label
    )


def _api(call: Call) -> str:
    return f"{call.state.api_url}/repos/{call.repository.full_name}"


OPERATIONS: Mapping[str, Handler] = {
    "GET /repos/{owner}/{repo}/pulls": list_pulls,
    "GET /repos/{owner}/{repo}/pulls/{pull_number}": get_pull,
    "GET /repos/{owner}/{repo}/pulls/{pull_number}/files": list_files,
    "GET /repos/{owner}/{repo}/commits/{commit_sha}/pulls": list_pulls_of_commit,
}
