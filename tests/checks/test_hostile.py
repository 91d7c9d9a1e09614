"""Hostile and odd files: each ends in a finding or a reason why there is none, never in silence."""

from __future__ import annotations

import codecs

import pytest

from checks.model import Cause, Conclusion
from tests.checks.inquiries import review

IMPORT = "from shop.legacy.engine import OldEngine\n"


def verdict(content: bytes) -> tuple[list[str], list[str]]:
    analysis = review({}, {"a.py": content})
    assert analysis.crashes == ()
    return sorted({f.rule for f in analysis.findings}), [s.reason for s in analysis.skipped]


def nested(opening: str, closing: str, depth: int = 1_000) -> str:
    return f"{opening * depth}1{closing * depth}\n"


def indented(line: str, depth: int) -> str:
    return "".join(f"{' ' * n}{line}\n" for n in range(depth)) + f"{' ' * depth}pass\n"


@pytest.mark.parametrize(
    "source",
    [
        pytest.param("x = " + nested("(", ")"), id="parentheses"),
        pytest.param("x = " + nested("[", "]"), id="lists"),
        pytest.param("x = " + nested("{1: ", "}"), id="dicts"),
        pytest.param("x = " + nested("-", ""), id="signs"),
        pytest.param("x = " + nested("not ", ""), id="nots"),
        pytest.param("x = " + nested("lambda: ", ""), id="lambdas"),
        pytest.param("x = " + nested("f'{", "}'"), id="f-strings"),
        pytest.param("x = " + nested("1 if a else ", ""), id="ternaries"),
        pytest.param("x = " + "'a' + " * 5_000 + "'b'\n", id="concatenation"),
        pytest.param("__import__(" + "'a' + " * 5_000 + "'b')\n", id="named concatenation"),
        pytest.param("import a\na" + ".b" * 5_000 + "\n", id="attributes"),
        pytest.param("a" + ".b()" * 2_000 + "\n", id="calls"),
        pytest.param("a" + "[0]" * 5_000 + "\n", id="subscripts"),
        pytest.param("@a.b\n" * 2_000 + "def f(): ...\n", id="decorators"),
        pytest.param(indented("def f():", 1_000), id="functions"),
        pytest.param(indented("class A:", 1_000), id="classes"),
        pytest.param(indented("if x:", 1_000), id="blocks"),
        pytest.param("x: " + "list[" * 500 + "int" + "]" * 500 + "\n", id="annotations"),
        pytest.param("match x:\n case " + nested("[", "]: pass", 1).rstrip() + "\n", id="pattern"),
        pytest.param("<<<<<<< ours\nx = 1\n=======\nx = 2\n>>>>>>> theirs\n", id="conflict"),
        pytest.param("x = (\n" * 2_000, id="never closed"),
        pytest.param("def (:\n" * 2_000, id="errors"),
        pytest.param("x = '" + "a" * 400_000 + "'\n", id="long line"),
        pytest.param("\f\f\n\f", id="form feeds"),
        pytest.param("x = 1\0\n", id="nul"),
    ],
)
def test_import_beside_odd_text_is_found(source: str) -> None:
    rules, reasons = verdict((IMPORT + source).encode())

    assert "forbidden-import" in rules
    assert reasons == []


@pytest.mark.parametrize(
    "content",
    [
        pytest.param(codecs.BOM_UTF8 + IMPORT.encode(), id="mark"),
        pytest.param(IMPORT.replace("\n", "\r").encode(), id="old mac"),
        pytest.param(f"x = 1\r\ny = 2\r{IMPORT}".encode(), id="mixed"),
        pytest.param(
            b"#!/bin/python\n# vim: set fileencoding=latin-1 :\nx = '\xe4'\n" + IMPORT.encode(),
            id="line 2",
        ),
        pytest.param(b"# coding: utf8\n" + IMPORT.encode(), id="spelling"),
        pytest.param(b"# coding: utf-7\n" + IMPORT.encode("utf-7"), id="utf-7"),
        pytest.param(b"# coding: cp1252\nx = '\x80'\n" + IMPORT.encode(), id="cp1252"),
    ],
)
def test_import_is_found_in_any_encoding(content: bytes) -> None:
    assert "forbidden-import" in verdict(content)[0]


@pytest.mark.parametrize(
    "content",
    [
        pytest.param(b"# coding: utf-8\nx = '\xe4'\n", id="lying cookie"),
        pytest.param(b"# coding: ascii\nx = '\xc3\xa4'\n", id="lying ascii"),
        pytest.param(codecs.BOM_UTF8 + b"# coding: latin-1\n", id="mark against cookie"),
        pytest.param(b"# coding: rot13\nsebz fubc vzcbeg k\n", id="rot13"),
        pytest.param(b"# coding: base64\naW1wb3J0IGE=\n", id="base64"),
        pytest.param(b"# coding: utf-16\nx = 1\n", id="utf-16"),
        pytest.param("import a\n".encode("utf-16"), id="utf-16 without a word"),
        pytest.param(b"# coding: klingon\n", id="unknown"),
        pytest.param(b"# coding: undefined\n", id="undefined"),
        pytest.param(b"# coding: utf-7\n+AAA", id="broken utf-7"),
        pytest.param(b"# coding: idna\nx\n" + b"a" * 5_000, id="idna"),
    ],
)
def test_undecodable_file_is_never_passed_over(content: bytes) -> None:
    content += IMPORT.encode()
    analysis = review({}, {"a.py": content})

    assert analysis.crashes == ()
    assert analysis.findings or [item.cause for item in analysis.skipped] == [Cause.CHANGE]
    assert analysis.conclusion is Conclusion.FAILURE
