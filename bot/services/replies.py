"""Answer a comment or the press of a button: decide, carry out, say so once."""

from __future__ import annotations

import asyncio
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

from bot.domain import attachment, commands, fixing
from bot.domain.commands import Call
from bot.domain.conversation import answers
from bot.domain.errors import UserError
from bot.domain.jobs import Job, JobKind
from bot.domain.pull import PullState
from bot.domain.replies import Again, Outcome, Scene, Who, answer, decide, refused
from bot.domain.reply_ports import Reaction
from bot.domain.standing import NOTHING_STANDS, Claim, Standing, waive
from bot.services import tracking
from bot.services.standing import read_standing, today_of
from checks.config import ConfigError, parse

if TYPE_CHECKING:
    from collections.abc import Sequence
    from datetime import date

    from bot.domain.conversation import Answer, Remark
    from bot.domain.issue import Issue
    from bot.domain.pull import PullRequest
    from bot.domain.replies import Catalogue, Command
    from bot.domain.reply_ports import ReplyPorts
    from bot.domain.tracking import Survey
    from checks.model import Analysis

EDITED = (
    "This comment was edited before ssot read it. Commands in edited comments are not run, "
    "because somebody else may have written them. Write the command in a new comment."
)
DONE = "Done."
# A press is answered once for each person and head.
PRESSED = "{command}@{head}@{actor_id}"


@dataclass(frozen=True, slots=True)
class _Question:
    """What is asked, by whom, in which text; `may_write` is told after it was asked for.

    `more` tells that the text calls more commands than are run.
    """

    asked: str
    calls: Sequence[Call]
    actor: str
    actor_id: int
    text: str = ""
    may_write: bool = False
    more: bool = False

    def called(self, catalogue: Catalogue) -> list[Command]:
        """List the commands that there are."""
        return [catalogue[call.name] for call in self.calls if call.name in catalogue]

    def allowed(self, catalogue: Catalogue) -> list[Command]:
        """List those that are not refused: nothing is read and measured to refuse it then."""
        called = self.called(catalogue)
        return [one for one in called if self.may_write or one.who is Who.ANYONE]


@dataclass(frozen=True, slots=True)
class _Place:
    """Where it is asked: the pull request (None on an issue), what was said there."""

    pull: PullRequest | None
    remarks: Sequence[Remark]
    standing: Standing = NOTHING_STANDS
    merge_base: str | None = None
    analysis: Analysis | None = None
    issue: Issue | None = None
    survey: Survey | None = None


async def reply(job: Job, ports: ReplyPorts, *, catalogue: Catalogue) -> None:
    """Answer what a job asks; run twice, the second time says and commits nothing more."""
    question = await _question(job, ports)
    if question is None or not question.calls:
        return
    await _react(job, Reaction.SEEN, ports=ports)
    question = await _with_permission(job, question, ports, catalogue=catalogue)
    place = await _place(job, question, ports, catalogue=catalogue)
    if place is None:
        return
    today = today_of(ports.clock)
    # A checklist may take seconds to be read.
    outcomes = await asyncio.to_thread(_outcomes, question, place, today=today, catalogue=catalogue)
    outcomes = [await _committed(one, question, place, ports) for one in outcomes]
    given = next((one for one in answers(place.remarks) if one.asked == question.asked), None)
    if given is None:
        outcomes = [await _attached(one, job, place, ports) for one in outcomes]
    if given is not None:
        outcomes = [_as_said(one, given) for one in outcomes]
    is_said = given is not None or await _say(job, question, outcomes, ports)
    await _have_reviewed(job, max(one.again for one in outcomes), ports)
    if any(one.attaches for one in outcomes):
        await _have_followed(job, ports)
    is_done = all(one.done and (is_said or not one.text) for one in outcomes)
    is_shown = await _react(job, Reaction.DONE if is_done else Reaction.CONFUSED, ports=ports)
    if not is_said and not is_shown:
        # Without any trace of an answer, each sweep would run the commands once more.
        done = [replace(one, text=one.text or DONE) for one in outcomes]
        await _say(job, question, done, ports)


async def _say(
    job: Job, question: _Question, outcomes: Sequence[Outcome], ports: ReplyPorts
) -> bool:
    """Comment when there is something to say; tell whether that stands now."""
    text = answer(
        question.calls, outcomes, asked=question.asked, text=question.text, more=question.more
    )
    return text is not None and await ports.conversation.say(job, text)


async def _question(job: Job, ports: ReplyPorts) -> _Question | None:
    """Read the comment anew; None when it is gone or answered, or was written by no person."""
    if not job.comment_id:
        asked = PRESSED.format(command=job.command, head=job.head_sha[:12], actor_id=job.actor_id)
        return _Question(asked, [Call(job.command)], job.actor, job.actor_id)
    remark = await ports.conversation.remark(job)
    if remark is None or remark.ours or not remark.author_id:
        return None
    return _Question(
        asked=str(remark.id),
        calls=commands.once(commands.parse(remark.body)),
        actor=remark.author,
        actor_id=remark.author_id,
        text=remark.body,
        more=commands.has_more(remark.body),
    )


async def _place(
    job: Job, question: _Question, ports: ReplyPorts, *, catalogue: Catalogue
) -> _Place | None:
    if job.on_issue:
        return await _issue(job, question, ports, catalogue=catalogue)
    pull = await ports.pulls.read(job if job.comment_id else replace(job, head_sha=""))
    if pull is None:
        return None
    stands = await read_standing(pull, ports.access, clock=ports.clock)
    if any(command.looks_at_findings for command in question.allowed(catalogue)):
        return await _examined(pull, stands, ports)
    return _Place(pull, pull.conversation, stands)


def _as_said(outcome: Outcome, given: Answer) -> Outcome:
    """Stay with what was said before: what was revoked then cannot be revoked again."""
    if not given.accepted and not given.revoked:
        return outcome
    return replace(outcome, done=True, again=max(outcome.again, Again.SILENTLY))


async def _issue(
    job: Job, question: _Question, ports: ReplyPorts, *, catalogue: Catalogue
) -> _Place | None:
    """Read an issue where a command looks at it; None when it is gone."""
    place = _Place(None, await ports.conversation.remarks(job))
    if not any(command.looks_at_checklist for command in question.allowed(catalogue)):
        return place
    issue = await ports.tracking.issues.read(job)
    if issue is None:
        return None
    survey = await tracking.survey_of(job, issue, ports.tracking)
    return replace(place, issue=issue, survey=survey)


async def _examined(pull: PullRequest, stands: Standing, ports: ReplyPorts) -> _Place:
    """Analyse an open pull request under its config; without these there is no analysis."""
    place = _Place(pull, pull.conversation, stands)
    if pull.state is not PullState.OPEN or not pull.config.text:
        return place
    try:
        config = parse(pull.config.text)
    except ConfigError:
        return place
    merge_base = await ports.pulls.merge_base(pull)
    examination = await ports.analyse(pull, merge_base=merge_base, config=config)
    analysis = waive(examination.analysis, stands)
    return replace(place, merge_base=merge_base, analysis=analysis)


def _outcomes(
    question: _Question, place: _Place, *, today: date, catalogue: Catalogue
) -> list[Outcome]:
    """Let each call decide, in order; what one accepts or revokes, the next one sees."""
    scene = Scene(
        asked=question.asked,
        actor=question.actor,
        actor_id=question.actor_id,
        today=today,
        catalogue=catalogue,
        pull=place.pull,
        standing=place.standing,
        analysis=place.analysis,
        issue=place.issue,
        survey=place.survey,
    )
    if any(one.edited for one in place.remarks if str(one.id) == question.asked):
        return [refused(EDITED)] * len(question.calls)
    outcomes: list[Outcome] = []
    for call in question.calls:
        outcomes.append(decide(call, scene, may_write=question.may_write))
        scene = _after(scene, call, outcomes[-1])
    return outcomes


async def _with_permission(
    job: Job, question: _Question, ports: ReplyPorts, *, catalogue: Catalogue
) -> _Question:
    """Ask GitHub what the person may do, only when a called command wants to know."""
    if all(command.who is Who.ANYONE for command in question.called(catalogue)):
        return question
    may_write = await ports.access.may_write(job, question.actor)
    return replace(question, may_write=may_write)


def _after(scene: Scene, call: Call, outcome: Outcome) -> Scene:
    """Show the next call what this one accepted and revoked."""
    accepted = [
        Claim(scene.asked, call, digest, author=scene.actor, covered=covered)
        for digest, covered in outcome.accepted.items()
    ]
    stands = scene.standing.with_accepted(accepted).without(outcome.revoked)
    return replace(scene, standing=stands)


async def _committed(
    outcome: Outcome, question: _Question, place: _Place, ports: ReplyPorts
) -> Outcome:
    """Make the commit that a command asks for; what keeps it away becomes the answer."""
    pull = place.pull
    if not outcome.edits or pull is None:
        return outcome
    if not await ports.commits.is_granted(pull):
        return refused(fixing.not_granted(pull))
    paths = sorted({finding.path for finding in outcome.edits})
    texts = await ports.texts(pull, paths, merge_base=place.merge_base)
    files = fixing.edited(texts, outcome.edits)
    if not files:
        return refused(fixing.uneditable(pull))
    message = fixing.message(pull, len(outcome.edits), login=question.actor, asked=question.asked)
    try:
        await ports.commits.commit(pull, files, message=message)
    except UserError as error:
        return refused(fixing.not_taken(pull, str(error)))
    return outcome


async def _attached(outcome: Outcome, job: Job, place: _Place, ports: ReplyPorts) -> Outcome:
    """Write the criteria that a command asks for; what was written becomes the answer."""
    if not outcome.attaches or place.survey is None:
        return outcome
    written = await tracking.attach(job, place.survey, ports.tracking)
    return attachment.said(written, place.survey)


async def _have_followed(job: Job, ports: ReplyPorts) -> None:
    """Enqueue the look at the issue that follows: boxes and progress."""
    await ports.queue.enqueue([_of_the_same(job, JobKind.ISSUE)])


async def _have_reviewed(job: Job, again: Again, ports: ReplyPorts) -> None:
    """Enqueue the review that follows, after the answer: it reads what was accepted from there."""
    if again is not Again.NO:
        review = _of_the_same(job, JobKind.REVIEW)
        await ports.queue.enqueue([replace(review, explicit=again is Again.ANEW)])


def _of_the_same(job: Job, kind: JobKind) -> Job:
    """Make another job of the pull request or issue, which knows of no comment."""
    return Job(kind, job.installation_id, job.repository, job.number, priority=job.priority)


async def _react(job: Job, reaction: Reaction, *, ports: ReplyPorts) -> bool:
    """React to a comment; tell whether nothing more is needed to know it from an open one."""
    return not job.comment_id or await ports.conversation.react(job, reaction)
