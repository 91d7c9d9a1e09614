"""How many requests one review costs: they come out of a quota that people share."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

from bot.domain.census_ports import Measured
from bot.domain.jobs import Job, JobKind, RepositoryRef
from bot.domain.ports import Examination
from bot.github.access import Access
from bot.github.checks import Checks
from bot.github.commits import Commits
from bot.github.configs import OwnerConfigs
from bot.github.pulls import Pulls
from bot.github.reviews import Reviews
from bot.github.tracked import TrackedIssues
from bot.services.review import review
from checks.rule import POLICY
from tests.bot.domain.examples import BASE, HEAD, MERGE_BASE, analysis, finding
from tests.bot.github.answers import file, pull_answer
from tests.bot.github.conftest import APP_ID, MINT
from tests.bot.services.memory import MemoryCensuses, MemoryGitHub
from tests.checks import inquiries

if TYPE_CHECKING:
    from bot.domain.ports import Analyse, ReviewPorts
    from bot.domain.pull import PullRequest
    from bot.github.client import GitHub
    from checks.config import Config
    from tests.bot.github.conftest import ScriptedGitHub

JOB = Job(JobKind.REVIEW, 7, RepositoryRef(42, "octo", "shop"), 12, head_sha=HEAD)
OLD = "from shop.legacy.engine import OldEngine\n"
ITEM = "- [ ] Update imports <!-- ssot: files(forbidden-import) == 0 -->\n"
FINDINGS = [finding(line=line, symbol=f"shop.old.Name{line}") for line in range(1, 21)]


async def test_a_review_of_20_findings_costs_six_requests(
    script: ScriptedGitHub, github: GitHub
) -> None:
    _answer_all(script)
    script.token()
    script.on("POST /graphql", pull_answer())

    await review(JOB, _ports(github, _analyse))

    assert _asked(script) == [
        "POST /graphql",
        "POST /repos/octo/shop/check-runs",
        f"GET /repos/octo/shop/compare/{BASE}...{HEAD}",
        "POST /graphql",
        "POST /repos/octo/shop/pulls/12/reviews",
        "PATCH /repos/octo/shop/check-runs/5",
    ]
    assert len(script.sent(MINT)) == 1


async def test_tracked_issues_cost_one_more_and_one_for_whoever_stands_for_them(
    script: ScriptedGitHub, github: GitHub
) -> None:
    opened = {"body": "Part of #5", "baseRef": {"target": {"oid": BASE, "config": file(POLICY)}}}
    tracker = {"number": 5, "body": ITEM, "state": "OPEN", "title": "Move on", "locked": False}
    tracker |= {"author": {"__typename": "User", "login": "ada"}, "userContentEdits": None}
    read = {"databaseId": 42, "pullRequest": None, "i0": tracker}
    _answer_all(script)
    script.token()
    script.token()
    script.on("POST /graphql", pull_answer(**opened))
    script.on("POST /graphql", {"data": {"repository": read}})
    script.on("POST /graphql", pull_answer(**opened))
    script.on("GET /repos/octo/shop/collaborators/ada/permission", {"permission": "write"})
    census = replace(inquiries.count({"a.py": OLD}), rev="c" * 40)
    effect = inquiries.review({"a.py": OLD}, {"a.py": ""}).effect

    async def examine(*_: object, **__: object) -> Examination:
        return Examination(analysis(*FINDINGS, effect=effect), {})

    ports = _ports(github, examine)
    await review(JOB, replace(ports, censuses=MemoryCensuses(Measured(census, POLICY, 0.0))))

    assert _asked(script) == [
        "POST /graphql",
        "POST /repos/octo/shop/check-runs",
        f"GET /repos/octo/shop/compare/{BASE}...{HEAD}",
        "POST /graphql",
        "GET /repos/octo/shop/collaborators/ada/permission",
        "POST /graphql",
        "POST /repos/octo/shop/pulls/12/reviews",
        "PATCH /repos/octo/shop/check-runs/5",
    ]
    (done,) = script.sent("PATCH /repos/octo/shop/check-runs/5")
    assert "### Would tick" in done.body["output"]["summary"]


def _answer_all(script: ScriptedGitHub) -> None:
    """Answer what a review asks for over REST, and take what it writes."""
    compared = {"merge_base_commit": {"sha": MERGE_BASE}}
    script.on(f"GET /repos/octo/shop/compare/{BASE}...{HEAD}", compared)
    script.on("POST /repos/octo/shop/check-runs", {"id": 5}, status=201)
    script.on("POST /repos/octo/shop/pulls/12/reviews", {"id": 1})
    script.on("PATCH /repos/octo/shop/check-runs/5", {"id": 5})


def _asked(script: ScriptedGitHub) -> list[str]:
    asked = [f"{request.method} {request.path}" for request in script.requests]
    return [one for one in asked if one != MINT]


def _ports(github: GitHub, analyse: Analyse) -> ReviewPorts:
    return replace(
        MemoryGitHub(None).ports,
        pulls=Pulls(github, OwnerConfigs(github), app_id=APP_ID),
        checks=Checks(github),
        reviews=Reviews(github),
        tracked=TrackedIssues(github),
        analyse=analyse,
        access=Access(github),
        commits=Commits(github),
    )


async def _analyse(pull: PullRequest, *, merge_base: str | None, config: Config) -> Examination:
    assert (pull.number, merge_base) == (12, MERGE_BASE)
    return Examination(analysis(*FINDINGS), {})
