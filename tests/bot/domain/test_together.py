"""Pull requests that share a head share one verdict."""

from __future__ import annotations

from bot.domain.report import report
from bot.domain.together import together
from checks.model import Conclusion
from tests.bot.domain.examples import analysis, config, finding, pull

LOW, HIGH = pull(number=9), pull(number=12, base_ref="release")
CLEAN = report(analysis(), LOW, config())
FAILING = report(analysis(finding()), HIGH, config())


def test_one_pull_request_keeps_its_own_report() -> None:
    assert together([(LOW, CLEAN)]) is CLEAN


def test_the_worst_verdict_counts_and_each_has_its_section() -> None:
    shared = together([(LOW, CLEAN), (HIGH, FAILING)])

    assert shared.conclusion is Conclusion.FAILURE
    assert shared.title == "2 pull requests share this commit: 1 new finding"
    assert shared.summary.index("## #9 into main") < shared.summary.index("## #12 into release")
    assert shared.annotations == FAILING.annotations


def test_what_both_add_is_annotated_once() -> None:
    shared = together([(LOW, FAILING), (HIGH, FAILING)])

    assert shared.annotations == FAILING.annotations
