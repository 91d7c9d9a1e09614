"""Try edits on one file: what shares lines is one suggestion, each is read and compiled alone."""

from __future__ import annotations

from typing import TYPE_CHECKING

from checks.edits import Attempt, Attempts, Draft, Redirect, Reimport, RenameArgument, Respell
from checks.fixes.arguments import renamed
from checks.fixes.lines import UneditableError, apply
from checks.fixes.literals import respelled
from checks.fixes.place import Source
from checks.fixes.redirect import redirected
from checks.fixes.statements import reimported
from checks.limits import PROOF_BYTES
from checks.reading import compiled
from checks.source import UndecodableError
from checks.syntax import read

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from checks.edits import Edit
    from checks.fixes.place import Replacement


def attempt(draft: Draft) -> Attempts:
    """Make every edit that is certain; never raises for what the file holds.

    Each suggestion costs a reading of the whole file, so of a large one only the first are made.
    """
    try:
        source = Source(draft.content)
    except UndecodableError:
        return Attempts(())
    if source.root.has_error:
        return Attempts(())
    most = max(1, PROOF_BYTES // max(1, len(draft.content)))
    groups = list(_groups(source, draft.edits))[:most]
    made = (_attempt(source, draft.content, group) for group in groups)
    return Attempts(tuple(one for one in made if one is not None))


def _groups(source: Source, edits: Sequence[Edit]) -> Iterator[list[Replacement]]:
    reimports = [edit for edit in edits if isinstance(edit, Reimport)]
    replacements = list(reimported(source, reimports))
    for edit in edits:
        if isinstance(edit, Respell):
            replacements += respelled(source, edit)
        elif isinstance(edit, RenameArgument):
            replacements += renamed(source, edit)
    yield from source.clusters(replacements)
    for edit in edits:
        if isinstance(edit, Redirect):
            yield [redirected(source, edit)]


def _attempt(source: Source, content: bytes, group: list[Replacement]) -> Attempt | None:
    suggestion = source.suggestion(group)
    edits = tuple(edit for replacement in group for edit in replacement.edits)
    try:
        edited = apply(content, [suggestion])
        return Attempt(edits, suggestion, read(edited), compiled(edited))
    except (UneditableError, UndecodableError, RecursionError):
        return None
