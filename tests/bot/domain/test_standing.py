"""Which waivers and pauses by comment stand, and what they do."""

from __future__ import annotations

from dataclasses import replace
from datetime import date
from typing import TYPE_CHECKING

import pytest

from bot.domain import commands
from bot.domain.conversation import Answer, Remark, Revoked, digest_of, header
from bot.domain.standing import Standing, claims, digest_of_call, next_end, standing, waive
from checks.model import Cause, Conclusion, Skipped, Status
from tests.bot.domain.examples import analysis, finding

if TYPE_CHECKING:
    from collections.abc import Sequence

TODAY = date(2026, 10, 1)
FOUND = finding()
WAIVE = '/ssot waive forbidden-import until=2026-10-01 reason="next week"'


def said(number: int, body: str, **changes: object) -> Remark:
    made = Remark(number, author="ada", author_id=5, body=body)
    return replace(made, **changes)  # type: ignore[arg-type]


def accepted(asked: int, body: str, *findings: str, **changes: object) -> Remark:
    """Answer a comment as the service does."""
    terms = {digest_of_call(call): frozenset(findings) for call in commands.parse(body)}
    given = Answer(str(asked), digest_of(body), terms)
    return ours(replace(given, **changes))  # type: ignore[arg-type]


def ours(given: Answer) -> Remark:
    return Remark(900, author="ssot", author_id=0, body=f"{header(given)}Done.", ours=True)


def stands(remarks: Sequence[Remark], *, writers: str = "ada", today: date = TODAY) -> Standing:
    return standing(claims(remarks), may_write=writers.split().__contains__, today=today)


def test_accepted_waiver_covers_the_findings_that_stood() -> None:
    found = stands([said(1, WAIVE), accepted(1, WAIVE, FOUND.fingerprint)])
    judged = waive(analysis(FOUND, finding(line=9)), found)

    assert [one.status for one in judged.findings] == [Status.WAIVED, Status.NEW]
    acceptance = judged.findings[0].accepted
    assert acceptance is not None
    assert (acceptance.by, acceptance.reason) == ("ada", "next week")


def test_waiver_with_a_path_covers_rule_and_path() -> None:
    body = WAIVE.replace("until", "shop/*.py until")
    found = stands([said(1, body), accepted(1, body)])
    others = [finding(), finding("web/a.py"), finding(rule="backup-file")]
    judged = waive(analysis(*others), found)

    assert [one.status for one in judged.findings] == [Status.WAIVED, Status.NEW, Status.NEW]


def test_waiver_that_nobody_accepted_is_none() -> None:
    assert stands([said(1, WAIVE)]) == Standing()


def test_acceptance_that_somebody_else_wrote_is_none() -> None:
    forged = replace(accepted(1, WAIVE, FOUND.fingerprint), ours=False)

    assert stands([said(1, WAIVE), forged]) == Standing()


def test_acceptance_without_its_comment_is_none() -> None:
    assert stands([accepted(1, WAIVE, FOUND.fingerprint)]) == Standing()


def test_waiver_of_a_deleted_account_is_none() -> None:
    gone = said(1, WAIVE, author="", author_id=0)

    assert claims([gone, accepted(1, WAIVE, FOUND.fingerprint)]) == ()


def test_marker_further_down_in_an_answer_is_not_believed() -> None:
    smuggled = header(Answer("1", digest_of(WAIVE), {"0" * 16: frozenset()}))
    answer = Remark(9, "ssot", 0, f"You wrote:\n{smuggled}", ours=True)

    assert claims([said(1, WAIVE), answer]) == ()


def test_waiver_holds_through_the_end_of_its_day() -> None:
    remarks = [said(1, WAIVE), accepted(1, WAIVE, FOUND.fingerprint)]

    assert stands(remarks).waivers
    after = stands(remarks, today=date(2026, 10, 2))
    assert not after.waivers
    assert "it expired on 2026-10-01" in waive(analysis(), after).notes[0]


@pytest.mark.parametrize(
    ("editor", "holds"), [("ada", True), ("grace", True), ("mallory", False), ("", False)]
)
def test_edited_waiver_stands_when_its_editor_may_write(editor: str, holds: bool) -> None:
    edited = WAIVE.replace("next week", "in a while")
    remarks = [said(1, edited, editor=editor), accepted(1, WAIVE, FOUND.fingerprint)]
    found = stands(remarks, writers="ada grace")

    assert bool(found.waivers) is holds
    assert bool(found.lapsed) is not holds


def test_edit_that_changed_nothing_needs_nobody() -> None:
    remarks = [said(1, f"{WAIVE}\r\n", editor="mallory"), accepted(1, WAIVE, FOUND.fingerprint)]

    assert stands(remarks).waivers


def test_edit_to_another_rule_needs_another_acceptance() -> None:
    other = WAIVE.replace("forbidden-import", "backup-file")

    assert claims([said(1, other, editor="ada"), accepted(1, WAIVE)]) == ()


def test_author_who_lost_write_access_is_named() -> None:
    found = stands([said(1, WAIVE), accepted(1, WAIVE, FOUND.fingerprint)], writers="grace")

    assert [lapsed.reason for lapsed in found.lapsed] == ["ada no longer has write access"]


def test_revoked_waiver_is_gone_even_when_the_revoking_comment_is() -> None:
    (claim,) = claims([said(1, WAIVE), accepted(1, WAIVE)])
    revoking = ours(Answer("2", digest_of("x"), {}, (Revoked("1", claim.digest),)))

    assert claims([said(1, WAIVE), accepted(1, WAIVE), revoking]) == ()


def test_unanalysed_file_stands_no_longer_in_the_way() -> None:
    body = '/ssot waive unanalysed data/big.py until=2026-12-01 reason="generated"'
    found = stands([said(1, body), accepted(1, body)])
    skipped = Skipped("data/big.py", "it is larger than 1 MB", Cause.CHANGE)
    judged = waive(analysis(skipped=(skipped,)), found)

    assert judged.conclusion is Conclusion.SUCCESS
    assert "generated" in judged.skipped[0].reason


def test_failure_of_ours_is_never_waived() -> None:
    body = '/ssot waive unanalysed data/big.py until=2026-12-01 reason="generated"'
    found = stands([said(1, body), accepted(1, body)])
    outage = Skipped("data/big.py", "git did not answer", Cause.SERVICE)

    assert waive(analysis(skipped=(outage,)), found).conclusion is Conclusion.NEUTRAL


def test_pause_stands_while_its_author_may_write() -> None:
    remarks = [said(1, "/ssot pause"), accepted(1, "/ssot pause")]

    assert stands(remarks).paused_by == "ada"
    assert stands(remarks, writers="grace").paused_by == ""


def test_next_end_is_the_first_day_that_ends_a_waiver() -> None:
    later = WAIVE.replace("2026-10-01", "2026-11-01").replace("until", "shop/*.py until")
    remarks = [said(1, later), accepted(1, later), said(2, WAIVE), accepted(2, WAIVE)]

    assert next_end(analysis(), stands(remarks)) == date(2026, 10, 1)
    assert next_end(analysis(), Standing()) is None


@pytest.mark.parametrize(
    ("editor", "holds"), [("ada", True), ("grace", True), ("mallory", False), ("", False)]
)
def test_acceptance_that_was_edited_stands_when_its_editor_may_write(
    editor: str, holds: bool
) -> None:
    ours_edited = replace(accepted(1, WAIVE, FOUND.fingerprint), edited=True, editor=editor)
    found = stands([said(1, WAIVE), ours_edited], writers="ada grace")

    assert bool(found.waivers) is holds
    assert bool(found.lapsed) is not holds
