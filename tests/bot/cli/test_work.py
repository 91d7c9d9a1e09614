"""A worker by itself is refused where it would have nothing to do, with a sentence."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from typing import TYPE_CHECKING

import pytest

from bot.cli.entry import run
from tests.bot.test_settings import APP

if TYPE_CHECKING:
    from pathlib import Path


@pytest.fixture(autouse=True)
def _data_folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("SSOT_DATA_DIR", str(tmp_path / "data"))
    monkeypatch.delenv("DATABASE_URL", raising=False)


def test_worker_on_sqlite_is_refused(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    for name, value in APP.items():
        monkeypatch.setenv(name, value)
    assert run(["work"]) == 2
    assert "Set DATABASE_URL to a PostgreSQL that all processes share" in capsys.readouterr().err


def test_worker_without_an_app_is_refused(capsys: pytest.CaptureFixture[str]) -> None:
    assert run(["work"]) == 2
    assert "give the worker the same GITHUB_APP_ID" in capsys.readouterr().err


def test_worker_whose_database_does_not_answer_says_so_and_not_the_password(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    database = {"DATABASE_URL": "postgresql://ssot:hunter2@127.0.0.1:1/ssot"}
    for name, value in {**APP, **database}.items():
        monkeypatch.setenv(name, value)
    assert run(["work"]) == 2
    complaint = capsys.readouterr().err
    assert "The PostgreSQL database cannot be used" in complaint
    assert "hunter2" not in complaint


def test_end_of_a_service_is_a_line_for_programs_where_they_read_its_log() -> None:
    done = subprocess.run(
        [sys.executable, "-m", "bot", "work"],
        env={**os.environ, **APP, "LOG_FORMAT": "json"},
        capture_output=True,
        check=False,
    )
    assert done.returncode == 2
    (line,) = done.stderr.splitlines()
    assert json.loads(line)["event"] == "service.unusable"
    assert "Set DATABASE_URL" in json.loads(line)["reason"]


def test_service_on_sqlite_loads_no_client_of_postgresql() -> None:
    program = "import sys, bot.app; print({'procrastinate', 'psycopg'} & set(sys.modules))"
    done = subprocess.run([sys.executable, "-c", program], capture_output=True, check=True)
    assert done.stdout == b"set()\n"
