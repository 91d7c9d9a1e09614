"""A retired argument is ignored or refused: the call does not do what it says."""

from __future__ import annotations

from typing import TYPE_CHECKING

from checks.edits import RenameArgument
from checks.model import Kind
from checks.needles import Clause, Needle, begin, word
from checks.origins import Origins
from checks.rule import Example, File, Flag, Tree

if TYPE_CHECKING:
    from collections.abc import Iterator

    from checks.config import Argument, Config
    from checks.edits import Edit
    from checks.facts import Call, Dotted
    from checks.model import Span

RETIRED = "`{call}` no longer takes `{argument}`."
REPLACE = "Pass `{use}` instead."
REMOVE = "Remove it."

VALID = (
    Example("from shop.engine import Engine\n\nEngine(notes=1)\n"),
    # Another function that takes an argument of this name.
    Example("from shop.plans import Plan\n\nPlan(metadata=1)\n"),
    # The name belongs to something else here.
    Example("from shop.plans import Plan as Cart\n\nCart(metadata=1)\n"),
    Example("from shop.till import pay\n\npay(now=True)\n"),
)
INVALID = (
    Example("from shop.engine import Cart\n\nCart(metadata=1)  # <-\n"),
    Example(
        "from shop.engine import Cart as C\n\nC(\n    1,\n    metadata={},  # <-\n)\n",
        fixed="from shop.engine import Cart as C\n\nC(\n    1,\n    notes={},  # <-\n)\n",
    ),
    Example("import shop.engine\n\nshop.engine.Cart(metadata=1)  # <-\n"),
    # Where it is defined it is called without an import.
    Example("class Cart:\n    pass\n\n\nCart(metadata=1)  # <-\n"),
    Example("from shop.engine import pay\n\npay(now=True)  # <-\n"),
    Example("def pay(**options): ...\n\n\npay(now=True)  # <-\n", path="shop/engine.py"),
    Example("import shop\n\n(\n    shop  # why\n    .engine.pay(now=1)  # <-\n)\n"),
    Example("from shop.engine import Cart\n\nCart[int](metadata=1)  # <-\n"),
)


def needles(config: Config) -> frozenset[bytes]:
    """Ask for the last name of the call."""
    arguments = (argument for concept in config.concepts for argument in concept.arguments)
    return frozenset(argument.call.rpartition(".")[2].encode() for argument in arguments)


def clauses(config: Config) -> Iterator[Clause]:
    """Ask for the last name of the call, and for the argument where it is passed."""
    for concept in config.concepts:
        for argument in concept.arguments:
            name = argument.argument
            passed = rb"%b(?:[\s\\]|#[^\n]*\n)*=(?!=)" % begin(name)
            yield Clause((word(argument.call.rpartition(".")[2]), Needle(name.encode(), passed)))


def flags(file: File, tree: Tree, config: Config) -> Iterator[Flag]:
    """Flag every retired argument where it is passed by name."""
    origins = Origins(config, tree)
    for concept in config.concepts:
        if not concept.arguments or not concept.covers(file.path):
            continue
        for call in file.facts.calls:
            target = origins.absolute(file.path, call) or call.target
            if file.module and not call.level and target[0] in file.facts.own:
                target = (*file.module.split("."), *target)
            for argument, span in _retired(call, target, concept.arguments):
                yield _flag(argument, span, concept=concept.name, scope=call.scope)


def edit(flag: Flag, _file: File, _tree: Tree, config: Config) -> Edit | None:
    """Pass the replacement, if there is one: it takes the same place."""
    retired = (argument for concept in config.concepts for argument in concept.arguments)
    uses = {argument.use for argument in retired if _symbol(argument) == flag.symbol}
    use = uses.pop() if len(uses) == 1 else ""
    return RenameArgument(flag.span, use) if use else None


def _retired(
    call: Call, target: Dotted, retired: tuple[Argument, ...]
) -> Iterator[tuple[Argument, Span]]:
    for argument in retired:
        if _is_called(argument, target):
            yield from ((argument, s) for name, s in call.arguments if name == argument.argument)


def _is_called(argument: Argument, target: Dotted) -> bool:
    if "." in argument.call:
        return target == tuple(argument.call.split("."))
    return target[-1:] == (argument.call,)


def _flag(argument: Argument, span: Span, *, concept: str, scope: str) -> Flag:
    symbol = _symbol(argument)
    cure = REPLACE.format(use=argument.use) if argument.use else REMOVE
    fact = RETIRED.format(call=argument.call, argument=argument.argument)
    return Flag(
        Kind.ARGUMENT,
        symbol,
        symbol,
        span,
        f"{fact} {cure}",
        concept,
        scope=scope,
        carrier=scope,
        statement=symbol,
    )


def _symbol(argument: Argument) -> str:
    return f"{argument.call}({argument.argument})"
