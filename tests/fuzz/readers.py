"""The readers of what strangers write, each with all that it promises of any bytes."""

from __future__ import annotations

import pickle
from typing import TYPE_CHECKING

from bot.git.listing import parse_raw, parse_tree
from bot.git.patch import parse_patch
from bot.git.process import GitError
from checks.config import Config, ConfigError, parse
from checks.facts import Facts
from checks.reading import Compiled, Question, Unread, reply

if TYPE_CHECKING:
    from collections.abc import Callable

    from checks.model import Span


def read_facts(content: bytes) -> None:
    """Facts or a reason; what is found stands in the file, and can travel."""
    found = reply(Question.MODULE, content, frozenset())
    assert isinstance(found, Facts | Unread)
    assert pickle.loads(pickle.dumps(found)) == found
    if isinstance(found, Facts):
        lines = content.count(b"\n") + content.count(b"\r") + 1
        if b"coding" not in content:  # UTF-16 and its kin count otherwise
            assert all(span.end_line <= lines for span in _spans(found))
        assert all(
            (1, 1) <= (s.line, s.column) <= (s.end_line, s.end_column) for s in _spans(found)
        )
        assert all(all(reference.target) for reference in found.references)
        assert list(found.references) == sorted(found.references, key=lambda r: (r.span, r.target))


def compile_source(content: bytes) -> None:
    """A verdict, whatever the bytes are."""
    assert isinstance(reply(Question.COMPILED, content, frozenset()), Compiled)


def read_config(content: bytes) -> None:
    """A config, or problems with a place and a sentence."""
    try:
        assert isinstance(parse(content), Config)
    except ConfigError as error:
        assert error.problems
        assert all(p.line > 0 and p.column > 0 and p.message for p in error.problems)


def read_patch(content: bytes) -> None:
    """Hunks whose added lines lie in them, or an error of git."""
    try:
        patch = parse_patch(content)
    except GitError:
        return
    for hunk in (hunk for hunks in patch.values() for hunk in hunks):
        assert all(hunk.start <= line < hunk.start + hunk.length for line in hunk.added)


def read_listing(content: bytes) -> None:
    """Entries with a path each, or an error of git; a tree is never an error."""
    assert all(version.path for version in parse_tree(content))
    try:
        assert all(entry.path for entry in parse_raw(content))
    except GitError:
        return


READERS: tuple[Callable[[bytes], None], ...] = (
    read_facts,
    compile_source,
    read_config,
    read_patch,
    read_listing,
)


def _spans(facts: Facts) -> list[Span]:
    return [
        *(reference.span for reference in facts.references),
        *(definition.span for definition in facts.definitions),
        *(statement.span for statement in facts.statements),
    ]
