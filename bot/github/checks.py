"""The check run: started at once, completed with its annotations, never rewritten afterwards."""

from __future__ import annotations

from dataclasses import asdict
from typing import TYPE_CHECKING, Any

from bot.domain.annotations import BATCH, Annotation, Level, not_sent
from bot.domain.pull import CheckRun
from bot.domain.report import CHECK_NAME, STARTED, STARTED_TITLE, replaced
from bot.github import auth, names
from bot.github.refusals import RefusedError

if TYPE_CHECKING:
    from collections.abc import Awaitable, Callable, Mapping, Sequence

    from bot.domain.pull import PullRequest
    from bot.domain.report import Report
    from bot.github.client import Client, GitHub

    Page = Callable[[PullRequest], Awaitable[str]]

RUNS = "/repos/{owner}/{repo}/check-runs"
RUN = "/repos/{owner}/{repo}/check-runs/{id}"
ANNOTATIONS = "/repos/{owner}/{repo}/check-runs/{id}/annotations{?per_page,page}"
PER_PAGE = 100

# Right after a push to a fork the base repository may not know the commit (service-hub#394).
UNKNOWN_COMMIT = "No commit found for SHA"
UNKNOWN_COMMIT_WAITS_SECONDS = (1.0, 2.0, 4.0)


async def no_page(_pull: PullRequest) -> str:
    """Answer that there is no page to explain a verdict."""
    return ""


class Checks:
    """Check runs named `SSOT` on the head of a pull request.

    `page` tells the address of the page that explains a verdict, `""` where there is none.
    """

    def __init__(self, github: GitHub, page: Page = no_page) -> None:
        self._github = github
        self._page = page

    async def start(self, pull: PullRequest) -> CheckRun:
        """Create a run in progress on the head."""
        fields = {"status": "in_progress", "output": _started(), **await self._details(pull)}
        return await self._create(pull, fields)

    async def complete(self, pull: PullRequest, report: Report, *, run: CheckRun | None) -> None:
        """Complete the run, or a new one where None is given, sending no annotation twice.

        A run that an interrupted job filled with other annotations is cancelled: what was appended
        cannot be taken back.
        """
        pending: Sequence[Annotation] | None = report.annotations
        if run is not None and run.annotations_count:
            pending = not_sent(report.annotations, await self._annotations(pull, run))
            if pending is None:
                await self._finish(pull, run, replaced(), pending=())
                run, pending = None, report.annotations
        if run is None and len(pending or ()) <= BATCH:
            await self._create(pull, await self._completed(pull, report, pending or ()))
            return
        run = run or await self.start(pull)
        await self._finish(pull, run, report, pending=pending or ())

    async def _create(self, pull: PullRequest, fields: Mapping[str, Any]) -> CheckRun:
        data = {
            "name": CHECK_NAME,
            "head_sha": pull.position.head_sha,
            "external_id": pull.external_id(""),
            **fields,
        }
        client, path = self._client(pull), names.in_path(pull.repository)
        for wait in UNKNOWN_COMMIT_WAITS_SECONDS:
            try:
                answer = await client.create(RUNS, path, data=data)
                return CheckRun(int(answer["id"]))
            except RefusedError as refusal:
                if not refusal.says(UNKNOWN_COMMIT):
                    raise
            await self._github.pause(wait)
        answer = await client.create(RUNS, path, data=data)
        return CheckRun(int(answer["id"]))

    async def _finish(
        self, pull: PullRequest, run: CheckRun, report: Report, *, pending: Sequence[Annotation]
    ) -> None:
        """Append batch after batch; the last one completes the run."""
        client = self._client(pull)
        path = names.in_path(pull.repository, id=run.id)
        last = max(0, (len(pending) - 1) // BATCH) * BATCH
        for start in range(0, last, BATCH):
            output = _output(report, pending[start : start + BATCH])
            await client.append(RUN, path, data={"status": "in_progress", "output": output})
        data = await self._completed(pull, report, pending[last:])
        send = client.append if pending else client.update
        await send(RUN, path, data=data)

    async def _completed(
        self, pull: PullRequest, report: Report, annotations: Sequence[Annotation]
    ) -> dict[str, Any]:
        return {**_completed(pull, report, annotations), **await self._details(pull)}

    async def _details(self, pull: PullRequest) -> dict[str, str]:
        page = await self._page(pull)
        return {"details_url": page} if page else {}

    async def _annotations(self, pull: PullRequest, run: CheckRun) -> list[Annotation]:
        found: list[Annotation] = []
        for page in range(1, run.annotations_count // PER_PAGE + 2):
            variables = names.in_path(pull.repository, id=run.id, per_page=PER_PAGE, page=page)
            answer = await self._client(pull).get(ANNOTATIONS, variables)
            found += [_annotation(entry) for entry in answer]
        return found

    def _client(self, pull: PullRequest) -> Client:
        return self._github.client(auth.grant(pull, auth.REVIEW))


def _started() -> dict[str, str]:
    return {"title": STARTED_TITLE, "summary": STARTED}


def _completed(
    pull: PullRequest, report: Report, annotations: Sequence[Annotation]
) -> dict[str, Any]:
    return {
        "status": "completed",
        "conclusion": str(report.conclusion),
        "external_id": pull.external_id(report.digest),
        "output": _output(report, annotations),
        "actions": [asdict(button) for button in report.buttons],
    }


def _output(report: Report, annotations: Sequence[Annotation]) -> dict[str, Any]:
    output: dict[str, Any] = {"title": report.title, "summary": report.page}
    if annotations:
        output["annotations"] = [_fields(annotation) for annotation in annotations]
    return output


def _fields(annotation: Annotation) -> dict[str, Any]:
    fields = {
        "path": annotation.path,
        "start_line": annotation.start_line,
        "end_line": annotation.end_line,
        "annotation_level": str(annotation.level),
        "title": annotation.title,
        "message": annotation.message,
    }
    if annotation.start_column:
        fields |= {"start_column": annotation.start_column, "end_column": annotation.end_column}
    return fields


def _annotation(entry: Mapping[str, Any]) -> Annotation:
    return Annotation(
        path=str(entry["path"]),
        start_line=int(entry["start_line"]),
        end_line=int(entry["end_line"]),
        level=Level(entry["annotation_level"] or Level.NOTICE),
        title=str(entry["title"] or ""),
        message=str(entry["message"] or ""),
        start_column=int(entry["start_column"] or 0),
        end_column=int(entry["end_column"] or 0),
    )
