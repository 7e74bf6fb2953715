"""Printed pages and exported tables, made in memory."""

from van_station.papers.errors import NoOfficialCode, NoSuchForm, NotPrintable, PaperError, TooMuch
from van_station.papers.official_forms import form_ids, official_form, official_form_pictures
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
    "NoSuchForm",
    "NotPrintable",
    "PaperError",
    "Section",
    "SlipData",
    "TicketData",
    "TooMuch",
    "form_ids",
    "official_form",
    "official_form_pictures",
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
