"""The line that decides is the one that the check run shows."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

import pytest

from bot.domain import report as reports
from bot.domain.order import Basis, deciding, order
from bot.domain.pull import ConfigFile, ConfigSource, PullRequest
from checks.config import parse
from checks.model import Analysis, Cause, Crash, Severity, Skipped, Status
from checks.rule import POLICY
from tests.bot.domain.examples import analysis, finding, pull

if TYPE_CHECKING:
    from checks.config import Config

CONFIG = parse(POLICY)
OBSERVING = parse(f"{POLICY}report:\n  mode: observe\n")
ERROR = finding()
WARNING = replace(finding(), severity=Severity.WARNING)
FAILED = Skipped("a.py", "too large", Cause.CHANGE)
OURS = Skipped("a.py", "git failed", Cause.SERVICE)


@pytest.mark.parametrize(
    "found",
    [
        analysis(),
        analysis(ERROR),
        analysis(WARNING),
        analysis(ERROR, WARNING, skipped=(FAILED, OURS)),
        analysis(WARNING, skipped=(FAILED,)),
        analysis(skipped=(OURS,)),
        analysis(WARNING, crashes=(Crash("a-rule", "a.py", "KeyError"),)),
        analysis(replace(ERROR, status=Status.MOVED)),
        analysis(replace(ERROR, status=Status.WAIVED)),
        analysis(skipped=(replace(FAILED, cause=Cause.NATURE),)),
    ],
)
@pytest.mark.parametrize("config", [CONFIG, OBSERVING])
@pytest.mark.parametrize("source", [ConfigSource.BASE, ConfigSource.OWNER, ConfigSource.HEAD])
@pytest.mark.parametrize("paused_by", ["", "ada"])
def test_deciding_line_concludes_what_the_report_does(
    found: Analysis, config: Config, source: ConfigSource, paused_by: str
) -> None:
    change = with_config(source)
    said = reports.report(found, change, config)
    if paused_by:
        said = reports.paused(said, paused_by)

    steps = order(change, Basis(config, found, paused_by))

    assert deciding(steps).conclusion == said.conclusion


def test_without_an_analysis_the_config_decides() -> None:
    nothing = Basis(None, None)

    assert deciding(order(with_config(ConfigSource.BASE), nothing)).conclusion == "action_required"
    assert deciding(order(with_config(ConfigSource.HEAD), nothing)).conclusion == "neutral"
    skipped = with_config(ConfigSource.DEFAULT)
    assert deciding(order(skipped, nothing)).conclusion == reports.skipped(skipped).conclusion


def with_config(source: ConfigSource) -> PullRequest:
    return replace(pull(), config=ConfigFile(source, POLICY))
