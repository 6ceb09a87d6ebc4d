"""What everybody reads: every case with all of its fields, and all that is of no case."""

from collections import defaultdict
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any
from uuid import uuid4

from schema import ids
from tests.schema.desk.access.people import MISSING, OWNERS, PEOPLE, Answer, ask
from tests.schema.desk.access.schema import FIELDS, everything, told
from tests.schema.desk.access.world import KNOWN, World
from tests.schema.desk.asking import ASHA

BY_REFERENCE = {"ticket": "Ticket", "escalationStatus": "EscalationStatus"}
KINDS = {"Ticket": "ticket", "TicketMessage": "message", "TicketEvent": "event", "Feedback": "feedback"}
INSIDE = "{ messages { nodes { id internal } } timeline { nodes { id kind } } }"
FEW = {"Ticket": "{ __typename id reference }", "Feedback": "{ __typename id reference }"}
ALONE = {
    "viewer": f"{{ viewer {everything('Viewer', but=FEW)} }}",
    "tickets": f"{{ tickets {everything('TicketConnection', but=FEW)} }}",
    "feedback": f"{{ feedback {everything('FeedbackConnection', but=FEW)} }}",
    "insights": f"{{ insights {everything('Insights')} }}",
    "policy": f'{{ policy(slug: "refund") {everything("Policy")} }}',
    "policies": f"{{ policies {everything('Policy')} }}",
    "article": '{ article(slug: "fees") { __typename helpfulness { __typename viewerVote } outcome '
    f"{everything('ArticleOutcome')} }} }}",
    "support": "{ support { channels { __typename channel address } topics { __typename resolutionDueAt } } }",
    "tutorial": '{ tutorial(slug: "read-payouts") { slug } }',
    "tutorials": "{ tutorials { nodes { slug } } }",
    "category": '{ category(slug: "payments") { slug } }',
    "categories": "{ categories { slug } }",
    "locales": "{ locales }",
}
PAGES = {" (signed-in page)": "limits", " (internal page)": "goodwill"}
OF_PAGES = {
    "article": 'article(slug: "{}") {{ slug }}',
    "articles": "articles(first: 50) {{ nodes {{ slug }} }}",
    "search": 'search(query: "payout", first: 50) {{ nodes {{ slug }} }}',
    "suggest": 'suggest(query: "payout", first: 20) {{ page {{ slug }} }}',
}
States = dict[str, dict[str, dict[str, str]]]


@dataclass
class Reading:
    """`cases`: by row, person and owner what is seen. `alone`: by row and person, of what is of no case. `answers` by
    person. `beside`: where nothing is seen, the answer and the one for what is not there.
    """

    cases: States = field(default_factory=lambda: defaultdict(lambda: defaultdict(dict)))
    alone: dict[str, dict[str, str]] = field(default_factory=lambda: defaultdict(dict))
    answers: dict[str, dict[str, Answer]] = field(default_factory=lambda: defaultdict(dict))
    beside: list[tuple[str, Answer, Answer]] = field(default_factory=list)


def read(world: World) -> Reading:
    found = Reading()
    ids_of = {owner: list(_nodes(world, owner)) for owner in OWNERS}
    for who in PEOPLE:
        for owner in OWNERS:
            answers = dict(_by_reference(world, who, owner, found)) | dict(_by_id(world, who, owner, ids_of, found))
            found.answers[who] |= {f"{owner}: {name}": answer for name, answer in answers.items()}
            for row, state in states(answers.values()).items():
                found.cases[row][who][owner] = state
        _alone(world, who, found)
    return found


def states(answers: Any) -> dict[str, str]:
    """By row: seen, or null wherever it is asked for."""
    values = defaultdict(list)
    for answer in answers:
        for row, value in told(answer.data):
            if row.partition(" ")[0] in FIELDS:
                values[row].append(value)
    return {row: "seen" if any(each is not None for each in all_) else "null" for row, all_ in values.items()}


def _by_reference(world: World, who: str, owner: str, found: Reading) -> Iterator[tuple[str, Answer]]:
    for number, asked in enumerate(world.tickets(owner)):
        link = world.tickets("guest")[number].token if who == "guest" else None
        for name, type_name in BY_REFERENCE.items():
            document = (
                f"query($r: String!, $t: String) {{ {name}(reference: $r, accessToken: $t) {everything(type_name)} }}"
            )
            answer = ask(world.client, PEOPLE[who], document, r=asked.reference, t=link)
            _note(found, f"Query.{name}", who, owner, root_state(answer))
            if root_state(answer) != "seen":
                missing = ask(world.client, PEOPLE[who], document, r=MISSING, t=link)
                found.beside.append((f"{name} by {who} of {owner}", answer, missing))
            yield f"{name} {number}", answer


def _by_id(
    world: World, who: str, owner: str, ids_of: Mapping[str, list[tuple[str, str]]], found: Reading
) -> Iterator[tuple[str, Answer]]:
    every, document = ids_of[owner], "query($ids: [ID!]!) { nodes(ids: $ids) { __typename } }"
    answer = ask(world.client, PEOPLE[who], document, ids=[each for _, each in every])
    if not any(answer.data["nodes"]):
        missing = ask(world.client, PEOPLE[who], document, ids=[_missing(row) for row, _ in every])
        found.beside.append((f"nodes by {who} of {owner}", answer, missing))
    yield "nodes", answer
    for (row, node_id), node in zip(every, answer.data["nodes"], strict=True):
        _note(found, f"Query.nodes ({row})", who, owner, "seen" if node else "no")
        kind = row.partition(",")[0]
        document = f"query($id: ID!) {{ node(id: $id) {{ __typename ... on {kind} {everything(kind)} }} }}"
        answer = ask(world.client, PEOPLE[who], document, id=node_id)
        _note(found, f"Query.node ({row})", who, owner, root_state(answer))
        if root_state(answer) != "seen":
            missing = ask(world.client, PEOPLE[who], document, id=_missing(row))
            found.beside.append((f"node ({row}) by {who} of {owner}", answer, missing))
        yield f"node {row}", answer


def _missing(row: str) -> str:
    return ids.encode(f"{KINDS[row.partition(',')[0]]}:{uuid4()}")


def _note(found: Reading, row: str, who: str, owner: str, state: str) -> None:
    """The tickets of a case are seen alike."""
    before = found.cases[row][who].setdefault(owner, state)
    assert before == state, f"{row} by {who} of {owner}: once {before}, once {state}"


def root_state(answer: Answer) -> str:
    if "errors" in answer.json:
        return answer.outcome
    [value] = answer.data.values()
    return "no" if value in (None, [None]) else "seen"


def _nodes(world: World, owner: str) -> Iterator[tuple[str, str]]:
    """(type, id) of the ticket, of one message and one event of either sort, and of the feedback."""
    asked = world.decided[owner]
    seen = asked.seen(INSIDE, viewer=ASHA)
    yield "Ticket", asked.id
    yield from {
        f"TicketMessage{', note' if each['internal'] else ''}": each["id"] for each in seen["messages"]["nodes"]
    }.items()
    yield from {
        f"TicketEvent{', note' if each['kind'] == 'NOTED' else ''}": each["id"] for each in seen["timeline"]["nodes"]
    }.items()
    yield "Feedback", world.feedback[owner]


def _alone(world: World, who: str, found: Reading) -> None:
    """The guest has voted: by the random id that the client keeps."""
    viewer, headers = PEOPLE[who], KNOWN if who == "guest" else None
    answers = {name: ask(world.client, viewer, document, headers=headers) for name, document in ALONE.items()}
    found.answers[who] |= answers
    for name, answer in answers.items():
        found.alone[f"Query.{name}"][who] = root_state(answer)
    for row, state in states(answers.values()).items():
        found.alone[row][who] = state
    for sort, slug in PAGES.items():
        for name, document in OF_PAGES.items():
            answer = ask(world.client, viewer, f"{{ {document.format(slug)} }}")
            found.alone[f"Query.{name}{sort}"][who] = "seen" if f'"{slug}"' in answer.text else "no"
