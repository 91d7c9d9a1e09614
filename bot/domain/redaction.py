"""The one list of what a secret looks like, so that none reaches a log or a stored error."""

from __future__ import annotations

import re

REDACTED = "[redacted]"

_SECRETS = re.compile(
    r"""
    -----BEGIN\ [A-Z ]*PRIVATE\ KEY-----.*?(?:-----END\ [A-Z ]*PRIVATE\ KEY-----|\Z)
    # No fixed length: new installation tokens are `ghs_<app id>_<JWT>`, about 520 characters.
    | gh[a-z]_[A-Za-z0-9._-]{36,}
    | github_pat_[A-Za-z0-9_]{36,}
    # A JWT, or the start of one: header and claims are base64 of `{"`, which begins with `eyJ`.
    | eyJ[A-Za-z0-9._-]{36,}
    | eC1hY2Nlc3MtdG9rZW46[A-Za-z0-9+/=]+  # base64 of `x-access-token:`, as git is told a token
    | (?<=://)[^/\s:@]*:[^/\s@]+(?=@)
    | (?i:authorization['"]?\s*[:=]\s*['"]?(?:basic|bearer|token)\s+)[A-Za-z0-9+/=._~-]+
    """,
    re.VERBOSE | re.DOTALL,
)


def redact(text: str) -> str:
    """Replace everything that looks like a token, a key or a credential in a URL."""
    return _SECRETS.sub(REDACTED, text)
