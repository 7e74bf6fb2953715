from __future__ import annotations

import csv
import io
import threading
from datetime import date
from statistics import median
from typing import Any

import openpyxl
import pypdfium2
import pytest
from sqlmodel import select

from tests.services.machine import BIRTH, BUSINESS, RESIDENCE, Machine
from tests.services.test_payments import notice
from van_station.i18n import Texts
from van_station.records.dossiers import Dossier
from van_station.records.ledger import AuditLine
from van_station.records.payments import Payment
from van_station.records.people import Person
from van_station.records.queue import Ticket
from van_station.rules.dossiers import DossierState
from van_station.rules.queueing import TicketAct
from van_station.services.errors import Refused
from van_station.services.reports import TallyView


def trip_of(desk: Machine) -> str:
    trip = desk.workspace.trips.current()
    assert trip is not None
    return trip.id


@pytest.fixture
def day(desk: Machine) -> Machine:
    """A day with a bit of everything: two dossiers sent, one waiting, one begun, one voided, one no-show."""
    dossiers = []
    for number, (code, group) in enumerate(
        [(BIRTH, None), (RESIDENCE, "NCT"), (BUSINESS, None), (RESIDENCE, None)]
    ):
        desk.clock.turn(minutes=5 + number)
        ticket = desk.take_in(
            procedure_code=code,
            priority_group=group,
            birth_date=date(1960 + 14 * number, 5, 17),
            id_number="",
        )
        desk.clock.turn(minutes=3 + 2 * number)
        desk.workspace.queue.act(desk.officer, ticket.id, TicketAct.CALL)
        desk.workspace.queue.act(desk.officer, ticket.id, TicketAct.SERVE)
        desk.clock.turn(minutes=10 + number)
        dossiers.append(desk.workspace.dossiers.start(desk.officer, ticket.id))
        desk.finish(ticket.id)
    with desk.workspace.store.unit("system", "test.states", ("trip", "x")) as unit:
        for dossier, state in zip(
            dossiers,
            (DossierState.ACKNOWLEDGED, DossierState.DONE, DossierState.QUEUED, DossierState.DRAFT),
            strict=True,
        ):
            row = unit.session.get(Dossier, dossier.id)
            assert row is not None
            row.state = state.value
            unit.save(row)
    paid = desk.workspace.payments.request(desk.officer, dossiers[2].id)
    notice(desk, paid.reference, paid.amount_vnd)
    visitor = desk.take_in(
        need="vneid", procedure_code=None, priority_group="SV", birth_date=None, id_number=""
    )
    desk.workspace.queue.act(desk.officer, visitor.id, TicketAct.NO_SHOW)
    last = desk.served(need="guidance", procedure_code=None)
    mistaken = desk.workspace.dossiers.start(desk.officer, last.id, "1.004194")
    desk.workspace.dossiers.void(desk.supervisor, mistaken.id, "Mở nhầm")
    desk.finish(last.id)
    return desk


def by_hand(desk: Machine) -> dict[str, Any]:
    """Count the day again from the rows, by other means than the product's."""
    with desk.workspace.store.reading() as session:
        tickets = session.exec(select(Ticket)).all()
        dossiers = session.exec(select(Dossier)).all()
        people = {row.id: row for row in session.exec(select(Person))}
        payments = session.exec(select(Payment)).all()
    live = [row for row in dossiers if row.state != "voided"]
    ids = {row.id for row in live}
    waits = [(row.called_at - row.created_at).total_seconds() for row in tickets if row.called_at]
    ages = []
    for row in tickets:
        birth = people[row.person_id or ""].birth_date
        ages.append(
            (date(2026, 11, 23).year - birth.year - ((birth.month, birth.day) > (11, 23))) if birth else None
        )
    return {
        "captured": len(dossiers),
        "acknowledged": sum(row.state in {"acknowledged", "supplement", "done"} for row in dossiers),
        "pending": sum(row.state in {"draft", "ready", "queued"} for row in dossiers),
        "voided": sum(row.state == "voided" for row in dossiers),
        "people": len(tickets),
        "priority": sum(row.priority_group is not None for row in tickets),
        "due": sum(row.fee_vnd or 0 for row in live),
        "paid": sum(row.matched_vnd for row in payments if row.dossier_id in ids),
        "median_wait_s": median(waits),
        "unknown_age": ages.count(None),
        "old": sum(age is not None and age >= 60 for age in ages),
    }


def test_the_days_figures_are_those_of_the_rows(day: Machine) -> None:
    view = day.workspace.reports.tally(trip_of(day))
    hand, total = by_hand(day), view.day.total
    assert (total.captured, total.acknowledged, total.pending, total.voided) == (5, 2, 2, 1)
    assert total.captured == total.acknowledged + total.pending + total.voided
    assert hand["captured"] == total.captured
    assert (hand["acknowledged"], hand["pending"], hand["voided"]) == (2, 2, 1)
    assert (view.day.people, view.day.priority_people) == (hand["people"], hand["priority"]) == (6, 2)
    assert view.day.priority_share == hand["priority"] / hand["people"]
    assert view.day.target_met is True
    assert (view.day.fees.due_vnd, view.day.fees.paid_vnd) == (hand["due"], hand["paid"])
    assert hand["paid"] == 100_000
    assert view.day.waiting.median_s == hand["median_wait_s"]
    ages = dict(view.day.ages)
    assert (ages["unknown"], ages["60-200"] if "60-200" in ages else ages["60+"]) == (
        hand["unknown_age"],
        hand["old"],
    )
    assert (view.not_sent, view.drafts, view.open_tickets) == (1, 1, 0)


def test_each_table_adds_up_to_its_totals(day: Machine) -> None:
    view = day.workspace.reports.tally(trip_of(day))
    for section in view.sections:
        if section.totals:
            for place, column in enumerate(section.columns):
                if column.kind == "count":
                    assert sum(row[place] for row in section.rows) == section.totals[place], section.title


def test_a_close_is_refused_while_people_wait_or_are_served(desk: Machine) -> None:
    trip = trip_of(desk)
    waiting = desk.take_in()
    served = desk.served()
    with pytest.raises(Refused) as refused:
        desk.workspace.reports.close(desk.supervisor, trip)
    assert (refused.value.code, refused.value.details) == ("trip.people_waiting", {"count": 2})
    desk.finish(served.id)
    desk.workspace.queue.act(desk.officer, waiting.id, TicketAct.NO_SHOW)
    closed = desk.workspace.reports.close(desk.supervisor, trip)
    assert closed.trip.state == "closed"
    assert desk.workspace.trips.current() is None
    with pytest.raises(Refused) as refused:
        desk.workspace.reports.close(desk.supervisor, trip)
    assert refused.value.code == "trip.already_closed"


def test_the_close_is_written_down_with_its_figures(day: Machine) -> None:
    day.workspace.reports.close(day.supervisor, trip_of(day))
    with day.workspace.store.reading() as session:
        line = session.exec(select(AuditLine).where(AuditLine.act == "trip.close")).one()
    assert line.details == {"captured": 5, "acknowledged": 2, "pending": 2, "voided": 1}
    assert line.actor_id == day.supervisor.user_id


def test_a_dossier_that_vanished_from_the_rows_is_noticed(day: Machine) -> None:
    """The audit lines are a second source: a row that is gone does not make the sum come right."""
    with day.workspace.store.unit("system", "test.theft", ("dossier", "x")) as unit:
        unit.erase(unit.session.exec(select(Dossier)).first())
    with pytest.raises(Refused) as refused:
        day.workspace.reports.close(day.supervisor, trip_of(day))
    assert refused.value.code == "tally.unbalanced"


def test_nobody_is_taken_in_after_the_close(day: Machine) -> None:
    trip = trip_of(day)
    day.workspace.reports.close(day.supervisor, trip)
    with pytest.raises(Refused) as refused:
        day.take_in()
    assert refused.value.code == "trip.none_open"
    assert day.workspace.queue.tickets() == ()
    assert day.workspace.reports.tally(trip).day.total.captured == 5, "the figures stay to be seen"


def test_the_csv_read_back_has_the_rows_of_the_screen(day: Machine) -> None:
    view = day.workspace.reports.tally(trip_of(day))
    page = day.workspace.reports.export(day.supervisor, view.trip.id, "csv")
    assert page.file_name == "tong-hop-20261123.csv"
    lines = list(csv.reader(io.StringIO(page.data.decode("utf-8-sig")), delimiter=_delimiter(page.data)))
    _require_rows(view, [[cell for cell in line if cell != ""] for line in lines])


def test_the_workbook_read_back_has_the_rows_of_the_screen(day: Machine) -> None:
    view = day.workspace.reports.tally(trip_of(day))
    page = day.workspace.reports.export(day.supervisor, view.trip.id, "xlsx")
    book = openpyxl.load_workbook(io.BytesIO(page.data))
    lines = [
        [str(cell) for cell in row if cell is not None]
        for sheet in book.worksheets
        for row in sheet.iter_rows(values_only=True)
    ]
    _require_rows(view, lines)


def test_the_page_has_place_maker_and_balance(day: Machine) -> None:
    page = day.workspace.reports.export(day.supervisor, trip_of(day), "pdf")
    document = pypdfium2.PdfDocument(page.data)
    text = "".join(document[number].get_textpage().get_text_range() for number in range(len(document)))
    assert "Lê Thanh Hoà" in text
    assert "Xã Ba Vì" in text
    assert "5 = 2 + 2 + 1" in text


def test_an_export_holds_no_citizens_and_is_written_down(day: Machine) -> None:
    page = day.workspace.reports.export(day.supervisor, trip_of(day), "csv")
    assert "Ví Dụ" not in page.data.decode("utf-8-sig")
    with day.workspace.store.reading() as session:
        line = session.exec(select(AuditLine).where(AuditLine.act == "tally.export")).one()
    assert (line.actor_id, line.details) == (day.supervisor.user_id, {"form": "csv"})


def test_a_day_with_nobody_closes_with_zeros(desk: Machine) -> None:
    closed = desk.workspace.reports.close(desk.supervisor, trip_of(desk))
    assert closed.day.total.captured == 0
    assert closed.day.priority_share is None
    for form in ("xlsx", "csv", "pdf"):
        assert desk.workspace.reports.export(desk.supervisor, closed.trip.id, form).data  # type: ignore[arg-type]


def _delimiter(data: bytes) -> str:
    text = data.decode("utf-8-sig")
    return ";" if text.count(";") > text.count(",") else ","


def _require_rows(view: TallyView, lines: list[list[str]]) -> None:
    plain = [[_plain(cell) for cell in line] for line in lines]
    for section in view.sections:
        for row in section.rows:
            wanted = [_plain(str(cell)) for cell in row if cell is not None]
            assert wanted in plain, (section.title, wanted)


def _plain(text: str) -> str:
    """Return a cell without the ways of writing a number."""
    bare = text.replace("\u00a0", "").strip()
    try:
        return f"{float(bare.replace(',', '.')):g}"
    except ValueError:
        return bare


def test_nobody_slips_in_between_the_figures_and_the_close(desk: Machine) -> None:
    """Tickets given out while the supervisor closes: refused by the open trip, or counted by the close."""
    trip = trip_of(desk)
    outcomes: list[str] = []

    def take_in() -> None:
        try:
            while True:
                ticket = desk.take_in(need="vneid", procedure_code=None)
                desk.workspace.queue.act(desk.officer, ticket.id, TicketAct.NO_SHOW)
        except Refused as error:
            outcomes.append(error.code)

    thread = threading.Thread(target=take_in)
    thread.start()
    closed, codes = None, {"trip.people_waiting"}
    while closed is None:
        try:
            closed = desk.workspace.reports.close(desk.supervisor, trip)
        except Refused as error:
            codes.add(error.code)
    thread.join(60)
    assert codes == {"trip.people_waiting"}
    assert outcomes in (["trip.none_open"], [])
    assert desk.workspace.reports.tally(trip).open_tickets == 0
    assert desk.workspace.reports.tally(trip).day.people == closed.day.people


def _words(view: TallyView) -> set[str]:
    found = set()
    for section in view.sections:
        found |= {section.title, section.how, *(column.title for column in section.columns)}
        for row in (*section.rows, *((section.totals,) if section.totals else ())):
            found |= {cell for cell in row if isinstance(cell, str)}
    return found


def test_the_tables_of_a_window_speak_its_language_and_what_is_exported_stays_vietnamese(
    day: Machine,
) -> None:
    reports, trip_id = day.workspace.reports, trip_of(day)
    vietnamese, english = reports.tally(trip_id), reports.tally(trip_id, Texts("en", strict=True))
    names = {day.workspace.catalogue.name_en(code) for code in (BIRTH, RESIDENCE, BUSINESS)}
    assert names <= _words(english)
    same = _words(vietnamese) & _words(english)
    assert same == {"Q1", "0-15", "16-29", "30-44", "45-59", "60+"}, "names of counters and figures only"
    assert english.day == vietnamese.day
    text = reports.export(day.supervisor, trip_id, "csv").data.decode()
    assert day.workspace.catalogue.name(BIRTH) in text
    assert day.workspace.catalogue.name_en(BIRTH) not in text
