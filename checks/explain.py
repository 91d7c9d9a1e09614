"""What a rule is about, told to a person at a terminal from the rule's own file."""

from __future__ import annotations

from dataclasses import dataclass
from textwrap import indent
from typing import TYPE_CHECKING

from checks.config.rules import default_options
from checks.rule import MARK, POLICY, Example

if TYPE_CHECKING:
    from collections.abc import Iterator

    from checks.rule import Rule

SEVERITY = "Severity: {severity}, unless the config says otherwise."
OPTION = "Option `{name}`: {value}."
FLAGGED = "It flags the lines that end in `{mark}`:"
FINE = "It flags nothing here:"
JUDGED_BY = "The config for these examples:"
CONFIGURE = (
    "Change its severity in `.github/ssot.yml` (`error`, `warning`, `notice`), or turn it off:"
)
RULES = "rules:\n  {rule}: off\n"
WAIVE = "Accept one finding for a while, at most 180 days, with a comment at its line:"
INLINE = '# ssot: allow[{rule}] until=YYYY-MM-DD reason="why it may stay that long"\n'
WAIVE_BY_CONFIG = "or in `.github/ssot.yml`:"
WAIVERS = """\
waivers:
  - rule: {rule}
    path: "shop/orders.py"
    until: YYYY-MM-DD
    reason: why it may stay that long
"""

BETWEEN = "# ---\n"
USUAL_PATH = Example("").path


@dataclass(frozen=True, slots=True)
class Block:
    """A sentence, and the code that it speaks of."""

    sentence: str
    code: str = ""


def plain(rule: Rule) -> str:
    """Explain a rule: each sentence a paragraph, the code below it indented."""
    parts = [rule.name]
    for block in _blocks(rule):
        parts += [
            block.sentence,
            *([indent(block.code, "    ").rstrip("\n")] if block.code else []),
        ]
    return "\n\n".join(parts) + "\n"


def _blocks(rule: Rule) -> Iterator[Block]:
    yield Block(rule.reason)
    severity, *options = default_options(rule.name).items()
    yield Block(SEVERITY.format(severity=severity[1]))
    for name, value in options:
        yield Block(OPTION.format(name=name, value=_value(value)))
    yield _examples(FLAGGED.format(mark=MARK), rule.invalid)
    yield _examples(FINE, rule.valid)
    yield Block(JUDGED_BY, POLICY)
    yield Block(CONFIGURE, RULES.format(rule=rule.name))
    yield Block(WAIVE, INLINE.format(rule=rule.name))
    yield Block(WAIVE_BY_CONFIG, WAIVERS.format(rule=rule.name))


def _value(value: object) -> str:
    entries = value if isinstance(value, list) else [value]
    return ", ".join(f"`{entry}`" for entry in entries)


def _examples(sentence: str, examples: tuple[Example, ...]) -> Block:
    return Block(sentence, BETWEEN.join(map(show, examples)))


def show(example: Example) -> str:
    """Write the files of an example, each under its path unless there is only the usual one."""
    files = [*example.others.items(), (example.path, example.source)]
    if [path for path, _ in files] == [USUAL_PATH]:
        return _ended(example.source)
    return "".join(_file(path, source) for path, source in files)


def _file(path: str, source: str) -> str:
    if source.strip() in ("", MARK):  # the path alone is the example
        return f"# {path}  {source.strip()}".rstrip() + "\n"
    return f"# {path}\n{_ended(source)}"


def _ended(source: str) -> str:
    return "".join(f"{line}\n" for line in source.splitlines())
