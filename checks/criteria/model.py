"""A criterion as frozen data; `str` gives its canonical text."""

from __future__ import annotations

import operator
import re
from dataclasses import dataclass
from enum import StrEnum
from typing import TYPE_CHECKING

from checks.stages import Stage

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    from checks.globs import NameGlob, PathGlob

Value = int | Stage | bool

# A pattern that holds anything else stands in quotes.
BARE = re.compile(r"""[^\s,()=<>"'`“”]+""")


class Operator(StrEnum):
    """How a measured value is compared."""

    EQUAL = "=="
    UNEQUAL = "!="
    LESS = "<"
    AT_MOST = "<="
    GREATER = ">"
    AT_LEAST = ">="


COMPARE: Mapping[Operator, Callable[[int, int], bool]] = {
    Operator.EQUAL: operator.eq,
    Operator.UNEQUAL: operator.ne,
    Operator.LESS: operator.lt,
    Operator.AT_MOST: operator.le,
    Operator.GREATER: operator.gt,
    Operator.AT_LEAST: operator.ge,
}


class Unit(StrEnum):
    """What is counted of findings: each of them, or the files that hold any."""

    COUNT = "count"
    FILES = "files"


@dataclass(frozen=True, slots=True)
class FindingsOf:
    """`count(…)` and `files(…)`: findings of one rule; `concept` is `""` when all are meant.

    `tests` tells whether those in test files count, too.
    """

    unit: Unit
    rule: str
    concept: str = ""
    path: PathGlob | None = None
    symbol: NameGlob | None = None
    tests: bool = True

    def __str__(self) -> str:
        filters = (
            self.concept and f"concept={self.concept}",
            self.path and f"path={_pattern(self.path)}",
            self.symbol and f"symbol={_pattern(self.symbol)}",
            "" if self.tests else "tests=no",
        )
        return f"{self.unit}({', '.join((self.rule, *(text for text in filters if text)))})"


@dataclass(frozen=True, slots=True)
class DefinitionsOf:
    """`definitions(…)`: all definitions that belong to a concept, homes included, tests not."""

    concept: str

    def __str__(self) -> str:
        return f"definitions({self.concept})"


@dataclass(frozen=True, slots=True)
class StageOf:
    """`stage(…)`: how far a deprecated module has come."""

    module: str

    def __str__(self) -> str:
        return f"stage({self.module})"


@dataclass(frozen=True, slots=True)
class Exists:
    """`exists(…)`: whether the tree has a file of such a path, ignored ones too."""

    path: PathGlob

    def __str__(self) -> str:
        return f"exists({_pattern(self.path)})"


Query = FindingsOf | DefinitionsOf | StageOf | Exists


@dataclass(frozen=True, slots=True)
class Criterion:
    """A query and what it must come to: a `Stage` of stages, a bool of `exists`, else a number."""

    query: Query
    operator: Operator
    value: Value

    def holds(self, measured: Value) -> bool:
        """Compare what the query came to."""
        return COMPARE[self.operator](_rank(measured), _rank(self.value))

    def __str__(self) -> str:
        value = str(self.value).lower() if isinstance(self.value, bool) else self.value
        return f"{self.query} {self.operator} {value}"


def _rank(value: Value) -> int:
    return list(Stage).index(value) if isinstance(value, Stage) else int(value)


def _pattern(glob: PathGlob | NameGlob) -> str:
    return glob.pattern if BARE.fullmatch(glob.pattern) else f'"{glob.pattern}"'
