"""Facts of one file: what is read, what is not believed, what stays fast."""

from __future__ import annotations

import time

import pytest

from checks.facts import Alias
from checks.model import Kind, Span
from checks.source import UndecodableError
from checks.syntax import read


def targets(source: str) -> list[tuple[str, int, str]]:
    return [(r.kind.value, r.level, ".".join(r.target)) for r in read(source.encode()).references]


@pytest.mark.parametrize(
    ("source", "expected"),
    [
        ("import a.b, c as d", [("import", 0, "a.b"), ("import", 0, "c")]),
        ("from a . b import c", [("from", 0, "a.b.c")]),
        ("from . import (a,\n    b as c,)", [("from", 1, "a"), ("from", 1, "b")]),
        ("from ...a.b import *", [("star", 3, "a.b")]),
        ("from __future__ import annotations", []),
        ("import a as x\nx.b.c()", [("import", 0, "a"), ("attribute", 0, "a.b.c")]),
        ("import a\n(a\n .b\n .c)", [("import", 0, "a"), ("attribute", 0, "a.b.c")]),
        ("from .p import q\nq.r", [("from", 1, "p.q"), ("attribute", 1, "p.q.r")]),
        ("self.a.b.c()", []),
        ("def f():\n    import a\ndef g():\n    a.b", [("import", 0, "a")]),
        ("import a\ndef f():\n    a = 1\n    a.b", [("import", 0, "a")]),
        ("import a\ndef f():\n    for i, (a, b) in c: a.b", [("import", 0, "a")]),
        ("import a\ndef f():\n    match b:\n        case [a]: a.b", [("import", 0, "a")]),
        ("import ä\nä.ö", [("import", 0, "ä"), ("attribute", 0, "ä.ö")]),
        # Python reads every name in its normal form.
        ("from \uff41.\uff42 import \ufb01", [("from", 0, "a.b.fi")]),
        ("import a\n\uff41.\uff42", [("import", 0, "a"), ("attribute", 0, "a.b")]),
        ("import a\n(a  # see a.c\n  .b)", [("import", 0, "a"), ("attribute", 0, "a.b")]),
        ("import a\ndef f(*a):\n    a.b", [("import", 0, "a")]),
        ("import a\n(a  # why\n .b)", [("import", 0, "a"), ("attribute", 0, "a.b")]),
        ("x = '\0'\nimport a", [("import", 0, "a")]),
        ("import a\nf = lambda a: a.b", [("import", 0, "a")]),
        ("import a\nf = lambda a=1, *b: a.b", [("import", 0, "a")]),
        ("import a\nx = [a.b for (a, c) in d]", [("import", 0, "a")]),
        ("import a\nx = {a: a.b for a in d}", [("import", 0, "a")]),
        (
            "import a\ndef f():\n    g = lambda a: 1\n    a.b",
            [("import", 0, "a"), ("attribute", 0, "a.b")],
        ),
        (
            "import a\nclass C:\n    a = 1\n    def f(self):\n        a.b",
            [("import", 0, "a"), ("attribute", 0, "a.b")],
        ),
    ],
)
def test_imports_and_chains_are_read(source: str, expected: list[tuple[str, int, str]]) -> None:
    assert targets(source) == expected


@pytest.mark.parametrize(
    ("source", "target"),
    [
        ("import_module('a.b')", "a.b"),
        ("x.import_module(name='a.b')", "a.b"),
        ("import_module('.b', 'a')", "a.b"),
        ("import_module('..b', package='a.c')", "a.b"),
        ("__import__(('a.' + 'b'))", "a.b"),
        ("import_module(f'a.b.{c}')", "a.b"),
        ("import_module('a.b.' + c)", "a.b"),
        ("resolve_name('a.b:C.d')", "a.b.C.d"),
        ("patch(target='a.b.C')", "a.b.C"),
        ("mock.patch.multiple('a.b', c=1)", "a.b"),
        ("mock.patch.dict('a.b.c', {})", "a.b.c"),
        ("mp.setattr('a.b.c', None)", "a.b.c"),
        ("sys.modules['a.b']", "a.b"),
        ("patch(\n    'a.b'  # why\n    '.c'\n)", "a.b.c"),
        ("patch((  # why\n    'a.b'))", "a.b"),
        ("patch(('a.'  # why\n    + 'b'))", "a.b"),
        ("patch(\\\n'a.b')", "a.b"),
        ("patch('a.' \\\n'b')", "a.b"),
        ("patch(  # why\n    (\\\n'a.b'))", "a.b"),
        ("__import__('a', x, y, [\\\n'b'])", "a.b"),
        ("import_module('.b', \\\n'a')", "a.b"),
        # Python reads every name in its normal form.
        ("x.\uff49mport_module('a.b')", "a.b"),
        ("x.import_module(n\uff41me='a.b')", "a.b"),
    ],
)
def test_imports_by_string_are_read(source: str, target: str) -> None:
    assert targets(source) == [("dynamic", 0, target)]


@pytest.mark.parametrize(
    "source",
    [
        "import_module(name)",
        "import_module(f'{a}.b')",
        "import_module(b'a.b')",
        "setattr('a.b', 'c', 1)",
        "dict('a.b')",
        "client.patch('/a/b')",
        "patch('a b.c')",
        "'a.b' in x",
        "import_module('.b', package='.c')",
    ],
)
def test_other_strings_import_nothing(source: str) -> None:
    assert targets(source) == []


def test_target_relative_to_any_package_names_nothing() -> None:
    assert targets("import_module('.b', package=plugins)") == []


def test_target_relative_to_an_unknown_package_stays_relative() -> None:
    assert targets("import_module('.b', package=__package__)") == [("dynamic", 1, "b")]


@pytest.mark.parametrize(
    ("annotation", "expected"),
    [
        ('"a.B"', ["a.B"]),
        ('"Optional[a.B] | c.D"', ["a.B", "c.D"]),
        ('list["a.B"]', ["a.B"]),
        ('list[list["a.B"]]', ["a.B"]),
        ('"a.B | a.B"', ["a.B"]),
        ('Literal["a.B"]', []),
        ('dict[Literal["a.B"], "c.D"]', ["c.D"]),
        ('Annotated["a.B", "c.D", e("f.G")]', ["a.B"]),
        ('Annotated[int, "c.D"]', []),
        ('list[t.Annotated[# why\n"a.B", "c.D"] | None]', ["a.B"]),
        ('Annotated[\\\n"a.B", "c.D"]', ["a.B"]),
        ('list[list["a.B"]]', ["a.B"]),
        ('"a.B | a.B"', ["a.B"]),
        ('"B"', []),
    ],
)
def test_quoted_annotations_are_read(annotation: str, expected: list[str]) -> None:
    found = read(f"x: {annotation} = None".encode()).references

    assert sorted(".".join(r.target) for r in found if r.kind is Kind.STRING) == expected


def test_definitions_have_qualified_names_and_the_line_of_their_name() -> None:
    source = "@d\nclass A[T]:\n    async def f(self):\n        def g(): ...\n"
    found = [(d.qualified, d.kind.value, d.span.line) for d in read(source.encode()).definitions]

    assert found == [("A", "class", 2), ("A.f", "function", 3), ("A.f.g", "function", 4)]


@pytest.mark.parametrize(
    ("source", "aliases"),
    [
        ("from a import b as c", {"c": Alias(0, ("a", "b"))}),
        ("import a.b", {"a": Alias(0, ("a",))}),
        ("try:\n    from a import x\nexcept E:\n    from b import x", {"x": Alias(0, ("a", "x"))}),
        ("from a import x\nfrom b import x", {"x": Alias(0, ("b", "x"))}),
        ("from a import x\nclass x: ...", {}),
        ("from a import x\nY = x.y", {"x": Alias(0, ("a", "x")), "Y": Alias(0, ("y",), "x")}),
        ("def f():\n    from a import b", {}),
    ],
)
def test_module_level_names_know_where_they_come_from(
    source: str, aliases: dict[str, Alias]
) -> None:
    assert read(source.encode()).aliases == aliases


def test_byte_order_mark_and_coding_cookie_are_obeyed() -> None:
    assert read("import ä".encode("utf-8-sig")).references[0].span == Span(1, 8, 1, 9)
    cookie = "# -*- coding: latin-1 -*-\nimport ä".encode("latin-1")
    assert read(cookie).references[0].target == ("ä",)


@pytest.mark.parametrize(
    "content",
    [
        b"x = '\xff'",
        b"# coding: nonsense\n",
        b"# coding: hex\n",
        b"# coding: undefined\n",
    ],
)
def test_bytes_that_are_no_text_are_refused(content: bytes) -> None:
    with pytest.raises(UndecodableError):
        read(content)


@pytest.mark.parametrize(
    "newer",
    [
        "type X = a",
        "type X[T] = list[T]",
        "try: ...\nexcept* E: ...",
        "x = f'{'a'}'",
        "x = f'{x!r:>{width}}'",
        "class A[T = int]: ...",
        "def f[**P](*args: P.args): ...",
        "match x:\n    case {'a': b}: ...",
        "x = t'{a}'",
    ],
)
def test_syntax_of_newer_pythons_hides_nothing(newer: str) -> None:
    source = f"import a\n{newer}\nimport b\n\n\nclass C: ...\n"
    facts = read(source.encode())

    assert [r.target for r in facts.references] == [("a",), ("b",)]
    assert facts.definitions[-1].qualified == "C"


def test_commented_out_code_of_any_length_is_read_at_once() -> None:
    source = b"import a\n" + b"# import b\n" * 30_000 + b"import c\n"
    start = time.process_time()
    found = read(source).references

    assert [r.span.line for r in found] == [1, 30_002]
    assert time.process_time() - start < 5  # without the cure: about a minute


@pytest.mark.parametrize("source", ["from a import (  # b\n)\n", "import\n"])
def test_import_of_nothing_is_no_reference(source: str) -> None:
    assert read(source.encode()).references == ()


@pytest.mark.parametrize(
    ("source", "level"),
    [
        ("from .\\\n a import b", 1),
        ("from . \\\n . a import b", 2),
        ("from a \\\n . b \\\n import \\\n c", 0),
        ("import a \\\n . b \\\n as \\\n c", 0),
        ("from a import (b \\\n as \\\n c)", 0),
    ],
)
def test_continued_line_changes_no_import(source: str, level: int) -> None:
    (found,) = read(source.encode()).references
    (plain,) = read(source.replace("\\\n", "").encode()).references

    assert (found.identity, found.level) == (plain.identity, level)


@pytest.mark.parametrize(
    "opening",
    [
        "from a import (",
        "from a import ( # why",
        "from a import (\n\n# why\n",
        "from a \\\nimport (",
        "from a import \\\n(",
    ],
)
def test_items_that_stand_left_of_their_import_are_read(opening: str) -> None:
    facts = read(f"def f():\n    {opening}\n  b,\nc)\n    a.d\n".encode())

    found = [(".".join(r.target), r.span.line, r.span.column, r.scope) for r in facts.references]
    line = opening.count("\n") + 3
    assert found == [("a.b", line, 3, "f"), ("a.c", line + 1, 1, "f")]
    assert not facts.broken


def test_subscript_that_goes_on_further_left_hides_nothing() -> None:
    facts = read(b"def f():\n    x: a[\nb\n] = c[\nd]\n    from a import b\n")

    assert [(".".join(r.target), r.scope) for r in facts.references] == [("a.b", "f")]
    assert not facts.broken


def test_deeply_nested_annotation_is_read_at_once() -> None:
    source = f"x: {'list[' * 2_000}'a.B'{']' * 2_000}"
    start = time.process_time()
    found = read(source.encode()).references

    assert [r.target for r in found] == [("a", "B")]
    assert time.process_time() - start < 5  # without the cure: about 45 s


@pytest.mark.parametrize(
    "source",
    [
        "import a\n" * 20_000 + "a.b\n" * 20_000,
        "def f():\n    import a\n    a.b\n" * 8_000,
        "import a\n" + "".join(f"def f{n}(a):\n    a.b\n" for n in range(8_000)),
        "import a\n" + "lambda a: a.b\n" * 20_000,
        "import a;" + "a.ö;" * 40_000,
        'x = "' + '\\"' * 60_000,
    ],
    ids=["imports", "scopes", "shadows", "veils", "columns", "quotes"],
)
def test_many_of_a_kind_are_read_at_once(source: str) -> None:
    start = time.process_time()
    read(source.encode())

    assert time.process_time() - start < 5  # each took over 20 s: all were compared with all


def test_deep_nesting_is_read_without_recursion() -> None:
    source = b"x = " + b"(" * 5_000 + b")" * 5_000 + b"\nimport a\n"

    assert [r.target for r in read(source).references] == [("a",)]


@pytest.mark.parametrize(
    "statement",
    [
        "from a import (\nb,\n)",
        "from a import (  # why\n\n# more\n  b,\n)",
        "x = (1 +\n2)",
        "x = {a:\n[\n1]}",
        'def g(a=\n1, b=\'(\', c="""]\n"""): pass',
        "with (a as\nb): pass",
    ],
)
def test_line_in_brackets_left_of_its_block_ends_no_block(statement: str) -> None:
    source = (
        f"def f():\n    if 1:\n        {statement}\n        from old import T\n    class K: ...\n"
    )
    facts = read(source.encode())

    [found] = [r for r in facts.references if r.target == ("old", "T")]
    line = source.count("\n", 0, source.index("from old")) + 1

    assert not facts.broken
    assert (found.scope, found.span) == ("f", Span(line, 25, line, 26))
    assert "f.K" in [definition.qualified for definition in facts.definitions]


def test_waiver_inside_brackets_left_of_its_block_is_kept() -> None:
    comment = "# ssot: allow[forbidden-import]"
    facts = read(f"def f():\n    from a import (  {comment}\nb,\n)\n".encode())

    assert [r.target for r in facts.references] == [("a", "b")]
    assert [(w.text, w.span.column, w.lines) for w in facts.waivers] == [
        (comment[2:], 22, range(2, 5))
    ]
