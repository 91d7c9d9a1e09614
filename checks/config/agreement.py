"""What the schema cannot see: entries of the file that contradict each other.

Plain values are read, not the validated model, so that these problems come together with the
schema's; whatever has the wrong shape is passed over here and reported there.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from checks.config.problems import KeyPath, Problem, key_text

if TYPE_CHECKING:
    from collections.abc import Iterator

    from checks.config.document import Document, Mark, Value

CANONICAL_TOO = (
    "'{module}' is canonical in line {line}: remove it here, or name another canonical module there"
)
DEPRECATED_TWICE = "'{module}' is already deprecated in line {line}: keep one of the two"
USE_ITSELF = "a module cannot replace itself: write the canonical module"
USE_DEPRECATED = "'{module}' is deprecated too, in line {line}: write the canonical module"


def disagreements(document: Document) -> list[Problem]:
    """Find modules that are deprecated and canonical, twice deprecated, or replaced in vain."""
    problems = []
    canonical = _canonical_modules(document)
    deprecated: dict[str, Mark] = {}
    for path, module in _deprecated_modules(document):
        here = document.mark_of_key(path)
        if module in canonical:
            message = CANONICAL_TOO.format(module=module, line=canonical[module].line)
            problems.append(_problem(here, path, message))
        if module in deprecated:
            message = DEPRECATED_TWICE.format(module=module, line=deprecated[module].line)
            problems.append(_problem(here, path, message))
        deprecated.setdefault(module, here)
    return problems + list(_vain_replacements(document, deprecated))


def _vain_replacements(document: Document, deprecated: dict[str, Mark]) -> Iterator[Problem]:
    for path, module in _deprecated_modules(document):
        use = _mapping(_at(document, path)).get("use")
        if not isinstance(use, str) or use not in deprecated:
            continue
        here = (*path, "use")
        message = USE_DEPRECATED.format(module=use, line=deprecated[use].line)
        sentence = USE_ITSELF if use == module else message
        yield _problem(document.mark_of_value(here), here, sentence)


def _canonical_modules(document: Document) -> dict[str, Mark]:
    modules: dict[str, Mark] = {}
    for name, concept in _mapping(document.value.get("concepts")).items():
        entries = _mapping(concept).get("canonical")
        for index, entry in enumerate(entries if isinstance(entries, list) else []):
            if isinstance(entry, str):
                mark = document.mark_of_value(("concepts", name, "canonical", index))
                modules.setdefault(entry.partition(":")[0], mark)
    return modules


def _deprecated_modules(document: Document) -> Iterator[tuple[KeyPath, str]]:
    for name, concept in _mapping(document.value.get("concepts")).items():
        for module in _mapping(_mapping(concept).get("deprecated")):
            yield ("concepts", name, "deprecated", module), module


def _at(document: Document, path: KeyPath) -> Value:
    value: Value = document.value
    for part in path:
        value = _mapping(value).get(str(part))
    return value


def _mapping(value: Value) -> dict[str, Value]:
    return value if isinstance(value, dict) else {}


def _problem(mark: Mark, path: KeyPath, message: str) -> Problem:
    return Problem(mark.line, mark.column, key_text(path), message)
