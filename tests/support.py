"""What tests share: people, tokens, settings, and a client that asks as clients do."""

from collections.abc import Mapping
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from starlette.testclient import TestClient

from kb.identity import sign
from kb.settings import Settings
from kb.viewer import Role, Viewer

TOP = Path(__file__).resolve().parents[1]
JWT_SECRET = "a-secret-of-the-host-app-for-tests-only"
PATIENCE = 60  # seconds until something has happened on a busy machine; nothing is measured

AGENT = Viewer(role=Role.AGENT, subject="agent-1", name="Asha Rawat", email="asha@ooulet.example")
CUSTOMER = Viewer(role=Role.CUSTOMER, subject="merchant-1", name="Ravi Negi")


class Client:
    """Asks the service as a client does, over HTTP."""

    def __init__(self, app: Any, http: TestClient) -> None:
        self.live = app.state.live
        self.insights = app.state.insights
        self.http = http

    def post(
        self,
        document: str,
        /,
        *,
        viewer: Viewer | None = None,
        headers: Mapping[str, str] | None = None,
        **variables: Any,
    ) -> Any:
        """The whole answer, errors and all."""
        sent = {"accept": "application/graphql-response+json", **(headers or {})}
        if viewer:
            sent["authorization"] = f"Bearer {token(viewer)}"
        return self.http.post("/graphql", json={"query": document, "variables": variables}, headers=sent).json()

    def ask(
        self,
        document: str,
        /,
        *,
        viewer: Viewer | None = None,
        headers: Mapping[str, str] | None = None,
        **variables: Any,
    ) -> Any:
        """The data of an answer that must have no errors."""
        answer = self.post(document, viewer=viewer, headers=headers, **variables)
        assert "errors" not in answer, answer["errors"]
        return answer["data"]

    def error_code(self, document: str, /, **variables: Any) -> str:
        """The code of the one error that an answer must have."""
        errors = self.post(document, **variables)["errors"]
        assert len(errors) == 1
        return errors[0]["extensions"]["code"]


def token(viewer: Viewer) -> str:
    return sign(viewer, secret=JWT_SECRET, issuer="ooulet", audience="kb", now=datetime.now(UTC))


def settings_for(content: Path, var: Path, **more: Any) -> Settings:
    values: dict[str, Any] = {
        "content": content,
        "var": var,
        "search_url": f"whoosh:///{var}/index",
        "database_url": f"sqlite:///{var}/kb.db",
        "base_url": "http://kb.test",
        "secret": "s" * 40,
        "jwt_secret": JWT_SECRET,
        "rate_limits": False,
    }
    return Settings(_env_file=None, **(values | more))


def write(root: Path, files: Mapping[str, str]) -> Path:
    root.mkdir(exist_ok=True)
    for name, text in files.items():
        path = root / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text, encoding="utf-8")
    return root
