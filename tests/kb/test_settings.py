import os
import stat
import threading

import pytest

from kb.errors import SetupError
from kb.settings import Settings, own_secret, read_limits, read_settings

LONG = "a-secret-that-nobody-guesses-0123456789"
REAL = {"KB_SECRET": LONG, "KB_JWT_SECRET": LONG, "KB_BASE_URL": "https://help.example.com"}


@pytest.fixture(autouse=True)
def _empty(monkeypatch, tmp_path):
    """No settings but the test's: neither of the environment nor of a .env file."""
    for name in list(os.environ):
        if name.startswith("KB_"):
            monkeypatch.delenv(name)
    monkeypatch.chdir(tmp_path)


def set_all(monkeypatch, settings):
    for name, value in settings.items():
        monkeypatch.setenv(name, value)


def refusal():
    with pytest.raises(SetupError) as caught:
        read_settings()
    return str(caught.value)


def test_nothing_has_to_be_set():
    settings = read_settings()
    assert (settings.public_url, settings.production, str(settings.content), settings.locale) == (
        "http://127.0.0.1:8000",
        False,
        "content",
        "en",
    )


def test_a_value_comes_from_the_command_else_the_environment_else_the_file(monkeypatch, tmp_path):
    (tmp_path / ".env").write_text("KB_PORT=1\nKB_HOST=file\nKB_LOCALE=hi\n")
    set_all(monkeypatch, {"KB_PORT": "2", "KB_HOST": "environment"})
    settings = read_settings(port=3)
    assert (settings.port, settings.host, settings.locale) == (3, "environment", "hi")


@pytest.mark.parametrize(
    ("host", "url"),
    [("0.0.0.0", "http://0.0.0.0:8000"), ("::1", "http://[::1]:8000"), ("kb.example", "http://kb.example:8000")],
)
def test_links_begin_with_the_address_that_is_listened_on(monkeypatch, host, url):
    monkeypatch.setenv("KB_HOST", host)
    assert read_settings().public_url == url


def test_a_base_url_loses_its_last_slash(monkeypatch):
    monkeypatch.setenv("KB_BASE_URL", "https://help.example.com/kb/")
    assert read_settings().public_url == "https://help.example.com/kb"


@pytest.mark.parametrize(
    ("name", "value", "message"),
    [
        ("KB_PORT", "eighty", "KB_PORT: Input should be a valid integer"),
        ("KB_PORT", "70000", "KB_PORT: Input should be less than or equal to 65535"),
        ("KB_PORT", "-1", "KB_PORT: Input should be greater than or equal to 0"),
        ("KB_BASE_URL", "help.example.com", "KB_BASE_URL: expected an absolute URL such as https://help.example.com"),
        ("KB_BASE_URL", "javascript:x", "KB_BASE_URL: expected an absolute URL"),
        ("KB_BASE_URL", "https://a b", "KB_BASE_URL: expected an absolute URL"),
        ("KB_BASE_URL", "https://a?x", "KB_BASE_URL: expected an absolute URL"),
        ("KB_ENV", "staging", "KB_ENV: Input should be 'development' or 'production'"),
        ("KB_LOCALE", "English", "KB_LOCALE: String should match pattern"),
        ("KB_LOG", "xml", "KB_LOG: Input should be 'console' or 'json'"),
        ("KB_RATE_LIMITS", "sometimes", "KB_RATE_LIMITS: Input should be a valid boolean"),
        ("KB_SECRET", "short-zebra", "KB_SECRET: a secret needs at least 32 bytes"),
        ("KB_SECRET", " " * 40, "KB_SECRET: a secret needs at least 32 bytes"),
    ],
)
def test_a_bad_value_names_its_key_and_not_its_secret(monkeypatch, name, value, message):
    monkeypatch.setenv(name, value)
    told = refusal()
    assert told.startswith(message)
    assert "zebra" not in told
    assert "\n" not in told


def test_every_bad_value_is_named(monkeypatch):
    set_all(monkeypatch, {"KB_PORT": "x", "KB_LOG": "x"})
    assert [line.partition(":")[0] for line in refusal().splitlines()] == ["KB_PORT", "KB_LOG"]


@pytest.mark.parametrize(
    ("given", "message"),
    [
        ({}, "KB_SECRET is required in production."),
        ({"KB_SECRET": ""}, "KB_SECRET is required in production."),
        ({"KB_SECRET": LONG}, "KB_JWT_SECRET or KB_JWT_JWKS is required in production."),
        ({"KB_SECRET": LONG, "KB_JWT_SECRET": ""}, "KB_JWT_SECRET or KB_JWT_JWKS is required in production."),
        (
            {"KB_SECRET": LONG, "KB_JWT_SECRET": LONG},
            "KB_BASE_URL is required in production: permanent links begin with it.",
        ),
        (
            {**REAL, "KB_JWT_JWKS": "jwks.json"},
            "KB_JWT_SECRET and KB_JWT_JWKS exclude each other: one algorithm per key.",
        ),
    ],
)
def test_production_wants_real_secrets_and_links(monkeypatch, given, message):
    set_all(monkeypatch, {"KB_ENV": "production", **given})
    assert refusal() == message


def test_production_with_secrets_starts(monkeypatch):
    set_all(monkeypatch, {"KB_ENV": "production", **REAL})
    settings = read_settings()
    assert settings.production
    assert LONG not in repr(settings)


def test_empty_values_are_no_values(monkeypatch):
    set_all(monkeypatch, {"KB_PORT": "", "KB_BASE_URL": "", "KB_METRICS_TOKEN": "", "KB_STOREFRONTS": ""})
    settings = read_settings()
    assert (settings.port, settings.base_url, settings.metrics_token, settings.storefronts) == (8000, None, None, None)


@pytest.mark.parametrize(
    ("name", "near"),
    [
        ("KB_PROT", "KB_PORT"),
        ("KB_JWT_SECRETS", "KB_JWT_SECRET"),
        ("KB_BASEURL", "KB_BASE_URL"),
        ("kb_databaseurl", "KB_DATABASE_URL"),
        ("KB_ACCESS_TOKEN_ISSUER", "KB_JWT_ISSUER"),
    ],
)
def test_a_setting_that_is_not_there_stops_the_start_and_names_the_nearest(monkeypatch, tmp_path, name, near):
    message = f"{name.upper()}: there is no such setting; did you mean {near}?"
    monkeypatch.setenv(name, "zebra")
    assert refusal() == message
    monkeypatch.delenv(name)
    (tmp_path / ".env").write_text(f"KB_LOCALE=hi\n{name}=zebra\n")
    assert refusal() == message


def test_every_setting_that_is_not_there_is_named(monkeypatch):
    set_all(monkeypatch, {"KB_PROT": "1", "KB_HOTS": "x", "KB_PORT": "x"})
    assert [line.partition(":")[0] for line in refusal().splitlines()] == ["KB_HOTS", "KB_PROT"]


def test_limits_and_what_the_tests_read_are_no_unknown_settings(monkeypatch):
    set_all(monkeypatch, {"KB_LIMIT_DEPTH": "5", "KB_TEST_DATA": "/data", "KB_PROVE": "1", "KB_PROT": "", "KBX": "1"})
    assert read_settings().port == 8000
    assert read_limits({"depth": 12}) == {"depth": 5}
    monkeypatch.setenv("KB_LIMIT_DETPH", "5")
    with pytest.raises(SetupError, match=r"KB_LIMIT_DETPH: there is no such limit; did you mean KB_LIMIT_DEPTH\?"):
        read_limits({"depth": 12})


def test_an_env_file_that_is_no_text_is_one_clear_line(tmp_path):
    (tmp_path / ".env").write_bytes(b"KB_PORT=\xff\xfe\n")
    assert refusal().startswith(".env: the file cannot be read as UTF-8")


def test_a_secret_of_our_own_is_kept_for_its_owner_alone(tmp_path):
    settings = Settings(var=tmp_path / "new/var")
    secret = own_secret(settings, "jwt-secret")
    assert len(secret) == 64
    assert own_secret(settings, "jwt-secret") == secret
    assert own_secret(settings, "secret") != secret
    assert stat.S_IMODE((tmp_path / "new/var").stat().st_mode) == 0o700
    assert stat.S_IMODE((tmp_path / "new/var/jwt-secret").stat().st_mode) == 0o600
    assert sorted(path.name for path in (tmp_path / "new/var").iterdir()) == ["jwt-secret", "secret"]


@pytest.mark.parametrize("damage", [b"", b"short", b"\xff" * 64, b" " * 64])
def test_a_damaged_secret_is_not_used(tmp_path, damage):
    settings = Settings(var=tmp_path)
    (tmp_path / "secret").write_bytes(damage)
    with pytest.raises(SetupError, match="holds no secret"):
        own_secret(settings, "secret")


def test_a_folder_that_cannot_hold_a_secret_is_named(tmp_path):
    (tmp_path / "file").write_text("x")
    with pytest.raises(SetupError, match=r"KB_VAR: '.*' cannot hold the secret that was not set"):
        own_secret(Settings(var=tmp_path / "file"), "secret")


def test_two_that_start_at_once_have_one_secret(tmp_path):
    for attempt in range(20):
        settings = Settings(var=tmp_path / str(attempt))
        start, secrets = threading.Barrier(4), []

        def read(settings=settings, start=start, secrets=secrets):
            start.wait()
            secrets.append(own_secret(settings, "secret"))

        threads = [threading.Thread(target=read) for _ in range(4)]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()
        assert len(secrets) == 4
        assert len(set(secrets)) == 1
