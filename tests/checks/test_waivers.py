"""Waivers: what they cover, until when, and what is said of those that do not hold."""

from __future__ import annotations

from dataclasses import replace
from datetime import date
from typing import TYPE_CHECKING

import pytest

from checks import engine
from checks.config import CONFIG_PATH
from checks.model import Acceptance, Conclusion, Severity, Status
from checks.registry import rules
from checks.rule import POLICY
from tests.checks.inquiries import review

if TYPE_CHECKING:
    from collections.abc import Iterator

    from checks.model import Analysis
    from checks.rule import Flag

IMPORT = "from shop.legacy.engine import OldEngine"
ALLOW = '# ssot: allow[forbidden-import] until=2026-12-31 reason="leaves with v2"'
CONFIG_WAIVER = "waivers:\n  - {{rule: {rule}, path: {path}, until: {until}, reason: r, by: ada}}\n"


def found(analysis: Analysis) -> list[tuple[str, int, str]]:
    return [(f.rule, f.span.line, f.status.value) for f in analysis.findings]


def waived(*lines: int) -> list[tuple[str, int, str]]:
    return [("forbidden-import", line, "waived") for line in lines]


def by_config(rule: str = "forbidden-import", path: str = "a.py", until: str = "2026-12-31") -> str:
    return POLICY + CONFIG_WAIVER.format(rule=rule, path=path, until=until)


def test_waived_finding_keeps_its_severity_and_says_until_when() -> None:
    analysis = review({}, {"a.py": f"{IMPORT}  {ALLOW}\n"})

    (finding,) = analysis.findings
    assert (finding.status, finding.severity) == (Status.WAIVED, Severity.ERROR)
    assert finding.accepted == Acceptance(date(2026, 12, 31), "leaves with v2")
    assert analysis.conclusion is Conclusion.SUCCESS


@pytest.mark.parametrize(
    ("source", "lines"),
    [
        pytest.param(f"{ALLOW}\n{IMPORT}\n", [2], id="the line above"),
        pytest.param(f"{ALLOW}\n# why\n\n{IMPORT}\n", [4], id="the next code line"),
        pytest.param(
            f"{IMPORT[:-9]}(\n    OldEngine,  {ALLOW}\n)\n", [2], id="the alias's own line"
        ),
        pytest.param(
            f"{IMPORT[:-9]}(\n    OldEngine,\n    plan,\n)  {ALLOW}\n", [2, 3], id="last line"
        ),
        pytest.param(
            f"{IMPORT[:-9]}(  {ALLOW}\n    OldEngine,\n    plan,\n)\n", [2, 3], id="first line"
        ),
        pytest.param(
            f"def f():\n    {ALLOW}\n    {IMPORT}\n    return OldEngine\n", [3], id="in a block"
        ),
        pytest.param(f"{IMPORT}  # see #12  {ALLOW}\n", [1], id="behind another comment"),
        pytest.param(f"{'# licence' + chr(10)}" * 60 + f"{ALLOW}\n{IMPORT}\n", [62], id="a run"),
        pytest.param(f"def broken(:\n\n{IMPORT}  {ALLOW}\n", [3], id="a file that does not parse"),
    ],
)
def test_waiver_covers(source: str, lines: list[int]) -> None:
    findings = [f for f in found(review({}, {"a.py": source})) if f[0] != "syntax-error"]

    assert findings == waived(*lines)


def test_waiver_above_a_decorator_covers_the_class() -> None:
    allow = ALLOW.replace("forbidden-import", "duplicate-definition")
    source = f"{allow}\n@dataclass\nclass CartEngine:\n    pass\n"

    assert found(review({}, {"a.py": source})) == [("duplicate-definition", 3, "waived")]


def test_waiver_at_the_end_of_a_long_header_covers_the_definition() -> None:
    allow = ALLOW.replace("forbidden-import", "duplicate-definition")
    source = f"def run_engine(\n    order,\n):  {allow}\n    # carefully\n    pass\n"

    assert found(review({}, {"a.py": source})) == [("duplicate-definition", 1, "waived")]


def test_waiver_inside_a_statement_covers_what_ends_there() -> None:
    source = f"import shop\nf(\n    shop\n    .legacy.engine.plan,  {ALLOW}\n    1,\n)\n"

    assert found(review({}, {"a.py": source})) == waived(3)


def test_waiver_at_a_bracket_that_is_never_closed_covers_its_line_alone() -> None:
    source = f"(x  {ALLOW}\ny = {{\n    {IMPORT}\nwith a as\n{IMPORT}\n"

    assert ("forbidden-import", 3, "new") in found(review({}, {"a.py": source}))


def test_waiver_of_a_definition_does_not_cover_its_body() -> None:
    source = f"def f():  {ALLOW}\n    {IMPORT}\n"

    assert found(review({}, {"a.py": source})) == [
        ("stale-waiver", 1, "new"),
        ("forbidden-import", 2, "new"),
    ]


def test_waiver_of_one_alias_leaves_the_others() -> None:
    source = f"{IMPORT[:-9]}(\n    OldEngine,  {ALLOW}\n    plan,\n)\n"

    assert [status for _, _, status in found(review({}, {"a.py": source}))] == ["waived", "new"]


def test_several_waivers_above_a_line_all_hold_for_it() -> None:
    allow = ALLOW.replace("forbidden-import", "impure-redirect")
    source = f"{ALLOW}\n{allow}\nX = importlib.import_module('shop.legacy.engine')\n"

    analysis = review({}, {"shop/legacy/__init__.py": "", "a.py": source})

    assert found(analysis) == [("stale-waiver", 2, "new"), ("forbidden-import", 3, "waived")]


def test_waiver_in_a_string_is_none() -> None:
    source = f"X = '''\n{ALLOW}\n'''\n{IMPORT}\n"

    assert found(review({}, {"a.py": source})) == [("forbidden-import", 4, "new")]


def test_waiver_counts_where_the_rule_needs_no_bytes_of_the_file() -> None:
    allow = ALLOW.replace("forbidden-import", "backup-file")

    analysis = review({}, {"cart_backup_1.py": f"x = 1  {allow}\n"})

    assert found(analysis) == [("backup-file", 1, "waived")]


@pytest.mark.parametrize(
    ("source", "is_covered"),
    [
        pytest.param("{allow}\nx = 1\n", True, id="the first line"),
        pytest.param('#!/usr/bin/env python\n\n{allow}\n"""Cart."""\n', True, id="in the head"),
        pytest.param("# only comments\n{allow}\n", True, id="no code at all"),
        pytest.param('"""Cart."""\n{allow}\nx = 1\n', False, id="behind code"),
    ],
)
def test_waiver_above_all_code_covers_the_whole_file(source: str, is_covered: bool) -> None:
    allow = ALLOW.replace("forbidden-import", "backup-file")

    analysis = review({}, {"cart_backup_1.py": source.format(allow=allow)})

    assert [f for f in found(analysis) if f[0] == "backup-file"] == [
        ("backup-file", 1, "waived" if is_covered else "new")
    ]


def test_waiver_counts_where_stale_ones_are_not_told() -> None:
    allow = ALLOW.replace("forbidden-import", "backup-file")
    policy = f"{POLICY}rules: {{stale-waiver: off}}\n"

    analysis = review({}, {"cart_backup_1.py": f"x = 1  {allow}\n"}, policy=policy)

    assert found(analysis) == [("backup-file", 1, "waived")]


def test_waiver_of_a_rule_that_crashed_is_not_called_unused(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    def crash(*_: object) -> Iterator[Flag]:
        raise RuntimeError

    mine = [replace(r, flags=crash) if r.name == "forbidden-import" else r for r in rules()]
    monkeypatch.setattr(engine, "rules", lambda: tuple(mine))

    assert found(review({}, {"a.py": f"{IMPORT}  {ALLOW}\n"})) == []


def test_waiver_of_a_rule_that_is_not_built_yet_is_not_called_unused(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    mine = [rule for rule in rules() if rule.name != "forbidden-import"]
    monkeypatch.setattr(engine, "rules", lambda: tuple(mine))

    assert found(review({}, {"a.py": f"{IMPORT}  {ALLOW}\n"})) == []


def test_moved_finding_stays_moved() -> None:
    source = f"def f():\n    {IMPORT}  {ALLOW}\n"

    assert found(review({"a.py": source}, {"a.py": "", "b.py": source})) == [
        ("forbidden-import", 2, "moved")
    ]


@pytest.mark.parametrize(
    ("day", "statuses"),
    [
        (date(2026, 12, 31), ["waived"]),
        (date(2027, 1, 1), ["new", "new"]),
        (date(2026, 7, 4), ["waived"]),
        (date(2026, 7, 3), ["new", "new"]),
    ],
)
def test_waiver_holds_through_its_day_and_180_days_ahead(day: date, statuses: list[str]) -> None:
    analysis = review({}, {"a.py": f"{IMPORT}  {ALLOW}\n"}, today=day)

    assert [status for _, _, status in found(analysis)] == statuses


@pytest.mark.parametrize(
    "comment",
    [
        "# ssot: allow",
        "# ssot: allow forbidden-import",
        "# ssot: allow[forbidden-import]",
        '# ssot: allow[forbidden-import] until=2026-12-31 reason=""',
        '# ssot: allow[forbidden-import] until=2026-12-31 reason="r" by=ada',
        '# ssot: allow[forbidden-import] until=2026-31-12 reason="r"',
        '# ssot: allow[forbidden-import] until=soon reason="r"',
        '# ssot: allow[forbidden-import, syntax-error] until=2026-12-31 reason="r"',
        '# ssot: allow[stale-waiver] until=2026-12-31 reason="r"',
        f"{ALLOW} {ALLOW}",
    ],
)
def test_waiver_in_another_form_waives_nothing_and_is_found(comment: str) -> None:
    analysis = review({}, {"a.py": f"{IMPORT}  {comment}\n"})

    assert sorted(found(analysis)) == [("forbidden-import", 1, "new"), ("stale-waiver", 1, "new")]


def test_stale_waiver_names_the_waived_rule_and_only_warns() -> None:
    (stale,) = review({}, {"a.py": f"x = 1  {ALLOW}\n"}).findings

    assert (stale.symbol, stale.kind, stale.severity) == ("forbidden-import", "file", "warning")
    assert stale.span.column == 8


def test_waiver_that_only_grew_old_is_nothing_new() -> None:
    old = f"{IMPORT}  {ALLOW}\n"

    assert found(review({"a.py": old}, {"a.py": f"x = 1\n{old}"}, today=date(2027, 2, 1))) == []


def test_waiver_that_is_left_behind_is_new() -> None:
    after = {"a.py": f"import json  {ALLOW}\n"}

    assert found(review({"a.py": f"{IMPORT}  {ALLOW}\n"}, after)) == [("stale-waiver", 1, "new")]


def test_waiver_of_an_old_finding_is_in_use() -> None:
    assert found(review({"a.py": f"{IMPORT}\n"}, {"a.py": f"{IMPORT}  {ALLOW}\n"})) == []


def test_waivers_that_are_switched_off_are_plain_comments() -> None:
    policy = f"{POLICY}report: {{inline-waivers: off}}\n"
    source = f"{IMPORT}  {ALLOW}\nx = 1  # ssot: allow[nothing]\n"

    assert found(review({}, {"a.py": source}, policy=policy)) == [("forbidden-import", 1, "new")]


def test_waived_finding_that_goes_is_fixed() -> None:
    analysis = review({"a.py": f"{IMPORT}  {ALLOW}\n"}, {"a.py": "x = 1\n"})

    assert [fixed.rule for fixed in analysis.fixed] == ["forbidden-import"]


def test_config_waives_by_path_through_the_day() -> None:
    change = {"a.py": f"{IMPORT}\n", "b.py": f"{IMPORT}\n"}

    accepted = [f.accepted for f in review({}, change, policy=by_config()).findings]
    late = review({}, change, policy=by_config(), today=date(2027, 1, 1))

    assert accepted == [Acceptance(date(2026, 12, 31), "r", "ada"), None]
    assert [f.status for f in late.findings] == [Status.NEW, Status.NEW]


def test_config_waives_by_symbol() -> None:
    policy = by_config().replace("reason:", 'symbol: "*.OldEngine", reason:')

    analysis = review({}, {"a.py": f"{IMPORT}, plan\n"}, policy=policy)

    assert [f.status for f in analysis.findings] == [Status.WAIVED, Status.NEW]


def test_config_waiver_that_reaches_too_far_waives_nothing() -> None:
    policy = by_config(until="2031-12-31")

    assert found(review({}, {"a.py": f"{IMPORT}\n"}, policy=policy)) == [
        ("forbidden-import", 1, "new")
    ]


def test_config_can_waive_a_stale_waiver() -> None:
    policy = by_config(rule="stale-waiver")

    assert found(review({}, {"a.py": f"x = 1  {ALLOW}\n"}, policy=policy)) == [
        ("stale-waiver", 1, "waived")
    ]


def test_edit_that_brings_an_expired_waiver_into_the_config_is_told_its_line() -> None:
    base, head = {CONFIG_PATH: POLICY}, {CONFIG_PATH: by_config(until="2026-07-31")}

    (stale,) = review(base, head).findings

    assert (stale.rule, stale.symbol) == ("stale-waiver", "forbidden-import")
    assert stale.span.line == POLICY.count("\n") + 2


def test_edit_beside_an_expired_waiver_of_the_config_is_nothing_new() -> None:
    old = by_config(until="2026-07-31")

    assert review({CONFIG_PATH: old}, {CONFIG_PATH: f"# more\n{old}"}).findings == ()
