"""Two replicas behind nginx: one database, one Redis, an index each. Real processes, skipped where Debian's are not."""

import importlib.util
import json
import os
import shutil
import signal
import socket
import subprocess
import time
from contextlib import closing, contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from threading import Thread
from types import SimpleNamespace
from urllib.parse import urlsplit
from uuid import uuid4

import httpx2
import pytest
from websockets.sync.client import connect

from kb.store.database import Database
from kb.store.migrate import migrate
from tests.loading import READ, loaded, ticket, until
from tests.schema.desk.asking import FILES, REPLY
from tests.serving import serving
from tests.support import AGENT, JWT_SECRET, TOP, token, write

NGINX = shutil.which("nginx", path=os.environ["PATH"] + ":/usr/sbin:/usr/local/sbin")
pytestmark = [
    pytest.mark.skipif(NGINX is None, reason="needs nginx"),
    pytest.mark.skipif(shutil.which("redis-server") is None, reason="needs redis-server"),
    pytest.mark.skipif(importlib.util.find_spec("redis") is None, reason="needs the Python package redis"),
]
TEMPORARY = ("client_body", "proxy", "fastcgi", "uwsgi", "scgi")
CREATE = "mutation($input: CreateTicketInput!) { createTicket(input: $input) { ticket { reference } accessToken } }"
FOLLOW = "subscription($r: String!, $t: String) { ticketUpdated(reference: $r, accessToken: $t) { kind } }"


def free_port():
    with socket.create_server(("127.0.0.1", 0)) as free:
        return free.getsockname()[1]


def listens(port):
    with socket.socket() as probe:
        return probe.connect_ex(("127.0.0.1", port)) == 0


@contextmanager
def running(command, port):
    with subprocess.Popen(command, stdout=subprocess.DEVNULL) as process:
        try:
            until(lambda: listens(port) or process.poll() is not None)
            assert process.poll() is None
            yield process
        finally:
            process.terminate()


def nginx_conf(folder, port, replicas):
    """deploy/nginx.conf, with ports of the test's and folders that a test may write."""
    text = (TOP / "deploy/nginx.conf").read_text()
    for name, base in zip(("app1:8000", "app2:8000"), replicas, strict=True):
        assert text.count(name) == 1
        text = text.replace(name, urlsplit(base).netloc)
    paths = "".join(f"{each}_temp_path {folder}/{each};\n" for each in TEMPORARY)
    text = text.replace("http {\n", f"http {{\n{paths}").replace("listen 80;", f"listen 127.0.0.1:{port};")
    (folder / "nginx.conf").write_text(text)
    user = "user root;" if os.geteuid() == 0 else ""
    options = f"daemon off; pid {folder}/nginx.pid; error_log stderr error; {user}"
    return [NGINX, "-p", str(folder), "-e", "stderr", "-c", str(folder / "nginx.conf"), "-g", options]


@pytest.fixture
def replicas(empty_postgres, tmp_path):
    with closing(Database(empty_postgres)) as database:
        migrate(database)
    redis, front, *ports = (free_port() for _ in range(4))
    bases = [f"http://127.0.0.1:{port}" for port in ports]
    settings = {
        "KB_CONTENT": str(write(tmp_path / "content", FILES)),
        "KB_DATABASE_URL": empty_postgres,
        "KB_LIMITS_URL": f"redis://127.0.0.1:{redis}",
        "KB_TRUSTED_PROXIES": "127.0.0.1",
        "KB_JWT_SECRET": JWT_SECRET,
        "KB_SECRET": "s" * 40,
        "KB_BASE_URL": f"http://127.0.0.1:{front}",
        "KB_LOG": "json",
        "KB_LIMIT_TICKET_BURST": "10000",
    }
    folders = [tmp_path / name for name in ("one", "two", "nginx")]
    for each in folders:
        each.mkdir()
    saving = ["--save", "", "--dir", str(tmp_path)]
    with (
        running(["redis-server", "--port", str(redis), "--bind", "127.0.0.1", *saving], redis),
        serving(folders[0] / "var", **settings | {"KB_PORT": str(ports[0])}) as (one, _),
        serving(folders[1] / "var", **settings | {"KB_PORT": str(ports[1])}) as (two, _),
        running(nginx_conf(folders[2], front, bases), front),
    ):
        yield SimpleNamespace(processes=[one, two], bases=bases, front=settings["KB_BASE_URL"], folder=tmp_path)


def ask(base, document, *, address=None, viewer=None, **variables):
    headers = {"x-forwarded-for": address} if address else {}
    if viewer:
        headers["authorization"] = f"Bearer {token(viewer)}"
    body = {"query": document, "variables": variables}
    return httpx2.post(f"{base}/graphql", json=body, headers=headers, timeout=30)


def test_two_replicas_are_one_service(replicas):
    """One test of many things: its start is what takes the time."""
    a_ticket_made_on_one_is_updated_live_on_the_other(replicas)
    limits_are_shared(replicas)
    content_changes_on_both(replicas)
    nginx_goes_on_while_one_is_replaced(replicas)


def a_ticket_made_on_one_is_updated_live_on_the_other(replicas):
    one, two = replicas.bases
    made = ask(one, CREATE, input=ticket(str(uuid4()), "Payout")).json()["data"]["createTicket"]
    address = urlsplit(replicas.front).netloc  # through nginx: a WebSocket passes
    for base in (urlsplit(two).netloc, address):
        with connect(f"ws://{base}/graphql", subprotocols=["graphql-transport-ws"]) as follower:
            follower.send(json.dumps({"type": "connection_init"}))
            assert json.loads(follower.recv(30))["type"] == "connection_ack"
            variables = {"r": made["ticket"]["reference"], "t": made["accessToken"]}
            follower.send(
                json.dumps({"type": "subscribe", "id": "1", "payload": {"query": FOLLOW, "variables": variables}})
            )
            told = None
            while told is None:  # until the subscription is there, nobody is told
                reply = {
                    "reference": made["ticket"]["reference"],
                    "body": "Which bank?",
                    "idempotencyKey": str(uuid4()),
                }
                assert "errors" not in ask(one, REPLY, viewer=AGENT, input=reply).json()
                try:
                    told = json.loads(follower.recv(1))
                except TimeoutError:
                    continue
            assert told["payload"]["data"]["ticketUpdated"]["kind"] in ("CREATED", "REPLIED", "STATUS_CHANGED")


def limits_are_shared(replicas):
    left = [
        int(ask(base, READ, address="192.0.2.7").headers["ratelimit"].partition("r=")[2].partition(";")[0])
        for base in (replicas.bases * 3)
    ]
    assert left == sorted(left, reverse=True)
    assert left[0] - left[-1] >= 4  # six requests, of which a window may have ended meanwhile


def content_changes_on_both(replicas):
    write(replicas.folder / "content", {"articles/payments/zebra.md": "---\ntitle: Zebra crossings\n---\nNew.\n"})
    for base in replicas.bases:
        until(lambda base=base: ask(base, '{search(query:"zebra"){totalCount}}').json()["data"]["search"]["totalCount"])


def nginx_goes_on_while_one_is_replaced(replicas):
    with loaded(replicas.front, readers=2, writers=1, pause=0.05) as load:
        replicas.processes[0].send_signal(signal.SIGTERM)
        assert replicas.processes[0].wait(60) == 0
        seen = len(load.reads)
        until(lambda: len(load.reads) > seen + 20)
        time.sleep(0.2)
    assert load.failures == []
    load.check(besides={"Payout"})


class WithoutDatabase(BaseHTTPRequestHandler):
    """A replica whose desk has nothing to show; all else is well."""

    protocol_version = "HTTP/1.1"

    def do_GET(self):
        self.send_response(503 if self.path == "/desk" else 200)
        self.send_header("content-length", "0")
        self.end_headers()

    def log_message(self, *_):
        pass


def test_a_page_that_wants_a_lost_database_takes_no_replica_from_readers(tmp_path):
    front = free_port()
    with (
        ThreadingHTTPServer(("127.0.0.1", 0), WithoutDatabase) as one,
        ThreadingHTTPServer(("127.0.0.1", 0), WithoutDatabase) as two,
    ):
        for each in (one, two):
            Thread(target=each.serve_forever, daemon=True).start()
        bases = [f"http://127.0.0.1:{each.server_port}" for each in (one, two)]
        with running(nginx_conf(tmp_path, front, bases), front):
            asked = ["/desk"] * 12 + ["/"] * 12
            told = [httpx2.get(f"http://127.0.0.1:{front}{path}").status_code for path in asked]
        for each in (one, two):
            each.shutdown()
    assert told == [503] * 12 + [200] * 12
