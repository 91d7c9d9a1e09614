"""`ssot config`: mistakes by place, and the schema for editors."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING

from bot.cli.entry import run
from tests.bot.cli.conftest import CONFIG_PATH, Repository

if TYPE_CHECKING:
    from pathlib import Path

    import pytest


def test_valid_config_is_ok(
    repository: Repository, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.chdir(repository.folder / "shop")
    assert run(["config", "check"]) == 0
    assert capsys.readouterr().out == "ok\n"


def test_every_mistake_is_told_by_path_line_and_column(
    repository: Repository, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    repository.write(CONFIG_PATH, "version: 2\nrule: {}\n")
    monkeypatch.chdir(repository.folder)
    assert run(["config", "check"]) == 2
    assert capsys.readouterr().out == (
        ".github/ssot.yml:1:10: version: write 1\n"
        ".github/ssot.yml:2:1: rule: 'rule' is unknown: did you mean 'rules'?\n"
    )


def test_named_file_is_checked_outside_of_any_repository(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    (tmp_path / "a.yml").write_text("")
    assert run(["config", "check", str(tmp_path / "a.yml")]) == 2
    assert capsys.readouterr().out.startswith(f"{tmp_path}/a.yml:1:1: the file is empty")


def test_missing_file_is_answered_with_a_sentence(
    unconfigured: Repository, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.chdir(unconfigured.folder)
    assert run(["config", "check"]) == 2
    assert capsys.readouterr().err == (
        "ssot: no config: there is no .github/ssot.yml; `ssot init --write` proposes one\n"
    )


def test_bare_clone_is_answered_with_a_sentence(
    repository: Repository,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
) -> None:
    repository.git("clone", "--quiet", "--bare", ".", str(tmp_path / "bare.git"))
    monkeypatch.chdir(tmp_path / "bare.git")
    assert run(["config", "check"]) == 2
    assert "name the file" in capsys.readouterr().err


def test_schema_names_the_keys_of_the_file(capsys: pytest.CaptureFixture[str]) -> None:
    assert run(["config", "schema"]) == 0
    schema = json.loads(capsys.readouterr().out)
    assert schema["$schema"].startswith("https://json-schema.org/draft/2020-12/")
    assert {"version", "roots", "concepts", "rules", "waivers"} <= schema["properties"].keys()
    assert schema["required"] == ["version"]
