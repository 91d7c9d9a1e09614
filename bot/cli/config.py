"""Which config holds for a clone: a file that was named, the base's, or the working tree's."""

from __future__ import annotations

from typing import TYPE_CHECKING

from bot.domain.errors import UserError
from checks.config import CONFIG_PATH, Config, ConfigError, parse

if TYPE_CHECKING:
    from pathlib import Path

    from bot.git.clone import Clone

NO_CONFIG = (
    "no config: there is no {path} at {base} or in the working tree. Let `ssot init --write` "
    "propose one, or name a file with --config"
)
NO_CONFIG_IN_BARE = "no config: there is no {path} at {base}. Name a file with --config"
NO_FILE = "no config: there is no {path}. Let `ssot init --write` propose one"
BARE = "a bare repository has no working tree with {path}: name the file"
UNREADABLE = "cannot read {path}: {reason}"
INVALID = "{origin} is no valid config:"


def read_config(file: Path) -> Config:
    """Read the config that a person named; raises `UserError`."""
    return _parse(read(file), str(file))


def find_config(clone: Clone, tip: str, *, base: str) -> Config:
    """Read the config at commit `tip`, which `base` names, else on disk; raises `UserError`."""
    branch = base.removeprefix("refs/heads/").removeprefix("refs/remotes/")
    content = clone.ask(lambda objects: objects.file(tip, CONFIG_PATH))
    if content is not None:
        return _parse(content, f"{CONFIG_PATH} at {branch}")
    if clone.top is None:
        raise UserError(NO_CONFIG_IN_BARE.format(path=CONFIG_PATH, base=branch))
    file = clone.top / CONFIG_PATH
    if not file.is_file():
        raise UserError(NO_CONFIG.format(path=CONFIG_PATH, base=branch))
    return _parse(read(file), CONFIG_PATH)


def find_file(folder: Path) -> Path:
    """Return where the repository around `folder` has its config; raises `UserError` without one.

    The path is relative where the file lies below `folder`.
    """
    from bot.git.clone import Clone

    top = Clone.at(folder).top
    if top is None:
        raise UserError(BARE.format(path=CONFIG_PATH))
    file = top / CONFIG_PATH
    if not file.exists():
        raise UserError(NO_FILE.format(path=CONFIG_PATH))
    return file.relative_to(here) if file.is_relative_to(here := folder.resolve()) else file


def read(file: Path) -> bytes:
    """Read a config as it is; raises `UserError`."""
    try:
        return file.read_bytes()
    except OSError as error:
        raise UserError(UNREADABLE.format(path=file, reason=error.strerror)) from error


def _parse(content: bytes, origin: str) -> Config:
    try:
        return parse(content)
    except ConfigError as error:
        raise UserError(f"{INVALID.format(origin=origin)}\n{error}") from error
