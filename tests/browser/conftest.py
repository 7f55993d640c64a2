"""A page in the system's Chromium, on the live server.

`page` is 1366×768; `telephone` is 390×844. Both fail the test on a script error or on a violation of the content security policy.
"""

import os
from collections.abc import Iterator
from pathlib import Path

import pytest

from scripts import browser

CHECKOUT = Path(__file__).resolve().parents[2]
AXE = CHECKOUT / "node_modules" / "axe-core" / "axe.min.js"
SHOTS = CHECKOUT / "test-results"


@pytest.fixture(scope="session")
def chromium():
    from playwright.sync_api import sync_playwright

    program = browser.executable()
    if not program:
        pytest.fail("Chromium is missing: run `python3 scripts/browser.py`.")
    # Playwright keeps an event loop on this thread; Django would refuse the ORM here although nothing is asynchronous.
    os.environ["DJANGO_ALLOW_ASYNC_UNSAFE"] = "true"
    with sync_playwright() as playwright:
        opened = playwright.chromium.launch(executable_path=program)
        yield opened
        opened.close()


@pytest.fixture(autouse=True)
def a_click_ends_where_it_leads(monkeypatch):
    """Playwright's click returns when the next page has begun; what is read then may be of a page that is still empty."""
    from playwright.sync_api import Locator, Page

    def settling(click):
        def clicked(where, *named, **options):
            click(where, *named, **options)
            (where if isinstance(where, Page) else where.page).wait_for_load_state()

        return clicked

    for kind in (Locator, Page):
        monkeypatch.setattr(kind, "click", settling(kind.click))


@pytest.fixture
def page(request, chromium, live_server):
    yield from watched_page(request, chromium, live_server.url, width=1366, height=768)


@pytest.fixture
def telephone(request, chromium, live_server):
    yield from watched_page(request, chromium, live_server.url, width=390, height=844)


def watched_page(request, chromium, address, *, width: int, height: int) -> Iterator:
    context = chromium.new_context(
        base_url=address, viewport={"width": width, "height": height}, locale="zh-CN", timezone_id="Asia/Shanghai"
    )
    context.set_default_timeout(15_000)
    opened = context.new_page()
    complaints: list[str] = []
    opened.on("pageerror", lambda error: complaints.append(str(error)))
    opened.on("console", lambda line: complaints.append(line.text) if "Content Security Policy" in line.text else None)
    yield opened
    SHOTS.mkdir(exist_ok=True)
    opened.screenshot(path=SHOTS / f"{request.node.name}.png", full_page=True)
    context.close()
    assert complaints == []


@pytest.fixture
def serious_axe_violations():
    """serious_axe_violations(page) → what axe finds serious or critical, as readable lines."""

    def find(opened) -> list[str]:
        opened.evaluate(AXE.read_text(encoding="utf-8"))  # evaluated, not inserted: the policy allows no inline script
        found = opened.evaluate("axe.run(document, {resultTypes: ['violations']})")["violations"]
        return [
            f"{each['id']}: {each['help']}: {node['html'][:160]}"
            for each in found
            if each["impact"] in ("serious", "critical")
            for node in each["nodes"]
        ]

    return find
