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
    ticket_slip,
)
from van_station.papers.tables import Column, DayTallyView, Section, tally_csv, tally_pdf, tally_xlsx
from van_station.papers.thermal import Bitmap, PaperWidth, escpos, ticket_bitmap, ticket_picture

__all__ = [
    "Bitmap",
    "Column",
    "DayTallyView",
    "HandedOver",
    "NoOfficialCode",
    "NoSuchForm",
    "NotPrintable",
    "PaperError",
    "PaperWidth",
    "Section",
    "SlipData",
    "TicketData",
    "TooMuch",
    "escpos",
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
    "ticket_bitmap",
    "ticket_picture",
    "ticket_slip",
]
