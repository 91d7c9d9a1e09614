"""Strings, arguments and whole files; bytes that are not meant stay."""

from __future__ import annotations

import pytest

from checks.fixes import UneditableError, apply
from checks.model import Suggestion
from tests.checks.fixes.shop import findings, mended
from tests.checks.inquiries import review

OLD = "shop/legacy/engine.py"


@pytest.mark.parametrize(
    ("old", "new"),
    [
        ('mock.patch("shop.legacy.engine.plan")\n', 'mock.patch("shop.engine.plan")\n'),
        (
            "mock.patch(r'shop.legacy.engine.OldEngine.run', 1)\n",
            "mock.patch(r'shop.engine.Engine.run', 1)\n",
        ),
        (
            'import pkgutil\npkgutil.resolve_name("shop.legacy.engine:OldEngine")\n',
            'import pkgutil\npkgutil.resolve_name("shop.engine:Engine")\n',
        ),
        (
            'def run(e: "list[shop.legacy.engine.OldEngine]") -> None: ...\n',
            'def run(e: "list[shop.engine.Engine]") -> None: ...\n',
        ),
    ],
)
def test_target_is_rewritten_inside_its_literal(old: str, new: str) -> None:
    assert mended(old) == new


@pytest.mark.parametrize(
    "source",
    [
        pytest.param('mock.patch("shop.legacy.engine.OldEngine.halt")\n', id="no such method"),
        pytest.param('mock.patch("shop.legacy" ".engine.plan")\n', id="two literals"),
        pytest.param('mock.patch("shop.legacy.eng\\x69ne.plan")\n', id="an escape"),
        pytest.param('mock.patch(f"shop.legacy.engine.plan.{x}")\n', id="an f-string"),
        pytest.param(
            'import importlib\nimportlib.import_module("shop.legacy.engine")\n',
            id="a module whose names change",
        ),
        pytest.param('import sys\nsys.modules["shop.legacy.engine"] = None\n', id="a place"),
    ],
)
def test_target_that_is_not_plain_is_left_alone(source: str) -> None:
    assert mended(source) is None


@pytest.mark.parametrize(
    ("call", "old", "is_mended"),
    [
        pytest.param("importlib.import_module", "x = 1\n", True, id="the same names"),
        pytest.param("pytest.importorskip", "import json\n", False, id="an import that is missing"),
        pytest.param("importlib.import_module", "_x = 1\n", False, id="a private name"),
        # It gives the first package of the name.
        pytest.param("__import__", "x = 1\n", False, id="a call that gives another module"),
    ],
)
def test_module_is_replaced_by_name_where_it_is_a_drop_in(
    call: str, old: str, is_mended: bool
) -> None:
    policy = (
        "version: 1\nconcepts:\n  a:\n    canonical: [new.core:x]\n"
        "    deprecated: {old: {use: new.core}}\n"
    )
    tree = {"old.py": old, "new/core.py": "x = 1\n"}

    (finding,) = review(tree, {**tree, "a.py": f'm = {call}("old")\n'}, policy=policy).findings

    made = f'm = {call}("new.core")\n' if is_mended else None
    assert (finding.suggestion and finding.suggestion.replacement) == made


@pytest.mark.parametrize(
    ("call", "new"),
    [
        ("Cart(1, metadata=2)", "Cart(1, notes=2)"),
        ("Cart(\n    metadata=2,  # why\n)", "Cart(\n    notes=2,  # why\n)"),
        ("Cart(metadata=2, notes=3)", None),
        ("Cart(metadata=2, **more)", None),
        ("Cart(*all, metadata=2)", None),
        ("shop.engine.pay(now=1)", None),
    ],
)
def test_argument_is_renamed_where_nothing_else_can_pass_it(call: str, new: str | None) -> None:
    start = "import shop.engine\nfrom shop.engine import Cart\n"

    assert mended(f"{start}{call}\n") == (new and f"{start}{new}\n")


def test_findings_on_one_line_share_their_suggestion() -> None:
    source = 'patch("shop.legacy.engine.plan"); patch("shop.legacy.engine.OldEngine")\n'

    assert mended(source) == 'patch("shop.engine.plan"); patch("shop.engine.Engine")\n'


def test_redirect_keeps_what_stands_above_the_code() -> None:
    source = (
        '#!/usr/bin/env python\n# (c) Ada\n"""Old."""\nimport json\n\n\ndef plan():\n    pass\n'
    )

    made = mended(source, OLD)

    assert isinstance(made, str)
    assert made.startswith('#!/usr/bin/env python\n# (c) Ada\n"""Old."""\n\nimport warnings\n')
    assert "from shop.engine import plan\n" in made
    assert "def plan" not in made


@pytest.mark.parametrize(
    "source",
    [
        pytest.param("def plan(): ...\ndef extra(): ...\n", id="more than the new module has"),
        pytest.param("def plan(): ...\nregister(plan)\n", id="does something when imported"),
        pytest.param("from json import *\ndef plan(): ...\n", id="a star"),
        pytest.param("def _plan(): ...\n", id="nothing public"),
        pytest.param("def plan(): ...\ndef __getattr__(name): ...\n", id="names that it makes up"),
    ],
)
def test_redirect_that_would_lose_something_is_not_offered(source: str) -> None:
    assert mended(source, OLD) is None


def test_redirect_of_what_the_canonical_module_imports_is_not_offered() -> None:
    engine = "from shop.legacy.engine import base\n\n\ndef plan(): ...\n"

    assert mended("def plan(): ...\n", OLD, shop__engine=engine) is None


@pytest.mark.parametrize(
    ("before", "after"),
    [
        (b"x = 1\r\nfrom shop.legacy.engine import plan\r\ny = 2\n", b"\r\ny = 2\n"),
        (b"\xef\xbb\xbffrom shop.legacy.engine import plan\n", b"\n"),
        (b"# coding: latin-1\n# \xe9\nfrom shop.legacy.engine import plan\n", b"\n"),
        (b"x = '\x0c'\nfrom shop.legacy.engine import plan", b""),
        (b"x = 1\rfrom shop.legacy.engine import plan\ry = 2", b"\ry = 2"),
    ],
    ids=["CRLF", "byte order mark", "coding", "no line end", "CR"],
)
def test_every_other_byte_stays(before: bytes, after: bytes) -> None:
    made = mended(before)

    assert made == before.replace(b"shop.legacy.engine", b"shop.engine")
    assert isinstance(made, bytes)
    assert made.endswith(b"plan" + after)


def test_split_statement_takes_the_line_ends_of_the_first() -> None:
    made = mended(b"x = 1\nfrom shop.legacy.engine import plan, extra\r\ny = 2\n")

    assert made == (
        b"x = 1\nfrom shop.engine import plan\r\nfrom shop.legacy.engine import extra\r\ny = 2\n"
    )


def test_deletion_leaves_no_line_behind() -> None:
    assert apply(b"a\nb\nc", [Suggestion(2, 2, "")]) == b"a\nc"


@pytest.mark.parametrize("content", [b"\xff", b"a\n", b"# coding: utf-7\n+AGEAYg-\n"])
def test_bytes_that_cannot_be_kept_are_refused(content: bytes) -> None:
    with pytest.raises(UneditableError):
        apply(content, [Suggestion(3, 3, "b\n")])


def test_only_so_many_suggestions_are_tried_and_that_is_said() -> None:
    source = "".join(f"def f{n}():\n    from shop.legacy.engine import plan\n" for n in range(101))

    offered = [finding.suggestion is not None for finding in findings(source)]

    assert offered == [True] * 100 + [False]
