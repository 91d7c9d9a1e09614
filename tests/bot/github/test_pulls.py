"""One read of a pull request brings everything that decides."""

from __future__ import annotations

import base64
from dataclasses import replace
from typing import TYPE_CHECKING, Any

import pytest

from bot.domain.jobs import Job, JobKind, RepositoryRef
from bot.domain.markdown import marker
from bot.domain.pull import CheckRun, ConfigSource, HeadRepository, Position, PullRequest
from tests.bot.domain.examples import BASE, CONFIG, HEAD, MERGE_BASE, pull
from tests.bot.github.answers import comment, file, head, pull_answer, reviews, run, threads
from tests.bot.github.conftest import MINT

if TYPE_CHECKING:
    from bot.github.pulls import Pulls
    from tests.bot.github.conftest import ScriptedGitHub

GRAPHQL = "POST /graphql"
CONTENTS = "GET /repos/octo/.github/contents/ssot.yml"
COMPARE = f"GET /repos/octo/shop/compare/{BASE}...{HEAD}"
JOB = Job(JobKind.REVIEW, 7, RepositoryRef(42, "octo", "was-shop"), 12)
MARKED = marker("0" * 16) + "\nText"


def _other(number: int, **changes: Any) -> dict[str, Any]:
    """Another pull request, as its head tells of it."""
    other = {"number": number, "state": "OPEN", "headRefOid": HEAD}
    return {**other, "baseRepository": {"databaseId": 42}, **changes}


async def test_one_request_brings_everything(script: ScriptedGitHub, pulls: Pulls) -> None:
    read = await _read(script, pulls)

    assert len(script.sent(GRAPHQL)) == 1
    assert read == replace(pull(), comments=())
    assert read.repository.name == "shop"


async def test_issues_that_it_speaks_of_are_read_along(
    script: ScriptedGitHub, pulls: Pulls
) -> None:
    closing = {"nodes": [{"number": 8, "repository": {"databaseId": 42}}]}
    said = {"nodes": [{"commit": {"message": "Move it\n\nPart of #6"}}]}
    fields = {"body": "Refs #5", "spoken": said, "closingIssuesReferences": closing}

    read = await _read(script, pulls, **fields, headRefName="issue-7")

    assert read.links == (8, 5, 6, 7)


async def test_issues_that_the_token_cannot_read_hold_up_nothing(
    script: ScriptedGitHub, pulls: Pulls
) -> None:
    path = ["repository", "pullRequest", "closingIssuesReferences", "nodes", 0]
    refusal = {"type": "FORBIDDEN", "message": "no", "path": path}
    answer = pull_answer(closingIssuesReferences={"nodes": [None]}, body="Refs #5")
    script.on(GRAPHQL, {**answer, "errors": [refusal]})

    read = await pulls.read(JOB)

    assert read
    assert read.links == (5,)


async def test_runs_of_other_apps_and_repositories_are_not_ours(
    script: ScriptedGitHub, pulls: Pulls
) -> None:
    ours = head(
        run(2, status="IN_PROGRESS", external_id="v1:42:12:"),
        run(1),
        run(3, external_id="v1:43:12:0a"),
        run(4, external_id=""),
    )
    foreign = {"app": {"databaseId": 1}, "checkRuns": {"nodes": [run(5)]}}
    ours["checkSuites"]["nodes"].append(foreign)

    read = await _read(script, pulls, commits={"nodes": [{"commit": ours}]})

    assert read.runs == (CheckRun(1, 12, completed=True, digest="0a"), CheckRun(2, 12))


async def test_a_run_left_in_progress_on_an_earlier_head_is_found(
    script: ScriptedGitHub, pulls: Pulls
) -> None:
    left = run(2, status="IN_PROGRESS", external_id="v1:42:12:")
    of_another = run(3, status="IN_PROGRESS", external_id="v1:42:13:")
    before = head(run(1), left, of_another, oid="e" * 40)

    read = await _read(script, pulls, earlier={"nodes": [{"commit": before}, {"commit": head()}]})

    assert read.left_runs == (CheckRun(2, 12),)


async def test_only_open_pull_requests_of_the_repository_with_the_head_are_siblings(
    script: ScriptedGitHub, pulls: Pulls
) -> None:
    by_commit = [_other(14), _other(12), _other(15, state="CLOSED"), _other(16, headRefOid=BASE)]
    by_branch = [_other(14), _other(9), _other(17, baseRepository={"databaseId": 43}), None]

    read = await _read(
        script,
        pulls,
        tip={"nodes": [{"commit": {"associatedPullRequests": {"nodes": by_commit}}}]},
        headRef={"associatedPullRequests": {"nodes": by_branch}},
    )

    assert (read.siblings, read.leader) == ((9, 14), 9)


async def test_only_marked_comments_that_we_wrote_are_believed(
    script: ScriptedGitHub, pulls: Pulls
) -> None:
    standing = threads(
        comment(4_000_000_000, MARKED),
        comment(2, MARKED, viewerDidAuthor=False),
        comment(3, "Text"),
        comment(5, MARKED, line=None, originalLine=8, fullDatabaseId=None, databaseId=5),
    )

    read = await _read(script, pulls, reviewThreads=standing)

    assert [(one.id, one.line) for one in read.comments] == [(4_000_000_000, 3), (5, 8)]
    assert read.comments[0].markers.fingerprints == ("0" * 16,)


async def test_further_pages_of_comments_are_read(script: ScriptedGitHub, pulls: Pulls) -> None:
    script.on(GRAPHQL, pull_answer(reviewThreads=threads(comment(1, MARKED), after="X")))
    more = {"reviewThreads": threads(comment(2, MARKED))}
    script.on(GRAPHQL, {"data": {"repository": {"pullRequest": more}}})

    read = await pulls.read(JOB)

    assert read is not None
    assert [one.id for one in read.comments] == [1, 2]
    assert script.sent(GRAPHQL)[1].body["variables"]["after"] == "X"


async def test_findings_listed_in_our_review_bodies_are_known(
    script: ScriptedGitHub, pulls: Pulls
) -> None:
    bodies = [
        {"viewerDidAuthor": True, "body": marker("1" * 16) + "\n"},
        {"viewerDidAuthor": False, "body": marker("2" * 16) + "\n"},
    ]

    read = await _read(script, pulls, reviews=reviews(*bodies))

    assert read.listed == {"1" * 16}


async def test_findings_listed_under_a_hundred_reviews_of_people_are_known(
    script: ScriptedGitHub, pulls: Pulls
) -> None:
    ours = {"viewerDidAuthor": True, "body": marker("1" * 16) + "\n"}
    script.on(GRAPHQL, pull_answer(reviews=reviews(after="X")))
    script.on(GRAPHQL, {"data": {"repository": {"pullRequest": {"reviews": reviews(ours)}}}})

    read = await pulls.read(JOB)

    assert read is not None
    assert read.listed == {"1" * 16}


@pytest.mark.parametrize(
    ("changes", "where"),
    [
        ({"isCrossRepository": True, "headRepository": {"databaseId": 43}}, HeadRepository.FORK),
        ({"isCrossRepository": True, "headRepository": None}, HeadRepository.GONE),
    ],
)
async def test_a_fork_may_be_gone(
    script: ScriptedGitHub, pulls: Pulls, changes: dict[str, Any], where: HeadRepository
) -> None:
    assert (await _read(script, pulls, **changes)).head_repository is where


async def test_a_deleted_author_is_nobody(script: ScriptedGitHub, pulls: Pulls) -> None:
    assert (await _read(script, pulls, author=None)).author == ""


async def test_without_a_base_branch_its_last_tip_counts(
    script: ScriptedGitHub, pulls: Pulls
) -> None:
    read = await _read(script, pulls, baseRef=None)

    assert read.position == Position(HEAD, "0" * 40)
    assert read.config.source is ConfigSource.DEFAULT


async def test_the_owners_config_stands_in_and_is_cached(
    script: ScriptedGitHub, pulls: Pulls
) -> None:
    content = base64.encodebytes(CONFIG.encode()).decode()
    script.on(CONTENTS, {"type": "file", "content": content, "sha": "e" * 40})
    bare = {"target": {"oid": BASE, "config": None}}

    first = await _read(script, pulls, baseRef=bare)
    second = await _read(script, pulls, baseRef=bare)

    assert first.config == second.config
    assert (first.config.source, first.config.text) == (ConfigSource.OWNER, CONFIG)
    assert len(script.sent(CONTENTS)) == 1
    assert [mint.body.get("repositories") for mint in script.sent(MINT)] == [None, [".github"]]


@pytest.mark.parametrize(
    ("on_head", "on_default", "source"),
    [
        (file(CONFIG), {"oid": "d" * 40}, ConfigSource.HEAD),
        (None, {"oid": "d" * 40}, ConfigSource.DEFAULT),
        (None, None, ConfigSource.NONE),
    ],
)
async def test_without_a_config_on_the_base_the_others_only_say_why(
    script: ScriptedGitHub,
    pulls: Pulls,
    *,
    on_head: object,
    on_default: object,
    source: ConfigSource,
) -> None:
    answer = pull_answer(
        baseRef={"target": {"oid": BASE, "config": None}},
        commits={"nodes": [{"commit": head(config=on_head)}]},
    )
    answer["data"]["repository"]["defaultBranchRef"]["target"]["config"] = on_default
    script.on(GRAPHQL, answer)

    read = await pulls.read(JOB)

    assert read is not None
    assert read.config.source is source


async def test_a_binary_config_is_an_empty_one(script: ScriptedGitHub, pulls: Pulls) -> None:
    binary = {"target": {"oid": BASE, "config": file(None)}}

    read = await _read(script, pulls, baseRef=binary)

    assert (read.config.source, read.config.text) == (ConfigSource.BASE, "")


async def test_the_position_is_read_from_the_same_fields(
    script: ScriptedGitHub, pulls: Pulls
) -> None:
    script.on(GRAPHQL, pull_answer())

    assert await pulls.moment(pull()) == pull().moment


async def test_a_base_without_a_common_ancestor_is_gits_to_judge(
    script: ScriptedGitHub, pulls: Pulls
) -> None:
    script.on(COMPARE, {"message": "No common ancestor between a and b."}, status=404)

    assert await pulls.merge_base(pull()) is None


async def test_the_merge_base_is_githubs_choice(script: ScriptedGitHub, pulls: Pulls) -> None:
    script.on(COMPARE, {"merge_base_commit": {"sha": MERGE_BASE}})

    assert await pulls.merge_base(pull()) == MERGE_BASE

    assert script.sent(COMPARE)[0].query == {"per_page": "1", "page": "2"}


async def _read(script: ScriptedGitHub, pulls: Pulls, **changes: Any) -> PullRequest:
    script.answers.pop(GRAPHQL, None)
    script.on(GRAPHQL, pull_answer(**changes))
    read = await pulls.read(JOB)
    assert read is not None
    return read
