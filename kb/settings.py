"""Settings: environment variables with the prefix `KB_`, or a `.env` file. Read once, by `server.py` and `kb.cli`."""

import os
import re
import secrets
from collections.abc import Collection, Iterable, Mapping
from contextlib import suppress
from difflib import get_close_matches
from enum import StrEnum
from pathlib import Path
from tempfile import mkstemp
from typing import Any, Literal, Self
from urllib.parse import urlsplit

from pydantic import Field, SecretStr, ValidationError, create_model, field_validator, model_validator
from pydantic_settings import BaseSettings, DotEnvSettingsSource, SettingsConfigDict

from kb.errors import SetupError

PREFIX, LIMIT_PREFIX, ENV_FILE = "KB_", "KB_LIMIT_", ".env"
_LIMIT = LIMIT_PREFIX.removeprefix(PREFIX).lower()
MIN_SECRET = 32  # bytes
NOT_OURS = frozenset({"test_data", "prove"})  # read by the tests and the Makefile


class Environment(StrEnum):
    DEVELOPMENT = "development"
    PRODUCTION = "production"


class Settings(BaseSettings):
    """One field a setting; `docs/operating.md` is the list for people. In URLs three slashes begin a relative path."""

    model_config = SettingsConfigDict(
        env_prefix=PREFIX, env_file=ENV_FILE, env_ignore_empty=True, extra="ignore", frozen=True
    )

    content: Path = Field(Path("content"), description="Folder of Markdown.")
    var: Path = Field(
        Path("var"), description="Folder for what the service writes: index, caches, development secrets."
    )
    database_url: str = Field("sqlite:///var/kb.db", description="Database of what people do: the search log.")
    search_url: str = Field("whoosh:///var/index", description="Search engine.")
    host: str = Field("127.0.0.1", description="Address to listen on.")
    port: int = Field(8000, ge=0, le=65535, description="Port to listen on; 0 takes a free one.")
    workers: int = Field(1, ge=1, le=64, description="Processes that share the port.")
    base_url: str | None = Field(
        None, description="What permanent links begin with; by default http://HOST:PORT, required in production."
    )
    env: Environment = Field(
        Environment.DEVELOPMENT, description="`production` closes GraphiQL and wants real secrets."
    )
    secret: SecretStr | None = Field(
        None, description="Derives hashes and tokens; made and kept in `var` in development."
    )
    jwt_secret: SecretStr | None = Field(
        None,
        description="Shared secret of the host app (HS256); two, separated by a comma, while one replaces the other.",
    )
    jwt_jwks: Path | None = Field(None, description="JWKS file with the host app's public keys, instead of a secret.")
    jwt_issuer: str = Field("ooulet", min_length=1, description="The `iss` of access tokens.")
    jwt_audience: str = Field("kb", min_length=1, description="The `aud` of access tokens.")
    storefronts: Path | None = Field(
        None, description="Publishable keys; by default `storefronts.yml` in the content folder."
    )
    locale: str = Field("en", pattern=r"^[a-z]{2}(-[A-Z][a-z]{3})?(-[A-Z]{2})?$", description="Default locale.")
    limits_url: str = Field("memory://", description="Where rate limits are counted; `redis://` shares them.")
    rate_limits: bool = Field(True, description="`off` for measuring.")
    trusted_proxies: str = Field("", description="Addresses whose X-Forwarded-For counts, separated by commas.")
    trusted_only: bool = Field(False, description="Answer registered documents alone.")
    search_log_days: int = Field(90, ge=1, le=3650, description="How long searches are kept, in days.")
    smtp_url: SecretStr | None = Field(None, description="Mail server; without one, mails are files in `var/mail`.")
    mail_from: str | None = Field(None, description="Sender of mails; required where they go by SMTP.")
    webhooks: Path | None = Field(None, description="File of endpoints for webhooks, with their secrets.")
    log: Literal["console", "json"] = Field("console", description="Log format.")
    metrics_token: SecretStr | None = Field(None, description="Bearer token for /metrics; without one, loopback only.")

    @field_validator("base_url")
    @classmethod
    def _absolute(cls, value: str | None) -> str | None:
        if value is not None and not re.fullmatch(r"https?://[^\s/?#]+(/[^\s?#]*)?", value):
            raise ValueError("expected an absolute URL such as https://help.example.com")
        return value.rstrip("/") if value else None

    @field_validator("secret")
    @classmethod
    def _unguessable(cls, value: SecretStr | None) -> SecretStr | None:
        if value is not None and len(value.get_secret_value().strip().encode()) < MIN_SECRET:
            raise ValueError(f"a secret needs at least {MIN_SECRET} bytes")
        return value

    @field_validator("smtp_url")
    @classmethod
    def _mail_server(cls, value: SecretStr | None) -> SecretStr | None:
        """Its form; whether anybody answers there shows when a mail is sent."""
        form = r"smtps?://([^\s/?#@]+@)?(\[[0-9a-fA-F:]+\]|[^\s/?#@:\[\]]+)(:\d{1,5})?/?"
        if value is not None and not re.fullmatch(form, value.get_secret_value()):
            raise ValueError("expected smtp://user:password@host:port or smtps://…, with @ and / written %40 and %2F")
        if value is not None:
            _ = urlsplit(value.get_secret_value()).port  # raises ValueError beyond 65535
        return value

    @field_validator("mail_from")
    @classmethod
    def _sender(cls, value: str | None) -> str | None:
        if value is not None and not re.fullmatch(r"([^<>@\r\n]+ <[^\s<>@]+@[^\s<>@]+>|[^\s<>@]+@[^\s<>@]+)", value):
            raise ValueError("expected an address such as Ooulet Support <support@example.com>")
        return value

    @model_validator(mode="after")
    def _from_somebody(self) -> Self:
        if self.smtp_url is not None and self.mail_from is None:
            raise ValueError("KB_MAIL_FROM is required with KB_SMTP_URL")
        return self

    @model_validator(mode="after")
    def _real_in_production(self) -> Self:
        if self.env is Environment.PRODUCTION:
            if self.secret is None:
                raise ValueError("KB_SECRET is required in production")
            if self.jwt_secret is None and self.jwt_jwks is None:
                raise ValueError("KB_JWT_SECRET or KB_JWT_JWKS is required in production")
            if self.base_url is None:
                raise ValueError("KB_BASE_URL is required in production: permanent links begin with it")
        if self.jwt_secret is not None and self.jwt_jwks is not None:
            raise ValueError("KB_JWT_SECRET and KB_JWT_JWKS exclude each other: one algorithm per key")
        return self

    @property
    def production(self) -> bool:
        return self.env is Environment.PRODUCTION

    @property
    def public_url(self) -> str:
        host = f"[{self.host}]" if ":" in self.host else self.host
        return self.base_url or f"http://{host}:{self.port}"


class _Limits(BaseSettings):
    model_config = SettingsConfigDict(env_prefix=LIMIT_PREFIX, env_file=ENV_FILE, extra="ignore", frozen=True)


def read_settings(**overrides: Any) -> Settings:
    """The settings of this process. Raises `SetupError` that names the key of each bad value, or of one unknown."""
    try:
        given = {name for name in _given(Settings, PREFIX) if not name.startswith(_LIMIT)} - NOT_OURS
        _refuse_unknown(given, Settings.model_fields, PREFIX, "setting")
        return Settings(**overrides)
    except ValidationError as error:
        raise _wrong(error, PREFIX) from None
    except (OSError, UnicodeDecodeError) as error:
        raise SetupError(f"{ENV_FILE}: the file cannot be read as UTF-8: {error}.") from None


def read_limits(defaults: Mapping[str, int | float]) -> dict[str, int | float]:
    """Each limit as `KB_LIMIT_<NAME>` has it, else its default. Raises `SetupError` that names each bad key."""
    _refuse_unknown(_given(_Limits, LIMIT_PREFIX), defaults, LIMIT_PREFIX, "limit")
    fields: dict[str, Any] = {
        name: (float, Field(value, ge=0.1, allow_inf_nan=False))
        if isinstance(value, float)
        else (int, Field(value, ge=min(value, 1)))
        for name, value in defaults.items()
    }
    try:
        return dict(create_model("Limits", __base__=_Limits, **fields)())
    except ValidationError as error:
        raise _wrong(error, LIMIT_PREFIX) from None


def own_secret(settings: Settings, name: str) -> str:
    """A secret that was not set: random, kept in the `var` folder (mode 0700), so that restarts keep it."""
    path = settings.var / name
    try:
        settings.var.mkdir(mode=0o700, parents=True, exist_ok=True)
        if not path.exists():
            _write_once(path, secrets.token_urlsafe(48))
        secret = path.read_text(encoding="ascii").strip()
    except OSError as error:
        raise SetupError(
            f"KB_VAR: '{settings.var}' cannot hold the secret that was not set: {error.strerror}."
        ) from None
    except UnicodeDecodeError:
        secret = ""
    if len(secret) < MIN_SECRET:
        raise SetupError(f"KB_VAR: '{path}' holds no secret. Remove the file, and a new one is made.")
    return secret


def _write_once(path: Path, text: str) -> None:
    """The file appears with all of its text, and only if nobody else made it first: of two processes, both read one."""
    descriptor, temporary = mkstemp(dir=path.parent, prefix=f".{path.name}.")  # mode 0600
    try:
        with os.fdopen(descriptor, "w") as file:
            file.write(text)
        with suppress(FileExistsError):
            os.link(temporary, path)
    finally:
        os.unlink(temporary)


def _given(kind: type[BaseSettings], prefix: str) -> set[str]:
    """The names, without the prefix, that the environment or the file gives a value."""
    file = DotEnvSettingsSource(kind).env_vars
    given = {key.upper() for key, value in (*os.environ.items(), *file.items()) if value}
    return {key.removeprefix(prefix).lower() for key in given if key.startswith(prefix)}


def _refuse_unknown(names: Iterable[str], known: Collection[str], prefix: str, kind: str) -> None:
    """A name that is misspelt would be passed over otherwise, and its default taken."""
    unknown = [
        f"{prefix}{name.upper()}: there is no such {kind}; "
        f"did you mean {prefix}{get_close_matches(name, known, n=1, cutoff=0.0)[0].upper()}?"
        for name in sorted(names)
        if name not in known
    ]
    if unknown:
        raise SetupError("\n".join(unknown))


def _wrong(error: ValidationError, prefix: str) -> SetupError:
    return SetupError("\n".join(_explain(detail, prefix) for detail in error.errors(include_url=False)))


def _explain(detail: Any, prefix: str) -> str:
    message = detail["msg"].removeprefix("Value error, ")
    return f"{prefix}{str(detail['loc'][0]).upper()}: {message}." if detail["loc"] else f"{message}."
