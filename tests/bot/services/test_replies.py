"""Answering a comment or a press: decided, carried out and said once."""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING

import pytest

from bot import commands
from bot.domain.conversation import Remark, answers
from bot.domain.errors import NotBeforeError, TransientError, UserError
from bot.domain.issue_ports import IssuePorts
from bot.domain.jobs import Job, JobKind, Priority, RepositoryRef
from bot.domain.reply_ports import Reaction, ReplyPorts
from bot.domain.standing import claims
from bot.services.replies import reply
from checks.model import Suggestion
from tests.bot.domain.examples import HEAD, analysis, finding, pull
from tests.bot.services.memory import MemoryGitHub, MemoryHistories
from tests.bot.services.tracker import Tracker

if TYPE_CHECKING:
    from collections.abc import Collection, Mapping, Sequence

    from bot.domain.ports import Examination
    from bot.domain.pull import PullRequest
    from checks.config import Config

CATALOGUE = commands.discover()
REPOSITORY = RepositoryRef(42, "octo", "shop")
JOB = Job(JobKind.REPLY, 7, REPOSITORY, 12, priority=Priority.COMMAND, comment_id=77)
PRESS = replace(JOB, comment_id=0, command="fix", actor="ada", actor_id=5, head_sha=HEAD)
WAIVE = '/ssot waive forbidden-import until=2026-12-01 reason="next week"'
FIXABLE = finding(suggestion=Suggestion(3, 3, "new = 3\n"))


@dataclass
class MemoryTalk:
    """A conversation in memory, beside a pull request in memory."""

    github: MemoryGitHub
    comments: list[Remark]
    texts: Mapping[str, bytes] = field(
        default_factory=lambda: {"shop/cart.py": b"a = 1\r\nb = 2\r\nold = 3\r\nc = 4\r\n"}
    )
    reactions: list[str] = field(default_factory=list)
    said: list[str] = field(default_factory=list)
    examined: int = 0
    tracker: Tracker = field(default_factory=Tracker)

    @property
    def ports(self) -> ReplyPorts:
        review = self.github.ports
        return ReplyPorts(
            pulls=review.pulls,
            analyse=self._analyse,
            access=review.access,
            commits=review.commits,
            conversation=self,
            texts=self._read,
            queue=review.queue,
            tracking=IssuePorts(
                issues=self.tracker,
                censuses=review.censuses,
                histories=MemoryHistories(),
                access=review.access,
                queue=review.queue,
                clock=review.clock,
                server_url="https://github.com",
            ),
            clock=review.clock,
        )

    async def remark(self, job: Job) -> Remark | None:
        return next((one for one in self.comments if one.id == job.comment_id), None)

    async def remarks(self, job: Job) -> Sequence[Remark]:
        return self.comments

    async def react(self, job: Job, reaction: Reaction) -> bool:
        self.reactions.append(reaction)
        return True

    async def say(self, job: Job, body: str) -> bool:
        self.said.append(body)
        self.comments.append(Remark(1000 + len(self.said), "ssot", 0, body, ours=True))
        self.show()
        return True

    def show(self) -> None:
        """Let the pull request show what is said."""
        if self.github.pull is not None:
            shown = tuple(self.comments)
            self.github.pull = replace(self.github.pull, conversation=shown)

    async def _read(
        self, pull: PullRequest, paths: Collection[str], *, merge_base: str | None
    ) -> Mapping[str, bytes]:
        return {path: text for path, text in self.texts.items() if path in paths}

    async def _analyse(
        self, pull: PullRequest, *, merge_base: str | None, config: Config
    ) -> Examination:
        self.examined += 1
        return await self.github.ports.analyse(pull, merge_base=merge_base, config=config)


def talk(body: str, *findings: object, author: str = "ada", **changes: object) -> MemoryTalk:
    github = MemoryGitHub(pull(), analysis(*(findings or (finding(),))))  # type: ignore[arg-type]
    for name, value in changes.items():
        setattr(github, name, value)
    made = MemoryTalk(github, [Remark(77, author, 5, body)])
    made.show()
    return made


async def answer(made: MemoryTalk, job: Job = JOB) -> None:
    await reply(job, made.ports, catalogue=CATALOGUE)


async def test_accepted_waiver_is_answered_and_then_reviewed() -> None:
    made = talk(WAIVE)
    await answer(made)

    (given,) = answers(made.comments)
    assert given.asked == "77"
    assert list(given.accepted.values()) == [frozenset({finding().fingerprint})]
    assert [(job.kind, job.explicit) for job, _ in made.github.enqueued] == [
        (JobKind.REVIEW, False)
    ]
    assert made.reactions == ["eyes", "+1"]


async def test_job_that_runs_twice_answers_once() -> None:
    made = talk(WAIVE)
    await answer(made)
    await answer(made)

    assert len(made.said) == 1


@pytest.mark.parametrize("line", ["/ssot unwaive forbidden-import", "/ssot resume"])
async def test_job_that_died_after_its_answer_goes_on_behind_it(line: str) -> None:
    made = talk(f"{WAIVE}\n/ssot pause")
    await answer(made)
    made.comments.append(Remark(80, "ada", 5, line))
    made.show()
    await answer(made, replace(JOB, comment_id=80))
    made.github.enqueued.clear()
    await answer(made, replace(JOB, comment_id=80))

    assert len(made.said) == 2
    assert len(made.github.enqueued) == 1
    assert made.reactions[-1] == "+1"


async def test_recheck_is_an_explicit_review_and_no_comment() -> None:
    made = talk("/ssot recheck", author="grace")
    await answer(made)

    (job, not_before) = made.github.enqueued[0]
    assert (job.kind, job.number, job.explicit, not_before) == (JobKind.REVIEW, 12, True, 0.0)
    assert made.said == []


async def test_refused_person_costs_no_analysis() -> None:
    made = talk(WAIVE, author="mallory")
    await answer(made)

    assert made.examined == 0
    assert "`mallory`" in made.said[0]
    assert made.reactions == ["eyes", "confused"]
    assert made.github.enqueued == []


@pytest.mark.parametrize(
    "author", [{"author_id": 0}, {"ours": True}, {"id": 78}, {"body": "> /ssot recheck"}]
)
async def test_comment_that_is_no_persons_command_any_more_gets_nothing(
    author: dict[str, object],
) -> None:
    made = talk("/ssot recheck")
    made.comments[0] = replace(made.comments[0], **author)  # type: ignore[arg-type]
    await answer(made)

    assert (made.reactions, made.said, made.github.enqueued) == ([], [], [])


async def test_one_comment_answers_several_commands_with_their_lines() -> None:
    made = talk("/ssot pause\n/ssot resume\n/ssot status")
    await answer(made)

    (said,) = made.said
    assert "`/ssot pause`:" in said
    assert "`/ssot status`:" in said


async def test_waiver_that_is_revoked_in_another_comment_is_gone() -> None:
    made = talk(WAIVE)
    await answer(made)
    made.comments.append(Remark(80, "ada", 5, "/ssot unwaive forbidden-import"))
    made.show()
    await answer(made, replace(JOB, comment_id=80))

    assert "Revoked" in made.said[1]
    made.comments.append(Remark(81, "ada", 5, "/ssot unwaive forbidden-import"))
    made.show()
    await answer(made, replace(JOB, comment_id=81))
    assert "No comment here waives" in made.said[2]


async def test_proven_edits_become_one_commit() -> None:
    made = talk("/ssot fix", FIXABLE)
    await answer(made)

    (files,) = made.github.committed
    assert files == {"shop/cart.py": b"a = 1\r\nb = 2\r\nnew = 3\r\nc = 4\r\n"}
    assert made.said == []
    assert made.reactions == ["eyes", "+1"]


async def test_fix_without_write_to_the_contents_is_said_with_the_local_command() -> None:
    made = talk("/ssot fix", FIXABLE, contents_write=False)
    await answer(made)

    assert made.github.committed == []
    assert "`ssot fix --base main --write`" in made.said[0]
    assert made.reactions == ["eyes", "confused"]


async def test_commit_that_github_refuses_is_said() -> None:
    made = talk("/ssot fix", FIXABLE)
    ports = replace(made.ports, commits=_Protected())
    await reply(JOB, ports, catalogue=CATALOGUE)

    assert "protected branch" in made.said[0]


async def test_file_that_cannot_be_edited_is_said() -> None:
    made = talk("/ssot fix", FIXABLE)
    made.texts = {"shop/cart.py": b"# coding: nothing\n\n\n"}
    await answer(made)

    assert made.github.committed == []
    assert "cannot be changed" in made.said[0]


async def test_commit_on_a_head_that_moved_is_tried_again() -> None:
    made = talk("/ssot fix", FIXABLE)
    with pytest.raises(TransientError):
        await reply(JOB, replace(made.ports, commits=_Moved()), catalogue=CATALOGUE)

    assert made.said == []


async def test_pressed_button_does_as_the_command_and_reacts_to_nothing() -> None:
    made = talk("hello", FIXABLE)
    await answer(made, PRESS)

    assert len(made.github.committed) == 1
    assert made.reactions == []


async def test_refused_press_is_answered_once_for_a_head() -> None:
    made = talk("hello", FIXABLE)
    press = replace(PRESS, actor="mallory", actor_id=6)
    await answer(made, press)
    await answer(made, press)

    assert len(made.said) == 1


async def test_press_after_somebody_was_refused_still_works() -> None:
    made = talk("hello", FIXABLE)
    await answer(made, replace(PRESS, actor="mallory", actor_id=6))
    await answer(made, PRESS)

    assert len(made.github.committed) == 1


async def test_rate_limit_is_waited_for_without_an_answer() -> None:
    made = talk("/ssot status")
    made.github.analysed = NotBeforeError(99.0, "secondary")
    with pytest.raises(NotBeforeError):
        await answer(made)

    assert made.said == []


async def test_issue_is_answered_without_a_pull_request() -> None:
    made = talk("/ssot help")
    made.github.pull = None
    await answer(made, replace(JOB, on_issue=True))

    assert "/ssot explain RULE" in made.said[0]


class _Protected:
    async def is_granted(self, pull: PullRequest) -> bool:
        return True

    async def commit(self, *arguments: object, **named: object) -> None:
        raise UserError("This is a protected branch.")


class _Moved(_Protected):
    async def commit(self, *arguments: object, **named: object) -> None:
        raise TransientError("the head moved")


async def test_pause_and_resume_in_one_comment_end_resumed() -> None:
    made = talk("/ssot pause\n/ssot resume")
    await answer(made)

    assert "Resumed" in made.said[0]
    assert claims(made.comments) == ()
    assert made.reactions == ["eyes", "+1"]
