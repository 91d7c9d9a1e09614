"""Comments over HTTP: posted once, edited, folded, and what GitHub refuses."""

from __future__ import annotations

import re
from dataclasses import replace
from typing import TYPE_CHECKING

import pytest

from bot.domain.errors import NotBeforeError, UserError
from bot.domain.markdown import parse
from bot.domain.reconcile import Plan, plan
from bot.domain.report import report
from bot.github.reviews import Reviews
from checks.model import Analysis, Suggestion
from tests.bot.domain.examples import HEAD, analysis, comment, config, finding, pull
from tests.bot.github.conftest import MINT

if TYPE_CHECKING:
    from bot.domain.pull import PullRequest
    from bot.github.client import GitHub
    from tests.bot.github.conftest import ScriptedGitHub

CREATE = "POST /repos/octo/shop/pulls/12/reviews"
LIST = "GET /repos/octo/shop/pulls/12/reviews"
DELETE = "DELETE /repos/octo/shop/pulls/12/reviews/77"
EDIT = "PATCH /repos/octo/shop/pulls/comments/1"
GRAPHQL = "POST /graphql"

OUTSIDE = ["Pull request review thread line must be part of the diff"]
PENDING = ["User can only have one pending review per pull request"]


@pytest.fixture
def reviews(script: ScriptedGitHub, github: GitHub) -> Reviews:
    script.token()
    return Reviews(github)


async def test_a_review_names_its_commit_and_its_lines(
    script: ScriptedGitHub, reviews: Reviews
) -> None:
    script.on(CREATE, {"id": 1})
    offered = finding("shop/pay.py", suggestion=Suggestion(3, 4, "x\n"))

    await reviews.publish(pull(), _plan(analysis(finding(), offered)))

    (request,) = script.sent(CREATE)
    assert request.body["commit_id"] == HEAD
    assert request.body["event"] == "COMMENT"
    places = [
        {key: value for key, value in one.items() if key != "body"}
        for one in request.body["comments"]
    ]
    assert places == [
        {"path": "shop/cart.py", "line": 3, "side": "RIGHT"},
        {"path": "shop/pay.py", "line": 4, "side": "RIGHT", "start_line": 3, "start_side": "RIGHT"},
    ]


async def test_an_empty_plan_writes_nothing(script: ScriptedGitHub, reviews: Reviews) -> None:
    await reviews.publish(pull(), Plan())

    assert script.requests == []


async def test_a_refused_line_sends_all_findings_in_the_body(
    script: ScriptedGitHub, reviews: Reviews
) -> None:
    script.on(CREATE, {"message": "Unprocessable Entity", "errors": OUTSIDE}, status=422)
    script.on(CREATE, {"id": 1})

    await reviews.publish(pull(), _plan(analysis(finding())))

    second = script.sent(CREATE)[1].body
    assert second["comments"] == []
    assert "- `shop/cart.py`, line 3: " in second["body"]
    assert second["commit_id"] == HEAD


async def test_a_refused_body_is_not_sent_a_third_time_and_said(
    script: ScriptedGitHub, reviews: Reviews
) -> None:
    script.on(CREATE, {"message": "Unprocessable Entity", "errors": OUTSIDE}, status=422)

    with pytest.raises(UserError, match="line must be part of the diff"):
        await reviews.publish(pull(), _plan(analysis(finding())))

    assert len(script.sent(CREATE)) == 2


async def test_a_forgotten_pending_review_is_deleted(
    script: ScriptedGitHub, reviews: Reviews
) -> None:
    script.on(CREATE, {"message": "Unprocessable Entity", "errors": PENDING}, status=422)
    script.on(CREATE, {"id": 1})
    script.on(LIST, [{"id": 76, "state": "COMMENTED"}, {"id": 77, "state": "PENDING"}])
    script.on(DELETE, {"id": 77})

    await reviews.publish(pull(), _plan(analysis(finding())))

    assert len(script.sent(DELETE)) == 1
    assert [len(request.body["comments"]) for request in script.sent(CREATE)] == [1, 1]


async def test_a_review_sent_too_quickly_waits(script: ScriptedGitHub, reviews: Reviews) -> None:
    script.on(CREATE, {"message": "x", "errors": ["was submitted too quickly"]}, status=422)

    with pytest.raises(NotBeforeError):
        await reviews.publish(pull(), _plan(analysis(finding())))

    assert len(script.sent(CREATE)) == 1


async def test_a_fixed_comment_is_edited_and_minimised(
    script: ScriptedGitHub, reviews: Reviews
) -> None:
    script.on(EDIT, {"id": 1})
    script.on(GRAPHQL, _thread())
    script.on(GRAPHQL, {"data": {}})

    await reviews.publish(pull(), _fix())

    assert f"**Fixed** in {HEAD}." in script.sent(EDIT)[0].body["body"]
    assert _mutations(script) == [("resolveReviewThread", "T_1"), ("minimizeComment", "C_1")]


async def test_a_returned_comment_is_unfolded(script: ScriptedGitHub, reviews: Reviews) -> None:
    script.on(EDIT, {"id": 1})
    script.on(GRAPHQL, _thread(isResolved=True, viewerCanUnresolve=True))
    script.on(GRAPHQL, {"data": {}})
    (gone,) = _fix().edits
    folded = replace(
        comment(1, "shop/cart.py", 3, gone.body), minimized=True, resolved=True, replied=True
    )

    await reviews.publish(pull(), _plan(analysis(finding()), pull(comments=(folded,))))

    assert _mutations(script) == [("unresolveReviewThread", "T_1"), ("unminimizeComment", "C_1")]


async def test_a_thread_that_we_may_not_resolve_is_left_open(
    script: ScriptedGitHub, reviews: Reviews
) -> None:
    script.on(EDIT, {"id": 1})
    script.on(GRAPHQL, _thread(viewerCanResolve=False))
    script.on(GRAPHQL, {"data": {}})

    await reviews.publish(pull(), _fix())

    assert _mutations(script) == [("minimizeComment", "C_1")]


async def test_an_installation_without_write_access_is_asked_once(
    script: ScriptedGitHub, reviews: Reviews
) -> None:
    script.answers[MINT].clear()
    refusal = {"message": "The permissions requested are not granted to this installation."}
    script.on(MINT, refusal, status=422)
    script.token()
    script.on(EDIT, {"id": 1})
    script.on(GRAPHQL, {"data": {}})

    await reviews.publish(pull(), _fix())
    await reviews.publish(pull(), _fix())

    assert _mutations(script) == [("minimizeComment", "C_1")] * 2
    assert len(script.sent(MINT)) == 2


@pytest.mark.parametrize(
    ("status", "error", "again"),
    [
        (200, {"type": "FORBIDDEN", "message": "Resource not accessible by integration"}, False),
        (200, {"message": "Something went wrong"}, True),
        (502, {"message": "Bad Gateway"}, True),
    ],
)
async def test_what_failed_for_a_passing_reason_is_noted_for_the_next_review(
    script: ScriptedGitHub, reviews: Reviews, status: int, error: object, again: bool
) -> None:
    script.on(EDIT, {"id": 1})
    script.on(GRAPHQL, _thread())
    script.on(GRAPHQL, {"data": None, "errors": [error]}, status=status)

    await reviews.publish(pull(), _fix())

    said = script.sent(EDIT)[0].body["body"]
    assert parse(said).unsettled == again
    retried = _plan(analysis(), pull(comments=(comment(1, "shop/cart.py", 3, said),)))
    assert [parse(edit.body).unsettled for edit in retried.edits] == ([False] if again else [])


@pytest.mark.parametrize("status", [200, 403, 502])
async def test_a_comment_that_cannot_be_minimised_is_edited_all_the_same(
    script: ScriptedGitHub, reviews: Reviews, status: int
) -> None:
    script.on(EDIT, {"id": 1})
    refusal = {
        "data": None,
        "errors": [{"type": "FORBIDDEN", "message": "Resource not accessible"}],
    }
    script.on(GRAPHQL, refusal, status=status)

    await reviews.publish(pull(), _fix())

    assert len(script.sent(EDIT)) == 1


async def test_a_comment_that_somebody_deleted_is_let_go(
    script: ScriptedGitHub, reviews: Reviews
) -> None:
    script.on(EDIT, {"message": "Not Found"}, status=404)

    await reviews.publish(pull(), _fix())

    assert len(script.sent(EDIT)) == 1


async def test_a_corrected_comment_is_not_minimised(
    script: ScriptedGitHub, reviews: Reviews
) -> None:
    script.on(EDIT, {"id": 1})
    renamed = analysis(finding(line=4))

    await reviews.publish(pull(), _plan(renamed, _standing()))

    assert len(script.sent(EDIT)) == 1
    assert script.sent(GRAPHQL) == []


def _thread(**changes: bool) -> dict[str, object]:
    node = {"isResolved": False, "viewerCanResolve": True, "viewerCanUnresolve": False}
    return {"data": {"node": node | changes}}


def _mutations(script: ScriptedGitHub) -> list[tuple[str, str]]:
    sent = [request.body for request in script.sent(GRAPHQL)]
    named = [(re.search(r"(\w+)\(input", body["query"]), body["variables"]["id"]) for body in sent]
    return [(name[1], node_id) for name, node_id in named if name]


def _fix() -> Plan:
    return _plan(analysis(), _standing())


def _standing() -> PullRequest:
    review = _plan(analysis(finding())).review
    assert review is not None
    return pull(comments=(comment(1, "shop/cart.py", 3, review.inlines[0].body),))


def _plan(analysed: Analysis, standing: PullRequest | None = None) -> Plan:
    standing = standing or pull()
    verdict = report(analysed, standing, config())
    return plan(verdict, standing, config=config(), renamed={})
