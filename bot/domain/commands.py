"""The grammar of slash commands: a comment in, the calls that stand in it out.

    call    = "/ssot" , { blank , word } ;      at the very start of a line, to the end of that line
    word    = [ key , "=" ] , ( quoted | bare ) ;
    key     = letter , { letter | "-" } ;
    quoted  = '"' , { any character but '"' } , '"' ;   “ and ” as well: phones write them
    bare    = character that is no blank and no quote , { the same } ;

The first word is the command's name, in any case. A line is a call only where Markdown takes it
for text: not in a quote (nor in the paragraph that continues one), in code (fenced, indented or
inline), in HTML (nor between two of its tags, as in a folded part) or in an HTML comment. Line ends
may be LF, CRLF or CR. Of one comment the first ten calls within its first 20,000 characters count.
"""

from __future__ import annotations

import re
from collections import Counter
from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING

from bot.domain.unquoted import MAX_CHARACTERS, unquoted

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping

    from markdown_it.token import Token

PREFIX = "/ssot"
MAX_CALLS = 10

UNCLOSED = "a quotation mark opens or closes in the wrong place"
TWICE = "`{key}=` is there twice"

_LINE_END = re.compile(r"\r\n?")
# Some keyboards write a blank that does not break.
_HARD_BLANK = "\u00a0"
_CANDIDATE = re.compile(rf"^{PREFIX}(?=[ \t{_HARD_BLANK}]|$)", re.MULTILINE)
_WORD = re.compile(
    r"""[ \t]+(?:(?P<key>[A-Za-z][A-Za-z-]*)=)?
    (?: "(?P<straight>[^"]*)" | “(?P<curly>[^”]*)” | (?P<bare>[^\s"“”]+) )
    (?=[ \t]|$)""",
    re.VERBOSE,
)
# Two characters of private use stand for a candidate while Markdown is parsed: the mark, and one
# that tells which candidate it was.
_MARK = "\ue000"
_FIRST = 0xF0000
# What GitHub lets through and what has to be closed; other names in angle brackets are no HTML.
# https://github.com/gjtorikian/html-pipeline (sanitization filter)
# fmt: off
_ENCLOSING = frozenset({
    "a", "abbr", "b", "bdo", "blockquote", "center", "cite", "code", "del", "details", "dfn",
    "div", "dl", "em", "figure", "h1", "h2", "h3", "h4", "h5", "h6", "i", "ins", "kbd",
    "mark", "ol", "pre", "q", "ruby", "s", "samp", "small", "span", "strike", "strong", "sub",
    "summary", "sup", "table", "tt", "ul", "var",
})
# fmt: on
_NO_TAG = re.compile(r"<!--.*?(?:-->|\Z)", re.DOTALL)
_TAG = re.compile(r"<(/?)([a-z][a-z0-9]*)[^<>]*>", re.IGNORECASE)
_SOFT = frozenset({"softbreak", "hardbreak"})


@dataclass(frozen=True, slots=True)
class Call:
    """One line that calls a command: its name in lower case, what follows, the line itself.

    `problem` says in words why the line cannot be read; words and options are empty then.
    """

    name: str
    words: tuple[str, ...] = ()
    options: Mapping[str, str] = field(default_factory=dict)
    line: str = ""
    problem: str = ""


def parse(body: str) -> tuple[Call, ...]:
    """Find the calls in a comment that count, in their order."""
    return _parse(body)[:MAX_CALLS]


def has_more(body: str) -> bool:
    """Tell whether a comment holds calls that do not count: so many were made before them."""
    return len(_parse(body)) > MAX_CALLS


def once(calls: Iterable[Call]) -> tuple[Call, ...]:
    """Leave out what was called before in the same words."""
    kept: list[Call] = []
    for call in calls:
        if all(replace(call, line=one.line) != one for one in kept):
            kept.append(call)
    return tuple(kept)


def _parse(body: str) -> tuple[Call, ...]:
    text = _LINE_END.sub("\n", body).replace(_MARK, " ")
    if len(text) > MAX_CHARACTERS:
        text = text[: text.rfind("\n", 0, MAX_CHARACTERS) + 1]
    if not _CANDIDATE.search(text):
        return ()
    lines = text.split("\n")
    return tuple(_call(lines[number]) for number in sorted(_spoken(lines)))


def _spoken(lines: list[str]) -> frozenset[int]:
    """Tell which lines call a command where Markdown takes them for text."""
    marked = [
        line.replace(PREFIX, f"{_MARK}{chr(_FIRST + number)}", 1)
        if _CANDIDATE.match(line)
        else line
        for number, line in enumerate(lines)
    ]
    elements: Counter[str] = Counter()
    spoken: set[int] = set()
    for token in unquoted("\n".join(marked)):
        if token.type == "html_block":
            _enter(elements, token.content)
        spoken.update(_numbers(token, elements))
    return frozenset(spoken)


def _numbers(token: Token, elements: Counter[str]) -> Iterator[int]:
    """Yield the candidates that begin a line of text; inside code and HTML none is text."""
    starts = True
    for child in token.children or ():
        if child.type == "html_inline":
            _enter(elements, child.content)
        is_text = child.type == "text" and child.level == 0 and not elements.total()
        if starts and is_text and child.content[:1] == _MARK:
            yield ord(child.content[1]) - _FIRST
        starts = child.type in _SOFT


def _enter(elements: Counter[str], html: str) -> None:
    """Count the elements that a piece of HTML opens and closes."""
    for closes, name in _TAG.findall(_NO_TAG.sub("", html)):
        tag = name.lower()
        if tag in _ENCLOSING and not closes:
            elements[tag] += 1
        elif elements[tag]:
            elements[tag] -= 1


def _call(line: str) -> Call:
    words: list[str] = []
    options: dict[str, str] = {}
    try:
        for key, value in _pairs(line.removeprefix(PREFIX).replace(_HARD_BLANK, " ").rstrip()):
            if key in options:
                raise ValueError(TWICE.format(key=key))
            if key:
                options[key] = value
            else:
                words.append(value)
    except ValueError as error:
        return Call("".join(words[:1]).lower(), line=line, problem=str(error))
    return Call("".join(words[:1]).lower(), tuple(words[1:]), options, line)


def _pairs(text: str) -> Iterator[tuple[str, str]]:
    """Split into keys (`""` for a plain word) and values; ValueError at an open quotation mark."""
    at = 0
    while at < len(text):
        match = _WORD.match(text, at)
        if match is None:
            raise ValueError(UNCLOSED)
        at = match.end()
        value = next(filter(None, match.group("straight", "curly", "bare")), "")
        yield (match["key"] or "").lower(), value
