"""Read facts from source with tree-sitter: fast, exact spans, also where it does not parse."""

from __future__ import annotations

from typing import TYPE_CHECKING

from checks.bindings import bound_target
from checks.calls import named_calls
from checks.captures import Captures, language
from checks.comments import inline_waivers
from checks.facts import Alias, Facts
from checks.model import Kind
from checks.namespace import aliases, doubtful_names, exports, own_bindings
from checks.purity import own_statements
from checks.references import References
from checks.source import decode

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from checks.facts import Reference


def read(content: bytes) -> Facts:
    """Read one file's facts; raise `UndecodableError` when its bytes are not text."""
    # A NUL ends the text for tree-sitter; Python refuses the file, which may have been so before.
    text = decode(content).replace("\0", " ")
    captures = Captures(text.encode("utf-8", "surrogatepass"))
    references = References(captures)
    imports = [reference for _, reference in references.imports]
    taken_over = aliases(captures, references.imports)
    own = own_bindings(captures)
    calls = named_calls(
        captures.root,
        language(),
        origin=references.locals.origin,
        scope=captures.scopes.enclosing,
        span=captures.span,
    )
    statements = own_statements(
        captures.root,
        imported={r.bound: bound_target(r).target for r in imports if not r.scope},
        span=captures.first_line,
    )
    return Facts(
        references=references.all(),
        definitions=captures.definitions,
        calls=tuple(calls),
        statements=tuple(statements),
        aliases=taken_over,
        own=frozenset(name for _, name in own) - taken_over.keys(),
        stars=tuple(_stars(imports)),
        exports=exports(captures),
        waivers=tuple(
            inline_waivers(
                *(captures.root, language(), captures.source),
                written=captures.written,
                span=captures.span,
            )
        ),
        doubtful=doubtful_names(captures, references.imports, own),
        broken=captures.root.has_error,
    )


def _stars(imports: Iterable[Reference]) -> Iterator[Alias]:
    """Yield what the module takes all names from; in functions Python refuses a star."""
    return (Alias(r.level, r.target) for r in imports if r.kind is Kind.STAR and not r.scope)
