"""From a raw page to a clean one, and to smaller pictures of it."""

from __future__ import annotations

import io
from dataclasses import dataclass, field, replace
from typing import Final

import numpy as np
from PIL import Image

from scanning.errors import PageUnreadable
from scanning.page import CleanPage, Encoding, Finding, PageLimits, RawPage
from scanning.pictures import encode_jpeg, load
from scanning.stages.blank import is_blank
from scanning.stages.camera import lay_flat, taken_by_camera
from scanning.stages.crop import paper_box
from scanning.stages.decode import Pixels, decode, to_image
from scanning.stages.proxy import Proxy, darkest_and_brightest, make_proxy
from scanning.stages.quality import judge
from scanning.stages.separator import is_separator
from scanning.stages.skew import MAX_SKEW_DEG, estimate_skew, paper_color, paper_lean, straighten
from scanning.stages.tidy import tidy

_NO_SKEW_DEG: Final = 0.1
_COLOR_SPREAD: Final = 24
_BARE_JPEG: Final = {"jfif", "jfif_version", "jfif_unit", "jfif_density", "dpi", "progressive", "progression"}
_QUARTERS: Final = (0, 90, 180, 270)


@dataclass(frozen=True, slots=True)
class CleanOptions:
    """What to do to a page.

    Attributes:
        tidy: take off edge shadows, punch holes and dust.
        rotation_deg: quarter turn clockwise before everything else: 0, 90, 180, 270.
        min_dpi: below it a page is found to be `scan.low_resolution`.
        jpeg_quality: of the kept picture; later versions are made from it, so it is high.
        flatten: find the sheet in a camera's picture and lay it flat; None: when it looks like one.
    """

    deskew: bool = True
    crop: bool = True
    tidy: bool = True
    rotation_deg: int = 0
    min_dpi: int = 200
    jpeg_quality: int = 85
    flatten: bool | None = None
    limits: PageLimits = field(default_factory=PageLimits)


def clean(raw: RawPage, options: CleanOptions | None = None) -> CleanPage:
    """Decode, turn, straighten, crop and judge a page. The raw one is left alone; a blank one only marked.

    Raises:
        PageUnreadable: damaged or not a picture.
        PageTooLarge: over `options.limits`.
        ValueError: a rotation that is not a quarter turn.
    """
    options = options or CleanOptions()
    if options.rotation_deg not in _QUARTERS:
        raise ValueError("rotation_deg must be 0, 90, 180 or 270")
    taken, raw = raw, _flat(raw, options)
    source = decode(raw, options.limits)
    pixels = np.rot90(source, -options.rotation_deg // 90) if options.rotation_deg else source
    pixels = np.ascontiguousarray(pixels)
    proxy = make_proxy(pixels, raw.dpi)
    blank = is_blank(proxy, pixels)
    skew_deg, findings = _lean(proxy, blank=blank, deskew=options.deskew)
    findings += (Finding.of("scan.flattened"),) if raw is not taken else ()
    if not blank:
        findings += _told_of(pixels, proxy, raw.dpi, options)
    tidied = tidy(pixels, proxy) if options.tidy and not blank else pixels
    done = _without_lean_and_backing(tidied, proxy, skew_deg if options.deskew else 0.0, crop=options.crop)
    untouched = done is pixels and options.rotation_deg == 0
    image = raw.image if untouched and _is_bare_jpeg(raw) else _encode(done, proxy, raw.dpi, options)
    return CleanPage(
        image=image,
        width_px=done.shape[1],
        height_px=done.shape[0],
        dpi=raw.dpi,
        blank=blank,
        findings=findings,
        skew_deg=skew_deg,
        rotation_deg=options.rotation_deg,
        sequence=raw.sequence,
    )


def _flat(raw: RawPage, options: CleanOptions) -> RawPage:
    """Return the sheet of a camera's picture from straight above, or the page as it is."""
    wanted = taken_by_camera(raw) if options.flatten is None else options.flatten
    return (lay_flat(raw, options.limits) if wanted else None) or raw


def _told_of(pixels: Pixels, proxy: Proxy, dpi: int, options: CleanOptions) -> tuple[Finding, ...]:
    """Return the findings on a side that somebody wrote on; a separator sheet need not be pretty."""
    if is_separator(proxy):
        return (Finding.of("scan.separator"),)
    return judge(pixels, proxy, dpi=dpi, min_dpi=options.min_dpi)


def rotate(page: CleanPage, rotation_deg: int, *, jpeg_quality: int = 90) -> CleanPage:
    """Return the page turned clockwise by a quarter turn more; findings keep no boxes.

    Raises:
        ValueError: not a quarter turn.
    """
    if rotation_deg not in _QUARTERS:
        raise ValueError("rotation_deg must be 0, 90, 180 or 270")
    turn = {90: Image.Transpose.ROTATE_270, 180: Image.Transpose.ROTATE_180, 270: Image.Transpose.ROTATE_90}
    if not rotation_deg:
        return page
    turned = open_clean(page).transpose(turn[rotation_deg])
    return replace(
        page,
        image=encode_jpeg(turned, quality=jpeg_quality, dpi=page.dpi),
        width_px=turned.width,
        height_px=turned.height,
        rotation_deg=(page.rotation_deg + rotation_deg) % 360,
        findings=tuple(replace(finding, box=None) for finding in page.findings),
    )


def thumbnail(page: CleanPage, max_px: int = 320) -> bytes:
    """Return a small JPEG for a strip of pages, `max_px` on its long side."""
    return _smaller(page, max_px, quality=75)


def preview(page: CleanPage, max_px: int = 1600) -> bytes:
    """Return a JPEG to read on a screen, `max_px` on its long side."""
    return _smaller(page, max_px, quality=80)


def open_clean(page: CleanPage) -> Image.Image:
    """Decode a clean page's picture.

    Raises:
        PageUnreadable: the bytes were damaged since the page was made.
    """
    try:
        image = Image.open(io.BytesIO(page.image), formats=("JPEG",))
    except (OSError, Image.DecompressionBombError) as error:
        raise PageUnreadable("not a picture") from error
    return image


def _smaller(page: CleanPage, max_px: int, *, quality: int) -> bytes:
    image = open_clean(page)
    image.draft(image.mode, (max_px, max_px))
    load(image)
    image.thumbnail((max_px, max_px), Image.Resampling.LANCZOS)
    dpi = max(1, round(page.dpi * max(image.size) / max(page.width_px, page.height_px)))
    return encode_jpeg(image, quality=quality, dpi=dpi)


def _lean(proxy: Proxy, *, blank: bool, deskew: bool) -> tuple[float, tuple[Finding, ...]]:
    """Return the lean in degrees and what is to be said about the side as a whole.

    Text tells the lean; without text, the paper's edges do where they can be seen.
    """
    lean = None if blank else estimate_skew(proxy.ink)
    if lean is None and proxy.backing:
        lean = paper_lean(proxy.paper)
    if blank or lean is None:
        return round(lean or 0.0, 3), (Finding.of("scan.blank"),) if blank else ()
    if abs(lean) >= MAX_SKEW_DEG - 0.1 or (not deskew and abs(lean) >= 1.0):
        return (lean if not deskew else 0.0), (Finding.of("scan.skewed", value=round(lean, 2)),)
    return round(lean, 3), ()


def _without_lean_and_backing(pixels: Pixels, proxy: Proxy, skew_deg: float, *, crop: bool) -> Pixels:
    straight = pixels
    if abs(skew_deg) >= _NO_SKEW_DEG:
        straight = straighten(pixels, skew_deg, paper_color(proxy.color, proxy.paper))
    if not (crop and proxy.backing):
        return straight
    mask = proxy.paper.astype(np.uint8) * 255
    box = paper_box(straighten(mask, skew_deg, (0,)) > 127, proxy.scale)
    if box is None:
        return straight
    return straight[box.top : box.top + box.height, box.left : box.left + box.width]


def _encode(pixels: Pixels, proxy: Proxy, dpi: int, options: CleanOptions) -> bytes:
    image = to_image(pixels)
    if image.mode == "RGB" and not _has_color(proxy.color):
        image = image.convert("L")
    return encode_jpeg(image, quality=options.jpeg_quality, dpi=dpi)


def _is_bare_jpeg(raw: RawPage) -> bool:
    """Return True for a JPEG that carries pixels and nothing else: no camera's notes, places or profiles."""
    if raw.encoding is not Encoding.JPEG:
        return False
    header = Image.open(io.BytesIO(raw.image), formats=("JPEG",))
    return header.mode in ("RGB", "L") and set(header.info) <= _BARE_JPEG


def _has_color(color: Pixels) -> bool:
    """Return True unless hardly any dot of the small copy differs between its channels."""
    if color.ndim == 2:
        return False
    dark, bright = darkest_and_brightest(color)
    spread = bright - dark
    return float(np.percentile(spread, 99.95)) > _COLOR_SPREAD
