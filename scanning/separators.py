"""Separator sheets (*tờ ngăn*) between the papers of a stack, and cutting a stack at them or by count.

A sheet carries one large QR code, `VSEP1|<code>`: the version of this format, and the code of the paper
(component) that follows it, or nothing: then the sheet only separates. No person's data goes into it.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from typing import Final, Generic, TypeVar

import numpy as np

from scanning.page import CleanPage
from scanning.pictures import load
from scanning.pipeline import open_clean
from scanning.stages.separator import MARK, codes_on, is_mark

_CODE: Final = re.compile(r"[A-Z0-9_]{2,24}")
"""Codes of components as catalogues write them."""
_LOOK_PX: Final = 1100

Item = TypeVar("Item")


@dataclass(frozen=True, slots=True)
class Separator:
    """What a separator sheet says: the code of the paper behind it, "" when it only separates."""

    code: str


@dataclass(frozen=True, slots=True)
class Part(Generic[Item]):
    """Pages that belong together.

    Attributes:
        code: of the paper that the sheet in front named; "" without one.
        pages: in order; none when a sheet was followed by nothing.
    """

    code: str
    pages: tuple[Item, ...]


def payload(code: str = "") -> str:
    """Return what the QR code of a sheet says, for the paper `code` or for any.

    Raises:
        ValueError: not a code of 2 to 24 capitals, digits and underscores.
    """
    if code and not _CODE.fullmatch(code):
        raise ValueError("not a component code")
    return f"{MARK}{code}"


def parse(text: str) -> Separator | None:
    """Return what a code's text says; None for codes that are no separator of a version that we know."""
    if not is_mark(text):
        return None
    code = text.removeprefix(MARK)
    return Separator(code) if not code or _CODE.fullmatch(code) else None


def read_separator(page: CleanPage) -> Separator | None:
    """Return what a page says as a separator sheet, None for any other page.

    Raises:
        PageUnreadable: the page's picture is damaged.
    """
    image = open_clean(page)
    image.draft("L", (_LOOK_PX, _LOOK_PX))
    found = (parse(text) for text in codes_on(np.asarray(load(image).convert("L"))))
    return next((separator for separator in found if separator is not None), None)


def split_by_separators(
    items: Iterable[Item],
    page_of: Callable[[Item], CleanPage] = lambda item: item,  # type: ignore[assignment,return-value]
) -> Iterator[Part[Item]]:
    """Yield the parts of a stack as they come to an end; sheets and their blank backs are in none.

    What lies in front of the first sheet is a part without a code. A sheet with nothing behind it gives a
    part without pages, so that the caller can say so.

    Args:
        items: pages, or whatever `page_of` finds the page of.
        page_of: the clean page of an item.
    """
    code, pages = "", list[Item]()
    seen, behind_sheet = False, False
    for item in items:
        page = page_of(item)
        separator = read_separator(page) if page.is_separator else None
        if separator is not None:
            if pages or (seen and code):
                yield Part(code, tuple(pages))
            code, pages, seen, behind_sheet = separator.code, [], True, True
        elif behind_sheet and page.blank:
            behind_sheet = False
        else:
            behind_sheet = False
            pages.append(item)
    if pages or (seen and code):
        yield Part(code, tuple(pages))


def split_by_count(items: Iterable[Item], every: int) -> Iterator[Part[Item]]:
    """Yield parts of `every` sides as they were scanned; the last may be shorter.

    Blank sides count: they are the backs of sheets.

    Raises:
        ValueError: `every` is less than 1.
    """
    if every < 1:
        raise ValueError("every must be at least 1")
    pages = list[Item]()
    for item in items:
        pages.append(item)
        if len(pages) == every:
            yield Part("", tuple(pages))
            pages = []
    if pages:
        yield Part("", tuple(pages))
