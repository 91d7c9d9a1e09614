"""A waiver without effect looks like an agreement, but accepts nothing."""

from __future__ import annotations

from typing import TYPE_CHECKING

from checks.config import CONFIG_PATH
from checks.model import Kind
from checks.rule import POLICY, TODAY, Example, File, Flag, Tree, View
from checks.source import WAIVER_MARK

if TYPE_CHECKING:
    from collections.abc import Iterator

    from checks.config import Config

MESSAGE = "This waiver has no effect: {reason}"

VIEW = View.WAIVERS
IMPORT = "from shop.legacy.engine import OldEngine"
REASON = 'reason="leaves with the old checkout"'
HELD = f"until={TODAY:%Y}-12-31 {REASON}"
WAIVERS = "waivers:\n  - {rule: forbidden-import, path: shop/old.py, reason: soon gone, until: "
VALID = (
    Example(f"{IMPORT}  # ssot: allow[forbidden-import] {HELD}\n"),
    # Alone on a line it is for the next statement, however many lines that has.
    Example(
        f"# ssot: allow[forbidden-import] {HELD}\n"
        "from shop.legacy.engine import (\n    OldEngine,\n    plan,\n)\n"
    ),
    # No comment, no waiver.
    Example('HELP = "# ssot: allow[forbidden-import]"\n'),
    Example(f"{POLICY}{WAIVERS}{TODAY:%Y}-12-31}}\n", path=CONFIG_PATH),
)
INVALID = (
    Example(f"{IMPORT}  # ssot: allow[forbidden-import] until=2026-07-31 {REASON}  # <-\n"),
    Example(f"{IMPORT}  # ssot: allow[forbidden-import] until=2031-07-31 {REASON}  # <-\n"),
    Example(f"{IMPORT}  # ssot: allow[forbidden-import] until=2026-12-31  # <-\n"),
    Example(f"{IMPORT}  # ssot: allow[forbidden-import] {REASON}  # <-\n"),
    Example(f"{IMPORT}  # ssot: allow[old-import] {HELD}  # <-\n"),
    Example(f"import json  # ssot: allow[forbidden-import] {HELD}  # <-\n"),
    Example(f"{POLICY}{WAIVERS}2031-07-31}}  # <-\n", path=CONFIG_PATH),
)


def needles(config: Config) -> frozenset[bytes]:
    """Name what a waiver begins with, unless waivers do not count there."""
    return frozenset({WAIVER_MARK}) if config.report.inline_waivers else frozenset()


def flags(file: File, _tree: Tree, _config: Config) -> Iterator[Flag]:
    """Flag every waiver that waives nothing."""
    for lapse in file.lapses:
        message = MESSAGE.format(reason=lapse.reason)
        symbol = lapse.rule or file.path
        yield Flag(
            *(Kind.FILE, symbol, lapse.rule, lapse.span, message),
            concept="",
            statement=lapse.text,
        )
