"""The plan: what is new is posted, what stands is left, what is gone is said to be fixed."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

import pytest

from bot.domain import comments
from bot.domain.markdown import marker, parse, without_header
from bot.domain.reconcile import Plan, Review, plan
from bot.domain.report import report
from checks.config import parse as parse_config
from checks.model import Analysis, Cause, Crash, Finding, Kind, Skipped, Status, Suggestion
from tests.bot.domain.examples import CONFIG, HEAD, analysis, comment, config, finding, pull

if TYPE_CHECKING:
    from bot.domain.pull import Comment, PullRequest
    from checks.config import Config

RENAMED = {"shop/was.py": "shop/new.py"}


def test_a_clean_change_writes_nothing() -> None:
    assert _plan(analysis()) == Plan()


def test_a_new_finding_is_said_once_at_its_line() -> None:
    found = finding()

    review = _review(analysis(found))

    (inline,) = review.inlines
    assert (inline.path, inline.line, inline.start_line) == ("shop/cart.py", 3, None)
    assert parse(inline.body).fingerprints == (found.fingerprint,)
    assert review.body == (
        f"{marker(found.fingerprint)}\nThis change adds one finding. To accept a finding for a "
        "while, or to ask why, comment `/ssot help`."
    )
    assert without_header(inline.body) == (
        "**forbidden-import**: `shop.old` is deprecated, use `shop.engine`\n\n"
        "Why: One engine per request. [Read more](<https://example.org/engine>)\n\n"
        "Change the line and push: this comment is then marked as fixed."
    )


def test_a_finding_that_has_its_comment_gets_no_second_one() -> None:
    found = finding()

    assert _plan(analysis(found), _standing(found)) == Plan()


def test_a_finding_that_a_review_body_lists_is_not_said_again() -> None:
    found = finding()

    assert _plan(analysis(found), pull(listed=frozenset({found.fingerprint}))) == Plan()


def test_a_finding_outside_the_diff_gets_no_comment() -> None:
    assert _plan(analysis(finding(anchored=False))) == Plan()


def test_a_path_that_is_no_utf8_gets_no_comment() -> None:
    assert _plan(analysis(finding("shop/\udcff.py"))) == Plan()


@pytest.mark.parametrize("status", [Status.MOVED, Status.WAIVED])
def test_what_is_not_new_is_neither_said_nor_called_fixed(status: Status) -> None:
    found = finding(status=status)

    assert _plan(analysis(found)) == Plan()
    assert _plan(analysis(found), _standing(found)) == Plan()


def test_a_comment_without_its_finding_is_edited_to_say_fixed() -> None:
    (edit,) = _plan(analysis(), _standing(finding())).edits

    assert edit.minimized
    assert parse(edit.body).fixed_in == HEAD
    assert parse(edit.body).fingerprints == (finding().fingerprint,)
    assert without_header(edit.body).startswith(f"**Fixed** in {HEAD}.")


def test_a_fixed_comment_is_left_alone() -> None:
    (edit,) = _plan(analysis(), _standing(finding())).edits
    fixed = comment(1, "shop/cart.py", 3, edit.body)

    assert _plan(analysis(), pull(comments=(fixed,))) == Plan()


def test_a_finding_that_returns_gets_its_old_comment_back() -> None:
    found = finding()
    (gone,) = _plan(analysis(), _standing(found)).edits
    fixed = comment(1, "shop/cart.py", 3, gone.body)

    planned = _plan(analysis(found), pull(comments=(fixed,)))

    assert planned.review is None
    assert [(edit.body, edit.minimized) for edit in planned.edits] == [(_body(found), False)]


def test_a_comment_that_people_answered_is_not_folded_under_them() -> None:
    (said,) = _standing(finding()).comments
    standing = replace(said, replied=True)

    (edit,) = _plan(analysis(), pull(comments=(standing,))).edits

    assert (edit.minimized, edit.resolved) == (False, True)


def test_a_thread_that_people_resolved_stays_so_while_its_finding_stands() -> None:
    first, second = finding(line=3), finding(line=9)
    body = comments.body([first, second], config())
    resolved = replace(comment(1, "shop/cart.py", 3, body), resolved=True)

    (edit,) = _plan(analysis(second), pull(comments=(resolved,))).edits

    assert edit.resolved
    assert _plan(analysis(first, second), pull(comments=(resolved,))) == Plan()


def test_a_thread_that_people_opened_again_after_the_fix_is_left_open() -> None:
    (edit,) = _plan(analysis(), _standing(finding())).edits
    opened = comment(1, "shop/cart.py", 3, edit.body)

    assert _plan(analysis(), pull(comments=(opened,))) == Plan()


def test_a_finding_that_returns_opens_its_thread() -> None:
    found = finding()
    (gone,) = _plan(analysis(), _standing(found)).edits
    folded = replace(
        comment(1, "shop/cart.py", 3, gone.body), minimized=True, resolved=True, replied=True
    )

    (edit,) = _plan(analysis(found), pull(comments=(folded,))).edits

    assert (edit.minimized, edit.resolved) == (False, False)


def test_a_file_that_vanished_without_a_rename_takes_no_comment_along() -> None:
    planned = _plan(analysis(finding("shop/other.py")), _standing(finding("shop/gone.py")))

    assert planned.review is not None
    assert [inline.path for inline in planned.review.inlines] == ["shop/other.py"]
    assert [parse(edit.body).fixed_in for edit in planned.edits] == [HEAD]


def test_a_comment_follows_its_finding_into_a_renamed_file() -> None:
    before, after = finding("shop/was.py"), finding("shop/new.py")

    planned = _plan(analysis(after), _standing(before))

    assert planned.review is None
    assert [edit.body for edit in planned.edits] == [_body(after)]


def test_cleaning_one_file_does_not_hide_the_same_in_another() -> None:
    planned = _plan(analysis(finding("shop/new.py")), _standing(finding("shop/cart.py")))

    assert planned.review is not None
    assert [parse(edit.body).fixed_in for edit in planned.edits] == [HEAD]


def test_another_kind_of_the_same_symbol_keeps_the_nearest_comment() -> None:
    far, near = finding(line=40), finding(line=10)
    changed = finding(line=12, rank="other", kind=Kind.IMPORT)

    planned = _plan(analysis(changed), _standing(far, near))

    assert planned.review is None
    assert {edit.comment.line: bool(parse(edit.body).fixed_in) for edit in planned.edits} == {
        10: False,
        40: True,
    }


def test_twins_are_two_findings_with_one_comment_that_counts_them() -> None:
    review = _review(analysis(finding(line=9), finding(line=3), finding(line=5)))

    (inline,) = review.inlines
    assert inline.line == 3
    assert len(parse(inline.body).fingerprints) == 3
    assert "The same finding occurs 2 more times in this file." in inline.body


def test_a_comment_that_loses_one_of_its_twins_is_corrected() -> None:
    first, second = finding(line=3), finding(line=9)
    body = comments.body([first, second], config())
    standing = pull(comments=(comment(1, "shop/cart.py", 3, body),))

    planned = _plan(analysis(second), standing)

    assert [edit.body for edit in planned.edits] == [_body(second)]


def test_a_new_twin_is_said_at_its_own_line() -> None:
    old, new = finding(line=3), finding(line=90)

    planned = _plan(analysis(old, new), _standing(old))

    assert planned.edits == ()
    assert planned.review is not None
    assert [inline.line for inline in planned.review.inlines] == [90]


@pytest.mark.parametrize(
    "unknown",
    [
        analysis(skipped=(Skipped("shop/cart.py", "git failed", Cause.SERVICE),)),
        analysis(crashes=(Crash("forbidden-import", "shop/cart.py", "KeyError"),)),
    ],
)
def test_nothing_is_called_fixed_in_a_file_that_was_not_judged(unknown: Analysis) -> None:
    assert _plan(unknown, _standing(finding())) == Plan()


def test_comments_beyond_the_limit_are_counted_and_not_posted_later() -> None:
    many = [finding(line=line, symbol=f"shop.old.Name{line}") for line in range(1, 5)]

    review = _review(analysis(*many), max_comments=3)

    assert [inline.line for inline in review.inlines] == [1, 2, 3]
    named = parse(review.body).fingerprints
    assert named == tuple(one.fingerprint for one in [many[3], *many[:3]])
    assert without_header(review.body) == (
        "This change adds 4 findings. Findings beyond the limit of 3 comments: 1. The check "
        "`SSOT` lists them. To accept a finding for a while, or to ask why, comment `/ssot help`."
    )


def test_the_refused_review_holds_all_findings_in_its_body() -> None:
    review = _review(analysis(finding(line=3), finding("shop/pay.py")))

    assert len(parse(review.refused).fingerprints) == 2
    assert "- `shop/pay.py`, line 3: " in review.refused


def test_a_body_of_thousands_of_findings_stays_within_the_limit() -> None:
    review = _review(analysis(*[finding(line=line) for line in range(1, 3000)]), max_comments=1)

    assert len(review.refused.encode()) <= 60_000
    assert len(review.inlines[0].body.encode()) <= 65_536


def test_a_long_explanation_leaves_room_for_the_comment() -> None:
    long = parse_config(CONFIG.replace("One engine per request.", "a_b cd " * 9000))

    review = _plan(analysis(finding()), settings=long).review

    assert review is not None
    assert len(review.inlines[0].body) < 10_000
    assert "push" in review.inlines[0].body


@pytest.mark.parametrize("mode", ["check", "observe"])
def test_no_review_is_posted_where_comments_are_not_wanted(mode: str) -> None:
    made = config(mode=mode)

    assert _plan(analysis(finding()), settings=made) == Plan()


def test_a_suggestion_stands_on_exactly_the_lines_it_replaces() -> None:
    offered = finding(line=3, suggestion=Suggestion(3, 4, "from shop import engine\n"))

    (inline,) = _review(analysis(offered)).inlines

    assert (inline.start_line, inline.line) == (3, 4)
    assert inline.body.endswith("```suggestion\nfrom shop import engine\n```")


def test_a_suggestion_for_one_line_has_no_start_line() -> None:
    offered = finding(line=3, suggestion=Suggestion(3, 3, "x\n"))

    (inline,) = _review(analysis(offered)).inlines

    assert (inline.start_line, inline.line) == (None, 3)


def test_findings_with_suggestions_are_not_grouped() -> None:
    offered = [finding(line=line, suggestion=Suggestion(line, line, "")) for line in (3, 9)]

    assert [inline.line for inline in _review(analysis(*offered)).inlines] == [3, 9]


def test_suggestions_can_be_switched_off() -> None:
    offered = finding(suggestion=Suggestion(3, 4, "x\n"))
    planned = _plan(analysis(offered), settings=config(suggestions="false"))

    assert planned.review is not None
    assert "suggestion" not in planned.review.inlines[0].body


def _plan(
    analysed: Analysis, standing: PullRequest | None = None, *, settings: Config | None = None
) -> Plan:
    settings = settings or config()
    standing = standing or pull()
    return plan(report(analysed, standing, settings), standing, config=settings, renamed=RENAMED)


def _review(analysed: Analysis, **options: object) -> Review:
    review = _plan(analysed, settings=config(**options)).review
    assert review is not None
    return review


def _body(*findings: Finding) -> str:
    return comments.body(findings, config())


def _standing(*findings: Finding) -> PullRequest:
    standing: list[Comment] = [
        comment(number, found.path, found.span.line, _body(found))
        for number, found in enumerate(findings, 1)
    ]
    return pull(comments=tuple(standing))


def test_a_suggestion_that_several_findings_share_is_shown_once() -> None:
    shared = Suggestion(3, 4, "from shop import engine\n")
    first = finding(line=3, suggestion=shared)
    second = finding(line=4, symbol="shop.old.plan", suggestion=shared)

    one, other = _review(analysis(first, second)).inlines

    assert "```suggestion" in one.body
    assert (other.line, "```suggestion" in other.body) == (4, False)


def test_a_suggestion_that_leaves_its_hunk_is_no_block() -> None:
    wide = Suggestion(1, 40, "from shop import engine\n", anchored=False)

    (inline,) = _review(analysis(finding(line=3, suggestion=wide))).inlines

    assert (inline.start_line, inline.line) == (None, 3)
    assert "suggestion" not in inline.body
