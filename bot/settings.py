"""The service's settings, read once from the environment; all problems are told at once.

What the environment leaves open of the App, the set-up page may have put into the data folder.
"""

from __future__ import annotations

import re
from contextlib import suppress
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING
from urllib.parse import urlsplit

from cryptography.exceptions import UnsupportedAlgorithm
from cryptography.hazmat.primitives.asymmetric.rsa import RSAPrivateKey
from jwt.algorithms import RSAAlgorithm
from jwt.exceptions import InvalidKeyError

from bot import credentials
from bot.domain.errors import UserError
from bot.environment import Variables
from bot.logs import LogFormat

if TYPE_CHECKING:
    from collections.abc import Mapping, MutableMapping

NO_APP_ID = "GITHUB_APP_ID is missing: it is at the top of the App's settings page."
UNSIGNED = (
    "GITHUB_WEBHOOK_SECRET is empty or missing: without it anybody could send deliveries. "
    "Set the same secret here and in the App's settings."
)
NO_KEY = (
    "The App's private key is missing: set GITHUB_APP_PRIVATE_KEY_FILE to the .pem file that "
    "GitHub gave you, or GITHUB_APP_PRIVATE_KEY to its text."
)
TWO_KEYS = "GITHUB_APP_PRIVATE_KEY and GITHUB_APP_PRIVATE_KEY_FILE are both set: keep one of them."
UNREADABLE_KEY = "GITHUB_APP_PRIVATE_KEY_FILE, {path}, cannot be read: {reason}."
BAD_KEY = "{name} has no RSA private key: use the whole .pem file that GitHub gave you."
HALF_LOGIN = "{missing} is missing: the login of the web pages needs it as well as {present}."
BAD_DATABASE = (
    "DATABASE_URL must look like postgresql://user:secret@host:5432/name, with @, / and % in the "
    "secret written %40, %2F and %25. Leave it out for the embedded SQLite."
)
BAD_OPERATORS = (
    "SSOT_OPERATORS names {found}: write logins of GitHub, without @, with commas between them."
)
BAD_DATA_DIR = (
    "The data folder {path} cannot be created: {reason}. Choose another with SSOT_DATA_DIR."
)
BAD_CREDENTIALS = (
    "{path}, which the set-up page wrote, cannot be used: {reason}. Repair it, or delete it and "
    "set up again."
)

SECRETS = (
    "GITHUB_APP_PRIVATE_KEY",
    "GITHUB_WEBHOOK_SECRET",
    "GITHUB_CLIENT_SECRET",
    "DATABASE_URL",
)
GITHUB = "https://github.com"
DEFAULT_WORKERS = 8
LEVELS = ("INFO", "DEBUG", "WARNING", "ERROR", "CRITICAL")
MAX_APP_ID = 2**53
_LOGIN = re.compile(r"[A-Za-z0-9][A-Za-z0-9_-]{0,99}")
# Where libpq would take a part of the password for the host or port, its errors quote it.
_DATABASE_URL = re.compile(r"postgresql://([^@/?#]*@)?[^@]*")


class SettingsError(UserError):
    """The environment cannot be used; `problems` holds a sentence for each reason."""

    def __init__(self, problems: tuple[str, ...]) -> None:
        super().__init__("\n".join(problems))
        self.problems = problems


@dataclass(frozen=True, slots=True)
class AppCredentials:
    """What makes us the App."""

    app_id: int
    private_key: RSAPrivateKey = field(repr=False)
    webhook_secret: str = field(repr=False)


@dataclass(frozen=True, slots=True)
class LoginCredentials:
    """What the web pages need to know their visitors."""

    client_id: str
    client_secret: str = field(repr=False)


@dataclass(frozen=True, slots=True)
class Settings:
    """Everything the environment decides; `app` is None while nothing is configured.

    `workers` is how many jobs run at a time. Without `database_url` the queue is the SQLite file
    `database_path`. `operators` are logins in lower case.
    """

    app: AppCredentials | None
    login: LoginCredentials | None
    server_url: str
    api_url: str
    graphql_url: str
    database_url: str | None = field(repr=False)
    data_dir: Path
    host: str
    port: int
    workers: int
    log_format: LogFormat
    log_level: str
    operators: frozenset[str] = frozenset()

    @property
    def database_path(self) -> Path:
        """The embedded queue."""
        return self.data_dir / "queue.sqlite"

    def remote_url(self, owner: str, name: str) -> str:
        """Build the git URL of a repository; one from a payload is never used."""
        return f"{self.server_url}/{owner}/{name}.git"

    def make_data_dir(self) -> Path:
        """Create the data folder, readable by nobody else, and return it; else SettingsError."""
        try:
            self.data_dir.mkdir(mode=0o700, parents=True, exist_ok=True)
        except OSError as error:
            reason = BAD_DATA_DIR.format(path=self.data_dir, reason=error.strerror)
            raise SettingsError((reason,)) from error
        return self.data_dir


def from_environment(environ: Mapping[str, str]) -> Settings:
    """Read all settings, or raise SettingsError with everything that is wrong."""
    variables = Variables(environ)
    data_dir = _data_dir(variables)
    variables.fall_back(_kept(variables, data_dir))
    server_url = variables.url("GITHUB_SERVER_URL", GITHUB)
    settings = Settings(
        app=_app(variables),
        login=_login(variables),
        server_url=server_url,
        api_url=variables.url("GITHUB_API_URL", api_url_of(server_url)),
        graphql_url=variables.url("GITHUB_GRAPHQL_URL", _graphql_url(server_url)),
        database_url=_database_url(variables),
        data_dir=data_dir,
        host=variables.text("HOST") or "127.0.0.1",
        port=variables.number("PORT", 8080, least=0, most=65535),
        workers=variables.number("SSOT_WORKERS", DEFAULT_WORKERS, least=1, most=256),
        log_format=LogFormat(variables.choice("LOG_FORMAT", tuple(LogFormat))),
        log_level=variables.choice("LOG_LEVEL", LEVELS),
        operators=_operators(variables),
    )
    if variables.problems:
        raise SettingsError(tuple(variables.problems))
    return settings


def api_url_of(server_url: str) -> str:
    """Tell where the REST API of a GitHub is."""
    host = _own_api_host(server_url)
    return f"https://{host}" if host else f"{server_url}/api/v3"


def forget_secrets(environ: MutableMapping[str, str]) -> None:
    """Take away what only this process needs: others inherit all that is left."""
    for name in SECRETS:
        environ.pop(name, None)


def _kept(variables: Variables, data_dir: Path) -> Mapping[str, str]:
    """Read what the data folder holds of the App, unless that is another App."""
    try:
        kept = credentials.read(data_dir)
    except credentials.CredentialsError as error:
        told = BAD_CREDENTIALS.format(path=credentials.path(data_dir), reason=error)
        variables.problems.append(told)
        return {}
    if variables.text("GITHUB_APP_ID") not in ("", kept.get("GITHUB_APP_ID")):
        return {}
    if variables.text("GITHUB_APP_PRIVATE_KEY_FILE"):
        kept.pop("GITHUB_APP_PRIVATE_KEY", None)
    return kept


def _app(variables: Variables) -> AppCredentials | None:
    names = (
        "GITHUB_APP_ID",
        "GITHUB_APP_PRIVATE_KEY",
        "GITHUB_APP_PRIVATE_KEY_FILE",
        "GITHUB_WEBHOOK_SECRET",
    )
    if not any(variables.text(name) for name in names):
        return None
    if not variables.text("GITHUB_APP_ID"):
        variables.problems.append(NO_APP_ID)
    app_id = variables.number("GITHUB_APP_ID", 0, least=1, most=MAX_APP_ID)
    secret = variables.text("GITHUB_WEBHOOK_SECRET")
    if not secret:
        variables.problems.append(UNSIGNED)
    key = _private_key(variables)
    return AppCredentials(app_id, key, secret) if key is not None else None


def _private_key(variables: Variables) -> RSAPrivateKey | None:
    """Read the key, None when a problem was noted."""
    text = variables.text("GITHUB_APP_PRIVATE_KEY")
    file = variables.text("GITHUB_APP_PRIVATE_KEY_FILE")
    if bool(text) == bool(file):
        variables.problems.append(TWO_KEYS if text else NO_KEY)
        return None
    if text:
        # Many ways to set a variable cannot hold a line end: `\n` is taken for one.
        return _rsa_key(variables, "GITHUB_APP_PRIVATE_KEY", text.replace("\\n", "\n"))
    try:
        pem = Path(file).expanduser().read_text(encoding="ascii", errors="replace")
    except OSError as error:
        variables.problems.append(UNREADABLE_KEY.format(path=file, reason=error.strerror))
        return None
    return _rsa_key(variables, "GITHUB_APP_PRIVATE_KEY_FILE", pem)


def _rsa_key(variables: Variables, name: str, pem: str) -> RSAPrivateKey | None:
    key = None
    with suppress(InvalidKeyError, UnsupportedAlgorithm, ValueError, TypeError):
        key = RSAAlgorithm(RSAAlgorithm.SHA256).prepare_key(pem)
    if isinstance(key, RSAPrivateKey):
        return key
    variables.problems.append(BAD_KEY.format(name=name))
    return None


def _login(variables: Variables) -> LoginCredentials | None:
    client_id = variables.text("GITHUB_CLIENT_ID")
    client_secret = variables.text("GITHUB_CLIENT_SECRET")
    if not client_id and not client_secret:
        return None
    names = ("GITHUB_CLIENT_ID", "GITHUB_CLIENT_SECRET")
    if not (client_id and client_secret):
        missing, present = names if client_secret else reversed(names)
        variables.problems.append(HALF_LOGIN.format(missing=missing, present=present))
    return LoginCredentials(client_id, client_secret)


def _database_url(variables: Variables) -> str | None:
    found = variables.text("DATABASE_URL")
    if found and not _DATABASE_URL.fullmatch(found):
        # Not quoted: it may hold a password.
        variables.problems.append(BAD_DATABASE)
    return found or None


def _operators(variables: Variables) -> frozenset[str]:
    names = variables.text("SSOT_OPERATORS").replace(",", " ").split()
    if wrong := [name for name in names if not _LOGIN.fullmatch(name)]:
        variables.problems.append(BAD_OPERATORS.format(found=", ".join(wrong)))
    return frozenset(map(str.lower, names))


def _data_dir(variables: Variables) -> Path:
    named = variables.text("SSOT_DATA_DIR")
    if named:
        return Path(named).expanduser().absolute()
    # An XDG path that is not absolute is ignored, as its specification asks:
    # https://specifications.freedesktop.org/basedir-spec/latest/
    shared = variables.text("XDG_DATA_HOME")
    if shared.startswith("/"):
        return Path(shared) / "ssot"
    return Path(variables.text("HOME") or Path.home()) / ".local" / "share" / "ssot"


def _own_api_host(server_url: str) -> str | None:
    """Name the API host of github.com and of data residency (`SUB.ghe.com`); others have none."""
    host = urlsplit(server_url).netloc.lower()
    return f"api.{host}" if host == "github.com" or host.endswith(".ghe.com") else None


def _graphql_url(server_url: str) -> str:
    host = _own_api_host(server_url)
    return f"https://{host}/graphql" if host else f"{server_url}/api/graphql"
