"""What all pages share: templates, one look, and headers that let a browser do nothing else."""

from __future__ import annotations

import hashlib
import logging
from importlib.resources import files
from typing import TYPE_CHECKING

from aiohttp import web
from jinja2 import (
    BaseLoader,
    ChoiceLoader,
    Environment,
    PackageLoader,
    PrefixLoader,
    StrictUndefined,
)

from bot.web.prose import prose

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from aiohttp.typedefs import Handler

NOT_FOUND = "There is no such page, or you may not see it."
OUR_FAULT = (
    "Something broke in this service; it is not your doing. The log of the service has the details."
)
REFUSED = "This service does not answer such a request."
TITLES = {
    400: "Not understood",
    401: "Not logged in",
    403: "Not allowed",
    404: "Not found",
    405: "Not possible here",
    410: "No longer here",
    429: "Too much at once",
    500: "Something broke",
    503: "Not ready yet",
}
TEXTS = {404: NOT_FOUND, 500: OUR_FAULT}

STATIC = "/-"
_TYPES = {"css": "text/css", "js": "text/javascript", "svg": "image/svg+xml"}
# What never changes under its address may be kept for good: the address holds the digest.
_KEPT = "public, max-age=31536000, immutable"
_HEADERS = {
    "X-Content-Type-Options": "nosniff",
    # Nothing reaches another site. Not `no-referrer`: browsers would then send `Origin: null` with
    # our own forms, and could not be told from strangers.
    "Referrer-Policy": "same-origin",
    "Cross-Origin-Opener-Policy": "same-origin",
}
_POLICY = (
    "default-src 'none'; style-src 'self'; script-src 'self'; connect-src 'self'; img-src 'self'; "
    "form-action {targets}; base-uri 'none'; frame-ancestors 'none'"
)

logger = logging.getLogger(__name__)


class AnsweredError(Exception):
    """The request is answered by another page, which `errors` sends."""

    def __init__(self, response: web.Response) -> None:
        super().__init__()
        self.response = response


def environment(own: BaseLoader | None = None) -> Environment:
    """Make the environment of templates, escaping and strict.

    Other pages bring a loader of their own and find these templates below `web/`.
    """
    shared = PackageLoader("bot.web")
    templates = Environment(
        loader=ChoiceLoader([own, PrefixLoader({"web": shared})]) if own else shared,
        autoescape=True,
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
    )
    templates.globals["static"] = static
    templates.filters["prose"] = prose
    return templates


def static(name: str) -> str:
    """Return the address of a file of `static/`, a new one whenever the file changes."""
    return f"{STATIC}/{name}?{hashlib.sha256(_STATIC[name]).hexdigest()[:12]}"


def render(
    name: str,
    values: Mapping[str, object],
    *,
    status: int = 200,
    form_targets: Sequence[str] = (),
) -> web.Response:
    """Answer with a page of `templates/`; its forms may be sent here and to `form_targets`."""
    text = _TEMPLATES.get_template(name).render(values)
    headers = page_headers(form_targets)
    return web.Response(status=status, text=text, content_type="text/html", headers=headers)


def page_headers(form_targets: Sequence[str] = ()) -> dict[str, str]:
    """Return the headers of a page: nothing from elsewhere, in no frame, kept by nobody."""
    policy = _POLICY.format(targets=" ".join(["'self'", *form_targets]))
    return {**_HEADERS, "Content-Security-Policy": policy, "Cache-Control": "no-store"}


def error_page(status: int, text: str = "") -> web.Response:
    """Answer with a page that says what is wrong; `text` in place of the usual sentence."""
    title = TITLES.get(status, "Refused")
    return render(
        "error.html",
        {"title": title, "text": text or TEXTS.get(status, REFUSED)},
        status=status,
    )


@web.middleware
async def errors(request: web.Request, handler: Handler) -> web.StreamResponse:
    """Let people see a page where programs get a line of text."""
    try:
        return await handler(request)
    except AnsweredError as answered:
        return answered.response
    except web.HTTPException as error:
        if error.status < 400 or not _wants_page(request):
            raise
        # Theirs is "404: Not Found"; what was raised with words of its own keeps them.
        told = "" if error.text == f"{error.status}: {error.reason}" else error.text or ""
        return error_page(error.status, told)
    except Exception:
        if not _wants_page(request):
            raise
        logger.exception("page.failed", extra={"fields": {"path": request.path}})
        return error_page(500)


def add_static(app: web.Application) -> None:
    """Add the style sheet and what else pages load, all from here."""

    async def answer(request: web.Request) -> web.Response:
        name = request.match_info["name"]
        if name not in _STATIC:
            raise web.HTTPNotFound
        headers = {**_HEADERS, "Cache-Control": _KEPT}
        kind = _TYPES[name.rpartition(".")[2]]
        return web.Response(body=_STATIC[name], content_type=kind, charset="utf-8", headers=headers)

    app.router.add_get(f"{STATIC}/{{name}}", answer)


def _wants_page(request: web.Request) -> bool:
    return "text/html" in request.headers.get("Accept", "")


def _read_static() -> dict[str, bytes]:
    folder = files("bot.web") / "static"
    return {entry.name: entry.read_bytes() for entry in folder.iterdir()}


_STATIC = _read_static()
_TEMPLATES = environment()
