"""Drives the desk in Chromium through Playwright, the way a person does: keys, clicks at coordinates, eyes.

What has to be known about a Flet page:
- Semantics are off until the hidden `flt-semantics-placeholder` is clicked (by script; it sits off screen).
- Flutter listens to a field only while it has the keyboard: click, then type.
- It hit-tests by coordinates: click at the centre of the box, when nothing slides any more.
- `ft.Semantics(identifier=...)` is `[flt-semantics-identifier=...]` in the page.
- The DOM value of a field that was never touched is empty; the canvas may lag the tree at the start.
"""

from __future__ import annotations

import contextlib
import os
import re
import time
from collections.abc import Callable
from pathlib import Path

from playwright.sync_api import BrowserContext, Locator, Page, Playwright

CHROMIUM = os.environ.get("CHROMIUM", "/usr/bin/chromium")
SCREENS = Path(__file__).parents[2] / "artifacts" / "screens"
_ARGUMENTS = [
    "--no-sandbox",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
    # Drawn by the page itself: a graphics process without a graphics card hangs now and then.
    "--disable-gpu",
    "--disable-software-rasterizer",
    "--disable-renderer-backgrounding",
    "--disable-backgrounding-occluded-windows",
    "--disable-background-timer-throttling",
    "--host-resolver-rules=MAP * ~NOTFOUND, EXCLUDE 127.0.0.1, EXCLUDE localhost",
    "--force-color-profile=srgb",
    "--font-render-hinting=none",
]
_LOCAL = re.compile(r"(https?|wss?)://(127\.0\.0\.1|localhost)[:/]|blob:|data:|about:|chrome-extension:")
_TREE = """(h => h ? h.innerHTML.length + ':' + [...h.querySelectorAll('flt-semantics')].reduce(
    (a, e) => (a * 31 + (e.style.transform + e.style.width).length * 7 + e.getBoundingClientRect().y | 0), 7) : ''
)(document.querySelector('flt-semantics-host'))"""


def chromium_is_there() -> bool:
    """Whether the browser that these tests need is installed."""
    return Path(CHROMIUM).exists()


def launch(playwright: Playwright):
    """Start Chromium; nothing it does can leave this machine."""
    return playwright.chromium.launch(executable_path=CHROMIUM, headless=True, args=_ARGUMENTS)


class Window:
    """One window of the desk."""

    def __init__(self, page: Page) -> None:
        self.page = page
        self.outside: list[str] = []
        page.set_default_timeout(20_000)
        page.on("request", self._note_request)
        page.on("requestfailed", self._forget_blocked)

    @classmethod
    def open(cls, context: BrowserContext, url: str) -> Window:
        """Open an address and wait until the page speaks to screen readers."""
        window = cls(context.new_page())
        window.page.goto(url)
        window.wake()
        return window

    def wake(self) -> None:
        """Turn the semantics on, after opening or reloading."""
        self.page.wait_for_selector("flt-semantics-placeholder", state="attached")
        self.page.evaluate("document.querySelector('flt-semantics-placeholder').click()")
        self.page.locator("flt-semantics").nth(3).wait_for(state="attached")

    def _note_request(self, request: object) -> None:
        if not _LOCAL.match(request.url):
            self.outside.append(request.url)

    def _forget_blocked(self, request: object) -> None:
        if request.failure == "csp" and request.url in self.outside:
            self.outside.remove(request.url)  # the page's own policy stopped it inside the browser

    # ------------------------------------------------------------------ finding
    def part(self, identifier: str) -> Locator:
        """A control by its test id."""
        return self.page.locator(f'[flt-semantics-identifier="{identifier}"]').first

    def parts(self, beginning: str) -> list[str]:
        """Ids of all controls on screen whose id begins so."""
        found = self.page.locator(f'[flt-semantics-identifier^="{beginning}"]')
        return [found.nth(i).get_attribute("flt-semantics-identifier") or "" for i in range(found.count())]

    def words(self, identifier: str) -> str:
        """What a control says, to the eye or to a screen reader."""
        return self.part(identifier).evaluate(
            "e => [e, ...e.querySelectorAll('*')].map(x => x.getAttribute('aria-label') || "
            "[...x.childNodes].filter(n => n.nodeType === 3).map(n => n.data).join('')).filter(Boolean).join(' ')"
        )

    # ------------------------------------------------------------------ waiting
    def wait(self, condition: Callable[[], bool], what: str, timeout_s: float = 20) -> None:
        """Wait until something is so."""
        end = time.monotonic() + timeout_s
        while not condition():
            if time.monotonic() > end:
                raise AssertionError(f"waited in vain for: {what}")
            self.page.wait_for_timeout(30)

    def see(self, identifier: str, saying: str | None = None, timeout_s: float = 20) -> None:
        """Wait until a control is there (and says something)."""
        self.part(identifier).wait_for(state="attached", timeout=timeout_s * 1000)
        if saying is not None:
            self.wait(
                lambda: saying in self._words_or_nothing(identifier),
                f"{identifier} saying {saying!r}",
                timeout_s,
            )

    def says(self, text: str, timeout_s: float = 20) -> None:
        """Wait until a text stands anywhere in the window."""
        page = self.page
        found = page.get_by_text(text).or_(page.get_by_label(text)).first
        found.wait_for(state="attached", timeout=timeout_s * 1000)

    def _words_or_nothing(self, identifier: str) -> str:
        try:
            return self.words(identifier)
        except Exception:  # noqa: BLE001 -- redrawn at this very moment
            return ""

    def gone(self, identifier: str) -> None:
        """Wait until a control is not there any more."""
        self.part(identifier).wait_for(state="detached")

    def quiet(self, quiet_s: float = 0.15, timeout_s: float = 3) -> None:
        """Wait until nothing moves: a click into something that slides is lost."""
        start = last = time.monotonic()
        seen = self.page.evaluate(_TREE)
        while time.monotonic() - start < timeout_s:
            self.page.wait_for_timeout(40)
            now = self.page.evaluate(_TREE)
            if now != seen:
                seen, last = now, time.monotonic()
            elif time.monotonic() - last >= quiet_s:
                return

    # ------------------------------------------------------------------ doing
    def click(self, identifier: str) -> None:
        """Press a control at its centre, scrolled to first."""
        target = self.part(identifier)
        target.wait_for(state="attached")
        self.quiet()
        self._bring(target)
        box = target.bounding_box()
        assert box is not None, f"{identifier} has no place on screen"
        self.page.mouse.click(box["x"] + box["width"] / 2, box["y"] + box["height"] / 2)

    def _bring(self, target: Locator) -> None:
        height = self.page.viewport_size["height"]
        for _ in range(30):
            box = target.bounding_box()
            if box is None or 90 < box["y"] + box["height"] / 2 < height - 70:
                return
            self.page.mouse.move(self.page.viewport_size["width"] * 0.7, height / 2)
            self.page.mouse.wheel(0, 160 if box["y"] > height / 2 else -160)
            self.quiet(0.1, 1)

    def click_until_gone(self, identifier: str, going: str) -> None:
        """Press a control that takes a sheet away; again, should the sheet have slid from under the pointer."""
        for _ in range(4):
            self.click(identifier)
            with contextlib.suppress(AssertionError):
                self.wait(lambda: self.part(going).count() == 0, f"{going} to go", 4)
                return
        raise AssertionError(f"{going} stays")

    def press(self, key: str) -> None:
        """Press a key."""
        self.page.keyboard.press(key)

    def type(self, identifier: str, text: str) -> None:
        """Type into a field as a person would; retried while something still slides."""
        field = (
            self.part(identifier)
            .locator("input,textarea")
            .or_(self.part(identifier).and_(self.page.locator("input,textarea")))
            .first
        )
        for _ in range(5):
            self._give_keyboard(field, identifier)
            self.press("Control+A")
            self.press("Delete")
            self.page.keyboard.insert_text(text)
            with contextlib.suppress(AssertionError):
                self.wait(lambda: self.live(field) == text, f"{identifier} to hold the text", 2)
                return
        raise AssertionError(f"could not type into {identifier}")

    def _give_keyboard(self, field: Locator, identifier: str) -> None:
        if self.live(field) is None:
            self.click(identifier)
        with contextlib.suppress(AssertionError):
            self.wait(lambda: self.live(field) is not None, f"{identifier} to take the keyboard", 2)

    @staticmethod
    def live(field: Locator) -> str | None:
        """Text of the element that is being edited, None when this field has not the keyboard."""
        return field.evaluate(
            "e => { const a = document.activeElement;"
            " return a === e || a.classList.contains('flt-text-editing') ? a.value : null }"
        )

    def write(self, text: str) -> None:
        """Type into whatever has the keyboard."""
        self.page.keyboard.insert_text(text)

    def scan(self, text: str) -> None:
        """A card reader: quick keys and Enter, into whatever has the keyboard."""
        self.page.keyboard.type(text, delay=1)
        self.press("Enter")

    def keyboard_at(self) -> str:
        """Label of what has the keyboard, first line."""
        return self.page.evaluate(
            "(document.activeElement.getAttribute('aria-label') || document.activeElement.innerText || '')"
        ).split("\n")[0]

    def wait_keyboard(self, label: str) -> None:
        """Wait until the keyboard is at a label."""
        self.wait(
            lambda: self.keyboard_at().startswith(label),
            f"keyboard at {label!r}, it is at {self.keyboard_at()!r}",
        )

    def without_mouse(self) -> None:
        """From now on whoever touches the mouse fails."""

        def refuse(*_: object, **__: object) -> None:
            raise AssertionError("this journey is for the keyboard alone")

        for act in ("click", "dblclick", "move", "down", "up", "wheel"):
            setattr(self.page.mouse, act, refuse)

    def at(self, identifier: str) -> bool:
        """Whether a control, or something in it, has the keyboard."""
        return self.page.evaluate(
            'id => { const a = document.activeElement, s = `[flt-semantics-identifier="${id}"]`;'
            " return !!a && (!!a.closest(s) || [...document.querySelectorAll(s)].some(e => e.contains(a))) }",
            identifier,
        )

    def wait_at(self, identifier: str) -> None:
        """Wait until a control has the keyboard."""
        self.wait(lambda: self.at(identifier), f"the keyboard at {identifier}, it is at {self.place()}")

    def place(self) -> str:
        """Test id of what has the keyboard, and what it says."""
        return self.page.evaluate(
            "() => { const a = document.activeElement, e = a && a.closest('[flt-semantics-identifier]');"
            " return `${e ? e.getAttribute('flt-semantics-identifier') : '?'}: "
            "${a ? a.getAttribute('aria-label') || a.tagName : ''}` }"
        )

    def reach(self, identifier: str, most: int = 60, key: str = "Tab") -> None:
        """Press Tab until a control has the keyboard."""
        self.part(identifier).wait_for(state="attached")
        self.quiet()
        passed = []
        for _ in range(most):
            if self.at(identifier):
                return
            self.press(key)
            self.page.wait_for_timeout(60)
            passed.append(self.place())
        raise AssertionError(f"{identifier} is not reached with {key}; passed {passed}")

    def press_on(self, identifier: str, key: str = "Enter") -> None:
        """Go to a control with Tab and press a key on it."""
        self.reach(identifier)
        self.press(key)

    def write_into(self, identifier: str, text: str) -> None:
        """Go to a field with Tab and type; what stood there goes."""
        self.reach(identifier)
        self.press("Control+A")
        self.page.keyboard.insert_text(text)
        self.page.wait_for_timeout(60)

    def tab_to(self, label: str, most: int = 60) -> None:
        """Press Tab until a control with this label has the keyboard."""
        for _ in range(most):
            self.press("Tab")
            self.page.wait_for_timeout(40)
            if self.keyboard_at().startswith(label):
                return
        raise AssertionError(f"{label!r} is not reached with Tab; the last was {self.keyboard_at()!r}")

    # ------------------------------------------------------------------ pictures
    def shot(self, name: str) -> None:
        """Keep a picture of the window for people to look at."""
        SCREENS.mkdir(parents=True, exist_ok=True)
        size = self.page.viewport_size
        path = SCREENS / f"{name}_{size['width']}x{size['height']}.png"
        for _ in range(8):
            self.quiet()
            self.page.wait_for_timeout(250)
            if len(self.page.screenshot(path=str(path))) > 12_000:
                return
