"""What the checks of a commit say, with their annotations and buttons."""

from __future__ import annotations

from typing import TYPE_CHECKING

from markupsafe import Markup

from bot.sandbox.github.rest_checks import latest
from bot.sandbox.page.conversation import file_anchor
from bot.sandbox.page.markdown import render
from bot.sandbox.page.shapes import Button, Check, Note

if TYPE_CHECKING:
    from bot.sandbox.github.check_records import Annotation, CheckRun
    from bot.sandbox.github.records import Pull
    from bot.sandbox.github.state import State

# GitHub's own button, which every check run of an App has.
RERUN = "Re-run"
RERUN_DOES = "Run this check again"


def runs_of(state: State, pull: Pull) -> list[CheckRun]:
    """List the newest run of each check on the head of a pull request."""
    runs = [
        run
        for run in state.check_runs.values()
        if (run.repository_id, run.head_sha) == (pull.repository_id, pull.head_sha)
    ]
    return latest(sorted(runs, key=lambda run: -run.id))


def verdict(run: CheckRun) -> str:
    """Say in words how a run ended, or how far it is."""
    return (run.conclusion or run.status).replace("_", " ")


def check(state: State, run: CheckRun) -> Check:
    """Show a run."""
    return Check(
        run_id=run.id,
        name=run.name,
        app=state.apps[run.app_id].slug,
        verdict=verdict(run),
        title=run.title or "",
        summary=render(run.summary or ""),
        details_url=run.details_url or "",
        annotations=tuple(annotation_note(run, annotation) for annotation in run.annotations),
        buttons=_buttons(run),
    )


def annotation_note(run: CheckRun, annotation: Annotation) -> Note:
    """Show an annotation as something that the check said."""
    title = f"{annotation.title}: " if annotation.title else ""
    return Note(
        author=run.name,
        when="",
        kind=annotation.annotation_level,
        body=_plain(title + annotation.message),
        at=f"{annotation.path}:{annotation.start_line}",
        place=f"#{file_anchor(annotation.path)}R{annotation.end_line}",
    )


def _buttons(run: CheckRun) -> tuple[Button, ...]:
    if run.status != "completed":
        return ()
    own = [Button(each.identifier, each.label, each.description) for each in run.actions]
    return (Button("", RERUN, RERUN_DOES), *own)


def _plain(text: str) -> Markup:
    """Show an annotation's message as it is: GitHub renders no Markdown there."""
    return Markup('<p class="plain">{}</p>').format(text)
