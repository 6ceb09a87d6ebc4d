"""What hostile requests cost: server time per refusal, and how long another client waits meanwhile.

usage: KB_TEST_DATA=folder python -m bench.attacks [--pages N]

Writes docs/bench/attacks.md. Four connections attack at once; another process asks for a cached search every 2 ms.
"""

import argparse
import json
import tempfile
import time
from collections.abc import Callable, Sequence
from functools import partial
from hashlib import sha256
from pathlib import Path
from typing import Any
from urllib.parse import urlencode

from bench.corpus import queries, write_corpus
from bench.load import begun, get, load, post, result
from bench.serving import Served, serving
from web.operations import OPERATIONS

RESULTS = Path(__file__).resolve().parents[1] / "docs" / "bench"
REFUSAL_GOAL_MS, STALL_GOAL_MS = 50, 250
ATTACKERS, EACH, ROUNDS = 4, 60, 3
DOCUMENT = (OPERATIONS / "HelpSearch.graphql").read_bytes()

PAGE = 'article(slug:"page-1")'
"""A field that answers one article."""


def many(count: int, text: str) -> str:
    return " ".join(text.replace("#", str(number)) for number in range(count))


def doubling(levels: int, below: str) -> str:
    """Fragments that each spread the next one twice: 2 to the power of `levels` fields where they are expanded."""
    spread = " ".join(
        f"fragment F{n} on Article{{...F{n + 1} {below.replace('#', f'...F{n + 1}')}}}" for n in range(levels)
    )
    return f"{{{PAGE}{{...F0}}}} {spread} fragment F{levels} on Article{{id}}"


DOCUMENTS = {
    "fragments that double, 100 levels": doubling(100, "...F100"),
    "fragments that double below a field": doubling(60, "category{articles(first:1){nodes{#}}}"),
    "a chain of 240 fragments": "{...F0} "
    + " ".join(f"fragment F{n} on Query{{...F{n + 1}}}" for n in range(240))
    + " fragment F240 on Query{locales}",
    "one field 1,900 times": f"{{{PAGE}{{{'id ' * 1_900}}}}}",
    "one object 470 times": f"{{{PAGE}{{{'category{slug} ' * 470}}}}}",
    "one alias for 320 objects": f"{{{PAGE}{{{'x:category{slug} ' * 320}}}}}",
    "31 aliases": f"{{{many(31, 'a#:' + PAGE + '{id}')}}}",
    "a selection 190 deep": "{categories" + "{children" * 190 + "{slug}" + "}" * 190 + "}",
    "a selection 400 deep": "{categories" + "{children" * 400 + "{slug}" + "}" * 400 + "}",
    "a list 195 deep": "{nodes(ids:" + "[" * 195 + "]" * 195 + "){id}}",
    "450 inline fragments": f"{{{PAGE}{{{'...{id} ' * 450}}}}}",
    "15,000 names": "a " * 15_000,
    "31,000 characters of comments": "#" * 100 + ("\n#" + "x" * 150) * 203 + "\n{locales}",
    "a string of 31,000 characters": '{search(query:"' + "x" * 31_000 + '",a:1){totalCount}}',
    "a page size of 20,000 digits": "{articles(first:" + "9" * 20_000 + "){nodes{id}}}",
    "450 variables": "query(" + many(450, "$v#:Int") + "){locales}",
    "320 directives": "{locales " + "@include(if:true) " * 320 + "}",
    "900 unknown directives": "{locales " + "@a " * 900 + "}",
    "30 unknown fields": "{" + many(30, "n#") + "}",
    "pages of 100 in pages of 100": "{articles(first:100){nodes{category{articles(first:100){nodes{id}}}}}}",
    "introspection in introspection": "{__schema{types{fields{type{fields{type{fields{name}}}}}}}}",
    "four introspections": "{" + many(4, "s#:__schema{types{name fields{name}}}") + "}",
}
BODIES = {
    "a body of 256 KB, one string": {"query": "{locales}", "variables": [], "x": "x" * 262_000},
    "a body of 256 KB, many members": {f"m{n}": n for n in range(17_000)},
    "a body of 256 KB, a list of lists": {"query": "{locales}", "variables": [[1]] * 40_000},
    "10,000 wrong variables": {
        "query": "query($v:Int!){articles(first:$v){totalCount}}",
        "variables": {f"v{n}": "x" for n in range(10_000)},
    },
    "a list of 30,000 wrong ids": {"query": "query($v:[ID!]!){nodes(ids:$v){id}}", "variables": {"v": [[]] * 30_000}},
    "a bad token of 4,000 characters": {"query": "{locales}"},
}
DEAREST = {
    "3 searches of 100 hits, each with its passage": "{"
    + many(3, 's#:search(query:"QUERY #",first:100){edges{titleHtml excerptHtml}}')
    + "}",
    "the HTML of 60 articles": "{articles(first:60){nodes{bodyHtml bodyMarkdown sections{title}}}}",
    "what is related to 100 articles": "{articles(first:100){nodes{related(first:10){id}}}}",
    "1,900 small objects": "{" + many(19, "a#:articles(first:99){nodes{id title url updatedAt}}") + "}",
    "three introspections": "{"
    + many(3, "s#:__schema{types{name kind fields{name args{name} type{name ofType{name ofType{name}}}}}}")
    + "}",
}


INTRODUCTION = """\
# Attacks: what a refusal costs

One worker over {pages:,} pages, rates not limited. A lone connection gives the times; then {attackers} attack as fast
as they are answered, and another process asks for a cached search every 2 ms: its longest wait is the last column.
{rounds} rounds, the least of each figure. Made by `make bench`."""
THE_DEAREST = """\
## The dearest that is let through

Near the limit of cost and no refusal; rates are what bounds how often. Long ones take turns, so that others wait for
one or two of them. A page is rendered when its HTML is first read, in about 5 ms, and kept: that is not in here."""


def main() -> None:
    parser = argparse.ArgumentParser()
    parser.add_argument("--pages", type=int, default=2_000)
    options = parser.parse_args()
    with tempfile.TemporaryDirectory() as folder:
        write_corpus(Path(folder) / "content", options.pages)
        with serving("ours", Path(folder)) as server:
            still = min(probe(server, 1_000) for _ in range(ROUNDS))
            refused = {
                name: attack(server, lambda _, request=request: [request]) for name, request in requests().items()
            }
            dearest = {name: attack(server, partial(distinct, text), count=20) for name, text in DEAREST.items()}
    text = report(still, refused, dearest, options.pages)
    RESULTS.mkdir(exist_ok=True)
    (RESULTS / "attacks.md").write_text(text, encoding="utf-8")
    print(text)


def requests() -> dict[str, str]:
    made = {name: post("/graphql", {"query": text}) for name, text in DOCUMENTS.items()}
    made |= {name: post("/graphql", body) for name, body in BODIES.items()}
    made["a bad token of 4,000 characters"] = post(
        "/graphql", {"query": "{locales}"}, authorization="Bearer " + "a" * 4_000
    )
    made["a query string of 60,000 characters"] = get("/graphql?" + urlencode({"query": "a " * 20_000}))
    return made


def distinct(text: str, round: int) -> list[str]:
    """Forty of a kind that share no answer and no document with each other and those of other rounds."""
    words = [query.replace('"', "").replace("\\", "") for query in queries(40)]
    return [
        post("/graphql", {"query": text.replace("QUERY", word) + " " * (40 * round + n)})
        for n, word in enumerate(words)
    ]


def attack(server: Served, requests: Callable[[int], Sequence[str]], *, count: int = EACH) -> dict[str, float]:
    """Milliseconds. The least of the rounds: what else the machine does meanwhile is not the server's cost."""
    rounds = [_attack(server, requests(number), count) for number in range(ROUNDS)]
    return {key: min(each[key] for each in rounds) for key in rounds[0]}


def _attack(server: Served, requests: Sequence[str], count: int) -> dict[str, float]:
    some = len(requests) // 4
    alone = load(server.port, requests[:some] or requests, count=count // 4, connections=1, hostile=True)
    with begun(server.port, [_search()], count=20_000, connections=1, seconds=20, pause=0.002) as other:
        time.sleep(0.5)
        spent = server.cpu()
        attacked = load(server.port, requests[some:], count=count, connections=ATTACKERS, hostile=True)
        spent = server.cpu() - spent
        other.terminate()
        told = json.loads(other.stdout.read()) if other.stdout else {}
    refused = attacked["refused"] / attacked["requests"]
    return {
        "refused": refused,
        "alone_ms": alone["p50_ms"],
        "alone_max_ms": alone["max_ms"],
        "cpu_ms": spent / attacked["requests"] * 1e3,
        "stall_ms": told["max_ms"],
    }


def probe(server: Served, count: int) -> float:
    with begun(server.port, [_search()], count=count, connections=1, pause=0.002) as other:
        return float(result(other)["max_ms"])


def _search() -> str:
    asked = {"documentId": sha256(DOCUMENT).hexdigest(), "variables": '{"query":"send invoice"}'}
    return get("/graphql?" + urlencode(asked))


def report(still: float, refused: dict[str, Any], dearest: dict[str, Any], pages: int) -> str:
    worst = max(row["alone_max_ms"] for row in refused.values())
    stall = max(row["stall_ms"] for row in refused.values())
    longest = max(row["stall_ms"] for row in dearest.values())
    head = [
        "| | answer | time of one, median | longest | CPU | longest wait of another client |",
        "|---|---|---|---|---|---|",
    ]
    return "\n".join(
        [
            *INTRODUCTION.format(pages=pages, attackers=ATTACKERS, rounds=ROUNDS).splitlines(),
            "",
            *head,
            *_rows(refused),
            "",
            f"- Longest refusal {worst:.1f} ms. Goal: {REFUSAL_GOAL_MS} ms.",
            f"- Longest wait of another client {stall:.0f} ms ({still:.0f} in peace). Goal: {STALL_GOAL_MS} ms.",
            "",
            *THE_DEAREST.splitlines(),
            "",
            *head,
            *_rows(dearest),
            "",
            f"- Longest wait of another client: {longest:.0f} ms.",
            "",
        ]
    )


def _rows(rows: dict[str, Any]) -> list[str]:
    columns = ("alone_ms", "alone_max_ms", "cpu_ms", "stall_ms")
    return [
        " | ".join([f"| {name}", "refused" if row["refused"] else "data", *(f"{row[key]:.1f} ms" for key in columns)])
        + " |"
        for name, row in rows.items()
    ]


if __name__ == "__main__":
    main()
