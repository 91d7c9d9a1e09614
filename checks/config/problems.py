"""What is wrong with a config file, where, and what to write instead."""

from __future__ import annotations

from dataclasses import dataclass
from difflib import get_close_matches
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Sequence

KeyPath = tuple[str | int, ...]

CLOSEST = "'{word}' is unknown: did you mean '{closest}'?"
CHOICES = "'{word}' is unknown: {known}"
ONE_OF = "write one of {known}"
ONLY = "write {known}"
# A config may have hundreds of concepts and modules.
SHOWN_WORDS = 20


@dataclass(frozen=True, slots=True, order=True)
class Problem:
    """One thing to mend: 1-based line and column (code points), key path, and a sentence.

    `key` reads like `concepts.engine.canonical[0]`; it is empty for the file as a whole.
    """

    line: int
    column: int
    key: str
    message: str

    def __str__(self) -> str:
        """Say it in one line, without the name of the file."""
        key = f"{self.key}: " if self.key else ""
        return f"line {self.line}, column {self.column}: {key}{self.message}"


class ConfigError(Exception):
    """A config that cannot be used: `problems` are all that were found, in file order."""

    def __init__(self, problems: tuple[Problem, ...]) -> None:
        super().__init__(problems)  # the arguments are what an exception is unpickled from
        self.problems = problems

    def __str__(self) -> str:
        """Say every problem, one a line."""
        return "\n".join(map(str, self.problems))


def key_text(path: KeyPath) -> str:
    """Write a key path for a person; a key with dots of its own stands in quotes."""
    text = ""
    for part in path:
        if isinstance(part, int):
            text += f"[{part}]"
        else:
            text += ("." if text else "") + (f'"{part}"' if "." in part else part)
    return text


def unknown_word(word: str, known: Sequence[str]) -> str:
    """Say that a word is not known, and which one is meant or which ones there are."""
    closest = get_close_matches(word, known, n=1)
    if closest:
        return CLOSEST.format(word=word, closest=closest[0])
    return CHOICES.format(word=word, known=choice_of(known))


def choice_of(known: Sequence[str]) -> str:
    """Say which words there are to write."""
    shown = [*known[:SHOWN_WORDS], *(["…"] if len(known) > SHOWN_WORDS else [])]
    return (ONE_OF if len(known) > 1 else ONLY).format(known=", ".join(shown))
