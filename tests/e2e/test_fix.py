"""`/ssot fix` and its button: one commit with the proven edits, or the reason why there is none."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

from bot.sandbox.github.server import PERMISSIONS
from tests.e2e.test_commands import answers, let_write, reactions, say

if TYPE_CHECKING:
    from tests.e2e.world import World

IMPORT = "from shop.legacy.engine import OldEngine\n"
USE = f"{IMPORT}\n\nprint(OldEngine)\n"


def let_app_write(shop: World) -> None:
    """Grant `contents: write` to the App."""
    for installation in list(shop.github.state.installations.values()):
        granted = {**PERMISSIONS, "contents": "write"}
        shop.github.state.installations[installation.id] = replace(
            installation, permissions=granted
        )


def content(shop: World, path: str) -> str:
    git = shop.github.state.git(shop.repository.id)
    blob = git.blob("change", path)
    assert blob is not None
    return blob.content.decode()


async def test_fix_commits_the_proven_edits_and_turns_green(shop: World) -> None:
    let_app_write(shop)
    let_write(shop, "ada")
    pull = await shop.open({"shop/plans.py": USE, "shop/more.py": USE})
    before = shop.runs()[-1].head_sha
    comment = await say(shop, pull, "/ssot fix")

    git = shop.github.state.git(shop.repository.id)
    head = git.branch("change")
    assert head is not None
    assert git.parents(head) == (before,)
    assert shop.verdict() == (head, "success")
    assert "shop.legacy" not in content(shop, "shop/plans.py") + content(shop, "shop/more.py")
    assert reactions(shop, comment) == ["eyes", "+1"]
    assert answers(shop) == []


async def test_fix_without_write_to_the_contents_gives_the_local_command(shop: World) -> None:
    let_write(shop, "ada")
    pull = await shop.open({"shop/plans.py": USE})
    comment = await say(shop, pull, "/ssot fix")

    (answer,) = answers(shop)
    assert "`ssot fix --base main --write`" in answer
    assert "contents: write" in answer
    assert reactions(shop, comment) == ["eyes", "confused"]


async def test_fix_by_somebody_who_may_not_push_is_refused(shop: World) -> None:
    let_app_write(shop)
    pull = await shop.open({"shop/plans.py": USE}, by="grace")
    await say(shop, pull, "/ssot fix", by="grace")

    assert len(shop.runs()) == 1
    assert "write access" in answers(shop)[0]


async def test_fix_on_a_protected_branch_says_what_github_said(shop: World) -> None:
    let_app_write(shop)
    let_write(shop, "ada")
    shop.github.state.protected_branches.add((shop.repository.id, "change"))
    pull = await shop.open({"shop/plans.py": USE})
    await say(shop, pull, "/ssot fix")

    (answer,) = answers(shop)
    assert "rule violations" in answer
    assert "ssot fix --base main --write" in answer


async def test_fix_on_a_fork_gives_the_local_command(shop: World) -> None:
    let_app_write(shop)
    let_write(shop, "ada")
    fork = shop.github.fork(shop.repository, "grace")
    shop.github.people.commit(fork, "change", {"shop/plans.py": USE})
    pull = await shop.open_from(fork)
    await say(shop, pull, "/ssot fix")

    assert "another repository" in answers(shop)[0]
    assert [action.identifier for action in shop.runs()[-1].actions] == ["recheck"]


async def test_apply_fixes_is_offered_where_it_works_and_does(shop: World) -> None:
    let_app_write(shop)
    let_write(shop, "ada")
    await shop.open({"shop/plans.py": USE})
    (run,) = shop.runs()
    assert [action.identifier for action in run.actions] == ["recheck", "fix"]
    await shop.github.people.press(run, "fix")
    await shop.settle()

    assert shop.verdict()[1] == "success"


async def test_apply_fixes_is_not_offered_without_write_to_the_contents(shop: World) -> None:
    await shop.open({"shop/plans.py": USE})

    assert [action.identifier for action in shop.runs()[-1].actions] == ["recheck"]
