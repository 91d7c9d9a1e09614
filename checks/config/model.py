"""A config as the engine and the service read it: frozen, complete, ready to travel."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, TypeVar

from checks.model import Severity

if TYPE_CHECKING:
    from datetime import date

    from checks.config.schema import Infer, Mode
    from checks.globs import Globs, NameGlob, PathGlob

Value = TypeVar("Value")


@dataclass(frozen=True, slots=True)
class FrozenMap(Mapping[str, Value]):
    """A mapping that nobody changes, hashable and fit for other processes."""

    entries: tuple[tuple[str, Value], ...]
    _index: dict[str, Value] = field(init=False, repr=False, compare=False)

    def __post_init__(self) -> None:
        object.__setattr__(self, "_index", dict(self.entries))

    def __getitem__(self, key: str) -> Value:
        return self._index[key]

    def __iter__(self) -> Iterator[str]:
        return iter(self._index)

    def __len__(self) -> int:
        return len(self._index)


@dataclass(frozen=True, slots=True)
class Canonical:
    """The one home of a name."""

    module: str
    name: str


@dataclass(frozen=True, slots=True)
class Deprecated:
    """A module that gives way to `use`; `names` maps its names to other ones there."""

    module: str
    use: str
    names: FrozenMap[str]


@dataclass(frozen=True, slots=True)
class Argument:
    """An argument that calls of `call` must not pass; `use` is its replacement, `""` if none.

    A bare `call` is any import of that name, a dotted one is exact.
    """

    call: str
    argument: str
    use: str


@dataclass(frozen=True, slots=True)
class Concept:
    """One thing that must have one source."""

    name: str
    about: str
    docs: str
    issues: tuple[int, ...]
    canonical: tuple[Canonical, ...]
    classes: tuple[NameGlob, ...]
    functions: tuple[NameGlob, ...]
    deprecated: tuple[Deprecated, ...]
    arguments: tuple[Argument, ...]
    allow_in: Globs
    paths: Globs

    def reaches(self, path: str) -> bool:
        """Tell whether the file lies within `paths`, if there are any."""
        return not self.paths or self.paths.matches(path)

    def covers(self, path: str) -> bool:
        """Tell whether the concept holds in the file: within `paths`, if any, not `allow_in`."""
        return self.reaches(path) and not self.allow_in.matches(path)


@dataclass(frozen=True, slots=True)
class Waiver:
    """A finding that is accepted through the end of the day `until`, UTC.

    `symbol` is None when every symbol is meant; `line` is where the entry stands in the file.
    """

    rule: str
    path: PathGlob
    symbol: NameGlob | None
    until: date
    reason: str
    by: str
    line: int


@dataclass(frozen=True, slots=True)
class Bind:
    """The criterion `when` decides the one item of the issue that the pattern `item` fits."""

    issue: int
    item: str
    when: str


@dataclass(frozen=True, slots=True)
class Checklists:
    """How checklist items find their criteria."""

    infer: Infer
    bind: tuple[Bind, ...]


@dataclass(frozen=True, slots=True)
class Report:
    """What is said on a pull request, and how loudly."""

    mode: Mode
    max_comments: int
    suggestions: bool
    inline_waivers: bool


@dataclass(frozen=True, slots=True)
class Config:
    """A repository's config; concepts keep the order of the file, defaults are filled in.

    `python` is the target version, None when the file names none.
    """

    python: tuple[int, int] | None
    roots: tuple[str, ...]
    ignore: Globs
    tests: Globs
    concepts: tuple[Concept, ...]
    severities: FrozenMap[Severity]
    ignore_names: tuple[NameGlob, ...]
    backup_patterns: Globs
    waivers: tuple[Waiver, ...]
    checklists: Checklists
    report: Report

    def severity(self, rule: str) -> Severity:
        """Tell how much findings of the rule weigh; a rule that no config knows is an error."""
        return self.severities.get(rule, Severity.ERROR)
