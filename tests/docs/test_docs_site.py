"""The site: every page has its place in it, it builds without a warning, and it needs nothing from elsewhere."""

from __future__ import annotations

import os
import re
import subprocess
import sys
from importlib.util import find_spec

import pytest
import yaml
from docs_pages import PAGES, ROOT

DOCS = ROOT / "docs"
FROM_ELSEWHERE = re.compile(r"""<(?:script|link|img|iframe)\b[^>]*?\b(?:src|href)=["']?(?:https?:)?//[^>]+>""")


def _places(nav):
    for entry in nav:
        inner = next(iter(entry.values())) if isinstance(entry, dict) else entry
        yield from _places(inner) if isinstance(inner, list) else [inner]


def test_every_page_has_one_place_and_every_place_a_page():
    """Decisions have theirs in the list of them, which is made from their files."""
    nav = yaml.safe_load((ROOT / "mkdocs.yml").read_text("utf-8"))["nav"]
    pages = [page.relative_to(DOCS).as_posix() for page in PAGES if page.is_relative_to(DOCS)]
    pages = [page for page in pages if not re.match(r"decisions/\d", page)]
    assert sorted(_places(nav)) == sorted(pages), "name the page in the nav of mkdocs.yml"


@pytest.fixture(scope="module")
def site(tmp_path_factory):
    if find_spec("mkdocs") is None:
        pytest.skip("mkdocs is not installed; make docs has it")
    folder = tmp_path_factory.mktemp("site")
    done = subprocess.run(
        [sys.executable, "-m", "mkdocs", "build", "--strict", "--quiet", "--site-dir", folder],
        cwd=ROOT,
        env={**os.environ, "NO_MKDOCS_2_WARNING": "1"},
        capture_output=True,
        text=True,
        check=False,
    )
    assert (done.returncode, done.stdout, done.stderr) == (0, "", "")
    return folder


def test_every_page_is_built(site):
    for page in PAGES:
        if page.is_relative_to(DOCS):
            built = page.relative_to(DOCS).with_suffix(".html")
            assert (site / built.with_name(built.name.replace("README", "index"))).exists()


def test_no_fence_is_left_as_it_was_written(site):
    for page in site.rglob("*.html"):
        assert "```" not in page.read_text("utf-8"), page


def test_no_page_loads_anything_from_elsewhere(site):
    for page in site.rglob("*.html"):
        for tag in FROM_ELSEWHERE.findall(page.read_text("utf-8")):
            assert 'rel="canonical"' in tag
    for file in site.rglob("*.svg"):
        assert not re.search(r"""(?:url\(|href=)["']?https?:""", file.read_text("utf-8")), file


def test_the_search_works_without_a_server(site):
    index = (site / "search" / "search_index.js").read_text("utf-8")
    assert index.startswith("var __index = ")
    assert "OutcomeUnknownAfterError" in index
    assert 'src="assets/iframe-worker.js"' in (site / "index.html").read_text("utf-8")
