"""Pages and documents of a batch as they are shown, and where what was found on them lies now."""

from __future__ import annotations

from collections.abc import Mapping

from van_station.rules.page_geometry import Crop, Part, part_left
from van_station.rules.page_order import PageOrder, Sheet
from van_station.services.capture_events import DocumentView, Mark, PageEntry, PageView
from van_station.services.page_pictures import Frame, PagePictures, in_mm, part_of


def listed(
    order: PageOrder, entries: Mapping[str, PageEntry], pictures: PagePictures
) -> tuple[tuple[PageView, ...], tuple[DocumentView, ...]]:
    """Return all pages, and the documents they make."""
    pages: list[PageView] = []
    documents = []
    for number, document in enumerate(order.documents):
        for sheet in document.sheets:
            frame = None if sheet.crop is None else pictures.frame(sheet.key)
            pages.append(_view(sheet, entries[sheet.key], (len(pages), number), frame))
        keys = tuple(sheet.key for sheet in document.sheets)
        documents.append(DocumentView(number, document.component, keys, len(document.kept)))
    return tuple(pages), tuple(documents)


def _view(sheet: Sheet, entry: PageEntry, at: tuple[int, int], frame: Frame | None) -> PageView:
    width_px, height_px = size_of(entry, sheet, frame)
    return PageView(
        key=sheet.key,
        index=at[0],
        document=at[1],
        blank=entry.blank,
        out=sheet.out,
        quarters=sheet.quarters,
        crop=sheet.crop,
        marks=marks_of(entry, sheet, frame),
        width_px=width_px,
        height_px=height_px,
    )


def marks_of(entry: PageEntry, sheet: Sheet, frame: Frame | None) -> tuple[Mark, ...]:
    """Return what was found on a page, and where that lies as the page is shown now.

    Args:
        entry: with boxes in pixels of the page as the machine cut it.
        sheet: how it is turned and cut now.
        frame: needed where a person cut it.
    """
    marks = []
    for finding in entry.findings:
        part = None if finding.box is None else part_of(finding.box, entry.width_px, entry.height_px)
        if part is not None and sheet.crop is not None:
            part = None if frame is None else _within_cut(part, sheet.crop, frame, entry.dpi)
            if part is None:
                continue
        marks.append(Mark(finding.code, None if part is None else part.turned(sheet.quarters)))
    return tuple(marks)


def size_of(entry: PageEntry, sheet: Sheet, frame: Frame | None) -> tuple[int, int]:
    """Return width and height in pixels as the page is shown now."""
    width, height = entry.width_px, entry.height_px
    if sheet.crop is not None and frame is not None:
        part = part_left(sheet.crop, in_mm(frame.width_px, entry.dpi), in_mm(frame.height_px, entry.dpi))
        width, height = round(part.width * frame.width_px), round(part.height * frame.height_px)
    return (height, width) if sheet.quarters % 2 else (width, height)


def _within_cut(part: Part, crop: Crop, frame: Frame, dpi: int) -> Part | None:
    found = frame.found
    on_whole = Part(
        found.left + part.left * found.width,
        found.top + part.top * found.height,
        part.width * found.width,
        part.height * found.height,
    )
    return on_whole.within(part_left(crop, in_mm(frame.width_px, dpi), in_mm(frame.height_px, dpi)))
