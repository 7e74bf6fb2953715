"""A scanned page on its way into the store: picture and findings in one sealed body."""

from __future__ import annotations

import json
import struct
from dataclasses import asdict

from scanning import Box, CleanPage, Finding, Severity

PAGE_MEDIA_TYPE = "application/vnd.van-station.page"
_MAGIC = b"VSPG1"
_MAX_HEADER = 64 * 1024


def pack_page(page: CleanPage, source_sha256: str) -> bytes:
    """Return magic, header length (4 bytes, big-endian), JSON header, JPEG.

    Args:
        page: as cleaned.
        source_sha256: of the raw page as the device gave it, to know it again.
    """
    header = {
        "width_px": page.width_px,
        "height_px": page.height_px,
        "dpi": page.dpi,
        "blank": page.blank,
        "skew_deg": page.skew_deg,
        "rotation_deg": page.rotation_deg,
        "sequence": page.sequence,
        "source_sha256": source_sha256,
        "findings": [asdict(finding) for finding in page.findings],
    }
    text = json.dumps(header).encode()
    return _MAGIC + struct.pack(">I", len(text)) + text + page.image


def unpack_page(data: bytes) -> tuple[CleanPage, str]:
    """Return the page and the source hash that `pack_page` wrote; ValueError for anything else."""
    start = len(_MAGIC) + 4
    if not data.startswith(_MAGIC) or len(data) < start:
        raise ValueError("not a page")
    (size,) = struct.unpack(">I", data[len(_MAGIC) : start])
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
    page = CleanPage(image=data[start + size :], findings=findings, **header)
    return page, source_sha256
