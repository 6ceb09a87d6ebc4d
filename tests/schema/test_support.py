"""`support` as clients ask it: known moments of the published policy, versions, locales, people, caching."""

from datetime import UTC, datetime

import pytest
import time_machine

from tests.support import AGENT, CUSTOMER, TOP

POLICY = (TOP / "content/policies/customer-support/2024-10-30.md").read_text(encoding="utf-8")
MOMENT = "query($at: DateTime){support(at:$at){open limited closesAt opensAt}}"
VERSION = "query($at: DateTime){support(at:$at){timeZone hours{closesAt} policy{version inForce url}}}"
CHANNELS = "query($at: DateTime){support(at:$at){channels{channel available availableAt recommended responseDueAt expectedResponse}}}"
ADDRESSES = "{support{channels{channel address}}}"


def state(open_, limited, closes_at, opens_at):
    return {"open": open_, "limited": limited, "closesAt": closes_at, "opensAt": opens_at}


@pytest.mark.parametrize(
    ("at", "expected"),
    [
        ("2026-11-20T12:00:00+05:30", state(True, False, "2026-11-20T12:30:00Z", None)),
        ("2026-11-21T17:59:00+05:30", state(True, False, "2026-11-21T12:30:00Z", None)),  # Saturday
        ("2026-11-21T18:00:00+05:30", state(False, False, None, "2026-11-23T04:30:00Z")),
        ("2026-11-21T23:59:59+05:30", state(False, False, None, "2026-11-23T04:30:00Z")),  # the last minute of a day
        ("2026-11-22T00:00:00+05:30", state(False, True, None, "2026-11-23T04:30:00Z")),  # Sunday
        ("2026-11-22T12:00:00+05:30", state(False, True, None, "2026-11-23T04:30:00Z")),
        ("2026-11-22T18:30:00Z", state(False, False, None, "2026-11-23T04:30:00Z")),  # Monday already, in India
        ("2026-11-08T12:00:00+05:30", state(False, True, None, "2026-11-09T04:30:00Z")),  # Diwali, a Sunday
        ("2027-10-29T12:00:00+05:30", state(False, True, None, "2027-10-30T04:30:00Z")),  # Diwali, a Friday
        (
            "2024-10-31T12:00:00+05:30",
            state(False, True, None, "2024-11-01T04:30:00Z"),
        ),  # Diwali, the second day of the policy
        ("9999-12-01T12:00:00+05:30", state(True, False, "9999-12-01T12:30:00Z", None)),
    ],
)
def test_support_answers_for_any_moment(sample, at, expected):
    assert sample.ask(MOMENT, at=at) == {"support": expected}


@pytest.mark.parametrize(
    ("at", "version"),
    [("2024-10-29T23:59:59+05:30", None), ("2024-10-30T00:00:00+05:30", "2024-10-30"), ("1970-01-01T00:00:00Z", None)],
)
def test_before_the_first_version_there_is_none(sample, at, version):
    support = sample.ask(VERSION, at=at)["support"]
    assert (support and support["policy"]["version"]) == version


@pytest.mark.parametrize("at", ["9999-12-31T23:59:59Z", "9999-12-31T18:30:00Z"])
def test_a_moment_beyond_the_calendar_is_told_so(sample, at):
    (error,) = sample.post(MOMENT, at=at)["errors"]
    assert error["message"] == "`at` is beyond the calendar."
    assert error["extensions"] == {"code": "BAD_USER_INPUT", "field": ["at"]}


@pytest.mark.parametrize("at", ["2026-11-20T12:00:00", "yesterday", "", "0001-01-01T00:00:00+05:30", 5])
def test_a_moment_that_is_none_is_refused(sample, at):
    assert sample.error_code(MOMENT, at=at) == "BAD_USER_INPUT"


def test_at_the_last_moments_of_the_calendar_nobody_comes_back(sample):
    answer = sample.ask(CHANNELS, at="9999-12-31T12:45:00Z")["support"]["channels"]
    assert [(each["available"], each["availableAt"], each["responseDueAt"]) for each in answer[:2]] == [
        (True, None, None),
        (False, None, None),
    ]


def test_the_hours_and_the_holidays_that_come_next(sample):
    query = "query($at: DateTime, $first: Int){support(at:$at){timeZone hours{weekday opensAt closesAt} holidays(first:$first){date name}}}"
    support = sample.ask(query, at="2026-11-24T23:00:00+05:30", first=2)["support"]
    days = ["MONDAY", "TUESDAY", "WEDNESDAY", "THURSDAY", "FRIDAY", "SATURDAY"]
    assert support == {
        "timeZone": "Asia/Kolkata",
        "hours": [{"weekday": day, "opensAt": "10:00", "closesAt": "18:00"} for day in days],
        "holidays": [
            {"date": "2026-11-24", "name": "Guru Nanak's Birthday; Guru Tegh Bahadur's Martyrdom Day"},
            {"date": "2026-12-25", "name": "Christmas"},
        ],
    }
    assert len(sample.ask(query, at="2026-11-24T23:00:00+05:30", first=None)["support"]["holidays"]) == 5
    assert (
        len(
            sample.ask(
                query.replace(", $first: Int", "").replace("(first:$first)", ""), at="2026-11-25T00:00:00+05:30"
            )["support"]["holidays"]
        )
        == 5
    )
    assert sample.error_code(query, at="2026-11-24T23:00:00+05:30", first=0) == "BAD_USER_INPUT"
    assert sample.error_code(query, at="2026-11-24T23:00:00+05:30", first=101) == "BAD_USER_INPUT"


def test_channels_on_a_sunday(sample):
    mail = {
        "available": True,
        "availableAt": None,
        "recommended": False,
        "responseDueAt": "2026-11-23T06:30:00Z",
        "expectedResponse": "Within 24 hours for general inquiries.",
    }
    talk = {
        "available": False,
        "availableAt": "2026-11-23T04:30:00Z",
        "recommended": False,
        "responseDueAt": "2026-11-23T04:35:00Z",
    }
    assert sample.ask(CHANNELS, at="2026-11-22T12:00:00+05:30")["support"]["channels"] == [
        {"channel": "EMAIL", **mail},
        {"channel": "CHAT", **talk, "expectedResponse": "Immediate response during business hours."},
        {"channel": "PHONE", **talk, "expectedResponse": "Instant assistance during business hours"},
        {"channel": "WEB", **mail},
    ]


def test_in_a_rush_the_recommended_channels_come_first(serve):
    client = serve({"policies/customer-support/2024-10-30.md": POLICY.replace("busy: false", "busy: true")})
    channels = client.ask(CHANNELS, at="2026-11-22T12:00:00+05:30")["support"]["channels"]
    assert [(each["channel"], each["recommended"]) for each in channels] == [
        ("EMAIL", True),
        ("WEB", True),
        ("CHAT", False),
        ("PHONE", False),
    ]


@pytest.mark.parametrize(
    ("viewer", "phone"), [(None, None), (CUSTOMER, "+91 1332 000 000"), (AGENT, "+91 1332 000 000")]
)
def test_the_phone_number_is_for_people_who_are_signed_in(sample, viewer, phone):
    channels = sample.ask(ADDRESSES, viewer=viewer)["support"]["channels"]
    assert {each["channel"]: each["address"] for each in channels} == {
        "EMAIL": "support@ooulet.com",
        "CHAT": None,
        "PHONE": phone,
        "WEB": None,
    }


def test_promises_are_those_of_the_terms(sample):
    query = "{support{responseTargets{kind channel severity plan clock amountSeconds businessDays text}}}"
    targets = sample.ask(query)["support"]["responseTargets"]
    keys = ("kind", "channel", "severity", "plan", "clock", "amountSeconds", "businessDays")
    assert [tuple(each[key] for key in keys) for each in targets] == [
        ("FIRST_RESPONSE", "EMAIL", None, None, "ELAPSED", 86400, None),
        ("FIRST_RESPONSE", "WEB", None, None, "ELAPSED", 86400, None),
        ("FIRST_RESPONSE", "CHAT", None, None, "BUSINESS_HOURS", 300, None),
        ("FIRST_RESPONSE", "PHONE", None, None, "BUSINESS_HOURS", 300, None),
        ("NEXT_RESPONSE", "EMAIL", None, None, "ELAPSED", 86400, None),
        ("NEXT_RESPONSE", "WEB", None, None, "ELAPSED", 86400, None),
        ("NEXT_RESPONSE", "CHAT", None, None, "BUSINESS_HOURS", 300, None),
        ("NEXT_RESPONSE", "PHONE", None, None, "BUSINESS_HOURS", 300, None),
        ("RESOLUTION", None, "CRITICAL", None, "ELAPSED", 14400, None),
        ("RESOLUTION", None, "CRITICAL", "STARTUP", "ELAPSED", 7200, None),
        ("RESOLUTION", None, "CRITICAL", "ENTERPRISE", "ELAPSED", 7200, None),
        ("TECHNICAL_REVIEW", None, None, None, "BUSINESS_DAYS", None, 3),
    ]
    assert targets[0]["text"] == "Email Support: Within 24 hours for general inquiries."


def test_escalation_has_three_stages_with_their_times(sample):
    query = "{support{escalationPath{level title summary reviewedBy target{kind clock amountSeconds businessDays channel} updateTarget{kind clock businessDays text}}}}"
    path = sample.ask(query)["support"]["escalationPath"]
    update = {
        "kind": "ESCALATION_UPDATE",
        "clock": "BUSINESS_DAYS",
        "businessDays": 1,
        "text": "We are committed to keeping you informed throughout the escalation process with regular updates.",
    }
    assert [each["updateTarget"] for each in path] == [update] * 3
    assert [(each["level"], each["title"], each["reviewedBy"]) for each in path] == [
        ("FIRST", "First Escalation", "SENIOR_AGENT"),
        ("SECOND", "Second Escalation", "SPECIALIST"),
        ("FINAL", "Final Resolution", "MANAGER"),
    ]
    assert [
        (each["target"]["clock"], each["target"]["amountSeconds"], each["target"]["businessDays"]) for each in path
    ] == [
        ("BUSINESS_HOURS", 28800, None),
        ("BUSINESS_DAYS", None, 3),
        ("BUSINESS_DAYS", None, 5),
    ]
    assert {each["target"]["kind"] for each in path} == {"ESCALATION_REVIEW"}
    assert path[0]["summary"] == "Senior support staff reviews the case and provides further assistance."


def test_plans_have_their_benefits(sample):
    plans = sample.ask("{support{plans{plan prioritySupport accountManager summary}}}")["support"]["plans"]
    assert [(each["plan"], each["prioritySupport"], each["accountManager"]) for each in plans] == [
        ("FREE", False, False),
        ("STARTUP", True, False),
        ("ENTERPRISE", True, True),
    ]


TOPICS = "query($at: DateTime, $locale: String){support(at:$at, locale:$locale){topics{topic title summary critical team category{slug title} policy{slug version url}}}}"


def test_topics_lead_to_their_category_and_policy(sample):
    topics = {each["topic"]: each for each in sample.ask(TOPICS)["support"]["topics"]}
    assert [each["topic"] for each in topics.values() if each["critical"]] == ["PAYMENTS", "SERVICE_OUTAGE"]
    assert {name: (each["category"] or {}).get("slug") for name, each in topics.items()} == {
        "ACCOUNT": "account",
        "PAYMENTS": "payments",
        "APP_ERROR": "app-troubleshooting",
        "PRODUCTS_AND_STORE": "products",
        "INTEGRATIONS": "integrations",
        "REFUND": "orders",
        "CANCELLATION": "plans-and-billing",
        "SERVICE_OUTAGE": "app-troubleshooting",
        "CONDUCT": None,
        "PRIVACY": "account",
        "OTHER": None,
    }
    assert topics["REFUND"] == {
        "topic": "REFUND",
        "title": "Refunds",
        "summary": "Asking Ooulet for money back, or help with a refund to one of your customers.",
        "critical": False,
        "team": "billing",
        "category": {"slug": "orders", "title": "Orders"},
        "policy": {"slug": "refund", "version": "2024-10-30", "url": "http://kb.test/policies/refund"},
    }


def test_labels_keep_the_language_of_the_policy_and_pages_take_the_readers(serve):
    client = serve(
        {
            "policies/customer-support/2024-10-30.md": POLICY,
            "policies/customer-support/2024-10-30.hi.md": "---\ntitle: ग्राहक सहायता नीति\n---\nपाठ।\n",
            "articles/account/_category.yml": "title: Account\n",
            "articles/account/_category.hi.yml": "title: खाता\n",
            "articles/account/sign-in.md": "---\ntitle: Sign in\n---\nText.\n",
        }
    )
    query = "query($locale: String){support(locale:$locale){policy{title locale} escalationPath{title} topics{title category{title}}}}"
    expected = {"title": "Account and sign-in", "category": {"title": "खाता"}}
    for answer in (client.ask(query, locale="hi-IN"), client.ask(query, headers={"accept-language": "hi"})):
        assert answer["support"]["policy"] == {"title": "ग्राहक सहायता नीति", "locale": "hi"}
        assert answer["support"]["topics"][0] == expected
        assert answer["support"]["escalationPath"][0]["title"] == "First Escalation"
    assert client.ask(query, locale="en", headers={"accept-language": "hi"})["support"]["topics"][0]["category"] == {
        "title": "Account"
    }


VERSIONS = {
    "policies/customer-support/2024-10-30.md": POLICY,
    "policies/customer-support/2025-06-01.md": POLICY.replace('closes: "18:00"', 'closes: "20:00"').replace(
        "title: Customer", "status: archived\ntitle: Customer"
    ),
    "policies/customer-support/2999-01-01.md": POLICY.replace('closes: "18:00"', 'closes: "22:00"'),
    "policies/refund/2024-10-30.md": "---\ntitle: Refunds\n---\nOld.\n",
    "policies/refund/2025-01-01.md": "---\ntitle: Refunds\n---\nNew.\n",
}


@pytest.mark.parametrize(
    ("at", "version", "closes", "in_force"),
    [
        ("2025-05-31T23:59:59+05:30", "2024-10-30", "18:00", False),
        ("2025-06-01T00:00:00+05:30", "2025-06-01", "20:00", True),
        ("2998-12-31T23:59:59+05:30", "2025-06-01", "20:00", True),
        ("2999-01-01T00:00:00+05:30", "2999-01-01", "22:00", False),
    ],
)
def test_the_version_of_the_day_holds(serve, at, version, closes, in_force):
    support = serve(VERSIONS).ask(VERSION, at=at)["support"]
    assert support["policy"]["version"] == version
    assert support["policy"]["inForce"] is in_force
    assert support["policy"]["url"] == "http://kb.test/policies/customer-support" + (
        "" if in_force else f"?on={version}"
    )
    assert {each["closesAt"] for each in support["hours"]} == {closes}


def test_a_topic_has_the_policy_of_the_day_too(serve):
    client = serve(VERSIONS)
    for at, version in [("2024-12-31T12:00:00+05:30", "2024-10-30"), ("2025-01-01T00:00:00+05:30", "2025-01-01")]:
        topics = {each["topic"]: each["policy"] for each in client.ask(TOPICS, at=at)["support"]["topics"]}
        assert topics["REFUND"]["version"] == version
        assert topics["CANCELLATION"] is None


@pytest.mark.parametrize(
    "files",
    [
        {"articles/a/b.md": "---\ntitle: B\n---\nB.\n"},
        {"policies/refund/2024-01-01.md": "---\ntitle: Refunds\n---\nNone.\n"},
        {"policies/customer-support/2024-10-30.md": POLICY.replace("Asia/Kolkata", "Asia/Nowhere")},
        {
            "policies/customer-support/2024-10-30.md": POLICY.replace(
                "title: Customer", "status: draft\ntitle: Customer"
            )
        },
    ],
    ids=["no policy", "no terms", "terms that cannot be read", "draft"],
)
def test_where_no_terms_are_in_force_support_is_null(serve, files):
    client = serve(files)
    assert client.ask("{support{open} locales}") == {"support": None, "locales": ["en"]}


def test_a_version_without_terms_ends_the_promises(serve):
    client = serve(
        VERSIONS | {"policies/customer-support/2025-09-01.md": "---\ntitle: Customer Support Policy\n---\nLater.\n"}
    )
    assert client.ask(MOMENT, at="2025-09-01T12:00:00+05:30") == {"support": None}
    assert client.ask(MOMENT, at="2025-08-31T12:00:00+05:30")["support"]["limited"] is True


def test_what_a_viewer_may_not_open_is_not_named(serve):
    client = serve(
        {
            "policies/customer-support/2024-10-30.md": POLICY,
            "articles/account/rules.md": "---\ntitle: Rules\nvisibility: internal\n---\nText.\n",
            "policies/refund/2024-10-30.md": "---\ntitle: Refunds\nvisibility: signed_in\n---\nText.\n",
        }
    )
    seen = {}
    for name, viewer in {"visitor": None, "customer": CUSTOMER, "agent": AGENT}.items():
        topics = {each["topic"]: each for each in client.ask(TOPICS, viewer=viewer)["support"]["topics"]}
        seen[name] = (topics["ACCOUNT"]["category"] is not None, topics["REFUND"]["policy"] is not None)
    assert seen == {"visitor": (False, False), "customer": (False, True), "agent": (True, True)}


def test_a_policy_that_is_not_for_the_viewer_promises_nothing(serve):
    client = serve(
        {
            "policies/customer-support/2024-10-30.md": POLICY.replace(
                "title: Customer", "visibility: signed_in\ntitle: Customer"
            )
        }
    )
    assert client.ask("{support{timeZone}}") == {"support": None}
    assert client.ask("{support{timeZone}}", viewer=CUSTOMER) == {"support": {"timeZone": "Asia/Kolkata"}}


def cache_control(client, query):
    return client.http.get("/graphql", params={"query": query}).headers["cache-control"]


def seconds_held(client, query):
    public, _, seconds = cache_control(client, query).partition(", max-age=")
    assert public == "public"
    return int(seconds)


@pytest.mark.parametrize(
    ("now", "age"),
    [
        (datetime(2026, 11, 20, 6, 0, tzinfo=UTC), 60),
        (datetime(2026, 11, 20, 12, 29, 40, tzinfo=UTC), 20),  # closes
        (datetime(2026, 11, 20, 4, 29, 15, tzinfo=UTC), 45),  # opens
        (datetime(2026, 11, 21, 18, 29, 50, tzinfo=UTC), 10),  # Sunday begins
    ],
)
def test_an_answer_holds_until_the_next_change_and_a_minute_at_most(serve, now, age):
    client = serve({"policies/customer-support/2024-10-30.md": POLICY})
    with time_machine.travel(now, tick=False):  # the cache's own clock goes on, for a moment
        assert age - 5 <= seconds_held(client, "{support{open channels{available}}}") <= age
        assert 55 <= seconds_held(client, f'{{support(at:"{now.isoformat()}"){{open}}}}') <= 60


def test_an_answer_with_addresses_is_kept_by_nobody(sample):
    assert cache_control(sample, ADDRESSES) == "no-store"
