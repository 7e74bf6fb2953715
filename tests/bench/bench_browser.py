"""The desk in Chromium: from the address to the sign-in page, from there to the desk, from a press to what it changes.

Without Chromium or playwright there are no figures.
"""

from __future__ import annotations

import importlib.util
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from tests.bench.big_day import big_day
from tests.bench.measuring import Figure, Spread
from van_station.bootstrap.demo.people import PASSPHRASE

USABLE_BAR_MS = 3000
_FIGURES = {
    "start": ("browser: program started to address ready", "van-station run, imports included"),
    "usable": (
        "browser: address to sign-in page usable",
        "fresh browser profile, program just started, drawn without a graphics card",
    ),
    "signed_in": ("browser: sign-in pressed to desk usable", "Argon2id and opening the store included"),
    "call": (
        "browser: call-next pressed to new number shown",
        "from pointerdown to the changed accessible text, by the browser's clock",
    ),
}
_WATCH = """identifier => {
  const text = () => {
    const node = document.querySelector(`[flt-semantics-identifier="${identifier}"]`);
    return node ? [node, ...node.querySelectorAll('*')].map(n => (n.getAttribute('aria-label') || '') + n.textContent).join() : '';
  };
  const watch = window.benchWatch = {pressed: 0, shown: 0, before: text()};
  watch.observer = new MutationObserver(() => {
    const now = text();
    if (watch.pressed && !watch.shown && now && now !== watch.before) watch.shown = performance.now();
  });
  watch.observer.observe(document.querySelector('flt-semantics-host'),
    {subtree: true, childList: true, characterData: true, attributes: true});
  window.addEventListener('pointerdown', () => { watch.pressed = performance.now(); }, {capture: true, once: true});
}"""


def run(folder: Path, *, quick: bool) -> list[Figure]:
    """Return the figures; every start is a fresh program and a browser without a cache."""
    if importlib.util.find_spec("playwright") is None:
        return []
    from playwright.sync_api import sync_playwright  # noqa: PLC0415  -- not everybody has it

    from tests.ui import driver  # noqa: PLC0415  -- needs playwright

    if not driver.chromium_is_there():
        return []
    starts, presses = (1, 3) if quick else (5, 9)
    with big_day(folder / "machine", tickets=60, old_dossiers=0 if quick else 300, started=0):
        pass
    samples: dict[str, list[float]] = {name: [] for name in _FIGURES}
    with sync_playwright() as playwright:
        browser = driver.launch(playwright)
        try:
            for _ in range(starts):
                _one_start(folder / "machine" / "desk", browser, samples, presses)
        finally:
            browser.close()
    return [
        Figure(
            name,
            "ms",
            Spread.of(samples[key], scale=1000),
            bar=USABLE_BAR_MS if key == "usable" else None,
            bar_on="median",
            note=note,
        )
        for key, (name, note) in _FIGURES.items()
    ]


def _one_start(data_dir: Path, browser: Any, samples: dict[str, list[float]], presses: int) -> None:
    from tests.ui.driver import Window  # noqa: PLC0415  -- needs playwright

    context = browser.new_context(viewport={"width": 1366, "height": 768}, locale="vi-VN")
    with _desk(data_dir) as (address, started_s):
        samples["start"].append(started_s)
        start = time.perf_counter()
        window = Window.open(context, address)
        window.see("login")
        samples["usable"].append(time.perf_counter() - start)
        window.type("login", "minh")
        window.type("passphrase", PASSPHRASE)
        start = time.perf_counter()
        window.press("Enter")
        window.see("call-next")
        samples["signed_in"].append(time.perf_counter() - start)
        for number in range(presses):
            taken_s = _call(window)
            if number:  # the first one draws a card where none was
                samples["call"].append(taken_s)
        context.close()


def _call(window: Any) -> float:
    """Call the next one, in seconds; then serve and finish by keyboard, so that the counter is free again."""
    window.quiet()
    page = window.page
    page.evaluate(_WATCH, "serving-number")
    window.click("call-next")
    window.wait(lambda: page.evaluate("window.benchWatch.shown > 0"), "the new number")
    taken_ms = page.evaluate(
        "(window.benchWatch.observer.disconnect(), window.benchWatch.shown - window.benchWatch.pressed)"
    )
    for wanted in ("act-finish", "counter-empty"):
        window.quiet()
        window.press("F10")
        window.see(wanted)
    return float(taken_ms) / 1000


@contextmanager
def _desk(data_dir: Path) -> Iterator[tuple[str, float]]:
    """Start the desk's program; give its one-time address and how long that took, in seconds."""
    command = [sys.executable, "-m", "van_station.cli.main", "run", "--data", str(data_dir), "--no-browser"]
    start = time.perf_counter()
    process = subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, text=True)
    try:
        assert process.stdout is not None
        address = process.stdout.readline().strip()
        if not address.startswith("http://127.0.0.1:"):
            raise RuntimeError("the desk did not start")
        yield address, time.perf_counter() - start
    finally:
        process.terminate()
        try:
            process.wait(timeout=15)
        except subprocess.TimeoutExpired:
            process.kill()
            process.wait()
