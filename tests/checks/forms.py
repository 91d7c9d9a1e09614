"""Every form in which a module can be reached, each in a small tree.

`python -m tests.checks.forms` prints what the engine makes of them. The deprecated module is
`depot.attic.motor`; what is marked `# <-` has to be flagged.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from tests.checks.inquiries import review

if TYPE_CHECKING:
    from collections.abc import Mapping

    from checks.model import Finding

MARK = "# <-"
POLICY = """\
version: 1
concepts:
  motor:
    canonical: ["depot.motor:Motor"]
    deprecated:
      depot.attic.motor: {use: depot.motor, names: {SteamMotor: Motor}}
      depot.gone.motor: {use: depot.motor}
rules: {syntax-error: off}
roots: [".", lib]
"""
TREE = {
    "depot/__init__.py": "",
    "depot/motor.py": "class Motor: ...\n",
    "depot/attic/__init__.py": "",
    "depot/attic/motor.py": "class SteamMotor: ...\n",
    "depot/attic/motor_v2.py": "class Motor: ...\n",
    "depot/bridge.py": "from depot.attic.motor import SteamMotor\n",
    "depot/hall.py": "from depot.bridge import *\n",
}


@dataclass(frozen=True, slots=True)
class Form:
    """One form: what is shown in the table, and a file that holds it."""

    name: str
    title: str
    source: str
    path: str = "depot/crew/shift.py"
    others: Mapping[str, str] = field(default_factory=dict)

    @property
    def marked(self) -> list[int]:
        """The lines that have to be flagged."""
        lines = self.source.splitlines()
        return [number for number, line in enumerate(lines, 1) if line.endswith(MARK)]

    def found(self) -> list[Finding]:
        """Review the change that adds the file."""
        base = {**TREE, **self.others}
        return list(review(base, {**base, self.path: self.source}, policy=POLICY).findings)


FORMS = (
    Form("c01", "`import a.b.c`", "import depot.attic.motor  # <-\n"),
    Form("c02", "`from a.b.c import X`", "from depot.attic.motor import SteamMotor  # <-\n"),
    Form("c03", "`from a.b import c`", "from depot.attic import motor  # <-\n"),
    Form(
        "c04",
        "`from a import b`, then `b.c.X`",
        "from depot import attic\n\nattic.motor.SteamMotor()  # <-\n",
    ),
    Form("c05", "`from ..b.c import X`", "from ..attic.motor import SteamMotor  # <-\n"),
    Form("c06", "`from ..b import c`", "from ..attic import motor  # <-\n"),
    Form(
        "c07",
        "`from .. import b`, then `b.c.X`",
        "from .. import attic\n\nattic.motor.SteamMotor()  # <-\n",
    ),
    Form("c08", "`import a.b.c as x`", "import depot.attic.motor as old  # <-\n"),
    Form("c09", "`from a.b.c import *`", "from depot.attic.motor import *  # <-\n"),
    Form(
        "c10",
        "under `if TYPE_CHECKING:`",
        "from typing import TYPE_CHECKING\n\n"
        "if TYPE_CHECKING:\n    from depot.attic.motor import SteamMotor  # <-\n",
    ),
    Form(
        "c11",
        '`importlib.import_module("a.b.c")`',
        'import importlib\n\nimportlib.import_module("depot.attic.motor")  # <-\n',
    ),
    Form("c12", '`__import__("a.b.c")`', '__import__("depot.attic.motor")  # <-\n'),
    Form(
        "c13",
        '`mock.patch("a.b.c.X")`',
        "from unittest import mock\n\n\n"
        '@mock.patch("depot.attic.motor.SteamMotor")  # <-\ndef test_shift(motor): ...\n',
    ),
    Form(
        "c14",
        "re-export: `from bridge import X`",
        "from depot.bridge import SteamMotor  # <-\n",
    ),
    Form("c15", "inside a function", "def run():\n    from depot.attic import motor  # <-\n"),
    Form(
        "c16",
        "inside `try:`",
        "try:\n    import depot.attic.motor  # <-\nexcept ImportError:\n    pass\n",
    ),
    Form(
        "c17",
        'annotation `"a.b.c.X"`',
        'def run(motor: "depot.attic.motor.SteamMotor") -> None: ...  # <-\n',
    ),
    Form(
        "c18",
        "`import a`, then `a.b.c.X`",
        "import depot\n\ndepot.attic.motor.SteamMotor()  # <-\n",
    ),
    Form(
        "c19",
        '`import_module(".c", package="a.b")`',
        "from importlib import import_module\n\n"
        'import_module(".motor", package="depot.attic")  # <-\n',
    ),
    Form(
        "c20",
        '`import_module(f"a.b.c.{name}")`',
        'from importlib import import_module\n\nimport_module(f"depot.attic.motor.{name}")  # <-\n',
    ),
    Form(
        "c21",
        '`monkeypatch.setattr("a.b.c.x", …)`',
        "def test_shift(monkeypatch):\n"
        '    monkeypatch.setattr("depot.attic.motor.SteamMotor", None)  # <-\n',
    ),
    Form(
        "c22",
        "look-alike `a.b.c_v2` (must pass)",
        "import depot.attic.motor_v2\nfrom depot.attic.motor_v2 import Motor\n",
    ),
    Form(
        "c23",
        '`sys.modules["a.b.c"]`',
        'import sys\n\nsys.modules["depot.attic.motor"] = None  # <-\n',
    ),
    Form(
        "c24",
        '`pytest.importorskip("a.b.c")`',
        'import pytest\n\npytest.importorskip("depot.attic.motor")  # <-\n',
    ),
    Form(
        "c25",
        "comment, docstring, plain string (must pass)",
        '"""Was depot.attic.motor."""\n\n# import depot.attic.motor\nprint("depot.attic.motor")\n',
    ),
    Form("c26", '`exec("import a.b.c")` (must pass)', 'exec("import depot.attic.motor")\n'),
    Form(
        "c27",
        "the line says `# noqa`",
        "from depot.attic.motor import (  # noqa\n    SteamMotor,  # noqa: TID251  # <-\n)\n",
    ),
    Form(
        "c28",
        "`import_module` under another name",
        'from importlib import import_module as im\n\nim("depot.attic.motor")  # <-\n',
    ),
    Form(
        "c29",
        '`pkgutil.resolve_name("a.b.c:X")`',
        'import pkgutil\n\npkgutil.resolve_name("depot.attic.motor:SteamMotor")  # <-\n',
    ),
    Form(
        "c30",
        "one name of many, at its own line",
        "from depot.attic import (\n    motor_v2,\n    motor,  # <-\n)\n",
    ),
    Form(
        "c31",
        "a module that is deleted already",
        "from depot.gone.motor import SteamMotor  # <-\n",
    ),
    Form("c32", "`from a.b import c as x`", "from depot.attic import motor as engine  # <-\n"),
    Form(
        "c33",
        "relative, in a folder without `__init__.py`",
        "from ...attic.motor import SteamMotor  # <-\n",
        path="depot/loose/deep/shift.py",
    ),
    Form(
        "c34", "re-export by a star, two modules deep", "from depot.hall import SteamMotor  # <-\n"
    ),
    Form("c35", "the canonical module (must pass)", "from depot.motor import Motor\n"),
    Form(
        "c36",
        "`from .a.b.c import X` elsewhere (must pass)",
        "from .depot.attic.motor import SteamMotor\n",
        path="other/shift.py",
    ),
    Form(
        "c37",
        "in the `else:` of `if TYPE_CHECKING:`",
        "from typing import TYPE_CHECKING\n\nif TYPE_CHECKING:\n    import json\n"
        "else:\n    from depot.attic.motor import SteamMotor  # <-\n",
    ),
    Form(
        "d01",
        "in a file that does not parse",
        "def broken(:\n\nfrom depot.attic.motor import SteamMotor  # <-\n",
    ),
    Form(
        "d02",
        '`__import__("a.b", fromlist=["c"])`',
        '__import__("depot.attic", fromlist=["motor"])  # <-\n',
    ),
    Form(
        "d03",
        '`__import__("b", …, ["c"], level)`',
        '__import__("attic", globals(), locals(), ["motor"], 2)  # <-\n',
    ),
    Form(
        "d04",
        "`import importlib as il`",
        'import importlib as il\n\nil.import_module("depot.attic.motor")  # <-\n',
    ),
    Form(
        "d05",
        "`im = importlib.import_module`",
        'import importlib\n\nim = importlib.import_module\nim("depot.attic.motor")  # <-\n',
    ),
    Form(
        "d06",
        "`patch.object(a.b.c, …)`",
        "import depot\nfrom unittest.mock import patch\n\n"
        'with patch.object(depot.attic.motor, "SteamMotor"):  # <-\n    pass\n',
    ),
    Form(
        "d07",
        "two import roots",
        "from tools.old import SteamMotor  # <-\n",
        path="lib/tools/shift.py",
        others={"lib/tools/old.py": "from depot.attic.motor import SteamMotor\n"},
    ),
    Form(
        "d08",
        "a name that `__all__` hands on",
        "from depot.front import *  # <-\n",
        others={"depot/front.py": "from .bridge import SteamMotor\n\n__all__ = ['SteamMotor']\n"},
    ),
    Form(
        "d09",
        "a star that `__all__` keeps it out of (must pass)",
        "from depot.front import *\n",
        others={"depot/front.py": "from .bridge import SteamMotor\n\n__all__ = ['Other']\n"},
    ),
    Form(
        "d10",
        "inside `except*` and `match`",
        "try:\n    pass\nexcept* ImportError:\n    import depot.attic.motor  # <-\n"
        "match mode:\n    case {'old': _}:\n        from depot.attic import motor  # <-\n",
    ),
    Form(
        "d11",
        "in a PEP 695 class and function",
        "class Shift[T]:\n    def run[U](self, other: U) -> T:\n"
        "        from depot.attic import motor  # <-\n",
    ),
    Form(
        "d12",
        'a PEP 695 alias `type X = "a.b.c.X"`',
        'type Old = "depot.attic.motor.SteamMotor"  # <-\n',
    ),
)


def outcome(form: Form) -> str:
    """Say what the engine did with a form, in the words of the table."""
    lines = [finding.span.line for finding in form.found()]
    if lines != form.marked:
        return "missed" if form.marked else "false alarm"
    return f"flagged ({form.found()[0].kind})" if lines else "passes"


def table() -> str:
    """Write the table in Markdown."""
    rows = [f"| {form.name} | {form.title} | {outcome(form)} |" for form in FORMS]
    return "\n".join(["| # | Form | ssot |", "|---|---|---|", *rows])


if __name__ == "__main__":
    print(table())
