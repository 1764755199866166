"""Links lead somewhere, and nothing in a page belongs to the machine it was written on."""

from __future__ import annotations

import re

import pytest
from docs_pages import PAGES, ROOT, anchors, links


@pytest.mark.parametrize("page", PAGES, ids=lambda page: str(page.relative_to(ROOT)))
def test_links_within_the_repository_lead_somewhere(page):
    for link in links(page):
        if link.startswith(("https://", "mailto:")):
            continue
        path, _, anchor = link.partition("#")
        target = (page.parent / path).resolve() if path else page
        assert target.exists(), link
        assert target.is_relative_to(ROOT), link
        if anchor:
            assert anchor in anchors(target), link


@pytest.mark.parametrize("page", PAGES, ids=lambda page: str(page.relative_to(ROOT)))
def test_every_page_has_one_title_and_is_reached_from_another(page):
    text = page.read_text("utf-8")
    assert text.startswith("# ")
    assert len(re.findall(r"^# ", re.sub(r"^```.*?^```", "", text, flags=re.MULTILINE | re.DOTALL), re.MULTILINE)) == 1
    if page.parent != ROOT:
        others = (other for other in PAGES if other != page)
        targets = {(other.parent / link.partition("#")[0]).resolve() for other in others for link in links(other)}
        assert page in targets or page.parent in targets


@pytest.mark.parametrize("page", PAGES, ids=lambda page: str(page.relative_to(ROOT)))
def test_no_page_names_a_path_of_a_machine(page):
    assert not re.search(r"(^|[\s`(\"'])(/home/|/root/|/tmp/|/Users/|[A-Z]:\\)", page.read_text("utf-8"))


@pytest.mark.parametrize("page", PAGES, ids=lambda page: str(page.relative_to(ROOT)))
def test_no_page_has_marks_of_a_merge(page):
    assert not re.search(r"^(<{7} |>{7} )", page.read_text("utf-8"), re.MULTILINE)
