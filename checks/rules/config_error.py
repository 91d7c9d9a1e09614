"""Once it is merged, a config that cannot be read stops the check of every change."""

from __future__ import annotations

from typing import TYPE_CHECKING

from checks.config import CONFIG_PATH, ConfigError
from checks.model import Kind, Span
from checks.rule import POLICY, Example, File, Flag, Tree, View

if TYPE_CHECKING:
    from collections.abc import Iterator

    from checks.config import Config

MESSAGE = "{problem} (The config of the base branch still applies.)"
KEYED = "`{key}`: {message}"

VIEW = View.CONFIG
VALID = (
    Example(POLICY, path=CONFIG_PATH),
    # Any other file may say what it likes.
    Example("version: 2\n", path="deploy/ssot.yml"),
)
INVALID = (
    Example("version: 2  # <-\n", path=CONFIG_PATH),
    Example("version: 1\nconcept: {}  # <-\nignored: []  # <-\n", path=CONFIG_PATH),
    Example("version: 1\nrules: {forbiden-import: error}  # <-\n", path=CONFIG_PATH),
    Example(
        "version: 1\nconcepts:\n  engine:\n    canonical: [shop.engine:Engine]\n"
        "    deprecated: {shop.engine: {use: shop.engines}}  # <-\n",
        path=CONFIG_PATH,
    ),
    Example("# <-", path=CONFIG_PATH),
)


def needles(_config: Config) -> frozenset[bytes]:
    """Ask for nothing: the path decides."""
    return frozenset()


def flags(file: File, _tree: Tree, _config: Config) -> Iterator[Flag]:
    """Flag every problem of a config, where it stands."""
    for problem in file.policy.problems if isinstance(file.policy, ConfigError) else ():
        said = KEYED.format(key=problem.key, message=problem.message) if problem.key else ""
        message = MESSAGE.format(problem=said or problem.message)
        span = Span(problem.line, problem.column, problem.line, problem.column)
        yield Flag(Kind.FILE, problem.key or file.path, problem.key, span, message, concept="")
