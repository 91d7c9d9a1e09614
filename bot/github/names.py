"""How a repository is named: in paths of REST, in variables and answers of GraphQL."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from bot.domain.jobs import RepositoryRef

if TYPE_CHECKING:
    from collections.abc import Mapping


def in_path(repository: RepositoryRef, **more: int | str) -> dict[str, str]:
    """Fill `/repos/{owner}/{repo}/…`, and what `more` stands below it."""
    names = {"owner": repository.owner, "repo": repository.name}
    return names | {name: str(value) for name, value in more.items()}


def in_query(repository: RepositoryRef) -> dict[str, str]:
    """Fill `repository(owner: $owner, name: $name)`."""
    return {"owner": repository.owner, "name": repository.name}


def read_ref(repository: Mapping[str, Any]) -> RepositoryRef:
    """Read `databaseId` and `nameWithOwner`: the name that is in use now."""
    owner, _, name = str(repository["nameWithOwner"]).partition("/")
    return RepositoryRef(int(repository["databaseId"]), owner, name)
