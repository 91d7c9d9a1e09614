"""What a new service still lacks: each known misconfiguration as the sentence that mends it."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum
from typing import TYPE_CHECKING

from bot.github.address import WEBHOOK_PATH

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from bot.github.connection import Delivered, InstalledOn, RegisteredApp, RegisteredHook

KNOWN = "GitHub knows this service"
KNOWN_AS = "It is the App {name}."
WRONG_KEY = (
    "GitHub refuses the App's key: {reason}. The App id and the private key do not belong "
    "together, or the key was deleted. Generate a new key in the App's settings, and start the "
    "service with it."
)
WRONG_CLOCK = (
    "The clock of this machine is wrong, so GitHub refuses what it signs: {reason}. Switch on time "
    "synchronisation (NTP)."
)
NO_APP = (
    "This App no longer exists on GitHub. Delete {path}, and start the service again to set up a "
    "new one."
)
SILENT = "GitHub cannot be reached from here: {reason}. Check the proxy or firewall on the way out."
LACKS = (
    "The App lacks {names}. Add that under “Permissions & events” in its settings, and accept the "
    "change where it is installed."
)
DEAF = "The App is not told about {names}. Tick that under “Permissions & events” in its settings."

ARRIVES = "Deliveries arrive"
ARRIVED = "The last one ({event}) was accepted at {url}."
NOTHING_SENT = "GitHub has sent nothing to {url} yet. Installing the App sends the first one."
TRIES_AGAIN = "GitHub is trying {url} again."
UNSIGNED = (
    "The App's webhook has no secret, so forged deliveries could not be told from real ones. Set "
    "the same secret in the App's settings and in GITHUB_WEBHOOK_SECRET, and start the service "
    "again."
)
NO_JSON = (
    "The App's webhook sends forms. Choose the content type application/json in the App's settings."
)
NO_ANSWER = (
    "Nothing answers GitHub at {url}. Check that the name is right, that the firewall lets the "
    "port through, and that the tunnel or proxy is running."
)
TOO_LATE = "{url} did not answer GitHub in time: the way to this service is blocked or very slow."
BAD_PROXY = (
    "A proxy answers at {url} ({code}), but it does not reach this service. Let it forward to "
    "{local}."
)
ELSEWHERE = (
    "Something else answers at {url} ({code}). Check name, port and path; a proxy in front must "
    "hand the path /webhook on to {local}."
)
MOVED = (
    "{url} redirects ({code}), and GitHub does not follow redirects. Put the final address, "
    "perhaps with https, into the App's settings."
)
MISSIGNED = (
    "The signatures do not match ({code}): the secret in the App's settings differs from the one "
    "here. Set the same in both places."
)
FAILING = "This service answered with {code}: look into its log for the reason."

INSTALLED = "The App is installed"
INSTALLED_ON = "On {accounts}."
NOT_INSTALLED = "Choose the repositories that it may see; more can be added at any time."
INSTALL = "Install it on GitHub"
SUSPENDED = "{accounts} suspended it: end the suspension in the settings of the installation."

CONFIGURED = "A repository has a config"
CONFIGURED_IN = "Found in {repository}."
NOT_CONFIGURED = (
    "Without one the App stays silent. `ssot init` in a clone proposes it; merge it to the default "
    "branch as .github/ssot.yml."
)
AFTER_INSTALLATION = "This is checked once the App is installed."
OPEN_SETTINGS = "Open the App's settings"


class CheckState(StrEnum):
    """How far one point is, as the page says it."""

    DONE = "done"
    WAITING = "waiting"
    WRONG = "wrong"


_TONES = {CheckState.DONE: "good", CheckState.WAITING: "warn", CheckState.WRONG: "bad"}


@dataclass(frozen=True, slots=True)
class Check:
    """One point of the list, with what to do about it."""

    title: str
    state: CheckState
    text: str
    link: str = ""
    link_text: str = ""

    @property
    def tone(self) -> str:
        """Name the class of the style sheet."""
        return _TONES[self.state]


@dataclass(frozen=True, slots=True)
class Asked:
    """What the service asks for by `app.yaml`."""

    permissions: Mapping[str, str]
    events: frozenset[str]


def known(app: RegisteredApp, asked: Asked) -> Check:
    """Judge the App as GitHub knows it."""
    lacking = [
        f"{name.replace('_', ' ')}: {level}"
        for name, level in sorted(asked.permissions.items())
        if app.permissions.get(name) not in (level, "write")
    ]
    if lacking:
        return _wrong_app(KNOWN, LACKS.format(names=", ".join(lacking)), app)
    unheard = sorted(asked.events - app.events)
    if unheard:
        return _wrong_app(KNOWN, DEAF.format(names=", ".join(unheard)), app)
    return Check(KNOWN, CheckState.DONE, KNOWN_AS.format(name=app.name))


def refused(status: int, reason: str, *, is_clock: bool, path: str) -> Check:
    """Say why GitHub does not know us."""
    if is_clock:
        return Check(KNOWN, CheckState.WRONG, WRONG_CLOCK.format(reason=reason))
    text = NO_APP if status == 404 else WRONG_KEY
    return Check(KNOWN, CheckState.WRONG, text.format(reason=reason, path=path))


def arrives(hook: RegisteredHook, delivered: Sequence[Delivered], *, local: str) -> Check:
    """Judge what became of the newest delivery; `local` is where the service listens."""
    if not hook.has_secret:
        return Check(ARRIVES, CheckState.WRONG, UNSIGNED)
    if hook.content_type != "json":
        return Check(ARRIVES, CheckState.WRONG, NO_JSON)
    if not delivered:
        return Check(ARRIVES, CheckState.WAITING, NOTHING_SENT.format(url=hook.url))
    newest = delivered[0]
    if newest.succeeded:
        text = ARRIVED.format(event=newest.event, url=hook.url)
        return Check(ARRIVES, CheckState.DONE, text)
    if is_too_early(newest):
        return Check(ARRIVES, CheckState.WAITING, TRIES_AGAIN.format(url=hook.url))
    text = _mended(newest.status_code)
    told = text.format(url=hook.url, code=newest.status_code, local=f"{local}{WEBHOOK_PATH}")
    return Check(ARRIVES, CheckState.WRONG, told)


def is_too_early(delivery: Delivered) -> bool:
    """Tell a ping that came before the credentials did: GitHub greets a hook when it is made."""
    return delivery.event == "ping" and delivery.status_code == 503


def installed(app: RegisteredApp, installations: Sequence[InstalledOn]) -> Check:
    """Judge where the App is installed."""
    able = [one.account for one in installations if not one.suspended]
    if able:
        return Check(INSTALLED, CheckState.DONE, INSTALLED_ON.format(accounts=_listed(able)))
    if installations:
        accounts = _listed([one.account for one in installations])
        return Check(INSTALLED, CheckState.WRONG, SUSPENDED.format(accounts=accounts))
    link = f"{app.html_url}/installations/new"
    return Check(INSTALLED, CheckState.WAITING, NOT_INSTALLED, link, INSTALL)


def configured(repository: str, *, is_installed: bool) -> Check:
    """Judge whether any repository has a config."""
    if repository:
        text = CONFIGURED_IN.format(repository=repository)
        return Check(CONFIGURED, CheckState.DONE, text)
    text = NOT_CONFIGURED if is_installed else AFTER_INSTALLATION
    return Check(CONFIGURED, CheckState.WAITING, text)


def silent(title: str, reason: str) -> Check:
    """Say that GitHub did not answer."""
    return Check(title, CheckState.WRONG, SILENT.format(reason=reason))


def _mended(code: int) -> str:
    """Choose the sentence for what GitHub was answered."""
    if code == 0:
        return NO_ANSWER
    if code == 504:
        return TOO_LATE
    if code in (502, 503, 521, 522, 523, 530):
        return BAD_PROXY
    if code == 401:
        return MISSIGNED
    if 300 <= code < 400:
        return MOVED
    return FAILING if code == 500 else ELSEWHERE


def _wrong_app(title: str, text: str, app: RegisteredApp) -> Check:
    return Check(title, CheckState.WRONG, text, app.html_url, OPEN_SETTINGS)


def _listed(names: Sequence[str]) -> str:
    return ", ".join(sorted(names))
