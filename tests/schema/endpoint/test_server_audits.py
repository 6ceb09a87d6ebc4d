"""The audit suite of the GraphQL-over-HTTP specification, npm's graphql-http, against a real server."""

import json
import shutil
import subprocess
from pathlib import Path

import pytest

CLIENTS = Path(__file__).parents[2] / "clients"

pytestmark = [
    pytest.mark.skipif(shutil.which("node") is None, reason="needs Node.js"),
    pytest.mark.skipif(
        not (CLIENTS / "node_modules" / "graphql-http").exists(), reason="needs `npm ci` in tests/clients"
    ),
]


def test_all_server_audits_are_ok(client, serve):
    address = serve(client.endpoint)
    command = ["node", "audits.mjs", f"http://{address}/graphql"]
    run = subprocess.run(command, cwd=CLIENTS, capture_output=True, text=True, timeout=60, check=True)
    audits = [json.loads(line) for line in run.stdout.splitlines()]
    assert [audit for audit in audits if audit["status"] != "ok"] == []
    assert len(audits) == 61
