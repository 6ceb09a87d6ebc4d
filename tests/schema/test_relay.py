"""The Relay specifications: object identification, connections, cursors."""

import pytest

from kb.errors import InvalidInput
from schema.connections import Arguments, decode_cursor, encode_cursor, paginate

NODE = "query($id: ID!){node(id:$id){__typename id}}"
ARTICLES = """
query($first: Int, $after: String, $last: Int, $before: String, $order: ArticleOrder) {
  articles(first: $first, after: $after, last: $last, before: $before, orderBy: $order) {
    totalCount nodes { slug } edges { cursor node { slug } } pageInfo { hasNextPage hasPreviousPage startCursor endCursor }
  }
}
"""


@pytest.mark.parametrize(
    ("field", "type_"),
    [
        ('article(slug:"when-payouts-arrive")', "Article"),
        ('tutorial(slug:"create-your-store")', "Tutorial"),
        ('policy(slug:"customer-support")', "Policy"),
        ('category(slug:"payments/payouts")', "Category"),
    ],
)
def test_every_type_of_node_is_found_again_by_its_id(sample, field, type_):
    id = sample.ask(f"{{each:{field}{{id}}}}")["each"]["id"]
    assert sample.ask(NODE, id=id)["node"] == {"__typename": type_, "id": id}


@pytest.mark.parametrize(
    "id",
    ["", "x", "article:when-payouts-arrive", "YXJ0aWNsZTpub3RoaW5n", "====", "é", "a" * 5000, "//8=", "Y2F0ZWdvcnk6"],
)
def test_an_id_that_is_none_of_ours_finds_nothing(sample, id):
    assert sample.ask(NODE, id=id) == {"node": None}


def test_nodes_keep_their_order_and_leave_gaps(sample):
    ids = [
        sample.ask(f'{{article(slug:"{slug}"){{id}}}}')["article"]["id"] for slug in ("create-account", "add-product")
    ]
    answer = sample.ask(
        "query($ids:[ID!]!){nodes(ids:$ids){... on Article{slug}}}", ids=[ids[1], "nothing", ids[0], ids[1]]
    )
    assert answer["nodes"] == [{"slug": "add-product"}, None, {"slug": "create-account"}, {"slug": "add-product"}]


def test_more_than_a_hundred_ids_are_refused(sample):
    assert sample.error_code("query($ids:[ID!]!){nodes(ids:$ids){id}}", ids=["x"] * 101) == "BAD_USER_INPUT"


@pytest.mark.parametrize("order", ["TITLE", "UPDATED_DESC", "MOST_HELPFUL"])
@pytest.mark.parametrize("size", [9, 100])
def test_walking_forward_and_backward_meets_every_article_once(sample, order, size):
    forward, after = [], None
    while True:
        page = sample.ask(ARTICLES, first=size, after=after, order=order)["articles"]
        forward += [node["slug"] for node in page["nodes"]]
        after = page["pageInfo"]["endCursor"]
        if not page["pageInfo"]["hasNextPage"]:
            break
    backward, before = [], None
    while True:
        page = sample.ask(ARTICLES, last=size, before=before, order=order)["articles"]
        backward = [node["slug"] for node in page["nodes"]] + backward
        before = page["pageInfo"]["startCursor"]
        if not page["pageInfo"]["hasPreviousPage"]:
            break
    assert forward == backward
    assert len(set(forward)) == len(forward) == page["totalCount"]


def test_cursors_of_edges_and_of_page_info_are_the_same(sample):
    page = sample.ask(ARTICLES, first=3)["articles"]
    assert page["pageInfo"]["startCursor"] == page["edges"][0]["cursor"]
    assert page["pageInfo"]["endCursor"] == page["edges"][-1]["cursor"]
    assert [edge["node"] for edge in page["edges"]] == page["nodes"]


@pytest.mark.parametrize(
    "arguments",
    [
        {"first": 0},
        {"first": -1},
        {"first": 101},
        {"last": 0},
        {"last": 101},
        {"first": 1, "last": 1},
        {"after": "garbage"},
        {"before": "arrayconnection:-5"},
        {"after": ""},
        {"after": "é" * 10},
        {"after": "x" * 5000},
        {"after": encode_cursor(("a", "b"), "other order")},
        {"after": encode_cursor((1, 2), "title")},
        {"after": encode_cursor((), "title")},
    ],
)
def test_paging_that_makes_no_sense_is_answered_with_a_code(sample, arguments):
    answer = sample.post(ARTICLES, **arguments)
    (error,) = answer["errors"]
    assert error["extensions"]["code"] == "BAD_USER_INPUT"
    assert error["path"] == ["articles"]
    assert answer["data"] == {"articles": None}


@pytest.mark.parametrize("after", ["garbage", encode_cursor(("x",), "score"), encode_cursor(("x", "y"), "score")])
def test_a_bad_cursor_of_a_search_is_answered_with_a_code(sample, after):
    assert (
        sample.error_code('query($after:String){search(query:"payout", after:$after){totalCount}}', after=after)
        == "BAD_USER_INPUT"
    )


def test_a_cursor_holds_its_place_while_others_come_and_go():
    words = ["b", "d", "f", "h"]
    cut = paginate(words, lambda word: (word,), Arguments(first=2))
    changed = ["a", "b", "c", "e", "f", "h"]
    after = paginate(changed, lambda word: (word,), Arguments(first=2, after=cut.cursors[-1]))
    assert after.items == ["e", "f"]
    assert after.info.has_previous_page
    assert after.info.has_next_page


def test_a_cursor_round_trips_and_is_bound_to_its_order():
    cursor = encode_cursor(("Zahlung", "पैसा", 3), "title")
    assert decode_cursor(cursor, "title", "after") == ("Zahlung", "पैसा", 3)
    with pytest.raises(InvalidInput, match="`after` is not a cursor of this list"):
        decode_cursor(cursor, "updated_desc", "after")
