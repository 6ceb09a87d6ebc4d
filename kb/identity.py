"""Access tokens that the host app signs, checked and turned into a `Viewer`. The claims are listed in `docs/identity.md`.

RFC 7519 and RFC 8725: one algorithm per key, every required claim present and equal, tokens short in bytes and in time.
"""

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import jwt
from jwt import PyJWK
from pydantic import BaseModel, ConfigDict, Field, ValidationError

from kb.errors import SetupError, Unauthenticated
from kb.viewer import AccountManager, Plan, Role, Viewer

MAX_BYTES = 4096
MAX_AGE = timedelta(hours=1)
LEEWAY = timedelta(seconds=30)
MIN_SECRET = 32  # bytes; HS256 wants a key as long as its hash (RFC 7518, section 3.2)
ASYMMETRIC = frozenset({"RS256", "RS384", "RS512", "PS256", "PS384", "PS512", "ES256", "ES384", "EdDSA"})
REQUIRED = ["exp", "iat", "sub", "aud", "iss"]


@dataclass(frozen=True, slots=True)
class Key:
    """A key with the one algorithm that it is used with; `id` is the JWKS `kid`, None for a secret."""

    value: Any
    algorithm: str
    id: str | None = None


@dataclass(frozen=True, slots=True)
class Verifier:
    """Checks tokens against keys, of which there may be two while one replaces the other."""

    keys: Sequence[Key]
    issuer: str
    audience: str

    def viewer(self, token: str, *, now: datetime) -> Viewer:
        """The person that a token names. Raises `Unauthenticated` with a reason that tells nothing of the token."""
        claims = self._claims(token, now)
        try:
            return _viewer(_Claims.model_validate(claims))
        except ValidationError as error:
            names = sorted({str(detail["loc"][0]) for detail in error.errors() if detail["loc"]})
            raise Unauthenticated(f"a claim has a wrong value ({', '.join(names)})") from None

    def _claims(self, token: str, now: datetime) -> Mapping[str, Any]:
        if len(token) > MAX_BYTES:
            raise Unauthenticated(f"it is longer than {MAX_BYTES} bytes")
        keys = self._keys_for(token)
        reason = "it was not signed with a key that is known here"
        for key in keys:
            try:
                return _checked(self._decode(token, key), now)
            except jwt.InvalidSignatureError:
                continue
            except jwt.PyJWTError as error:
                reason = _REASONS.get(type(error), "it is not a valid JSON web token")
                break
        raise Unauthenticated(reason)

    def _decode(self, token: str, key: Key) -> Mapping[str, Any]:
        options: Any = {"require": REQUIRED, "strict_aud": True, "verify_exp": False, "verify_iat": False, "verify_nbf": False}
        return jwt.decode(
            token, key.value, algorithms=[key.algorithm], audience=self.audience, issuer=self.issuer, options=options
        )

    def _keys_for(self, token: str) -> list[Key]:
        try:
            header = jwt.get_unverified_header(token)
        except (jwt.PyJWTError, ValueError):
            raise Unauthenticated("it is not a valid JSON web token") from None
        if header.keys() & {"jku", "x5u", "jwk", "x5c", "crit"}:
            raise Unauthenticated("its header names a key of its own")
        kid = header.get("kid")
        named = [key for key in self.keys if key.id is not None and key.id == kid]
        return named or [key for key in self.keys if key.id is None]


class _Person(BaseModel):
    model_config = ConfigDict(extra="ignore")
    name: str = Field(min_length=1, max_length=200)
    email: str = Field(min_length=3, max_length=254, pattern=r"^[^@\s]+@[^@\s]+$")


class _Claims(BaseModel):
    """The claims that are read; a host app may add its own."""

    model_config = ConfigDict(extra="ignore", strict=False)
    sub: str = Field(min_length=1, max_length=200, strict=True)
    role: Role = Role.CUSTOMER
    name: str | None = Field(default=None, max_length=200)
    email: str | None = Field(default=None, max_length=254, pattern=r"^[^@\s]+@[^@\s]+$")
    plan: Plan | None = None
    teams: list[str] = Field(default=[], max_length=50)
    account_manager: _Person | None = None


def secret_keys(secrets: Sequence[str]) -> list[Key]:
    """HS256 keys of shared secrets; raises `SetupError` where one could be guessed."""
    for secret in secrets:
        if len(secret.encode()) < MIN_SECRET:
            raise SetupError(f"KB_JWT_SECRET: a secret needs at least {MIN_SECRET} bytes.")
    return [Key(secret, "HS256") for secret in secrets]


def jwks_keys(path: Path) -> list[Key]:
    """The public keys of a JWKS file (RFC 7517); each must name its `kid` and its `alg`."""
    try:
        entries = json.loads(path.read_text())["keys"]
        keys = [Key(PyJWK(entry).key, entry["alg"], entry["kid"]) for entry in entries]
    except (OSError, ValueError, KeyError, TypeError, jwt.PyJWTError) as error:
        raise SetupError(f"KB_JWT_JWKS: '{path}' is not a JWKS file with 'kid' and 'alg' in each key: {error}.") from None
    if not keys or any(key.algorithm not in ASYMMETRIC for key in keys):
        raise SetupError(f"KB_JWT_JWKS: '{path}' must hold public keys of the kinds {', '.join(sorted(ASYMMETRIC))}.")
    return keys


def sign(viewer: Viewer, *, secret: str, issuer: str, audience: str, now: datetime, lifetime: timedelta = MAX_AGE) -> str:
    """A token as a host app would sign it: for development, tests and `kb token`."""
    manager = viewer.account_manager
    claims = {
        "sub": viewer.subject, "role": viewer.role.value, "name": viewer.name, "email": viewer.email,
        "plan": viewer.plan.value if viewer.plan else None, "teams": list(viewer.teams),
        "account_manager": {"name": manager.name, "email": manager.email} if manager else None,
        "iss": issuer, "aud": audience, "iat": int(now.timestamp()), "exp": int((now + lifetime).timestamp()),
    }  # fmt: skip
    return jwt.encode({key: value for key, value in claims.items() if value not in (None, [])}, secret, algorithm="HS256")


def _checked(claims: Mapping[str, Any], now: datetime) -> Mapping[str, Any]:
    """The times of a token, by the clock that was handed in."""
    times = {name: claims.get(name) for name in ("iat", "exp", "nbf")}
    for name, value in times.items():
        if value is not None and (isinstance(value, bool) or not isinstance(value, int | float)):
            raise Unauthenticated(f"its '{name}' is not a number of seconds")
    issued, expires = (datetime.fromtimestamp(min(float(times[name] or 0), 1e11), UTC) for name in ("iat", "exp"))
    begins = datetime.fromtimestamp(min(float(times["nbf"]), 1e11), UTC) if times["nbf"] is not None else issued
    if expires + LEEWAY <= now:
        raise Unauthenticated("it has expired")
    if issued - LEEWAY > now or begins - LEEWAY > now:
        raise Unauthenticated("it is not valid yet")
    if expires - issued > MAX_AGE:
        raise Unauthenticated(f"it is valid for longer than {MAX_AGE.seconds // 60} minutes")
    return claims


def _viewer(claims: _Claims) -> Viewer:
    if claims.role is Role.VISITOR:
        raise Unauthenticated("a claim has a wrong value (role)")
    manager = claims.account_manager
    return Viewer(
        role=claims.role,
        subject=claims.sub,
        name=claims.name,
        email=claims.email,
        plan=claims.plan,
        teams=tuple(claims.teams),
        account_manager=AccountManager(manager.name, manager.email) if manager else None,
    )


_REASONS: dict[type[jwt.PyJWTError], str] = {
    jwt.InvalidAudienceError: "it is meant for another audience",
    jwt.InvalidIssuerError: "it comes from another issuer",
    jwt.MissingRequiredClaimError: f"a required claim is missing ({', '.join(REQUIRED)})",
    jwt.InvalidAlgorithmError: "its algorithm is not the one of the key",
}
