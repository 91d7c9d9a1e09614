"""What the explain page shows, as data."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from markupsafe import Markup


@dataclass(frozen=True, slots=True)
class Badge:
    """A word that stands for a state, and the class that colours it."""

    word: str
    look: str


@dataclass(frozen=True, slots=True)
class Place:
    """A line of a file, and where GitHub shows it."""

    path: str
    line: int
    url: str


@dataclass(frozen=True, slots=True)
class SourceLine:
    """One line of an excerpt; of a line that it is about, `flagged` stands between the others."""

    number: int
    before: str
    flagged: str = ""
    after: str = ""
    is_flagged: bool = False


@dataclass(frozen=True, slots=True)
class Excerpt:
    """Some lines around a place; none where they could not be read."""

    place: Place
    lines: tuple[SourceLine, ...]


@dataclass(frozen=True, slots=True)
class Card:
    """A finding with all that it rests on."""

    id: str
    rule: str
    severity: Badge
    message: Markup
    concept: str
    about: str
    in_tests: bool
    source: Excerpt
    why: tuple[Markup, ...]
    at_base: tuple[Place, ...]
    origin: Excerpt | None
    replacement: str


@dataclass(frozen=True, slots=True)
class Group:
    """Findings of one status."""

    id: str
    title: str
    sentence: str
    cards: tuple[Card, ...]


@dataclass(frozen=True, slots=True)
class RuleRow:
    """What a rule says of the change."""

    name: str
    reason: Markup
    severity: Badge
    verdict: Badge
    counts: str


@dataclass(frozen=True, slots=True)
class Trace:
    """All occurrences of one identity in a changed file, at both ends."""

    rule: str
    symbol: str
    path: str
    base_path: str
    at_base: tuple[tuple[Place, str], ...]
    at_head: tuple[tuple[Place, str], ...]


@dataclass(frozen=True, slots=True)
class StepRow:
    """A line of the order in which a verdict is decided."""

    conclusion: str
    words: Markup
    says: Badge | None


@dataclass(frozen=True, slots=True)
class Setting:
    """A setting that is in force, and where its value comes from (`url` is `""` for a default)."""

    key: str
    value: str
    origin: str
    url: str


@dataclass(frozen=True, slots=True)
class Item:
    """A file or command, and what is to be said about it."""

    name: str
    text: Markup
    badge: Badge | None = None


@dataclass(frozen=True, slots=True)
class Page:
    """The whole page."""

    repository: str
    number: int
    title: str
    url: str
    state: Badge
    verdict: Badge
    headline: str
    decided: Markup
    notices: tuple[Markup, ...]
    groups: tuple[Group, ...]
    skipped: tuple[Item, ...]
    crashes: tuple[Item, ...]
    fixed: tuple[tuple[str, Place, str], ...]
    waivers: tuple[Item, ...]
    lapsed: tuple[Item, ...]
    twins: tuple[tuple[int, str, str], ...]
    notes: tuple[Markup, ...]
    steps: tuple[StepRow, ...]
    rules: tuple[RuleRow, ...]
    traces: tuple[Trace, ...]
    hidden_traces: int
    settings: tuple[Setting, ...]
    config_from: Markup
    said: tuple[Markup, ...]
    base: str
    head: str
    files: str
