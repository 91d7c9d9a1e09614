"""Cycles of imports: which are new, where they close, and where the search ends."""

from __future__ import annotations

from typing import TYPE_CHECKING

from checks import trees
from checks.model import Kind
from tests.checks.inquiries import review

if TYPE_CHECKING:
    from collections.abc import Mapping

    import pytest

    from checks.model import Finding

POLICY = "version: 1\nrules: {import-cycle: error, syntax-error: off}\n"


def found(base: Mapping[str, str], head: Mapping[str, str]) -> list[Finding]:
    return list(review(base, head, policy=POLICY).findings)


def test_closing_import_is_flagged_with_the_whole_way() -> None:
    base = {"a.py": "import b\n", "b.py": "from c import x\n", "c.py": ""}
    (finding,) = found(base, {**base, "c.py": "import json\nimport a\n"})

    assert (finding.path, finding.span.line, finding.kind, finding.symbol) == (
        "c.py",
        2,
        Kind.IMPORT,
        "a",
    )
    assert "`c` → `a` → `b` → `c`" in finding.message


def test_old_cycle_is_nothing_new() -> None:
    base = {"a.py": "import b\n", "b.py": "import a\n"}
    head = {"a.py": "import json\nfrom b import x\n", "b.py": "x = 1\nimport a\n"}

    assert found(base, head) == []


def test_import_that_leaves_its_function_closes_a_new_cycle() -> None:
    base = {"a.py": "def f():\n    import b\n", "b.py": "import a\n"}

    assert [f.path for f in found(base, {**base, "a.py": "import b\n"})] == ["a.py"]


def test_second_way_around_is_new() -> None:
    base = {"a.py": "import b\n", "b.py": "import c\n", "c.py": "import a\n"}
    (finding,) = found(base, {**base, "b.py": "import c\nimport a\n"})

    assert "`b` → `a` → `b`" in finding.message


def test_cycle_that_is_opened_is_fixed() -> None:
    base = {"a.py": "import b\n", "b.py": "import a\n"}
    analysis = review(base, {**base, "b.py": ""}, policy=POLICY)

    assert [(fixed.rule, fixed.symbol) for fixed in analysis.fixed] == [("import-cycle", "a")]


def test_file_renamed_within_its_folder_takes_its_cycle_along() -> None:
    base = {"p/a.py": "from . import b\n", "p/b.py": "import p.a\n"}
    head = {"p/c.py": "from . import b\n", "p/b.py": "import p.a\n"}

    assert review(base, head, policy=POLICY, renames={"p/a.py": "p/c.py"}).findings == ()


def test_cycle_through_a_namespace_package_and_two_roots_is_found() -> None:
    policy = f"{POLICY}roots: [src, lib]\n"
    base = {"src/a/x.py": "import b.y\n", "lib/b/y.py": ""}
    analysis = review(base, {**base, "lib/b/y.py": "from a import x\n"}, policy=policy)

    assert [f.symbol for f in analysis.findings] == ["a.x"]


def test_long_cycle_is_cut_in_the_message() -> None:
    base = {f"m{n}.py": f"import m{n + 1}\n" for n in range(30)}
    (finding,) = found(base, {**base, "m30.py": "import m0\n"})

    assert "`m3` → … → `m26`" in finding.message


def test_search_that_ends_early_is_told(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(trees, "SEARCHED_MODULES", 3)
    base = {f"m{n}.py": f"import m{n + 1}\n" for n in range(9)}
    analysis = review(base, {**base, "m9.py": "import m0\n"}, policy=POLICY)

    assert analysis.findings == ()
    assert any("import cycles stopped" in note for note in analysis.notes)
