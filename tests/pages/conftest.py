"""A browser for the tests of pages; they are skipped where there is none, or where the extra `serve` is missing."""

from __future__ import annotations

import shutil
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest

BROWSERS = ("chromium", "chromium-browser", "google-chrome")


@pytest.fixture(scope="session")
def launch() -> Iterator[Callable[..., Any]]:
    """`launch(*flags)` → a browser of Playwright; the test is skipped where there is none."""
    api = pytest.importorskip("playwright.sync_api", reason="Playwright is not installed: pip install playwright")
    installed = next((path for name in BROWSERS if (path := shutil.which(name))), None)
    with api.sync_playwright() as playwright:
        own = Path(playwright.chromium.executable_path)
        if not own.is_file() and installed is None:
            pytest.skip("no Chromium: python -m playwright install chromium, or apt install chromium")
        browsers = []

        def start(*flags: str) -> Any:
            path = None if own.is_file() else installed
            browsers.append(playwright.chromium.launch(executable_path=path, args=["--no-sandbox", *flags]))
            return browsers[-1]

        yield start
        for browser in browsers:
            browser.close()


@pytest.fixture(scope="session")
def browser(launch: Callable[..., Any]) -> Any:
    return launch()


@pytest.fixture
def problems() -> list[str]:
    """What a page logs as an error, or a policy refuses; a test fails where any is left."""
    return []


@pytest.fixture
def page(browser: Any, problems: list[str]) -> Iterator[Any]:
    """A tab that notes its problems."""
    from tests.pages.served import watch

    tab = browser.new_page(viewport={"width": 1100, "height": 900})
    watch(tab, problems)
    yield tab
    tab.close()
    assert problems == []
