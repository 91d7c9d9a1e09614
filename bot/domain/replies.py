"""Slash commands as data: what one is, what it is told, what it decides, how that is answered."""

from __future__ import annotations

from dataclasses import dataclass, field
from difflib import get_close_matches
from enum import IntEnum, StrEnum
from typing import TYPE_CHECKING

from bot.domain.commands import MAX_CALLS
from bot.domain.conversation import Answer, digest_of, header
from bot.domain.markdown import MAX_BODY_BYTES, code, cut
from bot.domain.pull import ConfigSource, PullState
from bot.domain.standing import NOTHING_STANDS

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Mapping, Sequence
    from datetime import date

    from bot.domain.commands import Call
    from bot.domain.conversation import Revoked
    from bot.domain.issue import Issue
    from bot.domain.pull import PullRequest
    from bot.domain.standing import Standing, Waiver
    from bot.domain.tracking import Survey
    from checks.model import Analysis, Finding

    Catalogue = Mapping[str, "Command"]

UNKNOWN = "There is no command {name}.{hint} `/ssot help` lists them all."
NO_NAME = "Name a command: `/ssot help` lists them all."
HINT = " Did you mean `/ssot {name}`?"
NO_ARGUMENTS = "it takes no arguments"
UNREADABLE = "This line could not be read: {problem}. Write it as `{usage}`."
ONLY_ON_PULLS = "`/ssot {name}` works on pull requests only."
ONLY_ON_ISSUES = "`/ssot {name}` works on issues only, because it works on their checklists."
NOT_OPEN = "This pull request is {state}, so it is no longer checked."
NO_CONFIG = (
    "Nothing is checked here: the base branch has no `.github/ssot.yml`. `ssot init` in a clone "
    "proposes one."
)
CONFIG_INVALID = (
    "The config is not valid, so this command cannot run. The check `SSOT` says what to correct."
)
NEEDS_WRITE = "`/ssot {name}` needs write access to this repository, which {login} does not have."
NEEDS_AUTHOR = (
    "`/ssot {name}` is for the author of the pull request and for people with write access; "
    "{login} is neither."
)
HEADING = "{line}:"
MORE = f"_Only the first {MAX_CALLS} commands of a comment are run: the others were not._"
CUT = "\n_The answer is cut here: GitHub allows no more text._\n"

TABLE = "| command | does | who |\n| --- | --- | --- |\n"
ROW = "| `{usage}` | {description} | {who} |\n"
ON_ISSUES = "{who}; on issues too"
ON_ISSUES_ONLY = "{who}; on issues"


class Who(StrEnum):
    """Who may use a command, as the help says it."""

    ANYONE = "anyone"
    AUTHOR = "author, or write access"
    WRITE = "write access"


class Again(IntEnum):
    """Which review follows: none, one that writes only what changed, or one with a new run."""

    NO = 0
    SILENTLY = 1
    ANEW = 2


@dataclass(frozen=True, slots=True)
class Scene:
    """All that a command may look at: `actor` asks (a login), in `asked` (a comment or a button).

    `actor_id` is the account's: a bot may bear a person's login.

    `pull` is None on an issue. `analysis` is there for commands that look at findings, of an open
    pull request with a valid config; waivers by comment are in it already. `issue` is there for
    commands that look at checklists, and `survey` as soon as the default branch was measured.
    """

    asked: str
    actor: str
    actor_id: int
    today: date
    catalogue: Catalogue
    pull: PullRequest | None = None
    standing: Standing = NOTHING_STANDS
    analysis: Analysis | None = None
    issue: Issue | None = None
    survey: Survey | None = None

    @property
    def accepted_here(self) -> tuple[Waiver, ...]:
        """List the waivers that earlier calls of the same text had accepted."""
        return tuple(one for one in self.standing.waivers if one.claim.asked == self.asked)


@dataclass(frozen=True, slots=True)
class Outcome:
    """What a command decided: `done` makes a `+1`, else `confused`; `text` is Markdown or `""`.

    `accepted` and `revoked` stand hidden in the answer. `edits` are findings whose suggestions are
    to be committed, `attaches` has criteria written to the issue's checklist; what comes of it
    makes the outcome another one.
    """

    done: bool
    text: str = ""
    again: Again = Again.NO
    accepted: Mapping[str, frozenset[str]] = field(default_factory=dict)
    revoked: tuple[Revoked, ...] = ()
    edits: tuple[Finding, ...] = ()
    attaches: bool = False


@dataclass(frozen=True, slots=True)
class Command:
    """A slash command as its file states it; `decide` is pure."""

    name: str
    usage: str
    description: str
    who: Who
    examples: tuple[str, ...]
    decide: Callable[[Call, Scene], Outcome]
    on_issues: bool = False
    on_pulls: bool = True
    looks_at_findings: bool = False
    looks_at_checklist: bool = False

    @property
    def is_bare(self) -> bool:
        """Tell whether its name is all of its line: a sentence that begins so must do nothing."""
        return self.usage.count(" ") == 1

    def row(self) -> str:
        """Write its line of the table."""
        where = ON_ISSUES if self.on_pulls else ON_ISSUES_ONLY
        who = where.format(who=self.who) if self.on_issues else str(self.who)
        usage = self.usage.replace("|", "\\|")
        return ROW.format(usage=usage, description=self.description, who=who)


def table(catalogue: Catalogue) -> str:
    """List all commands, for the README and for `/ssot help`."""
    return TABLE + "".join(catalogue[name].row() for name in sorted(catalogue))


def refused(text: str) -> Outcome:
    """Decide to do nothing, and say why."""
    return Outcome(done=False, text=text)


def unreadable(command: Command, problem: str) -> Outcome:
    """Refuse a line that says too little or too much, and show how it is written."""
    return refused(UNREADABLE.format(problem=problem, usage=command.usage))


def unjudged(pull: PullRequest) -> Outcome:
    """Say why nothing is known of the findings of a pull request."""
    if pull.state is not PullState.OPEN:
        return refused(NOT_OPEN.format(state=pull.state.lower()))
    is_missing = pull.config.source in {ConfigSource.NONE, ConfigSource.DEFAULT}
    return refused(NO_CONFIG if is_missing else CONFIG_INVALID)


def decide(call: Call, scene: Scene, *, may_write: bool) -> Outcome:
    """Let the called command decide, if there is one, and the one who asks may use it."""
    command = scene.catalogue.get(call.name)
    if command is None:
        return refused(_unknown(call, scene))
    elsewhere = _elsewhere(command, scene)
    if refusal := elsewhere or _refusal(command, scene, may_write=may_write):
        return refused(refusal)
    if call.problem:
        return unreadable(command, call.problem)
    if command.who is not Who.ANYONE and command.is_bare and (call.words or call.options):
        return unreadable(command, NO_ARGUMENTS)
    return command.decide(call, scene)


def answer(
    calls: Sequence[Call],
    outcomes: Sequence[Outcome],
    *,
    asked: str,
    text: str,
    more: bool = False,
) -> str | None:
    """Write the one comment that answers all calls of a text; None when there is nothing to say.

    `more` tells that the text holds further calls, which were not run.
    """
    said = [(call, outcome) for call, outcome in zip(calls, outcomes, strict=True) if outcome.text]
    if not said and not more:
        return None
    hidden = Answer(asked, digest_of(text), _accepted(outcomes), _revoked(outcomes))
    if len(calls) == 1:
        body = outcomes[0].text
    else:
        body = "\n\n".join(
            f"{HEADING.format(line=code(call.line))}\n\n{outcome.text}" for call, outcome in said
        )
    if more:
        body = f"{MORE}\n\n{body}"
    return header(hidden) + cut(f"{body}\n", MAX_BODY_BYTES - len(header(hidden)), notice=CUT)


def _unknown(call: Call, scene: Scene) -> str:
    if not call.name:
        return NO_NAME
    close = get_close_matches(call.name, scene.catalogue, n=1)
    hint = HINT.format(name=close[0]) if close else ""
    return UNKNOWN.format(name=code(call.name), hint=hint)


def _elsewhere(command: Command, scene: Scene) -> str:
    """Say where a command works, `""` when it does here."""
    if scene.pull is None:
        return "" if command.on_issues else ONLY_ON_PULLS.format(name=command.name)
    return "" if command.on_pulls else ONLY_ON_ISSUES.format(name=command.name)


def _refusal(command: Command, scene: Scene, *, may_write: bool) -> str:
    if command.who is Who.ANYONE or may_write:
        return ""
    login = code(scene.actor)
    if command.who is Who.WRITE:
        return NEEDS_WRITE.format(name=command.name, login=login)
    if scene.pull is not None and scene.pull.author_id == scene.actor_id:
        return ""
    return NEEDS_AUTHOR.format(name=command.name, login=login)


def _accepted(outcomes: Iterable[Outcome]) -> Mapping[str, frozenset[str]]:
    merged: dict[str, frozenset[str]] = {}
    for outcome in outcomes:
        for terms, fingerprints in outcome.accepted.items():
            merged[terms] = merged.get(terms, frozenset()) | fingerprints
    return merged


def _revoked(outcomes: Iterable[Outcome]) -> tuple[Revoked, ...]:
    return tuple(one for outcome in outcomes for one in outcome.revoked)
