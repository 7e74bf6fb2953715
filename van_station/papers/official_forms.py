"""Official forms (*mẫu đơn, tờ khai*), each its own template in `assets/papers/forms`, filled or blank."""

from __future__ import annotations

import re
from collections.abc import Mapping
from datetime import date
from pathlib import Path
from typing import Any

from van_station.papers.codes import qr_svg
from van_station.papers.errors import NoSuchForm, TooMuch
from van_station.papers.press import PRINT_PPI, render, render_pictures
from van_station.settings.assets import AssetMissing, asset_path, assets_root

MAX_VALUES = 4_000
MAX_DEPTH = 10
MAX_TEXT = 4_000
BASE = "base"
_FORM_ID = re.compile(r"[a-z][a-z0-9_]{1,39}")


def form_ids() -> tuple[str, ...]:
    """Return the ids of the forms that have a template, sorted."""
    folder = assets_root() / "papers" / "forms"
    return tuple(sorted(path.stem for path in folder.glob("*.typ") if path.stem != BASE))


def official_form(form_id: str, data: Mapping[str, Any], *, fonts: Path | None = None) -> bytes:
    """Return an official form as PDF/A-2b, A4.

    Args:
        form_id: name of a template in `assets/papers/forms`, e.g. `birth`.
        data: whatever is left out is left blank, so that `{}` gives the form to be filled in by hand.
            answers: what was answered, nested as in the form, as words (`"20/11/2026"`, `"Nữ"`);
            codes: the same answers as kept (`"2026-11-20"`, `"female"`, `True`), for boxes to tick;
            title: the form's name, for the document's own title;
            place, signed_on: where and on which `date` it is signed;
            number, qr_text: the dossier's number and what the small code at the foot says;
            catalogue: version of the catalogue; practice: print the watermark of practice mode.
        fonts: folder of the fonts; ours when None.

    Raises:
        NoSuchForm: no template of that name.
        TooMuch: over 4,000 answers, one over 4,000 characters, or nested over ten deep.
        NotPrintable: template and data do not fit together.
    """
    return render(_template(form_id), _values(form_id, data), fonts=fonts)


def official_form_pictures(
    form_id: str, data: Mapping[str, Any], *, ppi: float = PRINT_PPI, fonts: Path | None = None
) -> list[bytes]:
    """Return each page of an official form as PNG bytes, for previews. Raises as `official_form`."""
    return render_pictures(_template(form_id), _values(form_id, data), ppi=ppi, fonts=fonts)


def _template(form_id: str) -> str:
    if not _FORM_ID.fullmatch(form_id) or form_id == BASE:
        raise NoSuchForm
    try:
        asset_path(f"papers/forms/{form_id}.typ")
    except AssetMissing as fault:
        raise NoSuchForm from fault
    return f"forms/{form_id}"


def _values(form_id: str, data: Mapping[str, Any]) -> dict[str, Any]:
    answers, codes = data.get("answers", {}), data.get("codes", {})
    for tree in (answers, codes):
        if _count(tree, form_id, 0) > MAX_VALUES:
            raise TooMuch(form_id)
    signed_on: date | None = data.get("signed_on")
    qr_text = str(data.get("qr_text", ""))
    return {
        "form_id": form_id,
        "title": str(data.get("title", "")) or form_id,
        "answers": answers,
        "codes": codes,
        "place": str(data.get("place", "")),
        "day": f"{signed_on.day:02d}" if signed_on else "",
        "month": f"{signed_on.month:02d}" if signed_on else "",
        "year": f"{signed_on.year:04d}" if signed_on else "",
        "number": str(data.get("number", "")),
        "qr": qr_svg(qr_text) if qr_text else "",
        "catalogue": str(data.get("catalogue", "")),
        "practice": bool(data.get("practice", False)),
    }


def _count(value: Any, form_id: str, depth: int) -> int:
    """Return how many values a tree holds; refuse what is too deep or too long."""
    if depth > MAX_DEPTH or (isinstance(value, str) and len(value) > MAX_TEXT):
        raise TooMuch(form_id)
    if isinstance(value, Mapping):
        return sum(_count(inner, form_id, depth + 1) for inner in value.values())
    if isinstance(value, list | tuple):
        return sum(_count(inner, form_id, depth + 1) for inner in value)
    return 1
