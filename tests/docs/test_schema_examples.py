"""The queries in the documentation are answered as it says, from the sample content.

A documented list may be the beginning of the real one, and an object may leave keys out. Counts and cursors hang on all of
the content: only their kind is compared.
"""

import json
import re

import pytest

from tests.support import TOP

PAIR = re.compile(
    r"^```graphql\n(.*?)^```\n(?:(?!^```(?:graphql|json)$).)*?^```json\n(.*?)^```", re.MULTILINE | re.DOTALL
)
EXAMPLES = [
    (name, query, json.loads(answer))
    for name in ("README.md", "docs/schema.md")
    for query, answer in PAIR.findall((TOP / name).read_text())
]
COUNTED = {"totalCount", "count", "articleCount", "endCursor", "requested"}


@pytest.mark.parametrize(
    ("query", "answer"), [each[1:] for each in EXAMPLES], ids=[f"{name} {n}" for n, (name, *_) in enumerate(EXAMPLES)]
)
def test_a_documented_query_is_answered_as_documented(sample, query, answer):
    found = json.loads(json.dumps(sample.post(query)).replace("http://kb.test/", "http://127.0.0.1:8000/"))
    assert _differences(answer, found) == []


def test_every_documented_query_has_its_answer():
    text = (TOP / "docs" / "schema.md").read_text()
    assert len(re.findall(r"^```graphql$", text, re.MULTILINE)) == len(PAIR.findall(text)) == len(EXAMPLES) - 1


def _differences(documented: object, found: object, path: str = "", key: str = "") -> list[str]:
    if isinstance(documented, dict) and isinstance(found, dict):
        return [
            line
            for name, value in documented.items()
            for line in _differences(value, found.get(name), f"{path}.{name}", name)
        ]
    if isinstance(documented, list) and isinstance(found, list) and len(documented) <= len(found):
        pairs = enumerate(zip(documented, found, strict=False))
        return [line for number, (one, other) in pairs for line in _differences(one, other, f"{path}[{number}]")]
    same = type(documented) is type(found) if key in COUNTED else documented == found
    return [] if same else [f"{path}: documented {documented!r}, found {found!r}"]
