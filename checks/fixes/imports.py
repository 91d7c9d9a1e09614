"""One import statement with some of its items from elsewhere; libcst keeps what is not meant."""

from __future__ import annotations

from typing import TYPE_CHECKING

import libcst as cst

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from checks.edits import Reimport

COMMENT = "#"


def rewrite(statement: str, moves: Mapping[int, Reimport]) -> list[str]:
    """Write the statement with the items of these indexes moved; empty when that is not certain.

    One statement becomes several when some of its items stay, or go elsewhere; the aliases stay,
    and where a name changes that had none, the old name becomes the alias.
    """
    try:
        parsed = cst.parse_statement(statement)
    except cst.ParserSyntaxError:
        return []
    line = parsed.body[0] if isinstance(parsed, cst.SimpleStatementLine) else None
    match line:
        case cst.Import():
            return _plain(line, moves)
        case cst.ImportFrom(names=[*names]):
            return _split(line, names, moves)
    return []


def _plain(statement: cst.Import, moves: Mapping[int, Reimport]) -> list[str]:
    """Keep `import a.old` that binds `a` only where the new module binds it, too."""
    names = []
    for index, name in enumerate(statement.names):
        move = moves.get(index)
        if move is None:
            names.append(name)
            continue
        if name.asname is None and _first(name.name) != move.module.partition(".")[0]:
            return []
        names.append(name.with_changes(name=_dotted(move.module)))
    return [_code(statement.with_changes(names=names))]


def _split(
    statement: cst.ImportFrom, names: Sequence[cst.ImportAlias], moves: Mapping[int, Reimport]
) -> list[str]:
    own = _source(statement)
    targets: dict[str, list[int]] = {}
    for index in range(len(names)):
        move = moves.get(index)
        targets.setdefault(move.module if move is not None else own, []).append(index)
    if any(
        _is_export(names[index]) and move.name != names[index].evaluated_name
        for index, move in moves.items()
    ):
        return []  # `Engine as OldEngine` would export nothing any more
    if len(targets) > 1 and COMMENT in _code(statement):
        return []  # whose comment it is cannot be told
    ordered = sorted(targets, key=lambda module: module == own)  # what stays comes last
    return [_part(statement, names, targets[module], moves) for module in ordered]


def _part(
    statement: cst.ImportFrom,
    names: Sequence[cst.ImportAlias],
    indexes: Sequence[int],
    moves: Mapping[int, Reimport],
) -> str:
    kept = [_alias(names[index], moves.get(index)) for index in indexes]
    kept[-1] = kept[-1].with_changes(comma=names[-1].comma)
    changed = statement.with_changes(names=kept)
    move = moves.get(indexes[0])
    return _code(_from(changed, move.module) if move is not None else changed)


def _alias(alias: cst.ImportAlias, move: Reimport | None) -> cst.ImportAlias:
    if move is None:
        return alias
    bound = alias.evaluated_alias or alias.evaluated_name
    renamed = alias.with_changes(name=cst.Name(move.name))
    if bound == move.name and not _is_export(alias):
        return renamed.with_changes(asname=None)
    if alias.asname is not None:
        return renamed
    return renamed.with_changes(asname=cst.AsName(cst.Name(bound)))


def _is_export(alias: cst.ImportAlias) -> bool:
    """Tell whether this is `X as X`, by which type checkers know what a module hands on.

    https://typing.python.org/en/latest/spec/distributing.html#import-conventions
    """
    return alias.evaluated_alias == alias.evaluated_name


def _from(statement: cst.ImportFrom, module: str) -> cst.ImportFrom:
    name = module.lstrip(".")
    dots = len(module) - len(name)
    return statement.with_changes(
        relative=[cst.Dot()] * dots,
        module=_dotted(name) if name else None,
        whitespace_after_from=cst.SimpleWhitespace(" "),
        whitespace_before_import=cst.SimpleWhitespace(" "),
    )


def _source(statement: cst.ImportFrom) -> str:
    name = _code(statement.module) if statement.module is not None else ""
    return "." * len(statement.relative) + name


def _dotted(name: str) -> cst.Name | cst.Attribute:
    first, *rest = name.split(".")
    node: cst.Name | cst.Attribute = cst.Name(first)
    for part in rest:
        node = cst.Attribute(node, cst.Name(part))
    return node


def _first(name: cst.BaseExpression) -> str:
    return _code(name).partition(".")[0].strip()


def _code(node: cst.CSTNode) -> str:
    return cst.Module([]).code_for_node(node)
