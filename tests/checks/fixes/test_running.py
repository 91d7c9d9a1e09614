"""A file that runs still does after its suggestions, and takes the same from the other module."""

from __future__ import annotations

import importlib
import sys
from typing import TYPE_CHECKING

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from checks.fixes import apply
from tests.checks.inquiries import review

if TYPE_CHECKING:
    from collections.abc import Iterable
    from pathlib import Path

POLICY = """\
version: 1
concepts:
  engine:
    canonical: [shop.engine:Engine]
    deprecated:
      shop.legacy.engine: {use: shop.engine, names: {OldEngine: Engine}}
      shop.older: {use: shop.new.core}
"""
TREE = {
    "shop/__init__.py": "",
    "shop/engine.py": "from shop.core import plan\nEngine = 'Engine'\n",
    "shop/core.py": "plan = 'plan'\n",
    "shop/legacy/__init__.py": "VERSION = 'v'\n",
    "shop/legacy/engine.py": "OldEngine = 'Engine'\nplan = 'plan'\nextra = 'extra'\n",
    "shop/legacy/other.py": "name = 'other'\n",
    "shop/older.py": "x = 'x'\n",
    "shop/new/__init__.py": "",
    "shop/new/core.py": "x = 'x'\n",
}
PATH = "shop/orders.py"
IMPORTS = (
    "import shop",
    "import shop.older",
    "import shop.engine",
    "import shop.legacy.other",
    "import shop.legacy.engine, shop.older",
    "import shop.legacy.engine as e{n}",
    "from shop.legacy import engine, other",
    "from .legacy import engine as e{n}",
    "from . import older as e{n}",
    "from shop.older import x as y{n}",
    "from shop.legacy.engine import (\n  plan as p{n},\n  extra)",
    "from shop.legacy.engine import OldEngine, plan, extra as x{n}",
    "if True: from shop.legacy.engine import plan",
    "try:\n  from shop.legacy.engine import gone\nexcept ImportError:\n  gone = 0",
)
USES = (
    "u{n} = shop.engine.plan",
    "u{n} = shop.legacy.VERSION",
    "u{n} = shop.legacy.engine.plan",
    "u{n} = shop.older.x",
    "u{n} = e{m}.plan",
    "u{n} = getattr(e{m}, 'plan')",
    "u{n} = f'{{engine.plan}}'",
    "u{n} = OldEngine, plan",
    "def f{n}(): return shop.legacy.other.name\nu{n} = f{n}()",
    "u{n} = __import__('shop.older').older.x",
    "import importlib\nu{n} = importlib.import_module('shop.older').x",
    "import pkgutil\nu{n} = pkgutil.resolve_name('shop.legacy.engine:OldEngine')",
)


@st.composite
def files(draw: st.DrawFn) -> str:
    statements = draw(st.lists(st.sampled_from(IMPORTS), min_size=1, max_size=3))
    statements += draw(st.lists(st.sampled_from(USES), max_size=2))
    m = draw(st.integers(0, 2))
    return "".join(f"{each.format(n=n, m=m)}\n" for n, each in enumerate(statements))


def run(source: str) -> dict[str, object] | None:
    """Run a file with fresh modules; give what it binds to plain values, None if it fails."""
    for name in [name for name in sys.modules if name.partition(".")[0] == "shop"]:
        del sys.modules[name]
    namespace: dict[str, object] = {"__name__": "shop.orders", "__package__": "shop"}
    try:
        importlib.import_module("shop")
        exec(compile(source, PATH, "exec"), namespace)
    except (AttributeError, ImportError, NameError):
        return None
    plain = (str, int, tuple)
    return {k: v for k, v in namespace.items() if isinstance(v, plain) and not k.startswith("__")}


@pytest.fixture(scope="module")
def _shop(tmp_path_factory: pytest.TempPathFactory) -> Iterable[Path]:
    folder = tmp_path_factory.mktemp("running")
    for path, text in TREE.items():
        (folder / path).parent.mkdir(parents=True, exist_ok=True)
        (folder / path).write_text(text)
    with pytest.MonkeyPatch.context() as patch:
        patch.syspath_prepend(folder)
        yield folder


@pytest.mark.usefixtures("_shop")
@settings(max_examples=100, deadline=None, suppress_health_check=list(HealthCheck))
@given(files())
def test_file_does_the_same_after_its_suggestions(source: str) -> None:
    before = run(source)
    if before is None:
        return
    analysis = review({**TREE, PATH: ""}, {**TREE, PATH: source}, policy=POLICY)
    offers = list(dict.fromkeys(f.suggestion for f in analysis.findings if f.suggestion))
    for chosen in (*([offer] for offer in offers), offers):
        assert run(apply(source.encode(), chosen).decode()) == before
