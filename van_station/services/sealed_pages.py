"""A scanned page on its way into the store: pictures and findings in one sealed body."""

from __future__ import annotations

import json
import struct
from dataclasses import asdict, dataclass, field
from typing import Any

from scanning import Box, CleanPage, Encoding, Finding, RawPage, Severity

PAGE_MEDIA_TYPE = "application/vnd.van-station.page"
_MAGICS = (b"VSPG1", b"VSPG2")
_MAX_HEADER = 64 * 1024


@dataclass(frozen=True)
class KeptPage:
    """A page as it lies in the store.

    Attributes:
        page: as the stages made it.
        original: as the scanner gave it; None where the stages changed nothing (or an older version kept it).
        source_sha256: of the raw page as the device gave it, to know it again.
    """

    page: CleanPage = field(repr=False)
    source_sha256: str
    original: RawPage | None = field(default=None, repr=False)


def pack_page(kept: KeptPage) -> bytes:
    """Return magic, header length (4 bytes, big-endian), JSON header, JPEG, original picture if any."""
    page, original = kept.page, kept.original
    header: dict[str, Any] = {
        "width_px": page.width_px,
        "height_px": page.height_px,
        "dpi": page.dpi,
        "blank": page.blank,
        "skew_deg": page.skew_deg,
        "rotation_deg": page.rotation_deg,
        "sequence": page.sequence,
        "source_sha256": kept.source_sha256,
        "findings": [asdict(finding) for finding in page.findings],
        "picture_bytes": len(page.image),
    }
    if original is not None:
        header["original"] = {
            "encoding": original.encoding.value,
            "width_px": original.width_px,
            "height_px": original.height_px,
            "dpi": original.dpi,
        }
    text = json.dumps(header).encode()
    tail = b"" if original is None else original.image
    return b"".join((_MAGICS[1], struct.pack(">I", len(text)), text, page.image, tail))


def unpack_page(data: bytes) -> KeptPage:
    """Return what `pack_page` wrote, now or before originals were kept; ValueError for anything else."""
    start = len(_MAGICS[0]) + 4
    if not data.startswith(_MAGICS) or len(data) < start:
        raise ValueError("not a page")
    (size,) = struct.unpack(">I", data[start - 4 : start])
    if size > _MAX_HEADER or len(data) < start + size:
        raise ValueError("not a page")
    header = json.loads(data[start : start + size])
    findings = tuple(
        Finding(
            found["code"],
            Severity(found["severity"]),
            Box(**found["box"]) if found["box"] else None,
            found["value"],
        )
        for found in header.pop("findings")
    )
    source_sha256 = str(header.pop("source_sha256"))
    end = start + size + int(header.pop("picture_bytes", len(data) - start - size))
    original = _original(header.pop("original", None), data[end:], header["sequence"])
    page = CleanPage(image=data[start + size : end], findings=findings, **header)
    return KeptPage(page, source_sha256, original)


def _original(facts: dict[str, Any] | None, picture: bytes, sequence: int) -> RawPage | None:
    if facts is None:
        return None
    return RawPage(
        image=picture,
        encoding=Encoding(facts["encoding"]),
        width_px=int(facts["width_px"]),
        height_px=int(facts["height_px"]),
        dpi=int(facts["dpi"]),
        sequence=sequence,
        source_name="kept",
    )
