"""Criteria: one question to a census that decides one item of a checklist.

    criterion  = query , operator , value ;
    operator   = "==" | "!=" | "<" | "<=" | ">" | ">=" ;
    value      = number | stage | "true" | "false" ;
    number     = "0" | digit but "0" , { digit } ;
    stage      = "implementation" | "warns" | "redirect" | "removed" ;      in this order

    query      = ( "count" | "files" ) , "(" , rule , { "," , filter } , ")"
               | "definitions" , "(" , concept , ")"
               | "stage" , "(" , module , ")"
               | "exists" , "(" , pattern , ")" ;
    filter     = "concept" , "=" , concept | "path" , "=" , pattern
               | "symbol" , "=" , pattern | "tests" , "=" , "no" ;          each once, in any order
    rule, concept = letters, digits, "-" and "_" ;
    module     = dotted name ;
    pattern    = quoted | bare ;
    quoted     = '"' , { any character but '"' } , '"' ;
    bare       = any characters but blanks and , ( ) = < > " ' ` “ ” ;

    files(forbidden-import, concept=execution-engine, path=src/**, tests=no) == 0
    count(deprecated-argument, symbol="Context(metadata)") <= 3
    definitions(execution-engine) == 1
    stage(shop.legacy.engine) >= redirect
    exists("docs/plan, old.md") == false

`count` and `files` are compared with a number, as is `definitions`; `stage` with a stage; `exists`
with `true` or `false`, by `==` or `!=` only. Blanks and line ends may stand between all parts.
Patterns are those of the config, `path` for paths and `symbol` for names. A criterion lives in an
HTML comment, and there `--` must not stand: no pattern holds it, nor a double quote, nor what
nobody sees. `?` fits any of them. At most `MAX_CHARACTERS` are read.

`str` writes a criterion in the one canonical form, which is read back as the same criterion.
"""

from __future__ import annotations

from checks.criteria.characters import MAX_CHARACTERS, CriterionError
from checks.criteria.evaluation import Broken, Decided, Decision, evaluate, matched
from checks.criteria.model import (
    Criterion,
    DefinitionsOf,
    Exists,
    FindingsOf,
    Operator,
    Query,
    StageOf,
    Unit,
    Value,
)
from checks.criteria.parsing import parse

__all__ = [
    "MAX_CHARACTERS",
    "Broken",
    "Criterion",
    "CriterionError",
    "Decided",
    "Decision",
    "DefinitionsOf",
    "Exists",
    "FindingsOf",
    "Operator",
    "Query",
    "StageOf",
    "Unit",
    "Value",
    "evaluate",
    "matched",
    "parse",
]
