"""`ssot init` on real clones: a config to begin with, never over one that stands."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path
from typing import TYPE_CHECKING

from bot.cli.entry import run
from checks.config import parse
from tests.bot.cli.conftest import CONFIG, CONFIG_PATH, Repository

if TYPE_CHECKING:
    import pytest

    from checks.config import Config

ROOT = Path(__file__).parents[3]


def init(repository: Repository, *flags: str) -> int:
    return run(["init", "--repo", str(repository.folder), *flags])


def proposed(repository: Repository, capsys: pytest.CaptureFixture[str]) -> Config:
    assert init(repository) == 0
    return parse(capsys.readouterr().out)


def test_class_that_is_defined_twice_is_proposed(
    unconfigured: Repository, capsys: pytest.CaptureFixture[str]
) -> None:
    unconfigured.write("shop/cart.py", "from shop.legacy import Engine\n")
    [concept] = proposed(unconfigured, capsys).concepts
    assert concept.name == "engine"
    assert concept.canonical[0].module == "shop.legacy"
    assert not (unconfigured.folder / CONFIG_PATH).exists()


def test_bare_clone_is_read_at_its_head(
    unconfigured: Repository, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    unconfigured.git("clone", "--quiet", "--bare", ".", str(tmp_path / "bare.git"))
    bare = Repository(tmp_path / "bare.git")
    assert [concept.name for concept in proposed(bare, capsys).concepts] == ["engine"]


def test_files_that_cannot_be_read_hinder_no_other(
    unconfigured: Repository, capsys: pytest.CaptureFixture[str]
) -> None:
    for number in range(3):
        source = f"from shop.engine import Engine  # {number}\n"
        unconfigured.write(f"shop/user_{number}.py", source)
    unconfigured.write("shop/huge.py", "x = 1\n" * 200_000)
    unconfigured.write("shop/broken.py", b"# coding: nonsense\n")
    assert init(unconfigured) == 0
    assert "# imported from here by 3 files\n" in capsys.readouterr().out


def test_written_config_is_the_proposal_and_can_be_checked_by(
    unconfigured: Repository, capsys: pytest.CaptureFixture[str]
) -> None:
    assert init(unconfigured) == 0
    shown = capsys.readouterr().out
    assert init(unconfigured, "--write") == 0
    assert (unconfigured.folder / CONFIG_PATH).read_text() == shown
    assert f"{CONFIG_PATH}: read it" in capsys.readouterr().out
    assert run(["check", "--repo", str(unconfigured.folder)]) == 0


def test_config_that_stands_is_never_overwritten(
    repository: Repository, capsys: pytest.CaptureFixture[str]
) -> None:
    assert init(repository, "--write") == 2
    assert "exists and was not overwritten" in capsys.readouterr().err
    assert (repository.folder / CONFIG_PATH).read_text() == CONFIG


def test_dangling_link_is_not_written_through(
    unconfigured: Repository, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    (unconfigured.folder / ".github").mkdir()
    (unconfigured.folder / CONFIG_PATH).symlink_to(tmp_path / "elsewhere.yml")
    assert init(unconfigured, "--write") == 2
    assert "cannot write" in capsys.readouterr().err
    assert not (tmp_path / "elsewhere.yml").exists()


def test_bare_clone_cannot_be_written_to(
    unconfigured: Repository, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    unconfigured.git("clone", "--quiet", "--bare", ".", str(tmp_path / "bare.git"))
    assert init(Repository(tmp_path / "bare.git"), "--write") == 2
    assert "leave out --write" in capsys.readouterr().err


def test_empty_repository_gets_a_config_to_begin_with(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    empty = Repository(tmp_path)
    empty.git("init", "--quiet")
    assert proposed(empty, capsys).concepts == ()


def test_progress_is_shown_on_a_terminal_only(unconfigured: Repository) -> None:
    command = [sys.executable, "-m", "bot", "init", "--repo", str(unconfigured.folder)]
    environment = {"PATH": os.environ["PATH"]}
    quiet = subprocess.run(command, cwd=ROOT, env=environment, capture_output=True, check=True)
    assert quiet.stderr == b""
    here, there = os.openpty()
    with subprocess.Popen(
        command, cwd=ROOT, env=environment, stdout=subprocess.DEVNULL, stderr=there
    ) as process:
        os.close(there)
        shown = os.read(here, 1 << 16)
        assert process.wait() == 0
    os.close(here)
    assert b"reading files: 0 of 1" in shown
