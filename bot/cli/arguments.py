"""Flags that several commands take, and how their values are read."""

from __future__ import annotations

from argparse import ArgumentTypeError
from enum import StrEnum
from pathlib import Path
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from argparse import ArgumentParser

REPO_HELP = "a folder in the clone, which may be bare (default: the current one)"
BASE_HELP = "the branch to merge into (default: origin's default branch, else the local one)"

BAD_PORT = "{text!r} is not a port: write a number from 0 (any free port) to 65535"
MAX_PORT = 65535


class Format(StrEnum):
    """How what was counted is written; the first is the default."""

    TEXT = "text"
    JSON = "json"


def add_repo(parser: ArgumentParser, *, text: str = REPO_HELP) -> None:
    """Take `--repo DIR`, by default the present folder."""
    parser.add_argument("--repo", metavar="DIR", type=Path, default=Path(), help=text)


def add_config(parser: ArgumentParser, *, text: str) -> None:
    """Take `--config FILE`."""
    parser.add_argument("--config", metavar="FILE", type=Path, help=text)


def add_base(parser: ArgumentParser) -> None:
    """Take `--base REV`."""
    parser.add_argument("--base", metavar="REV", help=BASE_HELP)


def add_format(parser: ArgumentParser, formats: type[StrEnum] = Format) -> None:
    """Take `--format`, one of the words of `formats`."""
    words = [form.value for form in formats]
    parser.add_argument("--format", choices=words, default=words[0])


def port(text: str) -> int:
    """Read a TCP port; 0 is any free one."""
    if not (text.isascii() and text.isdigit() and int(text) <= MAX_PORT):
        raise ArgumentTypeError(BAD_PORT.format(text=text))
    return int(text)
