"""What we said at lines, and in the bodies of our reviews where no line took it."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from bot.domain.markdown import parse
from bot.domain.pull import Comment

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

    Node = Mapping[str, Any]


def inline(threads: Iterable[Node]) -> Iterable[Comment]:
    """List the comments at lines, one a thread."""
    for thread in threads:
        written = thread.get("comments") or {}
        for node in filter(None, written.get("nodes") or []):
            markers = parse(str(node["body"]))
            if node["viewerDidAuthor"] and markers.fingerprints:
                yield Comment(
                    # `databaseId` is a 32-bit number, which newer comments have outgrown.
                    id=int(node.get("fullDatabaseId") or node["databaseId"]),
                    node_id=str(node["id"]),
                    thread_id=str(thread["id"]),
                    path=str(node["path"]),
                    line=int(node.get("line") or node.get("originalLine") or 0),
                    body=str(node["body"]),
                    markers=markers,
                    minimized=bool(node["isMinimized"]),
                    resolved=bool(thread["isResolved"]),
                    # We write one comment a thread: whatever follows it is somebody's answer.
                    replied=int(written["totalCount"]) > 1,
                )


def listed(reviews: Iterable[Node]) -> Iterable[str]:
    """List the fingerprints that the bodies of our reviews name."""
    for review in reviews:
        if review["viewerDidAuthor"]:
            yield from parse(str(review["body"])).fingerprints
