"""Which issues of its repository a pull request links to: by its texts, or by GitHub's own list."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from bot.domain.links import linked

if TYPE_CHECKING:
    from collections.abc import Mapping

    from bot.domain.jobs import RepositoryRef
    from bot.domain.links import Link

    Node = Mapping[str, Any]


def links(node: Node, repository: RepositoryRef) -> tuple[int, ...]:
    """Read the `Links` fragment; GitHub's own list comes first."""
    closing = [one for one in (node.get("closingIssuesReferences") or {}).get("nodes") or [] if one]
    listed = [
        int(one["number"])
        for one in closing
        if (one["repository"] or {}).get("databaseId") == repository.id
    ]
    said = linked(
        title=str(node["title"]),
        body=str(node["body"]),
        messages=[str(one["commit"]["message"]) for one in node["spoken"]["nodes"] if one],
        branch=str(node["headRefName"]),
    )
    named = [one.number for one in said if _is_here(one, repository)]
    return tuple(dict.fromkeys([*listed, *named]))


def _is_here(link: Link, repository: RepositoryRef) -> bool:
    written = f"{link.owner}/{link.name}"
    return written == "/" or written.lower() == repository.full_name.lower()
