"""Every snippet of the documentation runs, and prints what the page says it prints."""

from __future__ import annotations

import re
import tomllib

import pytest
import yaml
from docs_pages import PAGES, ROOT, WALKED, blocks, languages, snippets

APART = [snippet for language in ("python", "sh") for snippet in snippets(language) if snippet.page not in WALKED]
"""Those that stand for themselves; pages that are walked from top to bottom have a test of their own."""


def test_every_language_is_one_that_is_checked():
    """``py`` are the cells of the notebook, which has a test of its own."""
    assert languages() <= {"python", "py", "sh", "text", "csv", "yaml", "toml", "graphql"}


@pytest.mark.parametrize("page", PAGES, ids=lambda page: str(page.relative_to(ROOT)))
def test_every_fence_is_one_that_is_found(page):
    lines = page.read_text("utf-8").splitlines()
    assert sum(line.startswith("```") for line in lines) == 2 * len(blocks(page))


@pytest.mark.parametrize("snippet", snippets("toml"), ids=str)
def test_toml(snippet):
    assert tomllib.loads(snippet.code)


@pytest.mark.parametrize("snippet", snippets("yaml"), ids=str)
def test_yaml(snippet):
    assert isinstance(yaml.safe_load(snippet.code), dict)


@pytest.mark.parametrize("example", APART, ids=str)
def test_a_snippet_does_what_the_page_says(example, followed):
    followed[example].result(timeout=300)


def test_every_make_target_that_is_named_exists():
    targets = set(re.findall(r"^(\w+):", (ROOT / "Makefile").read_text("utf-8"), re.MULTILINE))
    named = {
        word
        for snippet in snippets("sh")
        for line in snippet.code.splitlines()
        if line.startswith("make ")
        for word in line.split("#")[0].split()[1:]
        if "=" not in word and not word.startswith("-")
    }
    assert named <= targets
    assert {"demo", "test"} <= named


def test_the_readme_has_the_documented_snippet_to_the_letter():
    documented = (
        "import os\n"
        "from ttd_workflows import Workflows\n"
        "\n"
        "with Workflows(\n"
        '    ttd_auth=os.getenv("WORKFLOWS_TTD_AUTH", ""),\n'
        ") as workflows:\n"
        "    res = workflows.job_status.get_job_status(id=412651)\n"
        "    print(res)\n"
    )
    assert documented in [snippet.code for snippet in snippets("python") if snippet.page.name == "README.md"]
