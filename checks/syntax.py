"""Read facts from source with tree-sitter: fast, exact spans, also where it does not parse."""

from __future__ import annotations

import re
from functools import cache
from typing import TYPE_CHECKING

import tree_sitter_python
from tree_sitter import Language, Parser, Query, QueryCursor

from checks.bindings import Locals, bound_target, module_aliases
from checks.calls import named_calls
from checks.comments import inline_waivers
from checks.facts import Alias, Call, Definition, Dotted, Facts, Reference, Statement
from checks.idioms import (
    NAMING,
    PATCH_OBJECT,
    fold,
    named_by_call,
    named_by_subscript,
    patched_object,
)
from checks.model import Kind, Span
from checks.nodes import (
    aliased,
    believable_items,
    bound_by,
    call_of,
    quoted_annotations,
    source_module,
    text,
)
from checks.purity import own_statements
from checks.scopes import Scopes
from checks.source import Columns, decode, without_comment_runs

if TYPE_CHECKING:
    from collections.abc import Iterator

    from tree_sitter import Node

# One pass in C finds every node that a fact can start from; Python sees nothing else.
_QUERY = """
(import_statement) @import
(import_from_statement) @from
(class_definition) @definition
(function_definition) @definition
(attribute object: (identifier) @chain)
(call function: (identifier) @callee)
(call function: (attribute attribute: (identifier) @callee))
(subscript) @subscript
(type) @annotation
(assignment left: (identifier) right: [(identifier) (attribute)]) @alias
(assignment left: (identifier) right: [(list) (tuple)]) @list
(lambda) @expression
(list_comprehension) @expression
(set_comprehension) @expression
(dictionary_comprehension) @expression
(generator_expression) @expression
(parameters (identifier) @bound)
(parameters (list_splat_pattern (identifier) @bound))
(parameters (dictionary_splat_pattern (identifier) @bound))
(typed_parameter (identifier) @bound)
(default_parameter name: (identifier) @bound)
(typed_default_parameter name: (identifier) @bound)
(assignment left: (identifier) @bound)
(assignment left: (pattern_list (identifier) @bound))
(for_statement left: (identifier) @bound)
(for_statement left: (pattern_list (identifier) @bound))
(tuple_pattern (identifier) @bound)
(list_pattern (identifier) @bound)
(case_pattern (dotted_name . (identifier) @bound .))
(splat_pattern (identifier) @bound)
(as_pattern_target (tuple (identifier) @bound))
(named_expression name: (identifier) @bound)
(as_pattern_target (identifier) @bound)
"""
# In UTF-8 every byte of a letter beyond ASCII is one of the upper half.
_CHAIN = re.compile(rb"[\w\x80-\xff]+(?:[ \t\n\\]*\.[ \t\n\\]*[\w\x80-\xff]+)+")
_DOTTED_IN_TEXT = re.compile(r"(?<![\w.])[^\W\d]\w*(?:\.[^\W\d]\w*)+")
_CALLEES = NAMING | {PATCH_OBJECT}


def read(content: bytes) -> Facts:
    """Read one file's facts; raise `UndecodableError` when its bytes are not text."""
    utf8 = decode(content).encode("utf-8", "surrogatepass")
    return _Reader(without_comment_runs(utf8)).facts()


@cache
def _language() -> Language:
    return Language(tree_sitter_python.language())


@cache
def _query() -> Query:
    return Query(_language(), _QUERY)


class _Reader:
    """One file being read: its source, its captures, its scopes, its imports."""

    def __init__(self, utf8: bytes) -> None:
        self._utf8 = utf8
        self._columns = Columns(utf8)
        self._root = Parser(_language()).parse(utf8).root_node
        self._captures = QueryCursor(_query()).captures(self._root)
        self._named = [
            (node, name)
            for node in self._nodes("definition")
            if (name := node.child_by_field_name("name")) is not None
        ]
        self._scopes = Scopes((n.start_byte, n.end_byte, text(name)) for n, name in self._named)
        self._imports = [*self._plain_imports(), *self._from_imports()]
        references = [reference for _, reference in self._imports]
        imported = {reference.bound for reference in references}
        self._locals = Locals(references, self._shadows(imported))
        self._veils = self._veiled(imported)

    def facts(self) -> Facts:
        imports = [reference for _, reference in self._imports]
        aliases = module_aliases(self._bindings())
        dynamic = [*self._calls(), *self._subscripts()]
        named = {reference.span for reference in dynamic}
        chains = [chain for chain in self._chains() if chain.span not in named]
        # A quoted annotation may say the same twice, at the same place.
        references = [*imports, *dynamic, *chains, *dict.fromkeys(self._annotations())]
        return Facts(
            references=tuple(sorted(references, key=lambda r: (r.span, r.target))),
            definitions=tuple(self._definitions()),
            calls=tuple(self._named_calls()),
            statements=tuple(self._statements()),
            aliases=aliases,
            own=frozenset(self._own()) - aliases.keys(),
            stars=tuple(
                Alias(r.level, r.target) for r in imports if r.kind is Kind.STAR and not r.scope
            ),
            exports=self._exports(),
            waivers=tuple(inline_waivers(self._root, _language(), self._utf8, span=self._span)),
            broken=self._root.has_error,
        )

    def _nodes(self, capture: str) -> list[Node]:
        return sorted(self._captures.get(capture, ()), key=lambda node: node.start_byte)

    def _span(self, node: Node) -> Span:
        start, end = node.start_point, node.end_point
        column = self._columns.column
        return Span(
            start.row + 1,
            column(start.row, start.column),
            end.row + 1,
            column(end.row, end.column),
        )

    def _first_line(self, node: Node) -> Span:
        """Span a node up to the end of its first line: a block is pointed at, not covered."""
        span = self._span(node)
        if span.line == span.end_line:
            return span
        first = text(node).partition("\n")[0]
        return Span(span.line, span.column, span.line, span.column + len(first))

    def _reference(
        self, kind: Kind, alias: Alias, node: Node, *, bound: str = "", root: str = ""
    ) -> Reference:
        scope = self._scopes.enclosing(node.start_byte)
        return Reference(kind, alias.level, alias.target, self._span(node), scope, bound, root)

    def _plain_imports(self) -> Iterator[tuple[Node, Reference]]:
        for statement in self._nodes("import"):
            for item in statement.children_by_field_name("name"):
                target, alias = aliased(item)
                found = Alias(0, target)
                bound = alias or target[0]
                yield statement, self._reference(Kind.IMPORT, found, item, bound=bound)

    def _from_imports(self) -> Iterator[tuple[Node, Reference]]:
        for statement in self._nodes("from"):
            level, module = source_module(statement)
            for item in believable_items(statement):
                name, alias = aliased(item)
                found = Alias(level, (*module, *name))
                bound = alias or name[-1]
                yield statement, self._reference(Kind.FROM, found, item, bound=bound)
            for child in statement.children:
                if child.type == "wildcard_import":
                    yield statement, self._reference(Kind.STAR, Alias(level, module), child)

    def _shadows(self, names: set[str]) -> Iterator[tuple[str, str]]:
        """Find where, below module level, an imported name is bound to something else.

        At module level a second binding is usually the twin in `except ImportError`; what a class
        binds is not seen by its methods.
        """
        classes = {d.qualified for d in self._definitions() if d.kind is Kind.CLASS}
        for node in self._captures.get("bound", ()):
            if text(node) in names:
                scope = self._scopes.enclosing(node.start_byte)
                if scope and scope not in classes:
                    yield text(node), scope

    def _veiled(self, names: set[str]) -> dict[str, list[tuple[int, int]]]:
        """Find the bytes where a lambda or comprehension binds an imported name for itself."""
        veils: dict[str, list[tuple[int, int]]] = {}
        for expression in self._nodes("expression"):
            for name in names.intersection(bound_by(expression)):
                veils.setdefault(name, []).append((expression.start_byte, expression.end_byte))
        return veils

    def _definitions(self) -> Iterator[Definition]:
        for node, name in self._named:
            kind = Kind.CLASS if node.type == "class_definition" else Kind.FUNCTION
            qualified = self._scopes.qualified(node.start_byte)
            yield Definition(kind, text(name), qualified, self._span(name))

    def _chains(self) -> Iterator[Reference]:
        for root in self._nodes("chain"):
            name, scope = text(root), self._scopes.enclosing(root.start_byte)
            if any(start <= root.start_byte < end for start, end in self._veils.get(name, ())):
                continue
            origin = self._locals.origin(name, scope)
            match = _CHAIN.match(self._utf8, root.start_byte) if origin else None
            if origin is not None and match is not None:
                rest = tuple(part.strip(b" \t\n\\").decode() for part in match[0].split(b".")[1:])
                target = (*origin.target, *rest)
                span = self._chain_span(root, match[0].decode())
                yield Reference(Kind.ATTRIBUTE, origin.level, target, span, scope, root=name)

    def _chain_span(self, root: Node, chain: str) -> Span:
        start = self._span(root)
        lines = chain.split("\n")
        end_column = len(lines[-1]) + (start.column if len(lines) == 1 else 1)
        return Span(start.line, start.column, start.line + len(lines) - 1, end_column)

    def _calls(self) -> Iterator[Reference]:
        renamed = {r.bound: r.target[-1] for _, r in self._imports if r.target[-1:] and r.bound}
        for callee in self._nodes("callee"):
            local = text(callee)
            if local not in _CALLEES and renamed.get(local) not in _CALLEES:
                continue
            call = call_of(callee)
            named = named_by_call(call, imported=renamed)
            if named is not None:
                found = Alias(named.level, named.target)
                yield self._reference(Kind.DYNAMIC, found, named.node)
            patched = patched_object(call)
            if patched is not None:
                yield from self._patched(*patched)

    def _patched(self, module: Node, name: str) -> Iterator[Reference]:
        first, *rest = text(module).split(".")
        origin = self._locals.origin(first, self._scopes.enclosing(module.start_byte))
        if origin is not None and all(segment.isidentifier() for segment in rest):
            found = Alias(origin.level, (*origin.target, *rest, name))
            yield self._reference(Kind.DYNAMIC, found, module, root=first)

    def _subscripts(self) -> Iterator[Reference]:
        for node in self._nodes("subscript"):
            named = named_by_subscript(node)
            if named is not None:
                found = Alias(named.level, named.target)
                yield self._reference(Kind.DYNAMIC, found, named.node)

    def _annotations(self) -> Iterator[Reference]:
        for string in quoted_annotations(self._nodes("annotation")):
            folded = fold(string)
            scope = self._scopes.enclosing(string.start_byte)
            for match in _DOTTED_IN_TEXT.finditer(folded.text if folded else ""):
                first, *rest = match[0].split(".")
                origin = self._locals.origin(first, scope)
                found = origin or Alias(0, (first,))
                target: Dotted = (*found.target, *rest)
                root = first if origin else ""
                yield self._reference(Kind.STRING, Alias(found.level, target), string, root=root)

    def _bindings(self) -> Iterator[tuple[int, bool, str, Alias | None]]:
        """Yield the module-level bindings of names, as `module_aliases` takes them."""
        for statement, reference in self._imports:
            if reference.bound and not reference.scope:
                alias = bound_target(reference)
                yield statement.start_byte, _is_unindented(statement), reference.bound, alias
        for node, name in self._named:
            if not self._scopes.enclosing(node.start_byte - 1):
                yield node.start_byte, _is_unindented(node), text(name), None
        for node in self._nodes("alias"):
            if not self._scopes.enclosing(node.start_byte):
                first, *rest = text(node.child_by_field_name("right")).split(".")
                bound = text(node.child_by_field_name("left"))
                alias = Alias(0, tuple(rest), root=first)
                yield node.start_byte, _is_unindented(node), bound, alias

    def _named_calls(self) -> Iterator[Call]:
        yield from named_calls(
            self._root,
            _language(),
            origin=self._locals.origin,
            scope=self._scopes.enclosing,
            span=self._span,
        )

    def _statements(self) -> Iterator[Statement]:
        imported = {r.bound for _, r in self._imports if not r.scope}
        yield from own_statements(self._root, imported=imported, span=self._first_line)

    def _own(self) -> Iterator[str]:
        """Yield the names that the module binds to something else than an import."""
        for node, name in self._named:
            if not self._scopes.enclosing(node.start_byte - 1):
                yield text(name)
        for node in self._captures.get("bound", ()):
            if not self._scopes.enclosing(node.start_byte):
                yield text(node)

    def _exports(self) -> frozenset[str] | None:
        for node in self._nodes("list"):
            items = node.child_by_field_name("right")
            if text(node.child_by_field_name("left")) == "__all__" and items is not None:
                names = [fold(item) for item in items.named_children]
                return frozenset(name.text for name in names if name is not None and name.whole)
        return None


def _is_unindented(node: Node) -> bool:
    return node.start_point.column == 0
