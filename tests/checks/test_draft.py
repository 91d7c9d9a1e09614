"""A proposal names what stands twice, what is old, and what replaces it."""

from __future__ import annotations

import pytest

from checks.draft import MAX_DUPLICATES, Home
from checks.succession import OldModule
from tests.checks.trees import propose

ENGINE = "class Engine: ...\n"
TWICE = {
    "shop/engine.py": ENGINE,
    "shop/other.py": ENGINE,
    "shop/a.py": "from shop.engine import Engine\n",
    "shop/b.py": "from .engine import Engine\n",
    "shop/c.py": "from shop.other import Engine\n",
}


def old(files: dict[str, str]) -> dict[str, str]:
    """Map the deprecated modules of a proposal to what replaces them."""
    concepts = propose(files).concepts
    return {each.module: each.use for concept in concepts for each in concept.deprecated}


def test_class_that_is_defined_twice_has_its_home_where_most_import_it() -> None:
    [concept] = propose(TWICE).concepts
    assert (concept.name, concept.symbol) == ("engine", "Engine")
    assert concept.homes == (Home("shop.engine", 2), Home("shop.other", 1))


def test_import_through_a_package_counts_for_the_definition() -> None:
    files = {
        "shop/__init__.py": "from shop.inner import *\n",
        "shop/inner.py": "from .other import Engine as Engine\n",
        "shop/engine.py": ENGINE,
        "shop/other.py": ENGINE,
        "a.py": "from shop import Engine\n",
    }
    [concept] = propose(files).concepts
    assert concept.canonical.module == "shop.other"


def test_definition_in_a_test_or_once_is_no_concept() -> None:
    files = {
        "shop/engine.py": ENGINE,
        "tests/engine.py": ENGINE,
        "shop/tests/x.py": ENGINE,
        "test_engine.py": ENGINE,
    }
    assert propose(files).concepts == ()


@pytest.mark.parametrize("name", ["TestCase", "FakeCart", "Config", "Migration", "_Engine"])
def test_name_that_is_meant_to_stand_in_many_files_is_no_concept(name: str) -> None:
    assert propose({"a.py": f"class {name}: ...\n", "b.py": f"class {name}: ...\n"}).concepts == ()


def test_most_imported_come_first_and_the_rest_is_counted() -> None:
    names = [f"Thing{number:02}" for number in range(MAX_DUPLICATES + 3)]
    source = "".join(f"class {name}: ...\n" for name in names)
    files = {"a.py": source, "b.py": source, "c.py": "from b import Thing07\n"}
    found = propose(files)
    assert found.concepts[0].symbol == "Thing07"
    assert found.concepts[0].canonical.module == "b"
    assert (len(found.concepts), found.more_duplicates) == (MAX_DUPLICATES, 3)


def test_names_of_concepts_are_words_and_differ() -> None:
    source = "class HTTPServer: ...\nclass HttpServer: ...\nclass Größe: ...\nclass 店: ...\n"
    names = {concept.name for concept in propose({"a.py": source, "b.py": source}).concepts}
    assert names == {"http-server", "http-server-2", "gr-e", "concept"}


def test_redirect_is_deprecated_for_what_it_hands_on() -> None:
    files = {
        "shop/engine.py": f"{ENGINE}class Plan: ...\n",
        "shop/legacy.py": "from shop.engine import Engine as OldEngine, Plan\n",
        "shop/a.py": "from shop.legacy import OldEngine\n",
    }
    [concept] = propose(files).concepts
    assert concept.canonical == Home("shop.engine", 2)  # the redirect is one of them
    assert concept.deprecated == (
        OldModule(
            "shop.legacy",
            "shop.engine",
            "only re-exports another module",
            1,
            (("OldEngine", "Engine"),),
        ),
    )


def test_package_and_facade_of_several_modules_are_no_redirects() -> None:
    files = {
        "shop/engine.py": ENGINE,
        "shop/plan.py": "class Plan: ...\n",
        "shop/__init__.py": "from shop.engine import Engine\n",
        "shop/api.py": "from shop.engine import Engine\nfrom shop.plan import Plan\n",
        "shop/system.py": "from os import path\n",
    }
    assert old(files) == {}


@pytest.mark.parametrize(
    "text",
    [
        "Deprecated: use shop.engine.",
        "Deprecated: use shop.engine.Engine.",
        "Deprecated: use engines.engine, as everybody does.",
        "Deprecated: shop.legacy moved to shop/engine.py.",
        "Deprecated: use Engine instead.",
    ],
)
def test_replacement_is_what_the_declaration_speaks_of(text: str) -> None:
    home = "shop/engines/engine.py" if "engines" in text else "shop/engine.py"
    module = home.removesuffix(".py").replace("/", ".")
    files = {
        home: ENGINE,
        "shop/legacy.py": f'"""{text}"""\n\nclass Old: ...\n',
        "shop/a.py": f"from {module} import Engine\n",
    }
    assert old(files) == {"shop.legacy": module}


def test_module_that_nobody_imports_is_no_redirect() -> None:
    assert old({"shop/engine.py": ENGINE, "shop/a.py": "from shop.engine import Engine\n"}) == {}


def test_deprecated_twin_gives_way_to_the_definition_that_is_imported() -> None:
    files = {
        "shop/engine.py": ENGINE,
        "shop/legacy.py": f'"""Deprecated."""\n{ENGINE}',
        "shop/a.py": "from shop.engine import Engine\n",
        "shop/b.py": "from shop.legacy import Engine\n",
        "shop/c.py": "from shop.legacy import Engine\n",
    }
    [concept] = propose(files).concepts
    assert concept.canonical.module == "shop.engine"
    assert [each.module for each in concept.deprecated] == ["shop.legacy"]


def test_replacement_that_is_old_itself_is_followed_to_its_end() -> None:
    files = {
        "shop/engine.py": ENGINE,
        "shop/old.py": "from shop.engine import Engine\n",
        "shop/older.py": '"""Deprecated: use shop.old."""\nX = 1\n',
        "shop/user.py": "import shop.old\n",
    }
    assert old(files) == {"shop.old": "shop.engine", "shop.older": "shop.engine"}


def test_circle_of_replacements_is_left_out() -> None:
    files = {
        "shop/a.py": '"""Deprecated: use shop.b."""\n',
        "shop/b.py": '"""Deprecated: use shop.a."""\n',
    }
    found = propose(files)
    assert found.concepts == ()
    assert found.orphans == ("shop.a", "shop.b")


def test_module_that_is_old_for_nothing_known_is_told() -> None:
    assert propose({"shop/old.py": '"""Deprecated."""\n'}).orphans == ("shop.old",)


@pytest.mark.parametrize(
    ("paths", "roots"),
    [
        (["shop/a.py", "shop/b.py"], (".",)),
        (["src/shop/a.py", "src/shop/b.py"], ("src",)),
        (["services/till/src/shop/a.py", "tools.py"], ("services/till/src",)),
        (["src/__init__.py", "src/shop/a.py"], (".",)),
        (["s*/src/shop/a.py"], (".",)),
        ([], (".",)),
    ],
)
def test_roots_are_the_folders_that_imports_start_from(
    paths: list[str], roots: tuple[str, ...]
) -> None:
    assert propose(dict.fromkeys(paths, "import shop.a\nimport os\n")).roots == roots


def test_two_roots_are_told_most_used_first() -> None:
    files = {
        "src/shop/a.py": "import shop.b\nimport tools.x\n",
        "src/shop/b.py": "import shop.a\n",
        "tools/x.py": "",
    }
    assert propose(files).roots == ("src", ".")


def test_only_patterns_that_match_are_proposed() -> None:
    files = dict.fromkeys(["tests/a.py", "tests/test_b.py", "shop/test_c.py", "backups/x.py"], "")
    found = propose(files)
    assert found.tests == ("tests/**", "**/test_*.py")
    assert found.ignore == ("backups/**",)
