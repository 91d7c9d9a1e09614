"""Reactions: one per account and content on each subject."""

from __future__ import annotations

from typing import TYPE_CHECKING

from bot.sandbox.github.records import Reaction

if TYPE_CHECKING:
    from bot.sandbox.github.state import State


def add_reaction(
    state: State, subject_id: str, *, user_id: int, content: str
) -> tuple[Reaction, bool]:
    """Store a reaction; tell whether it is new."""
    wanted = (subject_id, user_id, content)
    for reaction in state.reactions.values():
        if (reaction.subject_id, reaction.user_id, reaction.content) == wanted:
            return reaction, False
    reaction = Reaction(state.next_id(), *wanted, state.now())
    state.reactions[reaction.id] = reaction
    return reaction, True
