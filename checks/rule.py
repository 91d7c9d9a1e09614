"""What a rule is: a reason, examples, the bytes it cannot do without, and the flags it raises."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import date
from enum import StrEnum
from typing import TYPE_CHECKING, Protocol

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator, Mapping

    from checks.config import Config, ConfigError
    from checks.edits import Edit
    from checks.facts import Dotted, Facts, Reference
    from checks.model import Kind, Severity, Span
    from checks.needles import Clause
    from checks.reading import Compiled
    from checks.waivers import Lapse

# The policy that every rule's examples are judged by; a reader meets it in `ssot explain`.
POLICY = """\
version: 1
concepts:
  engine:
    about: One engine for each order, so that no state is shared between customers.
    canonical: ["shop.engine:Engine"]
    definitions:
      classes: ["*Engine"]
      functions: ["run_engine*"]
    deprecated:
      shop.legacy.engine:
        use: shop.engine
        names: {OldEngine: Engine}
    arguments:
      - {call: Cart, argument: metadata, use: notes}
      - {call: shop.engine.pay, argument: now}
"""

# A line of an example that ends in it is flagged.
MARK = "# <-"

# The day on which they are judged.
TODAY = date(2026, 8, 1)


class View(StrEnum):
    """What of a changed path a rule looks at."""

    FACTS = "facts"  # the facts of a Python file
    COMPILED = "compiled"  # these, and what `compile()` says
    PATH = "path"  # the path alone, of any type of file
    CONFIG = "config"  # what the file says as the repository's config, if it is that
    WAIVERS = "waivers"  # the waivers that do not hold, once all other rules are done


@dataclass(frozen=True, slots=True)
class Example:
    """A file that a rule is shown on; a line that ends in `# <-` is flagged.

    `others` are further files of the same tree, by path. `fixed` is the file with all suggestions
    applied, where the example shows one.
    """

    source: str
    path: str = "shop/orders.py"
    others: Mapping[str, str] = field(default_factory=dict)
    fixed: str | None = None


@dataclass(frozen=True, slots=True)
class File:
    """One side of a changed file as rules see it.

    `module` is None where no import can name the file. What is not `is_analysed` is only a path, of
    any type. `followed` are the references whose
    re-exports are worth following: those that do not stand alike on the other side, where the file
    is `other` (None when it is not there). `compiled`, `policy` and `lapses` are there for rules
    that look at them.
    """

    path: str
    module: str | None
    facts: Facts
    is_analysed: bool = True
    followed: frozenset[Reference] = frozenset()
    compiled: Compiled | None = None
    policy: Config | ConfigError | None = None
    lapses: tuple[Lapse, ...] = ()
    other: File | None = None


@dataclass(frozen=True, slots=True)
class Flag:
    """What a rule raises on one file, not yet compared with the other side.

    `identity` is what makes two flags of a rule and kind equal on both sides; `scope` the qualified
    name of what encloses it, `carrier` that of the definition whose move takes it along.
    `statement` is the text by which one at module level is known again. `severity` is set where the
    flag weighs less than the config says. `within` is the symbol of another flag of the rule that
    says it all when it is new, too.
    """

    kind: Kind
    symbol: str
    identity: str
    span: Span
    message: str
    concept: str
    scope: str = ""
    carrier: str = ""
    statement: str = ""
    within: str = ""
    severity: Severity | None = None


class Tree(Protocol):
    """All modules of one side of the change."""

    def owner(self, target: Dotted) -> str | None:
        """Name the longest prefix of `target` that is a module in the tree."""
        ...

    def facts(self, module: str) -> tuple[str, Facts] | None:
        """Give the module's path and facts; None when they are not known (yet)."""
        ...

    def changed(self) -> Iterator[tuple[str, str, Facts]]:
        """Yield path, module and facts of the changed files that can be imported, by path."""
        ...

    def imports(self, module: str) -> tuple[str, ...]:
        """Name the modules that importing this one runs; none when that is not known (yet).

        The search through a tree ends after so many modules, which the analysis then tells.
        """
        ...


@dataclass(frozen=True, slots=True)
class Rule:
    """A rule as the engine runs it; built from its file by `checks.registry`.

    `needles` are literal bytes without any of which no file can hold a finding. `clauses` ask for
    more: what a file must hold for a finding that no other file takes part in. `edit` names the
    change that makes a flag go away, None where none is certain; it is proven before it is offered.
    `concerns` tells whether it looks for anything of the concepts of a config. What a rule that
    `looks_around` flags in a file hangs on other files, not through re-exports alone.
    """

    name: str
    reason: str
    valid: tuple[Example, ...]
    invalid: tuple[Example, ...]
    view: View
    needles: Callable[[Config], frozenset[bytes]]
    flags: Callable[[File, Tree, Config], Iterator[Flag]]
    clauses: Callable[[Config], Iterable[Clause]]
    concerns: Callable[[Config], bool]
    looks_around: bool = False
    edit: Callable[[Flag, File, Tree, Config], Edit | None] | None = None
