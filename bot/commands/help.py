"""Lists the commands."""

from __future__ import annotations

from typing import TYPE_CHECKING

from bot.domain.replies import Outcome, Who, table

if TYPE_CHECKING:
    from bot.domain.commands import Call
    from bot.domain.replies import Scene

USAGE = "/ssot help"
WHO = Who.ANYONE
EXAMPLES = ("/ssot help",)
ON_ISSUES = True

HELP = (
    "`ssot` reports what a change adds against the single sources of truth that "
    "`.github/ssot.yml` names, such as a new import of a deprecated module. In a comment, write "
    "one command per line, at the start of the line, outside of quotes and code:\n\n{table}\n"
    "For example:\n\n{examples}\n"
)
EXAMPLE = "    {example}"


def decide(_call: Call, scene: Scene) -> Outcome:
    """Say what each command does, and who may use it."""
    examples = [
        EXAMPLE.format(example=example)
        for name in sorted(scene.catalogue)
        for example in scene.catalogue[name].examples
        if example != scene.catalogue[name].usage
    ]
    text = HELP.format(table=table(scene.catalogue), examples="\n".join(examples))
    return Outcome(done=True, text=text)
