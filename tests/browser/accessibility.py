"""What axe finds wrong with a page for those who read it by ear, by keyboard or in the sun."""

from __future__ import annotations

from typing import TYPE_CHECKING

from selenium_axe_python.axe import Axe

if TYPE_CHECKING:
    from tests.browser.visitor import Visitor

# https://github.com/dequelabs/axe-core/blob/develop/doc/issue_impact.md
GRAVE = ("serious", "critical")


def faults(visitor: Visitor) -> list[str]:
    """List the grave faults of the page that is open, each with the elements that have it."""
    axe = Axe(visitor.driver)
    axe.inject()
    found = axe.run()["violations"]
    return [
        f"{fault['id']}: {[node['target'] for node in fault['nodes']]}"
        for fault in found
        if fault["impact"] in GRAVE
    ]
