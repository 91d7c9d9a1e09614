"""GraphQL: reactions, and who reacted."""

from __future__ import annotations

from typing import TYPE_CHECKING

from bot.sandbox.github.graphql_answers import Resolvers, connection, state_of, viewer_of
from bot.sandbox.github.render import node_id

if TYPE_CHECKING:
    from bot.sandbox.github.graphql_answers import Info
    from bot.sandbox.github.records import Comment, Reaction

# GraphQL's names of reactions, and those of REST.
CONTENTS = {
    "THUMBS_UP": "+1",
    "THUMBS_DOWN": "-1",
    "LAUGH": "laugh",
    "CONFUSED": "confused",
    "HEART": "heart",
    "HOORAY": "hooray",
    "ROCKET": "rocket",
    "EYES": "eyes",
}
_NAMES = {content: name for name, content in CONTENTS.items()}


def reactions(
    source: Comment, info: Info, *, content: str | None = None, **page: object
) -> dict[str, object]:
    """List the reactions to a comment, oldest first, and tell whether the App's is among them."""
    found = [
        reaction
        for reaction in state_of(info).reactions.values()
        if reaction.subject_id == node_id("IC", source.id)
        and (content is None or reaction.content == CONTENTS[content])
    ]
    own_id = viewer_of(info).app.bot_id
    listed = connection(info, found, page)
    return {**listed, "viewerHasReacted": any(one.user_id == own_id for one in found)}


def _content(source: Reaction, _info: Info) -> str:
    return _NAMES[source.content]


RESOLVERS: Resolvers = {
    "IssueComment": {"reactions": reactions},
    "Reaction": {
        "id": lambda source, _info: node_id("REA", source.id),
        "databaseId": lambda source, _info: source.id,
        "content": _content,
    },
}
