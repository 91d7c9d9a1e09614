"""A comparison of two commits as REST shows it."""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

from bot.sandbox.github.render_pulls import file_json

if TYPE_CHECKING:
    from collections.abc import Sequence

    from bot.sandbox.github.diff import FileDiff
    from bot.sandbox.github.records import Repository
    from bot.sandbox.github.state import State

    Json = dict[str, object]


class Comparison(NamedTuple):
    """Two commits and the merge base that the diff starts at."""

    base: str
    head: str
    merge_base: str


def comparison_json(
    state: State,
    repository: Repository,
    comparison: Comparison,
    *,
    commits: Sequence[str],
    files: Sequence[FileDiff],
) -> Json:
    """Render one page of a comparison; `ahead_by` and `behind_by` count all commits."""
    git = state.git(repository.id)
    ahead = len(git.commits(comparison.base, comparison.head))
    behind = len(git.commits(comparison.head, comparison.base))
    html = f"{state.url}/{repository.full_name}/compare/{comparison.base}...{comparison.head}"
    api = f"{state.api_url}/repos/{repository.full_name}/compare"
    return {
        "url": f"{api}/{comparison.base}...{comparison.head}",
        "html_url": html,
        "permalink_url": html,
        "diff_url": f"{html}.diff",
        "patch_url": f"{html}.patch",
        "base_commit": commit_json(state, repository, comparison.base),
        "merge_base_commit": commit_json(state, repository, comparison.merge_base),
        "status": _status(ahead, behind),
        "ahead_by": ahead,
        "behind_by": behind,
        "total_commits": ahead,
        "commits": [commit_json(state, repository, sha) for sha in commits],
        "files": [file_json(state, repository, comparison.head, file=file) for file in files],
    }


def commit_json(state: State, repository: Repository, sha: str) -> Json:
    """Render one commit."""
    git = state.git(repository.id)
    api = f"{state.api_url}/repos/{repository.full_name}"
    html = f"{state.url}/{repository.full_name}/commit"
    person = {"name": "Ada Example", "email": "ada@example.org", "date": git.committed_at(sha)}
    tree = git.tree_id(sha)
    return {
        "url": f"{api}/commits/{sha}",
        "sha": sha,
        "node_id": f"C_{sha}",
        "html_url": f"{html}/{sha}",
        "comments_url": f"{api}/commits/{sha}/comments",
        "commit": {
            "url": f"{api}/git/commits/{sha}",
            "author": person,
            "committer": person,
            "message": git.message(sha),
            "comment_count": 0,
            "tree": {"sha": tree, "url": f"{api}/git/trees/{tree}"},
        },
        "author": None,
        "committer": None,
        "parents": [
            {"sha": parent, "url": f"{api}/commits/{parent}", "html_url": f"{html}/{parent}"}
            for parent in git.parents(sha)
        ],
    }


def _status(ahead: int, behind: int) -> str:
    if ahead and behind:
        return "diverged"
    if ahead:
        return "ahead"
    return "behind" if behind else "identical"
