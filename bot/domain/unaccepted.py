"""Waivers and pauses that an edit made into something that we never accepted."""

from __future__ import annotations

from typing import TYPE_CHECKING

from bot.domain import commands
from bot.domain.conversation import answers, digest_of
from bot.domain.standing import PAUSE, WAIVE, Lapsed, digest_of_call

if TYPE_CHECKING:
    from collections.abc import Sequence

    from bot.domain.conversation import Remark

EDITED_AWAY = "it was edited after it was accepted: write it in a new comment"


def unaccepted(remarks: Sequence[Remark]) -> tuple[Lapsed, ...]:
    """List the lines of edited comments that took the place of what we accepted there."""
    by_comment = {answer.asked: answer for answer in answers(remarks) if answer.accepted}
    edited = [
        (remark, answer)
        for remark in remarks
        if (answer := by_comment.get(str(remark.id))) and digest_of(remark.body) != answer.digest
    ]
    return tuple(
        Lapsed(call.line, EDITED_AWAY)
        for remark, answer in edited
        for call in commands.parse(remark.body)
        if call.name in {WAIVE, PAUSE} and digest_of_call(call) not in answer.accepted
    )
