"""GraphQL: node ids, and the things behind them."""

from __future__ import annotations

from typing import TYPE_CHECKING

from bot.sandbox.github.graphql_answers import Thread, not_resolved, state_of, viewer_of
from bot.sandbox.github.render import parse_node_id

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

    from bot.sandbox.github.check_records import CheckRun
    from bot.sandbox.github.graphql_answers import Info
    from bot.sandbox.github.records import Comment, Issue, Pull, Review, ReviewComment
    from bot.sandbox.github.state import State

    Node = CheckRun | Comment | Issue | Pull | Review | ReviewComment | Thread


def find_node(info: Info, identifier: str) -> Node:
    """Return what an id names, if the token may see its repository."""
    found = _look_up(state_of(info), identifier)
    if found is not None:
        home = found.first if isinstance(found, Thread) else found
        if viewer_of(info).sees(home.repository_id):
            return found
    raise not_resolved("node", f"the global id of '{identifier}'")


def _look_up(state: State, identifier: str) -> Node | None:
    parsed = parse_node_id(identifier)
    if parsed is None:
        return None
    kind, number = parsed
    if kind == "PRRT":
        first = state.review_comments.get(number)
        return Thread(first) if first and first.reply_to is None else None
    tables: Mapping[str, Iterable[Node]] = {
        "PR": state.pulls.values(),
        "I": state.issues.values(),
        "IC": state.comments.values(),
        "PRR": state.reviews.values(),
        "PRRC": state.review_comments.values(),
        "CR": state.check_runs.values(),
    }
    return next((node for node in tables.get(kind, ()) if _id(node) == number), None)


def _id(node: Node) -> int:
    return node.first.id if isinstance(node, Thread) else node.id
