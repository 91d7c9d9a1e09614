"""Many people at once on one repository, and what has to stand when they are gone."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from itertools import pairwise
from typing import TYPE_CHECKING

from bot.domain.markdown import parse
from bot.sandbox.github.people import Opening
from bot.sandbox.github.render import node_id
from tests.e2e.world import FILES, POLICY

if TYPE_CHECKING:
    import random
    from collections.abc import Awaitable, Callable

    from bot.sandbox.github.check_records import CheckRun
    from bot.sandbox.github.records import Comment, Issue, Pull, Repository
    from bot.sandbox.github.server import LocalGitHub

    Action = Callable[[], Awaitable[object]]

LEGACY = "from shop.legacy.engine import OldEngine\n"
ENGINE = "class OrderEngine:\n    pass\n"
CLEAN = "from shop.engine import Engine\n"
TEXTS = (LEGACY, ENGINE, CLEAN, CLEAN)
# The item of the config's issue that each file of the default branch decides.
PAID, GONE = "shop/pay/cart.py", "shop/gone.py"
TRACKER = """\
- [ ] Imports <!-- ssot: files(forbidden-import, concept=engine, path=shop/pay/**) == 0 -->
- [ ] Gone <!-- ssot: exists(shop/gone.py) == false -->
- [ ] By hand
"""
START = {
    **FILES,
    ".github/ssot.yml": f"{POLICY}    issues: [1]\n",
    "shop/pay/__init__.py": "",
    PAID: LEGACY,
    GONE: "x = 1\n",
}
MAX_OPEN = 8
HELPED = ("/ssot help", "/ssot status", "/ssot explain forbidden-import")


@dataclass
class Branch:
    """A pull request as people left it: what it changes, and what was said to the bot."""

    pull: Pull
    files: dict[str, str | None]
    is_open: bool = True
    waiver: Comment | None = None
    pause: Comment | None = None

    @property
    def findings(self) -> set[str]:
        """Name the files that break a rule and are not waived."""
        broken = {LEGACY, ENGINE} - ({LEGACY} if self.waiver else set())
        return {path for path, text in self.files.items() if text in broken}

    @property
    def conclusion(self) -> str:
        """Tell what the check has to say."""
        if self.pause:
            return "neutral"
        return "failure" if self.findings else "success"


@dataclass
class Crowd:
    """People who push, talk and merge by chance; `problems` compares GitHub with what they did."""

    github: LocalGitHub
    repository: Repository
    draw: random.Random
    tracker: Issue
    branches: list[Branch] = field(default_factory=list)
    commands: list[tuple[Comment, bool]] = field(default_factory=list)
    reruns: Counter[int] = field(default_factory=Counter)
    paid: str | None = LEGACY
    gone: str | None = "x = 1\n"
    pushes: int = 0
    story: list[str] = field(default_factory=list)
    forgotten: set[int] = field(default_factory=set)

    async def act(self) -> None:
        """Do one thing that the service hears of, and add it to the story."""
        actions = self._possible()
        names, weights = list(actions), [weight for weight, _ in actions.values()]
        (name,) = self.draw.choices(names, weights)
        self.story.append(f"after {len(self.github.requests)} requests: {name}")
        await actions[name][1]()

    def _possible(self) -> dict[str, tuple[int, Action]]:
        opened = any(branch.is_open for branch in self.branches)
        closed = any(self._is_closed(branch) for branch in self.branches)
        many = sum(branch.is_open for branch in self.branches) >= MAX_OPEN
        return {
            "open": (0 if many else 4, self._open),
            "push to the default branch": (5, self._push_default),
            "push": (6 if opened else 0, self._push),
            "force": (2 if opened else 0, self._force),
            "ask": (4 if opened else 0, self._ask),
            "recheck": (2 if opened else 0, self._recheck),
            "waive": (2 if opened else 0, self._waive),
            "pause": (1 if opened else 0, self._pause),
            "take back": (1 if opened else 0, self._take_back),
            "intrude": (1 if opened else 0, self._intrude),
            "close": (1 if opened else 0, self._close),
            "merge": (1 if opened else 0, self._merge),
            "reopen": (2 if closed else 0, self._reopen),
        }

    async def _open(self) -> None:
        name = f"change-{len(self.branches)}"
        paths = [f"shop/{name.replace('-', '_')}_{n}.py" for n in range(self.draw.randint(1, 3))]
        files: dict[str, str | None] = {path: self.draw.choice(TEXTS) for path in paths}
        self.github.people.commit(self.repository, name, files)
        branch = Branch(await self.github.people.open_pull(self.repository, Opening(name)), files)
        self.branches.append(branch)

    async def _push(self) -> None:
        branch = self._any_open()
        path = self.draw.choice(sorted(branch.files))
        # A comment above, so that each push changes something.
        text = self.draw.choice(TEXTS)
        branch.files[path] = text
        self.pushes += 1
        written = {path: text, f"{branch.pull.head_ref}.txt": f"{self.pushes}\n"}
        await self.github.people.push(self.repository, branch.pull.head_ref, written)

    async def _force(self) -> None:
        branch = self._any_open()
        branch.files = {path: self.draw.choice(TEXTS) for path in branch.files}
        tip = self.github.state.git(self.repository.id).branch("main")
        people = self.github.people
        await people.push(self.repository, branch.pull.head_ref, branch.files, onto=tip)

    async def _push_default(self) -> None:
        if self.draw.random() < 0.6:
            self.paid = None if self.paid else LEGACY
        else:
            self.gone = None if self.gone else "x = 1\n"
        self.pushes += 1
        files = {PAID: self.paid, GONE: self.gone, "main.txt": f"{self.pushes}\n"}
        await self.github.people.push(self.repository, "main", files)

    async def _ask(self) -> None:
        await self._say(self._any_open(), self.draw.choice(HELPED), speaks=True)

    async def _recheck(self) -> None:
        branch = self._any_open()
        await self._say(branch, "/ssot recheck", speaks=False)
        self.reruns[branch.pull.number] += 1

    async def _intrude(self) -> None:
        await self._say(self._any_open(), "/ssot pause", speaks=True, by="mallory")

    async def _waive(self) -> None:
        branch = self._any_open()
        day = datetime.now(UTC).date() + timedelta(days=9)
        text = f'/ssot waive forbidden-import "shop/**" until={day} reason="soon"'
        branch.waiver = await self._say(branch, text, speaks=True)

    async def _pause(self) -> None:
        branch = self._any_open()
        branch.pause = await self._say(branch, "/ssot pause", speaks=True)

    async def _take_back(self) -> None:
        """Delete the comments that accepted anything, one after the other."""
        branch = self._any_open()
        number = branch.pull.number
        for comment, _ in [one for one in self.commands if one[0].number == number]:
            if comment.body.startswith(("/ssot waive", "/ssot pause")) and comment.author_id == (
                self.github.people.user("ada").id
            ):
                await self.github.people.delete_comment(comment)
        alive = self.github.state.comments
        self.commands = [one for one in self.commands if one[0].id in alive]
        branch.waiver = branch.pause = None

    async def _close(self) -> None:
        branch = self._any_open()
        branch.is_open = False
        await self.github.people.close(branch.pull)

    async def _merge(self) -> None:
        branch = self._any_open()
        branch.is_open = False
        await self.github.people.merge(branch.pull)

    async def _reopen(self) -> None:
        branch = self.draw.choice([one for one in self.branches if self._is_closed(one)])
        branch.is_open = True
        await self.github.people.reopen(branch.pull)

    async def _say(self, branch: Branch, text: str, *, speaks: bool, by: str = "ada") -> Comment:
        comment = await self.github.people.comment(branch.pull, text, by=by)
        self.commands.append((comment, speaks))
        return comment

    def _any_open(self) -> Branch:
        branch = self.draw.choice([branch for branch in self.branches if branch.is_open])
        self.story.append(f"    on #{branch.pull.number}")
        return branch

    def _is_closed(self, branch: Branch) -> bool:
        pull = self.github.state.pulls[branch.pull.repository_id, branch.pull.number]
        return not branch.is_open and pull.merged_at is None

    def problems(self) -> list[str]:
        """List what does not stand as it should, in words."""
        found = [problem for branch in self.branches for problem in self._of_branch(branch)]
        found += [problem for one in self.commands for problem in self._of_command(*one)]
        found += [self._unfinished(run) for run in self._runs() if not run.conclusion]
        return [*found, *self._of_tracker()]

    def _unfinished(self, run: CheckRun) -> str:
        heads = {p.head_sha: f"the head of #{p.number}" for p in self.github.state.pulls.values()}
        at = heads.get(run.head_sha, run.head_sha)
        return f"run {run.id} of {run.external_id} is {run.status} on {at}"

    def _of_branch(self, branch: Branch) -> list[str]:
        pull = self.github.state.pulls[branch.pull.repository_id, branch.pull.number]
        standing = self._standing(pull.number)
        twice = [path for path, count in standing.items() if count > 1]
        found = [f"#{pull.number}: {path} has several comments" for path in sorted(twice)]
        reviews = self.github.state.reviews.values()
        empty = [r for r in reviews if r.number == pull.number and not self._inline(r.id)]
        found += [f"#{pull.number}: review {review.id} says nothing" for review in empty]
        if not branch.is_open:
            return found
        runs = [run for run in self._runs() if run.head_sha == pull.head_sha]
        verdicts = [run.conclusion for run in runs if run.conclusion != "cancelled"]
        newest = runs[-1].conclusion if runs else None
        if newest != branch.conclusion:
            found.append(f"#{pull.number}: {newest} where {branch.conclusion} is true")
        alike = [run.external_id for run in runs if run.conclusion != "cancelled"]
        repeated = sum(one == other for one, other in pairwise(alike))
        if repeated > self.reruns[pull.number]:
            found.append(f"#{pull.number}: the same verdict several times: {verdicts}")
        lacking = branch.findings - set(standing)
        if lacking and not branch.pause:
            found.append(f"#{pull.number}: no comment at {sorted(lacking)}")
        return found

    def _of_command(self, comment: Comment, speaks: bool) -> list[str]:
        state, bot = self.github.state, self.github.app.bot_id
        node = node_id("IC", comment.id)
        ends = [
            reaction.content
            for reaction in state.reactions.values()
            if reaction.subject_id == node
            and reaction.user_id == bot
            and reaction.content in {"+1", "confused"}
        ]
        marker = f"ssot:answer={comment.id}/"
        said = sum(marker in one.body for one in state.comments.values())
        # What is refused is refused in words, such as a command on what was closed meanwhile.
        if len(ends) == 1 and said == int(speaks or ends == ["confused"]):
            return []
        # The answer stands, and nobody knows any more that the reaction to it was to come.
        if comment.id in self.forgotten and not ends and said == 1:
            return []
        return [f"{comment.body!r} in #{comment.number}: reactions {ends}, answers {said}"]

    def _of_tracker(self) -> list[str]:
        issue = self.github.state.issues[self.repository.id, self.tracker.number]
        body = issue.body or ""
        ticks = [line[3] == "x" for line in body.splitlines()[:3]]
        wanted = [self.paid is None, self.gone is None, False]
        progress = [
            one for one in self.github.state.comments.values() if one.number == issue.number
        ]
        found = [] if ticks == wanted else [f"boxes {ticks} where {wanted} is true"]
        if len(progress) != 1:
            found.append(f"{len(progress)} comments tell the progress")
        return found

    def _runs(self) -> list[CheckRun]:
        runs = self.github.state.check_runs.values()
        return sorted((run for run in runs if run.name == "SSOT"), key=lambda run: run.id)

    def _inline(self, review_id: int) -> bool:
        comments = self.github.state.review_comments.values()
        return any(comment.review_id == review_id for comment in comments)

    def _standing(self, number: int) -> Counter[str]:
        """Count the comments of ours that no fix is said of, by the file that they were made at."""
        bot = self.github.app.bot_id
        return Counter(
            comment.original.path
            for comment in self.github.state.review_comments.values()
            if comment.number == number
            and comment.author_id == bot
            and not parse(comment.body).fixed_in
        )
