"""YAML text to plain values that remember where they stood.

The subset is what a config needs: one document of mappings, lists and YAML 1.2 core scalars
(https://yaml.org/spec/1.2.2/#103-core-schema), so `off`, `no` and dates are text. Events are read
instead of PyYAML's nodes, because nodes forget anchors and their making recurses without bound.
"""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Protocol

import yaml

from checks.config.problems import ConfigError, KeyPath, Problem, key_text

if TYPE_CHECKING:
    from collections.abc import Iterator

MAX_BYTES = 64 * 1024
MAX_DEPTH = 16  # the deepest place of a valid config is 5

TOO_LARGE = "the file is larger than 64 kB: shorten it"
NOT_UTF8 = "this byte is not UTF-8: save the file as UTF-8"
NOT_PRINTABLE = "YAML does not allow the character U+{code:04X}: remove it"
OTHER_BREAK = "only some programs take the character U+{code:04X} as a line break: remove it"
EMPTY = "the file is empty: begin with 'version: 1'"
NOT_A_MAPPING = "the file must consist of keys with values: begin with 'version: 1'"
SECOND_DOCUMENT = "a second document begins here: remove the '---' line"
TOO_DEEP = "nested too deeply: no key of a config is that deep"
SYNTAX = "this is not YAML: {problem}"
TAB = "YAML cannot be indented with tabs: write spaces"
ALIAS = (
    "YAML aliases are not supported: put a pattern that begins with '*' in quotes, write other "
    "values out"
)
ANCHOR = "YAML anchors are not supported: remove '&{anchor}'"
TAG = "YAML tags are not supported: remove '{tag}', or put text that begins with '!' in quotes"
COMPLEX_KEY = "a key must be plain text: put a key that begins with '[' or '{' in quotes"
DUPLICATE = "'{key}' is already in line {line}: merge the two"
SURROGATE = "half a surrogate pair is not a character: remove it"

# PyYAML ends a line there, as YAML 1.1 does; YAML 1.2 does not, nor does git.
OTHER_BREAKS = re.compile("[\x85\u2028\u2029]")
CORE_TAGS = "tag:yaml.org,2002:"  # what `!!` stands for

Scalar = str | int | float | bool | None
Value = Scalar | list["Value"] | dict[str, "Value"]

NULL = re.compile(r"null|Null|NULL|~|")
BOOL = re.compile(r"true|True|TRUE|false|False|FALSE")
# Eighteen digits fit 64 bits: what is longer becomes a float, and no number of a config is one.
INT = re.compile(r"[-+]?[0-9]{1,18}")
OCTAL = re.compile(r"0o[0-7]{1,18}")
HEX = re.compile(r"0x[0-9a-fA-F]{1,15}")
FLOAT = re.compile(r"[-+]?(\.[0-9]+|[0-9]+(\.[0-9]*)?)([eE][-+]?[0-9]+)?")


@dataclass(frozen=True, slots=True, order=True)
class Mark:
    """A place in the file: 1-based line and column in code points."""

    line: int
    column: int


@dataclass(frozen=True, slots=True)
class Document:
    """The file's values, where keys and values stood, and what YAML allows but configs do not."""

    value: dict[str, Value]
    keys: dict[KeyPath, Mark]
    values: dict[KeyPath, Mark]
    problems: tuple[Problem, ...]

    def mark_of_key(self, path: KeyPath) -> Mark:
        """Find the key itself, or else the nearest place above it that stands in the file."""
        return self.keys.get(path) or self.mark_of_value(path)

    def mark_of_value(self, path: KeyPath) -> Mark:
        """Find the value of a key, or else the nearest place above it that stands in the file."""
        while path not in self.values:
            path = path[:-1]
        return self.values[path]


def read(text: bytes | str) -> Document:
    """Read one YAML document; raise ConfigError when nothing can be read from the text."""
    source = _decode(text)
    try:
        return _build(source)
    except yaml.reader.ReaderError as error:
        message = NOT_PRINTABLE.format(code=error.character)
        raise _failure(_mark_at(source, error.position), message) from None
    except yaml.MarkedYAMLError as error:
        raise _syntax_failure(error) from None


def _decode(text: bytes | str) -> str:
    raw = text.encode(errors="surrogatepass") if isinstance(text, str) else text
    if len(raw) > MAX_BYTES:
        raise _failure(Mark(1, 1), TOO_LARGE)
    try:
        source = raw.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        before = raw[: error.start].decode("utf-8-sig")
        raise _failure(_mark_at(before, len(before)), NOT_UTF8) from None
    if found := OTHER_BREAKS.search(source):
        message = OTHER_BREAK.format(code=ord(found[0]))
        raise _failure(_mark_at(source, found.start()), message)
    return source


def _build(source: str) -> Document:
    events = yaml.parse(source, Loader=yaml.SafeLoader)
    next(events)  # the start of the stream
    if not isinstance(next(events), yaml.DocumentStartEvent):
        raise _failure(Mark(1, 1), EMPTY)
    builder = _Builder(events)
    value = builder.build(next(events), ())
    next(events)  # the end of the document
    following = next(events)
    if isinstance(following, yaml.DocumentStartEvent):
        raise _failure(_mark(following.start_mark), SECOND_DOCUMENT)
    if value is None and not builder.problems:
        raise _failure(Mark(1, 1), EMPTY)
    if not isinstance(value, dict):
        raise _failure(builder.values[()], NOT_A_MAPPING)
    return Document(value, builder.keys, builder.values, tuple(builder.problems))


class _Place(Protocol):
    @property
    def line(self) -> int: ...
    @property
    def column(self) -> int: ...


@dataclass(slots=True)
class _Builder:
    events: Iterator[yaml.Event]
    keys: dict[KeyPath, Mark] = field(default_factory=dict)
    values: dict[KeyPath, Mark] = field(default_factory=dict)
    problems: list[Problem] = field(default_factory=list)

    def build(self, event: yaml.Event, path: KeyPath) -> Value:
        """Make the value that begins with the event, consuming its events."""
        mark = self.values[path] = _mark(event.start_mark)
        if len(path) > MAX_DEPTH:
            raise _failure(mark, TOO_DEEP)
        self._reject_decoration(event, path)
        match event:
            case yaml.SequenceStartEvent():
                return self._build_list(path)
            case yaml.MappingStartEvent():
                return self._build_mapping(path)
            case yaml.ScalarEvent():
                _reject_surrogates(event)
                return _resolve(event.value) if event.implicit[0] else str(event.value)
        return None

    def _build_list(self, path: KeyPath) -> list[Value]:
        items: list[Value] = []
        while not isinstance(event := next(self.events), yaml.SequenceEndEvent):
            items.append(self.build(event, (*path, len(items))))
        return items

    def _build_mapping(self, path: KeyPath) -> dict[str, Value]:
        mapping: dict[str, Value] = {}
        while not isinstance(event := next(self.events), yaml.MappingEndEvent):
            if not isinstance(event, yaml.ScalarEvent):
                self._discard_entry(event, path)
                continue
            # A key is its text: what YAML would make of `on`, `1` or `null` names nothing here.
            key = str(event.value)
            here = (*path, key)
            self._reject_decoration(event, here)
            _reject_surrogates(event)
            if key in mapping:
                message = DUPLICATE.format(key=key, line=self.keys[here].line)
                self._report(_mark(event.start_mark), here, message)
            self.keys[here] = _mark(event.start_mark)
            mapping[key] = self.build(next(self.events), here)
        return mapping

    def _discard_entry(self, event: yaml.Event, path: KeyPath) -> None:
        kept = self.values[path]
        self._report(_mark(event.start_mark), path, COMPLEX_KEY)
        self.build(event, path)
        self.build(next(self.events), path)
        self.values[path] = kept

    def _reject_decoration(self, event: yaml.Event, path: KeyPath) -> None:
        mark = _mark(event.start_mark)
        if isinstance(event, yaml.AliasEvent):
            self._report(mark, path, ALIAS)
        elif anchor := getattr(event, "anchor", None):
            self._report(mark, path, ANCHOR.format(anchor=anchor))
        if tag := getattr(event, "tag", None):
            self._report(mark, path, TAG.format(tag=tag.replace(CORE_TAGS, "!!")))

    def _report(self, mark: Mark, path: KeyPath, message: str) -> None:
        self.problems.append(Problem(mark.line, mark.column, key_text(path), message))


def _reject_surrogates(event: yaml.ScalarEvent) -> None:
    # Only an escape such as "\ud800" makes one; JSON, and so the schema, cannot hold it.
    if any("\ud800" <= character <= "\udfff" for character in event.value):
        raise _failure(_mark(event.start_mark), SURROGATE)


def _resolve(text: str) -> Scalar:
    if NULL.fullmatch(text):
        return None
    if BOOL.fullmatch(text):
        return text.lower() == "true"
    if INT.fullmatch(text):
        return int(text)
    if OCTAL.fullmatch(text) or HEX.fullmatch(text):
        return int(text, 0)
    return float(text) if FLOAT.fullmatch(text) else text


def _syntax_failure(error: yaml.MarkedYAMLError) -> ConfigError:
    if error.context == "while scanning an alias":
        return _failure(_mark(error.context_mark), ALIAS)
    problem = error.problem or ""
    message = TAB if "\\t" in problem else SYNTAX.format(problem=problem)
    return _failure(_mark(error.problem_mark), message)


def _failure(mark: Mark, message: str) -> ConfigError:
    return ConfigError((Problem(mark.line, mark.column, "", message),))


def _mark(place: _Place | None) -> Mark:
    # The two parsers of PyYAML allow events without a place; the one used here makes none.
    return Mark(place.line + 1, place.column + 1) if place else Mark(1, 1)


def _mark_at(text: str, position: int) -> Mark:
    before = text[:position]
    return Mark(before.count("\n") + 1, position - (before.rfind("\n") + 1) + 1)
