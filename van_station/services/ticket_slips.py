"""The slip with a number (*phiếu số thứ tự*): as a page, as dots for a thermal printer, and read back."""

from __future__ import annotations

from typing import Literal

from van_station.i18n import Texts
from van_station.papers.errors import PaperError
from van_station.papers.slips import TicketData, ticket_slip
from van_station.papers.thermal import PaperWidth, escpos, ticket_bitmap
from van_station.records.queue import Ticket
from van_station.records.trips import Trip
from van_station.rules.access import Act
from van_station.rules.ticket_codes import read_ticket_code, ticket_code
from van_station.services.actor import Actor, require
from van_station.services.clock import HANOI
from van_station.services.errors import NotFound, NotNow, rules_as_refusals
from van_station.services.paper import PrintedPage
from van_station.services.queue import Queue, TicketView
from van_station.store import Store

SlipForm = Literal["pdf", "png-58", "png-80", "escpos-58", "escpos-80"]
"""A page for any printer; a picture, or a print job, for thermal paper of 58 or 80 mm."""
_WIDTHS: dict[str, PaperWidth] = {"58": 58, "80": 80}


class TicketSlips:
    """Makes slips of tickets. Nothing on them names a person."""

    def __init__(
        self, store: Store, queue: Queue, texts: Texts, *, center_name: str = "", practice: bool = False
    ) -> None:
        self._store = store
        self._queue = queue
        self._texts = texts
        self._center_name = center_name
        self._practice = practice

    def page(self, actor: Actor, ticket_id: str, form: SlipForm = "pdf") -> PrintedPage:
        """Return the slip that the citizen takes along, with the place in line and the wait as of now.

        Raises:
            NotFound: no such ticket here.
            NotNow: it could not be drawn.
        """
        require(actor, Act.INTAKE)
        view = self._queue.get(ticket_id)
        data = self._data(view)
        kind, _, width = form.partition("-")
        try:
            if kind == "pdf":
                return PrintedPage(f"phieu-{view.label}.pdf", "application/pdf", ticket_slip(data))
            dots = ticket_bitmap(data, paper_mm=_WIDTHS[width])
        except PaperError as error:
            raise NotNow(error.code) from error
        if kind == "png":
            return PrintedPage(f"phieu-{view.label}.png", "image/png", dots.png())
        return PrintedPage(f"phieu-{view.label}.bin", "application/octet-stream", escpos(dots))

    def find(self, actor: Actor, text: str) -> TicketView:
        """Return the ticket whose slip was scanned.

        Raises:
            Refused: ticket.not_a_slip.
            NotFound: a slip of another trip, or of a machine that has not been heard of yet.
        """
        require(actor, Act.SEE_QUEUE)
        with rules_as_refusals():
            code = read_ticket_code(text)
        return self._queue.get(code.ticket_id)

    def _data(self, view: TicketView) -> TicketData:
        with self._store.reading() as session:
            ticket = session.get(Ticket, view.id)
            trip = session.get(Trip, ticket.trip_id) if ticket else None
            if ticket is None or trip is None:
                raise NotFound
            place, trip_id = f"{trip.place}, {trip.ward_name}", trip.id
        return TicketData(
            center_name=self._center_name,
            place=place,
            label=view.label,
            lane_name=self._texts.say(f"lane.{view.lane.value}"),
            need_name=self._texts.say(f"need.{view.need}"),
            wait_min=view.wait_min,
            ahead=view.place,
            priority=view.is_priority,
            issued_at=view.created_at.astimezone(HANOI),
            qr_text=ticket_code(view.label, ticket_id=view.id, trip_id=trip_id),
            practice=self._practice,
        )
