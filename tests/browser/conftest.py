"""A real browser before a real emulator. Without one these tests are left out, and say so."""

from __future__ import annotations

import os
import shutil
from pathlib import Path

import pytest

from ttd_workflows import Workflows
from ttd_workflows.emulator import Emulator

PICTURES = Path(__file__).resolve().parent.parent.parent / "build" / "screenshots"
CHROMIUM = os.environ.get("CHROMIUM") or shutil.which("chromium") or shutil.which("chromium-browser")
FLAGS = [
    "--no-sandbox",  # tests may run as root, where Chromium refuses to start with it
    "--disable-gpu",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
    "--no-first-run",
]
SIZES = {"laptop": (1366, 768), "tablet": (1024, 768), "phone": (390, 844)}


@pytest.fixture(scope="session")
def chromium():
    playwright = pytest.importorskip("playwright.sync_api", reason="playwright is not installed: make browser")
    if CHROMIUM is None:
        pytest.skip("there is no Chromium: install one, or name it in CHROMIUM")
    with playwright.sync_playwright() as driver:
        browser = driver.chromium.launch(executable_path=CHROMIUM, args=FLAGS)
        yield browser
        browser.close()


@pytest.fixture
def emulator():
    with Emulator(job_seconds=60) as running:
        yield running


@pytest.fixture
def workflows(emulator):
    with Workflows(ttd_auth=emulator.token, server_url=emulator.url, ledger=None) as client:
        yield client


@pytest.fixture
def open_page(chromium, emulator):
    """Open the page at a panel; a script error, or anything fetched from elsewhere, fails the test at its end."""
    contexts, troubles = [], []

    def opened(panel="jobs", size="laptop", theme="light"):
        width, height = SIZES[size]
        context = chromium.new_context(viewport={"width": width, "height": height}, color_scheme=theme)
        contexts.append(context)
        page = context.new_page()
        page.set_default_timeout(30_000)
        page.on("pageerror", lambda error: troubles.append(f"script error: {error}"))
        # A refusal is told in the page; the browser's own line about it is no trouble.
        page.on("console", lambda told: told.type == "error" and "400" not in told.text and troubles.append(told.text))
        home = f"http://127.0.0.1:{emulator.port}/"
        page.on("request", lambda request: request.url.startswith((home, "data:")) or troubles.append(request.url))
        page.goto(f"{home}_emulator/#{panel}")
        page.wait_for_selector("#connection[data-state=live]")
        return page

    yield opened
    for context in contexts:
        context.close()
    assert troubles == []


@pytest.fixture
def picture():
    """Keep a screenshot among the test's artefacts."""
    PICTURES.mkdir(parents=True, exist_ok=True)

    def taken(page, name):
        page.screenshot(path=PICTURES / f"{name}.png")

    return taken
