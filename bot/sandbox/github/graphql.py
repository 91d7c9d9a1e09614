"""The GraphQL API."""

from __future__ import annotations

from typing import TYPE_CHECKING

from bot.sandbox.github.answers import Answer
from bot.sandbox.github.front import Incoming, Served

if TYPE_CHECKING:
    from bot.sandbox.github.state import State


class GraphqlApi:
    """Answers GraphQL requests from the state."""

    def __init__(self, state: State) -> None:
        self._state = state

    def respond(self, incoming: Incoming) -> Served:
        """Answer one request."""
        del incoming
        return Served(Answer(200, {"data": None}))
