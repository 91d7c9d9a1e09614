"""Repositories to check, made on the spot with real git."""

from __future__ import annotations

import os
import subprocess
from dataclasses import dataclass
from typing import TYPE_CHECKING

import pytest

if TYPE_CHECKING:
    from pathlib import Path

CONFIG = """\
version: 1
tests: ["tests/**"]
concepts:
  engine:
    canonical: ["shop.engine:Engine"]
    definitions: {classes: ["*Engine"]}
    deprecated:
      shop.legacy: {use: shop.engine}
"""
CONFIG_PATH = ".github/ssot.yml"
OLD_IMPORT = "from shop.legacy import Engine\n"

ENVIRONMENT = {
    "PATH": os.environ["PATH"],
    "GIT_CONFIG_GLOBAL": os.devnull,
    "GIT_CONFIG_NOSYSTEM": "1",
    "GIT_AUTHOR_NAME": "Ada",
    "GIT_AUTHOR_EMAIL": "ada@shop.example",
    "GIT_COMMITTER_NAME": "Ada",
    "GIT_COMMITTER_EMAIL": "ada@shop.example",
}


@dataclass(frozen=True)
class Repository:
    """A clone on disk, with what a person does to it."""

    folder: Path

    def git(self, *arguments: str) -> str:
        run = subprocess.run(
            ["git", *arguments],
            cwd=self.folder,
            env=ENVIRONMENT,
            capture_output=True,
            check=True,
            text=True,
        )
        return run.stdout.strip()

    def write(self, path: str | bytes, content: str | bytes) -> None:
        place = self.folder / os.fsdecode(path)
        place.parent.mkdir(parents=True, exist_ok=True)
        place.write_bytes(content.encode() if isinstance(content, str) else content)

    def commit(self) -> str:
        self.git("add", "--all")
        self.git("commit", "--quiet", "--allow-empty", "--message", "a change")
        return self.git("rev-parse", "HEAD")


@pytest.fixture
def unconfigured(tmp_path: Path) -> Repository:
    """A repository with one commit and no config."""
    folder = tmp_path / "clone"
    folder.mkdir()
    repository = Repository(folder)
    repository.git("init", "--quiet", "--initial-branch", "main")
    repository.write("shop/engine.py", "class Engine: ...\n")
    repository.write("shop/legacy.py", "class Engine: ...\n")
    repository.commit()
    return repository


@pytest.fixture
def repository(unconfigured: Repository) -> Repository:
    """A repository whose default branch holds a config; a topic branch is checked out."""
    unconfigured.write(CONFIG_PATH, CONFIG)
    unconfigured.commit()
    unconfigured.git("checkout", "--quiet", "-b", "topic")
    return unconfigured
