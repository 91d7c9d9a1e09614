"""What one file says, as frozen data: independent of path and config, so that it can be cached."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Mapping

    from checks.model import Kind, Span

Dotted = tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Reference:
    """One place where a file reaches for a module or a name in one, in any form.

    `level` counts the leading dots of a relative target. `target` holds the dotted segments after
    them; for `from a import b` it ends with `b`, for a star it does not hold the star. `bound` is
    the local name it binds (`""` if none). `root` is the local name through which an attribute
    chain starts (`""` for the other forms): its `target` is then the chain as written.
    `scope` is the qualified name of the enclosing definitions, `""` at module level. `on_import`
    marks import statements that run when the file is imported: not in a function, not for type
    checkers only.
    """

    kind: Kind
    level: int
    target: Dotted
    span: Span
    scope: str = ""
    bound: str = ""
    root: str = ""
    on_import: bool = False

    @property
    def identity(self) -> tuple[Kind, int, Dotted, str]:
        """Tell what is written, wherever it stands."""
        return self.kind, self.level, self.target, self.bound


@dataclass(frozen=True, slots=True)
class Definition:
    """A class or function; `qualified` joins the enclosing definitions with dots."""

    kind: Kind
    name: str
    qualified: str
    span: Span

    @property
    def scope(self) -> str:
        """The qualified name of the enclosing definition, `""` at module level."""
        return self.qualified.rpartition(".")[0]


@dataclass(frozen=True, slots=True)
class Call:
    """A call that names arguments: what is called, absolute or relative as in `Reference`.

    A callee that is not imported is its own text with level 0.
    """

    level: int
    target: Dotted
    arguments: tuple[tuple[str, Span], ...]
    scope: str


@dataclass(frozen=True, slots=True)
class Statement:
    """A module-level statement, no definition, that is more than handing on names.

    `symbol` is the target of an assignment, else the statement's class in Python's `ast`.
    """

    kind: Kind
    symbol: str
    span: Span


@dataclass(frozen=True, slots=True)
class Alias:
    """A module-level name that is another one: `level` and `target` as in `Reference`.

    `root` is set when the target starts at a local name (`X = engine.X`). `span` is where the name
    is bound; it says nothing of what it is.
    """

    level: int
    target: Dotted
    root: str = ""
    span: Span | None = field(default=None, compare=False)


@dataclass(frozen=True, slots=True)
class InlineWaiver:
    """A comment that asks to accept what is found in `lines`.

    `text` begins with `ssot: allow` and may ask for it in a wrong form.
    """

    text: str
    span: Span
    lines: range


@dataclass(frozen=True, slots=True)
class Facts:
    """Everything the rules need of one file, in source order.

    `aliases` maps module-level names to where they come from; `own` are bound to something of
    the file itself; `stars` are the modules whose names are all taken over; `exports` is the
    literal `__all__`, if any. `statements` are what keeps the module from being a redirect.
    `doubtful` are names that need not be there once the module is imported. `broken` tells that the
    parser had to skip over something.
    """

    references: tuple[Reference, ...] = ()
    definitions: tuple[Definition, ...] = ()
    calls: tuple[Call, ...] = ()
    statements: tuple[Statement, ...] = ()
    aliases: Mapping[str, Alias] = field(default_factory=dict)
    own: frozenset[str] = frozenset()
    stars: tuple[Alias, ...] = ()
    exports: frozenset[str] | None = None
    waivers: tuple[InlineWaiver, ...] = ()
    doubtful: frozenset[str] = frozenset()
    broken: bool = False

    @property
    def size(self) -> int:
        """Tell how much it is, each about a kilobyte: a long dotted path counts as several."""
        targets = [each.target for each in self.references] + [each.target for each in self.calls]
        long = sum(len(target) // 8 for target in targets)
        parts = (self.references, self.definitions, self.calls, self.statements, self.waivers)
        return long + sum(map(len, parts)) + len(self.aliases)


NOTHING = Facts()

# Part of the key under which facts are kept: raised when the same file gives other facts.
FACTS_VERSION = 4
