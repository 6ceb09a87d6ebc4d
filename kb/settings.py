"""Settings: environment variables with the prefix `KB_`, or a `.env` file. Read once, by `server.py` and the command line."""

import os
import re
import secrets
from enum import StrEnum
from pathlib import Path
from typing import Any, Literal, Self

from pydantic import Field, SecretStr, ValidationError, field_validator, model_validator
from pydantic_settings import BaseSettings, SettingsConfigDict

from kb.errors import SetupError

PREFIX = "KB_"


class Environment(StrEnum):
    DEVELOPMENT = "development"
    PRODUCTION = "production"


class Settings(BaseSettings):
    """One field a setting; `docs/operating.md` is the list for people. In URLs three slashes begin a relative path."""

    model_config = SettingsConfigDict(env_prefix=PREFIX, env_file=".env", extra="ignore", frozen=True)

    content: Path = Field(Path("content"), description="Folder of Markdown.")
    var: Path = Field(Path("var"), description="Folder for what the service writes: index, caches, development secrets.")
    search_url: str = Field("whoosh:///var/index", description="Search engine.")
    host: str = Field("127.0.0.1", description="Address to listen on.")
    port: int = Field(8000, ge=0, le=65535, description="Port to listen on; 0 takes a free one.")
    base_url: str | None = Field(None, description="What permanent links begin with; by default http://HOST:PORT.")
    env: Environment = Field(Environment.DEVELOPMENT, description="`production` closes GraphiQL and wants real secrets.")
    secret: SecretStr | None = Field(None, description="Derives hashes and tokens; made and kept in `var` in development.")
    jwt_secret: SecretStr | None = Field(None, description="Shared secret of the host app (HS256); two, separated by a comma, while one replaces the other.")
    jwt_jwks: Path | None = Field(None, description="JWKS file with the host app's public keys, instead of a secret.")
    jwt_issuer: str = Field("ooulet", min_length=1, description="The `iss` of access tokens.")
    jwt_audience: str = Field("kb", min_length=1, description="The `aud` of access tokens.")
    storefronts: Path | None = Field(None, description="Publishable keys; by default `storefronts.yml` in the content folder.")
    locale: str = Field("en", pattern=r"^[a-z]{2}(-[A-Z][a-z]{3})?(-[A-Z]{2})?$", description="Default locale.")
    limits_url: str = Field("memory://", description="Where rate limits are counted; `redis://` shares them.")
    rate_limits: bool = Field(True, description="`off` for measuring.")
    trusted_proxies: str = Field("", description="Addresses whose X-Forwarded-For counts, separated by commas.")
    trusted_only: bool = Field(False, description="Answer registered documents alone.")
    log: Literal["console", "json"] = Field("console", description="Log format.")
    metrics_token: SecretStr | None = Field(None, description="Bearer token for /metrics; without one, loopback only.")

    @field_validator("base_url")
    @classmethod
    def _absolute(cls, value: str | None) -> str | None:
        if value is not None and not re.fullmatch(r"https?://[^\s/?#]+(/[^\s?#]*)?", value):
            raise ValueError("expected an absolute URL such as https://help.example.com")
        return value.rstrip("/") if value else None

    @model_validator(mode="after")
    def _real_secrets(self) -> Self:
        if self.env is Environment.PRODUCTION:
            if self.secret is None:
                raise ValueError("KB_SECRET is required in production")
            if self.jwt_secret is None and self.jwt_jwks is None:
                raise ValueError("KB_JWT_SECRET or KB_JWT_JWKS is required in production")
        if self.jwt_secret is not None and self.jwt_jwks is not None:
            raise ValueError("KB_JWT_SECRET and KB_JWT_JWKS exclude each other: one algorithm per key")
        return self

    @property
    def production(self) -> bool:
        return self.env is Environment.PRODUCTION

    @property
    def public_url(self) -> str:
        return self.base_url or f"http://{self.host}:{self.port}"


def read_settings(**overrides: Any) -> Settings:
    """The settings of this process. Raises `SetupError` that names the key of each bad value."""
    try:
        return Settings(**overrides)
    except ValidationError as error:
        raise SetupError("\n".join(_explain(detail) for detail in error.errors(include_url=False))) from None


def own_secret(settings: Settings, name: str) -> str:
    """A secret that was not set: random, kept in the `var` folder (mode 0700), so that restarts keep it."""
    path = settings.var / name
    try:
        settings.var.mkdir(mode=0o700, parents=True, exist_ok=True)
        if not path.exists():
            descriptor = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
            with os.fdopen(descriptor, "w") as file:
                file.write(secrets.token_urlsafe(48))
        return path.read_text().strip()
    except OSError as error:
        raise SetupError(f"KB_VAR: '{settings.var}' cannot hold the secret that was not set: {error.strerror}.") from None


def _explain(detail: Any) -> str:
    message = detail["msg"].removeprefix("Value error, ")
    return f"{PREFIX}{str(detail['loc'][0]).upper()}: {message}." if detail["loc"] else f"{message}."
