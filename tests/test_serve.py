"""`kb serve` as a process: what a person sees, and how it starts and stops."""

import os
import re
import signal
import socket
import subprocess
import sys
import time
from pathlib import Path

import httpx2
import pytest

from tests.loading import until
from tests.serving import PATIENCE, environment, serving
from tests.support import TOP, write


def test_it_answers_a_question_says_how_to_ask_as_an_agent_and_outlives_a_hangup(tmp_path):
    with serving(tmp_path / "var") as (process, url):
        query = '{search(query:"money not received in bank"){nodes{title}}}'
        answer = httpx2.post(f"{url}/graphql", json={"query": query}).json()
        assert answer["data"]["search"]["nodes"][0] == {"title": "When does a payout reach my bank?"}
        assert httpx2.get(f"{url}/healthz").text == "ok\n"
        assert httpx2.get(f"{url}/readyz").json()["status"] == "ready"
        assert re.search(r'A token +\S+kb token --role agent --name "Asha Rawat"', (tmp_path / "output").read_text())
        command = [sys.executable, "-m", "kb.cli", "token", "--role", "agent", "--name", "Asha Rawat"]
        token = subprocess.run(
            command, cwd=TOP, env=environment(tmp_path / "var"), capture_output=True, text=True, check=True
        ).stdout.strip()
        headers = {"authorization": f"Bearer {token}"}
        answer = httpx2.post(f"{url}/graphql", json={"query": "{viewer{role name}}"}, headers=headers).json()
        assert answer == {
            "data": {"viewer": {"role": "AGENT", "name": "Asha Rawat"}},
            "extensions": answer["extensions"],
        }
        process.send_signal(signal.SIGHUP)
        until(lambda: "hangup.ignored" in (tmp_path / "output").read_text())
        assert httpx2.get(f"{url}/healthz").text == "ok\n"
        process.send_signal(signal.SIGTERM)
        assert process.wait(PATIENCE) == 0


def test_server_py_does_the_same_and_makes_the_tables(tmp_path):
    file = tmp_path / "new.db"
    with serving(tmp_path / "var", command=("server.py",), KB_DATABASE_URL=f"sqlite:///{file}") as (process, url):
        assert httpx2.get(f"{url}/readyz").status_code == 200
        until(lambda: httpx2.get(f"{url}/readyz").json()["status"] == "ready")
        assert file.stat().st_size > 0
        process.send_signal(signal.SIGINT)
        assert process.wait(PATIENCE) == 0


def test_a_hangup_ends_it_where_its_terminal_is_gone(tmp_path):
    window, terminal = os.openpty()
    command = [sys.executable, "-m", "kb.cli", "serve"]
    with subprocess.Popen(command, cwd=TOP, env=environment(tmp_path / "var"), stderr=terminal) as process:
        try:
            os.close(terminal)
            told = b""
            while b"GraphQL" not in told:
                told += os.read(window, 4096)
            os.close(window)
            process.send_signal(signal.SIGHUP)  # the system's own goes to the terminal's first process
            assert process.wait(PATIENCE) == 0
        finally:
            process.kill()


def test_a_change_of_a_file_is_found_while_it_runs(tmp_path):
    content = write(tmp_path / "content", {"articles/a.md": "---\ntitle: Payouts\n---\nEvery two days.\n"})
    with serving(tmp_path / "var", KB_CONTENT=str(content)) as (_, url):
        write(content, {"articles/b.md": "---\ntitle: Zebra crossings\n---\nNew.\n"})
        ends = time.monotonic() + PATIENCE
        while time.monotonic() < ends:
            answer = httpx2.post(f"{url}/graphql", json={"query": '{search(query:"zebra"){nodes{title}}}'}).json()
            if answer["data"]["search"]["nodes"]:
                break
            time.sleep(0.05)
        assert answer["data"]["search"]["nodes"] == [{"title": "Zebra crossings"}]


@pytest.mark.parametrize(
    ("setting", "value", "message"),
    [
        ("KB_CONTENT", "/nowhere", "kb: KB_CONTENT: there is no folder '/nowhere'."),
        ("KB_ENV", "production", "kb: KB_SECRET is required in production."),
        ("KB_LOCALE", "English", "kb: KB_LOCALE: String should match pattern"),
        ("KB_SEARCH_URL", "mysql://x", "kb: KB_SEARCH_URL is 'mysql://x'; it must be whoosh:///folder"),
    ],
)
def test_a_bad_setting_is_one_clear_line(tmp_path, setting, value, message):
    result = run(tmp_path, **{setting: value})
    assert result.returncode == 2
    assert result.stderr.startswith(message)
    assert len(result.stderr.splitlines()) == 1


def test_a_taken_port_is_one_clear_line(tmp_path):
    with socket.create_server(("127.0.0.1", 0)) as taken:
        port = str(taken.getsockname()[1])
        result = run(tmp_path, KB_PORT=port)
    assert result.returncode == 2
    assert result.stderr == f"kb: KB_PORT: port {port} on 127.0.0.1 is taken by another process.\n"


def run(tmp_path: Path, **more: str) -> subprocess.CompletedProcess[str]:
    command = [sys.executable, "-m", "kb.cli", "serve"]
    env = environment(tmp_path / "var", **more)
    return subprocess.run(command, cwd=TOP, env=env, capture_output=True, text=True, timeout=PATIENCE, check=False)
