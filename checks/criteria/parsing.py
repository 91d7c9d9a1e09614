"""The text of a criterion in, the criterion out, or one error that says what to write instead."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, NoReturn, TypeVar

from checks.config.patterns import CONCEPT_NAME, check_module
from checks.config.problems import unknown_word
from checks.criteria.characters import (
    LINE,
    MAX_CHARACTERS,
    TOO_LONG,
    UNSEEN_CHARACTER,
    CriterionError,
    reject_characters,
)
from checks.criteria.model import (
    BARE,
    Criterion,
    DefinitionsOf,
    Exists,
    FindingsOf,
    Operator,
    StageOf,
    Unit,
)
from checks.globs import NameGlob, PathGlob
from checks.stages import Stage

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    from checks.criteria.model import Query, Value

    Result = TypeVar("Result")


NO_FUNCTION = "write what is measured: count(…), files(…), definitions(…), stage(…) or exists(…)"
OPENING = "write '(' after '{function}'"
CLOSING = "write ')' here: '{function}(…)' takes one thing"
NO_KEY = "write it alone, without '{key}='"
MORE_OR_CLOSING = "write ',' or ')' here"
RULE_FIRST = "write the rule first, for example '{function}(forbidden-import)'"
CONCEPT_FIRST = "write one concept, for example 'definitions(engine)'"
CONCEPT_WANTED = "write the name of a concept of the config"
NO_QUOTES = "a name has no quotes: write '{name}'"
FILTER = "write a filter: concept=, path=, symbol= or tests=no"
COMMA_IN_PATTERN = "write a filter here; put a pattern that contains a comma in double quotes"
TWICE = "'{key}=' is there twice: write it once"
ONE_EQUALS = "write '{key}=' followed by the value"
TESTS = "write 'tests=no', or leave it out: tests count"
PATTERN = (
    "write a pattern; put one that contains spaces or any of , ( ) = < > in straight double quotes"
)
UNCLOSED = "the double quote is not closed: write '\"' after the pattern"
MODULE = "write a dotted module name, for example 'stage(shop.orders.engine)'"
NO_OPERATOR = "write what it must be, for example '{query} {example}'"
WRONG_OPERATOR = "'{found}' is not a comparison: write {meant}"
ONLY_EQUAL = "'exists' is true or false: compare it with '==' or '!='"
NUMBER = "write a whole number, 0 or more, in digits only"
FOLLOWS = "nothing may follow '{value}': a criterion is one comparison"

FUNCTIONS = (*Unit, "definitions", "stage", "exists")
FILTERS = ("concept", "path", "symbol", "tests")
EXAMPLES = {"stage": "== removed", "exists": "== false"}
MEANT = {"=": "'=='", "===": "'=='", "=<": "'<='", "=>": "'>='", "<>": "'!='", "!": "'!='"}
OPERATORS = f"one of {' '.join(Operator)}"
STAGES: Mapping[str, Value] = {stage.value: stage for stage in Stage}
BOOLEANS: Mapping[str, Value] = {"true": True, "false": False}
SHOWN_CHARACTERS = 40

_BLANKS = re.compile(r"[ \t\r\n]*")
_WORD = re.compile(r"[^\s,()=<>!\"'`“”]+")
_KEY = re.compile(r"(?P<key>[^\s,()=<>!\"'`“”]+)[ \t\r\n]*=(?!=)")
_QUOTED = re.compile(r'"(?P<text>[^"]*)"')
_OPERATOR = re.compile(r"[^\s\w\"'`“”(),-]+")  # a "-" behind it belongs to what is no number
_NUMBER = re.compile(r"0|[1-9][0-9]*")


def parse(text: str) -> Criterion:
    """Read a criterion; raise `CriterionError` for anything else."""
    reject_characters(text)
    criterion = _Reader(text).criterion()
    if len(str(criterion)) > MAX_CHARACTERS:  # it must be read back, too
        raise CriterionError(1, TOO_LONG)
    return criterion


class _Reader:
    """Reads from left to right; `at` is where the next part begins."""

    def __init__(self, text: str) -> None:
        self._text = text
        self._at = 0
        self._skip()

    def criterion(self) -> Criterion:
        query = self._query()
        criterion = Criterion(query, self._operator(query), self._value(query))
        if self._at < len(self._text):
            self._fail(FOLLOWS.format(value=_shown(self._text[: self._at].split()[-1])))
        return criterion

    def _query(self) -> Query:
        start = self._at
        function = self._word(NO_FUNCTION)
        if function not in FUNCTIONS:
            self._fail(unknown_word(_shown(function), FUNCTIONS), start)
        self._sign("(", OPENING.format(function=function))
        key = _KEY.match(self._text, self._at)
        match function:
            case Unit.COUNT | Unit.FILES:
                return self._findings(Unit(function))
            case _ if key:
                self._fail(NO_KEY.format(key=_shown(key["key"])))
            case "definitions":
                query: Query = DefinitionsOf(self._name(CONCEPT_FIRST))
            case "stage":
                query = StageOf(self._module())
            case _:
                query = Exists(self._pattern(PathGlob))
        self._sign(")", CLOSING.format(function=function))
        return query

    def _findings(self, unit: Unit) -> FindingsOf:
        if _KEY.match(self._text, self._at):
            self._fail(RULE_FIRST.format(function=unit))
        rule = self._name(RULE_FIRST.format(function=unit))
        concept, tests = "", True
        path: PathGlob | None = None
        symbol: NameGlob | None = None
        seen: set[str] = set()
        while self._is_at(","):
            self._sign(",", MORE_OR_CLOSING)
            match self._key(seen):
                case "concept":
                    concept = self._name(CONCEPT_WANTED)
                case "path":
                    path = self._pattern(PathGlob)
                case "symbol":
                    symbol = self._pattern(NameGlob)
                case _:
                    tests = self._tests()
        self._sign(")", MORE_OR_CLOSING)
        return FindingsOf(unit, rule, concept, path, symbol, tests)

    def _key(self, seen: set[str]) -> str:
        match = _KEY.match(self._text, self._at)
        if match is None:
            word = _WORD.match(self._text, self._at)
            is_key = word is not None and word[0] in FILTERS
            no_filter = COMMA_IN_PATTERN if seen & {"path", "symbol"} else FILTER
            self._fail(ONE_EQUALS.format(key=word[0]) if word and is_key else no_filter)
        key = match["key"]
        if key not in FILTERS:
            self._fail(unknown_word(_shown(key), FILTERS))
        if key in seen:
            self._fail(TWICE.format(key=key))
        seen.add(key)
        self._at = match.end()
        self._skip()
        return key

    def _tests(self) -> bool:
        start = self._at
        if self._word(TESTS) != "no":
            self._fail(TESTS, start)
        return False

    def _name(self, wanted: str) -> str:
        start = self._at
        if quoted := _QUOTED.match(self._text, start):
            name = _shown(quoted["text"])
            self._fail(NO_QUOTES.format(name=name) if CONCEPT_NAME.fullmatch(name) else wanted)
        name = self._word(wanted)
        if not CONCEPT_NAME.fullmatch(name):
            self._fail(wanted, start)
        return name

    def _module(self) -> str:
        start = self._at
        name = self._word(MODULE)
        try:
            return check_module(name)
        except ValueError as error:
            self._fail(str(error), start)

    def _pattern(self, glob: Callable[[str], Result]) -> Result:
        start = self._at
        if quoted := _QUOTED.match(self._text, start):
            text, self._at = quoted["text"], quoted.end()
        elif self._is_at('"'):
            self._fail(UNCLOSED)
        else:
            bare = BARE.match(self._text, start)
            if bare is None:
                self._fail(PATTERN)
            text, self._at = bare[0], bare.end()
        if set(text) & set(LINE):
            self._fail(UNSEEN_CHARACTER.format(character="a tab or line end"), start)
        try:
            pattern = glob(text)
        except ValueError as error:
            self._fail(str(error), start)
        self._skip()
        return pattern

    def _operator(self, query: Query) -> Operator:
        match = _OPERATOR.match(self._text, self._at)
        if match is None:
            function = str(query).partition("(")[0]
            example = EXAMPLES.get(function, "== 0")
            self._fail(NO_OPERATOR.format(query=f"{function}(…)", example=example))
        found = match[0]
        if found not in list(Operator):
            meant = MEANT.get(found, OPERATORS)
            self._fail(WRONG_OPERATOR.format(found=_shown(found), meant=meant))
        if isinstance(query, Exists) and found not in (Operator.EQUAL, Operator.UNEQUAL):
            self._fail(ONLY_EQUAL)
        self._at = match.end()
        self._skip()
        return Operator(found)

    def _value(self, query: Query) -> Value:
        start = self._at
        match = _WORD.match(self._text, start)
        word = match[0] if match else ""
        choices = STAGES if isinstance(query, StageOf) else BOOLEANS
        is_counted = not isinstance(query, StageOf | Exists)
        if is_counted and not _NUMBER.fullmatch(word):
            self._fail(NUMBER)
        if not is_counted and word not in choices:
            self._fail(unknown_word(_shown(word), list(choices)))
        self._at += len(word)
        self._skip()
        return int(word) if is_counted else choices[word]

    def _word(self, wanted: str) -> str:
        match = _WORD.match(self._text, self._at)
        if match is None:
            self._fail(wanted)
        self._at = match.end()
        self._skip()
        return match[0]

    def _sign(self, sign: str, wanted: str) -> None:
        if not self._is_at(sign):
            self._fail(wanted)
        self._at += 1
        self._skip()

    def _is_at(self, sign: str) -> bool:
        return self._text.startswith(sign, self._at)

    def _skip(self) -> None:
        blanks = _BLANKS.match(self._text, self._at)
        self._at = blanks.end() if blanks else self._at

    def _fail(self, problem: str, at: int | None = None) -> NoReturn:
        raise CriterionError((self._at if at is None else at) + 1, problem)


def _shown(text: str) -> str:
    return text if len(text) <= SHOWN_CHARACTERS else f"{text[:SHOWN_CHARACTERS]}…"
