"""Each finding can say what it rests on: occurrences at both ends, and what became of them."""

from __future__ import annotations

from typing import TYPE_CHECKING

from tests.checks.inquiries import review

if TYPE_CHECKING:
    from checks.evidence import Evidence
    from checks.model import Analysis

OLD = "from shop.legacy.engine import OldEngine\n"
# No parser finds the import in the string, but the text holds its name.
BROKEN = f'x = """\n{OLD}"""\ndef broken(:\n'


def traced(analysis: Analysis, path: str, rule: str = "forbidden-import") -> Evidence:
    (found,) = (e for e in analysis.evidence if (e.path, e.rule) == (path, rule))
    return found


def ends(found: Evidence) -> tuple[list[tuple[int, str]], list[tuple[int, str]]]:
    return (
        [(one.line, one.why.value) for one in found.at_base],
        [(one.line, one.why.value) for one in found.at_head],
    )


def test_surplus_on_an_added_line_stands_beside_what_was_kept() -> None:
    analysis = review({"a.py": OLD}, {"a.py": f"{OLD}def f():\n    {OLD}"})

    found = traced(analysis, "a.py")
    assert ends(found) == ([(1, "kept")], [(1, "kept"), (3, "surplus")])
    assert [one.is_added for one in found.at_head] == [False, True]
    assert [one.scope for one in found.at_head] == ["", "f"]
    assert found.at_head[1].fingerprint == analysis.findings[0].fingerprint


def test_what_went_is_gone_at_the_base() -> None:
    analysis = review({"a.py": f"x = 1\n{OLD}"}, {"a.py": "x = 1\n"})

    assert ends(traced(analysis, "a.py")) == ([(2, "gone")], [])


def test_moved_occurrence_names_where_it_was_and_what_travelled() -> None:
    body = f"def pay():\n    {OLD}    return OldEngine()\n"
    analysis = review({"a.py": f"x = 1\n{body}"}, {"a.py": "x = 1\n", "b.py": body})

    (moved,) = traced(analysis, "b.py").at_head
    assert moved.origin is not None
    assert (moved.why, moved.origin.path, moved.origin.line) == ("moved", "a.py", 3)
    assert moved.origin.travelled == ("pay",)
    assert ends(traced(analysis, "a.py")) == ([(3, "left")], [])


def test_renamed_file_says_what_it_was_called_and_keeps_its_findings() -> None:
    analysis = review({"a.py": OLD}, {"b.py": f"{OLD}x = 1\n"}, renames={"a.py": "b.py"})

    found = traced(analysis, "b.py")
    assert (found.base_path, ends(found)) == ("a.py", ([(1, "kept")], [(1, "kept")]))


def test_new_file_has_no_base() -> None:
    assert traced(review({}, {"a.py": OLD}), "a.py").base_path == ""


def test_base_that_does_not_compile_excuses_by_name() -> None:
    found = traced(review({"a.py": BROKEN}, {"a.py": OLD}), "a.py")

    assert ends(found) == ([], [(1, "unparsed")])


def test_method_of_a_new_definition_is_covered_by_it() -> None:
    base = {"shop/legacy/engine.py": "from shop.engine import Engine\n"}
    head = {"shop/legacy/engine.py": "class Old:\n    class Inner:\n        x = 1\n"}
    analysis = review(base, head)

    whys = {o.why.value for e in analysis.evidence for o in e.at_head}
    reported = {finding.fingerprint for finding in analysis.findings}
    surplus = {o.fingerprint for e in analysis.evidence for o in e.at_head if o.why == "surplus"}
    assert "covered" in whys
    assert reported == surplus
