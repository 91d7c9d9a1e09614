"""The verdict and its page, for every state of config, change and service."""

from __future__ import annotations

from dataclasses import replace

import pytest

from bot.domain import report as reports
from bot.domain.annotations import Level, annotate, not_sent
from bot.domain.pull import ConfigFile, ConfigSource
from bot.domain.report import report
from checks.config import ConfigError, Problem, parse
from checks.model import (
    Analysis,
    Cause,
    Conclusion,
    Crash,
    Fixed,
    Kind,
    Severity,
    Skipped,
    Span,
    Status,
)
from tests.bot.domain.examples import CONFIG, analysis, config, finding, pull

TOO_LARGE = Skipped("big.py", "larger than 20 MB", Cause.CHANGE)
OUTAGE = Skipped("cart.py", "git did not answer", Cause.SERVICE)


@pytest.mark.parametrize(
    ("analysed", "conclusion"),
    [
        (analysis(), Conclusion.SUCCESS),
        (analysis(finding()), Conclusion.FAILURE),
        (analysis(finding(severity=Severity.WARNING)), Conclusion.NEUTRAL),
        (analysis(finding(severity=Severity.NOTICE)), Conclusion.SUCCESS),
        (analysis(finding(status=Status.MOVED)), Conclusion.SUCCESS),
        (analysis(finding(status=Status.WAIVED)), Conclusion.SUCCESS),
        (analysis(skipped=(TOO_LARGE,)), Conclusion.FAILURE),
        (analysis(skipped=(OUTAGE,)), Conclusion.NEUTRAL),
        (analysis(crashes=(Crash("r", "p.py", "KeyError"),)), Conclusion.NEUTRAL),
    ],
)
def test_the_conclusion_follows_from_what_was_found(
    analysed: Analysis, conclusion: Conclusion
) -> None:
    assert report(analysed, pull(), config()).conclusion == conclusion


@pytest.mark.parametrize(
    ("analysed", "title"),
    [
        (analysis(), "No new findings"),
        (analysis(finding()), "1 new finding"),
        (
            analysis(finding(), finding(severity=Severity.WARNING)),
            "2 new findings, 1 of severity error",
        ),
        (
            analysis(finding(severity=Severity.WARNING), skipped=(TOO_LARGE,)),
            "Some changed files could not be analysed",
        ),
        (analysis(skipped=(OUTAGE,)), "ssot could not check everything"),
    ],
)
def test_the_title_says_the_reason_of_the_conclusion(analysed: Analysis, title: str) -> None:
    assert report(analysed, pull(), config()).title == title


def test_observing_is_neutral_and_makes_no_comments() -> None:
    observed = report(analysis(finding()), pull(), config(mode="observe"))

    assert observed.conclusion is Conclusion.NEUTRAL
    assert observed.title == "Observing: 1 new finding"
    assert observed.max_comments == 0
    assert len(observed.annotations) == 1


def test_a_check_without_comments_still_fails() -> None:
    checked = report(analysis(finding()), pull(), config(mode="check"))

    assert (checked.conclusion, checked.max_comments) == (Conclusion.FAILURE, 0)


def test_a_draft_gets_the_verdict_but_no_comments() -> None:
    drafted = report(analysis(finding()), pull(draft=True), config())

    assert (drafted.conclusion, drafted.max_comments) == (Conclusion.FAILURE, 0)


def test_the_first_config_is_a_preview() -> None:
    added = pull(config=ConfigFile(ConfigSource.HEAD, CONFIG))

    previewed = report(analysis(finding()), added, config())

    assert previewed.conclusion is Conclusion.NEUTRAL
    assert previewed.title.startswith("Preview: ")
    assert "has no effect before it is merged" in previewed.summary
    assert previewed.max_comments == 0


def test_a_branch_without_config_is_skipped() -> None:
    assert reports.skipped(pull(base_ref="release")).conclusion is Conclusion.SKIPPED


def test_an_invalid_config_is_told_with_line_and_column() -> None:
    said = reports.invalid(_problems("version: 2\n"), pull())

    assert said.conclusion is Conclusion.ACTION_REQUIRED
    assert "- line 1, column " in said.summary


def test_an_invalid_first_config_blocks_nobody() -> None:
    added = pull(config=ConfigFile(ConfigSource.HEAD, "version: 2\n"))

    assert reports.invalid(_problems("version: 2\n"), added).conclusion is Conclusion.NEUTRAL


def test_the_summary_groups_by_rule_and_tells_the_rest() -> None:
    analysed = analysis(
        finding(),
        finding("tests/test_cart.py", in_tests=True),
        finding("shop/gone.py", status=Status.MOVED),
        fixed=(Fixed("forbidden-import", "shop/pay.py", 9, "shop.old.Pay", Kind.FROM),),
        skipped=(TOO_LARGE,),
        crashes=(Crash("duplicate-definition", "x.py", "KeyError: '@octocat'"),),
        notes=("impure-redirect is not available yet",),
    )

    assert report(analysed, pull(), config()).summary == (
        "### New\n\n"
        "**forbidden-import** (2)\n\n"
        "- `shop/cart.py`, line 3: `shop.old` is deprecated, use `shop.engine`\n"
        "- `tests/test_cart.py`, line 3: `shop.old` is deprecated, use `shop.engine` (in tests)\n\n"
        "Change these lines and push. To accept a finding for a while, or to ask why, comment "
        "`/ssot help` on the pull request.\n\n"
        "### Failed in ssot, not in this change\n\n"
        "- **duplicate-definition** on `x.py`: `KeyError: '@octocat'`\n\n"
        "### Not analysed\n\n"
        "- `big.py`: larger than 20 MB\n\n"
        "### Fixed by this change\n\n"
        "- forbidden-import · `shop/pay.py`, line 9 at the base: `shop.old.Pay`\n\n"
        "### Moved, not new\n\n"
        "- `shop/gone.py`, line 3: `shop.old` is deprecated, use `shop.engine`\n\n"
        "### Notes\n\n"
        "- impure-redirect is not available yet\n\n"
        "Analysed: 2 of 2 changed files."
    )


def test_changed_files_that_hold_nothing_to_analyse_are_no_riddle() -> None:
    analysed = replace(analysis(skipped=(TOO_LARGE,)), files_changed=7, files_analyzed=2)

    assert report(analysed, pull(), config()).summary.endswith(
        "Analysed: 2 of 7 changed files. Not Python, deleted or ignored: 4."
    )


def test_a_long_summary_is_cut_at_a_line_and_says_so() -> None:
    many = [finding(f"shop/{'ä' * 100}{number}.py") for number in range(400)]

    summary = report(analysis(*many), pull(), config()).summary

    assert len(summary.encode()) <= 60_000
    assert summary.endswith(
        "_The summary is cut here: GitHub allows no more text. `ssot check` in a clone shows "
        "everything._\n"
    )


def test_at_most_200_annotations_are_made_and_the_limit_is_said() -> None:
    many = [finding(line=line) for line in range(1, 202)]

    reported = report(analysis(*many), pull(), config())

    assert [annotation.start_line for annotation in reported.annotations] == list(range(1, 201))
    assert "Only the first 200 of 201 new findings are annotated." in reported.summary


def test_columns_stand_on_one_line_findings_only_and_include_their_end() -> None:
    one, several = annotate([finding(), finding(span=Span(3, 5, 6, 2))])

    assert (one.start_column, one.end_column) == (5, 19)
    assert (several.start_column, several.end_column, several.end_line) == (0, 0, 6)


def test_an_annotation_stays_within_bytes_and_shows_what_hides() -> None:
    (made,) = annotate([finding(rule="r" * 300, message="ä\u202e" * 40_000)])

    assert len(made.title.encode()) <= 255
    assert len(made.message.encode()) <= 60_000
    assert "\u202e" not in made.message


def test_severities_become_levels() -> None:
    severities = [Severity.ERROR, Severity.WARNING, Severity.NOTICE]

    made = annotate(finding(severity=severity) for severity in severities)

    assert [one.level for one in made] == [Level.FAILURE, Level.WARNING, Level.NOTICE]


def test_a_path_that_is_no_utf8_is_told_in_the_summary_only() -> None:
    reported = report(analysis(finding("shop/\udcff.py")), pull(), config())

    assert reported.annotations == ()
    assert r"`shop/\xff.py`" in reported.summary
    assert "the file name is not UTF-8: 1." in reported.summary


def test_what_a_run_holds_already_is_not_sent_again() -> None:
    wanted = annotate([finding(line=1), finding(line=2), finding(line=2)])

    assert not_sent(wanted, wanted[:2]) == wanted[2:]
    assert not_sent(wanted[:1], wanted) is None


def test_the_digest_changes_with_the_verdict_only() -> None:
    first = report(analysis(finding()), pull(), config())

    assert first.digest == report(analysis(finding()), pull(), config()).digest
    assert first.digest != report(analysis(finding(line=4)), pull(), config()).digest
    assert first.digest != replace(first, conclusion=Conclusion.SUCCESS).digest


def _problems(text: str) -> tuple[Problem, ...]:
    with pytest.raises(ConfigError) as raised:
        parse(text)
    return raised.value.problems
