"""Splits a page into layers: background, pictures, colour inks, black ink (mixed raster content, ITU-T T.44).

Letters are sharp at 300 dpi while their colour and the paper are not: so each ink is a one-bit mask over a
few dots of colour, and the paper beneath is small. Pure: pixels in, layers out; the caller checks the result.
"""

from __future__ import annotations

import io
from typing import Final

import cv2
import numpy as np
import numpy.typing as npt
from PIL import Image, JpegImagePlugin

from scanning.page import Box
from scanning.pdf.bitonal import compress
from scanning.pdf.layer import AnyLayer, Color, Layer, Place, Stencil
from scanning.stages.decode import Pixels, to_image
from scanning.stages.inks import Inks, Mask, find_inks
from scanning.stages.photos import find_pictures

MASK_DPI: Final = 300
_BACKGROUND_SCALE: Final = 4
_BACKGROUND_QUALITY: Final = 30
_COLOR_SCALE: Final = 8
_COLOR_QUALITY: Final = 50
_PICTURE_DPI: Final = 150
_PICTURE_QUALITY: Final = 50
_TONE_STEP: Final = 10
_BAND_ROWS: Final = 512
_MIN_KNOWN: Final = 0.03
_INK_RIM: Final = 7
_MIN_INK_PX: Final = 12
_MAX_GRAY_SPREAD: Final = 22.0
"""Black ink whose darkness varies more gets a grey layer of its own: pencil beside print stays pale."""


def split(pixels: Pixels, dpi: int) -> tuple[AnyLayer, ...]:
    """Return the layers of a page, bottom first, from its pixels: RGB or grey at about `MASK_DPI`."""
    boxes = find_pictures(pixels, dpi)
    covered = _covered(boxes, pixels.shape[:2])
    inks = find_inks(pixels, covered)
    layers: list[AnyLayer] = [_background(pixels, inks, covered)]
    layers += [_picture(pixels, box, dpi) for box in boxes]
    for mask in (inks.warm, inks.cold):
        layers += _colored(pixels, mask, inks.core)
    layers += _black(pixels, inks)
    return tuple(layers)


def _covered(boxes: tuple[Box, ...], shape: tuple[int, ...]) -> Mask:
    covered = np.zeros(shape, np.bool_)
    for box in boxes:
        covered[box.top : box.top + box.height, box.left : box.left + box.width] = True
    return covered


def _background(pixels: Pixels, inks: Inks, covered: Mask) -> Layer:
    """Return the page without its inks; where they were, the paper beside them."""
    rim = cv2.dilate(inks.all.astype(np.uint8), np.ones((_INK_RIM, _INK_RIM), np.uint8)) > 0
    paper = _filled(pixels, ~(rim | covered), _BACKGROUND_SCALE)
    image = to_image(paper)
    data = _jpeg(image, _BACKGROUND_QUALITY)
    return Layer(data, "DCTDecode", *image.size, image.mode == "L")


def _picture(pixels: Pixels, box: Box, dpi: int) -> Layer:
    cut = pixels[box.top : box.top + box.height, box.left : box.left + box.width]
    scale = min(1.0, _PICTURE_DPI / dpi)
    size = (max(1, round(box.width * scale)), max(1, round(box.height * scale)))
    image = to_image(np.asarray(cv2.resize(cut, size, interpolation=cv2.INTER_AREA), np.uint8))
    data = _jpeg(image, _PICTURE_QUALITY)
    return Layer(data, "DCTDecode", *image.size, image.mode == "L", _place(box, pixels.shape))


def _colored(pixels: Pixels, mask: Mask, core: Mask) -> list[AnyLayer]:
    """Return the ink as its few colours seen through its mask."""
    box = _around(mask)
    if box is None:
        return []
    rows, columns = slice(box.top, box.top + box.height), slice(box.left, box.left + box.width)
    shape = mask[rows, columns]
    known = shape & core[rows, columns]
    color = _filled(pixels[rows, columns], known if known.any() else shape, _COLOR_SCALE)
    image = to_image(color)
    data = _jpeg(image, _COLOR_QUALITY)
    place = _place(box, pixels.shape)
    return [Layer(data, "DCTDecode", *image.size, image.mode == "L", place, compress(shape))]


def _black(pixels: Pixels, inks: Inks) -> list[AnyLayer]:
    """Return black ink in its one colour, or under its shades of grey where it has several."""
    box = _around(inks.black)
    if box is None:
        return []
    fourth = (slice(None, None, 2), slice(None, None, 2))  # enough to tell the ink's colour
    known = pixels[fourth][(inks.black & inks.core)[fourth]]
    if not known.size:
        known = pixels[inks.black]
    gray = known if known.ndim == 1 else known[:, 1]
    if float(np.percentile(gray, 90) - np.percentile(gray, 10)) > 2.5 * _MAX_GRAY_SPREAD:
        green = pixels if pixels.ndim == 2 else np.ascontiguousarray(pixels[..., 1])
        return _colored(green, inks.black, inks.core)
    shape = inks.black[box.top : box.top + box.height, box.left : box.left + box.width]
    return [Stencil(compress(shape), _median_color(known), _place(box, pixels.shape))]


def _jpeg(image: Image.Image, quality: int) -> bytes:
    """Encode in scans: cells alike cost next to nothing. Mean tones are kept finer than the quality says.

    A coarse first coefficient would give the paper another tint.
    """
    sample = io.BytesIO()
    Image.new("RGB", (8, 8)).save(sample, "JPEG", quality=quality)
    with Image.open(sample, formats=("JPEG",)) as opened:
        assert isinstance(opened, JpegImagePlugin.JpegImageFile)
        tables = {number: list(table) for number, table in opened.quantization.items()}
    for table in tables.values():
        table[0] = min(table[0], _TONE_STEP)
    out = io.BytesIO()
    image.save(out, "JPEG", qtables=tables, subsampling=2, progressive=True, optimize=True)
    return out.getvalue()


def _median_color(known: Pixels) -> Color:
    values = [int(value) for value in np.atleast_1d(np.median(known, axis=0))]
    return (values[0], values[0], values[0]) if len(values) == 1 else (values[0], values[1], values[2])


def _around(mask: Mask) -> Box | None:
    """Return the box of a mask's ink, None when there is next to none."""
    if int(np.count_nonzero(mask)) < _MIN_INK_PX:
        return None
    left, top, width, height = (int(value) for value in cv2.boundingRect(mask.astype(np.uint8)))
    return Box(left, top, width, height)


def _place(box: Box, shape: tuple[int, ...]) -> Place:
    height, width = shape[:2]
    return Place(box.left / width, box.top / height, box.width / width, box.height / height)


def _filled(pixels: Pixels, known: Mask, scale: int) -> Pixels:
    """Return a copy smaller by `scale` of the known dots only; cells without any take their neighbours' mean.

    Cells are averaged with their weights on ever coarser copies until each has something to take.
    """
    height, width = pixels.shape[:2]
    size = (-(-width // scale), -(-height // scale))
    total = np.zeros((size[1], size[0], 1 if pixels.ndim == 2 else 3), np.float32)
    weight = np.zeros((size[1], size[0]), np.float32)
    for top in range(0, height, _BAND_ROWS):  # in bands: copies of a whole page would be large
        band = slice(top, min(height, top + _BAND_ROWS))
        cells = slice(top // scale, -(-band.stop // scale))
        seen, share = _cell_means(pixels[band], known[band], scale)
        total[cells], weight[cells] = seen, share
    filled = _spread(total, weight)
    result: Pixels = np.clip(np.rint(filled), 0, 255).astype(np.uint8)
    return result[..., 0] if pixels.ndim == 2 else result


def _cell_means(
    pixels: Pixels, known: Mask, scale: int
) -> tuple[npt.NDArray[np.float32], npt.NDArray[np.float32]]:
    """Return each cell's mean with unknown dots counted as black, and its share of known dots."""
    height, width = known.shape
    size = (-(-width // scale), -(-height // scale))
    edge = (0, size[1] * scale - height, 0, size[0] * scale - width, cv2.BORDER_CONSTANT)
    shown = cv2.copyMakeBorder(known.astype(np.uint8), *edge, value=0)
    whole = cv2.copyMakeBorder(np.ascontiguousarray(pixels), *edge, value=(0, 0, 0))
    fine = cv2.bitwise_and(whole, whole, mask=shown).astype(np.uint16) << 8  # else cells round too much
    means = np.asarray(cv2.resize(fine, size, interpolation=cv2.INTER_AREA), np.float32) * np.float32(1 / 256)
    share = np.asarray(cv2.resize(shown * np.uint8(255), size, interpolation=cv2.INTER_AREA), np.float32)
    return (means[..., None] if means.ndim == 2 else means), share * np.float32(1 / 255)


def _spread(total: npt.NDArray[np.float32], weight: npt.NDArray[np.float32]) -> npt.NDArray[np.float32]:
    """Return total / weight, filled in from the next coarser copy where the weight is nothing."""
    mean = np.asarray(total / np.maximum(weight, 1e-3)[..., None], np.float32)
    empty = weight < _MIN_KNOWN
    if not empty.any() or min(weight.shape) <= 1:
        return mean
    size = (-(-weight.shape[1] // 2), -(-weight.shape[0] // 2))
    coarse_total = np.asarray(cv2.resize(total, size, interpolation=cv2.INTER_AREA), np.float32)
    coarse_weight = np.asarray(cv2.resize(weight, size, interpolation=cv2.INTER_AREA), np.float32)
    coarse = _spread(coarse_total.reshape(*coarse_weight.shape, -1), coarse_weight)
    wide = cv2.resize(coarse, weight.shape[::-1], interpolation=cv2.INTER_LINEAR)
    mean[empty] = (wide[..., None] if wide.ndim == 2 else wide)[empty]
    return mean


def at_mask_dpi(image: Image.Image, dpi: int) -> tuple[Pixels, int]:
    """Return a decoded picture's pixels at about `MASK_DPI`, and their resolution.

    Fewer dots are spread out, so that what greys tell of an edge's place goes into the mask.
    """
    pixels = np.asarray(image)
    if 0.8 * MASK_DPI <= dpi <= 1.2 * MASK_DPI:
        return pixels, dpi
    size = (round(image.width * MASK_DPI / dpi), round(image.height * MASK_DPI / dpi))
    way = cv2.INTER_AREA if dpi > MASK_DPI else cv2.INTER_CUBIC
    return np.asarray(cv2.resize(pixels, size, interpolation=way), np.uint8), MASK_DPI
