"""From an explanation to the page: which sentences, which lines of source, in which order."""

from __future__ import annotations

from collections import Counter
from typing import TYPE_CHECKING

from bot.domain.markdown import visible
from bot.domain.order import deciding
from bot.domain.pull import ConfigSource, PullState
from bot.web.explain_cards import cards
from bot.web.explain_places import Places
from bot.web.explain_shapes import (
    Badge,
    Group,
    Item,
    Page,
    RuleRow,
    Setting,
    StepRow,
    Trace,
)
from bot.web.prose import prose
from checks.config import CONFIG_PATH
from checks.evidence import Why
from checks.model import Cause, Conclusion, Severity, Status
from checks.registry import rules
from checks.waivers import overdue

if TYPE_CHECKING:
    from collections.abc import Iterator
    from datetime import date

    from markupsafe import Markup

    from bot.domain.pull import PullRequest
    from bot.services.explain import Explanation
    from bot.services.judgement import Judgement
    from bot.web.explain_shapes import Place
    from checks.config import Config
    from checks.model import Analysis

STATES = {
    PullState.OPEN: Badge("open", "good"),
    PullState.CLOSED: Badge("closed", "bad"),
    PullState.MERGED: Badge("merged", "done"),
}
LOOKS = {
    Conclusion.SUCCESS: "good",
    Conclusion.FAILURE: "bad",
    Conclusion.ACTION_REQUIRED: "bad",
    Conclusion.NEUTRAL: "warn",
}
SEVERITIES = {Severity.ERROR: "bad", Severity.WARNING: "warn"}
CLOSED = (
    "This pull request is {state}. Below is today's verdict on its last head; the check run keeps "
    "the verdict given at the time."
)
SHARED = "Other open pull requests share this head ({numbers}): the check run covers all of them."
DRAFT = "This is a draft: it gets the check, but no comments."
PAUSED = (
    "The checks were paused by `{login}`. Below is what the verdict would be without the pause."
)
CUT = "Only the newest 1000 comments are read: a waiver in an older one has no effect."
GROUPS = (
    (Status.NEW, "new", "New", "What this change adds. Errors make the check fail."),
    (Status.WAIVED, "waived", "Waived", "Found, but accepted until the day shown."),
    (Status.MOVED, "moved", "Moved", "Their code moved here from another file of this change."),
)
CAUSES = {
    Cause.CHANGE: Badge("fails the check", "bad"),
    Cause.SERVICE: Badge("our fault, tried again", "warn"),
    Cause.NATURE: Badge("counts for nothing", ""),
}
COVERS = "until {until}, by `{by}`: {reason}"
CONFIG_WAIVER = "until {until}, line {line} of the config: {reason}"
LAPSED_CONFIG = "Line {line} of the config: {problem}."
FROM = {
    ConfigSource.BASE: f"`{CONFIG_PATH}` on `{{branch}}`",
    ConfigSource.OWNER: "`ssot.yml` in `{owner}/.github`, because `{branch}` has no config",
    ConfigSource.HEAD: f"`{CONFIG_PATH}` as this change adds it",
    ConfigSource.DEFAULT: "none: only the default branch has one",
    ConfigSource.NONE: "none",
}
LINE = "line {line}"
DEFAULT = "default"
FILES = "{analyzed} of {changed} changed files analysed"
DECIDES = Badge("decides", "done")
HOLDS = Badge("holds, but comes later", "")
NOTHING = Badge("nothing", "good")
RESTS = Badge("off", "")
CRASHED = Badge("crashed", "bad")
WORDS = {
    Why.KEPT: "was there before",
    Why.SURPLUS: "new",
    Why.COVERED: "new, reported with what encloses it",
    Why.UNPARSED: "perhaps not new",
    Why.MOVED: "moved here",
    Why.LEFT: "moved away",
    Why.GONE: "gone",
}
# A page of more is not read, and slow to load.
SHOWN_TRACES = 200


def explain_page(explanation: Explanation, *, server_url: str) -> Page:
    """Lay out the page."""
    judgement = explanation.judgement
    pull, analysis, report = judgement.pull, judgement.analysis, judgement.report
    places = Places(pull, analysis, explanation.excerpts, server_url=server_url)
    decisive = deciding(explanation.steps)
    traces = tuple(_traces(analysis, places)) if analysis else ()
    return Page(
        repository=pull.repository.full_name,
        number=pull.number,
        title=visible(pull.title),
        url=places.pull(pull.number),
        state=STATES[pull.state],
        verdict=Badge(report.conclusion.replace("_", " "), LOOKS.get(report.conclusion, "")),
        headline=visible(report.title),
        decided=prose(decisive.words),
        notices=tuple(_notices(judgement)),
        groups=tuple(_groups(analysis, places, config=judgement.config)) if analysis else (),
        skipped=tuple(_skipped(analysis)) if analysis else (),
        crashes=tuple(_crashes(analysis)) if analysis else (),
        fixed=tuple(_fixed(analysis, places)) if analysis else (),
        waivers=tuple(_waivers(judgement, explanation.today)),
        lapsed=tuple(_lapsed(judgement, explanation.today)),
        twins=tuple(
            (twin.number, places.pull(twin.number), visible(twin.addition.symbol))
            for twin in judgement.twins
        ),
        notes=tuple(map(prose, analysis.notes)) if analysis else (),
        steps=tuple(_steps(explanation)),
        rules=tuple(_rules(judgement)),
        traces=traces[:SHOWN_TRACES],
        hidden_traces=max(0, len(traces) - SHOWN_TRACES),
        settings=tuple(_settings(explanation, places)),
        config_from=_config_from(pull),
        said=() if analysis else tuple(map(prose, filter(None, report.summary.splitlines()))),
        base=analysis.base if analysis else "",
        head=pull.position.head_sha,
        files=_files(analysis) if analysis else "",
    )


def _notices(judgement: Judgement) -> Iterator[Markup]:
    pull = judgement.pull
    if pull.state is not PullState.OPEN:
        yield prose(CLOSED.format(state=pull.state.lower()))
    elif pull.draft:
        yield prose(DRAFT)
    if pull.siblings:
        numbers = ", ".join(f"#{number}" for number in pull.siblings)
        yield prose(SHARED.format(numbers=numbers))
    if judgement.standing.paused_by:
        yield prose(PAUSED.format(login=judgement.standing.paused_by))


def _groups(analysis: Analysis, places: Places, *, config: Config | None) -> Iterator[Group]:
    abouts = {one.name: one.about for one in config.concepts} if config else {}
    for status, name, title, sentence in GROUPS:
        found = [finding for finding in analysis.findings if finding.status is status]
        if found:
            shown = cards(found, analysis, places=places, abouts=abouts)
            yield Group(name, f"{title} ({len(found)})", sentence, shown)


def _skipped(analysis: Analysis) -> Iterator[Item]:
    for one in analysis.skipped:
        yield Item(visible(one.path), prose(one.reason), CAUSES[one.cause])


def _crashes(analysis: Analysis) -> Iterator[Item]:
    for crash in analysis.crashes:
        yield Item(f"{crash.rule} on {visible(crash.path)}", prose(crash.error))


def _fixed(analysis: Analysis, places: Places) -> Iterator[tuple[str, Place, str]]:
    for one in analysis.fixed:
        yield one.rule, places.at_base(one.path, one.line), visible(one.symbol)


def _waivers(judgement: Judgement, today: date) -> Iterator[Item]:
    for waiver in judgement.standing.waivers:
        terms = waiver.terms
        text = COVERS.format(until=terms.until, by=waiver.claim.author, reason=terms.reason)
        yield Item(visible(waiver.claim.call.line), prose(text))
    for entry in judgement.config.waivers if judgement.config else ():
        if not overdue(entry.until, today):
            text = CONFIG_WAIVER.format(until=entry.until, line=entry.line, reason=entry.reason)
            yield Item(f"{entry.rule} {visible(entry.path.pattern)}", prose(text))


def _lapsed(judgement: Judgement, today: date) -> Iterator[Item]:
    for one in judgement.standing.lapsed:
        yield Item(visible(one.line), prose(f"{one.reason}."))
    for entry in judgement.config.waivers if judgement.config else ():
        if problem := overdue(entry.until, today):
            text = LAPSED_CONFIG.format(line=entry.line, problem=problem)
            yield Item(f"{entry.rule} {visible(entry.path.pattern)}", prose(text))
    if judgement.standing.is_cut:
        yield Item("…", prose(CUT))


def _steps(explanation: Explanation) -> Iterator[StepRow]:
    decisive = deciding(explanation.steps)
    for step in explanation.steps:
        says = DECIDES if step is decisive else HOLDS if step.holds else None
        yield StepRow(step.conclusion.replace("_", " "), prose(step.words), says)


def _rules(judgement: Judgement) -> Iterator[RuleRow]:
    config, analysis = judgement.config, judgement.analysis
    if config is None or analysis is None:
        return
    crashed = {crash.rule for crash in analysis.crashes}
    fixed = Counter(one.rule for one in analysis.fixed)
    for rule in rules():
        severity = config.severity(rule.name)
        found = Counter(f.status for f in analysis.findings if f.rule == rule.name)
        counts = [f"{found[status]} {status}" for status in Status if found[status]]
        counts += [f"{fixed[rule.name]} fixed"] if fixed[rule.name] else []
        yield RuleRow(
            name=rule.name,
            reason=prose(rule.reason),
            severity=Badge(severity, ""),
            verdict=_verdict(severity, found[Status.NEW], is_crashed=rule.name in crashed),
            counts=", ".join(counts),
        )


def _verdict(severity: Severity, new: int, *, is_crashed: bool) -> Badge:
    if is_crashed:
        return CRASHED
    if severity is Severity.OFF:
        return RESTS
    return Badge(f"{new} new", SEVERITIES.get(severity, "")) if new else NOTHING


def _traces(analysis: Analysis, places: Places) -> Iterator[Trace]:
    for each in analysis.evidence:
        yield Trace(
            rule=each.rule,
            symbol=visible(each.symbol),
            path=visible(each.path),
            base_path=visible(each.base_path) if each.base_path != each.path else "",
            at_base=tuple(
                (places.at_base(each.base_path, one.line), WORDS[one.why]) for one in each.at_base
            ),
            at_head=tuple(
                (places.at_head(each.path, one.line), WORDS[one.why]) for one in each.at_head
            ),
        )


def _settings(explanation: Explanation, places: Places) -> Iterator[Setting]:
    for one in explanation.settings:
        yield Setting(
            visible(one.key),
            visible(one.value),
            LINE.format(line=one.line) if one.line else DEFAULT,
            places.config(one.line) if one.line else "",
        )


def _config_from(pull: PullRequest) -> Markup:
    text = FROM[pull.config.source]
    return prose(text.format(branch=pull.base_ref, owner=pull.repository.owner))


def _files(analysis: Analysis) -> str:
    return FILES.format(analyzed=analysis.files_analyzed, changed=analysis.files_changed)
