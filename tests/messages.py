"""List every message that a person can see: `python -m tests.messages`.

Texts are public constants at the top of their modules; templates hold those of pages. What only
GitHub, git or a database reads is left out, and so are examples and the local GitHub.
"""

from __future__ import annotations

import ast
import re
from html.parser import HTMLParser
from pathlib import Path
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterator

ROOT = Path(__file__).parent.parent
STYLES = re.compile(r"<style>.*?</style>", re.DOTALL)
LEFT_OUT = (ROOT / "bot/sandbox/github", ROOT / "bot/sandbox/shop.py")
EXAMPLES = frozenset({"VALID", "INVALID", "POLICY"})
# A word and one in lower case after it: names, patterns and formats have none.
WORDS = re.compile(r"[A-Za-z'`}>)]+[,.:;]? [a-z{`<(\"']+")
QUERY = re.compile(
    r"(?i)\b(query|mutation|fragment) \w+ ?(\(|on)|^\w+: \w+\(|^\s*(select|update|create table) "
)
JINJA = re.compile(r"\{%.*?%\}|\{#.*?#\}", re.DOTALL)


def main() -> None:
    """Print file by file the name of each text, and the text."""
    count = 0
    for path in _files():
        if found := list(_messages(path)):
            print(f"\n## {path.relative_to(ROOT)}\n")
            count += len(found)
            for name, text in found:
                print(f"* {name}: {text}" if name else f"* {text}")
    print(f"\n{count} messages")


def _files() -> Iterator[Path]:
    for pattern in ("checks/**/*.py", "bot/**/*.py", "bot/**/*.html"):
        for path in sorted(ROOT.glob(pattern)):
            if not any(path.is_relative_to(each) for each in LEFT_OUT):
                yield path


def _messages(path: Path) -> Iterator[tuple[str, str]]:
    text = path.read_text(encoding="utf-8")
    found = _constants(ast.parse(text)) if path.suffix == ".py" else _paragraphs(text)
    for name, said in found:
        if WORDS.search(said) and not QUERY.search(said):
            yield name, said.strip("\n").replace("\n", " ⏎ ")


def _constants(module: ast.Module) -> Iterator[tuple[str, str]]:
    for node in module.body:
        if not isinstance(node, ast.Assign) or not isinstance(node.targets[0], ast.Name):
            continue
        name = node.targets[0].id
        if name.isupper() and name[0] != "_" and name not in EXAMPLES:
            yield from ((name, text) for text in _strings(node.value))


def _strings(value: ast.expr) -> Iterator[str]:
    """Yield each string of a value; what is called with one, such as `re.compile`, says nothing."""
    if isinstance(value, ast.JoinedStr):
        yield "".join(str(p.value) if isinstance(p, ast.Constant) else "{…}" for p in value.values)
    elif isinstance(value, ast.Constant) and isinstance(value.value, str):
        yield value.value
    elif not isinstance(value, ast.Call):
        for child in ast.iter_child_nodes(value):
            if isinstance(child, ast.expr):
                yield from _strings(child)


def _paragraphs(template: str) -> Iterator[tuple[str, str]]:
    reader = _Reader()
    reader.feed(JINJA.sub("", STYLES.sub("", template)))
    reader.close()
    yield from (("", text) for text in map(" ".join, map(str.split, reader.texts)) if text)


class _Reader(HTMLParser):
    """Reads what stands between the tags of blocks; those within a line stay in it."""

    INLINE = frozenset({"a", "b", "br", "code", "em", "span", "strong", "time"})

    def __init__(self) -> None:
        super().__init__()
        self.texts = [""]

    def handle_starttag(self, tag: str, attrs: object) -> None:
        if tag not in self.INLINE:
            self.texts.append("")

    def handle_endtag(self, tag: str) -> None:
        self.handle_starttag(tag, None)

    def handle_data(self, data: str) -> None:
        self.texts[-1] += data


if __name__ == "__main__":
    main()
