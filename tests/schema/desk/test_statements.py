"""A page of 50 tickets with everything asked takes as many statements as a page of one."""

from contextlib import contextmanager

from sqlalchemy import event

from tests.schema.desk.asking import ASHA, LATA, NOTE, RAVI, REPLY, REQUEST, opened

PAGE = """query($first: Int) { tickets(first: $first) { totalCount nodes {
  reference requester { name conduct { status } } accountManager { name } assignee { name }
  messages(first: 1) { nodes { author { name } articles { title outdated page { slug } } } }
  timeline(first: 1) { nodes { kind actor { name } } }
  targets { kind dueAt }
  escalation { level }
  canEscalate { allowed }
  readBefore { slug } linkedArticles { title } policy { version } satisfaction { score }
} } }"""


@contextmanager
def counted(client):
    statements = []

    def count(_connection, _cursor, statement, *_):
        if statement.lstrip().startswith("SELECT") and " FROM " in statement:
            statements.append(statement)

    engine = client.insights.database.engine
    event.listen(engine, "before_cursor_execute", count)
    try:
        yield statements
    finally:
        event.remove(engine, "before_cursor_execute", count)


def test_statements_do_not_grow_with_the_page(fresh):
    article = fresh.ask('{article(slug:"fees"){id}}')["article"]["id"]
    for number in range(50):
        asked = opened(fresh, RAVI if number % 2 else LATA)
        if number % 5 == 0:
            asked.by(ASHA, REPLY, body="See there.", articles=[article], resolve=True)
            asked.by_requester(REQUEST, reason="It is not solved.")
            asked.by(ASHA, NOTE, body="A note.")
    fresh.http.app.state.delivery.stop()  # it looks for work in the same database
    counts = {}
    for first in (2, 50):
        with counted(fresh) as statements:
            answer = fresh.ask(PAGE, viewer=ASHA, first=first)["tickets"]
        assert (len(answer["nodes"]), answer["totalCount"]) == (first, 50)
        counts[first] = len(statements)
    assert counts[50] == counts[2] <= 12, counts
