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

from tests.bench.big_day import big_day
from tests.bench.measuring import Figure, Spread
from van_station.bootstrap.demo.people import PASSPHRASE

USABLE_BAR_MS = 3000


def run(folder: Path, *, quick: bool) -> list[Figure]:
    """Return the figures; every start is a fresh program and a browser without a cache."""
    if importlib.util.find_spec("playwright") is None:
        return []
    from tests.bench import chromium  # noqa: PLC0415  -- needs playwright

    if chromium.chromium() is None:
        return []
    starts, presses = (1, 3) if quick else (5, 9)
    with big_day(folder / "machine", tickets=60, old_dossiers=0 if quick else 300, started=0):
        pass
    samples: dict[str, list[float]] = {name: [] for name in ("start", "usable", "signed_in", "call")}
    with chromium.browser() as browser:
        for _ in range(starts):
            with _desk(folder / "machine" / "desk") as (address, started_s):
                samples["start"].append(started_s)
                page = chromium.DeskPage(browser, address)
                samples["usable"].append(page.usable_s)
                samples["signed_in"].append(page.sign_in("minh", PASSPHRASE, until="call-next"))
                for number in range(presses):
                    taken_s = _call(page)
                    if number:  # the first one changes an empty counter
                        samples["call"].append(taken_s)
                page.close()
    return _figures(samples)


def _figures(samples: dict[str, list[float]]) -> list[Figure]:
    shown = {
        "start": ("browser: program started to address ready", "van-station run, imports included", None),
        "usable": (
            "browser: address to sign-in page usable",
            "fresh browser profile, program just started, Flutter in software rendering",
            USABLE_BAR_MS,
        ),
        "signed_in": (
            "browser: sign-in pressed to desk usable",
            "Argon2id and opening the store included",
            None,
        ),
        "call": (
            "browser: press on call-next to new number shown",
            "from pointerdown to the accessible text, by the browser's clock",
            None,
        ),
    }
    return [
        Figure(name, "ms", Spread.of(samples[key], scale=1000), bar=bar, bar_on="median", note=note)
        for key, (name, note, bar) in shown.items()
    ]


def _call(page) -> float:
    """Call the next one, timed; then serve and finish by keyboard, so that the counter is free again."""
    taken_s = page.press_until_changed("call-next", "serving-number")
    page.page.wait_for_timeout(400)
    for wanted in ("act-finish", "counter-empty"):
        page.page.keyboard.press("F10")
        page.find(wanted).wait_for(state="attached")
        page.page.wait_for_timeout(200)
    return float(taken_s)


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
