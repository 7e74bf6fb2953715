"""Looks for personal data in the clear: what a thief with the disk would do first."""

from __future__ import annotations

from collections.abc import Iterable
from pathlib import Path

from van_station.bootstrap.demo.answers import ANSWERS, GROUPS
from van_station.bootstrap.demo.people import USERS, VISITORS

_SHORTEST = 5


def planted_texts() -> frozenset[str]:
    """Return every personal text of the demonstration: card fields, answers, staff names."""
    texts = [part for visitor in VISITORS for part in visitor.card.split("|")]
    texts += [visitor.phone for visitor in VISITORS]
    texts += [user.full_name for user in USERS]
    texts += [value for answers in ANSWERS.values() for value in answers.values() if isinstance(value, str)]
    texts += [value for _, item in GROUPS.values() for value in item.values() if isinstance(value, str)]
    return frozenset(text for text in texts if len(text) >= _SHORTEST)


def personal_traces(folder: Path, texts: Iterable[str] | None = None) -> list[tuple[Path, str]]:
    """Return (file, text) for each personal text found in any file below a folder, in UTF-8 or UTF-16."""
    needles = [
        (text, text.encode(encoding))
        for text in (planted_texts() if texts is None else texts)
        for encoding in ("utf-8", "utf-16-le")
    ]
    found = []
    for path in sorted(folder.rglob("*")):
        if path.is_file():
            data = path.read_bytes()
            found += [(path, text) for text, needle in needles if needle in data]
    return found
