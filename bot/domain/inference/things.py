"""What items speak of: the things that the config or the tree knows."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from checks.config import Argument, Concept, Deprecated


@dataclass(frozen=True, slots=True)
class Module:
    """A deprecated module; `path` is where it stands in the tree, `""` when it is gone."""

    concept: Concept
    deprecated: Deprecated
    path: str


@dataclass(frozen=True, slots=True)
class Home:
    """A canonical module (`name` is `""`), or what is canonical in it."""

    concept: Concept
    module: str
    name: str = ""


@dataclass(frozen=True, slots=True)
class Name:
    """A class that belongs to a concept and is not its canonical one."""

    concept: Concept
    name: str


@dataclass(frozen=True, slots=True)
class Retired:
    """An argument that was retired."""

    concept: Concept
    argument: Argument


@dataclass(frozen=True, slots=True)
class Use:
    """What is passed in place of a retired argument, or the call that takes it."""

    text: str


@dataclass(frozen=True, slots=True)
class Whole:
    """A concept by its name."""

    concept: Concept


@dataclass(frozen=True, slots=True)
class File:
    """A file of the tree."""

    path: str


@dataclass(frozen=True, slots=True)
class Folder:
    """A folder of the tree, without a slash at its end."""

    path: str


@dataclass(frozen=True, slots=True)
class Strange:
    """Something that cannot be told: `reason` says why."""

    reason: str


Thing = Module | Home | Name | Retired | Use | Whole | File | Folder | Strange
