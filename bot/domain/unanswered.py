"""Which commands wait for an answer: what was said lately, and what we made of it."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from bot.domain import commands
from bot.domain.conversation import answers

if TYPE_CHECKING:
    from collections.abc import Sequence

    from bot.domain.conversation import Remark

# Who waits for longer has asked again, or no longer wants to know.
LATELY_SECONDS = 60 * 60.0


@dataclass(frozen=True, slots=True)
class Said:
    """A comment as a sweep finds it: `said_at` is Unix time.

    `settled` tells whether we reacted as we do at the end of an answer; that we have seen it
    (`eyes`) settles nothing.
    """

    remark: Remark
    said_at: float
    settled: bool = False


def unanswered(conversation: Sequence[Said], now: float) -> list[int]:
    """List the ids of the comments that call a command and that we owe an answer, oldest first."""
    answered = {answer.asked for answer in answers(said.remark for said in conversation)}
    return [
        said.remark.id
        for said in conversation
        if now - said.said_at <= LATELY_SECONDS
        and str(said.remark.id) not in answered
        and _is_command(said)
    ]


def _is_command(said: Said) -> bool:
    """Tell whether a person asks; an edited comment runs nothing: others may have edited it."""
    if said.settled or said.remark.edited or said.remark.ours or not said.remark.author_id:
        return False
    return bool(commands.parse(said.remark.body))
