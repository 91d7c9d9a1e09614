"""Check what a change adds, just as the check on a pull request does.

Compares the working tree, or the commit HEAD, with the point where it left the base.
"""

from __future__ import annotations

import os
import time
from dataclasses import replace
from enum import StrEnum
from pathlib import Path
from typing import TYPE_CHECKING

from bot import __version__
from bot.cli import terminal
from bot.cli.arguments import add_base, add_config, add_format, add_repo
from bot.cli.exits import exit_of

if TYPE_CHECKING:
    import argparse

    from checks.model import Analysis

HEAD_HELP = "the commit to check (default: the working tree)"
CONFIG_HELP = "the config to use (default: the one at the base, else in the working tree)"

NO_HEAD = "a bare repository has no working tree: name a commit with --head"
FIXABLE = "{count:,} can be fixed: `ssot fix` shows how, `ssot fix --write` does it\n"
# Where ssot runs without the App, nobody answers a comment.
NEXT = (
    "Change these lines and push. `ssot explain RULE` tells why, and how to accept a finding for a "
    "while.\n"
)
NO_SUMMARY = "the summary of the workflow run cannot be written: {reason}"

# https://docs.github.com/actions/reference/workflow-commands-for-github-actions#adding-a-job-summary
STEP_SUMMARY = "GITHUB_STEP_SUMMARY"


class Format(StrEnum):
    """How the result is written; the first is the default."""

    TEXT = "text"
    JSON = "json"
    SARIF = "sarif"
    GITHUB = "github"


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Declare the flags of `ssot check`."""
    add_repo(parser)
    add_base(parser)
    parser.add_argument("--head", metavar="REV", help=HEAD_HELP)
    add_config(parser, text=CONFIG_HELP)
    add_format(parser, Format)


def run(arguments: argparse.Namespace) -> int:
    """Show the analysis of the change, and judge it by the exit code."""
    started = time.perf_counter()
    analysis = run_check(
        arguments.repo, base=arguments.base, head=arguments.head, config_file=arguments.config
    )
    seconds = time.perf_counter() - started
    form = Format(arguments.format)
    terminal.show(_render(analysis, form, seconds=seconds))
    if form is Format.TEXT and arguments.head is None:
        _point_to_fixes(analysis)
    if form is Format.GITHUB:
        _add_to_step_summary(analysis)
    return exit_of(analysis)


def run_check(
    repo: Path, *, base: str | None, head: str | None, config_file: Path | None
) -> Analysis:
    """Analyse a change of a local clone; raises `UserError` and `GitError`.

    The comparison starts at the merge base of `base` and `head`; the config is read at `base`.
    """
    # Only here: other commands, and `--help`, start without the engine.
    from bot.cli.config import find_config, read_config
    from bot.cli.local import read_locally
    from bot.domain.errors import UserError
    from bot.git.analysis import analyse
    from bot.git.clone import WORKING_TREE, Clone

    clone = Clone.at(repo)
    if head is None and clone.top is None:
        raise UserError(NO_HEAD)
    branch = clone.default_base() if base is None else base
    tip = clone.resolve(branch)
    config = read_config(config_file) if config_file else find_config(clone, tip, base=branch)
    commit = clone.resolve("HEAD" if head is None else head)
    start = clone.merge_base(tip, commit)
    if head is not None:
        return analyse(clone, start, commit, config=config, reader=read_locally)
    with clone.working_tree() as (files, tree):
        analysis = analyse(files, start, tree, config=config, reader=read_locally)
    return replace(analysis, head=WORKING_TREE)


def _render(analysis: Analysis, form: Format, *, seconds: float) -> str:
    # Only here: each format loads what it alone needs.
    match form:
        case Format.JSON:
            from checks.formats import json

            return json.render(analysis, seconds=seconds)
        case Format.SARIF:
            from checks.formats import sarif

            return sarif.render(analysis, version=__version__)
        case Format.GITHUB:
            from checks.formats import github

            return github.render(analysis, seconds=seconds)
        case Format.TEXT:
            from checks.formats import text

            palette = text.COLOURED if terminal.wants_colour() else text.PLAIN
            return text.render(analysis, seconds=seconds, palette=palette)


def _point_to_fixes(analysis: Analysis) -> None:
    if count := sum(finding.suggestion is not None for finding in analysis.new):
        terminal.show(FIXABLE.format(count=count))


def _add_to_step_summary(analysis: Analysis) -> None:
    """Append the summary to the page of the workflow run, where GitHub Actions asks for one.

    That the page cannot be written changes no verdict.
    """
    if place := os.environ.get(STEP_SUMMARY):
        from bot.domain.summary import summarise

        text = f"## SSOT\n\n{summarise(analysis, advice=NEXT)}\n"
        try:
            with Path(place).open("a", encoding="utf-8", errors="backslashreplace") as file:
                file.write(text)
        except OSError as error:
            terminal.complain(NO_SUMMARY.format(reason=error.strerror))
