"""What people wait for on a machine that has met 50,000 citizens."""

from __future__ import annotations

import random
import time
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

from tests.bench.big_day import BigDay, big_day
from tests.bench.many_citizens import Citizen, fill, first_text, long_answers
from tests.bench.measuring import Figure, Spread, timed
from van_station.records import Dossier, Person
from van_station.rules.dossiers import DossierState
from van_station.rules.forms import Answers
from van_station.services.consents import REUSE_ANSWERS, REUSE_SCANS

CITIZENS = 50_000
SEARCH_BAR_MS, OPEN_BAR_MS, SAVE_BAR_MS = 50, 100, 30
_LONG_BYTES = 58 * 1024
_PROCEDURE = "1.004222"
_LONG_PROCEDURE = "1.013978"
"""First land registration: the longest form of the catalogue."""
_TYPED = ("ng", "nguyen", "nguyen thi", "nguyen thi lan", "tran van a", "hường", "le 1975", "dang thi my")

Act = Callable[[], object]


def run(folder: Path, *, quick: bool) -> list[Figure]:
    """Return p50 and p95 of each act, the acts taken in turns; the first turn warms up."""
    count, times = (300, 3) if quick else (CITIZENS, 120)
    with big_day(folder / "machine", tickets=60, old_dossiers=0, started=10) as day:
        start = time.monotonic()
        citizens = fill(day.workspace, count)
        built_s = time.monotonic() - start
        acts = _acts(day, citizens)
        samples: dict[str, list[_Taken]] = {name: [] for name in acts}
        noise: list[float] = []
        commits: list[float] = []
        day.workspace.store.listen(lambda _: commits.append(time.perf_counter()))
        for turn in range(times + 1):
            for name, (act, _) in acts.items():
                taken = _timed(act, commits)
                if turn:
                    samples[name].append(taken)
            noise.append(timed(_fixed_work)())
        note = _note(day, count, built_s, noise)
    return [
        figure
        for name, (_, bar) in acts.items()
        for figure in _figures(f"citizens: {name}", samples[name], bar, note)
    ]


@dataclass(frozen=True)
class _Taken:
    """How long one act took, in seconds.

    Attributes:
        elapsed: until the service returned.
        saved: until its commit was durable; as `elapsed` where nothing was written.
        processor: of this thread, which others' work leaves alone.
    """

    elapsed: float
    saved: float
    processor: float


def _figures(name: str, taken: list[_Taken], bar: float, note: str) -> list[Figure]:
    """Return elapsed time; for saving the time until the commit, and the rest beside it."""
    elapsed = Spread.of([each.elapsed for each in taken], scale=1000)
    if bar != SAVE_BAR_MS:
        return [Figure(name, "ms", elapsed, bar=bar, bar_on="p95", note=note)]
    saved = Spread.of([each.saved for each in taken], scale=1000)
    processor = Spread.of([each.processor for each in taken], scale=1000)
    return [
        Figure(name, "ms", saved, bar=bar, bar_on="p95", note=note),
        Figure(f"{name}, and the form again", "ms", elapsed, bar=OPEN_BAR_MS, bar_on="p95", note=note),
        Figure(f"{name}, and the form again, processor time", "ms", processor, note=note),
    ]


def _timed(act: Act, commits: list[float]) -> _Taken:
    """Do it once; `commits` is told the moment of each commit."""
    commits.clear()
    start, start_busy = time.perf_counter(), time.thread_time()
    act()
    end, end_busy = time.perf_counter(), time.thread_time()
    saved = commits[-1] if commits else end
    return _Taken(end - start, saved - start, end_busy - start_busy)


def _acts(day: BigDay, citizens: list[Citizen]) -> dict[str, tuple[Act, float]]:
    """Return what is measured with its bar; each call is about another citizen."""
    work, officer = day.workspace, day.officer
    chance = random.Random(7)

    def anybody() -> Citizen:
        return chance.choice(citizens)

    short_id = work.dossiers.start(officer, day.tickets[-1], _PROCEDURE).id
    long_id = work.dossiers.start(officer, day.tickets[-2], _LONG_PROCEDURE).id
    _answer(day, long_id, long_answers(work.catalogue.entry(_LONG_PROCEDURE).form, _LONG_BYTES))
    back = _came_back(day, citizens[0])
    count = iter(range(10**9))

    def find(text: Callable[[], str] | str) -> Act:
        return lambda: work.search.find(officer, text if isinstance(text, str) else text())

    def keep(dossier_id: str) -> Act:
        pointer = first_text(work.dossiers.form(dossier_id).nodes)
        return lambda: work.dossiers.answer(officer, dossier_id, pointer, f"Lần thứ {next(count)}")

    def open_it() -> None:
        dossier_id = anybody().dossier_id
        work.dossiers.get(dossier_id)
        work.dossiers.form(dossier_id)

    return {
        "found by card": (lambda: work.intake.known(anybody().id_number), SEARCH_BAR_MS),
        "box, a name being typed": (find(lambda: chance.choice(_TYPED)), SEARCH_BAR_MS),
        "box, most common family name": (find("nguyen"), SEARCH_BAR_MS),
        "box, one letter": (find("n"), SEARCH_BAR_MS),
        "box, nothing to find": (find("zzzz qqqq"), SEARCH_BAR_MS),
        "box, card number": (find(lambda: anybody().id_number), SEARCH_BAR_MS),
        "box, last four digits": (find(lambda: anybody().id_number[-4:]), SEARCH_BAR_MS),
        "box, phone": (find(lambda: anybody().phone), SEARCH_BAR_MS),
        "box, birth year and name": (find("1975 hoa"), SEARCH_BAR_MS),
        "box, dossier number": (find(lambda: anybody().provisional_no), SEARCH_BAR_MS),
        "list, the newest": (work.dossiers.find, SEARCH_BAR_MS),
        "list, a name": (lambda: work.dossiers.find(chance.choice(_TYPED)), SEARCH_BAR_MS),
        "list, a name in a rare state": (
            lambda: work.dossiers.find("nguyen", DossierState.VOIDED),
            SEARCH_BAR_MS,
        ),
        "open a dossier, page and form": (open_it, OPEN_BAR_MS),
        "open a dossier of 58 KiB of answers": (
            lambda: (work.dossiers.get(long_id), work.dossiers.form(long_id)),
            OPEN_BAR_MS,
        ),
        "keystroke to saved": (keep(short_id), SAVE_BAR_MS),
        "keystroke to saved, 58 KiB of answers": (keep(long_id), SAVE_BAR_MS),
        "offers to a returning citizen": (
            lambda: work.returning.offers(officer, back.person_id, _PROCEDURE, back.dossier_id),
            OPEN_BAR_MS,
        ),
    }


def _answer(day: BigDay, dossier_id: str, answers: Answers) -> None:
    with day.workspace.store.unit(day.officer.user_id, "bench.answers", ("dossier", dossier_id)) as unit:
        row = unit.session.get_one(Dossier, dossier_id)
        row.answers = answers
        unit.save(row)


def _came_back(day: BigDay, known: Citizen) -> Citizen:
    """Return a citizen with five earlier dossiers who agrees, and their dossier of today."""
    work = day.workspace
    ticket_id = day.tickets[-3]
    today = work.dossiers.start(day.officer, ticket_id, _PROCEDURE).id
    with work.store.unit(day.officer.user_id, "bench.back", ("dossier", today)) as unit:
        row = unit.session.get_one(Dossier, today)
        person = unit.session.get_one(Person, row.person_id)
        for number in range(5):
            earlier = Dossier(**{**row.model_dump(), "id": f"{number:032x}", "state": "acknowledged"})
            earlier.provisional_no, earlier.ticket_id = f"TAM-9999-EARLY-{number}", None
            earlier.answers = {**row.answers, "request": f"Lần {number}"}
            unit.save(earlier)
    for purpose in (REUSE_ANSWERS, REUSE_SCANS):
        work.consents.record(day.officer, person.id, purpose, said_yes=True)
    return Citizen(person.id, today, known.number)


def _fixed_work() -> None:
    """Do the same arithmetic each time: how its time spreads is the machine's noise."""
    sum(number * number for number in range(20_000))


def _note(day: BigDay, count: int, built_s: float, noise: list[float]) -> str:
    size_mb = (day.workspace.store.folder / "store.db").stat().st_size / 1e6
    spread = Spread.of(noise, scale=1000)
    return (
        f"{count} citizens with a dossier each, {10 * count} changes, {size_mb:.0f} MB, built in {built_s:.0f} s; "
        f"noise: a fixed calculation took {spread.median:.2f} ms, p95 {spread.p95:.2f} ms, "
        f"at best {min(noise) * 1000:.2f} ms"
    )
