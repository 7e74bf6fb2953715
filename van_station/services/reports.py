"""Tallies (*tổng hợp*): the day's figures, its close, and the tables that leave the desk."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Literal

from sqlmodel import Session, col, select

from van_station.i18n import Texts
from van_station.papers.errors import PaperError
from van_station.papers.tables import Column, DayTallyView, Section, tally_csv, tally_pdf, tally_xlsx
from van_station.records.dossiers import Dossier
from van_station.records.ledger import AuditLine
from van_station.records.payments import Payment
from van_station.records.people import Person
from van_station.records.queue import Ticket
from van_station.records.trips import Trip
from van_station.rules.access import Act
from van_station.rules.dossiers import DossierState
from van_station.rules.people import age_on, birth_for_age
from van_station.rules.queueing import Lane, TicketStatus
from van_station.rules.tallies import DayTally, DossierRow, TicketRow, Times, tally
from van_station.services.actor import Actor, require
from van_station.services.catalogue import Catalogue
from van_station.services.clock import HANOI, Clock
from van_station.services.errors import NotNow, Refused, rules_as_refusals
from van_station.services.paper import PrintedPage
from van_station.services.told_answers import forget_told
from van_station.services.trips import TripView, trip_row, trip_view
from van_station.store import Store

Format = Literal["xlsx", "csv", "pdf"]
_MEDIA = {
    "xlsx": "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet",
    "csv": "text/csv; charset=utf-8",
    "pdf": "application/pdf",
}


@dataclass(frozen=True)
class TallyView:
    """A trip's figures. `day` holds them all; `sections` are the same as tables with words."""

    trip: TripView
    day: DayTally
    sections: tuple[Section, ...]
    not_sent: int
    """Dossiers confirmed and waiting in the outbox."""
    open_tickets: int
    """People who still wait or are being served."""
    drafts: int
    """Dossiers begun and not confirmed."""


class Reports:
    """Figures from rows, never from counters kept beside them."""

    def __init__(
        self,
        store: Store,
        clock: Clock,
        catalogue: Catalogue,
        texts: Texts,
        *,
        center_name: str,
        practice: bool,
    ) -> None:
        self._store = store
        self._clock = clock
        self._catalogue = catalogue
        self._texts = texts
        self._center_name = center_name
        self._practice = practice

    def tally(self, trip_id: str, texts: Texts | None = None) -> TallyView:
        """Return a trip's figures now.

        Args:
            trip_id: of the trip.
            texts: of the window that shows the tables; None: in the language of what leaves the desk.

        Raises:
            Refused: tally.unbalanced: rows and audit lines disagree, or parts and whole.
        """
        with self._store.reading() as session:
            return self._tally(session, trip_id, texts or self._texts)

    def close(self, actor: Actor, trip_id: str) -> TallyView:
        """Close the trip: its figures must balance; what waits in the outbox goes on by itself.

        Raises:
            Refused: trip.already_closed, trip.people_waiting, tally.unbalanced.
        """
        require(actor, Act.TALLY)
        with self._store.unit(actor.user_id, "trip.close", ("trip", trip_id)) as unit:
            trip = trip_row(unit.session, trip_id)
            if trip.state == "closed":
                raise Refused("trip.already_closed")
            view = self._tally(unit.session, trip_id, self._texts)
            if view.open_tickets:
                raise Refused("trip.people_waiting", count=view.open_tickets)
            trip.state = "closed"
            trip.closed_at = self._clock.now()
            unit.save(trip)
            forget_told(unit)
            total = view.day.total
            unit.note(
                {
                    "captured": total.captured,
                    "acknowledged": total.acknowledged,
                    "pending": total.pending,
                    "voided": total.voided,
                }
            )
        return self.tally(trip_id)

    def export(self, actor: Actor, trip_id: str, form: Format) -> PrintedPage:
        """Return the day's tally as a workbook, CSV or page; who took it is written down."""
        require(actor, Act.TALLY)
        view = self.tally(trip_id)
        laid_out = self._laid_out(view, actor)
        write = {"xlsx": tally_xlsx, "csv": tally_csv, "pdf": tally_pdf}[form]
        try:
            data = write(laid_out)
        except PaperError as error:
            raise NotNow(error.code) from error
        with self._store.unit(actor.user_id, "tally.export", ("trip", trip_id)) as unit:
            unit.note({"form": form})
        return PrintedPage(f"tong-hop-{view.trip.day:%Y%m%d}.{form}", _MEDIA[form], data)

    def _tally(self, session: Session, trip_id: str, texts: Texts) -> TallyView:
        trip = trip_row(session, trip_id)
        dossiers = session.exec(select(Dossier).where(Dossier.trip_id == trip_id)).all()
        with rules_as_refusals():
            day = tally(
                _ticket_rows(session, trip),
                _dossier_rows(session, dossiers),
                captured=_begun_by_audit(session, trip),
            )
        states = [DossierState(dossier.state) for dossier in dossiers]
        return TallyView(
            trip=trip_view(trip),
            day=day,
            sections=_Tables(day, self._catalogue, texts).sections(),
            not_sent=states.count(DossierState.QUEUED),
            open_tickets=sum(lane.left for lane in day.lanes),
            drafts=states.count(DossierState.DRAFT) + states.count(DossierState.READY),
        )

    def _laid_out(self, view: TallyView, actor: Actor) -> DayTallyView:
        total = view.day.total
        say = self._texts.say
        return DayTallyView(
            center_name=self._center_name,
            title=say("close.title"),
            place=f"{view.trip.place}, {view.trip.ward_name}",
            day=view.trip.day,
            made_at=self._clock.now().astimezone(HANOI),
            made_by=actor.full_name,
            facts=(
                (
                    say("close.balance"),
                    f"{total.captured} = {total.acknowledged} + {total.pending} + {total.voided}",
                ),
            ),
            sections=view.sections,
            practice=self._practice,
        )


class _Tables:
    """The day's figures as tables with words, in one language."""

    def __init__(self, day: DayTally, catalogue: Catalogue, texts: Texts) -> None:
        self._day = day
        self._say = texts.say
        self._name = catalogue.name_en if texts.language == "en" else catalogue.name

    def sections(self) -> tuple[Section, ...]:
        """Return all tables, in the order of the page."""
        return (
            self._dossier_section("procedures"),
            self._dossier_section("counters"),
            self._lane_section(),
            self._people_section(),
            self._age_section(),
            self._fee_section(),
            self._time_section(),
        )

    def _dossier_section(self, key: Literal["procedures", "counters"]) -> Section:
        say, day = self._say, self._day
        counts = day.procedures if key == "procedures" else day.counters
        total = day.total
        names = [self._name(count.name) if key == "procedures" else count.name for count in counts]
        return Section(
            title=say(f"close.{key}"),
            columns=(
                Column(say(f"close.{key}")),
                Column(say("close.captured"), "count"),
                Column(say("close.acknowledged"), "count"),
                Column(say("close.pending"), "count"),
                Column(say("close.voided"), "count"),
            ),
            rows=tuple(
                (name, count.captured, count.acknowledged, count.pending, count.voided)
                for name, count in zip(names, counts, strict=True)
            ),
            totals=(
                say("common.total"),
                total.captured,
                total.acknowledged,
                total.pending,
                total.voided,
            ),
            how=say("close.how_dossiers"),
        )

    def _lane_section(self) -> Section:
        say, day = self._say, self._day
        return Section(
            title=say("close.lanes"),
            columns=(
                Column(say("close.lanes")),
                Column(say("close.issued"), "count"),
                Column(say("close.finished"), "count"),
                Column(say("close.no_show"), "count"),
                Column(say("close.left"), "count"),
            ),
            rows=tuple(
                (say(f"lane.{lane.lane.value}"), lane.issued, lane.finished, lane.no_show, lane.left)
                for lane in day.lanes
            ),
            how=say("close.how_lanes"),
        )

    def _people_section(self) -> Section:
        say, day = self._say, self._day
        rows: list[tuple[str, int, float | None]] = [
            (say(f"priority.{code}"), count, count / day.people if day.people else None)
            for code, count in day.groups
        ]
        return Section(
            title=say("close.priority_share"),
            columns=(
                Column(say("close.group")),
                Column(say("close.people"), "count"),
                Column(say("close.share"), "percent"),
            ),
            rows=tuple(rows),
            totals=(say("close.priority_share"), day.priority_people, day.priority_share),
            how=say("close.how_priority"),
        )

    def _age_section(self) -> Section:
        say, day = self._say, self._day
        unknown = say("close.age_unknown")
        return Section(
            title=say("close.ages"),
            columns=(Column(say("close.ages")), Column(say("close.people"), "count")),
            rows=tuple((unknown if band == "unknown" else band, count) for band, count in day.ages),
            totals=(say("common.total"), day.people),
            how=say("close.how_ages"),
        )

    def _fee_section(self) -> Section:
        say, day = self._say, self._day
        fees = day.fees
        return Section(
            title=say("close.fees"),
            columns=(Column(say("close.fees")), Column(say("close.amount"), "money")),
            rows=(
                (say("close.fees_due"), fees.due_vnd),
                (say("close.fees_paid"), fees.paid_vnd),
                (say("close.fees_pending"), fees.pending_vnd),
            ),
            how=say("close.how_fees"),
        )

    def _time_section(self) -> Section:
        say, day = self._say, self._day
        return Section(
            title=say("close.times"),
            columns=(
                Column(say("close.times")),
                Column(say("close.people"), "count"),
                Column(say("close.median"), "minutes"),
                Column(say("close.longest"), "minutes"),
            ),
            rows=(
                (say("close.wait_time"), *_minutes(day.waiting)),
                (say("close.service_time"), *_minutes(day.serving)),
            ),
            how=say("close.how_times"),
        )


def _minutes(times: Times) -> tuple[int, float | None, float | None]:
    return (
        times.count,
        round(times.median_s / 60, 1) if times.median_s is not None else None,
        round(times.max_s / 60, 1) if times.max_s is not None else None,
    )


def _ticket_rows(session: Session, trip: Trip) -> list[TicketRow]:
    """Return a trip's tickets as figures need them: by columns and in one query, for days of hundreds."""
    query = (
        select(Ticket, Person)
        .outerjoin(Person, col(Person.id) == col(Ticket.person_id))
        .where(Ticket.trip_id == trip.id)
    )
    rows = []
    for ticket, person in session.exec(query):
        birth = birth_for_age(person.birth_date, person.birth_text or "") if person else None
        rows.append(
            TicketRow(
                lane=Lane(ticket.lane),
                status=TicketStatus(ticket.status),
                priority_group=ticket.priority_group,
                age=age_on(birth, trip.held_on) if birth else None,
                waited_s=_seconds(ticket.created_at, ticket.called_at),
                served_s=_seconds(ticket.started_at, ticket.finished_at),
            )
        )
    return rows


def _dossier_rows(session: Session, dossiers: Sequence[Dossier]) -> list[DossierRow]:
    paid: Counter[str] = Counter()
    query = select(Payment.dossier_id, Payment.matched_vnd)
    for dossier_id, matched_vnd in session.exec(
        query.where(col(Payment.dossier_id).in_([dossier.id for dossier in dossiers]))
    ):
        paid[dossier_id] += matched_vnd
    return [
        DossierRow(
            procedure_code=dossier.procedure_code,
            counter=dossier.counter or "",
            state=DossierState(dossier.state),
            fee_vnd=dossier.fee_vnd,
            paid_vnd=paid[dossier.id],
        )
        for dossier in dossiers
    ]


def _begun_by_audit(session: Session, trip: Trip) -> int:
    """Return how many dossiers the audit lines of this machine say were begun: a second, chained source."""
    lines = session.exec(select(AuditLine).where(AuditLine.act == "dossier.start")).all()
    return len({line.details["dossier"] for line in lines if line.details.get("trip") == trip.id})


def _seconds(start: datetime | None, end: datetime | None) -> float | None:
    return (end - start).total_seconds() if start and end else None
