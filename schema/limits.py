"""Every limit of the endpoint with its default, and the check of a measured document against them.

The defaults are those with which a reference server withstood 84 of 86 attacks; `kb/settings.py` fills in `KB_LIMIT_…`.
"""

from dataclasses import dataclass
from typing import Any

from schema.failures import Code, RequestFailure, formatted
from schema.measure import Measure


@dataclass(frozen=True, slots=True, kw_only=True)
class Limits:
    """Sizes in bytes or characters, times in seconds, the rest counts."""

    headers_seconds: float = 8.0
    headers_bytes: int = 64 * 1024
    idle_seconds: float = 75.0
    """Between requests of a connection: longer than load balancers keep one, 60 s, so that none asks while we close."""
    write_seconds: float = 120.0
    """Without any of an answer being taken. Browsers that play a film let minutes pass, and ask for the rest again."""
    body_bytes: int = 256 * 1024
    read_seconds: float = 10.0
    execution_seconds: float = 10.0
    errors: int = 5

    source_characters: int = 32_000
    tokens: int = 2_000
    comments: int = 200

    depth: int = 12
    aliases: int = 30
    root_fields: int = 30
    root_mutations: int = 3
    directives: int = 20
    operations: int = 5
    variables: int = 50
    cost: int = 2_000

    overlaps: int = 3_000
    """Pairs of fields with one response name that validation must compare, at about 6 µs each: 480 times `a{id}` in one
    selection set is 115,000 of them and took 540 ms."""
    expanded_fields: int = 10_000
    """Fields after fragments are put in; documents of 2,000 tokens written in earnest have fewer."""

    introspection_depth: int = 16
    """The standard introspection query is 15 deep: `ofType` nests nine times below a field's argument."""
    introspection_lists: int = 1
    """How often `fields`, `inputFields`, `interfaces`, `possibleTypes` may nest: each multiplies by a type's fields."""
    introspection_roots: int = 3
    """`__schema` and `__type` fields in one operation; a whole `__schema` takes as long as 400 objects."""
    introspection_aliases: int = 0

    ws_init_seconds: float = 5.0
    ws_message_bytes: int = 64 * 1024
    ws_frames_per_second: int = 200
    """Of one socket, whatever is in them: 200 take 2 to 6 ms."""
    ws_operations: int = 20
    ws_sockets_per_address: int = 50

    rate_burst: int = 200
    rate_per_second: float = 60.0
    ticket_burst: int = 20
    """Tickets, feedback and mails to addresses that somebody types, of a client that is no agent."""
    ticket_per_second: float = 0.2

    documents: int = 1_000
    documents_bytes: int = 16 * 1024 * 1024
    answers: int = 5_000
    answers_bytes: int = 64 * 1024 * 1024


def check_measure(measure: Measure, limits: Limits) -> None:
    """Refuse an operation that is out of bounds whatever its variables; cost is checked per request."""
    root_name = "root_mutations" if measure.kind == "mutation" else "root_fields"
    for name, value, maximum in (
        ("depth", measure.depth, limits.depth),
        ("aliases", measure.aliases, limits.aliases),
        (root_name, measure.root_fields, getattr(limits, root_name)),
        ("directives", measure.directives, limits.directives),
        ("variables", measure.variables, limits.variables),
        ("introspection_depth", measure.introspection_depth, limits.introspection_depth),
        ("introspection_lists", measure.introspection_lists, limits.introspection_lists),
        ("introspection_roots", measure.introspection_roots, limits.introspection_roots),
        ("introspection_aliases", measure.introspection_aliases, limits.introspection_aliases),
    ):
        if value > maximum:
            raise beyond(name, value, maximum)


def check_cost(requested: int, limits: Limits) -> None:
    """Refuse an operation whose cost, with the page sizes of this request, is too high."""
    if requested > limits.cost:
        raise beyond("cost", requested, limits.cost, extensions={"cost": {"requested": shown(requested)}})


def beyond(name: str, value: int, maximum: int, *, extensions: dict[str, Any] | None = None) -> RequestFailure:
    """The refusal of an operation that is over a limit, naming the limit."""
    words = name.replace("_", " ")
    limit = {"name": name, "requested": shown(value), "maximum": maximum}
    message = f"The operation is over the limit of {words}: {shown(value):,}, where at most {maximum:,} is allowed."
    error = formatted(message, Code.TOO_COMPLEX, limit=limit)
    return RequestFailure(Code.TOO_COMPLEX, well_formed=True, errors=[error], extensions=extensions)


def shown(value: int) -> int:
    """A number that JSON clients can read: fragments that double each other reach hundreds of digits."""
    return min(value, 2**31 - 1)
