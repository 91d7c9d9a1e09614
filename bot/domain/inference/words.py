"""The words that items are made of. A word that is not listed makes an item uncertain."""

from __future__ import annotations


def _words(text: str) -> frozenset[str]:
    return frozenset(text.split())


ARROW = "→"

IMPORTS = _words("import imports imported importing importers consumers")
BANNED = _words("forbidden deprecated")
DEPRECATED = _words("deprecated")
BACKUPS = _words("backup backups")
SYNTAX = _words("syntax")
IS_REDIRECT = _words(
    "pure simple clean only just import convert converted replace replaced become line lines re "
    "export"
)
ERRORS = _words("error errors")
DUPLICATES = _words("duplicate duplicates duplicated")
REDIRECTS = _words("redirect redirects redirected reexport reexports points")
MERGES = _words("merge merged")
WARNS = _words("warn warns warning warnings deprecationwarning")
ARGUMENTS = _words("argument arguments parameter parameters")
ONE = _words("one single")

REMOVE = _words("remove removed delete deleted drop dropped eliminate eliminated stop")
MOVE = _words("update updated migrate migrated replace replaced switch switched")
CHANGE = MOVE | _words(
    "fix fixed convert converted rewrite rewritten change changed rename renamed"
)
NONE = _words("no zero nobody nothing none")

FILES = _words("file files module modules")
DEFINITIONS = _words("definition definitions class classes implementation implementations")
CLASSES = _words("class classes adapter adapters wrapper wrappers")
FINDINGS = _words("path paths statement statements finding findings violation violations")

PLACES = _words("in under within below")
OBJECTS = _words("of from")
REPLACEMENTS = _words("with by")
TARGETS = _words("to into use uses using") | REPLACEMENTS
PREPOSITIONS = PLACES | OBJECTS | TARGETS
FILLERS = _words(
    "the a an all any every each are is be has have and up ensure sure make that remaining left "
    "completely successfully done complete completed"
)

# Before a colon they say how much an item matters, or which one it is: not what it is about.
LABELS = _words("most critical important urgent high low priority phase step task p0 p1 p2")

# Why an item is left alone.
TESTS = _words(
    "test tests testing tested pytest suite suites pass passes passed passing fail fails failing "
    "failed coverage ci e2e green regression regressions"
)
ACTS = _words(
    "plan planned discover discovered discuss discussed audit audited review reviewed document "
    "documented documentation docs verify verified validate validated validation confirm "
    "confirmed check checked create created identify identified investigate analyse analyze "
    "decide design report close closed announce deploy release monitor link execute run prove"
)
STAYS = _words("keep kept maintain maintained preserve preserved still continue")
PART = _words("some most half partly partially mostly part first few except but not or only")
