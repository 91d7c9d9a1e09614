"""The lines of `ssot check`."""

from __future__ import annotations

from dataclasses import replace

from checks.formats.text import COLOURED, render
from checks.model import Cause, Skipped
from tests.checks.formats.examples import CLEAN, FINDING, FULL, WARNING


def test_clean_change_is_one_line() -> None:
    assert (
        render(CLEAN, seconds=0.126)
        == "nothing new, 2 files analysed in 0.13 s, compared with bbbbbbbbbbbb\n"
    )


def test_everything_that_matters_is_told_in_blocks() -> None:
    assert render(FULL, seconds=1) == (
        "shop/cart.py:3:8: error forbidden-import 'shop.legacy.engine' is deprecated: import "
        "'shop.orders.engine'\n\n"
        "In tests:\n"
        "tests/test_cart.py:3:8: warning forbidden-import 'shop.legacy.engine' is deprecated: "
        "import 'shop.orders.engine'\n\n"
        "Waived:\n"
        "shop/cart.py:11:1: error forbidden-import 'shop.legacy.engine' is deprecated: import "
        "'shop.orders.engine' (until 2026-12-31, by ada: leaves with the old checkout)\n\n"
        "Not analysed:\n"
        "data.py: larger than 20 MB\n\n"
        "Failed, a bug in ssot:\n"
        "syntax-error on a.py: KeyError: 'x'\n\n"
        "import-cycle is not available yet\n\n"
        "1 error and 1 warning new in 2 files, 1 moved, 1 waived, 1 fixed, 1 file not analysed, 2 "
        "files analysed in 1.00 s, compared with bbbbbbbbbbbb\n"
    )


def test_counts_have_plurals() -> None:
    analysis = replace(
        CLEAN,
        findings=(FINDING, FINDING, WARNING),
        skipped=(Skipped("a", "a symbolic link", Cause.NATURE),) * 2,
        files_analyzed=1200,
    )
    *_, summary = render(analysis, seconds=2).splitlines()
    assert summary == (
        "2 errors and 1 warning new in 2 files, 2 files not analysed, "
        "1,200 files analysed in 2.00 s, compared with bbbbbbbbbbbb"
    )


def test_path_cannot_break_a_line_or_steer_the_terminal() -> None:
    path = b"a\nb\x1b[31m\xff\xe2\x80\xae.py".decode(errors="surrogateescape")
    text = render(replace(CLEAN, findings=(replace(FINDING, path=path),)), seconds=0)
    assert text.startswith(r"a\nb\x1b[31m\xff\u202e.py:3:8: error")


def test_message_and_error_cannot_break_a_line() -> None:
    finding = replace(FINDING, message="one\ntwo\u2028three\x9b")
    text = render(replace(CLEAN, findings=(finding,)), seconds=0)
    assert r"one\ntwo\u2028three\x9b" in text


def test_colours_mark_severity_only_where_wanted() -> None:
    assert "\x1b[1;31merror\x1b[0m" in render(FULL, seconds=1, palette=COLOURED)
    assert "\x1b" not in render(FULL, seconds=1)
