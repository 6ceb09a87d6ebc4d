"""The queries in the documentation are answered as it says, from the sample content.

A documented list may be the beginning of the real one, and an object may leave keys out. Counts and cursors hang on all of
the content, moments on the clock: only their kind is compared.
"""

import json
import re

import pytest

from kb.viewer import Role, Viewer
from tests.support import AGENT, TOP

PAIR = re.compile(
    r"^```graphql\n(.*?)^```\n(?:(?!^```(?:graphql|json)$).)*?^```json\n(.*?)^```", re.MULTILINE | re.DOTALL
)
EXAMPLES = [
    (name, query, json.loads(answer))
    for name in ("README.md", "docs/schema.md")
    for query, answer in PAIR.findall((TOP / name).read_text())
]
COUNTED = {"totalCount", "count", "articleCount", "endCursor", "requested"}
COUNTED |= {"dueAt", "metAt", "reviewDueAt", "nextUpdateDueAt"}
STEP = re.compile(r"^```graphql (\w+)\n(.*?)^```\n+```json\n(.*?)^```", re.MULTILINE | re.DOTALL)
SENIOR = Viewer(role=Role.SENIOR_AGENT, subject="agent-2", name="Dev Joshi")
PEOPLE = {"visitor": None, "agent": AGENT, "senior": SENIOR}
REFERENCE, TOKEN = "T482-193-754", "5d0f2c6b9be14f7f8a3a4b1e0c9d8e7f6a5b4c3d2e1"


@pytest.mark.parametrize(
    ("query", "answer"), [each[1:] for each in EXAMPLES], ids=[f"{name} {n}" for n, (name, *_) in enumerate(EXAMPLES)]
)
def test_a_documented_query_is_answered_as_documented(sample, query, answer):
    found = json.loads(json.dumps(sample.post(query)).replace("http://kb.test/", "http://127.0.0.1:8000/"))
    assert _differences(answer, found) == []


def test_every_documented_query_has_its_answer():
    text = (TOP / "docs" / "schema.md").read_text()
    assert len(re.findall(r"^```graphql$", text, re.MULTILINE)) == len(PAIR.findall(text)) == len(EXAMPLES) - 1


def test_the_documented_walk_through_the_desk_goes_as_documented(sample):
    text = (TOP / "docs" / "schema.md").read_text()
    steps = STEP.findall(text)
    assert len(steps) == len(re.findall(r"^```graphql \w+$", text, re.MULTILINE)) > 5
    names: dict[str, str] = {}
    for person, query, answer in steps:
        found = sample.post(_replaced(query, names), viewer=PEOPLE[person])
        if "createTicket" in found["data"]:
            made = found["data"]["createTicket"]
            names = {REFERENCE: made["ticket"]["reference"], TOKEN: made["accessToken"]}
        told = _replaced(json.dumps(found), {own: name for name, own in names.items()})
        told = told.replace("http://kb.test/", "http://127.0.0.1:8000/")
        assert _differences(json.loads(answer), json.loads(told)) == []


def _replaced(text: str, names: dict[str, str]) -> str:
    for name, other in names.items():
        text = text.replace(name, other)
    return text


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
