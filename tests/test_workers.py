"""Several processes on one port: replaced, rolled and stopped while people read and write.

Each once in the everyday run; where KB_PROVE is set, three rolls and five kills.
"""

import os
import re
import signal
import socket
import subprocess
import sys
import time
from contextlib import contextmanager
from pathlib import Path
from urllib.parse import urlsplit

import httpx2
import pytest

from tests.loading import loaded, until
from tests.pacing import paced
from tests.schema.desk.asking import FILES
from tests.serving import PATIENCE, environment, serving
from tests.support import JWT_SECRET, TOP, write

PROVE = bool(os.environ.get("KB_PROVE"))
ROUNDS, ROLLS, KILLS = (5, 3, 5) if PROVE else (1, 1, 1)
MOST_SECONDS = 2.0  # from a kill to the next answer to a reader


class Running:
    """A service of two workers."""

    def __init__(self, process, base, folder):
        self.process, self.base, self.output = process, base, folder / "output"

    def told(self, pattern):
        return re.findall(pattern, self.output.read_text())

    def pids(self):
        """Those of the workers by number, from what was logged; each number's last."""
        lines = self.told(r'(?m)^\{.*"event":"worker.ready".*$')
        number, pid = re.compile(r'"worker":(\d+)'), re.compile(r'"pid":(\d+)')
        known = {number.search(line)[1]: int(pid.search(line)[1]) for line in lines}
        return {each: found for each, found in known.items() if alive(found)}

    def wait_for(self, workers):
        """How many workers have become ready since the start."""
        until(lambda: len(self.told("worker.ready")) >= workers)


def alive(pid):
    try:
        return Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()[0] != "Z"
    except FileNotFoundError:
        return False


@contextmanager
def two(tmp_path, **more):
    settings = {
        "KB_CONTENT": str(write(tmp_path / "content", FILES)),
        "KB_RATE_LIMITS": "off",
        "KB_JWT_SECRET": JWT_SECRET,
        "KB_LOG": "json",
        "KB_WORKERS": "2",
    }
    with serving(tmp_path / "var", **settings | more) as (process, base):
        running = Running(process, base, tmp_path)
        running.wait_for(2)
        pids = running.pids().values()
        yield running
        pids = {*pids, *running.pids().values()}
        process.kill()
        until(lambda: not any(map(alive, pids)))  # without a parent they end by themselves


def stop(running):
    running.process.send_signal(signal.SIGTERM)
    assert running.process.wait(PATIENCE) == 0


def test_two_workers_say_once_where_they_are_and_end_together(tmp_path):
    with two(tmp_path, KB_RATE_LIMITS="on") as running:
        assert len(running.told("limits.own")) == 2  # each counts for itself
        assert httpx2.get(f"{running.base}/readyz").json()["status"] == "ready"
        assert len(running.told("GraphQL +http://")) == 1
        pids = running.pids()
        assert sorted(pids) == ["1", "2"]
        stop(running)
        assert not any(map(alive, pids.values()))
        with pytest.raises(httpx2.ConnectError):
            httpx2.get(f"{running.base}/healthz")


def test_a_worker_that_dies_is_replaced_the_others_answer_meanwhile_and_metrics_tell_of_both(tmp_path):
    with two(tmp_path) as running:

        def workers():
            text = httpx2.get(f"{running.base}/metrics").text
            assert text.count("# TYPE kb_generation gauge") == 1
            return set(re.findall(r'kb_generation\{generation="[0-9a-f]+",worker="(\d)"\} 1.0', text))

        until(lambda: workers() == {"1", "2"})
        first = running.pids()["1"]
        os.kill(first, signal.SIGKILL)
        for _ in range(20):
            assert httpx2.get(f"{running.base}/readyz").status_code == 200
        running.wait_for(3)
        until(lambda: workers() == {"1", "2"})
        assert sorted(running.pids()) == ["1", "2"]
        assert running.pids()["1"] != first
        stop(running)


def test_every_worker_follows_a_change_and_one_writes_the_index(tmp_path):
    with two(tmp_path) as running:

        def generations():
            text = httpx2.get(f"{running.base}/metrics").text
            return {
                worker: each for each, worker in re.findall(r'kb_generation\{generation="(\w+)",worker="(\d)"\}', text)
            }

        until(lambda: set(generations()) == {"1", "2"})
        before = generations()
        write(tmp_path / "content", {"articles/payments/zebra.md": "---\ntitle: Zebra crossings\n---\nNew.\n"})
        until(lambda: all(generations().get(worker) not in (None, each) for worker, each in before.items()))
        for _ in range(6):  # each over a new connection, to either worker
            answer = httpx2.post(f"{running.base}/graphql", json={"query": '{search(query:"zebra"){totalCount}}'})
            assert answer.json()["data"]["search"] == {"totalCount": 1}
        indexed = [int(each) for each in running.told(r'"indexed":(\d+)')]
        assert len([each for each in indexed if each]) == 2  # the first start, and the change: by one of the two
        assert len(list((tmp_path / "var/index").glob("*.toc"))) == 1


def test_workers_whose_parent_is_killed_free_the_port(tmp_path):
    with two(tmp_path) as running:
        pids = running.pids().values()
        running.process.kill()
        until(lambda: not any(map(alive, pids)))
        address = urlsplit(running.base)
        socket.create_server((address.hostname, address.port)).close()


def test_workers_that_cannot_start_say_so_once(tmp_path):
    command = [sys.executable, "-m", "kb.cli", "serve"]
    env = environment(tmp_path / "var", KB_WORKERS="2", KB_CONTENT="/nowhere")
    result = subprocess.run(command, cwd=TOP, env=env, capture_output=True, text=True, timeout=PATIENCE, check=False)
    assert result.returncode == 2
    assert result.stderr == "kb: KB_CONTENT: there is no folder '/nowhere'.\n"


@pytest.mark.usefixtures("database")
def test_rolled_under_a_hundred_requests_a_second_nothing_is_lost_doubled_or_refused(url, tmp_path):
    content = str(TOP / "content")  # which takes a while to load: a new worker refuses nobody meanwhile
    with two(tmp_path, KB_DATABASE_URL=url, KB_CONTENT=content) as running:
        with paced(running.base) as load:
            for round_ in range(1, ROLLS + 1):
                before = set(running.pids().values())
                running.process.send_signal(signal.SIGHUP)
                running.wait_for(2 + 2 * round_)
                until(lambda before=before: not any(map(alive, before)))
                load.goes_on()
        assert {told for _, told in load.failures} <= overloaded(url)
        load.check()
        assert len(running.pids()) == 2


def overloaded(where):
    """SQLite lets a writer wait for 5 s, which twenty a second may on a machine that has other work; it is told so, and
    tries again with its key. Everything else that goes wrong is a failure of ours."""
    return {"UNAVAILABLE"} if where.startswith("sqlite") else set()


@pytest.mark.usefixtures("database")
def test_killed_under_load_no_acknowledged_write_is_lost_and_readers_wait_two_seconds_at_most(url, tmp_path):
    with two(tmp_path, KB_DATABASE_URL=url) as running:
        with paced(running.base) as load:
            for round_ in range(1, KILLS + 1):
                number, pid = sorted(running.pids().items())[round_ % 2]
                killed = time.monotonic()
                os.kill(pid, signal.SIGKILL)
                assert load.recovered(killed) < MOST_SECONDS
                running.wait_for(2 + round_)
                assert number in running.pids()
                load.goes_on()
        load.check()
        assert {told for _, told in load.failures if told.isupper()} <= overloaded(url)


@pytest.mark.parametrize("workers", ["1", "2"])
def test_a_stop_under_load_resets_no_connection(tmp_path, workers):
    content = str(write(tmp_path / "content", FILES))
    settings = {"KB_CONTENT": content, "KB_RATE_LIMITS": "off", "KB_JWT_SECRET": JWT_SECRET, "KB_WORKERS": workers}
    for round_ in range(ROUNDS):
        with serving(tmp_path / "var", **settings) as (process, base), loaded(base, readers=8, pause=0.0) as load:
            process.send_signal(signal.SIGTERM)
            assert process.wait(PATIENCE) == 0
            time.sleep(0.1)
            over_open_ones = [each for each in load.failures if not each.startswith("ConnectionRefusedError")]
        assert over_open_ones == [], f"round {round_}"
