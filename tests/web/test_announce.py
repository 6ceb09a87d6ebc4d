"""What a start prints, once there is something to see."""

import pytest

from web.serving import announce

PAGES = ["Help center", "Desk"]


@pytest.mark.parametrize(
    ("graphiql", "token", "demo", "lines"),
    [
        (True, True, True, [*PAGES, "Storefront demo", "GraphQL (GraphiQL", "Health", "A token"]),
        (True, False, True, [*PAGES, "Storefront demo", "GraphQL (GraphiQL", "Health"]),
        (False, True, True, [*PAGES, "Storefront demo", "GraphQL", "Health", "A token"]),
        (False, False, False, [*PAGES, "GraphQL", "Health"]),
    ],
)
def test_it_names_only_what_there_is(capsys, graphiql, token, demo, lines):
    announce("http://kb.test", graphiql=graphiql, token=token, demo=demo)
    told = [line.strip() for line in capsys.readouterr().err.splitlines() if line.strip()]
    assert [line.split("   ")[0] + (" (GraphiQL" if "(GraphiQL" in line else "") for line in told] == lines
    assert "kb token --role agent" in told[-1] or not token
    assert {line.split()[-1] for line in told} >= {"http://kb.test/", "http://kb.test/desk"}
