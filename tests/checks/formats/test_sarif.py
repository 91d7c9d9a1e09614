"""The SARIF log of `ssot check`, by the rules of the standard that readers rely on."""

from __future__ import annotations

import json
from dataclasses import replace
from typing import TYPE_CHECKING, Any
from urllib.parse import unquote_to_bytes, urljoin, urlsplit

import pytest

from checks.formats.sarif import render
from checks.model import Cause, Severity, Skipped, Suggestion
from checks.registry import rules
from tests.checks.formats.examples import CLEAN, FINDING, FULL

if TYPE_CHECKING:
    from checks.model import Analysis, Finding


def run(analysis: Analysis) -> dict[str, Any]:
    log = json.loads(render(analysis, version="1.2.3"))
    assert log["version"] == "2.1.0"
    [only] = log["runs"]
    assert isinstance(only, dict)
    return only


def result(finding: Finding) -> dict[str, Any]:
    [only] = run(replace(CLEAN, findings=(finding,)))["results"]
    assert isinstance(only, dict)
    return only


def test_clean_change_is_a_run_without_results() -> None:
    found = run(CLEAN)
    assert found["results"] == []
    assert found["invocations"] == [{"executionSuccessful": True, "toolExecutionNotifications": []}]
    assert found["columnKind"] == "unicodeCodePoints"


def test_every_rule_is_described_with_its_default_level() -> None:
    driver = run(CLEAN)["tool"]["driver"]
    assert (driver["name"], driver["version"]) == ("ssot", "1.2.3")
    assert [(rule["id"], rule["shortDescription"]["text"]) for rule in driver["rules"]] == [
        (rule.name, rule.reason) for rule in rules()
    ]
    defaults = {rule["id"]: rule["defaultConfiguration"] for rule in driver["rules"]}
    assert defaults["forbidden-import"] == {"level": "error"}
    assert defaults["backup-file"] == {"level": "warning"}


def test_result_says_rule_place_and_identity() -> None:
    found = result(FINDING)
    assert rules()[found["ruleIndex"]].name == found["ruleId"] == "forbidden-import"
    assert found["level"] == "error"
    assert found["message"] == {"text": FINDING.message}
    assert found["partialFingerprints"] == {"ssot/v1": "0123456789abcdef"}
    assert found["locations"] == [
        {
            "physicalLocation": {
                "artifactLocation": {"uri": "shop/cart.py", "uriBaseId": "%SRCROOT%"},
                "region": {"startLine": 3, "startColumn": 8, "endLine": 3, "endColumn": 26},
            }
        }
    ]


def test_rule_without_a_file_of_its_own_has_no_index() -> None:
    assert "ruleIndex" not in result(replace(FINDING, rule="config-error-of-tomorrow"))


def test_every_base_of_a_uri_is_defined() -> None:
    found = run(FULL)
    used = {
        location["physicalLocation"]["artifactLocation"]["uriBaseId"]
        for each in found["results"]
        for location in each["locations"]
    }
    assert used == found["originalUriBaseIds"].keys()


def test_status_is_told_as_baseline_state_and_suppression() -> None:
    results = run(FULL)["results"]
    assert [each["baselineState"] for each in results] == ["new", "updated", "new", "new"]
    assert [len(each["suppressions"]) for each in results] == [0, 0, 1, 0]
    assert results[2]["suppressions"][0]["status"] == "accepted"
    assert [each["level"] for each in results] == ["error", "note", "error", "warning"]


@pytest.mark.parametrize(
    ("suggestion", "region", "text"),
    [
        (
            Suggestion(3, 4, "import a\nimport b\n"),
            {"startLine": 3, "startColumn": 1, "endLine": 4},
            "import a\nimport b",
        ),
        (
            Suggestion(3, 3, ""),
            {"startLine": 3, "startColumn": 1, "endLine": 4, "endColumn": 1},
            "",
        ),
    ],
)
def test_suggestion_is_a_fix_of_whole_lines(
    suggestion: Suggestion, region: dict[str, int], text: str
) -> None:
    [fix] = result(replace(FINDING, suggestion=suggestion))["fixes"]
    [change] = fix["artifactChanges"]
    assert change["artifactLocation"]["uri"] == "shop/cart.py"
    assert change["replacements"] == [{"deletedRegion": region, "insertedContent": {"text": text}}]


def test_what_was_not_judged_is_a_notification_and_no_success() -> None:
    [invocation] = run(FULL)["invocations"]
    assert not invocation["executionSuccessful"]
    assert [
        (each["descriptor"]["id"], each["level"], each["message"]["text"])
        for each in invocation["toolExecutionNotifications"]
    ] == [
        ("unanalysed", "error", "larger than 20 MB"),
        ("crash", "error", "The rule failed, a bug in ssot: KeyError: 'x'"),
        ("note", "note", "import-cycle is not available yet"),
    ]


def test_notifications_are_described() -> None:
    found = run(FULL)
    described = {each["id"] for each in found["tool"]["driver"]["notifications"]}
    said = found["invocations"][0]["toolExecutionNotifications"]
    assert {each["descriptor"]["id"] for each in said} <= described


def test_symbolic_link_alone_is_a_success() -> None:
    linked = replace(CLEAN, skipped=(Skipped("a.py", "a symbolic link", Cause.NATURE),))
    assert run(linked)["invocations"][0]["executionSuccessful"]


@pytest.mark.parametrize(
    "path",
    [
        "a b/100%.py",
        "größe/😀.py",
        b"caf\xe9/\xff.py".decode(errors="surrogateescape"),
        "javascript:alert(1).py",
        "a?b#c.py",
        'quote"\n\\.py',
    ],
)
def test_odd_path_is_one_relative_uri_that_reads_back(path: str) -> None:
    location = result(replace(FINDING, path=path))["locations"][0]["physicalLocation"]
    uri = location["artifactLocation"]["uri"]
    parts = urlsplit(uri)
    assert (parts.scheme, parts.netloc, parts.query, parts.fragment) == ("", "", "", "")
    assert unquote_to_bytes(uri) == path.encode(errors="surrogateescape")
    assert urljoin("https://host/root/", uri) == f"https://host/root/{uri}"


def test_braces_of_a_message_are_no_placeholders() -> None:
    found = result(replace(FINDING, message="'{' was never closed"))
    assert found["message"]["text"] == "'{{' was never closed"


def test_log_is_ascii_that_strict_readers_take() -> None:
    odd = replace(FINDING, symbol="caf\udce9", message="\udcff", severity=Severity.NOTICE)
    text = render(replace(CLEAN, findings=(odd,)), version="1")
    assert text.isascii()
    assert r"caf\\xe9" in text
    assert r"\ud" not in text
