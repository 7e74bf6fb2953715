"""A page's body in the store: what was packed comes back, also what an older version packed."""

from __future__ import annotations

import json
import struct

import pytest

from scanning import Box, CleanPage, Encoding, Finding, RawPage
from van_station.services.sealed_pages import KeptPage, pack_page, unpack_page

FOUND = (Finding.of("scan.cut_off", box=Box(1, 2, 3, 4), value=7.0), Finding.of("scan.blurred"))
PAGE = CleanPage(b"\xff\xd8picture", 40, 60, 300, False, FOUND, 1.5, 90, 3)
RAW = RawPage(b"original", Encoding.PNG, 44, 66, 300, 3, "kept")


@pytest.mark.parametrize("original", [None, RAW])
def test_what_was_packed_comes_back(original):
    kept = KeptPage(PAGE, "ab" * 32, original)
    assert unpack_page(pack_page(kept)) == kept


def test_a_page_of_the_version_before_originals_were_kept_is_read():
    facts = {
        "width_px": 40, "height_px": 60, "dpi": 300, "blank": False, "skew_deg": 1.5, "rotation_deg": 90,
        "sequence": 3, "source_sha256": "cd", "findings": [],
    }  # fmt: skip
    header = json.dumps(facts).encode()
    kept = unpack_page(b"VSPG1" + struct.pack(">I", len(header)) + header + PAGE.image)
    assert (kept.page.image, kept.original, kept.source_sha256) == (PAGE.image, None, "cd")


@pytest.mark.parametrize("data", [b"", b"VSPG2", b"VSPG3" + bytes(20), b"VSPG2" + b"\xff" * 8])
def test_anything_else_is_refused(data):
    with pytest.raises(ValueError, match="page"):
        unpack_page(data)
