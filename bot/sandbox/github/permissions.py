"""Which permission each operation needs, as GitHub documents it for App tokens.

https://docs.github.com/en/rest/authentication/permissions-required-for-github-apps
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from bot.sandbox.github.answers import NOT_ACCESSIBLE, RefusedError

if TYPE_CHECKING:
    from collections.abc import Mapping

    from bot.sandbox.github.records import Permissions

_LEVELS = {"read": 1, "write": 2, "admin": 3}
_REPO = "/repos/{owner}/{repo}"

# One tuple per operation, of alternatives: any of them is enough.
NEEDS: Mapping[str, tuple[tuple[str, str], ...]] = {
    f"GET {_REPO}": (("metadata", "read"),),
    f"GET {_REPO}/check-runs/{{check_run_id}}": (("checks", "read"),),
    f"GET {_REPO}/check-runs/{{check_run_id}}/annotations": (("checks", "read"),),
    f"POST {_REPO}/check-runs": (("checks", "write"),),
    f"PATCH {_REPO}/check-runs/{{check_run_id}}": (("checks", "write"),),
    f"GET {_REPO}/commits/{{ref}}/check-runs": (("checks", "read"),),
    f"GET {_REPO}/commits/{{commit_sha}}/pulls": (("pull_requests", "read"),),
    f"GET {_REPO}/compare/{{basehead}}": (("contents", "read"),),
    f"GET {_REPO}/contents/{{path}}": (("contents", "read"),),
    f"GET {_REPO}/git/blobs/{{file_sha}}": (("contents", "read"),),
    f"GET {_REPO}/collaborators/{{username}}/permission": (("metadata", "read"),),
    f"GET {_REPO}/pulls": (("pull_requests", "read"),),
    f"GET {_REPO}/pulls/{{pull_number}}": (("pull_requests", "read"), ("contents", "read")),
    f"GET {_REPO}/pulls/{{pull_number}}/files": (("pull_requests", "read"),),
    f"GET {_REPO}/pulls/{{pull_number}}/comments": (("pull_requests", "read"),),
    f"POST {_REPO}/pulls/{{pull_number}}/comments": (("pull_requests", "write"),),
    f"POST {_REPO}/pulls/{{pull_number}}/comments/{{comment_id}}/replies": (
        ("pull_requests", "write"),
    ),
    f"GET {_REPO}/pulls/comments/{{comment_id}}": (("pull_requests", "read"),),
    f"PATCH {_REPO}/pulls/comments/{{comment_id}}": (("pull_requests", "write"),),
    f"DELETE {_REPO}/pulls/comments/{{comment_id}}": (("pull_requests", "write"),),
    f"POST {_REPO}/pulls/comments/{{comment_id}}/reactions": (("pull_requests", "write"),),
    f"GET {_REPO}/pulls/comments/{{comment_id}}/reactions": (("pull_requests", "read"),),
    f"GET {_REPO}/pulls/{{pull_number}}/reviews": (("pull_requests", "read"),),
    f"POST {_REPO}/pulls/{{pull_number}}/reviews": (("pull_requests", "write"),),
    f"GET {_REPO}/pulls/{{pull_number}}/reviews/{{review_id}}": (("pull_requests", "read"),),
    f"GET {_REPO}/pulls/{{pull_number}}/reviews/{{review_id}}/comments": (
        ("pull_requests", "read"),
    ),
    f"PUT {_REPO}/pulls/{{pull_number}}/reviews/{{review_id}}": (("pull_requests", "write"),),
    f"DELETE {_REPO}/pulls/{{pull_number}}/reviews/{{review_id}}": (("pull_requests", "write"),),
    f"POST {_REPO}/pulls/{{pull_number}}/reviews/{{review_id}}/events": (
        ("pull_requests", "write"),
    ),
    f"GET {_REPO}/issues/{{issue_number}}": (("issues", "read"),),
    f"PATCH {_REPO}/issues/{{issue_number}}": (("issues", "write"), ("pull_requests", "write")),
    f"GET {_REPO}/issues/{{issue_number}}/comments": (
        ("issues", "read"),
        ("pull_requests", "read"),
    ),
    f"POST {_REPO}/issues/{{issue_number}}/comments": (
        ("issues", "write"),
        ("pull_requests", "write"),
    ),
    f"GET {_REPO}/issues/comments/{{comment_id}}": (("issues", "read"), ("pull_requests", "read")),
    f"PATCH {_REPO}/issues/comments/{{comment_id}}": (
        ("issues", "write"),
        ("pull_requests", "write"),
    ),
    f"DELETE {_REPO}/issues/comments/{{comment_id}}": (
        ("issues", "write"),
        ("pull_requests", "write"),
    ),
    f"GET {_REPO}/issues/comments/{{comment_id}}/reactions": (("issues", "read"),),
    f"POST {_REPO}/issues/comments/{{comment_id}}/reactions": (("issues", "write"),),
    f"DELETE {_REPO}/issues/comments/{{comment_id}}/reactions/{{reaction_id}}": (
        ("issues", "write"),
    ),
}


def allows(granted: Permissions, name: str, level: str) -> bool:
    """Tell whether a grant reaches a level; `write` includes `read`."""
    return _LEVELS.get(granted.get(name, ""), 0) >= _LEVELS[level]


def require(operation: str, granted: Permissions) -> None:
    """Refuse an operation that the token's permissions do not reach."""
    needs = NEEDS[operation]
    if not any(allows(granted, name, level) for name, level in needs):
        raise forbidden(needs)


def require_for_target(operation: str, granted: Permissions, *, permission: str) -> None:
    """Refuse by the kind of target, where issues and pull requests share an operation.

    A token with `issues: write` alone gets 403 on a pull request (vitejs/vite-ecosystem-ci#487).
    """
    needs = NEEDS[operation]
    shared = {name for name, _ in needs}
    level = needs[0][1]
    if permission in shared and not allows(granted, permission, level):
        raise forbidden(needs)


def forbidden(needs: tuple[tuple[str, str], ...]) -> RefusedError:
    """Refuse, and name the missing permission in the header as GitHub does."""
    accepted = "; ".join(f"{name}={level}" for name, level in needs)
    return RefusedError(403, NOT_ACCESSIBLE, headers={"X-Accepted-GitHub-Permissions": accepted})
