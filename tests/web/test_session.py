"""The cookies of our pages: what is believed of them, what they are signed with, how large they get."""

import base64
import json
from uuid import UUID

from starlette.requests import Request
from starlette.responses import Response

from schema.protocols import SESSION, VISITOR
from web.session import MOST_TICKETS, TICKETS, Sessions, expiry

NOW = 1_800_000_000.0
ID = UUID("6f9d2f9e-4a4c-4c0b-9d39-6f1f0a9b2c11")
SECRET = b"s" * 32


def sessions(secret=SECRET, **more):
    return Sessions(secret, clock=lambda: NOW, new_id=lambda: ID, **more)


def request(scheme="http", **cookies):
    cookie = "; ".join(f"{name.replace('_', '-')}={value}" for name, value in cookies.items())
    headers = [(b"cookie", cookie.encode())] if cookie else []
    return Request({"type": "http", "scheme": scheme, "server": ("kb.test", 80), "path": "/", "headers": headers})


def jwt(**claims):
    payload = base64.urlsafe_b64encode(json.dumps(claims).encode()).decode().rstrip("=")
    return f"e30.{payload}.sig"


def given(response):
    return [line.partition(";")[0] for line in response.headers.getlist("set-cookie")]


def test_a_browser_without_cookies_is_a_new_visitor():
    found = sessions().of(request())
    assert (found.visitor, found.token, found.tickets, found.data, found.new_visitor) == (str(ID), None, {}, None, True)
    response = Response()
    sessions().keep_visitor(request(), response, found)
    assert given(response) == [f"{VISITOR}={ID}"]


def test_an_id_that_is_no_uuid_is_replaced():
    assert sessions().of(request(kb_visitor="me")).visitor == str(ID)
    known = "0f0e0d0c-0b0a-4908-8706-050403020100"
    found = sessions().of(request(kb_visitor=known))
    assert (found.visitor, found.new_visitor) == (known, False)


def test_a_token_counts_until_it_ends():
    assert sessions().of(request(kb_session=jwt(exp=NOW + 1))).signed_in
    assert not sessions().of(request(kb_session=jwt(exp=NOW))).signed_in


def test_what_is_no_token_has_ended():
    deep = base64.urlsafe_b64encode(b'{"exp":' + b"[" * 5_000).decode()
    for text in (
        "",
        "x",
        "a.b.c",
        "a.é.c",
        jwt(),
        jwt(exp=None),
        jwt(exp=[1]),
        jwt(exp="soon"),
        f"a.{deep}.c",
        "a.W10.c",
    ):
        assert expiry(text) == 0.0, text


def test_a_session_lasts_as_long_as_its_token_and_is_secure_over_https():
    response = Response()
    sessions(root="/help").sign_in(request("https"), response, jwt(exp=NOW + 600))
    [line] = response.headers.getlist("set-cookie")
    assert line.startswith(f"{SESSION}=")
    assert {part.strip() for part in line.split(";")[1:]} == {
        "HttpOnly",
        "Max-Age=600",
        "Path=/help/",
        "SameSite=lax",
        "Secure",
    }


def test_cookies_are_secure_where_the_public_url_is_of_https_whatever_a_proxy_speaks():
    response = Response()
    sessions(secure=True).sign_in(request("http"), response, jwt(exp=NOW + 600))
    assert "Secure" in response.headers["set-cookie"]


def test_a_form_is_vouched_for_by_the_browser_that_it_was_sent_to():
    ours = sessions()
    mine = ours.of(request(kb_visitor=str(ID)))
    token = ours.form_token(mine)
    assert ours.vouches(mine, token)
    other = ours.of(request(kb_visitor="0f0e0d0c-0b0a-4908-8706-050403020100"))
    signed_in = ours.of(request(kb_visitor=str(ID), kb_session=jwt(exp=NOW + 1)))
    for session, text in (
        (mine, None),
        (mine, ""),
        (mine, token + "x"),
        (mine, "ü"),
        (other, token),
        (signed_in, token),
    ):
        assert not ours.vouches(session, text)
    assert not sessions(b"another secret of thirty-two byte").vouches(mine, token)


def test_tickets_are_kept_signed_the_latest_last():
    ours, cookies = sessions(), {}
    for number in range(MOST_TICKETS + 3):
        response = Response()
        ours.open_ticket(request(**cookies), response, f"T000-000-{number:03}", f"{number:043}")
        [cookie] = given(response)
        cookies = {TICKETS: cookie.partition("=")[2].strip('"')}
    kept = ours.of(request(**cookies)).tickets
    assert list(kept) == [f"T000-000-{number:03}" for number in range(3, MOST_TICKETS + 3)]
    assert len(cookies[TICKETS]) < 1_000
    response = Response()
    ours.open_ticket(request(**cookies), response, "T000-000-005", "new")
    again = ours.of(request(**{TICKETS: given(response)[0].partition("=")[2].strip('"')})).tickets
    assert list(again.items())[-1] == ("T000-000-005", "new")
    assert len(again) == MOST_TICKETS


def test_tickets_that_we_did_not_sign_are_none():
    ours = sessions()
    response = Response()
    ours.open_ticket(request(), response, "T000-000-001", "secret")
    cookie = given(response)[0].partition("=")[2].strip('"')
    assert ours.of(request(**{TICKETS: cookie})).tickets == {"T000-000-001": "secret"}
    for forged in (
        cookie.replace("secret", "Secret"),
        "x~T000-000-001.secret",
        cookie.partition("~")[2],
        "~",
        "",
        cookie + "~",
    ):
        assert ours.of(request(**{TICKETS: forged})).tickets == {}
    assert sessions(b"another secret of thirty-two byte").of(request(**{TICKETS: cookie})).tickets == {}
