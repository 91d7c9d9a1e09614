"""The form table: each form is flagged at its line, or passes."""

import pytest

from tests.checks.forms import FORMS, Form, table


@pytest.mark.parametrize("form", FORMS, ids=lambda form: form.name)
def test_form_is_flagged_at_its_line_or_passes(form: Form) -> None:
    assert [finding.span.line for finding in form.found()] == form.marked


def test_table_has_a_row_for_every_form() -> None:
    assert len(table().splitlines()) == len(FORMS) + 2
    assert "missed" not in table()
