"""A suggestion is offered only with proof."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

import pytest

from checks import engine
from checks.edits import Edit, Reimport, RenameArgument
from checks.model import Conclusion, Status
from checks.registry import rules
from checks.rule import POLICY
from tests.checks.fixes.shop import PATH, SHOP, findings
from tests.checks.inquiries import review

if TYPE_CHECKING:
    from collections.abc import Callable

    from checks.config import Config
    from checks.rule import File, Flag, Tree

    Editor = Callable[[Flag, File, Tree, Config], Edit | None]

OLD = "from shop.legacy.engine import plan\n"


def edit_by(monkeypatch: pytest.MonkeyPatch, edit: Editor) -> None:
    """Have the rule `forbidden-import` name this edit."""
    changed = [
        replace(rule, edit=edit) if rule.name == "forbidden-import" else rule for rule in rules()
    ]
    monkeypatch.setattr(engine, "rules", lambda: tuple(changed))


@pytest.mark.parametrize(
    "module",
    [
        pytest.param("shop.legacy.engine", id="the finding stays"),
        pytest.param("class", id="it does not compile"),
    ],
)
def test_edit_that_does_not_help_is_not_offered(
    monkeypatch: pytest.MonkeyPatch, module: str
) -> None:
    edit_by(monkeypatch, lambda flag, *_: Reimport(flag.span, module, "plan"))

    assert [finding.suggestion for finding in findings(OLD)] == [None]


def test_edit_that_brings_another_finding_is_not_offered(monkeypatch: pytest.MonkeyPatch) -> None:
    edit_by(monkeypatch, lambda flag, *_: Reimport(flag.span, "shop.legacy.engine", "extra"))

    assert [finding.suggestion for finding in findings(OLD)] == [None]


def test_edit_that_fits_nothing_is_not_offered(monkeypatch: pytest.MonkeyPatch) -> None:
    edit_by(monkeypatch, lambda flag, *_: RenameArgument(flag.span, "x"))

    assert [finding.suggestion for finding in findings(OLD)] == [None]


def test_edit_that_reaches_a_name_handed_on_from_a_deprecated_module_is_not_offered(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    edit_by(monkeypatch, lambda flag, *_: Reimport(flag.span, "shop.compat", "plan"))

    (finding,) = findings(OLD, shop__compat=OLD)

    assert finding.suggestion is None


def test_crash_of_an_edit_is_told_once_and_costs_the_suggestion_only(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    def edit(flag: Flag, file: File, tree: Tree, config: Config) -> Edit | None:
        raise KeyError(file.path)

    edit_by(monkeypatch, edit)
    analysis = review(SHOP, {**SHOP, PATH: "from shop.legacy.engine import plan, extra\n"})

    (crash,) = analysis.crashes
    assert (crash.rule, crash.path, crash.error) == (
        "forbidden-import",
        PATH,
        f"KeyError: '{PATH}'",
    )
    assert [finding.suggestion for finding in analysis.findings] == [None, None]


def test_files_of_one_content_are_mended_each_in_its_place() -> None:
    source = "from ..legacy.engine import plan\n"
    near, far = "shop/cart/a.py", "shop/legacy/b.py"
    analysis = review(SHOP, {**SHOP, near: source, far: source})

    made = {f.path: f.suggestion.replacement for f in analysis.findings if f.suggestion}
    assert made == dict.fromkeys((near, far), "from ..engine import plan\n")


def test_files_of_one_content_that_need_different_edits_get_them() -> None:
    source = "from .engine import plan\n"
    policy = POLICY.replace("names: {OldEngine: Engine}", "names: {}").replace(
        "    arguments:", "      shop.former.engine:\n        use: shop.plans\n    arguments:"
    )
    near, far = "shop/legacy/a.py", "shop/former/a.py"
    tree = {**SHOP, "shop/plans.py": "def plan(): ...\n"}
    analysis = review(tree, {**tree, near: source, far: source}, policy=policy)

    made = {f.path: f.suggestion.replacement for f in analysis.findings if f.suggestion}
    assert made == {far: "from shop.plans import plan\n", near: "from shop.engine import plan\n"}


def test_moved_finding_has_no_suggestion() -> None:
    function = f"def order():\n    {OLD}    return plan()\n"
    base = {**SHOP, "a.py": f"x = 1\n\n\n{function}", "b.py": ""}
    analysis = review(base, {**base, "a.py": "x = 1\n", "b.py": function})

    assert [(f.status, f.suggestion) for f in analysis.findings] == [(Status.MOVED, None)]


def test_suggestion_says_whether_one_hunk_holds_it() -> None:
    lines = "".join(f"# {n}\n" for n in range(30))
    old = f"{lines}class Engine: ...\n"
    path = "shop/legacy/engine.py"
    base = {**SHOP, path: old}
    analysis = review(base, {**base, path: f"{old}def plan(): ...\n", PATH: OLD})

    offers = {f.path: f.suggestion for f in analysis.findings}
    assert analysis.conclusion is Conclusion.FAILURE
    assert [(p, s.anchored) for p, s in offers.items() if s] == [(path, False), (PATH, True)]


@pytest.mark.parametrize(("ending", "is_anchored"), [("\n", True), ("\r\n", True), ("\r", False)])
def test_suggestion_stands_in_no_diff_that_counts_lines_otherwise(
    ending: str, is_anchored: bool
) -> None:
    # Python ends a line at a lone carriage return, git and GitHub do not.
    (finding,) = findings(f"x = 1{ending}y = 2\n{OLD}")

    assert finding.suggestion is not None
    assert finding.suggestion.anchored is is_anchored


def test_suggestion_is_proven_by_what_the_file_would_be() -> None:
    # The import in the string is no import: both edits count, each alone.
    source = f'{OLD}mock.patch("shop.legacy.engine.plan")\n'

    assert [f.suggestion is not None for f in findings(source)] == [True, True]
