"""The only doors through which foreign text (paths, symbols, reasons) enters Markdown."""

from __future__ import annotations

import re
import unicodedata
from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Sequence

MORE = "\n{count} more are not shown.\n"
# GitHub refuses a body over 65,536 characters; bytes are the safe side of that.
MAX_BODY_BYTES = 60_000
# Long enough for any honest path; one symbol must not push a comment over GitHub's limit.
CODE_LIMIT = 300

_HIDDEN = frozenset({"Cc", "Cf", "Cs", "Co", "Cn", "Zl", "Zp"})
_BYTE = range(0xDC80, 0xDD00)  # a byte that was no UTF-8, as `surrogateescape` carries it
_QUOTED = re.compile(r"`([^`]*)`")
# Nothing that GitHub links, mentions or formats fits this: a short word, a number, punctuation.
_PLAIN = re.compile(
    r"[(\"']{0,2}(?:[^\W\d_]{1,30}(?:['-][^\W\d_]{1,30})*|\d{1,6})[.,;:!?)\"']{0,3}"
    r"|[.,;:!?)\"']{1,3}"
)
_COMMIT = re.compile(r"[0-9a-f]{7,40}")
_NUMBER_WITH_DOT = re.compile(r"\d+[.)]")  # opens a list at the start of a line
_LINK = re.compile(r"https?://[\w.~:/?#@!$&*+,;=%-]+", re.ASCII)

_MARKER = re.compile(r"<!-- ssot:(finding|like|fixed|unsettled)=([0-9A-Za-z/_-]+) -->")
_HEADER = re.compile(rf"\A(?:{_MARKER.pattern}\r?\n)+")


@dataclass(frozen=True, slots=True)
class Markers:
    """What a text of ours says about itself, hidden at its start.

    `like` is `rule/kind/symbol digest` of the findings it speaks of, `fixed_in` the commit that
    removed them; both empty when absent. `unsettled` says that GitHub did not fold or unfold the
    comment for a passing reason, and must be asked again.
    """

    fingerprints: tuple[str, ...] = ()
    like: str = ""
    fixed_in: str = ""
    unsettled: bool = False


def visible(text: str) -> str:
    """Show what hides (control and bidi characters, line breaks, broken bytes) as escapes."""
    return "".join(_escape(character) for character in text)


def code(text: str) -> str:
    """Render foreign text as one code span: no mention, link, marker or HTML gets out of it."""
    shown = clip(visible(text), CODE_LIMIT).replace("<!--", "<! --")
    if not shown.strip():
        shown = "(empty)"
    fence = "`" * (_longest_run(shown) + 1)
    padding = " " if shown.startswith("`") or shown.endswith("`") else ""
    return f"{fence}{padding}{shown}{padding}{fence}"


def cell(text: str) -> str:
    """Render foreign text as a code span in a table."""
    return in_cell(code(text))


def in_cell(rendered: str) -> str:
    """Put what is rendered already into a table, where a bar begins the next cell."""
    return rendered.replace("|", r"\|")


def listed(rows: Sequence[str], *, limit: int) -> str:
    """Join the rows of a list or a table; of those beyond `limit` only the count is told."""
    more = MORE.format(count=len(rows) - limit) if len(rows) > limit else ""
    return "".join(rows[:limit]) + more


def prose(text: str) -> str:
    """Render a foreign sentence: plain words stay, everything else becomes code spans."""
    parts = _QUOTED.split(text)
    rendered = [
        code(part) if index % 2 else _words(part) for index, part in enumerate(parts) if part
    ]
    return _joined(rendered).strip()


def link(label: str, *, url: str) -> str:
    """Link our own `label` to a configured address; one that is odd is shown, not linked."""
    return f"[{label}](<{url}>)" if _LINK.fullmatch(url) else f"{label}: {code(url)}"


def suggestion(replacement: str) -> str:
    """Render whole lines as GitHub's suggestion; an empty replacement deletes the lines."""
    return fenced(replacement, "suggestion")


def fenced(text: str, language: str) -> str:
    """Render text as a block of code; nothing in it can end the block."""
    fence = "`" * max(3, _longest_run(text) + 1)
    ending = "" if not text or text.endswith("\n") else "\n"
    return f"{fence}{language}\n{text}{ending}{fence}"


def cut(text: str, limit_bytes: int, *, notice: str) -> str:
    """Keep whole lines of `text` up to `limit_bytes` of UTF-8; `notice` ends what was cut."""
    raw = text.encode()
    if len(raw) <= limit_bytes:
        return text
    kept = raw[: limit_bytes - len(notice.encode())].decode(errors="ignore")
    return kept[: kept.rfind("\n") + 1] + notice


def clip(text: str, limit_bytes: int) -> str:
    """Keep the start of `text` up to `limit_bytes` of UTF-8; an ellipsis ends what was cut."""
    raw = text.encode()
    if len(raw) <= limit_bytes:
        return text
    return raw[: limit_bytes - len("…".encode())].decode(errors="ignore") + "…"


def marker(fingerprint: str) -> str:
    """Hide a finding's identity in a comment."""
    return f"<!-- ssot:finding={fingerprint} -->"


def header(markers: Markers) -> str:
    """Write the hidden lines that a text of ours begins with."""
    lines = [marker(fingerprint) for fingerprint in markers.fingerprints]
    if markers.like:
        lines.append(f"<!-- ssot:like={markers.like} -->")
    if markers.fixed_in:
        lines.append(f"<!-- ssot:fixed={markers.fixed_in} -->")
    if markers.unsettled:
        lines.append("<!-- ssot:unsettled=yes -->")
    return "".join(f"{line}\n" for line in lines)


def parse(body: str) -> Markers:
    """Read the hidden lines at the very start: further down foreign text could fake them."""
    top = _HEADER.match(body)
    pairs = _MARKER.findall(top.group()) if top else []
    values = {name: value for name, value in pairs if name != "finding"}
    return Markers(
        fingerprints=tuple(value for name, value in pairs if name == "finding"),
        like=values.get("like", ""),
        fixed_in=values.get("fixed", ""),
        unsettled="unsettled" in values,
    )


def without_header(body: str) -> str:
    """Return what a person sees of a text of ours."""
    return _HEADER.sub("", body)


def _escape(character: str) -> str:
    number = ord(character)
    if number in _BYTE:
        return f"\\x{number - 0xDC00:02x}"
    if unicodedata.category(character) not in _HIDDEN:
        return character
    short = {"\n": "\\n", "\r": "\\r", "\t": "\\t"}.get(character)
    return short or (f"\\u{number:04x}" if number <= 0xFFFF else f"\\U{number:08x}")


def _joined(parts: list[str]) -> str:
    """Keep code spans apart: two that touch would be one with another fence."""
    text = ""
    for part in parts:
        text += f" {part}" if text.endswith("`") and part.startswith("`") else part
    return text


def _words(text: str) -> str:
    """Keep plain words, gather each run of others in one code span; outer blanks stay."""
    rendered: list[str] = []
    strange: list[str] = []
    for word in text.split():
        if _is_plain(word):
            rendered += _spans(strange)
            strange = []
            rendered.append(word)
        else:
            strange.append(word)
    rendered += _spans(strange)
    before = " " if text[:1].isspace() else ""
    after = " " if text[-1:].isspace() and rendered else ""
    return before + " ".join(rendered) + after


def _spans(words: list[str]) -> list[str]:
    return [_trimmed(" ".join(words))] if words else []


def _trimmed(text: str) -> str:
    """Leave the sentence's own punctuation outside of the span."""
    bare = text.rstrip(".,;:!?")
    return code(bare) + text[len(bare) :] if bare else code(text)


def _is_plain(word: str) -> bool:
    if not _PLAIN.fullmatch(word) or _NUMBER_WITH_DOT.fullmatch(word):
        return False
    return not _COMMIT.fullmatch(word.strip(".,;:!?()\"'"))


def _longest_run(text: str) -> int:
    return max((len(run) for run in re.findall(r"`+", text)), default=0)
