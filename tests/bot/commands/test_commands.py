"""What each command decides, and that each is whole."""

from __future__ import annotations

from dataclasses import replace
from datetime import date
from typing import TYPE_CHECKING

import pytest

from bot import commands
from bot.domain.commands import parse
from bot.domain.conversation import Revoked
from bot.domain.pull import NO_CONFIG, ConfigFile, ConfigSource, HeadRepository, PullState
from bot.domain.replies import Again, Scene, decide
from bot.domain.standing import Claim, Standing, Terms, Waiver
from checks.model import Status, Suggestion
from tests.bot.domain.examples import analysis, finding, pull

if TYPE_CHECKING:
    from typing import Any

    from bot.domain.replies import Outcome

CATALOGUE = commands.discover()
TODAY = date(2026, 10, 1)
WAIVE = '/ssot waive forbidden-import until=2026-12-01 reason="next week"'


def scene(**changes: Any) -> Scene:
    made = Scene("1", "ada", 5, TODAY, CATALOGUE, pull=pull(), analysis=analysis(finding()))
    return replace(made, **changes)


def ask(line: str, *, may_write: bool = True, **changes: Any) -> Outcome:
    (call,) = parse(line)
    return decide(call, scene(**changes), may_write=may_write)


def claim(line: str) -> Claim:
    (call,) = parse(line)
    digest = next(iter(ask(line).accepted))
    return Claim("7", call, digest, author="ada")


@pytest.mark.parametrize("name", sorted(CATALOGUE))
def test_examples_are_calls_of_their_command(name: str) -> None:
    for example in CATALOGUE[name].examples:
        assert [call.name for call in parse(example)] == [name]


def test_there_are_the_commands_of_the_design() -> None:
    known = {
        "recheck",
        "help",
        "status",
        "explain",
        "waive",
        "unwaive",
        "fix",
        "pause",
        "resume",
        "track",
    }
    assert known <= set(CATALOGUE)


def test_unknown_command_points_to_help() -> None:
    outcome = ask("/ssot rechek")

    assert not outcome.done
    assert "Did you mean `/ssot recheck`?" in outcome.text


@pytest.mark.parametrize(
    "line", ["/ssot pause", "/ssot resume", "/ssot fix", "/ssot unwaive x", WAIVE]
)
def test_command_for_writers_refuses_others_even_the_author(line: str) -> None:
    outcome = ask(line, may_write=False)

    assert not outcome.done
    assert "needs write access" in outcome.text


def test_recheck_is_for_the_author_and_for_writers() -> None:
    assert ask("/ssot recheck", may_write=False).again is Again.ANEW
    assert ask("/ssot recheck", actor_id=6).again is Again.ANEW
    assert ask("/ssot recheck", actor_id=6, may_write=False).again is Again.NO


def test_author_is_known_by_account_not_by_name() -> None:
    bot = pull(author="ada", author_id=0)

    assert not ask("/ssot recheck", may_write=False, pull=bot).done


@pytest.mark.parametrize(
    ("where", "reason"),
    [
        (pull(state=PullState.CLOSED), "closed"),
        (pull(state=PullState.MERGED), "merged"),
        (pull(config=NO_CONFIG), "Nothing is checked here"),
    ],
)
def test_recheck_says_why_there_is_nothing_to_check(where: object, reason: str) -> None:
    outcome = ask("/ssot recheck", pull=where)

    assert not outcome.done
    assert reason in outcome.text


def test_help_lists_every_command_with_its_usage_and_who_may() -> None:
    text = ask("/ssot help", may_write=False).text

    for command in CATALOGUE.values():
        assert command.row() in text


@pytest.mark.parametrize("line", ["/ssot help", "/ssot status", "/ssot explain backup-file"])
def test_command_for_issues_works_there(line: str) -> None:
    assert ask(line, pull=None, analysis=None, may_write=False).done


def test_command_for_pull_requests_is_refused_on_an_issue() -> None:
    assert "pull requests only" in ask("/ssot pause", pull=None, analysis=None).text


def test_command_for_issues_alone_is_refused_on_a_pull_request() -> None:
    outcome = ask("/ssot track")

    assert not outcome.done
    assert "issues only" in outcome.text


def test_help_tells_where_a_command_works() -> None:
    assert CATALOGUE["track"].row().endswith("| write access; on issues |\n")
    assert CATALOGUE["status"].row().endswith("| anyone; on issues too |\n")
    assert CATALOGUE["fix"].row().endswith("| write access |\n")


def test_status_counts_what_is_new() -> None:
    text = ask("/ssot status", analysis=analysis(finding(), finding(line=9))).text

    assert "**forbidden-import**: 2" in text


def test_status_of_a_clean_change_says_so() -> None:
    assert "no findings" in ask("/ssot status", analysis=analysis()).text


def test_status_under_an_invalid_config_says_so() -> None:
    broken = pull(config=ConfigFile(ConfigSource.BASE, ""))

    assert "not valid" in ask("/ssot status", pull=broken, analysis=None).text


def test_status_lists_waivers_and_the_pause() -> None:
    held = claim(WAIVE)
    terms = Terms("forbidden-import", None, date(2026, 12, 1), "next week")
    standing = Standing((Waiver(held, terms),), pauses=(claim("/ssot pause"),))
    text = ask("/ssot status", standing=standing).text

    assert "until 2026-12-01" in text
    assert "paused by `ada`" in text


def test_explain_shows_reason_and_examples() -> None:
    text = ask("/ssot explain forbidden-import").text

    assert "keeps it alive" in text
    assert "# <-" in text


@pytest.mark.parametrize(
    "line", ["/ssot explain", "/ssot explain forbiden-import", "/ssot explain nonsense"]
)
def test_explain_of_no_rule_lists_the_rules(line: str) -> None:
    outcome = ask(line)

    assert not outcome.done
    assert "`forbidden-import`" in outcome.text
    assert outcome.text.count("split-source") == 1


def test_explain_shows_all_files_of_its_examples() -> None:
    assert "# shop/orders.py.bak  # <-" in ask("/ssot explain backup-file").text
    assert "# shop/engine.py" in ask("/ssot explain split-source").text


def test_no_command_at_all_is_answered_with_the_way_to_them() -> None:
    assert ask("/ssot").text == "Name a command: `/ssot help` lists them all."


def test_waive_without_a_path_lists_what_it_covers() -> None:
    found = finding()
    outcome = ask(WAIVE, analysis=analysis(found, finding(rule="backup-file")))

    assert list(outcome.accepted.values()) == [frozenset({found.fingerprint})]
    assert outcome.again is Again.SILENTLY


def test_waive_leaves_moved_findings_out() -> None:
    assert not ask(WAIVE, analysis=analysis(finding(status=Status.MOVED))).done


@pytest.mark.parametrize(
    "line",
    [
        "/ssot waive",
        "/ssot waive a b c until=2026-12-01 reason=x",
        '/ssot waive forbidden-import until=2026-12-01 reason=""',
        "/ssot waive forbidden-import until=2026-12-01",
        "/ssot waive forbidden-import reason=x",
        "/ssot waive forbidden-import until=tomorrow reason=x",
        "/ssot waive forbidden-import until=2026-09-30 reason=x",
        "/ssot waive forbidden-import until=2027-03-31 reason=x",
        "/ssot waive forbidden-import /abs until=2026-12-01 reason=x",
        "/ssot waive nothing until=2026-12-01 reason=x",
        "/ssot waive unanalysed until=2026-12-01 reason=x",
        "/ssot waive forbidden-import until=2026-12-01 reason=x by=me",
        "/ssot waive forbidden-import until=2026-12-01 reason=next week",
    ],
)
def test_waive_that_says_too_little_or_too_much_shows_how_it_is_written(line: str) -> None:
    outcome = ask(line)

    assert not outcome.done
    assert "/ssot waive RULE [PATH] until=YYYY-MM-DD" in outcome.text


def test_waive_takes_its_words_in_any_order() -> None:
    for line in (
        '/ssot waive reason="next week" until=2026-12-01 forbidden-import "shop/*.py"',
        "/ssot waive until=2026-12-01 forbidden-import reason=soon",
    ):
        assert ask(line).done


def test_waive_with_an_open_reason_is_told_about_the_quotes() -> None:
    for reason in ("next week", "when it is done"):
        text = ask(f"/ssot waive forbidden-import until=2026-12-01 reason={reason}").text
        assert 'put it in quotes, `reason="…"`' in text


def test_waive_reaches_180_days_and_no_further() -> None:
    assert ask("/ssot waive forbidden-import until=2027-03-30 reason=x").done


def test_waive_after_the_merge_offers_the_line_for_the_config() -> None:
    line = '/ssot waive forbidden-import "a\'b/*.py" until=2026-12-01 reason="a \\ b: ```"'
    outcome = ask(line, pull=pull(state=PullState.MERGED), analysis=None)

    assert not outcome.done
    assert '{rule: forbidden-import, path: "a\'b/*.py", until: "2026-12-01"' in outcome.text
    assert "````yaml" in outcome.text


def test_unwaive_revokes_what_has_the_same_rule_and_path() -> None:
    held = claim(WAIVE)
    terms = Terms("forbidden-import", None, date(2026, 12, 1), "next week")
    outcome = ask("/ssot unwaive forbidden-import", standing=Standing((Waiver(held, terms),)))

    assert outcome.revoked == (Revoked("7", held.digest),)


@pytest.mark.parametrize("line", ["/ssot unwaive", "/ssot unwaive forbidden-import a.py"])
def test_unwaive_of_nothing_is_refused(line: str) -> None:
    assert not ask(line).done


def test_pause_is_accepted_and_resume_revokes_it() -> None:
    held = claim("/ssot pause")
    outcome = ask("/ssot resume", standing=Standing(pauses=(held,)))

    assert outcome.revoked == (Revoked("7", held.digest),)
    assert not ask("/ssot resume").done


def test_fix_asks_for_the_edits_of_what_is_new() -> None:
    fixable = finding(suggestion=Suggestion(3, 3, "x = 1\n"))
    outcome = ask("/ssot fix", analysis=analysis(fixable, finding(line=9)))

    assert outcome.edits == (fixable,)


def test_fix_without_an_edit_is_refused() -> None:
    assert "no" in ask("/ssot fix").text.lower()
    assert not ask("/ssot fix").done


@pytest.mark.parametrize("home", [HeadRepository.FORK, HeadRepository.GONE])
def test_fix_of_a_foreign_branch_gives_the_local_command(home: HeadRepository) -> None:
    fixable = finding(suggestion=Suggestion(3, 3, "x = 1\n"))
    outcome = ask("/ssot fix", pull=pull(head_repository=home), analysis=analysis(fixable))

    assert not outcome.done
    assert "`ssot fix --base main --write`" in outcome.text


def test_waivers_of_one_comment_cover_no_more_than_their_one_answer_can_list() -> None:
    many = [finding(line=line) for line in range(1, 1500)]
    others = [finding(rule="backup-file", line=line) for line in range(1, 1500)]
    (first,) = parse(WAIVE)
    held = Claim("1", first, "d", "ada", covered=frozenset(one.fingerprint for one in many))
    terms = Terms("forbidden-import", None, date(2026, 12, 1), "next week")
    outcome = ask(
        WAIVE.replace("forbidden-import", "backup-file"),
        analysis=analysis(*many, *others),
        standing=Standing((Waiver(held, terms),)),
    )

    assert not outcome.done
    assert "too many" in outcome.text


def test_unanalysed_file_of_a_merged_pull_request_has_no_line_for_the_config() -> None:
    line = '/ssot waive unanalysed big.py until=2026-12-01 reason="generated"'
    outcome = ask(line, pull=pull(state=PullState.MERGED), analysis=None)

    assert not outcome.done
    assert "waivers:" not in outcome.text
