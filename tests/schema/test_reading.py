"""Articles, tutorials, categories and policies as clients read them."""

import pytest

from tests.support import AGENT, CUSTOMER

ARTICLE = """
query($slug: String!, $locale: String) { article(slug: $slug, locale: $locale) {
  id slug title summary url locale availableLocales kind visibility audiences plans tags readingMinutes reviewDueOn updatedAt
  category { slug title parent { slug } } bodyHtml bodyMarkdown sections { anchor title level url }
} }
"""
PAGE = """---
title: When does a payout arrive?
tags: [payouts]
audience: merchant
updated: 2026-05-01
reviewed: 2026-06-01
review_every: 30 days
plans: startup
redirect_from: [settlements, /old/help/payouts.html]
---
After two days. See [fees](fees.md#who-pays).

## If it does not come

Wait.
"""
FILES = {
    "articles/payments/_category.yml": "title: Payments\norder: 2\n",
    "articles/payments/payouts/_category.yml": "title: Payouts\n",
    "articles/payments/payouts/payouts.md": PAGE,
    "articles/payments/payouts/fees.md": "---\ntitle: Fees\nupdated: 2026-07-01\n---\nThree percent.\n\n## Who pays\n\nYou.\n",
    "articles/account/sign-in.md": "---\ntitle: Sign in\nupdated: 2026-01-01\nkind: faq\n---\nWith a password.\n",
    "articles/handbook/refunds.md": "---\ntitle: Refund rules\nvisibility: internal\n---\nAsk a manager.\n",
    "articles/account/invoices.md": "---\ntitle: Invoices\nvisibility: signed_in\nupdated: 2026-02-01\n---\nMonthly.\n",
    "articles/account/sign-in.hi.md": "---\ntitle: साइन इन करें\n---\nपासवर्ड से।\n",
    "policies/refund/2024-01-01.md": "---\ntitle: Refunds\n---\n## Old rule\n\nNo refunds.\n",
    "policies/refund/2025-01-01.md": "---\ntitle: Refunds\nchanges: Refunds are possible.\nannounced: 2024-12-01\n---\nAll refunds.\n",
    "policies/refund/2999-01-01.md": "---\ntitle: Refunds\n---\nThe far future.\n",
}


@pytest.fixture
def client(serve):
    return serve(FILES)


def test_an_article_is_answered_with_all_that_it_holds(client):
    article = client.ask(ARTICLE, slug="payouts")["article"]
    assert article.pop("id")
    assert article.pop("bodyMarkdown").startswith("After two days.")
    assert article == {
        "slug": "payouts",
        "title": "When does a payout arrive?",
        "summary": "After two days. See fees.",
        "url": "http://kb.test/articles/payouts",
        "locale": "en",
        "availableLocales": ["en"],
        "kind": "ARTICLE",
        "visibility": "PUBLIC",
        "audiences": ["MERCHANT"],
        "plans": ["STARTUP"],
        "tags": ["payouts"],
        "readingMinutes": 1,
        "reviewDueOn": "2026-07-01",
        "updatedAt": "2026-05-01T00:00:00Z",
        "category": {"slug": "payments/payouts", "title": "Payouts", "parent": {"slug": "payments"}},
        "bodyHtml": '<p>After two days. See <a href="http://kb.test/articles/fees#s-who-pays" rel="noopener noreferrer">fees</a>.</p>\n'
        '<h2 id="s-if-it-does-not-come">If it does not come</h2>\n<p>Wait.</p>\n',
        "sections": [
            {
                "anchor": "s-if-it-does-not-come",
                "title": "If it does not come",
                "level": 2,
                "url": "http://kb.test/articles/payouts#s-if-it-does-not-come",
            }
        ],
    }


def test_an_old_slug_finds_the_article_it_was_renamed_to(client):
    assert client.ask('{article(slug:"settlements"){slug}}') == {"article": {"slug": "payouts"}}


def test_a_slug_that_nobody_has_is_null(client):
    assert client.ask('{article(slug:"nothing"){slug}}') == {"article": None}


@pytest.mark.parametrize(
    ("viewer", "slugs"),
    [
        (None, ["fees", "sign-in", "payouts"]),
        (CUSTOMER, ["fees", "invoices", "sign-in", "payouts"]),
        (AGENT, ["fees", "invoices", "refunds", "sign-in", "payouts"]),
    ],
)
def test_everybody_sees_the_articles_they_may_open(client, viewer, slugs):
    answer = client.ask("{articles{totalCount nodes{slug}} categories{slug articleCount}}", viewer=viewer)
    assert [node["slug"] for node in answer["articles"]["nodes"]] == slugs
    assert answer["articles"]["totalCount"] == len(slugs)
    assert sum(category["articleCount"] for category in answer["categories"]) == len(slugs)
    assert ("handbook" in {category["slug"] for category in answer["categories"]}) is (viewer is AGENT)


def test_a_hidden_article_answers_like_one_that_does_not_exist(client):
    id = client.ask('{article(slug:"refunds"){id}}', viewer=AGENT)["article"]["id"]
    query = 'query($id: ID!){node(id:$id){id} nodes(ids:[$id]){id} article(slug:"refunds"){id} category(slug:"handbook"){slug}}'
    hidden = {"node": None, "nodes": [None], "article": None, "category": None}
    assert client.ask(query, id=id) == hidden
    assert client.ask(query, id=id, viewer=CUSTOMER) == hidden
    assert client.ask(query, id=id, viewer=AGENT)["node"] == {"id": id}


def test_a_translation_is_answered_where_there_is_one_and_the_original_elsewhere(client):
    query = '{article(slug:"sign-in"){title locale url availableLocales} fees: article(slug:"fees"){locale url}}'
    hindi = client.ask(query, headers={"accept-language": "hi-IN,hi;q=0.9,en;q=0.5"})
    assert hindi["article"] == {
        "title": "साइन इन करें",
        "locale": "hi",
        "url": "http://kb.test/hi/articles/sign-in",
        "availableLocales": ["en", "hi"],
    }
    assert hindi["fees"] == {"locale": "en", "url": "http://kb.test/articles/fees"}
    assert client.ask("{locales}") == {"locales": ["en", "hi"]}


def test_a_locale_argument_wins_over_the_browser(client):
    query = '{article(slug:"sign-in", locale:"en-GB"){locale}}'
    assert client.ask(query, headers={"accept-language": "hi"}) == {"article": {"locale": "en"}}


@pytest.mark.parametrize(
    ("filter", "slugs"),
    [
        ('{categories:["payments"]}', ["fees", "payouts"]),
        ('{categories:["payments/payouts", "account"]}', ["fees", "sign-in", "payouts"]),
        ("{kinds:[FAQ]}", ["sign-in"]),
        ('{tags:["payouts"]}', ["payouts"]),
        ("{audience:SHOPPER}", ["fees", "sign-in"]),
        ('{updatedSince:"2026-05-01T05:30:00+05:30"}', ["fees", "payouts"]),
        ("{reviewDue:true}", ["payouts"]),
        ("{reviewDue:false}", ["fees", "sign-in"]),
        ("{kinds:[]}", []),
    ],
)
def test_articles_are_filtered(client, filter, slugs):
    answer = client.ask(f"{{articles(filter:{filter}){{totalCount nodes{{slug}}}}}}")
    assert [node["slug"] for node in answer["articles"]["nodes"]] == slugs
    assert answer["articles"]["totalCount"] == len(slugs)


def test_the_last_changed_article_comes_first(client):
    answer = client.ask("{articles(orderBy:UPDATED_DESC){nodes{slug}}}")
    assert [node["slug"] for node in answer["articles"]["nodes"]] == ["fees", "payouts", "sign-in"]


def test_a_category_knows_its_children_and_everything_below_it(client):
    answer = client.ask(
        '{category(slug:"payments"){title articleCount children{slug articleCount} articles{nodes{slug}}}}'
    )
    assert answer["category"] == {
        "title": "Payments",
        "articleCount": 2,
        "children": [{"slug": "payments/payouts", "articleCount": 2}],
        "articles": {"nodes": [{"slug": "fees"}, {"slug": "payouts"}]},
    }


POLICY = 'query($on: Date){policy(slug:"refund", on:$on){version effectiveOn inForce changes announcedAt url versions{version inForce url}}}'


def test_a_policy_is_the_version_in_force(client):
    policy = client.ask(POLICY)["policy"]
    assert policy == {
        "version": "2025-01-01",
        "effectiveOn": "2025-01-01",
        "inForce": True,
        "changes": "Refunds are possible.",
        "announcedAt": "2024-12-01T00:00:00Z",
        "url": "http://kb.test/policies/refund",
        "versions": [
            {"version": "2999-01-01", "inForce": False, "url": "http://kb.test/policies/refund?on=2999-01-01"},
            {"version": "2025-01-01", "inForce": True, "url": "http://kb.test/policies/refund"},
            {"version": "2024-01-01", "inForce": False, "url": "http://kb.test/policies/refund?on=2024-01-01"},
        ],
    }


@pytest.mark.parametrize(
    ("on", "version"),
    [("2023-12-31", None), ("2024-01-01", "2024-01-01"), ("2024-12-31", "2024-01-01"), ("2025-01-01", "2025-01-01")],
)
def test_a_policy_can_be_read_as_it_was_on_a_day(client, on, version):
    policy = client.ask(POLICY, on=on)["policy"]
    assert (policy and policy["version"]) == version


def test_policies_lists_each_policy_once(client):
    assert client.ask("{policies{slug version inForce}}") == {
        "policies": [{"slug": "refund", "version": "2025-01-01", "inForce": True}]
    }


def test_what_nobody_voted_on_or_followed_answers_its_empty_value(client):
    answer = client.ask(
        '{article(slug:"fees"){helpfulness{helpful notHelpful viewerVote} outcome{linkedInReplies}} policy(slug:"refund"){acknowledgedByViewer followedByViewer}}'
    )
    assert answer == {
        "article": {"helpfulness": {"helpful": 0, "notHelpful": 0, "viewerVote": None}, "outcome": None},
        "policy": {"acknowledgedByViewer": None, "followedByViewer": None},
    }


def test_the_viewer_is_who_the_token_names(client):
    query = "{viewer{role name email plan teams accountManager{name}}}"
    assert client.ask(query)["viewer"]["role"] == "VISITOR"
    assert client.ask(query, viewer=AGENT)["viewer"] == {
        "role": "AGENT",
        "name": "Asha Rawat",
        "email": "asha@ooulet.example",
        "plan": None,
        "teams": [],
        "accountManager": None,
    }


def test_a_token_that_is_not_ours_is_told_so(client):
    answer = client.http.post("/graphql", json={"query": "{locales}"}, headers={"authorization": "Bearer nonsense"})
    assert answer.status_code == 401
    assert answer.json()["errors"][0]["extensions"]["code"] == "UNAUTHENTICATED"
    assert answer.headers["www-authenticate"] == "Bearer"


@pytest.mark.parametrize(
    "original",
    [
        "---\ntitle: Secret\nvisibility: internal\ntags: [a\n---\nText.\n",
        "---\ntitle: Secret\nstatus: draft\n---\nText.\n",
        "---\ntitle: Secret\nvisiblity: internal\n---\nText.\n",
        "---\ntitle: Secret\nvisibility: intern\n---\nText.\n",
        "---\ntitle: Secret\nvisibility: internal\nText.\n",
    ],
)
def test_a_page_that_says_badly_who_may_read_it_is_shown_to_nobody_in_no_language(serve, original):
    files = {
        "articles/a/secret.md": original,
        "articles/a/secret.hi.md": "---\ntitle: राज़\n---\nराज़ की बात।\n",
        "articles/a/b.hi.md": "---\ntitle: B\n---\nB.\n",
    }
    client = serve(files)
    query = '{articles{totalCount} en:article(slug:"secret"){id} hi:article(slug:"secret",locale:"hi"){id} search(query:"secret राज़",locale:"hi"){totalCount}}'
    for viewer in (None, CUSTOMER):
        answer = client.ask(query, viewer=viewer)
        assert answer == {"articles": {"totalCount": 0}, "en": None, "hi": None, "search": {"totalCount": 0}}
    assert len(client.live.library.problems) >= 1


@pytest.mark.parametrize("line", ["visibility: internal", "visiblity: internal", "visibility: intern"])
def test_a_folder_can_be_internal_with_all_that_is_below_it(serve, line):
    client = serve(
        {
            "articles/desk/_category.yml": f"title: Desk\n{line}\n",
            "articles/desk/a.md": "---\ntitle: A\n---\nText.\n",
            "articles/desk/deep/b.md": "---\ntitle: B\nvisibility: public\n---\nText.\n",
            "articles/c.md": "---\ntitle: C\n---\nText.\n",
        }
    )
    query = '{articles{nodes{slug}} search(query:"text"){totalCount} categories{slug}}'
    assert client.ask(query) == {
        "articles": {"nodes": [{"slug": "c"}]},
        "search": {"totalCount": 1},
        "categories": [{"slug": "general"}],
    }
    assert client.ask(query, viewer=AGENT)["search"]["totalCount"] == 3
