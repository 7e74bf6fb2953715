"""Official forms (*tờ khai, đơn*) with the answers of a dossier, or blank to be filled in by hand."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from sqlmodel import Session

from van_station.papers.errors import PaperError
from van_station.papers.figures import count, yes_no
from van_station.papers.official_forms import official_form
from van_station.records.dossiers import Dossier
from van_station.records.trips import Trip
from van_station.rules.access import Act
from van_station.rules.dossiers import DossierState
from van_station.rules.form_dates import format_date_vi
from van_station.rules.form_nodes import ArrayNode, FieldKind, FieldNode, GroupNode, Node
from van_station.rules.form_options import OptionLists
from van_station.rules.form_partial_dates import show_partial_date
from van_station.rules.json_values import JsonValue, replaced
from van_station.services.actor import Actor, require
from van_station.services.catalogue import Catalogue, Entry
from van_station.services.clock import HANOI, Clock
from van_station.services.errors import NotFound, NotNow, Refused
from van_station.services.paper import PrintedPage
from van_station.services.slips import SlipSetup
from van_station.store import Store

LEAST_GROUPED = 10_000
"""Whole numbers from here on are written in groups of three; years and counts are below."""


class OfficialForms:
    """Prints the official form of a dossier; every printing is a line of the audit."""

    def __init__(
        self,
        store: Store,
        clock: Clock,
        catalogue: Catalogue,
        setup: SlipSetup,
        lists: OptionLists | None = None,
    ) -> None:
        self._store = store
        self._clock = clock
        self._catalogue = catalogue
        self._setup = setup
        self._lists = lists

    def print(self, actor: Actor, dossier_id: str) -> PrintedPage:
        """Return the form of a dossier as PDF, filled with its answers; what lacks stays a dotted line.

        The form is the one of the version that the dossier was begun with.

        Raises:
            NotFound: no such dossier, or its procedure is not on this machine.
            Refused: dossier.voided.
            NotNow: papers.no_such_form and other faults of printing.
        """
        require(actor, Act.HELP_FORM)
        with self._store.reading() as session:
            dossier = session.get(Dossier, dossier_id)
            if dossier is None:
                raise NotFound
            if DossierState(dossier.state) is DossierState.VOIDED:
                raise Refused("dossier.voided")
            entry = self._catalogue.entry(dossier.procedure_code, dossier.procedure_version)
            data = self._data(session, dossier, entry)
            number = dossier.provisional_no
        form_id = entry.procedure.form.id
        page = _printed(form_id, data)
        with self._store.unit(actor.user_id, "form.print", ("dossier", dossier_id)) as unit:
            unit.note({"form": form_id})
        return PrintedPage(f"{form_id.replace('_', '-')}-{number}.pdf", "application/pdf", page)

    def blank(self, actor: Actor, procedure_code: str) -> PrintedPage:
        """Return the form of a procedure without any answer, as PDF. Raises as `print`."""
        require(actor, Act.HELP_FORM)
        entry = self._catalogue.entry(procedure_code)
        form_id = entry.procedure.form.id
        page = _printed(form_id, self._frame(entry))
        return PrintedPage(f"{form_id.replace('_', '-')}-trong.pdf", "application/pdf", page)

    def _data(self, session: Session, dossier: Dossier, entry: Entry) -> dict[str, Any]:
        trip = session.get(Trip, dossier.trip_id)
        number = dossier.official_code or dossier.provisional_no
        today = self._clock.now().astimezone(HANOI).date()
        nodes = entry.form.layout(dict(dossier.answers), today=today, lists=self._lists)
        answers, codes = printable_answers(nodes)
        return self._frame(entry) | {
            "answers": answers,
            "codes": codes,
            "place": trip.ward_name if trip else "",
            "signed_on": today,
            "number": number,
            "qr_text": f"VS1D|{number}|{dossier.id[:12]}",
        }

    def _frame(self, entry: Entry) -> dict[str, Any]:
        return {
            "title": entry.procedure.form.name.vi,
            "catalogue": entry.procedure.version,
            "practice": self._setup.practice,
        }


def printable_answers(nodes: Sequence[Node]) -> tuple[JsonValue, JsonValue]:
    """Return what a template shows of a form, twice: as Vietnamese words, and as kept.

    Hidden fields are left out, as from what is submitted. Items of repeated groups keep their places.
    """
    words: JsonValue = {}
    codes: JsonValue = {}
    waiting = list(reversed(nodes))
    while waiting:
        node = waiting.pop()
        if not node.visible:
            continue
        if isinstance(node, GroupNode):
            waiting.extend(reversed(node.children))
        elif isinstance(node, ArrayNode):
            words = replaced(words, node.pointer, [{} for _ in node.items])
            codes = replaced(codes, node.pointer, [{} for _ in node.items])
            waiting.extend(part for item in reversed(node.items) for part in reversed(item))
        elif node.value is not None and node.value != "":
            words = replaced(words, node.pointer, in_words(node))
            codes = replaced(codes, node.pointer, node.value)
    return words, codes


def in_words(node: FieldNode) -> str:
    """Return an answer as Vietnamese forms write it: a choice's title, `20/11/2026`, `1.500.000`, `Có`."""
    value = node.value
    if node.answer_label is not None:
        return node.answer_label.vi
    if isinstance(value, str):
        return _text(node, value)
    if isinstance(value, bool):
        return yes_no(value)
    return _number(value) if isinstance(value, int | float) else ""


def _text(node: FieldNode, value: str) -> str:
    match node.kind:
        case FieldKind.CHOICE:
            return next((option.label.vi for option in node.options if option.value == value), value)
        case FieldKind.DATE:
            return format_date_vi(value)
        case FieldKind.PARTIAL_DATE:
            return _partial(value)
    return value


def _partial(stored: str) -> str:
    """Return `năm 1954`, `tháng 03/1954`, `20/03/1954`, `Giáp Ngọ (1954)`, or what was typed."""
    shown = show_partial_date(stored)
    if shown == stored and len(stored) == len("1954") and stored.isdecimal():
        return f"năm {stored}"
    if shown.count("/") == 1:
        return f"tháng {shown}"
    if stored.startswith("L") and shown.endswith(")"):
        name = shown[shown.index("(") + 1 : -1]
        return f"{name} ({stored[1:]})"
    return shown


def _number(value: float) -> str:
    if float(value).is_integer():
        whole = int(value)
        return count(whole) if abs(whole) >= LEAST_GROUPED else str(whole)
    before, _, after = f"{abs(value):.6f}".rstrip("0").partition(".")
    return f"{'-' if value < 0 else ''}{count(int(before))},{after}"


def _printed(form_id: str, data: dict[str, Any]) -> bytes:
    try:
        return official_form(form_id, data)
    except PaperError as error:
        raise NotNow(error.code) from error
