"""What the environment decides."""

from __future__ import annotations

import base64
import stat
from pathlib import Path

import pytest
from cryptography.hazmat.primitives import serialization
from cryptography.hazmat.primitives.asymmetric import ec, rsa

from bot import credentials
from bot.logs import LogFormat
from bot.settings import LoginCredentials, Settings, SettingsError, from_environment

KEY = rsa.generate_private_key(public_exponent=65537, key_size=2048)
PEM = KEY.private_bytes(
    serialization.Encoding.PEM,
    serialization.PrivateFormat.TraditionalOpenSSL,
    serialization.NoEncryption(),
).decode()
PUBLIC_PEM = (
    KEY.public_key()
    .public_bytes(serialization.Encoding.PEM, serialization.PublicFormat.SubjectPublicKeyInfo)
    .decode()
)
# An elliptic curve that nobody knows: the last number of its name is another one.
UNKNOWN_CURVE = base64.encodebytes(
    ec.generate_private_key(ec.SECP256R1())
    .private_bytes(
        serialization.Encoding.DER,
        serialization.PrivateFormat.TraditionalOpenSSL,
        serialization.NoEncryption(),
    )
    .replace(bytes.fromhex("2a8648ce3d030107"), bytes.fromhex("2a8648ce3d030163"))
).decode()
UNKNOWN_PEM = f"-----BEGIN EC PRIVATE KEY-----\n{UNKNOWN_CURVE}-----END EC PRIVATE KEY-----\n"
APP = {
    "GITHUB_APP_ID": "123",
    "GITHUB_APP_PRIVATE_KEY": PEM,
    "GITHUB_WEBHOOK_SECRET": "s3cret-of-the-hook",
}


def problems(environ: dict[str, str]) -> tuple[str, ...]:
    with pytest.raises(SettingsError) as caught:
        from_environment(environ)
    return caught.value.problems


def app_of(settings: Settings) -> tuple[int, rsa.RSAPublicKey, str]:
    """Return what makes us the App; a private key is compared by its public half."""
    assert settings.app is not None
    return settings.app.app_id, settings.app.private_key.public_key(), settings.app.webhook_secret


def test_empty_environment_is_an_unconfigured_service_with_defaults() -> None:
    settings = from_environment({"HOME": "/home/ann"})
    assert settings.app is None
    assert settings.login is None
    assert settings.server_url == "https://github.com"
    assert settings.api_url == "https://api.github.com"
    assert settings.graphql_url == "https://api.github.com/graphql"
    assert settings.database_url is None
    assert settings.data_dir == Path("/home/ann/.local/share/ssot")
    assert settings.database_path == Path("/home/ann/.local/share/ssot/queue.sqlite")
    assert (settings.host, settings.port, settings.workers) == ("127.0.0.1", 8080, 8)
    assert (settings.log_format, settings.log_level) == (LogFormat.TEXT, "INFO")


def test_everything_can_be_set() -> None:
    settings = from_environment(
        {
            **APP,
            "GITHUB_CLIENT_ID": "Iv1.abc",
            "GITHUB_CLIENT_SECRET": "login-secret",
            "DATABASE_URL": "postgresql://ssot@db/ssot",
            "SSOT_DATA_DIR": "/srv/ssot",
            "HOST": "0.0.0.0",
            "PORT": "80",
            "SSOT_WORKERS": "4",
            "LOG_FORMAT": "JSON",
            "LOG_LEVEL": "debug",
        }
    )
    assert app_of(settings) == (123, KEY.public_key(), "s3cret-of-the-hook")
    assert settings.login == LoginCredentials("Iv1.abc", "login-secret")
    assert settings.database_url == "postgresql://ssot@db/ssot"
    assert settings.data_dir == Path("/srv/ssot")
    assert (settings.host, settings.port, settings.workers) == ("0.0.0.0", 80, 4)
    assert (settings.log_format, settings.log_level) == (LogFormat.JSON, "DEBUG")


@pytest.mark.parametrize("secret", ["", "  ", None])
def test_app_without_a_webhook_secret_is_refused(secret: str | None) -> None:
    environ = {name: value for name, value in APP.items() if name != "GITHUB_WEBHOOK_SECRET"}
    if secret is not None:
        environ["GITHUB_WEBHOOK_SECRET"] = secret
    (problem,) = problems(environ)
    assert "GITHUB_WEBHOOK_SECRET is empty or missing" in problem


def test_all_problems_are_told_at_once() -> None:
    found = problems(
        {
            "GITHUB_APP_ID": "my-app",
            "GITHUB_CLIENT_SECRET": "x",
            "GITHUB_SERVER_URL": "github.example.com",
            "DATABASE_URL": "mysql://user:password@db",
            "PORT": "70000",
            "SSOT_WORKERS": "none",
            "LOG_FORMAT": "xml",
            "LOG_LEVEL": "loud",
        }
    )
    text = "\n".join(found)
    assert len(found) == 10
    assert "GITHUB_APP_ID is 'my-app'" in text
    assert "GITHUB_WEBHOOK_SECRET is empty" in text
    assert "The App's private key is missing" in text
    assert "GITHUB_CLIENT_ID is missing: the login of the web pages needs it" in text
    assert "GITHUB_SERVER_URL is 'github.example.com'" in text
    assert "DATABASE_URL must look like postgresql://" in text
    assert "PORT is '70000'" in text
    assert "SSOT_WORKERS is 'none'" in text
    assert "LOG_FORMAT is 'xml': it must be one of text, json." in text
    assert "LOG_LEVEL is 'loud'" in text
    assert "password" not in text


def test_app_id_is_asked_for_when_only_the_rest_is_set() -> None:
    (first, *_) = problems({"GITHUB_WEBHOOK_SECRET": "x"})
    assert first.startswith("GITHUB_APP_ID is missing")


def test_key_with_written_out_line_ends_is_understood() -> None:
    settings = from_environment({**APP, "GITHUB_APP_PRIVATE_KEY": PEM.replace("\n", "\\n")})
    assert app_of(settings) == (123, KEY.public_key(), "s3cret-of-the-hook")


def test_key_is_read_from_a_file(tmp_path: Path) -> None:
    file = tmp_path / "app.pem"
    file.write_text(PEM)
    environ = {**APP, "GITHUB_APP_PRIVATE_KEY": "", "GITHUB_APP_PRIVATE_KEY_FILE": str(file)}
    settings = from_environment(environ)
    assert app_of(settings) == (123, KEY.public_key(), "s3cret-of-the-hook")


def test_missing_key_file_is_told(tmp_path: Path) -> None:
    environ = {**APP, "GITHUB_APP_PRIVATE_KEY": ""}
    environ["GITHUB_APP_PRIVATE_KEY_FILE"] = path = str(tmp_path / "none.pem")
    assert problems(environ) == (
        f"GITHUB_APP_PRIVATE_KEY_FILE, {path}, cannot be read: No such file or directory.",
    )


@pytest.mark.parametrize(
    "url",
    ["postgres://db/ssot", "postgresql://ssot:hun/ter2@db/ssot", "postgresql://ssot:hun@ter2@db/x"],
)
def test_database_that_would_be_looked_for_in_the_password_is_told_and_not_shown(url: str) -> None:
    (problem,) = problems({"DATABASE_URL": url})
    assert problem.startswith("DATABASE_URL must look like postgresql://user:secret@host")
    assert "hun" not in problem


@pytest.mark.parametrize(
    "url",
    [
        "postgresql://",
        "postgresql:///ssot?host=/run/postgresql",
        "postgresql://s:p%40@a:1,b:2/ssot",
    ],
)
def test_every_address_of_a_database_is_taken(url: str) -> None:
    assert from_environment({"DATABASE_URL": url}).database_url == url


def test_two_keys_are_one_too_many() -> None:
    (problem,) = problems({**APP, "GITHUB_APP_PRIVATE_KEY_FILE": "app.pem"})
    assert "keep one of them" in problem


@pytest.mark.parametrize("key", ["secret", PEM[:200], PUBLIC_PEM, UNKNOWN_PEM])
def test_what_is_no_private_key_is_told_and_not_shown(key: str) -> None:
    (problem,) = problems({**APP, "GITHUB_APP_PRIVATE_KEY": key})
    assert problem.startswith("GITHUB_APP_PRIVATE_KEY has no RSA private key")
    assert key not in problem


@pytest.mark.parametrize(
    ("server", "api", "graphql"),
    [
        ("https://github.com/", "https://api.github.com", "https://api.github.com/graphql"),
        (
            "https://octo.ghe.com",
            "https://api.octo.ghe.com",
            "https://api.octo.ghe.com/graphql",
        ),
        (
            "https://git.example.com",
            "https://git.example.com/api/v3",
            "https://git.example.com/api/graphql",
        ),
        (
            "http://127.0.0.1:9000",
            "http://127.0.0.1:9000/api/v3",
            "http://127.0.0.1:9000/api/graphql",
        ),
        (
            "https://evil-ghe.com",
            "https://evil-ghe.com/api/v3",
            "https://evil-ghe.com/api/graphql",
        ),
    ],
)
def test_api_addresses_follow_from_the_server(server: str, api: str, graphql: str) -> None:
    settings = from_environment({"GITHUB_SERVER_URL": server})
    assert (settings.api_url, settings.graphql_url) == (api, graphql)


def test_api_addresses_can_be_named() -> None:
    settings = from_environment(
        {"GITHUB_API_URL": "https://proxy/rest/", "GITHUB_GRAPHQL_URL": "https://proxy/graph"}
    )
    assert (settings.api_url, settings.graphql_url) == (
        "https://proxy/rest",
        "https://proxy/graph",
    )


@pytest.mark.parametrize(
    "url", ["ftp://x", "https://", "https://user:pw@x", "https://x?y", "https://[", "x"]
)
def test_address_that_cannot_be_a_server_is_told(url: str) -> None:
    (problem,) = problems({"GITHUB_SERVER_URL": url})
    assert problem.startswith("GITHUB_SERVER_URL is ")


def test_git_remote_is_built_from_the_server() -> None:
    settings = from_environment({"GITHUB_SERVER_URL": "https://git.example.com"})
    assert settings.remote_url("acme", "engine") == "https://git.example.com/acme/engine.git"


def test_secrets_are_never_shown() -> None:
    environ = {
        **APP,
        "GITHUB_CLIENT_ID": "Iv1.abc",
        "GITHUB_CLIENT_SECRET": "login-secret",
        "DATABASE_URL": "postgresql://ssot:db-password@db/ssot",
    }
    shown = repr(from_environment(environ))
    for secret in ("PRIVATE KEY", "s3cret-of-the-hook", "login-secret", "db-password"):
        assert secret not in shown


def test_data_folder_follows_xdg_and_ignores_a_relative_one() -> None:
    assert from_environment({"XDG_DATA_HOME": "/xdg"}).data_dir == Path("/xdg/ssot")
    settings = from_environment({"XDG_DATA_HOME": "xdg", "HOME": "/home/ann"})
    assert settings.data_dir == Path("/home/ann/.local/share/ssot")


def test_data_folder_is_made_for_its_owner_only(tmp_path: Path) -> None:
    settings = from_environment({"SSOT_DATA_DIR": str(tmp_path / "deep" / "ssot")})
    folder = settings.make_data_dir()
    assert stat.S_IMODE(folder.stat().st_mode) == 0o700
    assert settings.make_data_dir() == folder


def test_data_folder_that_cannot_be_made_is_told_in_a_sentence(tmp_path: Path) -> None:
    (tmp_path / "file").touch()
    settings = from_environment({"SSOT_DATA_DIR": str(tmp_path / "file" / "data")})

    with pytest.raises(SettingsError, match=r"data folder .*: Not a directory\. .*SSOT_DATA_DIR"):
        settings.make_data_dir()


KEPT = {
    "GITHUB_APP_ID": "77",
    "GITHUB_APP_PRIVATE_KEY": PEM,
    "GITHUB_WEBHOOK_SECRET": "kept",
    "GITHUB_CLIENT_ID": "Iv1.kept",
    "GITHUB_CLIENT_SECRET": "kept-too",
    "GITHUB_SERVER_URL": "https://github.example.com",
}


def test_app_of_the_set_up_page_is_found_in_the_data_folder(tmp_path: Path) -> None:
    credentials.write(tmp_path, KEPT)
    settings = from_environment({"SSOT_DATA_DIR": str(tmp_path)})
    assert app_of(settings) == (77, KEY.public_key(), "kept")
    assert settings.login == LoginCredentials("Iv1.kept", "kept-too")
    assert settings.api_url == "https://github.example.com/api/v3"
    assert stat.S_IMODE((tmp_path / "app.json").stat().st_mode) == 0o600
    assert [file.name for file in tmp_path.iterdir()] == ["app.json"]


def test_environment_wins_over_the_data_folder(tmp_path: Path) -> None:
    credentials.write(tmp_path, KEPT)
    key = tmp_path / "key.pem"
    key.write_text(PEM)
    own = {
        "SSOT_DATA_DIR": str(tmp_path),
        "GITHUB_WEBHOOK_SECRET": "own",
        "GITHUB_APP_PRIVATE_KEY_FILE": str(key),
    }
    assert app_of(from_environment(own)) == (77, KEY.public_key(), "own")


def test_another_app_takes_nothing_from_the_data_folder(tmp_path: Path) -> None:
    credentials.write(tmp_path, KEPT)
    settings = from_environment({**APP, "SSOT_DATA_DIR": str(tmp_path)})
    assert app_of(settings) == (123, KEY.public_key(), "s3cret-of-the-hook")
    assert settings.login is None
    assert settings.server_url == "https://github.com"


@pytest.mark.parametrize("text", ["{", "[]", '{"GITHUB_APP_ID": 7}'])
def test_credentials_that_cannot_be_read_are_told_with_their_place(
    tmp_path: Path, text: str
) -> None:
    (tmp_path / "app.json").write_text(text)
    (problem,) = problems({"SSOT_DATA_DIR": str(tmp_path)})
    assert problem.startswith(f"{tmp_path}/app.json, which the set-up page wrote, cannot be")
