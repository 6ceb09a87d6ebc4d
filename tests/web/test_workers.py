"""The parent of workers, with workers that do nothing: what it does when they die, hang or do not start."""

import os
import signal
import socket
import sys
import threading
from contextlib import contextmanager

from tests.loading import until
from web import workers
from web.workers import Workers

START = "import socket, sys, time; channel = socket.socket(fileno=int(sys.argv[2]))\n"
READY = START + "channel.send(b'r'); channel.recv(1)"
SLOW = START + "time.sleep(0.3); channel.send(b'r'); channel.recv(1)"
STUBBORN = "import signal; signal.signal(signal.SIGTERM, signal.SIG_IGN)\n" + READY
NEVER = START + "channel.recv(1)"
FAILS = "import sys; sys.exit(2)"


class Family:
    def __init__(self, script, terminal=None):
        self.script, self.ready, self.gone = script, 0, []
        self.parent = Workers(
            socket.create_server(("127.0.0.1", 0)),
            2,
            lambda *given: [sys.executable, "-S", "-c", self.script, *map(str, given)],
            on_ready=self._told,
            on_gone=self.gone.append,
            terminal=terminal,
        )

    def _told(self):
        self.ready += 1

    @property
    def pids(self):
        return {each.number: each.process.pid for each in list(self.parent._workers) if each.ready}

    def send(self, number):
        os.kill(os.getpid(), number)


@contextmanager
def acting(act):
    """In another thread, while the parent has the main one; stops it afterwards whatever happens."""
    wrong = []

    def run():
        try:
            act()
        except BaseException as error:
            wrong.append(error)
        finally:
            os.kill(os.getpid(), signal.SIGTERM)

    thread = threading.Thread(target=run)
    thread.start()
    yield
    thread.join()
    assert wrong == []


def test_a_roll_replaces_each_worker_and_keeps_two_all_the_time():
    family, seen = Family(READY), []

    def act():
        until(lambda: len(family.pids) == 2)
        seen.append(family.pids)
        family.send(signal.SIGHUP)
        until(lambda: len(family.gone) == 2 and len(family.pids) == 2)
        seen.append(family.pids)

    with acting(act):
        assert family.parent.run() == 0
    before, after = seen
    assert not set(before.values()) & set(after.values())
    assert (family.ready, sorted(family.gone[:2])) == (1, [1, 2])


def test_a_roll_is_given_up_where_the_new_one_does_not_start():
    family, seen = Family(READY), []

    def act():
        until(lambda: len(family.pids) == 2)
        seen.append(family.pids)
        family.script = FAILS
        family.send(signal.SIGHUP)
        until(lambda: family.gone == [3] and not family.parent._outdated)
        seen.append(family.pids)

    with acting(act):
        assert family.parent.run() == 0
    assert seen[0] == seen[1]


def test_who_dies_is_replaced_under_the_same_number():
    family, seen = Family(READY), []

    def act():
        until(lambda: len(family.pids) == 2)
        seen.append(family.pids)
        os.kill(family.pids[1], signal.SIGKILL)
        until(lambda: family.gone == [1] and len(family.pids) == 2)
        seen.append(family.pids)

    with acting(act):
        assert family.parent.run() == 0
    before, after = seen
    assert sorted(after) == [1, 2]
    assert (after[2] == before[2], after[1] == before[1]) == (True, False)


def test_who_dies_again_and_again_is_waited_for():
    family = Family(READY)

    def act():
        for deaths in range(1, 4):
            until(lambda: 1 in family.pids)
            os.kill(family.pids[1], signal.SIGKILL)
            until(lambda deaths=deaths: family.parent._deaths == deaths)

    with acting(act):
        assert family.parent.run() == 0
    assert family.parent._not_before > 0
    assert workers.PAUSES[family.parent._deaths - 1] == 1.0


def test_none_that_starts_ends_the_parent_with_its_exit_code():
    assert Family(FAILS).parent.run() == 2


def test_a_second_signal_waits_for_nobody():
    family = Family(STUBBORN)

    def act():
        until(lambda: len(family.pids) == 2)
        family.send(signal.SIGTERM)  # which they pass over; `acting` sends another
        until(lambda: family.parent._stopping)

    with acting(act):
        assert family.parent.run() == 0
    assert family.parent._workers == []


def test_a_stop_does_not_wait_for_who_is_still_starting():
    family = Family(NEVER)
    with acting(lambda: until(lambda: family.parent._workers)):
        assert family.parent.run() == 0
    assert (family.ready, family.gone) == (0, [1])


LATE = "import signal; signal.signal(signal.SIGTERM, lambda *_: (channel.send(b'r'), sys.exit()))\n"


def test_who_gets_ready_while_all_stop_is_not_announced():
    family = Family(START + LATE + "channel.recv(1)")
    with acting(lambda: until(lambda: family.parent._workers)):
        assert family.parent.run() == 0
    assert (family.ready, family.gone) == (0, [1])


def test_a_roll_that_is_asked_for_before_the_first_is_ready_is_not_forgotten():
    family, seen = Family(SLOW), []

    def act():
        until(lambda: family.parent._workers)
        seen.append(family.parent._workers[0].process.pid)
        family.send(signal.SIGHUP)
        until(lambda: family.gone and len(family.pids) == 2)
        seen.append(family.pids)

    with acting(act):
        assert family.parent.run() == 0
    assert family.gone[0] == 1
    assert seen[0] not in seen[1].values()


class Gone:
    gone = True


def test_whose_terminal_is_gone_stops_instead_of_rolling():
    family, seen = Family(STUBBORN, terminal=Gone()), []

    def act():
        until(lambda: len(family.pids) == 2)
        family.send(signal.SIGHUP)
        until(lambda: family.parent._stopping)
        seen.append(len(family.parent._workers))

    with acting(act):  # ends with a second signal, for which nobody is waited for
        assert family.parent.run() == 0
    assert (seen, sorted(family.gone)) == ([2], [1, 2])
