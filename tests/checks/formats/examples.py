"""Analyses to show."""

from __future__ import annotations

from dataclasses import replace
from datetime import date

from checks.model import (
    Acceptance,
    Analysis,
    Cause,
    Crash,
    Finding,
    Fixed,
    Kind,
    Severity,
    Skipped,
    Span,
    Status,
    Suggestion,
)

FINDING = Finding(
    rule="forbidden-import",
    severity=Severity.ERROR,
    status=Status.NEW,
    path="shop/cart.py",
    span=Span(3, 8, 3, 26),
    symbol="shop.legacy.engine",
    kind=Kind.IMPORT,
    message="'shop.legacy.engine' is deprecated: import 'shop.orders.engine'",
    fingerprint="0123456789abcdef",
    concept="order-engine",
    anchored=True,
    suggestion=Suggestion(3, 3, "import shop.orders.engine\n"),
)
WARNING = replace(
    FINDING,
    path="tests/test_cart.py",
    severity=Severity.WARNING,
    in_tests=True,
    suggestion=None,
    anchored=False,
)

CLEAN = Analysis(base="b" * 40, head="h" * 40, files_changed=3, files_analyzed=2)
FULL = replace(
    CLEAN,
    findings=(
        FINDING,
        replace(FINDING, span=Span(9, 1, 9, 2), status=Status.MOVED, severity=Severity.NOTICE),
        replace(
            FINDING,
            span=Span(11, 1, 11, 2),
            status=Status.WAIVED,
            accepted=Acceptance(date(2026, 12, 31), "leaves with the old checkout", "ada"),
        ),
        WARNING,
    ),
    fixed=(Fixed("forbidden-import", "shop/old.py", 7, "shop.legacy", Kind.FROM),),
    skipped=(Skipped("data.py", "larger than 20 MB", Cause.CHANGE),),
    crashes=(Crash("syntax-error", "a.py", "KeyError: 'x'"),),
    notes=("import-cycle is not available yet",),
)
