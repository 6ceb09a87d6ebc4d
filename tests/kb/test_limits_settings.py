"""`KB_LIMIT_<NAME>`: each limit is a setting, and one that is not there is not passed over in silence."""

from dataclasses import asdict

import pytest

from kb.errors import SetupError
from kb.settings import read_limits
from schema.limits import Limits

DEFAULTS = asdict(Limits())


@pytest.fixture(autouse=True)
def _elsewhere(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)


def test_nothing_set_is_the_defaults():
    assert Limits(**read_limits(DEFAULTS)) == Limits()


@pytest.mark.parametrize("name", DEFAULTS)
def test_each_limit_can_be_set(name, monkeypatch):
    monkeypatch.setenv(f"KB_LIMIT_{name.upper()}", "7")
    assert read_limits(DEFAULTS) == DEFAULTS | {name: 7}


def test_seconds_may_have_fractions_and_the_env_file_counts(tmp_path):
    (tmp_path / ".env").write_text("KB_LIMIT_READ_SECONDS=2.5\nKB_PORT=1\n")
    assert read_limits(DEFAULTS) == DEFAULTS | {"read_seconds": 2.5}


@pytest.mark.parametrize(
    ("name", "value", "message"),
    [
        ("DEPTH", "deep", "KB_LIMIT_DEPTH: Input should be a valid integer, unable to parse string as an integer."),
        ("DEPTH", "0", "KB_LIMIT_DEPTH: Input should be greater than or equal to 1."),
        ("INTROSPECTION_ALIASES", "-1", "KB_LIMIT_INTROSPECTION_ALIASES: Input should be greater than or equal to 0."),
        ("READ_SECONDS", "inf", "KB_LIMIT_READ_SECONDS: Input should be a finite number."),
        ("READ_SECONDS", "0", "KB_LIMIT_READ_SECONDS: Input should be greater than or equal to 0.1."),
        ("DETPH", "3", "KB_LIMIT_DETPH: there is no such limit; did you mean KB_LIMIT_DEPTH?"),
        ("ALIAS", "3", "KB_LIMIT_ALIAS: there is no such limit; did you mean KB_LIMIT_ALIASES?"),
    ],
)
def test_a_bad_limit_is_named(name, value, message, monkeypatch):
    monkeypatch.setenv(f"KB_LIMIT_{name}", value)
    with pytest.raises(SetupError) as refused:
        read_limits(DEFAULTS)
    assert str(refused.value) == message


def test_an_unknown_limit_of_the_env_file_is_named(tmp_path):
    (tmp_path / ".env").write_text("KB_LIMIT_COSTS=3\n")
    with pytest.raises(SetupError, match=r"did you mean KB_LIMIT_COST\?"):
        read_limits(DEFAULTS)
