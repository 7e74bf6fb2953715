"""What waits to be sent, as `sync.uplink` asks for it, and what comes back, written down at once."""

from __future__ import annotations

import json
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from uuid import UUID, uuid5

from sqlmodel import Session, col, func, select

from sync.changes import Change, ChangeId
from sync.endpoint import FeedEvent, OfficialCode, PaymentNotice, StatusChanged
from sync.merge import VersionVector
from sync.receipts import DossierManifest, Receipt
from sync.uplink import BlobTask
from van_station.records.columns import kind_of
from van_station.records.dossiers import Dossier, StoredFile
from van_station.records.exchange import OutboxItem, ReceiptRow, StatusEvent
from van_station.records.ledger import ChangeLog
from van_station.records.trips import Setting
from van_station.rules.dossiers import (
    DossierAct,
    DossierState,
    PlatformStatus,
    act_for_status,
    acts_for,
    move,
)
from van_station.services.clock import Clock
from van_station.services.payments import take_notice
from van_station.services.settled import SYSTEM
from van_station.store import Store, UnitOfWork

_STATUS_EVENTS = UUID("b0a5c7a4-3c0e-4f8e-9a70-6f3a0f0c7d51")
_OPEN = ("waiting", "sending")


@dataclass(frozen=True)
class Backlog:
    """How much waits."""

    records: int
    files: int
    dossiers: int


class Outgoing:
    """The desk's side of `sync.uplink.UploadQueue`."""

    def __init__(self, store: Store, clock: Clock, site_id: str) -> None:
        self._store = store
        self._clock = clock
        self._site_id = site_id

    def backlog(self) -> Backlog:
        """Return how much waits to be sent."""
        with self._store.reading() as session:
            last = session.exec(select(func.max(ChangeLog.seq)).where(ChangeLog.site == self._site_id)).one()
            held = int(_setting(session, "acknowledged_seq") or 0)
            return Backlog(
                records=max((last or 0) - held, 0),
                files=_count(session, "blob"),
                dossiers=_count(session, "dossier"),
            )

    def pending_changes(self, limit: int) -> list[Change]:
        """Return this machine's changes that the gateway has not said it holds, oldest first."""
        with self._store.reading() as session:
            held = int(_setting(session, "acknowledged_seq") or 0)
            query = select(ChangeLog).where(ChangeLog.site == self._site_id, ChangeLog.seq > held)
            return [_change(row) for row in session.exec(query.order_by(col(ChangeLog.seq)).limit(limit))]

    def acknowledged_changes(self, vector: VersionVector) -> None:
        """Remember up to where the gateway holds this machine's changes."""
        held = vector.get(self._site_id)
        if held is None:
            return
        with self._store.reading() as session:
            known = int(_setting(session, "acknowledged_seq") or 0)
        if held != known:
            with self._store.unit(SYSTEM, "exchange.records", ("site", self._site_id)) as unit:
                _keep_setting(unit, "acknowledged_seq", str(held))
                unit.note({"held": held})

    def pending_blobs(self) -> list[BlobTask]:
        """Return files of confirmed dossiers that are not at the gateway: urgent and small ones first."""
        with self._store.reading() as session:
            items = _waiting(session, "blob")
            files = {
                row.blob_id: row.size_bytes
                for row in session.exec(
                    select(StoredFile).where(col(StoredFile.blob_id).in_([item.ref_id for item in items]))
                )
            }
            tasks = [
                BlobTask(item.ref_id, item.dossier_id or "", files.get(item.ref_id, 0), item.urgent)
                for item in items
            ]
        return sorted(tasks, key=lambda task: (not task.urgent, task.size_bytes, task.blob_id))

    def open_blob(self, blob_id: str) -> bytes:
        """Return a sealed file's bytes, checked against its id."""
        return self._store.blobs.get(blob_id)

    def blob_done(self, blob_id: str) -> None:
        """Remember that the gateway holds a file durably."""
        self._finish("blob", blob_id)

    def pending_dossiers(self) -> list[DossierManifest]:
        """Return the confirmed dossiers without a receipt."""
        with self._store.reading() as session:
            manifests = [self._manifest(session, item.ref_id) for item in _waiting(session, "dossier")]
            return [manifest for manifest in manifests if manifest is not None]

    def dossier_receipted(self, receipt: Receipt) -> None:
        """Keep a verified receipt; only from here on is the dossier called acknowledged."""
        now = self._clock.now()
        with self._store.unit(SYSTEM, "exchange.receipt", ("dossier", receipt.dossier_id)) as unit:
            dossier = unit.session.get(Dossier, receipt.dossier_id)
            if dossier is None:
                return
            unit.save(
                ReceiptRow(
                    dossier_id=dossier.id,
                    version=receipt.version,
                    body=receipt.body().decode(),
                    signature=receipt.signature,
                    received_at=now,
                )
            )
            if receipt.version == dossier.version:
                self._acknowledge(dossier, receipt, now)
                unit.save(dossier)
            for item in _items(unit.session, "dossier", dossier.id):
                item.state, item.done_at, item.reason_code = "done", now, None
                unit.save(item)
            unit.note({"version": receipt.version, "files": len(receipt.files)})

    def park(self, kind: str, ref_id: str, code: str) -> None:
        """Put an item aside with its reason, so that it holds up nothing else."""
        with self._store.unit(SYSTEM, "exchange.park", (kind, ref_id)) as unit:
            items = _items(unit.session, kind, ref_id)
            if not items:
                items = [unit.enqueue(kind, ref_id, None)]
            for item in items:
                item.state, item.reason_code = "parked", code
                item.attempts += 1
                unit.save(item)
            unit.note({"reason": code})

    def unpark(self, actor_id: str, item_id: str) -> None:
        """Try a parked item again with the next round."""
        with self._store.unit(actor_id, "exchange.retry", ("outbox_item", item_id)) as unit:
            item = unit.session.get(OutboxItem, item_id)
            if item is not None and item.state == "parked":
                item.state, item.reason_code = "waiting", None
                unit.save(item)

    def feed_cursor(self) -> int:
        """Return up to where the gateway's feed has been taken in."""
        with self._store.reading() as session:
            return int(_setting(session, "feed_cursor") or 0)

    def apply_feed(self, events: Sequence[FeedEvent], next_cursor: int) -> None:
        """Take in what the platform says, and the new cursor, in one commit."""
        if next_cursor <= self.feed_cursor():
            return
        with self._store.unit(SYSTEM, "exchange.feed", ("site", self._site_id)) as unit:
            for event in events:
                self._apply(unit, event)
            _keep_setting(unit, "feed_cursor", str(next_cursor))
            unit.note({"events": len(events)})

    def _apply(self, unit: UnitOfWork, event: FeedEvent) -> None:
        match event:
            case PaymentNotice():
                take_notice(
                    unit,
                    notice_id=event.notice_id,
                    reference=event.reference,
                    amount_vnd=event.amount_vnd,
                    bank_time=_moment(event.bank_time),
                    now=self._clock.now(),
                )
            case OfficialCode():
                dossier = unit.session.get(Dossier, event.dossier_id)
                if dossier is not None and dossier.official_code != event.code:
                    dossier.official_code = event.code
                    unit.save(dossier)
            case StatusChanged():
                self._apply_status(unit, event)

    def _apply_status(self, unit: UnitOfWork, event: StatusChanged) -> None:
        dossier = unit.session.get(Dossier, event.dossier_id)
        key = uuid5(_STATUS_EVENTS, f"{event.dossier_id}|{event.status}|{event.at}").hex
        if dossier is None or unit.session.get(StatusEvent, key) is not None:
            return
        unit.save(
            StatusEvent(
                id=key,
                dossier_id=dossier.id,
                official_code=dossier.official_code,
                status=event.status,
                at=_moment(event.at),
                note=event.note or None,
            )
        )
        dossier.platform_status = event.status
        act = act_for_status(PlatformStatus(event.status))
        if act in acts_for(DossierState(dossier.state)) and act is not DossierAct.ACKNOWLEDGE:
            dossier.state = move(DossierState(dossier.state), act).value
        unit.save(dossier)

    def _acknowledge(self, dossier: Dossier, receipt: Receipt, now: datetime) -> None:
        state = DossierState(dossier.state)
        if DossierAct.ACKNOWLEDGE in acts_for(state):
            dossier.state = move(state, DossierAct.ACKNOWLEDGE).value
        dossier.acknowledged_at = dossier.acknowledged_at or now
        if receipt.official_code:
            dossier.official_code = receipt.official_code
        dossier.platform_status = dossier.platform_status or receipt.platform_status

    def _manifest(self, session: Session, dossier_id: str) -> DossierManifest | None:
        dossier = session.get(Dossier, dossier_id)
        if dossier is None:
            return None
        files = session.exec(
            select(StoredFile.blob_id).where(
                StoredFile.dossier_id == dossier_id,
                StoredFile.role == "document",
                col(StoredFile.removed).is_(False),
            )
        ).all()
        last_seq = session.exec(
            select(func.max(ChangeLog.seq)).where(
                ChangeLog.site == self._site_id,
                ChangeLog.entity == kind_of(Dossier),
                ChangeLog.record_id == dossier_id,
                ChangeLog.field == "confirmed_at",
            )
        ).one()
        return DossierManifest(
            dossier_id, dossier.version, self._site_id, last_seq or 0, tuple(sorted(set(files)))
        )

    def _finish(self, kind: str, ref_id: str) -> None:
        now = self._clock.now()
        with self._store.unit(SYSTEM, "exchange.sent", (kind, ref_id)) as unit:
            for item in _items(unit.session, kind, ref_id):
                item.state, item.done_at, item.reason_code = "done", now, None
                unit.save(item)


def _waiting(session: Session, kind: str) -> Sequence[OutboxItem]:
    query = select(OutboxItem).where(OutboxItem.kind == kind, col(OutboxItem.state).in_(_OPEN))
    return session.exec(query.order_by(col(OutboxItem.urgent).desc(), col(OutboxItem.created_at))).all()


def _items(session: Session, kind: str, ref_id: str) -> list[OutboxItem]:
    query = select(OutboxItem).where(
        OutboxItem.kind == kind, OutboxItem.ref_id == ref_id, OutboxItem.state != "done"
    )
    return list(session.exec(query).all())


def _count(session: Session, kind: str) -> int:
    query = select(func.count()).select_from(OutboxItem)
    return session.exec(query.where(OutboxItem.kind == kind, OutboxItem.state != "done")).one()


def _setting(session: Session, key: str) -> str | None:
    row = session.get(Setting, key)
    return row.value if row else None


def _keep_setting(unit: UnitOfWork, key: str, value: str) -> None:
    row = unit.session.get(Setting, key) or Setting(key=key, value=value)
    row.value = value
    unit.save(row)


def _moment(text: str) -> datetime:
    return datetime.fromisoformat(text).astimezone(UTC)


def _change(row: ChangeLog) -> Change:
    return Change(
        site=row.site,
        seq=row.seq,
        stamp=row.stamp,
        entity=row.entity,
        record_id=row.record_id,
        field=row.field,
        value=json.loads(row.value),
        replaces=tuple(ChangeId(str(site), int(seq)) for site, seq in json.loads(row.replaces)),
        author=row.author,
        schema=row.schema_number,
        previous=row.previous,
        signature=row.signature,
    )
