"""The references of one file: what it imports, and where it reaches through what it imported."""

from __future__ import annotations

import re
from collections import defaultdict
from dataclasses import replace
from functools import cached_property
from typing import TYPE_CHECKING
from unicodedata import normalize

from checks.bindings import Locals
from checks.deferral import deferred
from checks.facts import Alias, Dotted, Reference
from checks.idioms import (
    NAMING,
    PATCHING,
    fold,
    named_by_call,
    named_by_key,
    patched_object,
)
from checks.model import Kind, Span
from checks.needles import NAME_BYTE
from checks.nodes import (
    aliased,
    believable_items,
    bound_by,
    call_of,
    headers,
    named_one_of,
    own_parts,
    quoted_annotations,
    source_module,
    text,
)
from checks.regions import Regions

if TYPE_CHECKING:
    from collections.abc import Iterator

    from tree_sitter import Node

    from checks.captures import Captures

_NAME = NAME_BYTE + b"+"
_BETWEEN = rb"(?:[ \t\f\n\\]|#[^\n]*\n)*+"
_CHAIN = re.compile(_NAME + rb"(?:" + _BETWEEN + rb"\." + _BETWEEN + _NAME + rb")++")
_GAP = re.compile(_BETWEEN + rb"\." + _BETWEEN)
_DOTTED_IN_TEXT = re.compile(r"(?<![\w.])[^\W\d]\w*(?:\.[^\W\d]\w*)+")
_CALLEES = NAMING | PATCHING
_LOADED = ("sys", "modules")


class References:
    """The imports of a file (each with its statement), and the other ways to a module's names."""

    def __init__(self, captures: Captures) -> None:
        self._captures = captures
        self._deferred = deferred(captures)
        self.imports = [*self._plain_imports(), *self._from_imports()]
        references = [reference for _, reference in self.imports]
        imported = {reference.bound for reference in references}
        self._shadowed = frozenset(self._shadows(imported))
        self.locals = Locals(references, self._shadowed)
        self._veils = self._veiled(imported)

    def all(self) -> tuple[Reference, ...]:
        """Give every reference once, in source order."""
        imports = [reference for _, reference in self.imports]
        dynamic = [*self._calls(), *self._subscripts()]
        named = {reference.span for reference in dynamic}
        chains = [chain for chain in self._chains() if chain.span not in named]
        # A quoted annotation may say the same twice, at the same place.
        references = [*imports, *dynamic, *chains, *dict.fromkeys(self._annotations())]
        return tuple(sorted(references, key=lambda r: (r.span, r.target)))

    def _reference(
        self, kind: Kind, alias: Alias, node: Node, *, bound: str = "", root: str = ""
    ) -> Reference:
        scope = self._captures.scope(node)
        return Reference(
            kind, alias.level, alias.target, self._captures.span(node), scope, bound, root
        )

    def _plain_imports(self) -> Iterator[tuple[Node, Reference]]:
        for statement in self._captures.nodes("import"):
            for item in statement.children_by_field_name("name"):
                target, alias = aliased(item)
                if all(target):  # where a name is missing, the parser puts an empty one
                    bound = alias or target[0]
                    yield statement, self._import(Kind.IMPORT, Alias(0, target), item, bound=bound)

    def _from_imports(self) -> Iterator[tuple[Node, Reference]]:
        for statement in self._captures.nodes("from"):
            level, module = source_module(statement)
            for item in believable_items(statement):
                name, alias = aliased(item)
                target = (*module, *name)
                if all(target):
                    found = Alias(level, target)
                    bound = alias or name[-1]
                    yield statement, self._import(Kind.FROM, found, item, bound=bound)
            for child in statement.children:
                if child.type == "wildcard_import":
                    star = self._import(Kind.STAR, Alias(level, module), child, bound="")
                    yield statement, star

    def _import(self, kind: Kind, alias: Alias, item: Node, *, bound: str) -> Reference:
        reference = self._reference(kind, alias, item, bound=bound)
        return replace(reference, on_import=not self._deferred.cover(item))

    def _shadows(self, names: set[str]) -> Iterator[tuple[str, str]]:
        """Find where, below module level, an imported name is bound to something else.

        At module level a second binding is usually the twin in `except ImportError`; what a class
        binds is not seen by its methods.
        """
        classes = {d.qualified for d in self._captures.definitions if d.kind is Kind.CLASS}
        for node, name in named_one_of(self._captures.nodes("bound"), names):
            scope = self._captures.scope(node)
            if scope and scope not in classes:
                yield name, scope

    def _veiled(self, names: set[str]) -> dict[str, Regions]:
        """Find where a lambda or comprehension binds an imported name for itself."""
        veils: dict[str, list[Node]] = defaultdict(list)
        for expression in self._captures.nodes("expression"):
            for name in names.intersection(bound_by(expression)):
                veils[name] += own_parts(expression)
        return {name: Regions(expressions) for name, expressions in veils.items()}

    @cached_property
    def _headers(self) -> Regions:
        return Regions(part for node, _ in self._captures.named for part in headers(node))

    def _origin(self, name: str, node: Node) -> Alias | None:
        """Tell what an imported name is at a node: what a function binds is unknown to its head."""
        scope = self._captures.scope(node)
        if (name, scope) in self._shadowed and self._headers.cover(node):
            scope = scope.rpartition(".")[0]
        return self.locals.origin(name, scope)

    def _chains(self) -> Iterator[Reference]:
        for root, name in named_one_of(self._captures.nodes("chain"), self.locals.names):
            if name in self._veils and self._veils[name].cover(root):
                continue
            scope = self._captures.scope(root)
            origin = self._origin(name, root)
            match = _CHAIN.match(self._captures.utf8, root.start_byte) if origin else None
            if origin is not None and match is not None:
                rest = (normalize("NFKC", name.decode()) for name in _GAP.split(match[0])[1:])
                target = (*origin.target, *rest)
                span = self._chain_span(root, match[0].decode())
                yield Reference(Kind.ATTRIBUTE, origin.level, target, span, scope, root=name)

    def _chain_span(self, root: Node, chain: str) -> Span:
        start = self._captures.span(root)
        lines = chain.split("\n")
        end_column = len(lines[-1]) + (start.column if len(lines) == 1 else 1)
        return Span(start.line, start.column, start.line + len(lines) - 1, end_column)

    def _calls(self) -> Iterator[Reference]:
        renamed = {r.bound: r.target[-1] for _, r in self.imports if r.target[-1:] and r.bound}
        for node in self._captures.nodes("alias"):
            name = text(node.child_by_field_name("right")).rpartition(".")[2]
            if name in NAMING:
                renamed[text(node.child_by_field_name("left"))] = name
        calling = _CALLEES | {local for local, name in renamed.items() if name in _CALLEES}
        for callee, _ in named_one_of(self._captures.nodes("callee"), calling):
            call = call_of(callee)
            for named in named_by_call(call, imported=renamed):
                found = Alias(named.level, named.target)
                yield self._reference(Kind.DYNAMIC, found, named.node)
            patched = patched_object(call)
            if patched is not None:
                yield from self._patched(*patched)

    def _patched(self, module: Node, name: str) -> Iterator[Reference]:
        first, *rest = text(module).split(".")
        origin = self._origin(first, module)
        if origin is not None and all(segment.isidentifier() for segment in rest):
            found = Alias(origin.level, (*origin.target, *rest, name))
            yield self._reference(Kind.DYNAMIC, found, module, root=first)

    def _subscripts(self) -> Iterator[Reference]:
        for node in self._captures.nodes("subscript"):
            value = node.child_by_field_name("value")
            is_loaded = value is not None and self._means(value) == _LOADED
            named = named_by_key(node.child_by_field_name("subscript")) if is_loaded else None
            if named is not None:
                found = Alias(named.level, named.target)
                yield self._reference(Kind.DYNAMIC, found, named.node)

    def _means(self, node: Node) -> Dotted:
        """Tell what a name, or a name in one, stands for; `()` for any other expression."""
        root = node.child_by_field_name("object") if node.type == "attribute" else node
        if root is None or root.type != "identifier":
            return ()
        origin = self._origin(text(root), node)
        rest = () if root == node else (text(node.child_by_field_name("attribute")),)
        return (*(origin.target if origin else (text(root),)), *rest)

    def _annotations(self) -> Iterator[Reference]:
        for string in quoted_annotations(self._captures.nodes("annotation")):
            folded = fold(string)
            for match in _DOTTED_IN_TEXT.finditer(folded.text if folded else ""):
                first, *rest = match[0].split(".")
                origin = self._origin(first, string)
                found = origin or Alias(0, (first,))
                target: Dotted = (*found.target, *rest)
                root = first if origin else ""
                yield self._reference(Kind.STRING, Alias(found.level, target), string, root=root)
