"""Lighthouse's scores of home, article and search."""

import json
import shutil
import subprocess

import pytest

from tests.support import TOP

SCRIPT = TOP / "tests/clients/lighthouse.mjs"
PAGES = ("/", "/articles/when-payouts-arrive", "/search?q=payout")
LEAST = 95
CATEGORIES = ["accessibility", "best-practices", "performance"]
"""The best of up to four looks at a page's performance is told: it is measured by the clock, on a machine that is busy."""


@pytest.fixture(scope="module")
def scores(site):
    chromium, node = shutil.which("chromium"), shutil.which("node")
    if not (chromium and node and (SCRIPT.parent / "node_modules/lighthouse").is_dir()):
        pytest.skip("Lighthouse needs chromium, node and its package in tests/clients (npm ci)")
    command = [node, str(SCRIPT), chromium, *(site + path for path in PAGES)]
    told = subprocess.run(command, capture_output=True, text=True, timeout=400, cwd=SCRIPT.parent, check=False)
    assert told.returncode == 0, told.stderr
    return {url.removeprefix(site): found for url, found in json.loads(told.stdout).items()}


@pytest.mark.parametrize("path", PAGES)
@pytest.mark.parametrize("category", CATEGORIES)
def test_a_page_scores_well(scores, path, category):
    assert scores[path][category] >= LEAST, scores[path]["failed"]


@pytest.mark.parametrize("path", PAGES[:2])
def test_a_page_that_is_found_by_search_engines_scores_well_there(scores, path):
    assert scores[path]["seo"] >= LEAST, scores[path]["failed"]
