"""Slash commands: one file each, discovered; what was asked in, what follows out.

A command is a module of this package: its docstring's first line is the description, and it has
the names `USAGE`, `WHO`, `EXAMPLES` and `decide(call, scene)`, a pure function. `ON_ISSUES = True`
lets it work on issues too, `ON_PULLS = False` on these alone. `LOOKS_AT_FINDINGS = True` has the
change analysed before, `LOOKS_AT_CHECKLIST = True` the issue read and measured. The module's name
is the command's. Help and README are made of them.
"""

from __future__ import annotations

import sys
from typing import TYPE_CHECKING

from bot.domain.commands import parse
from bot.domain.errors import PluginError
from bot.domain.replies import Command, Who
from checks import plugins

if TYPE_CHECKING:
    from collections.abc import Mapping
    from types import ModuleType

INCOMPLETE = (
    "{module} is no command: it needs a docstring of one line, a text USAGE that begins with "
    "`/ssot {name}`, WHO, EXAMPLES that call it, and a function decide(call, scene)."
)
DUPLICATE = "{module} is a second command {name}: one of them has to go."


def discover(*packages: ModuleType) -> Mapping[str, Command]:
    """Find all commands by name, or raise PluginError for an incomplete or second one."""
    commands: dict[str, Command] = {}
    for package in packages or (sys.modules[__name__],):
        for _, module in plugins.load(package):
            command = _command(module)
            if command.name in commands:
                text = DUPLICATE.format(module=module.__name__, name=command.name)
                raise PluginError(text)
            commands[command.name] = command
    return commands


def _command(module: ModuleType) -> Command:
    name = module.__name__.rpartition(".")[2]
    usage, who = getattr(module, "USAGE", ""), getattr(module, "WHO", None)
    examples = tuple(getattr(module, "EXAMPLES", ()))
    decide = getattr(module, "decide", None)
    is_whole = (
        bool(module.__doc__)
        and f"{usage} ".startswith(f"/ssot {name} ")
        and isinstance(who, Who)
        and bool(examples)
        and all([call.name for call in parse(example)] == [name] for example in examples)
    )
    if not is_whole or not callable(decide) or who is None:
        raise PluginError(INCOMPLETE.format(module=module.__name__, name=name))
    return Command(
        name=name,
        usage=usage,
        description=str(module.__doc__).strip().split("\n", maxsplit=1)[0],
        who=who,
        examples=examples,
        decide=decide,
        on_issues=getattr(module, "ON_ISSUES", False),
        on_pulls=getattr(module, "ON_PULLS", True),
        looks_at_findings=getattr(module, "LOOKS_AT_FINDINGS", False),
        looks_at_checklist=getattr(module, "LOOKS_AT_CHECKLIST", False),
    )
