"""A file that Python refuses is dead code: nothing can import it, no test can run it."""

from __future__ import annotations

from typing import TYPE_CHECKING

from checks.model import Kind, Severity, Span
from checks.rule import Example, File, Flag, Tree, View

if TYPE_CHECKING:
    from collections.abc import Iterator

    from checks.config import Config

MESSAGE = "Python {judge} refuses this file: {error}"
OLDER_JUDGE = " The config names Python {target}, so this may be a false alarm."

VIEW = View.COMPILED
VALID = (
    Example("async def run(lock):\n    async with lock:\n        pass\n"),
    # What Python only warns of is no error.
    Example('PATTERN = "\\d"\n'),
)
INVALID = (
    Example("def run(:  # <-\n    pass\n"),
    # It parses, and is refused all the same.
    Example("def run(lock):\n    async with lock:  # <-\n        pass\n"),
    Example("return 1  # <-\n"),
    Example("if True:\nx = 1  # <-\n"),
)


def needles(_config: Config) -> frozenset[bytes]:
    """Ask for nothing: any file may be broken."""
    return frozenset()


def flags(file: File, _tree: Tree, config: Config) -> Iterator[Flag]:
    """Flag a file that does not compile, at the line that the compiler names."""
    compiled = file.compiled
    if compiled is None or compiled.error is None:
        return
    line = max(compiled.line or 1, 1)
    message = MESSAGE.format(judge=_version(compiled.python), error=compiled.error)
    is_older = config.python is not None and compiled.python < config.python
    weight = Severity.WARNING if is_older and not file.facts.broken else None
    if config.python is not None and weight is not None:
        message += OLDER_JUDGE.format(target=_version(config.python))
    yield Flag(
        Kind.FILE,
        file.path,
        "",
        Span(line, 1, line, 1),
        message,
        concept="",
        severity=weight,
    )


def _version(version: tuple[int, int]) -> str:
    return f"{version[0]}.{version[1]}"
