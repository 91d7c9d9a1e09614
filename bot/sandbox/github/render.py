"""Accounts, Apps and repositories as REST and webhooks show them."""

from __future__ import annotations

import base64
from typing import TYPE_CHECKING

from bot.sandbox.github.records import UserType
from bot.sandbox.github.state import iso, iso_or_none

if TYPE_CHECKING:
    from bot.sandbox.github.records import App, Installation, Repository, User
    from bot.sandbox.github.state import State

    Json = dict[str, object]

_USER_LINKS = {
    "followers_url": "/followers",
    "following_url": "/following{/other_user}",
    "gists_url": "/gists{/gist_id}",
    "starred_url": "/starred{/owner}{/repo}",
    "subscriptions_url": "/subscriptions",
    "organizations_url": "/orgs",
    "repos_url": "/repos",
    "events_url": "/events{/privacy}",
    "received_events_url": "/received_events",
}
_REPOSITORY_LINKS = {
    "archive_url": "/{archive_format}{/ref}",
    "assignees_url": "/assignees{/user}",
    "blobs_url": "/git/blobs{/sha}",
    "branches_url": "/branches{/branch}",
    "collaborators_url": "/collaborators{/collaborator}",
    "comments_url": "/comments{/number}",
    "commits_url": "/commits{/sha}",
    "compare_url": "/compare/{base}...{head}",
    "contents_url": "/contents/{+path}",
    "contributors_url": "/contributors",
    "deployments_url": "/deployments",
    "downloads_url": "/downloads",
    "events_url": "/events",
    "forks_url": "/forks",
    "git_commits_url": "/git/commits{/sha}",
    "git_refs_url": "/git/refs{/sha}",
    "git_tags_url": "/git/tags{/sha}",
    "hooks_url": "/hooks",
    "issue_comment_url": "/issues/comments{/number}",
    "issue_events_url": "/issues/events{/number}",
    "issues_url": "/issues{/number}",
    "keys_url": "/keys{/key_id}",
    "labels_url": "/labels{/name}",
    "languages_url": "/languages",
    "merges_url": "/merges",
    "milestones_url": "/milestones{/number}",
    "notifications_url": "/notifications{?since,all,participating}",
    "pulls_url": "/pulls{/number}",
    "releases_url": "/releases{/id}",
    "stargazers_url": "/stargazers",
    "statuses_url": "/statuses/{sha}",
    "subscribers_url": "/subscribers",
    "subscription_url": "/subscription",
    "tags_url": "/tags",
    "teams_url": "/teams",
    "trees_url": "/git/trees{/sha}",
}
_REPOSITORY_CONSTANTS: Json = {
    "description": None,
    "homepage": None,
    "language": None,
    "license": None,
    "mirror_url": None,
    "archived": False,
    "disabled": False,
    "has_issues": True,
    "has_projects": False,
    "has_downloads": True,
    "has_wiki": False,
    "has_pages": False,
    "has_discussions": False,
    "is_template": False,
    "web_commit_signoff_required": False,
    "custom_properties": {},
    "topics": [],
    "size": 0,
    "forks": 0,
    "forks_count": 0,
    "stargazers_count": 0,
    "watchers": 0,
    "watchers_count": 0,
    "network_count": 0,
    "subscribers_count": 0,
}


def node_id(prefix: str, identifier: int) -> str:
    """Make an opaque GraphQL id that tells the kind of its object by prefix, as GitHub's do."""
    return f"{prefix}_{base64.urlsafe_b64encode(str(identifier).encode()).decode().rstrip('=')}"


def parse_node_id(text: str) -> tuple[str, int] | None:
    """Read prefix and id back; None for anything else."""
    prefix, separator, encoded = text.partition("_")
    try:
        number = int(base64.urlsafe_b64decode(encoded + "=" * (-len(encoded) % 4)))
    except ValueError:
        return None
    return (prefix, number) if separator else None


def user_json(state: State, user: User | None) -> Json | None:
    """Render an account; null for a deleted one."""
    if user is None:
        return None
    api = f"{state.api_url}/users/{user.login}"
    kind = "BOT" if user.type is UserType.BOT else "U"
    return {
        "login": user.login,
        "id": user.id,
        "node_id": node_id(kind, user.id),
        "avatar_url": f"{state.url}/avatars/u/{user.id}",
        "gravatar_id": "",
        "url": api,
        "html_url": f"{state.url}/{user.login}",
        **{name: api + path for name, path in _USER_LINKS.items()},
        "type": user.type.value,
        "site_admin": False,
    }


def app_json(state: State, app: App) -> Json:
    """Render an App as its owner, its runs and its suites show it."""
    return {
        "id": app.id,
        "slug": app.slug,
        "node_id": node_id("A", app.id),
        "client_id": app.client_id,
        "owner": user_json(state, state.users[app.owner_id]),
        "name": app.name or app.slug,
        "description": "",
        "external_url": app.external_url or f"{state.url}/apps/{app.slug}",
        "html_url": f"{state.url}/apps/{app.slug}",
        "created_at": iso(app.created_at),
        "updated_at": iso(app.created_at),
        "permissions": dict(app.permissions),
        "events": list(app.events),
    }


def installation_json(state: State, installation: Installation) -> Json:
    """Render an App's installation on an account."""
    app = state.apps[installation.app_id]
    api = f"{state.api_url}/app/installations/{installation.id}"
    return {
        "id": installation.id,
        "account": user_json(state, state.users[installation.account_id]),
        "access_tokens_url": f"{api}/access_tokens",
        "repositories_url": f"{state.api_url}/installation/repositories",
        "html_url": f"{state.url}/settings/installations/{installation.id}",
        "app_id": app.id,
        "client_id": app.client_id,
        "app_slug": app.slug,
        "target_id": installation.account_id,
        "target_type": state.users[installation.account_id].type.value,
        "repository_selection": "selected",
        "permissions": dict(installation.permissions),
        "events": list(app.events),
        "single_file_name": None,
        "has_multiple_single_files": False,
        "single_file_paths": [],
        "suspended_by": None,
        "suspended_at": iso_or_none(installation.suspended_at),
        "created_at": iso(installation.created_at),
        "updated_at": iso(installation.created_at),
    }


def repository_json(state: State, repository: Repository) -> Json:
    """Render a repository in full."""
    api = f"{state.api_url}/repos/{repository.full_name}"
    html = f"{state.url}/{repository.full_name}"
    open_issues = sum(
        issue.state == "open"
        for issue in state.issues.values()
        if issue.repository_id == repository.id
    )
    return {
        **_REPOSITORY_CONSTANTS,
        "id": repository.id,
        "node_id": node_id("R", repository.id),
        "name": repository.name,
        "full_name": repository.full_name,
        "private": repository.private,
        "visibility": "private" if repository.private else "public",
        "owner": user_json(state, state.user_named(repository.owner)),
        "html_url": html,
        "url": api,
        **{name: api + path for name, path in _REPOSITORY_LINKS.items()},
        "fork": repository.fork_of is not None,
        "default_branch": repository.default_branch,
        "open_issues": open_issues,
        "open_issues_count": open_issues,
        "git_url": f"git://{html.partition('://')[2]}.git",
        "ssh_url": f"git@{html.partition('://')[2]}.git",
        "clone_url": f"{html}.git",
        "svn_url": html,
        "created_at": iso(repository.created_at),
        "updated_at": iso(repository.created_at),
        "pushed_at": iso(repository.created_at),
    }


def api_of(state: State, repository_id: int, path: str) -> str:
    """Return a URL of the REST API below a repository."""
    return f"{state.api_url}/repos/{state.repositories[repository_id].full_name}{path}"


def html_of(state: State, repository_id: int, path: str) -> str:
    """Return the URL of a web page below a repository."""
    return f"{state.url}/{state.repositories[repository_id].full_name}{path}"
