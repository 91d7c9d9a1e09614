"""How requests name a repository: in the paths of REST, and in the variables of GraphQL."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from bot.domain.jobs import RepositoryRef


def in_path(repository: RepositoryRef, **more: int | str) -> dict[str, str]:
    """Fill `/repos/{owner}/{repo}/…`, and what `more` stands below it."""
    names = {"owner": repository.owner, "repo": repository.name}
    return names | {name: str(value) for name, value in more.items()}


def in_query(repository: RepositoryRef) -> dict[str, str]:
    """Fill `repository(owner: $owner, name: $name)`."""
    return {"owner": repository.owner, "name": repository.name}
