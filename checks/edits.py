"""What a rule wants changed in a file, as frozen data: where, and what shall stand there."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from checks.facts import Facts
    from checks.model import Span, Suggestion
    from checks.reading import Compiled


@dataclass(frozen=True, slots=True)
class Reimport:
    """The item of an import statement at `span` comes from somewhere else.

    `module` is written as after `from` (dots included); `name` is empty in a plain `import`. The
    name that the file knows it by stays. `members` is set when a module is imported whole: nothing
    but these may be taken from it anywhere in the file, or there is no edit.
    """

    span: Span
    module: str
    name: str = ""
    members: frozenset[str] | None = None


@dataclass(frozen=True, slots=True)
class Respell:
    """The plain string literal at `span` names something else: module, and what is taken from it.

    `is_annotation` tells that the literal may hold more than the name.
    """

    span: Span
    old: tuple[str, str]
    new: tuple[str, str]
    is_annotation: bool = False


@dataclass(frozen=True, slots=True)
class RenameArgument:
    """The argument whose name stands at `span` is passed by another name."""

    span: Span
    new: str


@dataclass(frozen=True, slots=True)
class Redirect:
    """The whole file hands on what `use` offers: pairs of the name there and the name here."""

    module: str
    use: str
    names: tuple[tuple[str, str], ...]


Edit = Reimport | Respell | RenameArgument | Redirect


@dataclass(frozen=True, slots=True)
class Draft:
    """A file's content, and what is to be tried on it."""

    content: bytes
    edits: tuple[Edit, ...]


@dataclass(frozen=True, slots=True)
class Attempt:
    """Some edits made together as one suggestion, and what the file says after it alone."""

    edits: tuple[Edit, ...]
    suggestion: Suggestion
    facts: Facts
    compiled: Compiled


@dataclass(frozen=True, slots=True)
class Attempts:
    """All that could be made of a draft; an edit that is in none of them is not certain."""

    made: tuple[Attempt, ...]
