"""What the visitor chooses, and the manifest that GitHub is shown for it."""

from __future__ import annotations

import ipaddress
import re
import secrets
from dataclasses import dataclass
from importlib.resources import files
from pathlib import Path
from typing import TYPE_CHECKING, Any
from urllib.parse import SplitResult, urlencode, urlsplit

import yaml

from bot.github.address import WEBHOOK_PATH
from bot.settings import GITHUB
from bot.web import login

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

CALLBACK = "/setup/callback"
CHECKS = "/setup/checks"

NO_ADDRESS = "{found} is not an address: write it like https://ssot.example.com, without ? and #."
LOOPBACK = (
    "GitHub cannot reach {host}: on every machine that name means the machine itself. Give the "
    "public address of this service, or open a tunnel to it (for example `cloudflared tunnel "
    "--url {origin}`) and give the address of the tunnel."
)
PRIVATE = (
    "{github} cannot reach {host}, which exists only in your own network. Give a public address, "
    "or open a tunnel (for example `cloudflared tunnel --url {origin}`) and give the address of "
    "the tunnel."
)
UNSUITED = (
    " You opened this page under {host}, which {github} cannot reach: open a tunnel (for example "
    "`cloudflared tunnel --url {origin}`) and give its address."
)
NO_GITHUB = "{found} is not the address of a GitHub: write it like https://github.example.com."
OTHER_GITHUB = (
    "The setting GITHUB_SERVER_URL says {set}: enter that here, or start the service without the "
    "setting."
)
NO_ORGANIZATION = (
    "{found} is not the name of an organisation: write NAME as it is in {github}/NAME."
)
NO_NAME = "The name can have 34 characters, this one has {count}: shorten it."
UNSAFE = (
    "Deliveries to an http address can be read by anybody on the way. Except for a trial, put the "
    "service behind a proxy with https."
)
MAX_NAME = 34
_LOGIN = re.compile(r"[A-Za-z0-9](?:[A-Za-z0-9_-]{0,98})", re.ASCII)
# Stricter than `urlsplit`, which takes `a.test; script-src *` for a host: ours stands in a header.
_ADDRESS = re.compile(
    r"https?://(?:[a-z0-9.-]+|\[[0-9a-f:.]+\])(?::\d{1,5})?(?:/[!-~]*)?", re.IGNORECASE | re.ASCII
)
_HOME_DOMAINS = (".local", ".internal", ".lan", ".home.arpa")


@dataclass(frozen=True, slots=True)
class Proposal:
    """An App to be registered: on which GitHub, for whom (`""`: the visitor), reached how.

    `origin` is the address that the visitor's own browser uses for this service.
    """

    server_url: str
    organization: str
    public_url: str
    name: str
    origin: str

    @property
    def new_app_url(self) -> str:
        """Name the page of GitHub that takes manifests."""
        owner = f"/organizations/{self.organization}" if self.organization else ""
        return f"{self.server_url}{owner}/settings/apps/new"

    @property
    def form(self) -> dict[str, str]:
        """Return what stood in the form."""
        return {
            "github": self.server_url,
            "organization": self.organization,
            "address": self.public_url,
            "name": self.name,
        }

    @property
    def warning(self) -> str:
        """Say what is unwise about it, `""` for nothing."""
        return UNSAFE if self.public_url.startswith("http:") else ""


def read(form: Mapping[str, str], *, origin: str) -> Proposal:
    """Read the form; addresses lose their last slash."""
    return Proposal(
        server_url=form.get("github", "").strip().rstrip("/") or GITHUB,
        organization=form.get("organization", "").strip(),
        public_url=form.get("address", "").strip().rstrip("/"),
        name=form.get("name", "").strip() or f"ssot-{secrets.token_hex(2)}",
        origin=origin,
    )


def problems(proposal: Proposal, *, server_url: str) -> dict[str, str]:
    """Tell what is wrong, a sentence for each field of the form."""
    return dict(_problems(proposal, server_url))


def first_address(origin: str, *, server_url: str) -> tuple[str, str]:
    """Propose the address that the browser uses; `""` and why where GitHub cannot use it."""
    github, address = _parts(server_url), _parts(origin)
    if github is None or address is None or not _unreachable(address, github):
        return origin, ""
    host, name = address.hostname, github.hostname
    return "", UNSUITED.format(host=host, github=name, origin=origin)


def manifest(proposal: Proposal) -> dict[str, Any]:
    """Write the manifest: permissions and events of `app.yaml`, addresses of this service.

    https://docs.github.com/en/apps/sharing-github-apps/registering-a-github-app-from-a-manifest
    """
    address = proposal.public_url
    made = {
        **_shipped(),
        "name": proposal.name,
        "url": address,
        "hook_attributes": {"url": f"{address}{WEBHOOK_PATH}", "active": True},
        "redirect_url": f"{proposal.origin}{CALLBACK}",
        "callback_urls": [f"{address}{login.CALLBACK}"],
    }
    if proposal.origin == address:
        # GitHub sends whoever has installed the App there; only here the browser has the cookie.
        made["setup_url"] = f"{address}{CHECKS}"
    return made


def registration_url(proposal: Proposal, state: str) -> str:
    """Name where the form with the manifest goes."""
    return f"{proposal.new_app_url}?{urlencode({'state': state})}"


def permissions() -> Mapping[str, str]:
    """Return what `app.yaml` asks for."""
    found: Mapping[str, str] = _shipped()["default_permissions"]
    return found


def events() -> frozenset[str]:
    """Return the events that `app.yaml` subscribes to."""
    return frozenset(_shipped()["default_events"])


def _problems(proposal: Proposal, server_url: str) -> Iterator[tuple[str, str]]:
    github, address = _parts(proposal.server_url), _parts(proposal.public_url)
    if github is None or github.path:
        yield "github", NO_GITHUB.format(found=proposal.server_url)
    elif server_url not in (GITHUB, proposal.server_url):
        yield "github", OTHER_GITHUB.format(set=server_url)
    if address is None:
        yield "address", NO_ADDRESS.format(found=proposal.public_url or "An empty field")
    elif github is not None and (text := _unreachable(address, github)):
        host, name = address.hostname, github.hostname
        yield "address", text.format(host=host, github=name, origin=proposal.origin)
    if proposal.organization and not _LOGIN.fullmatch(proposal.organization):
        found = proposal.organization
        yield "organization", NO_ORGANIZATION.format(found=found, github=proposal.server_url)
    if len(proposal.name) > MAX_NAME:
        yield "name", NO_NAME.format(count=len(proposal.name))


def _parts(text: str) -> SplitResult | None:
    if not _ADDRESS.fullmatch(text):
        return None
    try:
        parts = urlsplit(text)
        known = parts.port is None or parts.port > 0
    except ValueError:
        return None
    extras = parts.query or parts.fragment or not known
    return parts if parts.hostname and not extras else None


def _unreachable(address: SplitResult, github: SplitResult) -> str:
    """Say why a GitHub cannot get to an address, `""` where it may: a local one reaches locals."""
    host, theirs = address.hostname or "", github.hostname or ""
    if _is_loopback(host) and not _is_loopback(theirs):
        return LOOPBACK
    hosted = theirs == "github.com" or theirs.endswith(".ghe.com")
    return PRIVATE if hosted and _is_private(host) else ""


def _is_loopback(host: str) -> bool:
    address = _ip(host)
    if address is not None:
        return address.is_loopback or address.is_unspecified
    return host == "localhost" or host.endswith(".localhost")


def _is_private(host: str) -> bool:
    address = _ip(host)
    if address is not None:
        return not address.is_global
    return "." not in host or host.endswith(_HOME_DOMAINS)


def _ip(host: str) -> ipaddress.IPv4Address | ipaddress.IPv6Address | None:
    try:
        return ipaddress.ip_address(host)
    except ValueError:
        return None


def _shipped() -> dict[str, Any]:
    """Read `app.yaml`: of the installed package, else of the clone that this runs in."""
    packed = files("bot") / "app.yaml"
    text = packed if packed.is_file() else Path(__file__).parents[3] / "app.yaml"
    found: dict[str, Any] = yaml.safe_load(text.read_text(encoding="utf-8"))
    return found
