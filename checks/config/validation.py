"""Values of the file against its schema: every problem at once, in a person's words."""

from __future__ import annotations

import json
import re
from typing import TYPE_CHECKING, Any, get_args

from pydantic import BaseModel, ValidationError

from checks.config.problems import KeyPath, Problem, choice_of, key_text, unknown_word
from checks.config.schema import ConfigFile

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    from pydantic_core import ErrorDetails

    from checks.config.document import Document

MISSING = "'{key}' is missing: write `{key}: {example}`"
NOTHING = "the value is missing: {wanted}, or leave out the key"
AT_LEAST = "write {least} or more"
NOT_EMPTY = "the list is empty: write at least one entry"
WRONG_TYPE = {
    "string_type": "write text; a number or a word such as true needs quotes to be text",
    "int_type": "write a whole number",
    "int_from_float": "write a whole number",
    "bool_type": "write true or false",
    "list_type": "write a list",
    "tuple_type": "write a list",
    "dict_type": "write keys with values",
    "model_type": "write keys with values",
}
EXAMPLES = {
    "version": "1",
    "canonical": "[shop.orders.engine:Engine]",
    "use": "shop.orders.engine",
    "call": "Engine",
    "argument": "metadata",
    "rule": "forbidden-import",
    "path": '"src/old/**"',
    "until": "2026-12-31",
    "reason": "why it may stay that long",
    "issue": "12",
    "item": '"Update imports*"',
    "when": "count(forbidden-import) == 0",
}

# pydantic puts this behind a mapping's key when the key itself is wrong.
KEY = "[key]"


def validate(document: Document) -> tuple[ConfigFile | None, list[Problem]]:
    """Fit the values into the schema, or list all that does not fit."""
    try:
        # As JSON, strict still takes text for an enum; as Python objects it would not.
        return ConfigFile.model_validate_json(json.dumps(document.value)), []
    except ValidationError as error:
        details = error.errors(include_url=False)
        return None, [_problem(detail, document) for detail in details if not _follows(detail)]


def _problem(detail: ErrorDetails, document: Document) -> Problem:
    path = _key_path(detail)
    if detail["type"] == "extra_forbidden" or KEY in detail["loc"]:
        mark = document.mark_of_key(path)
    elif detail["type"] == "missing":
        mark = document.mark_of_key(path[:-1])
    else:
        mark = document.mark_of_value(path)
    say = SENTENCES.get(detail["type"], _wrong_type)
    return Problem(mark.line, mark.column, key_text(path), say(detail))


def _follows(detail: ErrorDetails) -> bool:
    """A list is also too short when its entries are wrong: saying so would mislead."""
    return detail["type"] == "too_short" and bool(detail["input"])


def _key_path(detail: ErrorDetails) -> KeyPath:
    return tuple(part for part in detail["loc"] if part != KEY)


def _missing(detail: ErrorDetails) -> str:
    key = str(detail["loc"][-1])
    return MISSING.format(key=key, example=EXAMPLES[key])


def _unknown_key(detail: ErrorDetails) -> str:
    *section, key = _key_path(detail)
    return unknown_word(str(key), _known_keys(tuple(section)))


def _choice(detail: ErrorDetails) -> str:
    known = re.findall(r"[\w-]+", str(detail["ctx"]["expected"]).replace(" or ", ", "))
    if isinstance(detail["input"], str):
        return unknown_word(detail["input"], known)
    return choice_of(known)


def _too_small(detail: ErrorDetails) -> str:
    context = detail["ctx"]
    return AT_LEAST.format(least=context["ge"] if "ge" in context else context["gt"] + 1)


def _wrong_type(detail: ErrorDetails) -> str:
    wanted = WRONG_TYPE.get(detail["type"], detail["msg"])
    return NOTHING.format(wanted=wanted) if detail["input"] is None else wanted


SENTENCES: Mapping[str, Callable[[ErrorDetails], str]] = {
    "missing": _missing,
    "extra_forbidden": _unknown_key,
    "enum": _choice,
    "literal_error": _choice,
    "value_error": lambda detail: str(detail["ctx"]["error"]),
    "greater_than": _too_small,
    "greater_than_equal": _too_small,
    "too_short": lambda _: NOT_EMPTY,
}


def _known_keys(path: KeyPath) -> list[str]:
    """List the keys that the schema has at a place, found by walking down its types."""
    place: Any = ConfigFile
    for part in path:
        place = _below(place, part)
    return list(_fields(place))


def _below(place: Any, part: str | int) -> Any:
    if isinstance(place, type) and issubclass(place, BaseModel):
        return _fields(place)[str(part)]
    return get_args(place)[0 if isinstance(part, int) else 1]  # tuple[X, ...] or dict[str, X]


def _fields(section: type[BaseModel]) -> dict[str, Any]:
    fields = section.model_fields.items()
    return {field.alias or name: field.annotation for name, field in fields}
