"""Which deliveries count as missed."""

from __future__ import annotations

from dataclasses import replace

import pytest

from bot.domain.conversation import Answer, Remark, header
from bot.domain.heads import LOST_SECONDS, OpenHead, SweptRun
from bot.domain.missed import Attempt, missed
from bot.domain.report import FAILED_TITLE
from bot.domain.unanswered import LATELY_SECONDS, Said

NOW = 10_000.0


def attempt(number: int, guid: str, *, succeeded: bool = False) -> Attempt:
    return Attempt(number, guid, "push", "", succeeded, 0.0)


def run(number: int = 1, conclusion: str = "SUCCESS", title: str = "", at: float = 0) -> SweptRun:
    return SweptRun(number, conclusion, title, at)


def head(*runs: SweptRun, configured: bool = True) -> OpenHead:
    return OpenHead(1, "a" * 40, configured, runs)


def test_delivery_that_one_attempt_brought_home_is_not_missed() -> None:
    attempts = [attempt(3, "a", succeeded=True), attempt(2, "b"), attempt(1, "a")]
    assert missed(attempts) == [attempt(2, "b")]


def test_missed_deliveries_come_once_each_in_the_order_in_which_they_were_sent() -> None:
    attempts = [attempt(4, "a"), attempt(3, "b"), attempt(2, "a"), attempt(1, "c")]
    assert [one.guid for one in missed(attempts)] == ["c", "a", "b"]


def test_head_with_a_verdict_is_left_alone() -> None:
    assert not head(run(conclusion="NEUTRAL")).needs_review(NOW)
    assert not head(run(1, "CANCELLED"), run(2)).needs_review(NOW)


def test_head_without_a_verdict_is_reviewed() -> None:
    assert head().needs_review(NOW)
    assert head(run(1), run(2, "CANCELLED")).needs_review(NOW)
    assert head(run(conclusion="")).needs_review(NOW)
    assert head(run(conclusion="NEUTRAL", title=FAILED_TITLE)).needs_review(NOW)


@pytest.mark.parametrize(
    ("said_at", "needed"), [(NOW - 5, True), (NOW - 11, False), (NOW - LATELY_SECONDS - 1, False)]
)
def test_head_whose_verdict_is_older_than_a_waiver_is_reviewed(
    said_at: float, needed: bool
) -> None:
    text = header(Answer("7", "d", {"terms": frozenset({"f"})}))
    accepted = Said(Remark(8, "ssot", 0, text, ours=True), said_at)
    verdict = run(at=NOW - (10 if said_at > NOW - 60 else 2 * LATELY_SECONDS))
    standing = replace(head(verdict), conversation=(accepted,))
    assert standing.needs_review(NOW) is needed


@pytest.mark.parametrize(
    ("changed_at", "needed"),
    [(NOW - 5, True), (NOW - 2000, False), (NOW - LATELY_SECONDS - 1, False)],
)
def test_head_whose_terms_changed_since_its_verdict_is_reviewed(
    changed_at: float, needed: bool
) -> None:
    verdict = run(at=NOW - (10 if changed_at > NOW - 3000 else 2 * LATELY_SECONDS))
    assert replace(head(verdict), changed_at=changed_at).needs_review(NOW) is needed


def test_head_that_moved_while_its_verdict_was_made_is_reviewed() -> None:
    begun_before = replace(head(run(at=NOW)), changed_at=NOW - 60)
    assert begun_before.needs_review(NOW)


def test_run_left_in_progress_on_an_earlier_head_is_reviewed_by_its_own_pull_request() -> None:
    mine, another = replace(run(2, ""), number=1), replace(run(2, ""), number=3)
    assert replace(head(run(1)), earlier=(mine,)).needs_review(NOW)
    assert not replace(head(run(1)), earlier=(another,)).needs_review(NOW)


def test_silent_repository_needs_no_review() -> None:
    assert not head(configured=False).needs_review(NOW)


def test_run_is_lost_after_an_hour_in_progress() -> None:
    old, young = run(1, conclusion=""), run(2, conclusion="", at=1.0)
    assert head(old, young, run(3)).lost(LOST_SECONDS + 1) == [old]
