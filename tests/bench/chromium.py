"""Chromium on the desk's page, with the browser's own clock for how long a press takes to show."""

from __future__ import annotations

import os
import shutil
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager

from playwright.sync_api import Browser, Page, sync_playwright

TIMEOUT_S = 30.0
_ARGS = [
    "--no-sandbox",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--enable-unsafe-swiftshader",
    "--host-resolver-rules=MAP * ~NOTFOUND, EXCLUDE 127.0.0.1",
]
_WATCH = """identifier => {
  const text = () => {
    const node = document.querySelector(`[flt-semantics-identifier="${identifier}"]`);
    return node ? (node.getAttribute('aria-label') || '') + node.innerText : '';
  };
  const watch = window.benchWatch = {pressed: 0, shown: 0, text: text()};
  const settle = new MutationObserver(() => {
    const now = text();
    if (watch.pressed && !watch.shown && now && now !== watch.text) watch.shown = performance.now();
  });
  settle.observe(document.querySelector('flt-semantics-host'),
    {subtree: true, childList: true, characterData: true, attributes: true});
  window.addEventListener('pointerdown', () => { watch.pressed = watch.pressed || performance.now(); }, {capture: true, once: true});
  window.benchStop = () => settle.disconnect();
}"""


def chromium() -> str | None:
    """Return the browser's program, None when there is none."""
    return os.environ.get("CHROMIUM") or shutil.which("chromium") or shutil.which("chromium-browser")


@contextmanager
def browser() -> Iterator[Browser]:
    """Start Chromium without a window."""
    with sync_playwright() as playwright:
        running = playwright.chromium.launch(executable_path=chromium(), headless=True, args=_ARGS)
        try:
            yield running
        finally:
            running.close()


class DeskPage:
    """One window of the desk, in a browser that has never seen it."""

    def __init__(self, browser: Browser, address: str) -> None:
        self._context = browser.new_context(viewport={"width": 1280, "height": 800}, locale="vi-VN")
        self.page: Page = self._context.new_page()
        self.page.set_default_timeout(TIMEOUT_S * 1000)
        start = time.perf_counter()
        self.page.goto(address)
        self.page.wait_for_selector("flt-semantics-placeholder", state="attached")
        self.page.evaluate("document.querySelector('flt-semantics-placeholder').click()")
        self.find("login").locator("input").wait_for(state="attached")
        self.usable_s = time.perf_counter() - start

    def find(self, identifier: str):
        """Return the node with an identifier."""
        return self.page.locator(f'[flt-semantics-identifier="{identifier}"]')

    def sign_in(self, login: str, passphrase: str, *, until: str) -> float:
        """Fill the form, press Enter; return the seconds until `until` is there."""
        for identifier, text in (("login", login), ("passphrase", passphrase)):
            field = self.find(identifier).locator("input")
            self._until(lambda field=field: self._has_caret(field))  # type: ignore[misc]
            self.page.keyboard.insert_text(text)
            self._until(lambda field=field, text=text: field.input_value() == text)  # type: ignore[misc]
        start = time.perf_counter()
        self.page.keyboard.press("Enter")
        self.find(until).wait_for(state="attached")
        return time.perf_counter() - start

    def press_until_changed(self, identifier: str, watched: str) -> float:
        """Press a button; return the seconds from the press to a new text of `watched`, by the browser's clock."""
        self.page.evaluate(_WATCH, watched)
        box = self.find(identifier).bounding_box()
        assert box is not None
        self.page.mouse.click(box["x"] + box["width"] / 2, box["y"] + box["height"] / 2)
        self._until(lambda: self.page.evaluate("window.benchWatch.shown > 0"))
        taken_ms = self.page.evaluate("window.benchWatch.shown - window.benchWatch.pressed")
        self.page.evaluate("window.benchStop()")
        return float(taken_ms) / 1000

    def close(self) -> None:
        """Close the window."""
        self._context.close()

    def _has_caret(self, field: object) -> bool:
        inside = "node => document.activeElement === node"
        if not field.evaluate(inside):  # type: ignore[attr-defined]
            box = field.bounding_box()  # type: ignore[attr-defined]
            self.page.mouse.click(box["x"] + box["width"] / 2, box["y"] + box["height"] / 2)
            self.page.wait_for_timeout(100)
        return bool(field.evaluate(inside))  # type: ignore[attr-defined]

    def _until(self, condition: Callable[[], bool]) -> None:
        deadline = time.monotonic() + TIMEOUT_S
        while not condition():
            if time.monotonic() > deadline:
                raise TimeoutError("the desk does not answer")
            self.page.wait_for_timeout(20)
