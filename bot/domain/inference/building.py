"""Make the criterion that says exactly what an item claims, or doubt."""

from __future__ import annotations

from typing import TYPE_CHECKING

from bot.domain.inference import words
from bot.domain.inference.claimed import (
    MANY,
    NO_THING,
    NOT_DEPRECATED,
    OTHER,
    Claimed,
    below,
    exactly,
)
from bot.domain.inference.doubt import DoubtError
from bot.domain.inference.knowledge import describe
from bot.domain.inference.sentence import Role, split
from bot.domain.inference.things import File, Folder, Home, Module, Name, Retired, Use, Whole
from checks.criteria import (
    Criterion,
    DefinitionsOf,
    Exists,
    FindingsOf,
    Operator,
    StageOf,
    Unit,
)
from checks.globs import NameGlob
from checks.stages import Stage

if TYPE_CHECKING:
    from collections.abc import Sequence

    from checks.config import Concept
    from checks.globs import PathGlob

CANONICAL = "'{name}' is the canonical one"
ELSEWHERE = "in the config '{use}' replaces '{module}', not '{name}'"
WHICH_IMPORTS = "it does not say which imports"
WHICH_DEFINITIONS = "it does not say which definitions"
ANOTHER_BEGINS_SO = "another deprecated module's name begins with '{name}' too"
HOMES = "of '{concept}' the config names {homes} canonical definition(s), the item says {count}"
DIFFERENT_USE = "the config names a replacement other than '{name}'"
NO_REDIRECT = "it does not say that a redirect replaces it"


def imports(claimed: Claimed) -> Criterion:
    """`files(forbidden-import, …) == 0`, of the whole concept or of one module or name of it."""
    concept, sentence = claimed.concept(), claimed.sentence
    claimed.only_homes(Role.TARGET)
    is_told = sentence.has(words.BANNED | words.MOVE) or sentence.of(Role.OBJECT, Role.TARGET)
    is_in_old = any(isinstance(thing, Module) for thing in sentence.of(Role.PLACE))
    if is_in_old or not is_told:
        raise DoubtError(WHICH_IMPORTS)
    return _none(
        "forbidden-import",
        concept=concept.name,
        path=claimed.place(Role.PLACE),
        symbol=_imported(claimed, concept),
        unit=Unit.FILES,
    )


def _imported(claimed: Claimed, concept: Concept) -> NameGlob | None:
    """Return the pattern of what is imported, None for all that is forbidden of the concept."""
    things = claimed.sentence.of(Role.OBJECT)
    modules = {one.deprecated.module for one in things if isinstance(one, Module)}
    if not things or (len(modules) == len(things) == len(concept.deprecated)):
        return None
    match claimed.only(Role.OBJECT):
        case Module(deprecated=deprecated):
            return _below(deprecated.module, claimed)
        case Name(name=name) if any(name in one.names for one in concept.deprecated):
            return NameGlob(f"*.{name}")
        case Home() as home:
            raise DoubtError(CANONICAL.format(name=describe(home)))
        case other:
            raise DoubtError(NOT_DEPRECATED.format(name=describe(other)))


def _below(module: str, claimed: Claimed) -> NameGlob:
    """Return the pattern of a module and all names in it."""
    concepts = claimed.knowledge.config.concepts
    others = {one.module for concept in concepts for one in concept.deprecated} - {module}
    if any(other.startswith(module) for other in others):
        raise DoubtError(ANOTHER_BEGINS_SO.format(name=module))
    return NameGlob(f"{module}*")


def redirect(claimed: Claimed) -> Criterion:
    """`stage(MODULE) >= redirect`, or no impure redirect in the whole concept."""
    sentence = claimed.sentence
    if sentence.has(frozenset({"replace", "replaced"})) and not _puts_redirect(sentence.words):
        raise DoubtError(NO_REDIRECT)
    if sentence.has(words.MERGES | {"points"}) and not sentence.of(Role.TARGET):
        raise DoubtError(NO_THING)
    if not sentence.of(Role.OBJECT) and sentence.has(words.DEPRECATED):
        if not sentence.has(words.FILES):
            raise DoubtError(NO_THING)
        claimed.only_homes(Role.TARGET, Role.PLACE)
        concept = claimed.concept()
        if len(concept.deprecated) > 1:
            return _none("impure-redirect", concept=concept.name)
        return _stage(claimed.only_deprecated().module, Operator.AT_LEAST, Stage.REDIRECT)
    module = claimed.module(Role.OBJECT)
    for target in sentence.of(Role.TARGET, Role.PLACE):
        if not isinstance(target, Home) or target.module != module.use:
            name = describe(target)
            text = ELSEWHERE.format(module=module.module, use=module.use, name=name)
            raise DoubtError(text)
    return _stage(module.module, Operator.AT_LEAST, Stage.REDIRECT)


def _puts_redirect(said: Sequence[str]) -> bool:
    """Tell whether the redirect is what comes, not what is replaced."""
    before = next((at for at, word in enumerate(said) if word in words.REPLACEMENTS), len(said))
    return any(word in words.REDIRECTS for word in said[before:])


def warns(claimed: Claimed) -> Criterion:
    """`stage(MODULE) >= warns`."""
    if not claimed.sentence.has(frozenset({"warns", "deprecation", "deprecationwarning"})):
        raise DoubtError(NO_THING)
    return _stage(claimed.module(*Role).module, Operator.AT_LEAST, Stage.WARNS)


def removal(claimed: Claimed) -> Criterion:
    """A module's last stage, no file any more, or no definition of a name."""
    sentence = claimed.sentence
    if not sentence.of(*Role) and sentence.has(words.DEPRECATED):
        return _stage(claimed.only_deprecated().module, Operator.EQUAL, Stage.REMOVED)
    named = claimed.only(*Role)
    wrong = words.FILES if isinstance(named, Name) else words.CLASSES
    if sentence.has(wrong):  # the files of a class, a class in a file
        raise DoubtError(OTHER.format(name=describe(named)))
    match named:
        case Module(deprecated=deprecated):
            return _stage(deprecated.module, Operator.EQUAL, Stage.REMOVED)
        case File(path=path):
            return Criterion(Exists(exactly(path)), Operator.EQUAL, value=False)
        case Folder(path=path):
            return Criterion(Exists(below(path)), Operator.EQUAL, value=False)
        case Name(concept=concept, name=name):
            return _none("duplicate-definition", concept=concept.name, symbol=NameGlob(name))
        case Home():
            raise DoubtError(CANONICAL.format(name=describe(named)))
        case _:
            raise DoubtError(OTHER.format(name=describe(named)))


def backups(claimed: Claimed) -> Criterion:
    """`count(backup-file, …) == 0`."""
    claimed.not_of_concept()
    if not claimed.sentence.has(words.FILES | {"copies"}):
        raise DoubtError(NO_THING)
    if any(isinstance(thing, File | Module) for thing in claimed.sentence.of(*Role)):
        raise DoubtError(NO_THING)
    return _none("backup-file", path=claimed.place(*Role))


def syntax(claimed: Claimed) -> Criterion:
    """`count(syntax-error, …) == 0`."""
    sentence, path = claimed.sentence, claimed.place(*Role)
    if path is None and sentence.has(words.DEPRECATED):
        path = claimed.file_of(claimed.only_deprecated())
    else:
        claimed.not_of_concept()
    if path is None and "errors" not in sentence.words and not sentence.has(words.NONE):
        raise DoubtError(NO_THING)
    return _none("syntax-error", path=path)


def duplicates(claimed: Claimed) -> Criterion:
    """`count(duplicate-definition, …) == 0`."""
    concept, sentence = claimed.concept(), claimed.sentence
    path, symbol = claimed.place(Role.PLACE), None
    if sentence.of(Role.OBJECT, Role.TARGET):
        named = claimed.only(Role.OBJECT, Role.TARGET)
        if not isinstance(named, Home | Name) or not named.name:
            raise DoubtError(OTHER.format(name=describe(named)))
        symbol = NameGlob(named.name)
    elif not _names_definitions(claimed):
        raise DoubtError(WHICH_DEFINITIONS)
    return _none("duplicate-definition", concept=concept.name, path=path, symbol=symbol)


def arguments(claimed: Claimed) -> Criterion:
    """`count(deprecated-argument, …) == 0`."""
    sentence = claimed.sentence
    things = sentence.of(Role.OBJECT, Role.TARGET)
    retired = [thing for thing in things if isinstance(thing, Retired)]
    if len(retired) != 1:
        raise DoubtError(MANY.format(count=len(retired)) if retired else NO_THING)
    entry = retired[0].argument
    uses = {thing.text for thing in things if isinstance(thing, Use)}
    for thing in things:
        if not isinstance(thing, Use | Retired):
            raise DoubtError(OTHER.format(name=describe(thing)))
    for use in sorted(uses - {entry.use, entry.call, entry.call.rpartition(".")[2]}):
        raise DoubtError(DIFFERENT_USE.format(name=use))
    if not sentence.has(words.REMOVE | words.NONE) and entry.use not in uses:
        raise DoubtError(NO_THING)
    if (Role.OBJECT, Use(entry.use)) in sentence.things:  # the other way round
        raise DoubtError(OTHER.format(name=entry.use))
    concept = retired[0].concept
    symbol = NameGlob(describe(retired[0])) if len(concept.arguments) > 1 else None
    path = claimed.place(Role.PLACE)
    return _none("deprecated-argument", concept=concept.name, path=path, symbol=symbol)


def definitions(claimed: Claimed) -> Criterion:
    """`definitions(CONCEPT) == n`, where the config has as many canonical ones."""
    concept, sentence = claimed.concept(), claimed.sentence
    claimed.only_homes(*Role)
    is_one = sentence.has(words.ONE)
    if not _names_definitions(claimed) or (is_one and sentence.numbers):
        raise DoubtError(WHICH_DEFINITIONS)
    wanted, homes = 1 if is_one else sentence.numbers[-1], len(concept.canonical)
    if wanted != homes:
        raise DoubtError(HOMES.format(homes=homes, concept=concept.name, count=wanted))
    return Criterion(DefinitionsOf(concept.name), Operator.EQUAL, wanted)


def _names_definitions(claimed: Claimed) -> bool:
    """Tell whether it speaks of the definitions of its concept."""
    has_name = any(isinstance(thing, Whole) for _, thing in claimed.sentence.things)
    return has_name or claimed.sentence.has(words.DEFINITIONS | nouns(claimed.concepts))


def _none(
    rule: str,
    *,
    concept: str = "",
    path: PathGlob | None = None,
    symbol: NameGlob | None = None,
    unit: Unit = Unit.COUNT,
) -> Criterion:
    query = FindingsOf(unit, rule, concept, path, symbol)
    return Criterion(query, Operator.EQUAL, 0)


def _stage(module: str, operator: Operator, stage: Stage) -> Criterion:
    return Criterion(StageOf(module), operator, stage)


def nouns(concepts: Sequence[Concept]) -> frozenset[str]:
    """Return what one calls the things of these concepts: the last words of their names."""
    lasts = {split(concept.name)[-1] for concept in concepts}
    return frozenset(lasts | {f"{last}s" for last in lasts})
