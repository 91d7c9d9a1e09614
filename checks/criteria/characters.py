"""What may stand in a criterion at all, whatever it says, and the error that tells."""

from __future__ import annotations

import unicodedata

from checks.formats.visible import UNSEEN, spell_unseen

# A body of GitHub takes 65,536 characters, and an issue has up to a hundred criteria.
MAX_CHARACTERS = 500

TOO_LONG = f"a criterion has at most {MAX_CHARACTERS} characters: write a shorter pattern"
EMPTY = "the criterion is empty: write one, for example 'count(forbidden-import) == 0'"
UNSEEN_CHARACTER = "{character} is invisible: remove it; in a pattern write '?' instead"
NO_BLANK = "{character} is not a plain space: write one"
DASHES = "'--' would end the HTML comment around the criterion: in a pattern write '-?'"

LINE = "\t\r\n"


class CriterionError(ValueError):
    """A text that is no criterion: `position` counts characters from 1, `problem` is a sentence."""

    def __init__(self, position: int, problem: str) -> None:
        super().__init__(position, problem)  # the arguments are what it is unpickled from
        self.position = position
        self.problem = problem

    def __str__(self) -> str:
        """Say it in one line."""
        return f"character {self.position}: {self.problem}"


def reject_characters(text: str) -> None:
    """Raise for a text that is empty, too long, or deceives the eye or the HTML around it."""
    if not text.strip():
        raise CriterionError(1, EMPTY)
    if len(text) > MAX_CHARACTERS:
        raise CriterionError(MAX_CHARACTERS + 1, TOO_LONG)
    for position, character in enumerate(text, start=1):
        name = spell_unseen(character)
        if unicodedata.category(character) in UNSEEN and character not in LINE:
            raise CriterionError(position, UNSEEN_CHARACTER.format(character=name))
        if character.isspace() and character not in (" ", *LINE):
            name = f"U+{ord(character):04X}"
            raise CriterionError(position, NO_BLANK.format(character=name))
    if "--" in text:
        raise CriterionError(text.index("--") + 1, DASHES)
