"""What the README lists is what there is."""

import json
import re
import shlex
from collections import UserDict
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
import yaml

from bot.cli.entry import discover as terminal_commands
from bot.cli.entry import parser
from bot.cli.exits import Exit
from bot.commands import discover as slash_commands
from bot.disk import FREE_BYTES, IDLE_SECONDS
from bot.domain.annotations import MAX_ANNOTATIONS
from bot.domain.checklist import MAX_CRITERIA, Tracker, progress_of, wanted
from bot.domain.issue_ports import PROGRESS_SECONDS
from bot.domain.replies import table
from bot.settings import LEVELS, from_environment
from bot.store.sqlite import LOOK_SECONDS
from bot.web.metrics import Metrics
from checks import limits
from checks.config import parse
from checks.config.schema import json_schema
from checks.criteria import Operator
from checks.criteria import parse as parse_criterion
from checks.criteria.parsing import FILTERS, FUNCTIONS
from checks.findings import FILES_WITH_DIFF
from checks.registry import rules
from checks.stages import Stage
from tests.browser.chromium import NOT_INSTALLED
from tests.browser.test_pictures import PICTURES

ROOT = Path(__file__).parents[1]
SCHEMA = json_schema()
README = (ROOT / "README.md").read_text(encoding="utf-8")
CI = (ROOT / ".ci" / "run").read_text(encoding="utf-8").splitlines()

WEEKS = {14 * 24 * 3600.0: "two weeks"}
SET_BY_THE_SYSTEM = {"HOME", "XDG_DATA_HOME"}


def blocks(language: str) -> list[str]:
    return re.findall(rf"^ *```{language}\n(.*?)^ *```", README, re.DOTALL | re.MULTILINE)


def test_ci_runs_the_test_command_word_for_word() -> None:
    (command,) = [block.strip() for block in blocks("sh") if "-m tests" in block]

    assert CI[-1] == command


def test_ci_runs_the_tests_that_need_a_browser() -> None:
    assert "export SSOT_BROWSER=required" in CI
    assert NOT_INSTALLED.partition(": ")[2] in "".join(CI)


def test_every_picture_is_one_that_the_tests_take() -> None:
    named = re.findall(r"!\[[^]]*\]\(\.github/([^)]+)\)", README)

    assert set(named) == set(PICTURES)


def test_every_rule_is_listed_with_its_reason() -> None:
    listed = re.findall(r"^\| `([a-z-]+)` \| ([^|]+) \|$", README, re.MULTILINE)

    assert dict(listed) == {rule.name: rule.reason for rule in rules()}


def test_every_slash_command_is_listed_as_its_file_says_it() -> None:
    assert table(slash_commands()) in README


def test_every_command_is_listed_with_its_help() -> None:
    listed = re.findall(r"^\| `ssot ([a-z-]+)` \| (.+) \|$", README, re.MULTILINE)

    helps = {
        name: (command.__doc__ or "").partition("\n")[0] for name, command in terminal_commands()
    }
    assert dict(listed) == helps


@pytest.mark.parametrize(
    "line",
    sorted(
        set(re.findall(r"(?<!/)\bssot (?:check|config|explain|init|jobs|replay) [^`>\n]*", README))
    ),
)
def test_every_command_line_is_one_that_is_taken(line: str) -> None:
    _, *arguments = shlex.split(line)

    assert parser().parse_args(arguments)


class Environment(UserDict[str, str]):
    """An empty environment that knows what it was asked for."""

    def __init__(self) -> None:
        super().__init__()
        self.asked: set[str] = set()

    def __missing__(self, name: str) -> str:
        self.asked.add(name)
        return ""

    def __contains__(self, name: object) -> bool:
        return True


def test_every_setting_is_listed() -> None:
    environment = Environment()
    from_environment(environment)
    _, _, below = README.partition("| setting | meaning |")
    listed = set(re.findall(r"`([A-Z_]{4,})`", below.partition("\n\n")[0])) - set(LEVELS)

    assert listed - SET_BY_THE_SYSTEM == environment.asked - SET_BY_THE_SYSTEM


def test_every_metric_is_listed_with_its_help() -> None:
    helps = re.findall(r"^# HELP (ssot_\w+) (.+)$", Metrics().render(None).decode(), re.MULTILINE)
    listed = re.findall(r"^\| `(ssot_\w+)` \| (.+) \|$", README, re.MULTILINE)

    assert dict(listed) == dict(helps)


def test_every_exit_code_is_listed() -> None:
    (line,) = re.findall(r"^Exit code (.+)$", README, re.MULTILINE)

    assert re.findall(r"(?:^|· )(\d): ", line) == [str(int(code)) for code in sorted(Exit)]


@pytest.mark.parametrize(
    "limit",
    [
        f"{limits.FILE_BYTES // 1_000_000} MB a file",
        f"up to {limits.STREAM_BYTES // 1_000_000} MB only",
        f"{limits.CHANGED_ENTRIES:,} changed files",
        f"{limits.FLAGS:,} findings",
        f"{limits.FILE_SECONDS:g} s and {limits.FILE_MEMORY_BYTES >> 20} MiB for reading one file",
        f"{MAX_ANNOTATIONS} annotations",
        f"{parse('version: 1').report.max_comments} comments (`report.max-comments`)",
        f"the first {FILES_WITH_DIFF} files",
        f"at most {limits.WAIVER_DAYS} days ahead",
        f"leave a tenth of it, or {FREE_BYTES >> 30} GiB, free",
        f"what was not used for {WEEKS[IDLE_SECONDS]} goes",
        f"takes up what they add within {LOOK_SECONDS:g} s",
        f"Of one issue {MAX_CRITERIA} criteria count",
        f"at most every {PROGRESS_SECONDS / 60:g} minutes",
    ],
)
def test_every_limit_that_is_told_is_the_one_that_holds(limit: str) -> None:
    assert limit in README


def test_hook_that_is_shown_is_there_and_runs_a_command() -> None:
    (shown,) = [yaml.safe_load(block) for block in blocks("yaml") if block.startswith("repos:")]
    hooks = yaml.safe_load((ROOT / ".pre-commit-hooks.yaml").read_text(encoding="utf-8"))

    assert shown["repos"][0]["hooks"] == [{"id": hook["id"]} for hook in hooks]
    for hook in hooks:
        _, *arguments = shlex.split(hook["entry"])
        assert parser().parse_args(arguments)
        assert not hook["pass_filenames"]


def test_workflow_fetches_the_whole_history_and_runs_no_text_of_strangers() -> None:
    (workflow,) = [block for block in blocks("yaml") if block.startswith("on:")]
    steps = yaml.safe_load(workflow)["jobs"]["ssot"]["steps"]

    assert steps[0]["with"] == {"fetch-depth": 0}
    assert not any("${{" in step.get("run", "") for step in steps)


def test_every_criterion_that_is_shown_can_be_read() -> None:
    (shown,) = [block for block in blocks("markdown") if "ssot:progress" in block]
    criteria = wanted(shown, Tracker("acme/shop", 12)).criteria

    assert [str(parse_criterion(text)) for text in criteria] == list(criteria)
    assert len(criteria) == 2
    assert progress_of(shown) is not None


def test_every_query_operator_and_stage_of_criteria_is_listed() -> None:
    _, _, below = README.partition("| criterion | measures |")
    table, others, *_ = below.split("\n\n")
    compared = re.findall(r"\) ([=!<>]+) ", table) + re.findall(r"`([=!<>]+)`", others)

    assert re.findall(r"^\| `(\w+)\(", table, re.MULTILINE) == list(FUNCTIONS)
    assert set(compared) == set(Operator)
    assert ", ".join(f"`{stage}`" for stage in Stage) in table
    assert all(f"`{name}=" in table for name in FILTERS)


def test_bind_that_is_shown_is_a_config() -> None:
    (shown,) = re.findall(r"`checklists: \{bind: (.+\})`", README)
    config = parse(f"version: 1\nchecklists: {{bind: {shown}\n")

    assert parse_criterion(config.checklists.bind[0].when)


def test_example_config_is_valid() -> None:
    (example,) = [block for block in blocks("yaml") if block.startswith("version:")]
    (waivers,) = [block for block in blocks("yaml") if block.startswith("waivers:")]

    assert len(parse(example + waivers).waivers) == 1
    assert parse(example).concepts[0].name == yaml.safe_load(example)["concepts"].popitem()[0]


def keys(schema: dict[str, Any], place: str = "") -> Iterator[tuple[str, str]]:
    """Yield every key of the config's schema and its default, as a table writes them."""
    for name, value in schema.get("properties", {}).items():
        yield from _described(f"{place}{name}", value, name in schema.get("required", []))


def _described(
    key: str, value: dict[str, Any], is_required: bool = False
) -> Iterator[tuple[str, str]]:
    inner = [value, value.get("items", {}), value.get("additionalProperties", {})]
    inner += value.get("anyOf", [])
    suffix = ".*" if "additionalProperties" in value else ""
    sections = [SCHEMA["$defs"][one["$ref"].rpartition("/")[2]] for one in inner if "$ref" in one]
    nested = [pair for one in sections for pair in keys(one, f"{key}{suffix}.")]
    yield from nested
    if not nested:
        default = "required" if is_required else value.get("default", {} if suffix else "")
        yield key, _written(default)


def _written(default: object) -> str:
    if default in ("", None, "required"):
        return str(default or "")
    return f"`{default if isinstance(default, str) else json.dumps(default)}`"


def test_every_key_of_the_config_is_listed_with_its_default() -> None:
    rows = re.findall(r"^\| (`[a-z].*?) \| (.*?) ?\| .+ \|$", README, re.MULTILINE)
    listed = {key: default for cell, default in rows for key in re.findall("`(.+?)`", cell)}
    plain = {f"rules.{rule.name}.severity" for rule in rules()}

    wanted = {key: default for key, default in keys(SCHEMA) if key not in plain}
    shown = {key: default for key, default in listed.items() if not key.startswith("rules.*")}
    assert shown == wanted
    assert listed["rules.*.severity"] == "`error`"


@pytest.mark.parametrize("target", sorted(set(re.findall(r"\]\(([^)h][^)]*)\)", README))))
def test_everything_linked_exists(target: str) -> None:
    if target.startswith("#"):
        headings = re.findall(r"^#+ (.+)$", README, re.MULTILINE)
        assert target[1:] in [heading.lower().replace(" ", "-") for heading in headings]
    else:
        assert (ROOT / target).exists()
