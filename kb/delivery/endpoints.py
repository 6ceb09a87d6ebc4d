"""Whom webhooks go to: a file of its own, since each has a secret and secrets do not belong in URLs."""

import base64
import binascii
from collections.abc import Sequence
from dataclasses import dataclass, field
from fnmatch import fnmatchcase
from hashlib import sha256
from pathlib import Path
from typing import Annotated, Any
from urllib.parse import urlsplit

from pydantic import BaseModel, ConfigDict, Field, SecretStr, ValidationError, field_validator
from ruamel.yaml import YAML
from ruamel.yaml.error import YAMLError

from kb.errors import SetupError

SETTING, PREFIX = "KB_WEBHOOKS", "whsec_"
LOCAL = frozenset({"localhost", "127.0.0.1", "::1"})
KEY_BYTES = range(24, 65)  # as Standard Webhooks has it


@dataclass(frozen=True, slots=True)
class Endpoint:
    """`events` are patterns such as `ticket.*`; `name` tells endpoints apart in the outbox, and holds no secret."""

    url: str
    events: tuple[str, ...] = ("*",)
    key: bytes = field(default=b"", repr=False)

    @property
    def name(self) -> str:
        return sha256(self.url.encode()).hexdigest()[:16]

    def wants(self, event: str) -> bool:
        return any(fnmatchcase(event, pattern) for pattern in self.events)


class _Entry(BaseModel):
    model_config = ConfigDict(frozen=True, extra="forbid")

    url: str
    secret: SecretStr
    events: Annotated[tuple[Annotated[str, Field(pattern=r"^[a-z_.*]+$")], ...], Field(min_length=1)] = ("*",)

    @field_validator("url")
    @classmethod
    def _safe(cls, value: str) -> str:
        parts = urlsplit(value)
        if parts.scheme not in ("http", "https") or not parts.hostname or not value.isascii() or " " in value:
            raise ValueError("expected an https URL")
        if parts.scheme == "http" and parts.hostname not in LOCAL:
            raise ValueError("https is needed for another machine")
        if parts.username or parts.password or parts.fragment:
            raise ValueError("no user, password or fragment in it: the secret has a key of its own")
        return value

    @field_validator("secret")
    @classmethod
    def _long(cls, value: SecretStr) -> SecretStr:
        _key(value.get_secret_value())
        return value


def read_endpoints(path: Path | None) -> tuple[Endpoint, ...]:
    """A list of `url`, `secret` and `events` in YAML or JSON. Raises `SetupError` that never quotes the file."""
    if path is None:
        return ()
    try:
        given = YAML(typ="safe", pure=True).load(path.read_text(encoding="utf-8"))
    except (OSError, ValueError, YAMLError) as error:
        raise SetupError(f"{SETTING}: '{path}' cannot be read as YAML ({type(error).__name__}).") from None
    if not isinstance(given, list):
        raise SetupError(f"{SETTING}: '{path}' must hold a list, each entry with a url and a secret.")
    found = [_endpoint(path, number, entry) for number, entry in enumerate(given, 1)]
    return _each_once(path, found)


def _endpoint(path: Path, number: int, entry: Any) -> Endpoint:
    try:
        checked = _Entry.model_validate(entry)
    except ValidationError as error:
        first = error.errors(include_url=False, include_input=False)[0]
        where = ".".join(map(str, first["loc"])) or "entry"
        message = first["msg"].removeprefix("Value error, ")
        raise SetupError(f"{SETTING}: '{path}', entry {number}, {where}: {message}.") from None
    return Endpoint(checked.url, checked.events, _key(checked.secret.get_secret_value()))


def _key(secret: str) -> bytes:
    try:
        key = base64.b64decode(secret.removeprefix(PREFIX), validate=True)
    except (binascii.Error, ValueError):
        key = b""
    if not secret.startswith(PREFIX) or len(key) not in KEY_BYTES:
        raise ValueError(f"expected {PREFIX} and {KEY_BYTES.start} to {KEY_BYTES.stop - 1} random bytes in base64")
    return key


def _each_once(path: Path, found: Sequence[Endpoint]) -> tuple[Endpoint, ...]:
    if len({each.url for each in found}) < len(found):
        raise SetupError(f"{SETTING}: '{path}' names a URL twice.")
    return tuple(found)
