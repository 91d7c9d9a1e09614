"""A file says of itself what it offers, imports, and that it is old."""

import pytest

from checks.survey import BLANK, survey


def test_public_definitions_of_the_module_are_offered() -> None:
    found = survey(
        b"class Cart:\n    class Line: ...\n    def add(self): ...\n\n"
        b"class _Hidden: ...\n\ndef pay(): ...\n\nif x:\n    class Cart: ...\n"
    )
    assert (found.classes, found.functions) == (("Cart",), ("pay",))


def test_imports_are_told_once() -> None:
    found = survey(b"import shop.cart\nfrom . import a\n\ndef run():\n    import shop.cart\n")
    assert found.imports == {(0, ("shop", "cart")), (1, ("a",))}


@pytest.mark.parametrize(
    "source",
    [
        '"""Moved."""\nfrom shop.cart import Cart\n\n__all__ = ["Cart"]\n',
        "from shop.cart import *\n",
        'import warnings\nfrom a import B\nwarnings.warn("old", DeprecationWarning)\n',
    ],
)
def test_module_that_only_hands_on_is_known(source: str) -> None:
    assert survey(source.encode()).hands_on


@pytest.mark.parametrize(
    "source",
    ["", '"""Nothing."""\n', "from a import B\nX = 1\n", "from a import B\nclass C: ...\n"],
)
def test_module_that_does_more_or_nothing_does_not_only_hand_on(source: str) -> None:
    assert not survey(source.encode()).hands_on


@pytest.mark.parametrize(
    "source",
    [
        '"""DEPRECATED: use shop.cart."""\n',
        '"""Deprecated."""\n',
        '"""The old cart.\n\n.. deprecated:: 2.0\n   Use shop.cart.\n"""\n',
        '"""**Deprecated** - import shop.cart."""\n',
        "'''This module is deprecated, see shop.cart.'''\n",
        "# DEPRECATED: see shop.cart\nimport os\n",
        "#!/usr/bin/env python\n# This file has been deprecated.\nimport os\n",
        '"""The cart."""\nimport warnings\nwarnings.warn(\n    "gone", DeprecationWarning\n)\n',
        '"""Import the new one:\n\nfrom a import b\n\nDeprecated file, kept for old code.\n"""\n',
    ],
)
def test_module_that_calls_itself_deprecated_is_known(source: str) -> None:
    assert survey(source.encode()).declared


@pytest.mark.parametrize(
    "source",
    [
        '"""Replaces the deprecated shop.old_cart."""\n',
        '"""Deprecated aliases of the cart."""\n',
        '"""Finds deprecated modules."""\n',
        '"""The cart."""\n\ndef old():\n    """Deprecated: use new."""\n',
        '"""The cart."""\n\ndef old():\n    warnings.warn("x", DeprecationWarning)\n',
        '"""The cart."""\n\n# DEPRECATED: from shop.old import Cart\n',
        "MESSAGE = 'Deprecated: no'\n",
    ],
)
def test_module_that_speaks_of_others_is_not_deprecated(source: str) -> None:
    assert survey(source.encode()).declared == ""


@pytest.mark.parametrize("content", [b"# coding: nonsense\nclass A: ...\n", b"\xff\xfe", b""])
def test_file_that_cannot_be_read_says_nothing(content: bytes) -> None:
    assert survey(content) == BLANK


def test_long_head_is_searched_in_no_time() -> None:
    assert survey(b" \t\n" * 100_000 + b'"""' + b"deprecated " * 50_000).declared == ""
