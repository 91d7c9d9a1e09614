"""What never reaches a log."""

from __future__ import annotations

import pytest

from bot.domain.redaction import redact

TOKEN = "a1B2" * 10


@pytest.mark.parametrize(
    "secret",
    [
        f"ghs_{TOKEN}",
        f"ghs_12345_eyJ{TOKEN}.eyJ{TOKEN}.{TOKEN}-_x",
        f"ghp_{TOKEN}",
        f"github_pat_{TOKEN}",
        f"eyJ{TOKEN}.eyJ{TOKEN}.{TOKEN}",
        f"eyJ{TOKEN}",
        f"ghx_{TOKEN}",
        f"Authorization: Basic {TOKEN}==",
        f"authorization: Bearer {TOKEN}",
        f"eC1hY2Nlc3MtdG9rZW46{TOKEN}==",
        f"-----BEGIN RSA PRIVATE KEY-----\n{TOKEN}\n-----END RSA PRIVATE KEY-----",
        f"-----BEGIN PRIVATE KEY-----\n{TOKEN}",
    ],
)
def test_secret_is_replaced_and_the_rest_stays(secret: str) -> None:
    redacted = redact(f"before {secret}\nafter")
    assert TOKEN not in redacted
    assert redacted.startswith("before [redacted]")


def test_password_of_a_url_is_replaced_and_its_host_stays() -> None:
    url = "https://x-access-token:s3cret@github.com/acme/engine.git"
    assert redact(url) == "https://[redacted]@github.com/acme/engine.git"


@pytest.mark.parametrize(
    "text",
    [
        "https://github.com/acme/engine/pull/1",
        "a basic misunderstanding of authorization",
        "b" * 40,
        "user@example.com: ghs_short",
    ],
)
def test_harmless_text_stays(text: str) -> None:
    assert redact(text) == text
