"""What the documentation must name: it fails here when something is added and not described."""

import dataclasses
import re
import shutil
import subprocess
import tomllib
from collections.abc import Iterator
from pathlib import Path

import pytest
import typer
from pydantic_core import PydanticUndefined
from ruamel.yaml import YAML
from typer.testing import CliRunner

from kb.cli import app
from kb.library.markdown.anchors import anchor
from kb.library.meta import ArticleMeta, CategoryMeta, PolicyMeta, StepMeta, TutorialMeta, VideoMeta
from kb.library.terms import Terms
from kb.settings import PREFIX, Settings
from schema.failures import Code
from schema.limits import Limits
from tests.support import TOP

DOCS = TOP / "docs"
PAGES = [TOP / "README.md", TOP / "CHANGELOG.md", *sorted(DOCS.rglob("*.md"))]
PROJECT = tomllib.loads((TOP / "pyproject.toml").read_text())["project"]
COMMANDS = sorted(typer.main.get_command(app).commands)
MODELS = [ArticleMeta, TutorialMeta, PolicyMeta, CategoryMeta, VideoMeta, StepMeta, Terms]
_LINK = re.compile(r"(?<!!)\[[^\]\[]*\]\(([^()\s]+)\)")
_FENCED = re.compile(r"^```.*?^```", re.MULTILINE | re.DOTALL)
_CODE = re.compile(r"`[^`\n]+`")


def test_every_dependency_has_its_reason():
    given = _first_cells(DOCS / "dependencies.md")
    assert {_package(each) for each in _requirements()} == set(given)


def test_a_dependency_that_is_gone_is_not_described():
    assert [name for name in _first_cells(DOCS / "dependencies.md") if name not in map(_package, _requirements())] == []


@pytest.mark.parametrize("name", Settings.model_fields)
def test_a_setting_is_described_with_its_default(name):
    rows = {row[0]: row for row in _rows(DOCS / "operating.md")}
    assert rows[f"`{PREFIX}{name.upper()}`"][1] == _shown(Settings.model_fields[name].default)


def test_no_setting_is_described_that_is_not_there():
    described = re.findall(r"^\| `KB_([A-Z_]+)` \|", (DOCS / "operating.md").read_text(), re.MULTILINE)
    assert sorted(described) == sorted(name.upper() for name in Settings.model_fields)


def test_every_limit_is_described_with_its_default():
    rows = {row[0]: row[1] for row in _rows(DOCS / "operating.md")}
    wanted = {
        f"`{each.name}`": f"{each.default:g}" if isinstance(each.default, float) else str(each.default)
        for each in dataclasses.fields(Limits)
    }
    assert {name: rows.get(name) for name in wanted} == wanted


def test_every_error_code_of_the_endpoint_is_described():
    text = (DOCS / "schema.md").read_text()
    assert [code for code in Code if f"`{code}`" not in text] == []


@pytest.mark.parametrize("command", COMMANDS)
def test_a_command_is_in_the_readme(command):
    assert re.search(rf"^\| `kb {command}\b", (TOP / "README.md").read_text(), re.MULTILINE)


@pytest.mark.parametrize("command", COMMANDS)
def test_a_command_shows_an_example(command):
    shown = CliRunner().invoke(app, [command, "--help"])
    assert shown.exit_code == 0
    assert re.search(rf"Example: .*kb {command}\b", shown.output)


@pytest.mark.parametrize("model", MODELS)
def test_every_key_of_the_content_is_described_for_writers(model):
    text = (DOCS / "writing.md").read_text()
    assert [key for key in model.model_fields if f"`{key}`" not in text] == []


@pytest.mark.parametrize("name", ["synonyms.yml", "storefronts.yml"])
def test_every_key_of_the_sample_files_is_described_for_writers(name):
    keys = YAML(typ="safe", pure=True).load((TOP / "content" / name).read_text())
    inner = [
        key
        for value in keys.values()
        if isinstance(value, list)
        for each in value
        if isinstance(each, dict)
        for key in each
    ]
    text = (DOCS / "writing.md").read_text()
    assert [key for key in {*keys, *inner} if f"{key}:" not in text] == []


def test_every_target_is_in_make_help():
    if shutil.which("make") is None:
        pytest.skip("make is not installed")
    shown = subprocess.run(
        ["make", "--no-print-directory", "help"], cwd=TOP, capture_output=True, text=True, check=True
    ).stdout
    phony = re.search(r"^\.PHONY: (.*)$", (TOP / "Makefile").read_text(), re.MULTILINE)
    assert phony is not None
    assert sorted(line.split()[0] for line in shown.splitlines()) == sorted(phony[1].split())


@pytest.mark.parametrize("page", PAGES, ids=lambda page: page.relative_to(TOP).as_posix())
def test_every_link_leads_somewhere(page):
    assert list(_dead_links(page)) == []


def test_every_decision_is_linked_from_the_architecture():
    text = (DOCS / "architecture.md").read_text()
    assert [path.name for path in sorted((DOCS / "adr").glob("*.md")) if f"(adr/{path.name})" not in text] == []


def test_the_layers_are_those_of_the_import_contract():
    contracts = tomllib.loads((TOP / "pyproject.toml").read_text())["tool"]["importlinter"]["contracts"]
    layers = next(each["layers"] for each in contracts if each["type"] == "layers")
    listing = "\n".join(["```", *layers, "```"])
    assert listing in (DOCS / "architecture.md").read_text()


def test_every_page_is_linked_from_the_readme():
    text = (TOP / "README.md").read_text()
    assert [path.name for path in sorted(DOCS.glob("*.md")) if f"(docs/{path.name})" not in text] == []


def test_the_changelog_knows_the_version():
    assert re.search(
        rf"^(## \[|.*\b){re.escape(PROJECT['version'])}\b", (TOP / "CHANGELOG.md").read_text(), re.MULTILINE
    )


def _requirements() -> Iterator[str]:
    yield from PROJECT["dependencies"]
    for extra in PROJECT["optional-dependencies"].values():
        yield from extra


def _package(requirement: str) -> str:
    return re.split(r"[\[<>=~!;\s]", requirement, maxsplit=1)[0]


def _first_cells(page: Path) -> list[str]:
    return [row[0].strip("`") for row in _rows(page) if row[0].startswith("`")]


def _rows(page: Path) -> list[list[str]]:
    """The cells of every table's rows."""
    return [
        [cell.strip() for cell in line.strip("|").split("|")]
        for line in page.read_text().splitlines()
        if line.startswith("|")
    ]


def _shown(default: object) -> str:
    if default is None or default is PydanticUndefined or default == "":
        return "none"
    return f"`{'on' if default is True else 'off' if default is False else default}`"


def _dead_links(page: Path) -> Iterator[str]:
    for target in _LINK.findall(_CODE.sub("", _FENCED.sub("", page.read_text()))):
        name, _, fragment = target.partition("#")
        if "://" in target:
            continue
        file = (page.parent / name).resolve() if name else page
        if not file.exists() or (fragment and fragment not in _anchors(file)):
            yield target


def _anchors(page: Path) -> set[str]:
    return {
        anchor(line.lstrip("#").strip())
        for line in _FENCED.sub("", page.read_text()).splitlines()
        if line.startswith("#")
    }
