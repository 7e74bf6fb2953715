"""What was done to a batch's pages, to be undone and done again; and the order as text to keep."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import asdict, dataclass, replace
from typing import Any

from van_station.rules.page_geometry import Crop
from van_station.rules.page_order import Document, Out, PageOrder, Sheet

DEPTH = 200
"""So many acts can be undone."""


@dataclass(frozen=True, slots=True)
class History:
    """The order now, those before it, and those that were undone.

    A page that comes is no act: it comes in every order, so that undoing never loses paper.
    """

    present: PageOrder
    past: tuple[PageOrder, ...] = ()
    future: tuple[PageOrder, ...] = ()

    def act(self, order: PageOrder) -> History:
        """Take note of an act; what was undone can't be done again. The same history when nothing changed."""
        if order == self.present:
            return self
        return History(order, (*self.past, self.present)[-DEPTH:])

    def undo(self) -> History:
        """Return to the order before the last act; the same history when there was none."""
        if not self.past:
            return self
        return History(self.past[-1], self.past[:-1], (self.present, *self.future))

    def redo(self) -> History:
        """Do again what was undone last."""
        if not self.future:
            return self
        return History(self.future[0], (*self.past, self.present), self.future[1:])

    def arrive(self, sheet: Sheet, *, after: str = "") -> History:
        """Let a page come, in every order."""

        def come(order: PageOrder) -> PageOrder:
            return order.arrive(sheet, after=after)

        return self._everywhere(come)

    def _everywhere(self, change: Callable[[PageOrder], PageOrder]) -> History:
        return replace(
            self,
            present=change(self.present),
            past=tuple(map(change, self.past)),
            future=tuple(map(change, self.future)),
        )


def to_json(order: PageOrder) -> dict[str, Any]:
    """Return an order as JSON values."""
    return {
        "home": order.home,
        "documents": [
            {
                "component": document.component,
                "sheets": [
                    {
                        "key": sheet.key,
                        "quarters": sheet.quarters,
                        "out": sheet.out.value,
                        "crop": None if sheet.crop is None else asdict(sheet.crop),
                    }
                    for sheet in document.sheets
                ],
            }
            for document in order.documents
        ],
    }


def from_json(value: Any) -> PageOrder:
    """Return the order that `to_json` wrote; ValueError for anything else."""
    try:
        documents = tuple(
            Document(str(each["component"]), tuple(_sheet(sheet) for sheet in each["sheets"]))
            for each in value["documents"]
        )
        order = PageOrder(str(value["home"]), documents)
    except (KeyError, TypeError) as error:
        raise ValueError("not an order of pages") from error
    if len(set(order.keys)) != len(order.keys) or not all(each.sheets for each in documents):
        raise ValueError("not an order of pages")
    return order


def _sheet(value: Any) -> Sheet:
    crop = value["crop"]
    edges = None if crop is None else Crop(**{name: float(mm) for name, mm in crop.items()})
    return Sheet(str(value["key"]), int(value["quarters"]) % 4, edges, Out(value["out"]))


def settled(order: PageOrder, came: dict[str, Out]) -> PageOrder:
    """Return a kept order made to fit the pages that are there: none of them lost, none that is gone.

    Args:
        order: as it was kept.
        came: every page that can be opened, in order of arrival, and why it would be left out at first.
    """
    fitting = PageOrder(
        order.home,
        tuple(
            replace(document, sheets=here)
            for document in order.documents
            if (here := tuple(sheet for sheet in document.sheets if sheet.key in came))
        ),
    )
    known = set(fitting.keys)
    for key, out in came.items():
        if key not in known:
            fitting = fitting.arrive(Sheet(key, out=out))
    return fitting
