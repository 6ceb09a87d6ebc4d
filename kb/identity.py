"""Access tokens that the host app signs, checked and turned into an `Identity`. `docs/identity.md` lists the claims.

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
LATEST = 10**11  # seconds: the year 5138
MIN_RSA = 2048  # bits
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
class Identity:
    """The person whom a token names, and from when on (in UTC) the token is not accepted any more."""

    viewer: Viewer
    expires_at: datetime


@dataclass(frozen=True, slots=True)
class Verifier:
    """Checks tokens against keys, of which there may be two while one replaces the other."""

    keys: Sequence[Key]
    issuer: str
    audience: str

    def viewer(self, token: str, *, now: datetime) -> Viewer:
        """The person that a token names. Raises `Unauthenticated` as `identify` does."""
        return self.identify(token, now=now).viewer

    def identify(self, token: str, *, now: datetime) -> Identity:
        """Who a token names, and until when. Raises `Unauthenticated` with a reason that tells nothing of the token."""
        claims = self._claims(token, now)
        try:
            viewer = _viewer(_Claims.model_validate(claims))
        except ValidationError as error:
            names = sorted({str(detail["loc"][0]) for detail in error.errors() if detail["loc"]})
            raise Unauthenticated(f"a claim has a wrong value ({', '.join(names)})") from None
        return Identity(viewer, datetime.fromtimestamp(claims["exp"], UTC) + LEEWAY)

    def _claims(self, token: str, now: datetime) -> Mapping[str, Any]:
        if len(token.encode("utf-8", "surrogatepass")) > MAX_BYTES:
            raise Unauthenticated(f"it is longer than {MAX_BYTES} bytes")
        keys = self._keys_for(token)
        reason = "it was not signed with a key that is known here"
        for key in keys:
            try:
                return _checked(self._decode(token, key), now)
            except (jwt.InvalidSignatureError, jwt.InvalidAlgorithmError) as error:
                reason = _REASONS.get(type(error), reason)
            except RecursionError:
                reason = _NO_TOKEN
                break
            except jwt.PyJWTError as error:
                reason = _REASONS.get(type(error), _NO_TOKEN)
                break
        raise Unauthenticated(reason)

    def _decode(self, token: str, key: Key) -> Mapping[str, Any]:
        by_our_clock = {"verify_exp": False, "verify_iat": False, "verify_nbf": False}
        options: Any = {"require": REQUIRED, "strict_aud": True, **by_our_clock}
        return jwt.decode(
            token, key.value, algorithms=[key.algorithm], audience=self.audience, issuer=self.issuer, options=options
        )

    def _keys_for(self, token: str) -> list[Key]:
        try:
            header = jwt.get_unverified_header(token)
        except (jwt.PyJWTError, ValueError, RecursionError):
            raise Unauthenticated(_NO_TOKEN) from None
        if header.keys() & {"jku", "x5u", "jwk", "x5c", "crit", "b64"}:
            raise Unauthenticated("its header names a key or rules of its own")
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
    sub: str = Field(max_length=200, pattern=r"^[^\x00-\x1f\x7f]*[^\s\x00-\x1f\x7f][^\x00-\x1f\x7f]*$", strict=True)
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
        entries = json.loads(path.read_text(encoding="utf-8"))["keys"]
        signing = [entry for entry in entries if entry.get("use", "sig") == "sig"]
        keys = [Key(PyJWK(entry).key, entry["alg"], entry["kid"]) for entry in signing]
    except OSError as error:
        raise SetupError(f"KB_JWT_JWKS: '{path}' cannot be read: {error.strerror}.") from None
    except (ValueError, LookupError, TypeError, AttributeError, RuntimeError, jwt.PyJWTError) as error:
        kind = type(error).__name__  # and not its text, which may hold a private key that lies there by mistake
        raise SetupError(f"KB_JWT_JWKS: '{path}' is no JWKS file with 'kid' and 'alg' in each key ({kind}).") from None
    if not keys or any(key.algorithm not in ASYMMETRIC or not _public(key.value) for key in keys):
        raise SetupError(f"KB_JWT_JWKS: '{path}' must hold public keys of the kinds {', '.join(sorted(ASYMMETRIC))}.")
    if any(not isinstance(key.id, str) for key in keys) or len({key.id for key in keys}) < len(keys):
        raise SetupError(f"KB_JWT_JWKS: '{path}' must give each key a 'kid' of its own.")
    if any(getattr(key.value, "key_size", MIN_RSA) < MIN_RSA for key in keys if key.algorithm[:2] in ("RS", "PS")):
        raise SetupError(f"KB_JWT_JWKS: '{path}' holds an RSA key of less than {MIN_RSA} bits (RFC 7518, section 3.3).")
    return keys


def _public(value: object) -> bool:
    return type(value).__name__.endswith("PublicKey")


def sign(
    viewer: Viewer, *, secret: str, issuer: str, audience: str, now: datetime, lifetime: timedelta = MAX_AGE
) -> str:
    """A token as a host app would sign it: for development, tests and `kb token`."""
    manager = viewer.account_manager
    claims = {
        "sub": viewer.subject, "role": viewer.role.value, "name": viewer.name, "email": viewer.email,
        "plan": viewer.plan.value if viewer.plan else None, "teams": list(viewer.teams),
        "account_manager": {"name": manager.name, "email": manager.email} if manager else None,
        "iss": issuer, "aud": audience, "iat": int(now.timestamp()), "exp": int((now + lifetime).timestamp()),
    }  # fmt: skip
    given = {key: value for key, value in claims.items() if value not in (None, [])}
    return jwt.encode(given, secret, algorithm="HS256")


def _checked(claims: Mapping[str, Any], now: datetime) -> Mapping[str, Any]:
    """The times of a token, by the clock that was handed in."""
    times = {name: claims.get(name) for name in ("iat", "exp", "nbf")}
    for name, value in times.items():
        if value is not None and (
            isinstance(value, bool) or not isinstance(value, int | float) or not 0 <= value <= LATEST
        ):
            raise Unauthenticated(f"its '{name}' is not a number of seconds since 1970")
    issued, expires = (datetime.fromtimestamp(times[name] or 0, UTC) for name in ("iat", "exp"))
    begins = datetime.fromtimestamp(times["nbf"], UTC) if times["nbf"] is not None else issued
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


_NO_TOKEN = "it is not a valid JSON web token"
_REASONS: dict[type[jwt.PyJWTError], str] = {
    jwt.InvalidAudienceError: "it is meant for another audience",
    jwt.InvalidIssuerError: "it comes from another issuer",
    jwt.MissingRequiredClaimError: f"a required claim is missing ({', '.join(REQUIRED)})",
    jwt.InvalidAlgorithmError: "its algorithm is not the one of the key",
}
