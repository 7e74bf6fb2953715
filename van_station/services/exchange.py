"""Exchange with the platform (*đồng bộ*): a thread that sends when the line is there."""

from __future__ import annotations

import logging
import threading
from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum

from sqlmodel import col, select

from sync.errors import NotEnrolled, SyncError
from sync.uplink import Outcome, RoundReport, Uplink
from van_station.records.dossiers import Dossier
from van_station.records.exchange import OutboxItem
from van_station.records.trips import Setting
from van_station.rules.access import Act
from van_station.services.actor import Actor, require
from van_station.services.clock import Clock
from van_station.services.outgoing import Outgoing
from van_station.services.settled import SYSTEM
from van_station.store import Store, StoreError

log = logging.getLogger(__name__)
_KEEP_EVERY = timedelta(minutes=5)
_WAKING = frozenset({"outbox_item"})


class Signal(StrEnum):
    """What is known of the line to the gateway."""

    ONLINE = "online"
    OFFLINE = "offline"
    UNKNOWN = "unknown"
    PAUSED = "paused"


@dataclass(frozen=True)
class Parked:
    """An item put aside, and why."""

    id: str
    kind: str
    dossier_number: str
    reason: str
    since: datetime


@dataclass(frozen=True)
class ExchangeStatus:
    """How the exchange stands now."""

    signal: Signal
    pending_records: int
    pending_files: int
    pending_dossiers: int
    parked: tuple[Parked, ...]
    last_sync_at: datetime | None
    last_error: str | None
    next_try_s: int | None
    running: bool


@dataclass(frozen=True)
class Line:
    """The way to the gateway; a machine in practice mode has none."""

    connect: Callable[[Callable[[], bool]], Uplink]
    """Given what asks "stop now?", returns the uplink. Called before each round until it succeeds:
    joins the gateway when this machine has not yet. Raises SyncError."""
    round_every_s: float


class Exchange:
    """Runs rounds of `sync.uplink` behind the desk; nobody waits for it."""

    def __init__(
        self,
        store: Store,
        clock: Clock,
        outgoing: Outgoing,
        line: Line | None,
    ) -> None:
        self._store = store
        self._clock = clock
        self._outgoing = outgoing
        self._line = line
        self._round = threading.Lock()
        self._wake = threading.Event()
        self._stopped = threading.Event()
        self._paused = False
        self._thread: threading.Thread | None = None
        self._leave_store: Callable[[], None] | None = None
        self._listeners: list[Callable[[], None]] = []
        self._signal = Signal.UNKNOWN
        self._last_error: str | None = None
        self._next_try_s: int | None = None
        self._running = False
        self._uplink: Uplink | None = None
        self._synced_at: datetime | None = None
        self._kept_at: datetime | None = None

    def status(self) -> ExchangeStatus:
        """Return how the exchange stands."""
        backlog = self._outgoing.backlog()
        return ExchangeStatus(
            signal=Signal.PAUSED if self._paused else self._signal,
            pending_records=backlog.records,
            pending_files=backlog.files,
            pending_dossiers=backlog.dossiers,
            parked=self._parked(),
            last_sync_at=self._last_sync(),
            last_error=self._last_error,
            next_try_s=self._next_try_s,
            running=self._running,
        )

    def listen(self, listener: Callable[[], None]) -> Callable[[], None]:
        """Call `listener` whenever the status may have changed; returns the way out."""
        self._listeners.append(listener)
        return lambda: self._listeners.remove(listener) if listener in self._listeners else None

    def sync_now(self) -> ExchangeStatus:
        """Run one round now and return how things stand after it."""
        self._run_round()
        return self.status()

    def start_background(self) -> None:
        """Start the thread; it is woken by each commit that has something to send."""
        if self._thread is not None or self._line is None:
            return
        self._leave_store = self._store.listen(self._on_commit)
        self._thread = threading.Thread(target=self._loop, name="exchange", daemon=True)
        self._thread.start()

    def stop(self) -> None:
        """Stop the thread; a running round is cancelled, what it sent stays sent."""
        self._stopped.set()
        self._wake.set()
        if self._leave_store is not None:
            self._leave_store()
        if self._thread is not None:
            self._thread.join(timeout=10)

    def pause(self, actor: Actor, *, paused: bool) -> None:
        """Hold the exchange, or let it go on (a metered line, a demonstration)."""
        require(actor, Act.SUBMIT)
        self._paused = paused
        self._wake.set()
        self._tell()

    def retry(self, actor: Actor, item_id: str) -> None:
        """Try a parked item again."""
        require(actor, Act.SUBMIT)
        self._outgoing.unpark(actor.user_id, item_id)
        self._wake.set()

    def _on_commit(self, kinds: frozenset[str]) -> None:
        if kinds & _WAKING:
            self._wake.set()

    def _loop(self) -> None:
        while not self._stopped.is_set():
            report = self._run_round()
            delay_s = report.next_delay_s if report else self._delay_s()
            self._next_try_s = round(delay_s)
            self._wake.wait(delay_s)
            self._wake.clear()

    def _delay_s(self) -> float:
        return self._line.round_every_s if self._line else 60.0

    def _run_round(self) -> RoundReport | None:
        if self._line is None or self._paused:
            return None
        with self._round:
            self._running = True
            self._tell()
            report = self._attempt(self._line)
            self._running = False
            self._tell()
            return report

    def _attempt(self, line: Line) -> RoundReport | None:
        try:
            self._uplink = self._uplink or line.connect(self._stopped.is_set)
            report = self._uplink.run_round()
            if report.outcome in (Outcome.DONE, Outcome.LEFT_OVER):
                self._note_sync()
        except SyncError as error:
            self._note_failure(error.code, reached=isinstance(error, NotEnrolled))
            return None
        except StoreError as error:
            self._last_error = error.code  # our own trouble: nothing is known of the line
            return None
        except Exception as error:  # noqa: BLE001  -- the thread outlives any defect; its type alone is logged
            log.error("exchange round failed: %s", type(error).__name__)  # noqa: TRY400
            self._note_failure("sync.failed", reached=False)
            return None
        lost = report.server is None or report.outcome is Outcome.LINK_LOST
        self._signal = Signal.OFFLINE if lost else Signal.ONLINE
        self._last_error = report.code or None
        return report

    def _note_failure(self, code: str, *, reached: bool) -> None:
        self._signal = Signal.ONLINE if reached else Signal.OFFLINE
        self._last_error = code

    def _note_sync(self) -> None:
        """Remember the moment; on the disk only now and then, for an idle day is thousands of rounds."""
        now = self._clock.now()
        self._synced_at = now
        if self._kept_at is not None and timedelta(0) <= now - self._kept_at < _KEEP_EVERY:
            return
        with self._store.unit(SYSTEM, "exchange.round", ("site", "self")) as unit:
            row = unit.session.get(Setting, "last_sync_at") or Setting(key="last_sync_at", value="")
            row.value = now.isoformat()
            unit.save(row)
        self._kept_at = now

    def _last_sync(self) -> datetime | None:
        return self._synced_at or self._kept_sync()

    def _kept_sync(self) -> datetime | None:
        with self._store.reading() as session:
            row = session.get(Setting, "last_sync_at")
            return datetime.fromisoformat(row.value) if row and row.value else None

    def _parked(self) -> tuple[Parked, ...]:
        with self._store.reading() as session:
            query = select(OutboxItem).where(OutboxItem.state == "parked")
            rows = session.exec(query.order_by(col(OutboxItem.created_at))).all()
            ids = [row.dossier_id for row in rows if row.dossier_id]
            found = session.exec(select(Dossier).where(col(Dossier.id).in_(ids))).all()
            numbers = {dossier.id: dossier.official_code or dossier.provisional_no for dossier in found}
            return tuple(
                Parked(
                    row.id,
                    row.kind,
                    numbers.get(row.dossier_id or "", ""),
                    row.reason_code or "",
                    row.created_at,
                )
                for row in rows
            )

    def _tell(self) -> None:
        for listener in tuple(self._listeners):
            try:
                listener()
            except Exception as error:  # noqa: BLE001  -- a window that is gone must not stop the exchange
                log.warning("listener failed: %s", type(error).__name__)
