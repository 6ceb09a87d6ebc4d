"""The nine who ask, in the order of the matrix's columns, and how they ask."""

import json
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import yaml

from kb.viewer import AccountManager, Plan, Role, Viewer
from tests.schema.desk.asking import ASHA, LATA, MANAGER, RAVI, SENIOR, SPECIALIST
from tests.support import Client, token

SUSPENDED = Viewer(
    role=Role.CUSTOMER,
    subject="merchant-hari",
    name="Hari Rana",
    email="hari@shop.example",
    plan=Plan.FREE,
    account_manager=AccountManager("Isha Bisht", "isha@ooulet.example"),
)
PEOPLE: Mapping[str, Viewer | None] = {
    "visitor": None,
    "guest": None,
    "customer": RAVI,
    "other": LATA,
    "agent": ASHA,
    "senior": SENIOR,
    "specialist": SPECIALIST,
    "manager": MANAGER,
    "suspended": SUSPENDED,
}
MISSING = "T482-193-754"
"""A reference as they are made, with the right check digit, of no ticket."""
AGENTS = ("agent", "senior", "specialist", "manager")
REQUESTERS = tuple(who for who in PEOPLE if who not in AGENTS)
OWNERS = ("guest", "customer", "suspended")
"""Those with a case of their own, which all others ask for as well."""


def matrix(section: str) -> Mapping[str, Mapping[str, str]]:
    """A section of the matrix: by row and person, the cell."""
    sections = yaml.safe_load((Path(__file__).parent / "matrix.yml").read_text(encoding="utf-8"))
    return {row: dict(zip(PEOPLE, cells.split(), strict=True)) for row, cells in sections[section].items()}


@dataclass(frozen=True)
class Answer:
    """All that came back but the id of the request: whoever gets two equal ones learns nothing from them."""

    status: int
    headers: tuple[tuple[str, str], ...]
    text: str

    @property
    def json(self) -> Any:
        return json.loads(self.text)

    @property
    def data(self) -> Any:
        """Null where a mandatory field of the root failed."""
        return self.json.get("data") or {}

    @property
    def outcome(self) -> str:
        """The code of the error, of the user error, or that it was done."""
        found = self.json
        if "errors" in found:
            return " ".join(each["extensions"]["code"] for each in found["errors"])
        told = [error for payload in found["data"].values() for error in (payload or {}).get("userErrors", ())]
        return told[0]["code"] if told else "done"


def ask(
    client: Client,
    viewer: Viewer | None,
    document: str,
    *,
    headers: Mapping[str, str] | None = None,
    **variables: Any,
) -> Answer:
    sent = {"accept": "application/graphql-response+json", **(headers or {})}
    if viewer:
        sent["authorization"] = f"Bearer {token(viewer)}"
    got = client.http.post("/graphql", json={"query": document, "variables": variables}, headers=sent)
    kept = tuple(sorted((name, value) for name, value in got.headers.items() if name != "x-request-id"))
    return Answer(got.status_code, kept, got.text.replace(got.headers["x-request-id"], "…"))
