"""The small forms of text that a config holds; a wrong one raises ValueError with a sentence."""

from __future__ import annotations

import re
from datetime import date

from checks.globs import NameGlob, PathGlob

ROOT_FORM = "write the folder from the root of the repository, without dots: '.', 'src', 'lib/a'"
MODULE_FORM = "write a dotted module name, for example 'shop.orders.engine'"
FILE_AS_MODULE = "write the dotted module name '{module}', not the path of its file"
CANONICAL_FORM = "write 'module:Name', for example 'shop.orders.engine:Engine'"
CALL_FORM = (
    "write the name that is called, such as 'Engine', or a dotted path to mean one module only"
)
IDENTIFIER_FORM = "write one Python name"
NAME_PATTERN_FORM = "write a bare name: Python letters, digits and '_', with '*' and '?' for any"
CONCEPT_FORM = "write letters, digits, '-' and '_' only: criteria refer to a concept by this name"
DATE_FORM = "write the date as YYYY-MM-DD"
NO_SUCH_DAY = "there is no such day: write another"
PYTHON_FORM = 'write the version of Python in quotes, as in "3.11"'
VERSION_FORM = "write 1"
VERSION_UNQUOTED = "write 1 without quotes"
NO_TEXT = "the text is empty: write a sentence"

CONCEPT_NAME = re.compile(r"[A-Za-z0-9][A-Za-z0-9_-]*")
DATE = re.compile(r"[0-9]{4}-[0-9]{2}-[0-9]{2}")
PYTHON_VERSION = re.compile(r"3\.[0-9]{1,2}")


def check_path_pattern(text: str) -> str:
    """Accept a pattern for paths."""
    PathGlob(text)
    return text


def check_name_pattern(text: str) -> str:
    """Accept a pattern for the bare name of a class or function."""
    NameGlob(text)
    plain = text.replace("*", "").replace("?", "")
    if not f"_{plain}".isidentifier():
        raise ValueError(NAME_PATTERN_FORM)
    return text


def check_root(text: str) -> str:
    """Accept a folder of the repository, or `.` for its root."""
    if text != "." and not all(part.strip(".") for part in text.split("/")):
        raise ValueError(ROOT_FORM)
    if set(text) & set("*?[\\"):
        raise ValueError(ROOT_FORM)
    return text


def check_module(text: str) -> str:
    """Accept a dotted module name."""
    if not is_dotted(text):
        path = text.removesuffix(".py").removesuffix("/__init__").replace("/", ".")
        raise ValueError(
            FILE_AS_MODULE.format(module=path) if "/" in text and is_dotted(path) else MODULE_FORM
        )
    return text


def check_canonical(text: str) -> str:
    """Accept `module:Name`."""
    module, _, name = text.partition(":")
    if not (is_dotted(module) and name.isidentifier()):
        raise ValueError(CANONICAL_FORM)
    return text


def check_call(text: str) -> str:
    """Accept a bare or dotted name of something that is called."""
    if not is_dotted(text):
        raise ValueError(CALL_FORM)
    return text


def check_identifier(text: str) -> str:
    """Accept one Python name."""
    if not text.isidentifier():
        raise ValueError(IDENTIFIER_FORM)
    return text


def check_concept_name(text: str) -> str:
    """Accept the name of a concept."""
    if not CONCEPT_NAME.fullmatch(text):
        raise ValueError(CONCEPT_FORM)
    return text


def check_python_version(text: str) -> str:
    """Accept a version of Python 3."""
    if not PYTHON_VERSION.fullmatch(text):
        raise ValueError(PYTHON_FORM)
    return text


def check_version(value: object) -> object:
    """Accept the number of the file's format, and nothing that merely equals it."""
    if type(value) is not int:
        raise ValueError(VERSION_UNQUOTED if value == "1" else VERSION_FORM)
    return value


def check_sentence(text: str) -> str:
    """Accept text that says something."""
    if not text.strip():
        raise ValueError(NO_TEXT)
    return text


def is_dotted(text: str) -> bool:
    """Tell whether the text is one or more Python names joined by dots."""
    return all(part.isidentifier() for part in text.split("."))


def check_symbol_pattern(text: str) -> str:
    """Accept a pattern for the symbol of a finding."""
    NameGlob(text)
    return text


def check_date(text: str) -> str:
    """Accept a day of the calendar, written YYYY-MM-DD."""
    if not DATE.fullmatch(text):
        raise ValueError(DATE_FORM)
    try:
        date.fromisoformat(text)
    except ValueError:
        raise ValueError(NO_SUCH_DAY) from None
    return text
