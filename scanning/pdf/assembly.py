"""Layers to a PDF page."""

from __future__ import annotations

from collections.abc import Sequence

import pikepdf
from pikepdf import Array, Dictionary, Name, Stream

from scanning.pdf.bitonal import Bitonal
from scanning.pdf.layer import AnyLayer, Layer, Place


def add_page(
    pdf: pikepdf.Pdf, size_pt: tuple[float, float], layers: Sequence[AnyLayer], *, words: bytes = b""
) -> None:
    """Append a page with `words` (operators) at the bottom and the layers painted over them in order."""
    width_pt, height_pt = size_pt
    images = Dictionary()
    content = [words]
    for number, layer in enumerate(layers):
        images[f"/Im{number}"] = _image(pdf, layer) if isinstance(layer, Layer) else _mask(pdf, layer.mask)
        ink = b"" if isinstance(layer, Layer) else b"%.4f %.4f %.4f rg " % tuple(c / 255 for c in layer.color)
        where = _matrix(layer.place, width_pt, height_pt)
        content.append(b"q " + ink + where + b" cm /Im%d Do Q\n" % number)
    pdf.pages.append(
        pikepdf.Page(
            pdf.make_indirect(
                Dictionary(
                    Type=Name.Page,
                    MediaBox=Array([0, 0, round(width_pt, 4), round(height_pt, 4)]),
                    Resources=Dictionary(XObject=images),
                    Contents=pdf.make_indirect(Stream(pdf, b"".join(content))),
                )
            )
        )
    )


def _matrix(place: Place, width_pt: float, height_pt: float) -> bytes:
    left, wide, high = place.left * width_pt, place.width * width_pt, place.height * height_pt
    bottom = (1 - place.top - place.height) * height_pt
    return b"%.4f 0 0 %.4f %.4f %.4f" % (wide, high, left, bottom)


def _image(pdf: pikepdf.Pdf, layer: Layer) -> pikepdf.Object:
    stream = Stream(
        pdf,
        layer.data,
        Type=Name.XObject,
        Subtype=Name.Image,
        Width=layer.width_px,
        Height=layer.height_px,
        ColorSpace=Name.DeviceGray if layer.gray else Name.DeviceRGB,
        BitsPerComponent=8,
        Filter=Name("/" + layer.filter_name),
    )
    if layer.mask is not None:
        stream.Mask = _mask(pdf, layer.mask)
    return pdf.make_indirect(stream)


def _mask(pdf: pikepdf.Pdf, mask: Bitonal) -> pikepdf.Object:
    """Return an image mask: samples of 0 are painted (ISO 32000-1, 8.9.6.2 and 8.9.6.3)."""
    stream = Stream(
        pdf,
        mask.data,
        Type=Name.XObject,
        Subtype=Name.Image,
        Width=mask.width_px,
        Height=mask.height_px,
        ImageMask=True,
        BitsPerComponent=1,
        Filter=Name("/" + mask.filter_name),
    )
    if mask.parameters:
        stream.DecodeParms = Dictionary({f"/{name}": value for name, value in mask.parameters.items()})
    return pdf.make_indirect(stream)
