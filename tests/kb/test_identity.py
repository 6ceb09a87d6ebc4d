"""Forged, stale and odd tokens against the real verifier. None of the answers may tell what a token held."""

import base64
import hashlib
import hmac
import json
from datetime import UTC, datetime, timedelta

import jwt
import pytest
from cryptography.hazmat.primitives import serialization
from cryptography.hazmat.primitives.asymmetric import ec, ed25519, rsa

from kb.errors import SetupError, Unauthenticated
from kb.identity import LEEWAY, MAX_BYTES, Identity, Verifier, jwks_keys, secret_keys, sign
from kb.viewer import AccountManager, Plan, Role, Viewer

NOW = datetime(2026, 6, 1, 12, tzinfo=UTC)
SECRET, NEXT_SECRET = "the-secret-of-the-host-app-0123456789", "the-next-secret-of-the-host-app-01234"
ISSUED = int(NOW.timestamp())
MARKER = "zebra"  # stands in what a token holds, and may stand in no message
CLAIMS = {
    "sub": "merchant-1", "role": "customer", "name": MARKER, "iss": "ooulet", "aud": "kb", "iat": ISSUED, "exp": ISSUED + 600,
}  # fmt: skip
RSA_KEY = rsa.generate_private_key(public_exponent=65537, key_size=2048)
SECRETS = Verifier(secret_keys([SECRET]), "ooulet", "kb")
ROTATING = Verifier(secret_keys([NEXT_SECRET, SECRET]), "ooulet", "kb")


def encode(part):
    raw = part if isinstance(part, bytes) else json.dumps(part).encode()
    return base64.urlsafe_b64encode(raw).rstrip(b"=").decode()


def token(header=None, secret=SECRET, **claims):
    """A token signed with HS256 whatever its header says; a claim of None is left out."""
    head = {"alg": "HS256", "typ": "JWT"} | (header or {})
    given = {name: value for name, value in (CLAIMS | claims).items() if value is not None}
    return raw_token(head, given, secret)


def raw_token(head, claims, secret=SECRET):
    text = f"{encode(head)}.{encode(claims)}"
    key = secret if isinstance(secret, bytes) else secret.encode()
    return f"{text}.{encode(hmac.new(key, text.encode(), hashlib.sha256).digest())}"


def accepted(text, verifier=SECRETS, now=NOW):
    return verifier.viewer(text, now=now)


def refused(text, verifier=SECRETS, now=NOW):
    """The reason; it tells nothing of the token."""
    with pytest.raises(Unauthenticated) as caught:
        verifier.viewer(text, now=now)
    message = str(caught.value)
    assert MARKER not in message
    assert SECRET not in message
    assert len(message) < 200
    assert caught.value.__suppress_context__ or caught.value.__context__ is None
    return caught.value.reason


def test_a_token_names_its_person():
    viewer = accepted(
        token(
            role="specialist", name="Asha", email="asha@ooulet.example", plan="enterprise", teams=["payments", "refunds"],
            account_manager={"name": "Ravi", "email": "ravi@ooulet.example", "phone": "1"},
        )
    )  # fmt: skip
    assert viewer == Viewer(
        role=Role.SPECIALIST, subject="merchant-1", name="Asha", email="asha@ooulet.example", plan=Plan.ENTERPRISE,
        teams=("payments", "refunds"), account_manager=AccountManager("Ravi", "ravi@ooulet.example"),
    )  # fmt: skip


def test_a_token_ends_with_the_leeway():
    ends = datetime.fromtimestamp(CLAIMS["exp"], UTC) + LEEWAY
    found = SECRETS.identify(token(), now=NOW)
    assert found == Identity(accepted(token()), ends)
    assert accepted(token(), now=ends - timedelta(seconds=1)) == found.viewer
    assert refused(token(), now=ends) == "it has expired"


def test_what_is_signed_here_is_accepted_here():
    viewer = Viewer(role=Role.AGENT, subject="a-1", name="आशा", email="a@b.example", plan=Plan.FREE, teams=("x",))
    signed = sign(viewer, secret=SECRET, issuer="ooulet", audience="kb", now=NOW)
    assert accepted(signed) == viewer
    assert accepted(signed, now=NOW + timedelta(minutes=60, seconds=29)) == viewer
    assert refused(signed, now=NOW + timedelta(minutes=60, seconds=30)) == "it has expired"


NOT_A_TOKEN = "it is not a valid JSON web token"
UNKNOWN_KEY = "it was not signed with a key that is known here"
MISSING = "a required claim is missing (exp, iat, sub, aud, iss)"
OTHER_ALGORITHM = "its algorithm is not the one of the key"
OWN_KEY = "its header names a key or rules of its own"


@pytest.mark.parametrize(
    ("claims", "reason"),
    [
        ({"aud": "other"}, "it is meant for another audience"),
        ({"aud": ["kb"]}, "it is meant for another audience"),
        ({"aud": ["kb", "other"]}, "it is meant for another audience"),
        ({"aud": "KB"}, "it is meant for another audience"),
        ({"aud": ""}, MISSING),
        ({"aud": {"kb": 1}}, "it is meant for another audience"),
        ({"iss": "other"}, "it comes from another issuer"),
        ({"iss": ["ooulet"]}, "it comes from another issuer"),
        ({"iss": "Ooulet"}, "it comes from another issuer"),
        *(({name: None}, MISSING) for name in ("aud", "iss", "sub", "iat", "exp")),
        ({"exp": ISSUED - 31}, "it has expired"),
        ({"exp": ISSUED - 30, "iat": ISSUED - 600}, "it has expired"),
        ({"exp": 0}, "it has expired"),
        ({"iat": ISSUED + 31, "exp": ISSUED + 100}, "it is not valid yet"),
        ({"nbf": ISSUED + 31}, "it is not valid yet"),
        ({"nbf": 10**11}, "it is not valid yet"),
        ({"exp": ISSUED + 3601}, "it is valid for longer than 60 minutes"),
        ({"exp": 10**11}, "it is valid for longer than 60 minutes"),
        ({"iat": 0, "exp": ISSUED + 600}, "it is valid for longer than 60 minutes"),
        *(({name: value}, f"its '{name}' is not a number of seconds since 1970")
          for name in ("exp", "iat", "nbf") for value in (True, False, f"{ISSUED}", [ISSUED], {}, "zebra", -1, 10**12, 10**400, 1e308, float("inf"), float("nan"), float("-inf"))),
        ({"sub": ""}, "a claim has a wrong value (sub)"),
        ({"sub": " "}, "a claim has a wrong value (sub)"),
        ({"sub": "a\0b"}, "a claim has a wrong value (sub)"),
        ({"sub": "x" * 201}, "a claim has a wrong value (sub)"),
        ({"sub": 7}, NOT_A_TOKEN),
        ({"sub": ["a"]}, NOT_A_TOKEN),
        ({"role": "visitor"}, "a claim has a wrong value (role)"),
        ({"role": "admin zebra"}, "a claim has a wrong value (role)"),
        ({"role": "AGENT"}, "a claim has a wrong value (role)"),
        ({"role": ["agent"]}, "a claim has a wrong value (role)"),
        ({"role": True}, "a claim has a wrong value (role)"),
        ({"plan": "zebra"}, "a claim has a wrong value (plan)"),
        ({"teams": "payments"}, "a claim has a wrong value (teams)"),
        ({"teams": [1]}, "a claim has a wrong value (teams)"),
        ({"teams": ["x"] * 51}, "a claim has a wrong value (teams)"),
        ({"email": "zebra"}, "a claim has a wrong value (email)"),
        ({"name": 7}, "a claim has a wrong value (name)"),
        ({"name": "zebra" * 50}, "a claim has a wrong value (name)"),
        ({"account_manager": {"name": "zebra"}}, "a claim has a wrong value (account_manager)"),
        ({"role": "zebra", "plan": "zebra"}, "a claim has a wrong value (plan, role)"),
    ],
)  # fmt: skip
def test_a_token_with_a_wrong_claim_is_refused(claims, reason):
    assert refused(token(**claims)) == reason


@pytest.mark.parametrize(
    "claims",
    [{"role": None}, {"zebra": {"any": ["thing"]}, "scope": "x", "jti": "1"}, {"nbf": ISSUED + 30}, {"exp": ISSUED - 29, "iat": ISSUED - 600}, {"iat": ISSUED + 30},
     {"exp": ISSUED + 0.5}, {"exp": ISSUED + 3600}, {"teams": []}, {"email": None, "name": None}, {"plan": None}],
)  # fmt: skip
def test_a_token_with_other_claims_is_accepted(claims):
    assert accepted(token(**claims)).subject == "merchant-1"


def test_a_token_without_a_role_is_a_customers():
    assert accepted(token(role=None)).role is Role.CUSTOMER


@pytest.mark.parametrize(
    ("header", "reason"),
    [
        *(
            ({"alg": alg}, OTHER_ALGORITHM)
            for alg in ("none", "None", "NONE", "", "HS384", "HS512", "RS256", "ES256", "EdDSA", "hs256", "zebra")
        ),
        *(({"alg": alg}, NOT_A_TOKEN) for alg in (None, 1, ["HS256"], {})),
        *(({name: "https://evil.example/zebra"}, OWN_KEY) for name in ("jku", "x5u", "x5c", "jwk")),
        ({"jwk": {"kty": "oct", "k": encode(SECRET.encode())}}, OWN_KEY),
        ({"crit": ["zebra"], "zebra": 1}, NOT_A_TOKEN),
        ({"b64": False, "crit": ["b64"]}, NOT_A_TOKEN),
        ({"b64": False}, NOT_A_TOKEN),
        ({"crit": []}, NOT_A_TOKEN),
        ({"kid": 7}, NOT_A_TOKEN),
        ({"kid": ["a"]}, NOT_A_TOKEN),
    ],
)
def test_a_token_with_a_wrong_header_is_refused(header, reason):
    assert refused(token(header)) in (reason, OTHER_ALGORITHM if reason == NOT_A_TOKEN else reason)


@pytest.mark.parametrize("kid", ["any", "../../../dev/null", "' OR 1=1 --", "x" * 500, ""])
def test_a_key_id_means_nothing_where_there_is_one_secret(kid):
    assert accepted(token({"kid": kid})).subject == "merchant-1"
    assert refused(token({"kid": kid}, secret="")) == UNKNOWN_KEY


def unsigned(text):
    return text.rpartition(".")[0] + "."


@pytest.mark.parametrize(
    "text",
    ["", ".", "..", "...", "a.b.c", "zebra", token()[:-1], token() + "A", token() + ".x", token().replace(".", "", 1), unsigned(token()), unsigned(token({"alg": "none"})),
     " " + token(), token() + "\n", "é" * 100, "\udc80.a.b", f"{encode(b'[]')}.{encode({})}.x", f"{encode(b'{')}.{encode({})}.x", f"{encode(b'null')}.{encode({})}.x",
     f"{encode(b'[' * 2500)}.{encode({})}.x", f"{encode(b'{}')}.{encode({})}.{'x' * 43}", raw_token({"alg": "HS256"}, b"[1]"), raw_token({"alg": "HS256"}, b"zebra"),
     raw_token({"alg": "HS256"}, b"[" * 2500), raw_token({"alg": "HS256"}, b'{"exp":' + b"9" * 2800 + b"}"), raw_token({"alg": "HS256"}, b"\xff")],
)  # fmt: skip
def test_what_is_no_token_is_refused(text):
    assert refused(text) in (NOT_A_TOKEN, UNKNOWN_KEY, OTHER_ALGORITHM, MISSING)


def test_every_changed_character_of_a_signature_is_noticed():
    text = token()
    head, _, signature = text.rpartition(".")
    for place in range(0, len(signature) - 1, 5):
        other = "A" if signature[place] != "A" else "B"
        assert refused(f"{head}.{signature[:place]}{other}{signature[place + 1 :]}") == UNKNOWN_KEY


def test_a_token_is_short_in_bytes():
    room = MAX_BYTES - len(token(padding=""))
    assert len(accepted(token(padding="x" * (room * 3 // 4 - 3))).subject)
    assert refused(token(padding="x" * room)) == f"it is longer than {MAX_BYTES} bytes"
    assert refused("é" * (MAX_BYTES - 10)) == f"it is longer than {MAX_BYTES} bytes"
    assert refused("x" * 10_000_000) == f"it is longer than {MAX_BYTES} bytes"


def test_two_secrets_are_known_while_one_replaces_the_other():
    assert accepted(token(), ROTATING) == accepted(token(secret=NEXT_SECRET), ROTATING)
    assert refused(token(secret="another-secret-of-another-app-0123456789"), ROTATING) == UNKNOWN_KEY
    assert refused(token(secret=NEXT_SECRET), SECRETS) == UNKNOWN_KEY
    assert refused(token(exp=ISSUED - 100), ROTATING) == "it has expired"


@pytest.mark.parametrize("secrets", [[""], ["short"], ["x" * 31], [SECRET, ""], [SECRET, "short"]])
def test_a_secret_that_can_be_guessed_stops_the_start(secrets):
    with pytest.raises(SetupError, match="KB_JWT_SECRET: a secret needs at least 32 bytes"):
        secret_keys(secrets)


KEYS = {
    "rs": ("RS256", RSA_KEY),
    "ps": ("PS256", RSA_KEY),
    "es": ("ES256", ec.generate_private_key(ec.SECP256R1())),
    "ed": ("EdDSA", ed25519.Ed25519PrivateKey.generate()),
}
FAMILY = {
    "RS": jwt.algorithms.RSAAlgorithm,
    "PS": jwt.algorithms.RSAAlgorithm,
    "ES": jwt.algorithms.ECAlgorithm,
    "Ed": jwt.algorithms.OKPAlgorithm,
}


def jwk(kid, algorithm, key, /, **more):
    entry = json.loads(FAMILY[algorithm[:2]].to_jwk(key))
    return {
        name: value
        for name, value in ({**entry, "kid": kid, "alg": algorithm} | more).items()
        if name != "key_ops" and value is not None
    }


def public(kid, /, **more):
    algorithm, key = KEYS[kid]
    return jwk(kid, algorithm, key.public_key(), **more)


@pytest.fixture
def jwks(tmp_path):
    def jwks_(*entries):
        path = tmp_path / "jwks.json"
        path.write_text(json.dumps({"keys": entries}))
        return jwks_keys(path)

    return jwks_


@pytest.fixture
def by_jwks(jwks):
    return Verifier(jwks(*map(public, KEYS), public("rs", kid="enc", use="enc")), "ooulet", "kb")


def signed_by(kid, *, algorithm=None, header=None):
    name, key = KEYS[kid]
    return jwt.encode(CLAIMS, key, algorithm=algorithm or name, headers={"kid": kid, **(header or {})})


@pytest.mark.parametrize("kid", KEYS)
def test_each_kind_of_public_key_is_accepted_under_its_id(by_jwks, kid):
    assert accepted(signed_by(kid), by_jwks).subject == "merchant-1"


def test_a_public_key_counts_under_its_own_id_and_algorithm_alone(by_jwks):
    assert refused(signed_by("rs", header={"kid": "es"}), by_jwks) == OTHER_ALGORITHM
    assert refused(signed_by("rs", header={"kid": "ps"}), by_jwks) == OTHER_ALGORITHM
    assert refused(signed_by("rs", algorithm="RS512"), by_jwks) == OTHER_ALGORITHM
    assert refused(signed_by("rs", header={"kid": "unknown"}), by_jwks) == UNKNOWN_KEY
    assert refused(signed_by("rs", header={"kid": "enc"}), by_jwks) == UNKNOWN_KEY
    assert refused(jwt.encode(CLAIMS, RSA_KEY, algorithm="RS256"), by_jwks) == UNKNOWN_KEY
    other = ec.generate_private_key(ec.SECP256R1())
    assert refused(jwt.encode(CLAIMS, other, algorithm="ES256", headers={"kid": "es"}), by_jwks) == UNKNOWN_KEY


@pytest.mark.parametrize("form", [serialization.PublicFormat.SubjectPublicKeyInfo, serialization.PublicFormat.PKCS1])
def test_a_public_key_is_no_secret(by_jwks, form):
    pem = RSA_KEY.public_key().public_bytes(serialization.Encoding.PEM, form)
    for secret in (pem, pem.strip(), json.dumps(public("rs")).encode()):
        assert refused(token({"kid": "rs"}, secret=secret), by_jwks) == OTHER_ALGORITHM
        assert refused(token(secret=secret), by_jwks) == UNKNOWN_KEY


@pytest.mark.parametrize(
    ("entries", "reason"),
    [
        ([], "must hold public keys"),
        ([public("rs", use="enc")], "must hold public keys"),
        ([jwk("rs", "RS256", RSA_KEY)], "must hold public keys"),
        ([{"kty": "oct", "k": encode(SECRET.encode()), "alg": "HS256", "kid": "a"}], "must hold public keys"),
        ([public("rs", alg=None)], "with 'kid' and 'alg' in each key"),
        ([public("rs", kid=None)], "with 'kid' and 'alg' in each key"),
        ([public("rs", kty=None)], "with 'kid' and 'alg' in each key"),
        ([public("rs", alg="none")], "with 'kid' and 'alg' in each key"),
        ([public("es", alg="RS256")], "with 'kid' and 'alg' in each key"),
        ([public("rs"), public("es", kid="rs")], "a 'kid' of its own"),
        ([public("rs", kid=7)], "a 'kid' of its own"),
        (
            [jwk("rs", "RS256", rsa.generate_private_key(public_exponent=65537, key_size=1024).public_key())],
            "less than 2048 bits",
        ),
        (["text"], "with 'kid' and 'alg' in each key"),
    ],
)
def test_a_jwks_file_that_cannot_be_trusted_stops_the_start(jwks, entries, reason):
    with pytest.raises(SetupError) as caught:
        jwks(*entries)
    assert str(caught.value).startswith("KB_JWT_JWKS: ")
    assert reason in str(caught.value)
    for entry in entries:
        assert not isinstance(entry, dict) or entry.get("n", "none") not in str(caught.value)
        assert not isinstance(entry, dict) or entry.get("d", "none") not in str(caught.value)


@pytest.mark.parametrize("text", ["", "{", "[]", "null", '{"keys": 1}', '{"keys": {"a": 1}}', "[" * 100_000, "\xff"])
def test_what_is_no_jwks_file_stops_the_start(tmp_path, text):
    path = tmp_path / "jwks.json"
    path.write_text(text, encoding="latin-1")
    with pytest.raises(SetupError, match="KB_JWT_JWKS"):
        jwks_keys(path)
    with pytest.raises(SetupError, match="cannot be read: No such file"):
        jwks_keys(tmp_path / "gone.json")
