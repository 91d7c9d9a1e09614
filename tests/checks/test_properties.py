"""What a comparison must not depend on: lines, order of independent statements, formatting."""

from __future__ import annotations

import subprocess
import sys
from collections import Counter
from typing import TYPE_CHECKING

from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from checks.rule import POLICY
from tests.checks.inquiries import review

if TYPE_CHECKING:
    from collections.abc import Iterable

    from checks.model import Analysis

OTHERS = {
    "shop/compat.py": "from shop.legacy.engine import OldEngine\n",
    "shop/other.py": "class Engine: ...\n",
    "shop/plans.py": "import shop.orders\n",
}
EVERY_RULE = f"{POLICY}rules: {{import-cycle: error, split-source: error}}\n"

# Independent of each other: none binds a name that another one uses.
STATEMENTS = (
    "import shop.legacy.engine as old{n}",
    "from shop.legacy.engine import (OldEngine as Old{n}, plan as plan{n})",
    "from shop.compat import OldEngine as Compat{n}",
    "from shop.engine import Engine as Sound{n}",
    "import shop.plans as plans{n}",
    "x{n} = {{'a':1,   'b': [2,3]}}",
    "class Engine:\n  def run( self ):\n    return 'shop'",
    "class Order{n}Engine(Base):\n    async def run_engine_soon(self): ...",
    "def run{n}(a,b = 2):\n    from shop.legacy import engine\n    return engine.plan(a,b)",
    "def test{n}(mocker):\n    mocker.patch('shop.legacy.engine.plan',  autospec = True)",
    "try:\n    import json as json{n}\nexcept ImportError:\n    json{n}=None",
    "def typed{n}(engine:'shop.legacy.engine.OldEngine')->None: ...",
    "if True:\n    import importlib\n    importlib.import_module( 'shop.legacy.engine' )",
    "from shop.engine import Cart as Cart{n}\nCart{n}( 1,metadata = {{}} )",
)
modules = st.lists(st.sampled_from(STATEMENTS), max_size=6).map(
    lambda chosen: [statement.format(n=n) for n, statement in enumerate(chosen)]
)
# Blank and comment lines: what shifts the others and says nothing.
fillers = st.lists(st.sampled_from(["", "# a comment", "# import shop.legacy.engine"]), max_size=5)
bounded = settings(
    max_examples=40, deadline=None, derandomize=True, suppress_health_check=list(HealthCheck)
)


def change(base: str, head: str) -> Analysis:
    path = "shop/orders.py"
    return review({**OTHERS, path: base}, {**OTHERS, path: head}, policy=EVERY_RULE)


def told(analysis: Analysis) -> Counter[tuple[str, str, str]]:
    assert analysis.crashes == ()
    return Counter((f.rule, f.kind.value, f.symbol) for f in analysis.findings)


def lines(*statements: str) -> str:
    return "".join(f"{statement}\n" for statement in statements)


def formatted(sources: Iterable[str]) -> list[str]:
    """Format sources as one file, parted by a line that no formatter touches: one process."""
    parting = "# ---- parting\n"
    command = [sys.executable, "-m", "ruff", "format", "--no-cache", "--isolated", "-"]
    joined = parting.join(sources)
    done = subprocess.run(command, input=joined, capture_output=True, text=True, check=True)
    return done.stdout.split(parting)


@bounded
@given(modules, st.data())
def test_shifted_lines_are_nothing_new(statements: list[str], data: st.DataObject) -> None:
    shifted = [part for s in statements for part in (*data.draw(fillers), s)]

    analysis = change(lines(*statements), lines(*shifted))

    assert (analysis.findings, analysis.fixed) == ((), ())


@bounded
@given(modules, st.data())
def test_reordered_statements_are_nothing_new(statements: list[str], data: st.DataObject) -> None:
    reordered = data.draw(st.permutations(statements))

    analysis = change(lines(*statements), lines(*reordered))

    assert (analysis.findings, analysis.fixed) == ((), ())


@bounded
@given(modules, modules, st.data())
def test_findings_do_not_depend_on_lines_or_order(
    base: list[str], added: list[str], data: st.DataObject
) -> None:
    statements = [*base, *(f"{statement}  # new" for statement in added)]
    reordered = data.draw(st.permutations(statements))
    filled = [part for s in reordered for part in (*data.draw(fillers), s)]

    plain = change(lines(*base), lines(*statements))
    other = change(lines(*base), lines(*filled))

    assert told(plain) == told(other)


@settings(bounded, max_examples=5)
@given(st.lists(st.tuples(modules, modules), min_size=8, max_size=8))
def test_findings_do_not_depend_on_formatting(
    changes: list[tuple[list[str], list[str]]],
) -> None:
    bases = [lines(*base) for base, _ in changes]
    heads = [lines(*base, *added) for base, added in changes]
    neat = formatted([*bases, *heads])

    for base, head, neat_base, neat_head in zip(
        bases, heads, neat[: len(bases)], neat[len(bases) :], strict=True
    ):
        assert told(change(base, head)) == told(change(neat_base, neat_head))
        assert told(change(base, head)) == told(change(base, neat_head))
        assert change(base, neat_base).findings == ()
