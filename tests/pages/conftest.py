"""A browser for the tests of pages; they are skipped where there is none, or where the extra `serve` is missing."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import Any

import pytest


@pytest.fixture(scope="module")
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
