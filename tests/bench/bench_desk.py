"""What people at the desk wait for, in the services, on a machine that holds a big day."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import TypeVar

from sqlmodel import func, select

from tests.bench.big_day import BigDay, big_day
from tests.bench.measuring import Figure, Sample, Spread, timed
from van_station.records import Dossier, Ticket
from van_station.rules.queueing import Lane, TicketAct

BAR_MS = 100
_PROCEDURE = "1.004222"  # residence: a conditional part, a repeated group, a fee
_POINTER = "/request"
T = TypeVar("T")


def run(folder: Path, *, quick: bool) -> list[Figure]:
    """Return p50 and p95 of each act, the acts taken in turns; the first turn warms up."""
    tickets, old, times = (60, 20, 3) if quick else (320, 1500, 60)
    with big_day(folder / "machine", tickets=tickets, old_dossiers=old, started=tickets) as day:
        acts = _acts(day, times + 1)
        samples: dict[str, list[float]] = {name: [] for name in acts}
        for turn in range(times + 1):
            for name, act in acts.items():
                taken_s = act()
                if turn:
                    samples[name].append(taken_s)
        note = _size(day)
    return [
        Figure(f"desk: {name}", "ms", Spread.of(taken, scale=1000), bar=BAR_MS, bar_on="p95", note=note)
        for name, taken in samples.items()
    ]


def _size(day: BigDay) -> str:
    with day.workspace.store.reading() as session:
        tickets = session.exec(
            select(func.count()).select_from(Ticket).where(Ticket.trip_id == day.trip_id)
        ).one()
        dossiers = session.exec(select(func.count()).select_from(Dossier)).one()
    return f"{tickets} tickets of the day and {dossiers} dossiers on the machine at the end"


def _acts(day: BigDay, times: int) -> dict[str, Sample]:
    """Return the acts by name; those that use a ticket or dossier up find `times` of them prepared."""
    work, officer = day.workspace, day.officer
    waiting = iter([work.intake.take_in(day.volunteer, day.draft()).id for _ in range(2 * times + 2)])
    draft_id = work.dossiers.start(officer, next(waiting), _PROCEDURE).id
    model_id = day.complete_dossier(next(waiting), _PROCEDURE)
    complete = [day.copy_answers(model_id, next(waiting), _PROCEDURE) for _ in range(times)]
    to_pay, to_confirm, to_print, again = iter(complete), iter(complete), iter(complete), iter(complete)
    people = iter([day.draft() for _ in range(times)])
    values = iter([f"Đăng ký thường trú, lần {number}" for number in range(times)])

    def call_next() -> float:
        """Time the call alone; serve and finish, so that the next one finds a free counter."""
        start = time.perf_counter()
        called = work.queue.call_next(officer, Lane.DIGITISE)
        taken_s = time.perf_counter() - start
        assert called is not None
        for act in (TicketAct.SERVE, TicketAct.FINISH):
            work.queue.act(officer, called.id, act)
        return taken_s

    return {
        "take a person in": _each(people, lambda draft: work.intake.take_in(day.volunteer, draft)),
        "call the next": call_next,
        "list of open tickets": timed(work.queue.tickets),
        "lanes": timed(work.queue.lanes),
        "status bar": timed(work.status_bar),
        "begin a dossier": _each(waiting, lambda ticket: work.dossiers.start(officer, ticket, _PROCEDURE)),
        "keep one answer": _each(
            values, lambda value: work.dossiers.answer(officer, draft_id, _POINTER, value)
        ),
        "form": timed(lambda: work.dossiers.form(model_id)),
        "dossier page": timed(lambda: work.dossiers.get(model_id)),
        "what is missing": timed(lambda: work.dossiers.missing(model_id)),
        "find by name": timed(lambda: work.dossiers.find("vi du")),
        "find by number, one hit": timed(lambda: work.dossiers.find("CU-00007")),
        "request payment": _each(to_pay, lambda dossier: work.payments.request(officer, dossier)),
        "confirm": _each(to_confirm, lambda dossier: work.dossiers.confirm(officer, dossier)),
        "receipt slip PDF": _each(to_print, lambda dossier: work.slips.receipt(officer, dossier)),
        "receipt slip PDF, reprint": _each(again, lambda dossier: work.slips.receipt(officer, dossier)),
        "ticket slip PDF": timed(lambda: work.intake.ticket_slip(day.volunteer, day.tickets[-1])),
        "tally of the day": timed(lambda: work.reports.tally(day.trip_id)),
        "search procedures": timed(lambda: work.catalogue.search("khai sinh")),
    }


def _each(prepared: Iterator[T], act: Callable[[T], object]) -> Sample:
    """Return a sample that takes the next prepared thing; only `act` is timed."""

    def sample() -> float:
        one = next(prepared)
        start = time.perf_counter()
        act(one)
        return time.perf_counter() - start

    return sample
