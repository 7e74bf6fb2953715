"""Printed pages and exported tables, made in memory."""

from van_station.papers.errors import NoOfficialCode, NotPrintable, PaperError, TooMuch
from van_station.papers.press import render, render_pictures
from van_station.papers.slips import (
    HandedOver,
    SlipData,
    TicketData,
    official_receipt,
    provisional_receipt,
    ticket_picture,
    ticket_slip,
)
from van_station.papers.tables import Column, DayTallyView, Section, tally_csv, tally_pdf, tally_xlsx

__all__ = [
    "Column",
    "DayTallyView",
    "HandedOver",
    "NoOfficialCode",
    "NotPrintable",
    "PaperError",
    "Section",
    "SlipData",
    "TicketData",
    "TooMuch",
    "official_receipt",
    "provisional_receipt",
    "render",
    "render_pictures",
    "tally_csv",
    "tally_pdf",
    "tally_xlsx",
    "ticket_picture",
    "ticket_slip",
]
