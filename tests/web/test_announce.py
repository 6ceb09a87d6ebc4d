"""What a start prints, once there is something to see."""

import pytest

from web.serving import announce


@pytest.mark.parametrize(
    ("graphiql", "token", "lines"),
    [
        (True, True, ["GraphQL (GraphiQL", "Health", "A token"]),
        (True, False, ["GraphQL (GraphiQL", "Health"]),
        (False, True, ["GraphQL", "Health", "A token"]),
        (False, False, ["GraphQL", "Health"]),
    ],
)
def test_it_names_only_what_there_is(capsys, graphiql, token, lines):
    announce("http://kb.test", graphiql=graphiql, token=token)
    told = [line.strip() for line in capsys.readouterr().err.splitlines() if line.strip()]
    assert [line.split("   ")[0] + (" (GraphiQL" if "(GraphiQL" in line else "") for line in told] == lines
    assert "kb token --role agent" in told[-1] or not token
