"""KB_SMTP_URL, KB_MAIL_FROM and KB_WEBHOOKS as settings."""

import os

import pytest

from kb.errors import SetupError
from kb.settings import read_settings

FROM = "Ooulet Support <support@example.com>"


@pytest.fixture(autouse=True)
def _empty(monkeypatch, tmp_path):
    """No settings but the test's: neither of the environment nor of a .env file."""
    for name in list(os.environ):
        if name.startswith("KB_"):
            monkeypatch.delenv(name)
    monkeypatch.chdir(tmp_path)


@pytest.mark.parametrize(
    "url",
    [
        "smtp://mail.example",
        "smtp://kb:p%40ss@mail.example:25",
        "smtps://kb:hunter2@mail.example",
        "smtp://[::1]:2525",
        "smtp://localhost:1025/",
    ],
)
def test_a_mail_server_is_a_url(monkeypatch, url):
    monkeypatch.setenv("KB_SMTP_URL", url)
    monkeypatch.setenv("KB_MAIL_FROM", FROM)
    settings = read_settings()
    assert settings.smtp_url.get_secret_value() == url
    assert "hunter2" not in repr(settings)


@pytest.mark.parametrize(
    "url", ["mail.example", "http://mail.example", "smtp://", "smtp://a b", "smtp://u:hunter@2@a", "smtp://a?b"]
)
def test_what_is_no_mail_server_is_refused_without_its_password(monkeypatch, url):
    monkeypatch.setenv("KB_SMTP_URL", url)
    monkeypatch.setenv("KB_MAIL_FROM", FROM)
    with pytest.raises(SetupError) as caught:
        read_settings()
    assert str(caught.value).startswith("KB_SMTP_URL: expected smtp://user:password@host:port")
    assert "hunter" not in str(caught.value)


def test_a_port_is_one(monkeypatch):
    monkeypatch.setenv("KB_SMTP_URL", "smtp://mail.example:99999")
    monkeypatch.setenv("KB_MAIL_FROM", FROM)
    with pytest.raises(SetupError, match="KB_SMTP_URL: Port out of range"):
        read_settings()


def test_a_mail_server_needs_a_sender(monkeypatch):
    monkeypatch.setenv("KB_SMTP_URL", "smtp://mail.example")
    with pytest.raises(SetupError, match="KB_MAIL_FROM is required with KB_SMTP_URL"):
        read_settings()


@pytest.mark.parametrize("sender", [FROM, "support@example.com", "सपोर्ट <support@example.com>"])
def test_a_sender_is_an_address(monkeypatch, sender):
    monkeypatch.setenv("KB_MAIL_FROM", sender)
    assert read_settings().mail_from == sender


@pytest.mark.parametrize("sender", ["Ooulet Support", "a@b, c@d", "a@b\nBcc: c@d", "<a@b", "A <a@b> c"])
def test_what_is_no_sender_is_refused(monkeypatch, sender):
    monkeypatch.setenv("KB_MAIL_FROM", sender)
    with pytest.raises(SetupError, match="KB_MAIL_FROM: expected an address such as"):
        read_settings()


def test_without_settings_mails_are_files_and_webhooks_are_none():
    settings = read_settings()
    assert (settings.smtp_url, settings.mail_from, settings.webhooks) == (None, None, None)
