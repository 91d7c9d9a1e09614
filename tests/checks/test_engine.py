"""What counts as new: multisets, moves, broken bases, crashes, what cannot be read."""

from __future__ import annotations

import time
from typing import TYPE_CHECKING

import pytest

from checks import engine, limits
from checks.model import Analysis, Cause, Conclusion, Kind, Severity, Status
from checks.registry import rules
from checks.rule import POLICY, Rule, View
from tests.checks.inquiries import review

if TYPE_CHECKING:
    from collections.abc import Iterator

    from checks.config import Config
    from checks.rule import File, Flag, Tree

OLD = "from shop.legacy.engine import OldEngine\n"
ENGINE = "class Engine:\n    def run(self):\n        return 1\n"


# No parser finds the import in the string, but the text holds its name.
BROKEN = f'x = """\n{OLD}"""\ndef broken(:\n'


def lines(analysis: Analysis) -> list[tuple[str, int, str]]:
    return [(f.path, f.span.line, f.status.value) for f in analysis.findings]


def test_names_of_one_line_that_the_config_does_not_map_are_told_apart() -> None:
    line = "from shop.legacy.engine import OldEngine, RATE, plan\n"

    assert [f.message for f in review({}, {"a.py": line}).findings] == [
        "`shop.legacy.engine` is deprecated. Import `Engine` from `shop.engine` instead.",
        "`shop.legacy.engine` is deprecated. Look in `shop.engine` for what replaces `RATE`.",
        "`shop.legacy.engine` is deprecated. Look in `shop.engine` for what replaces `plan`.",
    ]


def test_line_shift_is_nothing_new() -> None:
    analysis = review({"a.py": OLD}, {"a.py": f"import json\n\n\n{OLD}"})

    assert analysis.findings == ()
    assert analysis.conclusion is Conclusion.SUCCESS


def test_reformatting_an_import_is_nothing_new() -> None:
    split = "from shop.legacy.engine import (\n    OldEngine,\n)\n"

    assert review({"a.py": OLD}, {"a.py": split}).findings == ()


def test_wrapping_a_class_in_a_function_is_nothing_new() -> None:
    wrapped = f"def make():\n    {ENGINE.replace(chr(10), chr(10) + '    ').rstrip(' ')}"

    assert review({"a.py": ENGINE}, {"a.py": wrapped}).findings == ()


def test_second_use_is_reported_at_the_added_line() -> None:
    used = "import shop\n\ndef a():\n    shop.legacy.engine.OldEngine()\n"
    more = used + "\n\ndef b():\n    shop.legacy.engine.OldEngine()\n"

    assert lines(review({"a.py": used}, {"a.py": more})) == [("a.py", 8, "new")]


def test_added_use_above_an_old_one_is_reported_at_the_added_line() -> None:
    use = "    shop.legacy.engine.OldEngine()\n"
    used = f"import shop\n\n\ndef a():\n{use}"
    more = f"import shop\n\n\ndef b():\n{use}\n\ndef a():\n{use}"

    assert lines(review({"a.py": used}, {"a.py": more})) == [("a.py", 5, "new")]


def test_many_times_as_many_imports_take_about_as_many_times_as_long() -> None:
    def seconds(count: int) -> float:
        started = time.process_time()
        review({}, {"a.py": OLD * count})
        return time.process_time() - started

    seconds(1)
    # Searching all imports for each of them takes 1,024 times as long. The collector of garbage
    # looks through all that other tests left, more often for the many.
    assert seconds(8000) < 200 * max(seconds(250), seconds(250))


def test_fixed_finding_is_told_with_its_line_at_the_base() -> None:
    analysis = review({"a.py": f"import json\n{OLD}"}, {"a.py": "import json\n"})

    (fixed,) = analysis.fixed
    assert (fixed.path, fixed.line, fixed.symbol) == ("a.py", 2, "shop.legacy.engine.OldEngine")


def test_renamed_file_takes_its_findings_along() -> None:
    analysis = review({"a.py": OLD}, {"b.py": OLD}, renames={"a.py": "b.py"})

    assert (analysis.findings, analysis.fixed) == ((), ())


def test_class_that_left_another_file_is_moved() -> None:
    analysis = review(
        {"a.py": f"{ENGINE}\nx = 1\n", "b.py": "y = 1\n"},
        {"a.py": "x = 1\n", "b.py": f"y = 1\n\n{ENGINE}"},
    )

    (finding,) = analysis.findings
    assert (finding.status, finding.severity) == (Status.MOVED, Severity.NOTICE)
    assert analysis.fixed == ()
    assert analysis.conclusion is Conclusion.SUCCESS


def test_copied_class_is_new() -> None:
    analysis = review({"a.py": ENGINE}, {"a.py": ENGINE, "b.py": ENGINE})

    assert lines(analysis) == [("b.py", 1, "new")]


def test_cleaning_one_file_does_not_pay_for_dirtying_another() -> None:
    analysis = review({"a.py": OLD, "b.py": "x = 1\n"}, {"a.py": "", "b.py": f"x = 1\n{OLD}"})

    assert lines(analysis) == [("b.py", 2, "new")]
    assert len(analysis.fixed) == 1


def test_import_that_moves_with_its_function_is_moved() -> None:
    function = f"def plan():\n    {OLD}    return OldEngine()\n"
    analysis = review(
        {"a.py": f"x = 1\n\n\n{function}", "b.py": ""}, {"a.py": "x = 1\n", "b.py": function}
    )

    assert lines(analysis) == [("b.py", 2, "moved")]


def test_each_vanished_occurrence_excuses_one() -> None:
    analysis = review({"a.py": ENGINE}, {"b.py": ENGINE, "c.py": ENGINE})

    assert sorted(f.status.value for f in analysis.findings) == ["moved", "new"]


def test_base_that_does_not_compile_weakens_what_its_text_held() -> None:
    analysis = review({"a.py": BROKEN}, {"a.py": OLD})

    (finding,) = analysis.findings
    assert (finding.status, finding.severity) == (Status.NEW, Severity.WARNING)
    assert analysis.conclusion is Conclusion.NEUTRAL


def test_base_that_does_not_compile_excuses_no_more_than_it_held() -> None:
    head = f"def a():\n    {OLD}\n\ndef b():\n    {OLD}"
    found = review({"a.py": BROKEN}, {"a.py": head}).findings

    assert sorted(f.severity.value for f in found) == ["error", "warning"]


def test_undecodable_head_fails_the_check() -> None:
    analysis = review({}, {"a.py": b"# \xff\nimport json\n"})

    (skipped,) = analysis.skipped
    assert (skipped.path, skipped.cause) == ("a.py", Cause.CHANGE)
    assert analysis.conclusion is Conclusion.FAILURE


def test_ignored_file_is_not_analysed() -> None:
    policy = f'{POLICY}ignore: ["old/**"]\n'
    analysis = review({}, {"old/a.py": OLD}, policy=policy)

    assert (analysis.findings, analysis.files_changed, analysis.files_analyzed) == ((), 1, 0)


def test_nothing_is_looked_into_after_more_findings_than_the_limit(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(limits, "FLAGS", 3)
    files = {"a.py": OLD * 2, "b.py": OLD * 2, "c.py": OLD, "d.py": "x = 1\n"}
    analysis = review({"c.py": "x = 1\n"}, files)

    assert lines(analysis) == [(path, line, "new") for path in ("a.py", "b.py") for line in (1, 2)]
    assert [(one.path, one.cause) for one in analysis.skipped] == [
        ("c.py", Cause.CHANGE),
        ("d.py", Cause.CHANGE),
    ]
    assert analysis.conclusion is Conclusion.FAILURE
    assert (analysis.files_changed, analysis.files_analyzed) == (4, 2)


def test_finding_in_a_test_is_labelled() -> None:
    policy = f'{POLICY}tests: ["**/test_*.py"]\n'
    (finding,) = review({}, {"a/test_b.py": OLD}, policy=policy).findings

    assert finding.in_tests


def test_rule_that_is_off_finds_nothing() -> None:
    policy = f"{POLICY}rules:\n  forbidden-import: off\n"

    assert review({}, {"a.py": OLD}, policy=policy).findings == ()


def test_twins_have_fingerprints_of_their_own_that_survive_a_shift() -> None:
    twins = "import shop\nshop.legacy.engine.plan()\nshop.legacy.engine.plan()\n"
    first, second = review({}, {"a.py": twins}).findings
    shifted = review({}, {"a.py": f"import json\n\n{twins}"}).findings

    assert first.fingerprint != second.fingerprint
    assert [f.fingerprint for f in shifted] == [first.fingerprint, second.fingerprint]


def test_rule_that_crashes_costs_itself_only(monkeypatch: pytest.MonkeyPatch) -> None:
    def flags(file: File, tree: Tree, config: Config) -> Iterator[Flag]:
        raise KeyError(file.path)

    def needles(config: Config) -> frozenset[bytes]:
        return frozenset()

    silent = (lambda _: (), lambda _: False)
    broken = Rule("broken", "It breaks.", (), (), View.FACTS, needles, flags, *silent)
    monkeypatch.setattr(engine, "rules", lambda: (*rules(), broken))
    analysis = review({}, {"a.py": OLD})

    (crash,) = analysis.crashes
    assert (crash.rule, crash.path, crash.error) == ("broken", "a.py", "KeyError: 'a.py'")
    assert [f.rule for f in analysis.findings] == ["forbidden-import"]


def test_span_of_an_alias_counts_code_points() -> None:
    (finding,) = review({}, {"a.py": "ä = 'ö'; from shop.legacy.engine import plan\n"}).findings

    assert (finding.span.column, finding.span.end_column) == (41, 45)


def test_relative_import_without_init_resolves_by_directory() -> None:
    (finding,) = review({}, {"shop/a/b.py": "from ..legacy.engine import plan\n"}).findings

    assert (finding.symbol, finding.kind) == ("shop.legacy.engine.plan", Kind.FROM)


@pytest.mark.parametrize("ending", [b"\r\n", b"\r"])
def test_line_ends_of_other_systems_count_alike(ending: bytes) -> None:
    (finding,) = review(
        {}, {"a.py": f"import json\n{OLD}".encode().replace(b"\n", ending)}
    ).findings

    assert finding.span.line == 2


def test_chain_of_five_re_exports_is_followed() -> None:
    others = {f"m{n}.py": f"from m{n + 1} import Plan\n" for n in range(1, 5)}
    others["m5.py"] = "from shop.legacy.engine import plan as Plan\n"
    (finding,) = review(others, {**others, "a.py": "from m1 import Plan\n"}).findings

    assert (finding.path, finding.symbol) == ("a.py", "m1.Plan")
    assert "`m1`, `m2`, `m3`, `m4`, `m5`" in finding.message


def test_relative_import_that_a_rename_points_elsewhere_is_followed() -> None:
    others = {
        "a/compat.py": "class X: ...\n",
        "b/compat.py": "from shop.legacy.engine import plan as X\n",
    }
    source = "from .compat import X\n"
    found = review(
        {**others, "a/c.py": source}, {**others, "b/c.py": source}, renames={"a/c.py": "b/c.py"}
    ).findings

    assert [(f.path, f.symbol) for f in found] == [("b/c.py", "b.compat.X")]


def test_re_export_that_two_files_use_is_followed_in_both() -> None:
    others = {"m1.py": "from shop.legacy.engine import plan\n"}
    found = review(
        others, {**others, "a.py": "from m1 import plan\n", "b.py": "import m1\nm1.plan"}
    )

    assert [finding.path for finding in found.findings] == ["a.py", "b.py"]


def test_circular_re_exports_end() -> None:
    others = {"m1.py": "from m2 import X\n", "m2.py": "from m1 import X\n"}

    assert review(others, {**others, "a.py": "from m1 import X\n"}).findings == ()


@pytest.mark.parametrize("pattern", ["?Engine", "*"])
def test_class_is_found_by_a_pattern_without_literal_text(pattern: str) -> None:
    concept = f"canonical: ['a:Engine'], definitions: {{classes: ['{pattern}']}}"
    policy = f"version: 1\nconcepts:\n  engine: {{{concept}}}\n"

    assert lines(review({}, {"b.py": "class XEngine: ...\n"}, policy=policy)) == [
        ("b.py", 1, "new")
    ]


def test_concept_that_holds_elsewhere_excuses_nothing() -> None:
    other = "{canonical: ['old:Old'], definitions: {classes: ['Old*']}, paths: ['old/**']}"
    policy = f"{POLICY}  other: {other}\n"

    assert lines(review({}, {"a.py": "class OldEngine: ...\n"}, policy=policy)) == [
        ("a.py", 1, "new")
    ]


def test_canonical_module_inside_a_deprecated_package_may_be_imported() -> None:
    policy = POLICY.replace("shop.engine", "shop.legacy.new").replace(
        "shop.legacy.engine", "shop.legacy"
    )
    source = "from shop.legacy.new import Engine\nfrom shop.legacy import new, plans\n"

    assert [f.symbol for f in review({}, {"a.py": source}, policy=policy).findings] == [
        "shop.legacy.plans"
    ]


def test_rules_not_built_yet_are_named(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(engine, "rules", tuple)
    note, *_ = review({}, {"a.py": ""}).notes

    assert "stale-waiver" in note


def test_source_that_is_nowhere_in_the_tree_is_named() -> None:
    (note,) = [n for n in review({}, {"a.py": ""}).notes if "shop.engine" in n]

    assert "check the spelling." in note
    assert not any("shop.engine" in n for n in review({}, {"shop/engine.py": ""}).notes)
