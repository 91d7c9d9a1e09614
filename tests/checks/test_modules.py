"""Paths to module names and back."""

from __future__ import annotations

import pytest

from checks.modules import Roots, is_package


@pytest.mark.parametrize(
    ("path", "module"),
    [
        ("a.py", "a"),
        ("a/b.py", "a.b"),
        ("a/b.pyi", "a.b"),
        ("a/__init__.py", "a"),
        ("a/b/__init__.pyi", "a.b"),
        ("größe/b.py", "größe.b"),
    ],
)
def test_file_is_named_by_its_path(path: str, module: str) -> None:
    assert Roots(["."]).module_of(path) == module


@pytest.mark.parametrize("path", ["__init__.py", "a-b/c.py", "a/b-c.py", "a/1.py", "a/b.txt", "py"])
def test_file_that_no_import_can_name_has_no_module(path: str) -> None:
    assert Roots(["."]).module_of(path) is None


def test_longest_root_wins() -> None:
    roots = Roots([".", "src", "src/vendor"])
    assert roots.module_of("src/vendor/a.py") == "a"
    assert roots.module_of("src/a.py") == "a"
    assert roots.module_of("srcs/a.py") == "srcs.a"


def test_file_under_no_root_has_no_module() -> None:
    assert Roots(["src"]).module_of("tools/a.py") is None
    assert Roots(["src"]).resolve("tools/a.py", 1, "b") is None


def test_module_stands_in_a_file_a_package_or_their_stubs() -> None:
    assert Roots(["."]).paths_of("a.b") == (
        "a/b.py",
        "a/b.pyi",
        "a/b/__init__.py",
        "a/b/__init__.pyi",
    )


def test_module_is_looked_for_under_every_root_that_would_name_it() -> None:
    roots = Roots([".", "src"])
    assert [path for path in roots.paths_of("a") if path.endswith("a.py")] == ["src/a.py", "a.py"]
    assert "src/a.py" not in roots.paths_of("src.a")


@pytest.mark.parametrize(
    ("path", "level", "module", "target"),
    [
        ("a/b/c.py", 1, "d", "a.b.d"),
        ("a/b/c.py", 1, "", "a.b"),
        ("a/b/c.py", 2, "d.e", "a.d.e"),
        ("a/b/c.py", 3, "d", "d"),
        ("a/b/__init__.py", 1, "d", "a.b.d"),
        ("a/b/__init__.py", 2, "d", "a.d"),
        ("a/b-c/d.py", 2, "e", "a.e"),
        ("main.py", 1, "", ""),
    ],
)
def test_relative_import_resolves_by_folder(
    path: str, level: int, module: str, target: str
) -> None:
    assert Roots(["."]).resolve(path, level, module) == target


def test_relative_import_resolves_below_the_longest_root() -> None:
    assert Roots([".", "src"]).resolve("src/a/b.py", 1, "c") == "a.c"
    assert Roots([".", "src"]).resolve("src/a/b.py", 3, "c") is None


def test_relative_import_above_the_root_or_in_an_unnamable_folder_is_none() -> None:
    assert Roots(["."]).resolve("a/b.py", 3, "c") is None
    assert Roots(["."]).resolve("a-b/c.py", 1, "d") is None


def test_package_is_told_by_its_file_name() -> None:
    assert is_package("a/__init__.py")
    assert is_package("__init__.pyi")
    assert not is_package("a/b.py")
    assert not is_package("a/__init__.txt")
