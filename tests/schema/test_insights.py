"""The search log through GraphQL: what readers do is counted, what they must not leave behind is nowhere."""

import sqlite3
import threading
from datetime import UTC, datetime, timedelta
from uuid import uuid4

import pytest

from kb.insights.tables import Search
from kb.store import sqlite
from kb.viewer import Role, Viewer
from tests.support import AGENT, CUSTOMER

SEARCH = "query($query: String!, $filter: SearchFilter, $after: String) { search(query: $query, filter: $filter, after: $after, first: 2) { searchId totalCount nodes { id } pageInfo { endCursor } } }"
OPEN = "mutation($input: RecordOpenInput!) { recordOpen(input: $input) { recorded userErrors { code message field } } }"
INSIGHTS = """
query($since: Date, $until: Date, $first: Int = 20) {
  insights(since: $since, until: $until) {
    searches searchesWithoutResult searchesWithoutClick ticketsAfterSearch
    topQueries(first: $first) { query searches withoutResult withoutClick ticketsAfter }
    contentGaps(first: $first) { query searches withoutResult withoutClick ticketsAfter }
    leastHelpful { slug } reviewDue { slug } targets { kind met breached medianSeconds }
    byDay { date searches withoutResult tickets escalations targetsMet targetsBreached }
  }
}
"""
FILES = {
    "articles/payments/payouts.md": "---\ntitle: When payouts arrive\nreviewed: 2020-01-01\nreview_every: 30\n---\nA payout reaches the bank in two days.\n",
    "articles/payments/fees.md": "---\ntitle: Payout fees\nreviewed: 2020-06-01\nreview_every: 30\n---\nA payout costs nothing.\n",
    "articles/desk/goodwill.md": "---\ntitle: Goodwill credits\nvisibility: internal\n---\nA goodwill credit for agents.\n",
    "articles/hello.md": "---\ntitle: Hello\nreviewed: 2099-01-01\n---\nHello.\n",
}


@pytest.fixture
def client(serve):
    return serve(FILES)


def visitor():
    return {"kb-visitor": str(uuid4())}


def search(client, query, **more):
    return client.ask(SEARCH, query=query, **more)["search"]


def record(client, search_id, page, position=1, **more):
    return client.ask(OPEN, input={"searchId": search_id, "page": page, "position": position}, **more)["recordOpen"]


def insights(client, **more):
    assert client.insights.log.flush()
    return client.ask(INSIGHTS, viewer=AGENT, **more)["insights"]


def rows(client):
    assert client.insights.log.flush()
    return client.insights.database.read(lambda session: session.query(Search).order_by(Search.at).all())


def figures(query, searches, without_result=0, without_click=0, tickets_after=0):
    return {
        "query": query,
        "searches": searches,
        "withoutResult": without_result,
        "withoutClick": without_click,
        "ticketsAfter": tickets_after,
    }


def test_what_readers_find_open_and_miss_is_told_to_agents(client):
    ravi, asha = visitor(), visitor()
    found = search(client, "Payout", headers=ravi)
    assert record(client, found["searchId"], found["nodes"][1]["id"], 2, headers=ravi) == {
        "recorded": True,
        "userErrors": [],
    }
    search(client, "payout", headers=asha)
    search(client, "etsy import", headers=asha)
    search(client, "Etsy  import?", viewer=CUSTOMER)
    search(client, "goodwill", viewer=AGENT)
    told = insights(client)
    assert told["searches"] == 4
    assert told["searchesWithoutResult"] == 2
    assert told["searchesWithoutClick"] == 1
    assert told["ticketsAfterSearch"] == 0
    assert told["topQueries"] == [figures("etsy import", 2, 2), figures("payout", 2, 0, 1)]
    assert told["contentGaps"] == told["topQueries"]
    assert (told["leastHelpful"], told["targets"]) == ([], [])
    assert [page["slug"] for page in told["reviewDue"]] == ["payouts", "fees"]
    assert len(told["byDay"]) == 30
    none = {"withoutResult": 0, "tickets": 0, "escalations": 0, "targetsMet": 0, "targetsBreached": 0}
    today = client.live.library.today(datetime.now(UTC)).isoformat()
    assert told["byDay"][-1] == none | {"date": today, "searches": 4, "withoutResult": 2}
    assert told["byDay"][0]["searches"] == 0


def test_a_row_says_how_it_was_answered(client):
    search(client, "payuot", filter={"kinds": ["ARTICLE"], "audience": "SHOPPER"})
    search(client, "goodwill", viewer=AGENT)
    search(client, "hello", headers={"accept-language": "hi"})
    corrected, internal, hello = rows(client)
    assert (corrected.query, corrected.match, corrected.total) == ("payuot", "corrected", 2)
    assert (corrected.filters, corrected.audience, corrected.staff) == ('{"kinds": ["article"]}', "shopper", False)
    assert (internal.query, internal.total, internal.staff) == ("goodwill", 1, True)
    assert (hello.locale, hello.generation) == ("en", client.live.library.generation)


def test_a_search_answered_out_of_the_cache_counts(client):
    params = {"query": '{search(query:"payout"){totalCount searchId}}'}
    ravi = visitor()
    first = client.http.get("/graphql", params=params)
    second = client.http.get("/graphql", params=params, headers=ravi)
    unchanged = client.http.get("/graphql", params=params, headers={"if-none-match": second.headers["etag"]})
    posted = client.http.post("/graphql", json=params)
    assert (first.text, first.status_code, unchanged.status_code) == (second.text, 200, 304)
    assert posted.json()["data"] == first.json()["data"]
    assert [row.query for row in rows(client)] == ["payout"] * 4
    search_id = first.json()["data"]["search"]["searchId"]
    page = client.ask('{article(slug:"fees"){id}}')["article"]["id"]
    assert record(client, search_id, page, 2, headers=ravi)["recorded"]
    assert [row.opened_page for row in rows(client)] == [None, "article:fees", None, None]


def test_typing_is_one_search_through_the_cache_too(client):
    ravi = visitor()
    for _ in range(2):
        for text in ("p", "pay", "payou", "payout", "payo", "payout fees"):
            client.http.get("/graphql", params={"query": f'{{search(query:"{text}"){{totalCount}}}}'}, headers=ravi)
    assert [row.query for row in rows(client)] == ["payout fees"]


def test_a_further_page_and_an_empty_query_are_no_searches(client):
    found = search(client, "payout")
    search(client, "payout", after=found["pageInfo"]["endCursor"])
    search(client, " ?! ")
    assert [row.query for row in rows(client)] == ["payout"]


def test_searches_over_websocket_count(client):
    with client.http.websocket_connect("/graphql", subprotocols=["graphql-transport-ws"]) as socket:
        socket.send_json({"type": "connection_init", "payload": visitor()})
        assert socket.receive_json()["type"] == "connection_ack"
        for text in ("pay", "payout"):
            payload = {"query": SEARCH, "variables": {"query": text}}
            socket.send_json({"id": text, "type": "subscribe", "payload": payload})
            assert socket.receive_json()["type"] == "next"
            assert socket.receive_json()["type"] == "complete"
    assert [row.query for row in rows(client)] == ["payout"]


def test_opening_is_idempotent_and_refuses_what_is_not_there(client):
    ravi = visitor()
    found = search(client, "payout", headers=ravi)
    search_id, page = found["searchId"], found["nodes"][0]["id"]
    first = record(client, search_id, page, headers=ravi)
    before = rows(client)[0].opened_at
    assert record(client, search_id, page, headers=ravi) == first == {"recorded": True, "userErrors": []}
    assert rows(client)[0].opened_at == before
    hidden = client.ask('{article(slug:"goodwill"){id}}', viewer=AGENT)["article"]["id"]
    refused = [
        (("x" * 32, page, 1), "NOT_FOUND", "searchId"),
        (("0" * 32, page, 1), "NOT_FOUND", "searchId"),
        ((f"{search_id}\n", page, 1), "NOT_FOUND", "searchId"),
        (("", page, 1), "NOT_FOUND", "searchId"),
        ((search_id, "nonsense", 1), "NOT_FOUND", "page"),
        ((search_id, hidden, 1), "NOT_FOUND", "page"),
        ((search_id, page, 0), "INVALID", "position"),
        ((search_id, page, 2**31 - 1), "INVALID", "position"),
        ((search_id, page, found["totalCount"] + 1), "NOT_FOUND", "searchId"),
    ]
    for given, code, field in refused:
        answer = record(client, *given, headers=ravi)
        assert answer["recorded"] is False
        assert [(error["code"], error["field"]) for error in answer["userErrors"]] == [(code, [field])]
    assert record(client, search_id, page, headers=visitor())["userErrors"][0]["field"] == ["searchId"]


@pytest.mark.parametrize("search_id", ["a", "0" * 31, "0" * 33, "F" * 32, "0" * 5_000])
def test_what_is_no_search_id_does_not_wait_for_the_log(client, search_id):
    page = search(client, "payout")["nodes"][0]["id"]
    client.insights.log.stop()
    assert record(client, search_id, page)["userErrors"][0]["code"] == "NOT_FOUND"


def test_a_mutation_is_refused_over_get(client):
    query = 'mutation{recordOpen(input:{searchId:"a",page:"b",position:1}){recorded}}'
    assert client.http.get("/graphql", params={"query": query}).status_code == 405


@pytest.mark.parametrize("viewer", [None, CUSTOMER])
def test_insights_are_for_agents(client, viewer):
    answer = client.post("{insights{searches}}", viewer=viewer)
    assert answer["data"] == {"insights": None}
    assert answer["errors"][0]["extensions"]["code"] == "FORBIDDEN"


@pytest.mark.parametrize("role", [Role.AGENT, Role.SENIOR_AGENT, Role.SPECIALIST, Role.MANAGER])
def test_every_kind_of_agent_may_see_them(client, role):
    assert client.ask("{insights{searches}}", viewer=Viewer(role=role, subject="s")) == {"insights": {"searches": 0}}


def test_a_period_is_of_days_both_counted_in(client):
    search(client, "payout")
    today = client.live.library.today(datetime.now(UTC))
    day = timedelta(days=1)
    assert insights(client, since=today.isoformat(), until=today.isoformat())["searches"] == 1
    assert insights(client, since=(today - day).isoformat(), until=(today - day).isoformat())["searches"] == 0
    for since, until in (("2026-05-02", "2026-05-01"), ("2020-01-01", "2026-01-01")):
        answer = client.post(INSIGHTS, viewer=AGENT, since=since, until=until)
        assert answer["errors"][0]["extensions"] == {"code": "BAD_USER_INPUT", "field": ["since"]}
    assert client.post(INSIGHTS, viewer=AGENT, first=101)["errors"][0]["extensions"]["code"] == "BAD_USER_INPUT"


PLANTED = [
    "ravi.negi@gmail.com",
    "ravinegi@okhdfcbank",
    "4111 1111 1111 1111",
    "4111111111111111",
    "2345 6789 0124",
    "ABCPE1234F",
    "+91 98765 43210",
    "9876543210",
    "९८७६५४३२१०",
    "eyJhbGciOiJIUzI1NiJ9.eyJzdWIiOiIxIn0.abc-DEF_12",
    "/t/AbC123xyz_-9Q",
    "/follow/9f8e7d6c5b4a39281706",
    "DE89 3704 0044 0532 0130 00",
    "123-45-6789",
    "4155552671",
    "0049 30 901820",
    "jane%40example.com",
    "4111111111111112",
    "411111111111111",
]


def test_what_people_type_about_themselves_is_in_no_file(client, tmp_path):
    known = str(uuid4())
    for number, planted in enumerate(PLANTED):
        headers = {"kb-visitor": known, "user-agent": "planted-agent", "x-forwarded-for": "203.0.113.77"}
        search(client, f"payout to {planted} failed", headers=headers, filter={"tags": [planted]})
        search(client, planted, viewer=CUSTOMER)
        client.http.get("/graphql", params={"query": f'{{search(query:"{planted} {number}"){{totalCount}}}}'})
    assert len(rows(client)) > len(PLANTED)
    secrets = [
        *PLANTED,
        known,
        known.replace("-", ""),
        CUSTOMER.subject,
        CUSTOMER.name,
        "planted-agent",
        "203.0.113.77",
    ]
    stored = b"".join(path.read_bytes() for path in (tmp_path / "var").glob("kb.db*"))
    assert stored.count(b"[email]") > 1
    assert [secret for secret in secrets if secret.encode() in stored] == []


def test_equal_searches_share_an_id_that_tells_nothing(client):
    first = search(client, "mail ravi@gmail.com")["searchId"]
    assert search(client, "Mail  asha@example.org?")["searchId"] == first
    assert search(client, "mail")["searchId"] != first
    assert search(client, "mail ravi@gmail.com", filter={"kinds": ["FAQ"]})["searchId"] != first


def test_a_locked_database_fails_no_search(client, monkeypatch):
    monkeypatch.setitem(sqlite.PRAGMAS, "busy_timeout", 10)
    monkeypatch.setattr(sqlite, "BUSY_MS", 100)
    assert client.insights.log.flush()
    client.insights.database.close()
    lock = sqlite3.connect(client.insights.database.file, isolation_level=None)
    lock.execute("BEGIN EXCLUSIVE")
    found = search(client, "payout")
    assert found["totalCount"] == 2
    answer = client.post(OPEN, input={"searchId": found["searchId"], "page": found["nodes"][0]["id"], "position": 1})
    assert answer["data"] is None
    assert answer["errors"][0]["extensions"]["code"] == "UNAVAILABLE"
    assert search(client, "fees")["totalCount"] == 1
    lock.execute("ROLLBACK")
    lock.close()


def test_without_a_database_searches_are_answered_and_insights_unavailable(serve, tmp_path):
    (tmp_path / "kb.db").mkdir()
    client = serve(FILES, database_url=f"sqlite:///{tmp_path}/kb.db")
    for _ in range(20):
        assert search(client, "payout")["totalCount"] == 2
    answer = client.post("{insights{searches} locales}", viewer=AGENT)
    assert answer["data"] == {"insights": None, "locales": ["en"]}
    [error] = answer["errors"]
    assert (error["path"], error["extensions"]["code"]) == (["insights"], "UNAVAILABLE")
    assert client.http.get("/readyz").status_code == 200


def test_a_full_log_fails_no_search(client):
    client.insights.log._most = 0
    assert search(client, "payout")["totalCount"] == 2
    assert client.insights.log.dropped > 0


def test_many_readers_at_once_are_all_counted(client):
    failed = []

    def reader(name):
        headers = visitor()
        for number in range(10):
            found = search(client, f"payout {name * 3} {number}" if number % 2 else "payout", headers=headers)
            if not found["totalCount"]:
                failed.append(name)

    threads = [threading.Thread(target=reader, args=(name,)) for name in "abcdefgh"]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert failed == []
    counted = rows(client)
    assert len({row.visitor for row in counted}) == 8
    assert {row.normalised for row in counted} <= {
        "payout",
        *(f"payout {n * 3} {i}" for n in "abcdefgh" for i in range(10)),
    }


def ask_as(client, people, query, *, opened=True, viewer=None, locale=None):
    """So many people ask the same and open the best page."""
    for _ in range(people):
        headers = visitor() | ({"accept-language": locale} if locale else {})
        found = search(client, query, headers=headers, viewer=viewer)
        if opened:
            record(client, found["searchId"], found["nodes"][0]["id"], headers=headers, viewer=viewer)
    assert client.insights.log.flush()
    client.insights.past_queries.refresh(datetime.now(UTC), force=True)


def offered(client, text, viewer=AGENT, **more):
    """Asked by an agent, so that no answer is cached."""
    document = "query($q: String!, $filter: SearchFilter, $locale: String, $first: Int = 6) { suggest(query: $q, filter: $filter, locale: $locale, first: $first) { kind text textHtml url page { slug } category { slug } } }"
    return [each for each in client.ask(document, viewer=viewer, q=text, **more)["suggest"] if each["kind"] == "QUERY"]


def test_what_five_people_asked_and_opened_is_suggested(client):
    ask_as(client, 6, "payout bank", opened=False)
    ask_as(client, 4, "Payout bank")
    assert offered(client, "pay") == []
    ask_as(client, 1, "payout bank?")
    assert offered(client, "pay") == [
        {
            "kind": "QUERY",
            "text": "payout bank",
            "textHtml": "<mark>pay</mark>out bank",
            "url": "http://kb.test/search?q=payout%20bank",
            "page": None,
            "category": None,
        }
    ]
    assert offered(client, "bank pay")[0]["text"] == "payout bank"
    assert offered(client, "payout fees") == []
    assert offered(client, "payout bank") == []
    assert offered(client, "pay", first=2) == []
    assert offered(client, "pay", filter={"kinds": ["FAQ"]}) == []
    assert offered(client, "pay", filter={"categories": ["payments"]})
    assert offered(client, "pay", viewer=None)


@pytest.mark.parametrize(
    "query", ["payout 2 days", "payout ravi@gmail.com", "payout evil.example", "payout visit evilshop", "etsy"]
)
def test_numbers_addresses_and_words_that_we_do_not_have_are_never_suggested(client, query):
    ask_as(client, 6, query, opened=query != "etsy")
    assert offered(client, query[:5]) == []


@pytest.mark.parametrize("query", ["payout -evilshop", "payout \U0001f595", "payout \u2192 \u2605", "payout $$$"])
def test_what_no_page_needs_to_have_is_never_suggested(client, query):
    """Such a query finds every word that it looks for, and would bring in text of anybody's choice."""
    ask_as(client, 6, query)
    assert [row.match for row in rows(client)] == ["all_terms"] * 6
    assert offered(client, "pay") == []


def test_what_nobody_opened_is_not_suggested(client):
    ask_as(client, 6, "payout bank", opened=False)
    assert offered(client, "pay") == []


def test_only_those_who_opened_a_public_page_count(serve):
    secret = "---\ntitle: Payout bank details\nvisibility: signed_in\n---\nThe payout bank of a customer.\n"
    client = serve(FILES | {"articles/payments/details.md": secret})
    page = client.ask('{article(slug:"details"){id}}', viewer=CUSTOMER)["article"]["id"]
    for _ in range(5):
        headers = visitor()
        found = search(client, "payout bank", headers=headers, viewer=CUSTOMER)
        assert record(client, found["searchId"], page, headers=headers, viewer=CUSTOMER)["recorded"]
    public = client.ask('{article(slug:"payouts"){id}}')["article"]["id"]
    for number in range(5):
        headers = visitor()
        found = search(client, "payout bank", headers=headers)
        record(client, found["searchId"], public, headers=headers)
        client.insights.log.flush()
        client.insights.past_queries.refresh(datetime.now(UTC), force=True)
        assert len(offered(client, "pay")) == (number == 4)


def test_what_only_agents_searched_or_opened_is_never_suggested(client):
    ask_as(client, 6, "payout bank", viewer=AGENT)
    ask_as(client, 6, "goodwill credit", viewer=AGENT)
    assert offered(client, "pay") == offered(client, "good") == []
    ask_as(client, 4, "payout bank")
    assert offered(client, "pay") == []


def test_one_person_who_asks_often_is_one_person(client):
    ravi = visitor()
    for text in ["payout bank", "hello"] * 6:
        found = search(client, text, headers=ravi)
        record(client, found["searchId"], found["nodes"][0]["id"], headers=ravi)
    ask_as(client, 3, "payout bank")
    assert offered(client, "pay") == []
    ask_as(client, 1, "payout bank")
    assert len(offered(client, "pay")) == 1


def test_a_suggestion_goes_when_its_page_is_closed(client, tmp_path):
    ask_as(client, 5, "payout bank")
    assert offered(client, "pay", viewer=None)
    page = tmp_path / "content/articles/payments/payouts.md"
    page.write_text(page.read_text().replace("title:", "visibility: signed_in\ntitle:"))
    client.live.refresh()
    assert offered(client, "pay", viewer=None) == []
    client.insights.past_queries.refresh(datetime.now(UTC), force=True)
    assert offered(client, "pay", viewer=CUSTOMER) == []


def test_a_shoppers_query_is_suggested_to_shoppers_alone(serve):
    key = {"kb-storefront": "pk_shop_of_tests", "origin": "http://shop.test"}
    front = "storefronts:\n  - key: pk_shop_of_tests\n    name: Shop\n    origins: [http://shop.test]\n    audience: shopper\n"
    client = serve(FILES | {"storefronts.yml": front})
    for _ in range(5):
        headers = visitor() | key
        found = search(client, "payout bank", headers=headers)
        record(client, found["searchId"], found["nodes"][0]["id"], headers=headers)
    assert client.insights.log.flush()
    client.insights.past_queries.refresh(datetime.now(UTC), force=True)
    assert [each["text"] for each in offered(client, "pay", headers=key)] == ["payout bank"]
    assert offered(client, "pay", filter={"audience": "MERCHANT"}) == []


def test_past_queries_are_read_at_most_once_a_minute(client):
    ask_as(client, 5, "payout bank")
    past, now = client.insights.past_queries, datetime.now(UTC)
    first = past.suggester
    past.refresh(now + timedelta(seconds=59))
    assert past.suggester is first
    past.refresh(now + timedelta(seconds=61))
    assert past.suggester is not first
