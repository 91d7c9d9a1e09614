"""The JSON object of `ssot check`."""

from __future__ import annotations

import json
from dataclasses import replace
from typing import TYPE_CHECKING, Any

from checks.formats.json import render
from tests.checks.formats.examples import CLEAN, FINDING, FULL

if TYPE_CHECKING:
    from checks.model import Analysis


def report(analysis: Analysis, seconds: float = 0.5) -> dict[str, Any]:
    decoded: dict[str, Any] = json.loads(render(analysis, seconds=seconds))
    return decoded


def test_clean_change_has_every_key() -> None:
    assert report(CLEAN, seconds=0.12345) == {
        "schema": 1,
        "base": "b" * 40,
        "head": "h" * 40,
        "conclusion": "success",
        "findings": [],
        "fixed": [],
        "skipped": [],
        "crashes": [],
        "stats": {"files_changed": 3, "files_analyzed": 2, "seconds": 0.123},
    }


def test_finding_has_the_fields_of_the_contract_in_order() -> None:
    [finding, *_] = report(FULL)["findings"]
    assert list(finding.items()) == [
        ("rule", "forbidden-import"),
        ("severity", "error"),
        ("status", "new"),
        ("in_tests", False),
        ("path", "shop/cart.py"),
        ("line", 3),
        ("end_line", 3),
        ("column", 8),
        ("end_column", 26),
        ("symbol", "shop.legacy.engine"),
        ("kind", "import"),
        ("concept", "order-engine"),
        ("message", "'shop.legacy.engine' is deprecated: import 'shop.orders.engine'"),
        ("fingerprint", "0123456789abcdef"),
        ("anchored", True),
        (
            "suggestion",
            {"start_line": 3, "end_line": 3, "replacement": "import shop.orders.engine\n"},
        ),
    ]


def test_moved_and_waived_findings_stand_beside_the_new_ones() -> None:
    found = report(FULL)
    assert [each["status"] for each in found["findings"]] == ["new", "moved", "waived", "new"]
    assert found["findings"][-1]["suggestion"] is None
    assert found["conclusion"] == "failure"


def test_what_was_fixed_skipped_or_crashed_is_told() -> None:
    found = report(FULL)
    assert found["fixed"] == [
        {
            "rule": "forbidden-import",
            "path": "shop/old.py",
            "line": 7,
            "symbol": "shop.legacy",
            "kind": "from",
        }
    ]
    assert found["skipped"] == [{"path": "data.py", "reason": "larger than 20 MB"}]
    assert found["crashes"] == [{"rule": "syntax-error", "path": "a.py", "error": "KeyError: 'x'"}]


def test_path_that_is_not_utf8_gives_json_that_strict_readers_take() -> None:
    path = b"caf\xe9/\xff.py".decode(errors="surrogateescape")
    text = render(replace(CLEAN, findings=(replace(FINDING, path=path),)), seconds=0)
    assert text.isascii()
    assert json.loads(text)["findings"][0]["path"] == r"caf\xe9/\xff.py"


def test_other_letters_survive() -> None:
    [finding] = report(replace(CLEAN, findings=(replace(FINDING, path="größe/😀.py"),)))["findings"]
    assert finding["path"] == "größe/😀.py"
