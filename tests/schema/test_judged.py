"""How well the service ranks, measured through GraphQL on judged collections that it was not tuned to pass."""

import pytest

from tests.judged import evaluate, read_collection, write_content

SEARCH = "query($query:String!){search(query:$query){nodes{slug}}}"


@pytest.mark.parametrize(("name", "ndcg", "recall"), [("stackfaq", 0.885, 0.975), ("techqa_sample", 0.875, 0.955)])
def test_real_questions_find_the_page_that_answers_them(test_data, tmp_path, open_client, name, ndcg, recall):
    collection = read_collection(test_data / "judged" / name)
    client = open_client(write_content(collection, tmp_path / "content"))
    ids = {each["id"].lower(): each["id"] for each in collection.documents}

    def search(query):
        return [ids[node["slug"]] for node in client.ask(SEARCH, query=query)["search"]["nodes"]]

    scores = evaluate(collection, search)
    print(f"{name}: nDCG@10 {scores.ndcg:.3f}, recall@10 {scores.recall:.3f}, success@1 {scores.success:.3f}")  # noqa: T201
    assert scores.ndcg >= ndcg
    assert scores.recall >= recall
