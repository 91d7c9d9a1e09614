"""Finds the thing that a name means: the config knows it, or the tree has it, and only once."""

from __future__ import annotations

import re
from collections import defaultdict
from typing import TYPE_CHECKING

from bot.domain.inference.things import (
    File,
    Folder,
    Home,
    Module,
    Name,
    Retired,
    Strange,
    Thing,
    Use,
)
from checks.modules import Roots

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from checks.config import Concept, Config, Deprecated

UNKNOWN = "it names '{text}', which is neither in the config nor in the tree"
SEVERAL = "'{text}' can mean {things}"
A_WORD = "'{text}' may be an ordinary word: write the path or the dotted name"
AND_MORE = "{things} and {count} more"

_IDENTIFIER = re.compile(r"[A-Za-z_]\w*", re.ASCII)
_DOTTED = re.compile(r"[A-Za-z_]\w*(?:\.[A-Za-z_]\w*)+", re.ASCII)
_PATH = re.compile(r"[\w./@+-]+")
_INNER_CAPITAL = re.compile(r"[a-z0-9][A-Z]")
_CALL = re.compile(r"(?P<call>[\w.]+)\((?P<argument>\w+)=?\)", re.ASCII)
_SHOWN = 3


class Knowledge:
    """The names of a config, and the paths of a tree."""

    def __init__(self, config: Config, paths: Iterable[str]) -> None:
        self.config = config
        self._roots = Roots(config.roots)
        self._files: dict[str, list[str]] = defaultdict(list)
        self._paths = frozenset(paths)
        for path in sorted(self._paths):
            self._files[path.rpartition("/")[2]].append(path)
        self._folders: set[str] = set()
        for path in self._paths:
            while (path := path.rpartition("/")[0]) and path not in self._folders:
                self._folders.add(path)

    def named(self, text: str, *, is_code: bool) -> Thing | None:
        """Tell what a word or a code span names; None for a plain word that names nothing."""
        if "/" in text or text.endswith((".py", ".pyi")):
            return self._at(text) if _PATH.fullmatch(text) else _strange(text, is_code=is_code)
        if called := _CALL.fullmatch(text):
            return self._argument(called["argument"], call=called["call"])
        bare = text.removesuffix("=")
        if _DOTTED.fullmatch(bare):
            return self._dotted(bare) or self._at(bare, is_certain=is_code)
        if not _IDENTIFIER.fullmatch(bare):
            return _strange(text, is_code=is_code)
        if not is_code:
            return self._class(bare) if _INNER_CAPITAL.search(bare) else None
        return self._class(bare) or self._identifier(bare) or Strange(UNKNOWN.format(text=text))

    def path_of(self, deprecated: Deprecated) -> str:
        """Return where a deprecated module stands, `""` when it is gone."""
        places = self._roots.paths_of(deprecated.module)
        return next((place for place in places if place in self._paths), "")

    def _identifier(self, text: str) -> Thing | None:
        """Read a code span of one word: an argument, or the last name of a module."""
        if argument := self._argument(text):
            return argument
        modules = [one for one in self._modules() if _last(one.deprecated.module) == text]
        homes = [
            Home(concept, canonical.module)
            for concept in self.config.concepts
            for canonical in concept.canonical
            if _last(canonical.module) == text
        ]
        found = _only(text, [*modules, *dict.fromkeys(homes)])
        return Strange(A_WORD.format(text=text)) if found and "_" not in text else found

    def _argument(self, text: str, *, call: str = "") -> Thing | None:
        entries = [(c, entry) for c in self.config.concepts for entry in c.arguments]
        found = [
            Retired(concept, entry)
            for concept, entry in entries
            if entry.argument == text and call in ("", entry.call, _last(entry.call))
        ]
        if not found and any(text in (e.use, e.call, _last(e.call)) for _, e in entries):
            return Use(text)
        return _only(text, found)

    def _class(self, text: str) -> Thing | None:
        homes = [
            Home(concept, canonical.module, text)
            for concept in self.config.concepts
            for canonical in concept.canonical
            if canonical.name == text
        ]
        names = [Name(concept, text) for concept in self.config.concepts if _owns(concept, text)]
        return _only(text, homes or names)

    def _dotted(self, text: str) -> Thing | None:
        """Read a dotted module, or a name in one; the beginning may be left out."""
        modules = [m for m in self._modules() if _ends(m.deprecated.module, text, ".")]
        homes = [
            Home(concept, canonical.module)
            for concept in self.config.concepts
            for canonical in concept.canonical
            if _ends(canonical.module, text, ".")
            or _ends(f"{canonical.module}.{canonical.name}", text, ".")
        ]
        return _only(text, [*modules, *dict.fromkeys(homes)])

    def _at(self, text: str, *, is_certain: bool = True) -> Thing | None:
        """Read a path; the folders that it begins with may be left out, but not ambiguously."""
        path = text.removeprefix("./").strip("/")
        named, below = self._files.get(path.rpartition("/")[2], ()), f"/{path}"
        exact = [path] if path in self._paths else [one for one in named if one.endswith(below)]
        fits = str.__eq__ if path in self._paths else _ends_path
        modules = [m for m in self._modules() if any(fits(p, path) for p in self._of(m))]
        own = {place for module in modules for place in self._of(module)}
        others = [p for p in exact if p not in own]
        if modules and "/" in path:  # what the config speaks of is meant, not a copy elsewhere
            others = [p for p in others if isinstance(self._file(p), Home)]
        if len(modules) + len(others) > 1:  # a name as usual as __init__.py stands for thousands
            told = [*map(_told, modules), *(f"'{other}'" for other in others[:_SHOWN])]
            return _several(text, told, count=len(modules) + len(others))
        if modules or others:
            return modules[0] if modules else self._file(others[0])
        if path in self._folders:
            return Folder(path)
        return Strange(UNKNOWN.format(text=text)) if is_certain else None

    def _file(self, path: str) -> Thing:
        module = self._roots.module_of(path)
        for concept in self.config.concepts:
            if any(canonical.module == module for canonical in concept.canonical):
                return Home(concept, module or "")
        return File(path)

    def _modules(self) -> list[Module]:
        return [
            Module(concept, deprecated, self.path_of(deprecated))
            for concept in self.config.concepts
            for deprecated in concept.deprecated
        ]

    def _of(self, module: Module) -> Sequence[str]:
        """List where a module stands, or may have stood."""
        return (module.path,) if module.path else self._roots.paths_of(module.deprecated.module)


def describe(thing: Thing) -> str:
    """Name a thing as the config or the tree does."""
    match thing:
        case Module(deprecated=deprecated):
            return deprecated.module
        case Home(module=module, name=name):
            return name or module
        case File(path=text) | Folder(path=text) | Name(name=text) | Use(text=text):
            return text
        case Retired(argument=entry):
            return f"{entry.call}({entry.argument})"
        case _:
            return ""


def _owns(concept: Concept, text: str) -> bool:
    old = any(text in deprecated.names for deprecated in concept.deprecated)
    return old or any(glob.matches(text) for glob in concept.classes)


def _only(text: str, found: Sequence[Thing]) -> Thing | None:
    if len(found) < 2:
        return found[0] if found else None
    return _several(text, [_told(one) for one in found], count=len(found))


def _several(text: str, told: Sequence[str], *, count: int) -> Strange:
    shown, rest = ", ".join(told[:_SHOWN]), count - _SHOWN
    things = AND_MORE.format(things=shown, count=rest) if rest > 0 else shown
    return Strange(SEVERAL.format(text=text, things=things))


def _told(thing: Thing) -> str:
    if isinstance(thing, Name):
        return f"'{thing.name}' of '{thing.concept.name}'"
    return f"'{describe(thing)}'"


def _strange(text: str, *, is_code: bool) -> Thing | None:
    return Strange(UNKNOWN.format(text=text)) if is_code else None


def _ends(whole: str, text: str, separator: str) -> bool:
    return whole == text or whole.endswith(f"{separator}{text}")


def _ends_path(whole: str, path: str) -> bool:
    return _ends(whole, path, "/")


def _last(dotted: str) -> str:
    return dotted.rpartition(".")[2]
