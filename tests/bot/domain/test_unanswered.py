"""Which commands still wait for an answer."""

from __future__ import annotations

from dataclasses import replace

import pytest

from bot.domain.conversation import Answer, Remark, header
from bot.domain.unanswered import LATELY_SECONDS, Said, unanswered

ASKED = Said(Remark(77, "ada", 5, "Hello\r\n/ssot recheck\r\n"), said_at=100.0)


def answer(*, ours: bool) -> Said:
    body = header(Answer("77", "0a", {})) + "Text"
    return Said(Remark(78, "ssot", 0, body, ours=ours), said_at=101.0)


def test_command_of_a_person_waits_for_an_hour() -> None:
    assert unanswered([ASKED], 100.0 + LATELY_SECONDS) == [77]
    assert unanswered([ASKED], 101.0 + LATELY_SECONDS) == []


def test_only_an_answer_of_ours_answers() -> None:
    assert unanswered([ASKED, answer(ours=True)], 102.0) == []
    assert unanswered([ASKED, answer(ours=False)], 102.0) == [77]


@pytest.mark.parametrize("body", ["Nice.", "> /ssot recheck", "```\n/ssot recheck\n```"])
def test_comment_without_a_command_waits_for_nothing(body: str) -> None:
    assert unanswered([replace(ASKED, remark=replace(ASKED.remark, body=body))], 100.0) == []


@pytest.mark.parametrize(
    "said",
    [
        replace(ASKED, settled=True),
        replace(ASKED, remark=replace(ASKED.remark, edited=True)),
        replace(ASKED, remark=replace(ASKED.remark, author_id=0)),
        replace(ASKED, remark=replace(ASKED.remark, ours=True)),
    ],
    ids=["settled", "edited", "of a bot", "ours"],
)
def test_what_was_answered_edited_or_said_by_no_person_is_left_alone(said: Said) -> None:
    assert unanswered([said], 100.0) == []
