"""The command line as a process: pipes, terminals, closed streams, and what is imported."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest

from bot.cli.entry import run
from tests.bot.cli.conftest import OLD_IMPORT, Repository

ROOT = Path(__file__).parents[3]


def check(repository: Repository, *flags: str) -> int:
    return run(["check", "--repo", str(repository.folder), *flags])


def as_process(repository: Repository, *python: str, **more: Any) -> subprocess.Popen[str]:
    return subprocess.Popen(
        [sys.executable, *python, "check", "--repo", str(repository.folder)],
        cwd=ROOT,
        env={"PATH": os.environ["PATH"]},
        text=True,
        **more,
    )


def test_module_can_be_run_and_is_plain_in_a_pipe(repository: Repository) -> None:
    repository.write("shop/cart.py", OLD_IMPORT)
    with as_process(repository, "-m", "bot", stdout=subprocess.PIPE) as process:
        output, _ = process.communicate()
    assert process.returncode == 1
    assert "error forbidden-import" in output
    assert "\x1b" not in output


def test_terminal_gets_colours(repository: Repository) -> None:
    repository.write("shop/cart.py", OLD_IMPORT)
    here, there = os.openpty()
    with as_process(repository, "-m", "bot", stdout=there) as process:
        os.close(there)
        output = os.read(here, 1 << 16)
        assert process.wait() == 1
    os.close(here)
    assert b"\x1b[1;31merror\x1b[0m" in output


def test_reader_that_goes_away_changes_no_exit_code(repository: Repository) -> None:
    repository.write("shop/cart.py", OLD_IMPORT)
    here, there = os.pipe()
    os.close(here)
    with as_process(repository, "-m", "bot", stdout=there, stderr=subprocess.PIPE) as process:
        os.close(there)
        _, complaints = process.communicate()
    assert process.returncode == 1
    assert complaints == ""


def test_closed_output_changes_no_exit_code(repository: Repository) -> None:
    repository.write("shop/cart.py", OLD_IMPORT)
    command = f"exec {sys.executable} -m bot check --repo {repository.folder} >&-"
    closed = subprocess.run(
        ["/bin/sh", "-c", command], cwd=ROOT, capture_output=True, check=False, text=True
    )
    assert (closed.returncode, closed.stderr) == (1, "")


def test_missing_git_is_answered_with_a_sentence(
    repository: Repository, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("PATH", str(repository.folder))
    assert check(repository) == 2
    assert capsys.readouterr().err == "ssot: git could not be run: install git 2.32 or newer\n"


def test_check_starts_without_what_only_the_service_or_a_fix_needs(
    repository: Repository,
) -> None:
    repository.write("shop/cart.py", "from shop.legacy import *\n")
    with as_process(
        repository, "-X", "importtime", "-m", "bot", stderr=subprocess.PIPE,
        stdout=subprocess.DEVNULL,
    ) as process:  # fmt: skip
        _, imports = process.communicate()
    names = {line.rpartition("|")[2].strip() for line in imports.splitlines()}
    assert "bot.git.clone" in names
    assert not names & {"asyncio", "aiohttp", "gidgethub", "libcst", "sqlite3", "jinja2"}


@pytest.mark.skipif(not Path("/dev/full").exists(), reason="this system has no /dev/full")
def test_full_disk_is_answered_with_a_sentence(repository: Repository) -> None:
    with (
        Path("/dev/full").open("w") as full,
        as_process(repository, "-m", "bot", stdout=full, stderr=subprocess.PIPE) as process,
    ):
        _, complaints = process.communicate()
    assert complaints == "ssot: the result cannot be written: No space left on device\n"
    assert process.returncode == 2
