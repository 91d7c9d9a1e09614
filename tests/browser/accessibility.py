"""What axe finds wrong with a page for those who read it by ear, by keyboard or in the sun."""

from __future__ import annotations

from itertools import product
from typing import TYPE_CHECKING, Any

from selenium_axe_python.axe import Axe

from tests.browser.visitor import NARROW, WIDE

if TYPE_CHECKING:
    from tests.browser.visitor import Visitor

# https://github.com/dequelabs/axe-core/blob/develop/doc/issue_impact.md
GRAVE = ("serious", "critical")


def faults(visitor: Visitor) -> list[str]:
    """List what is wrong with the page that is open: by light and in the dark, wide and narrow."""
    axe = Axe(visitor.driver)
    axe.inject()
    found = []
    for scheme, width in product(("light", "dark"), (WIDE, NARROW)):
        visitor.look(scheme=scheme, width=width)
        found += [f"{scheme}, {width} px: {fault}" for fault in _grave(axe.run())]
        if visitor.script("return document.documentElement.scrollWidth") > width:
            found.append(f"wider than {width} px")
    return found


def _grave(said: dict[str, list[dict[str, Any]]]) -> list[str]:
    return [
        f"{fault['id']} at {[node['target'] for node in fault['nodes']]}"
        for fault in said["violations"]
        if fault["impact"] in GRAVE
    ]
