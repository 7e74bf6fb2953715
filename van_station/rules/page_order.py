"""The pages of a batch: order, turns, cuts, what is left out, what documents they make.

Frozen values; each act returns another order and touches no pixel. Whatever is done, every page that came is
in the order exactly once: a page that is left out stays where it lies, marked, until the batch ends.
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from enum import StrEnum
from typing import Any

from van_station.rules.page_geometry import Crop


class Out(StrEnum):
    """Why a page is left out of its document."""

    NO = ""
    BLANK = "blank"
    DELETED = "deleted"
    SEPARATOR = "separator"
    """A sheet laid between papers, with a code that says what follows."""
    REPLACED = "replaced"
    """Another scan of the same sheet is used."""


@dataclass(frozen=True, slots=True)
class Sheet:
    """A page and what is to be done to it when its document is made.

    Attributes:
        key: the page's name, unique in the batch.
        quarters: quarter turns clockwise, 0..3.
        crop: what is cut off the straightened page as it came, before it is turned; None as it was found.
        out: why it is left out.
    """

    key: str
    quarters: int = 0
    crop: Crop | None = None
    out: Out = Out.NO

    @property
    def stamp(self) -> str:
        """Name of what the page shows: turned or cut otherwise, it shows something else."""
        return f"{self.key}/{self.quarters}/{self.crop}"


@dataclass(frozen=True, slots=True)
class Document:
    """Pages that become one file of one component; never empty."""

    component: str
    sheets: tuple[Sheet, ...]

    @property
    def kept(self) -> tuple[Sheet, ...]:
        """The pages that the file will have."""
        return tuple(sheet for sheet in self.sheets if sheet.out is Out.NO)


@dataclass(frozen=True, slots=True)
class PageOrder:
    """All pages of a batch. Keys that are not in it raise KeyError.

    Attributes:
        home: the component that the batch was begun for; pages go there until somebody says otherwise.
        documents: in order.
    """

    home: str
    documents: tuple[Document, ...] = ()

    @property
    def sheets(self) -> tuple[Sheet, ...]:
        """All pages in order, those left out too."""
        return tuple(sheet for document in self.documents for sheet in document.sheets)

    @property
    def keys(self) -> tuple[str, ...]:
        """The names of all pages, in order."""
        return tuple(sheet.key for sheet in self.sheets)

    def sheet(self, key: str) -> Sheet:
        """Return a page."""
        for each in self.sheets:
            if each.key == key:
                return each
        raise KeyError(key)

    def document_index(self, key: str) -> int:
        """Return which document a page is in, from 0."""
        for index, document in enumerate(self.documents):
            if any(sheet.key == key for sheet in document.sheets):
                return index
        raise KeyError(key)

    # ------------------------------------------------------------------ pages come
    def arrive(self, sheet: Sheet, *, after: str = "") -> PageOrder:
        """Take in a page behind another, or at the end; ValueError for a key that is there already."""
        keys = self.keys
        if sheet.key in keys:
            raise ValueError("a page comes once")
        if not self.documents:
            return replace(self, documents=(Document(self.home, (sheet,)),))
        return _put(self, (sheet,), after if after in keys else keys[-1], after=True)

    def replace_page(self, old: str, new: str) -> PageOrder:
        """Let a page that came take the place of another, which is left out right behind it."""
        if old == new:
            return self
        fresh = replace(self.sheet(new), out=Out.NO)
        placed = _put(_without(self, {new}), (fresh,), old, after=False)
        return _each(placed, {old}, out=Out.REPLACED)

    # ------------------------------------------------------------------ what is done to pages
    def rotate(self, keys: Collection[str], quarters: int) -> PageOrder:
        """Turn pages clockwise by quarter turns."""
        self._require(keys)
        return _map(self, lambda s: replace(s, quarters=(s.quarters + quarters) % 4) if s.key in keys else s)

    def crop(self, key: str, crop: Crop | None) -> PageOrder:
        """Cut a page elsewhere; None: as it was found."""
        return _each(self, {key}, crop=crop)

    def leave_out(self, keys: Collection[str], why: Out = Out.DELETED) -> PageOrder:
        """Leave pages out; those that are out already keep their reason."""
        self._require(keys)
        return _map(self, lambda s: replace(s, out=why) if s.key in keys and s.out is Out.NO else s)

    def restore(self, keys: Collection[str]) -> PageOrder:
        """Take pages in after all."""
        return _each(self, keys, out=Out.NO)

    # ------------------------------------------------------------------ order
    def place(self, keys: Collection[str], anchor: str, *, after: bool) -> PageOrder:
        """Put pages, in the order they are in, before or behind another, in its document."""
        self._require((*keys, anchor))
        if anchor in keys:
            return self
        moved = tuple(sheet for sheet in self.sheets if sheet.key in keys)
        return _put(_without(self, set(keys)), moved, anchor, after=after)

    def move_to(self, keys: Collection[str], index: int) -> PageOrder:
        """Put pages so that the first of them stands at `index` (kept inside the batch)."""
        self._require(keys)
        before = self.keys
        rest = [key for key in before if key not in keys]
        if not rest or not keys:
            return self
        index = max(0, min(index, len(rest)))
        forward = index > min(before.index(key) for key in keys)
        if index == len(rest) or (forward and index > 0):
            return self.place(keys, rest[index - 1], after=True)
        return self.place(keys, rest[index], after=False)

    def shift(self, keys: Collection[str], step: int) -> PageOrder:
        """Move pages one place on (`step` 1) or back (-1); at a document's end into the next document."""
        self._require(keys)
        all_keys = self.keys
        positions = [index for index, key in enumerate(all_keys) if key in keys]
        if not positions:
            return self
        edge = positions[-1] if step > 0 else positions[0]
        beyond = edge + (1 if step > 0 else -1)
        if not 0 <= beyond < len(all_keys):
            return self
        anchor = all_keys[beyond]
        same = self.document_index(anchor) == self.document_index(all_keys[edge])
        return self.place(keys, anchor, after=(step > 0) is same)

    # ------------------------------------------------------------------ documents
    def split(self, key: str) -> PageOrder:
        """Begin another document behind a page; nothing to do behind the last of a document."""
        at = self.document_index(key)
        document = self.documents[at]
        cut = 1 + [sheet.key for sheet in document.sheets].index(key)
        if cut == len(document.sheets):
            return self
        parts = (
            replace(document, sheets=document.sheets[:cut]),
            replace(document, sheets=document.sheets[cut:]),
        )
        return replace(self, documents=(*self.documents[:at], *parts, *self.documents[at + 1 :]))

    def merge(self, key: str) -> PageOrder:
        """Join a page's document with the next one, whose pages go to the first one's component."""
        at = self.document_index(key)
        if at + 1 == len(self.documents):
            return self
        first, second = self.documents[at : at + 2]
        joined = replace(first, sheets=first.sheets + second.sheets)
        return replace(self, documents=(*self.documents[:at], joined, *self.documents[at + 2 :]))

    def assign(self, key: str, component: str) -> PageOrder:
        """Let a page's document go to a component."""
        at = self.document_index(key)
        document = replace(self.documents[at], component=component)
        return replace(self, documents=(*self.documents[:at], document, *self.documents[at + 1 :]))

    def divide(self, components: Mapping[int, str]) -> PageOrder:
        """Make documents by page: `components` says from which index on pages go to which component.

        Args:
            components: index in `keys` -> component. Pages before the first index stay as they are; between
                two indices pages go on with the document before. Indices that are not there are passed over.
        """
        order = self
        keys = self.keys
        for index in sorted(at for at in components if 0 <= at < len(keys)):
            if index:
                order = order.split(keys[index - 1])
            order = order.assign(keys[index], components[index])
        return order

    def _require(self, keys: Iterable[str]) -> None:
        known = set(self.keys)
        for key in keys:
            if key not in known:
                raise KeyError(key)


def _map(order: PageOrder, change: Callable[[Sheet], Sheet]) -> PageOrder:
    documents = tuple(
        replace(document, sheets=tuple(change(sheet) for sheet in document.sheets))
        for document in order.documents
    )
    return replace(order, documents=documents)


def _each(order: PageOrder, keys: Collection[str], **changes: Any) -> PageOrder:
    if not set(keys) <= set(order.keys):
        raise KeyError(*(set(keys) - set(order.keys)))
    return _map(order, lambda sheet: replace(sheet, **changes) if sheet.key in keys else sheet)


def _without(order: PageOrder, keys: Collection[str]) -> PageOrder:
    left = (
        replace(document, sheets=tuple(sheet for sheet in document.sheets if sheet.key not in keys))
        for document in order.documents
    )
    return replace(order, documents=tuple(document for document in left if document.sheets))


def _put(order: PageOrder, sheets: Sequence[Sheet], anchor: str, *, after: bool) -> PageOrder:
    at = order.document_index(anchor)
    document = order.documents[at]
    cut = [sheet.key for sheet in document.sheets].index(anchor) + after
    filled = replace(document, sheets=(*document.sheets[:cut], *sheets, *document.sheets[cut:]))
    return replace(order, documents=(*order.documents[:at], filled, *order.documents[at + 1 :]))
