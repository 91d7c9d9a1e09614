"""Facts as bytes and back, for the cache: plain data, so that a foreign file can do no harm."""

from __future__ import annotations

import json
import zlib
from typing import Any

from checks.facts import Alias, Call, Definition, Facts, InlineWaiver, Reference, Statement
from checks.model import Kind, Span

# A file's facts are a few kB; what unpacks to more than this was not written here.
UNPACKED_BYTES = 64 << 20


def encode(facts: Facts) -> bytes:
    """Pack facts; the checksum of zlib tells damage."""
    data = [
        [
            [r.kind, r.level, r.target, _span(r.span), r.scope, r.bound, r.root, r.on_import]
            for r in facts.references
        ],
        [[d.kind, d.name, d.qualified, _span(d.span)] for d in facts.definitions],
        [
            [c.level, c.target, [[name, _span(span)] for name, span in c.arguments], c.scope]
            for c in facts.calls
        ],
        [[s.kind, s.symbol, _span(s.span)] for s in facts.statements],
        {name: _alias(alias) for name, alias in facts.aliases.items()},
        sorted(facts.own),
        [_alias(star) for star in facts.stars],
        None if facts.exports is None else sorted(facts.exports),
        [[w.text, _span(w.span), w.lines.start, w.lines.stop] for w in facts.waivers],
        sorted(facts.doubtful),
        facts.broken,
    ]
    return zlib.compress(json.dumps(data, separators=(",", ":")).encode("ascii"), level=1)


def decode(packed: bytes) -> Facts | None:
    """Unpack facts; None when the bytes are damaged."""
    try:
        unpacking = zlib.decompressobj()
        data = json.loads(unpacking.decompress(packed, UNPACKED_BYTES))
        return _facts(*data) if unpacking.eof else None
    except (zlib.error, ValueError, TypeError, KeyError, RecursionError):
        return None


def _facts(  # noqa: PLR0913, PLR0917 - the eleven parts of facts, in their order
    references: Any,
    definitions: Any,
    calls: Any,
    statements: Any,
    aliases: Any,
    own: Any,
    stars: Any,
    exports: Any,
    waivers: Any,
    doubtful: Any,
    broken: Any,
) -> Facts:
    return Facts(
        references=tuple(
            Reference(_KINDS[kind], level, tuple(target), Span(*span), *rest)
            for kind, level, target, span, *rest in references
        ),
        definitions=tuple(
            Definition(_KINDS[kind], name, qualified, Span(*span))
            for kind, name, qualified, span in definitions
        ),
        calls=tuple(
            Call(level, tuple(target), tuple((name, Span(*s)) for name, s in arguments), scope)
            for level, target, arguments, scope in calls
        ),
        statements=tuple(
            Statement(_KINDS[kind], symbol, Span(*span)) for kind, symbol, span in statements
        ),
        aliases={name: _to_alias(alias) for name, alias in aliases.items()},
        own=frozenset(own),
        stars=tuple(_to_alias(star) for star in stars),
        exports=None if exports is None else frozenset(exports),
        waivers=tuple(
            InlineWaiver(text, Span(*span), range(start, stop))
            for text, span, start, stop in waivers
        ),
        doubtful=frozenset(doubtful),
        broken=broken,
    )


_KINDS = {kind.value: kind for kind in Kind}


def _span(span: Span) -> list[int]:
    return [span.line, span.column, span.end_line, span.end_column]


def _alias(alias: Alias) -> list[Any]:
    return [alias.level, alias.target, alias.root, alias.span and _span(alias.span)]


def _to_alias(data: Any) -> Alias:
    level, target, root, span = data
    return Alias(level, tuple(target), root, Span(*span) if span else None)
