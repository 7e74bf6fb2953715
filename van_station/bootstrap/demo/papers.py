"""Invented sample pages in a watched folder: the scanner of a machine that has none."""

from __future__ import annotations

import threading
from collections.abc import Sequence
from pathlib import Path

from scanning.samples import Kind, make_sample_stack
from van_station.settings.assets import asset_path

FONT = "fonts/InterTabular-Regular.ttf"
_LOOK_EVERY_S = 3.0
STACK: tuple[Kind, ...] = ("birth", "blank_back", "letter", "form")


def lay_papers(folder: Path, *, seed: int, kinds: Sequence[Kind] = STACK, dpi: int = 300) -> int:
    """Draw one stack into the folder; returns how many pages lie there now.

    The pages are pictures of nobody's papers and say so; the desk takes them out of the folder once they
    are sealed.
    """
    folder.mkdir(parents=True, exist_ok=True, mode=0o700)
    pages = make_sample_stack(seed, len(kinds), kinds=kinds, font=asset_path(FONT), dpi=dpi)
    for number, page in enumerate(pages, start=1):
        draft = folder / f".mau-{seed:04d}-{number:02d}.jpg"
        draft.write_bytes(page.image)
        draft.rename(folder / f"mau-{seed:04d}-{number:02d}.jpg")
    return sum(not path.name.startswith(".") for path in folder.iterdir())


def keep_papers_coming(folder: Path) -> threading.Event:
    """Lay a fresh stack whenever the folder is empty, until the returned event is set."""
    ended = threading.Event()

    def lay() -> None:
        seed = 1
        while not ended.is_set():
            if not any(folder.iterdir()):
                lay_papers(folder, seed=seed)
                seed += 1
            ended.wait(_LOOK_EVERY_S)

    threading.Thread(target=lay, name="sample-papers", daemon=True).start()
    return ended
