"""What a process of the service asks of the system. SIGHUP is tried on the service itself in `tests/test_serve.py`."""

import os
import resource

import pytest

from tests.loading import until
from web.process import Terminal, take_descriptors


@pytest.fixture
def few_descriptors():
    soft, hard = resource.getrlimit(resource.RLIMIT_NOFILE)
    if hard <= 512:
        pytest.skip("the system allows no more")
    resource.setrlimit(resource.RLIMIT_NOFILE, (min(soft, hard - 1), hard))
    yield hard
    resource.setrlimit(resource.RLIMIT_NOFILE, (soft, hard))


def test_it_takes_as_many_descriptors_as_it_may(few_descriptors):
    assert take_descriptors() == few_descriptors
    assert resource.getrlimit(resource.RLIMIT_NOFILE) == (few_descriptors, few_descriptors)
    assert take_descriptors() == few_descriptors


def test_a_terminal_is_gone_when_its_window_is_closed():
    window, descriptor = os.openpty()
    try:
        terminal = Terminal(descriptor)
        assert not terminal.gone
        os.close(window)
        until(lambda: terminal.gone)
    finally:
        os.close(descriptor)


def test_what_was_no_terminal_is_never_gone():
    reading, writing = os.pipe()
    terminal = Terminal(writing)
    for each in (reading, writing):
        os.close(each)
    assert not terminal.gone
