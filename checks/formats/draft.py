"""A proposed config as the text of `.github/ssot.yml`, with the reasons as comments."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING

from checks.formats.wording import counted

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from checks.draft import ConceptDraft, Draft
    from checks.succession import OldModule

INTRODUCTION = """\
# Proposed by `ssot init` from this repository. Shorten it: keep what must have one source, delete
# what may be defined several times, and correct what points the wrong way.
# To check the file: `ssot config check`. For all keys: `ssot config schema`.
"""
ROOTS = "# Folders that absolute imports start from:"
IGNORED = "# Copies and third-party code, never analysed:"
TESTS = "# Findings in tests are listed separately; they count all the same:"
NO_CONCEPTS = (
    "# Nothing was found that is defined twice or deprecated. A concept looks like this:\n"
)
EXAMPLE = """\
# concepts:
#   order-engine:
#     canonical: ["shop.orders.engine:OrderEngine"]
#     definitions: {classes: ["*OrderEngine"]}
#     deprecated:
#       shop.legacy.engine: {use: shop.orders.engine}
"""
CANONICAL = "    # imported from here by {files}"
ANOTHER = "    # also defined in {module}, imported from there by {count:,}"
AND_MORE = "    # and in {count:,} more"
OLD = "      # {reason}, imported by {files}"
MORE_DUPLICATES = (
    "  # {count:,} more classes are defined more than once; these are imported most.\n"
)
MORE_DEPRECATED = "  # {count:,} more modules seem to be deprecated; these are imported most.\n"
ORPHANS = "# These call themselves deprecated, but do not say what replaces them:\n"
ORPHAN = "#   {module}\n"
MORE_ORPHANS = "#   and {count:,} more\n"
REPORT = """\
# For the first weeks: the App shows findings, but fails no pull request (`ssot check` exits with 1
# all the same). Delete this line after that.
report: {mode: observe}
"""

HOMES_SHOWN = 5


def render(draft: Draft) -> str:
    """Write a config that `checks.config.parse` takes."""
    sections = [INTRODUCTION, _head(draft), _concepts(draft), _orphans(draft), REPORT]
    return "\n".join(filter(None, sections))


def _head(draft: Draft) -> str:
    lines = ["version: 1"]
    for comment, key, values in (
        (ROOTS, "roots", draft.roots),
        (IGNORED, "ignore", draft.ignore),
        (TESTS, "tests", draft.tests),
    ):
        lines += [comment, f"{key}: {_list(values)}"] if values else []
    return "".join(f"{line}\n" for line in lines)


def _concepts(draft: Draft) -> str:
    if not draft.concepts:
        return NO_CONCEPTS + EXAMPLE
    parts = ["concepts:\n"]
    if draft.more_duplicates:
        parts.append(MORE_DUPLICATES.format(count=draft.more_duplicates))
    if draft.more_deprecated:
        parts.append(MORE_DEPRECATED.format(count=draft.more_deprecated))
    concepts = ("".join(f"{line}\n" for line in _concept(each)) for each in draft.concepts)
    return "".join(parts) + "\n".join(concepts)


def _concept(concept: ConceptDraft) -> Iterator[str]:
    home = concept.canonical
    yield f"  {_text(concept.name)}:"
    yield CANONICAL.format(files=counted(home.importers, "file"))
    yield f"    canonical: {_list([f'{home.module}:{concept.symbol}'])}"
    if concept.is_duplicate:
        yield from _elsewhere(concept)
        yield f"    definitions: {{classes: {_list([concept.symbol])}}}"
    if concept.deprecated:
        yield "    deprecated:"
    for old in concept.deprecated:
        yield from _old(old)


def _elsewhere(concept: ConceptDraft) -> Iterator[str]:
    others = concept.homes[1:]
    for home in others[:HOMES_SHOWN]:
        yield ANOTHER.format(module=home.module, count=home.importers)
    if len(others) > HOMES_SHOWN:
        yield AND_MORE.format(count=len(others) - HOMES_SHOWN)


def _old(old: OldModule) -> Iterator[str]:
    yield OLD.format(reason=old.reason, files=counted(old.importers, "file"))
    yield f"      {_text(old.module)}:"
    yield f"        use: {_text(old.use)}"
    if old.names:
        names = ", ".join(f"{_text(before)}: {_text(after)}" for before, after in old.names)
        yield f"        names: {{{names}}}"


def _orphans(draft: Draft) -> str:
    if not draft.orphans:
        return ""
    lines = [ORPHAN.format(module=module) for module in draft.orphans]
    more = [MORE_ORPHANS.format(count=draft.more_orphans)] if draft.more_orphans else []
    return "".join([ORPHANS, *lines, *more])


def _list(values: Iterable[str]) -> str:
    return f"[{', '.join(map(_text, values))}]"


def _text(value: str) -> str:
    """Quote always: a module may be called `null`, and JSON's strings are YAML's."""
    return json.dumps(value, ensure_ascii=False)
