"""The examples of `docs/identity.md` run as they stand there, and the service accepts their tokens."""

import os
import re
import shutil
import subprocess
import sys
from datetime import UTC, datetime

import pytest

from kb.identity import Verifier, jwks_keys, secret_keys
from kb.viewer import Plan, Role, Viewer
from tests.support import JWT_SECRET, TOP

PAGE = (TOP / "docs" / "identity.md").read_text()
MEERA = Viewer(
    role=Role.CUSTOMER,
    subject="merchant-4711",
    name="Meera Rawat",
    email="meera@meerahandlooms.example",
    plan=Plan.STARTUP,
)
needs_node = pytest.mark.skipif(shutil.which("node") is None, reason="Node is not installed")


def test_the_python_example_signs_a_token_that_is_accepted():
    token = _run([sys.executable, "-c", _block("python")], KB_JWT_SECRET=JWT_SECRET)
    assert _viewer(Verifier(secret_keys([JWT_SECRET]), "ooulet", "kb"), token) == MEERA


@needs_node
def test_the_node_example_signs_a_token_that_is_accepted():
    token = _run(["node", "-e", _block("js")], KB_JWT_SECRET=JWT_SECRET)
    assert _viewer(Verifier(secret_keys([JWT_SECRET]), "ooulet", "kb"), token) == MEERA


@needs_node
def test_the_node_example_with_a_key_pair_signs_a_token_that_is_accepted(tmp_path):
    file = tmp_path / "jwks.json"
    token = _run(["node", "-e", _block("js", 1)], KB_JWT_JWKS=str(file))
    viewer = _viewer(Verifier(jwks_keys(file), "ooulet", "kb"), token)
    assert viewer == Viewer(role=Role.AGENT, subject="agent-7", name="Asha Rawat")


def _block(language: str, number: int = 0) -> str:
    return re.findall(rf"^```{language}\n(.*?)^```", PAGE, re.MULTILINE | re.DOTALL)[number]


def _run(command: list[str], **environment: str) -> str:
    done = subprocess.run(
        command, env={**os.environ, **environment}, capture_output=True, text=True, timeout=60, check=True
    )
    return done.stdout.strip()


def _viewer(verifier: Verifier, token: str) -> Viewer:
    return verifier.viewer(token, now=datetime.now(UTC))
