"""Pages on the disk instead of in memory, for programs whose disk may hold them in clear.

Each page is a file of its own, written whole or not at all: a kill loses at most the page being read, and a
later run goes on behind what is there. (The desk keeps its pages sealed and uses none of this.)
"""

from __future__ import annotations

import json
import os
import shutil
import struct
from collections.abc import Iterator, Sequence
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any, Final

from scanning.codes import Severity
from scanning.errors import PageUnreadable
from scanning.ocr.upright import Reading
from scanning.page import Box, CleanPage, Finding
from scanning.text import TextLayer, Word

_MAGIC: Final = b"SPOOL1"
_SUFFIX: Final = ".page"
_MAX_HEADER: Final = 64 * 1024 * 1024


@dataclass(frozen=True, slots=True)
class SpoolMark:
    """What is known of a spooled page without opening its picture.

    Attributes:
        source_sha256: of the raw page, by which it is known again.
    """

    source_sha256: str
    blank: bool
    separator: bool


class PageSpool:
    """A folder of pages in order of arrival. One writer at a time."""

    def __init__(self, folder: Path) -> None:
        folder.mkdir(mode=0o700, parents=True, exist_ok=True)
        self._folder = folder
        self._marks = [_mark(page) for page in self._paths()]

    def __len__(self) -> int:
        return len(self._marks)

    @property
    def marks(self) -> Sequence[SpoolMark]:
        """What is known of each page."""
        return tuple(self._marks)

    def append(self, page: CleanPage, source_sha256: str) -> int:
        """Keep a page durably and return its index, from 0."""
        index = len(self._marks)
        header = {"source_sha256": source_sha256, "page": _page_header(page)}
        _write_whole(self._path(index), header, page.image)
        self._marks.append(SpoolMark(source_sha256, page.blank, page.is_separator))
        return index

    def page(self, index: int) -> CleanPage:
        """Return a page; PageUnreadable when its file was damaged."""
        header, image = _read(self._path(index))
        found = header["page"]
        findings = tuple(
            Finding(
                each["code"],
                Severity(each["severity"]),
                Box(**each["box"]) if each["box"] else None,
                each["value"],
            )
            for each in found.pop("findings")
        )
        return CleanPage(image=image, findings=findings, **found)

    def keep_reading(self, index: int, reading: Reading) -> None:
        """Keep what was read on a page."""
        words = [
            [word.text, *asdict(word.box).values(), word.confidence, word.line]
            for word in reading.layer.words
        ]
        header = {
            "turned_deg": reading.turned_deg,
            "mean_confidence": reading.layer.mean_confidence,
            "language": reading.layer.language,
            "words": words,
        }
        _write_whole(self._path(index).with_suffix(".text"), header, b"")

    def reading(self, index: int) -> Reading | None:
        """Return what was read on a page, None when it was not read yet."""
        path = self._path(index).with_suffix(".text")
        if not path.exists():
            return None
        header, _ = _read(path)
        words = tuple(Word(text, Box(*box), sure, line) for text, *box, sure, line in header["words"])
        return Reading(header["turned_deg"], TextLayer(words, header["mean_confidence"], header["language"]))

    def clear(self) -> None:
        """Remove the folder and all in it."""
        shutil.rmtree(self._folder)
        self._marks = []

    def _path(self, index: int) -> Path:
        return self._folder / f"{index:06d}{_SUFFIX}"

    def _paths(self) -> Iterator[Path]:
        """Yield pages from the first one on without a gap."""
        index = 0
        while (path := self._path(index)).exists():
            yield path
            index += 1


def _page_header(page: CleanPage) -> dict[str, Any]:
    return {
        "width_px": page.width_px,
        "height_px": page.height_px,
        "dpi": page.dpi,
        "blank": page.blank,
        "skew_deg": page.skew_deg,
        "rotation_deg": page.rotation_deg,
        "sequence": page.sequence,
        "findings": [asdict(finding) for finding in page.findings],
    }


def _mark(path: Path) -> SpoolMark:
    header, _ = _read(path, with_body=False)
    found = header["page"]["findings"]
    separator = any(finding["code"] == "scan.separator" for finding in found)
    return SpoolMark(header["source_sha256"], header["page"]["blank"], separator)


def _write_whole(path: Path, header: dict[str, Any], body: bytes) -> None:
    """Write beside, flush, rename, flush the folder: there is never half a page."""
    text = json.dumps(header).encode()
    beside = path.with_suffix(".part")
    with beside.open("wb") as file:
        file.write(_MAGIC + struct.pack(">I", len(text)) + text + body)
        file.flush()
        os.fsync(file.fileno())
    beside.replace(path)
    if os.name == "posix":
        folder = os.open(path.parent, os.O_RDONLY)
        try:
            os.fsync(folder)
        finally:
            os.close(folder)


def _read(path: Path, *, with_body: bool = True) -> tuple[dict[str, Any], bytes]:
    try:
        with path.open("rb") as file:
            head = file.read(len(_MAGIC) + 4)
            if not head.startswith(_MAGIC) or len(head) < len(_MAGIC) + 4:
                raise PageUnreadable("not a spooled page")
            (size,) = struct.unpack(">I", head[len(_MAGIC) :])
            if size > _MAX_HEADER:
                raise PageUnreadable("not a spooled page")
            header: dict[str, Any] = json.loads(file.read(size))
            return header, file.read() if with_body else b""
    except (OSError, ValueError) as error:
        raise PageUnreadable("a spooled page is damaged") from error
