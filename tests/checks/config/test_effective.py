"""Each setting in force says where its value comes from."""

from __future__ import annotations

import pytest

from checks.config import ConfigError
from checks.config.effective import effective

TEXT = """\
version: 1
concepts:
  engine:
    canonical: ["shop.engine:Engine"]
    deprecated:
      shop.old: {use: shop.engine}
rules:
  import-cycle: warning
  backup-file:
    patterns: ["*.old"]
waivers:
  - rule: forbidden-import
    path: "shop/**"
    until: 2026-12-31
    reason: leaves with v2
"""


def origins(text: str) -> dict[str, tuple[str, int]]:
    return {one.key: (one.value, one.line) for one in effective(text)}


def test_value_of_the_file_has_its_line_and_a_default_has_none() -> None:
    found = origins(TEXT)

    assert found["concepts.engine.canonical"] == ("shop.engine:Engine", 4)
    assert found['concepts.engine.deprecated."shop.old".use'] == ("shop.engine", 6)
    assert found["waivers[0].until"] == ("2026-12-31", 14)
    assert found["report.max-comments"] == ("20", 0)
    assert found["report.suggestions"] == ("true", 0)


def test_severity_alone_stands_at_the_line_of_its_rule() -> None:
    found = origins(TEXT)

    assert found["rules.import-cycle.severity"] == ("warning", 8)
    assert found["rules.backup-file.severity"] == ("warning", 0)
    assert found["rules.backup-file.patterns"] == ("*.old", 10)


def test_what_has_no_value_is_left_out() -> None:
    assert not {"python", "ignore", "concepts.engine.about"} & origins(TEXT).keys()


def test_config_that_cannot_be_read_is_refused_as_ever() -> None:
    with pytest.raises(ConfigError):
        effective("version: [")
