"""Waivers and edits of the config, end to end."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING

import pytest

from tests.e2e.world import FILES, POLICY, World, world

if TYPE_CHECKING:
    from pathlib import Path

    from bot.sandbox.github.check_records import CheckRun

CONFIG_PATH = ".github/ssot.yml"
IMPORT = "from shop.legacy.engine import OldEngine"
REASON = 'reason="leaves with the *old* checkout"'


def day(days: int) -> str:
    return (datetime.now(UTC).date() + timedelta(days=days)).isoformat()


def allow(days: int) -> str:
    return f"# ssot: allow[forbidden-import] until={day(days)} {REASON}"


def run_of(shop: World) -> CheckRun:
    return shop.runs()[-1]


async def test_waived_finding_passes_and_is_listed(shop: World) -> None:
    await shop.open({"shop/plans.py": f"{IMPORT}  {allow(30)}\n"})

    run = run_of(shop)
    assert run.conclusion == "success"
    assert "### Waived" in (run.summary or "")
    assert f"(until {day(30)}: leaves with the `*old*` checkout)" in (run.summary or "")
    assert (shop.comments(), run.annotations) == ([], ())


async def test_expired_waiver_fails_and_warns(shop: World) -> None:
    await shop.open({"shop/plans.py": f"{IMPORT}  {allow(-1)}\n"})

    run = run_of(shop)
    assert run.conclusion == "failure"
    levels = sorted(annotation.annotation_level for annotation in run.annotations)
    assert levels == ["failure", "warning"]
    assert f"it expired on `{day(-1)}`" in "".join(comment.body for comment in shop.comments())


async def test_waiver_in_the_code_fails_after_its_last_day_by_itself(shop: World) -> None:
    await shop.open({"shop/plans.py": f"{IMPORT}  {allow(3)}\n"})
    last = datetime.now(UTC).date() + timedelta(days=3)
    await shop.go_to_noon(last)
    assert [run.conclusion for run in shop.runs()] == ["success"]
    await shop.go_to_noon(last + timedelta(days=1))

    assert [run.conclusion for run in shop.runs()] == ["success", "failure"]


async def test_waiver_in_the_config_of_the_base_holds(tmp_path: Path) -> None:
    waiver = f"{{rule: forbidden-import, path: '*.py', until: {day(9)}, reason: why, by: ada}}"
    config = f"{POLICY}waivers: [{waiver}]\n"
    async with world(tmp_path, {**FILES, CONFIG_PATH: config}) as shop:
        await shop.open({"shop/plans.py": f"{IMPORT}\n"})

        assert run_of(shop).conclusion == "success"
        assert f"(until {day(9)}, by ada: why)" in (run_of(shop).summary or "")


async def test_invalid_config_is_told_at_its_line_while_the_base_decides(shop: World) -> None:
    bad = POLICY.replace("canonical:", "canonicle:")
    await shop.open({CONFIG_PATH: bad, "shop/plans.py": f"{IMPORT}\n"})

    run = run_of(shop)
    assert run.conclusion == "failure"
    places = [(a.path, a.start_line, a.start_column) for a in run.annotations]
    assert places[1:] == [(CONFIG_PATH, 5, 5), ("shop/plans.py", 1, 32)]
    assert (CONFIG_PATH, 5) in shop.places()
    assert len(shop.github.git_requests) <= 5


async def test_mended_config_has_its_comment_say_so(shop: World) -> None:
    await shop.open({CONFIG_PATH: f"{POLICY}rule: {{}}\n"})
    mended = await shop.push({CONFIG_PATH: f"{POLICY}rules: {{}}\n"})

    assert shop.verdict() == (mended, "success")
    (comment,) = shop.comments()
    assert "Fixed" in comment.body


async def test_comment_at_the_config_is_not_taken_over_by_another_file(shop: World) -> None:
    waiver = f"{{rule: forbidden-import, path: x.py, until: {day(-1)}, reason: why}}"
    await shop.open({CONFIG_PATH: f"{POLICY}waivers: [{waiver}]\n"})
    await shop.push({CONFIG_PATH: POLICY, "shop/plans.py": f"x = 1  {allow(9)}\n"})

    last = POLICY.count("\n") + 1
    assert shop.places() == [(CONFIG_PATH, last), ("shop/plans.py", 1)]
    assert "Fixed" in shop.comments()[0].body


async def test_valid_edit_of_the_config_shows_what_it_would_mean(shop: World) -> None:
    weaker = f"{POLICY}rules: {{forbidden-import: off}}\n"
    await shop.open({CONFIG_PATH: weaker, "shop/plans.py": f"{IMPORT}\n"})

    run = run_of(shop)
    assert run.conclusion == "failure"
    assert "would add 0 / drop 1 findings" in (run.summary or "")


@pytest.mark.parametrize("text", [f"{POLICY}rules: {{syntax-error: warning}}\n", POLICY])
async def test_first_config_is_a_preview(tmp_path: Path, text: str) -> None:
    files = {path: content for path, content in FILES.items() if path != CONFIG_PATH}
    async with world(tmp_path, files) as shop:
        await shop.open({CONFIG_PATH: text, "shop/plans.py": f"{IMPORT}\n"})

        run = run_of(shop)
        assert (run.conclusion, run.title) == ("neutral", "Preview: 1 new finding")
        assert shop.comments() == []
