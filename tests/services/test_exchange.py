"""Desk and gateway, both real: another process on loopback, killed and started as the test wants."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest
from sqlmodel import col, func, select

from tests.services.machine import BIRTH, BUSINESS, Machine, Template
from van_station.bootstrap.demo.gateway import GatewayFolder, GatewayProcess
from van_station.i18n import Texts
from van_station.records.dossiers import Dossier, StoredFile
from van_station.records.exchange import OutboxItem, ReceiptRow
from van_station.rules.dossiers import DossierState, is_official_code
from van_station.services.dossier_views import DossierView
from van_station.services.exchange import ExchangeStatus, Signal
from van_station.services.payments import PaymentState
from van_station.settings.tree import GatewaySettings
from van_station.store import StoreFull

ROUNDS = 8


def gateway_of(folder: Path, *, port: int | None = None) -> GatewayProcess:
    place = GatewayFolder(folder)
    place.prepare()
    if port is not None:
        place.port.write_text(str(port))
    return GatewayProcess(place, tenant="test")


def joined(template: Template, root: Path, gateway: GatewayProcess, *, code: str | None = None) -> Machine:
    settings = GatewaySettings(
        url=gateway.address,
        enrolment_code=gateway.enrolment_code if code is None else code,
        round_every_s=3600,
    )
    return template.copy_to(root, gateway=settings)


def sent(machine: Machine) -> ExchangeStatus:
    """Run rounds until nothing that may go is left."""
    for _ in range(ROUNDS):
        status = machine.workspace.exchange.sync_now()
        if not status.pending_records and not status.pending_dossiers - len(status.parked):
            break
    return status


@pytest.fixture
def gateway(tmp_path: Path) -> Iterator[GatewayProcess]:
    process = gateway_of(tmp_path / "gateway-home")
    process.start()
    yield process
    process.stop()


@pytest.fixture
def desk(template: Template, tmp_path: Path, gateway: GatewayProcess) -> Iterator[Machine]:
    """A desk that has joined its gateway, with a trip open."""
    machine = joined(template, tmp_path / "machine", gateway)
    machine.workspace.exchange.sync_now()
    machine.open_trip()
    yield machine
    machine.workspace.close()


def blob_path(machine: Machine, dossier: DossierView) -> Path:
    with machine.workspace.store.reading() as session:
        query = select(StoredFile.blob_id).where(StoredFile.dossier_id == dossier.id)
        blob_id = session.exec(query.where(StoredFile.role == "document")).one()
    return machine.settings.data_dir / "store" / "blobs" / blob_id[:2] / blob_id


def state(machine: Machine, dossier: DossierView) -> DossierState:
    return machine.workspace.dossiers.get(dossier.id).state


def test_a_dossier_confirmed_without_signal_waits_and_is_acknowledged_with_it(
    desk: Machine, gateway: GatewayProcess
) -> None:
    gateway.kill()
    dossier = desk.confirmed(BUSINESS)
    payment = desk.workspace.payments.request(desk.officer, dossier.id)
    offline = desk.workspace.exchange.sync_now()
    assert offline.signal is Signal.OFFLINE
    assert (offline.pending_dossiers, offline.pending_files) == (1, 1)
    bar = desk.workspace.status_bar()
    assert (bar.signal, bar.outbox, bar.parked) == (Signal.OFFLINE, 1, 0)
    assert state(desk, dossier) is DossierState.QUEUED
    gateway.start()
    online = sent(desk)
    assert (online.signal, online.pending_dossiers, online.pending_files) == (Signal.ONLINE, 0, 0)
    now = desk.workspace.dossiers.get(dossier.id)
    assert now.state is DossierState.ACKNOWLEDGED
    assert is_official_code(now.official_code or "")
    assert now.acknowledged_at is not None
    bar = desk.workspace.status_bar()
    assert (bar.signal, bar.outbox, bar.last_sync_at) == (Signal.ONLINE, 0, desk.clock.now())
    assert desk.workspace.payments.get(payment.id).state is PaymentState.PENDING
    gateway.pay(f"CK {payment.reference} X", payment.amount_vnd)
    gateway.set_status(dossier.id, 9)
    desk.workspace.exchange.sync_now()
    assert desk.workspace.payments.get(payment.id).state is PaymentState.MATCHED
    assert desk.workspace.dossiers.get(dossier.id).platform_status == 9


def test_a_dossier_that_is_finished_there_is_finished_here_and_a_supplement_opens_it(
    desk: Machine, gateway: GatewayProcess
) -> None:
    dossier = desk.confirmed(BUSINESS)
    sent(desk)
    gateway.set_status(dossier.id, 5)
    desk.workspace.exchange.sync_now()
    asked = desk.workspace.dossiers.get(dossier.id)
    assert (asked.state, asked.editable) == (DossierState.SUPPLEMENT, True)
    desk.workspace.dossiers.answer(desk.officer, dossier.id, "/name", "Hộ kinh doanh Bổ Sung")
    desk.workspace.dossiers.confirm(desk.officer, dossier.id)
    assert state(desk, dossier) is DossierState.QUEUED
    sent(desk)
    assert state(desk, dossier) is DossierState.ACKNOWLEDGED
    with desk.workspace.store.reading() as session:
        versions = session.exec(select(ReceiptRow.version).order_by(col(ReceiptRow.version))).all()
    assert list(versions) == [1, 2]
    gateway.set_status(dossier.id, 10)
    desk.workspace.exchange.sync_now()
    assert state(desk, dossier) is DossierState.DONE


def test_repeated_rounds_and_a_killed_gateway_duplicate_and_forget_nothing(
    desk: Machine, gateway: GatewayProcess
) -> None:
    dossier = desk.confirmed(BUSINESS)
    sent(desk)
    for _ in range(2):
        gateway.kill()
        desk.workspace.exchange.sync_now()
        gateway.start()
        for _ in range(3):
            sent(desk)
    assert state(desk, dossier) is DossierState.ACKNOWLEDGED
    with desk.workspace.store.reading() as session:
        assert session.exec(select(func.count()).select_from(ReceiptRow)).one() == 1
    assert desk.workspace.exchange.status().pending_records == 0
    following = desk.confirmed(BUSINESS)
    sent(desk)
    assert _last_part(desk, following) == _last_part(desk, dossier) + 1, "the platform counted one dossier"


def test_after_a_restart_of_the_desk_the_exchange_goes_on_where_it_was(
    desk: Machine, gateway: GatewayProcess
) -> None:
    gateway.kill()
    dossier = desk.confirmed(BUSINESS)
    desk.reopen()
    gateway.start()
    sent(desk)
    assert state(desk, dossier) is DossierState.ACKNOWLEDGED


@pytest.mark.parametrize("ill", ["changed", "gone"])
def test_a_poisoned_file_is_parked_and_the_others_go_through(
    desk: Machine, gateway: GatewayProcess, ill: str
) -> None:
    gateway.kill()
    poisoned, healthy = desk.confirmed(BUSINESS), desk.confirmed(BUSINESS)
    path = blob_path(desk, poisoned)
    body = path.read_bytes()
    if ill == "gone":
        path.unlink()
    else:
        path.write_bytes(body[:-1] + bytes([body[-1] ^ 1]))
    gateway.start()
    status = sent(desk)
    assert state(desk, healthy) is DossierState.ACKNOWLEDGED
    assert state(desk, poisoned) is DossierState.QUEUED
    assert {item.dossier_number for item in status.parked} == {poisoned.provisional_no}
    assert desk.workspace.status_bar().parked == len(status.parked) > 0
    assert all(item.reason for item in status.parked)
    line = next(each for each in desk.workspace.dossiers.find() if each.id == poisoned.id)
    assert line.outbox_reason
    path.write_bytes(body)
    for item in status.parked:
        desk.workspace.exchange.retry(desk.officer, item.id)
    again = sent(desk)
    assert again.parked == ()
    assert state(desk, poisoned) is DossierState.ACKNOWLEDGED


def test_another_gateway_at_the_same_address_is_refused(
    desk: Machine, gateway: GatewayProcess, tmp_path: Path
) -> None:
    gateway.stop()
    dossier = desk.confirmed(BUSINESS)
    impostor = gateway_of(tmp_path / "impostor", port=gateway.port)
    impostor.start()
    try:
        status = desk.workspace.exchange.sync_now()
        assert status.last_error == "sync.other_gateway"
        assert status.pending_dossiers == 1
        desk.reopen()
        assert desk.workspace.exchange.sync_now().last_error == "sync.other_gateway"
    finally:
        impostor.stop()
    assert state(desk, dossier) is DossierState.QUEUED
    gateway.start()
    sent(desk)
    assert state(desk, dossier) is DossierState.ACKNOWLEDGED


@pytest.mark.parametrize("code", ["khong phai ma nay", ""])
def test_a_wrong_enrolment_code_is_said_and_the_desk_works_on(
    template: Template, tmp_path: Path, gateway: GatewayProcess, code: str
) -> None:
    machine = joined(template, tmp_path / "machine", gateway, code=code)
    try:
        status = machine.workspace.exchange.sync_now()
        assert status.last_error == "sync.not_enrolled"
        text = Texts("vi", strict=True).error(status.last_error)
        assert text.happened
        assert text.next_step
        machine.open_trip()
        assert machine.take_in().label
    finally:
        machine.workspace.close()


def test_an_enrolment_code_is_good_for_one_machine(
    desk: Machine, gateway: GatewayProcess, tmp_path_factory: pytest.TempPathFactory
) -> None:
    root = tmp_path_factory.mktemp("second")
    second = joined(Template.make(root / "template"), root / "machine", gateway)
    try:
        assert second.workspace.exchange.sync_now().last_error == "sync.not_enrolled"
    finally:
        second.workspace.close()


def test_a_paused_exchange_sends_nothing_and_says_so(desk: Machine) -> None:
    desk.workspace.exchange.pause(desk.officer, paused=True)
    dossier = desk.confirmed(BUSINESS)
    status = desk.workspace.exchange.sync_now()
    assert (status.signal, status.pending_dossiers) == (Signal.PAUSED, 1)
    desk.workspace.exchange.pause(desk.officer, paused=False)
    sent(desk)
    assert state(desk, dossier) is DossierState.ACKNOWLEDGED


def test_a_machine_without_a_gateway_works_and_knows_nothing_of_a_line(machine: Machine) -> None:
    machine.open_trip()
    machine.confirmed(BIRTH)
    status = machine.workspace.exchange.sync_now()
    assert (status.signal, status.pending_dossiers) == (Signal.UNKNOWN, 1)


def test_an_item_waits_in_the_outbox_until_the_receipt_is_here(
    desk: Machine, gateway: GatewayProcess
) -> None:
    """Sent is not acknowledged: without the signed receipt the dossier stays in the outbox."""
    gateway.kill()
    dossier = desk.confirmed(BUSINESS)
    with desk.workspace.store.unit("system", "test.sent", ("dossier", dossier.id)) as unit:
        item = unit.session.exec(select(OutboxItem).where(OutboxItem.kind == "blob")).one()
        item.state = "done"
        unit.save(item)
    assert desk.workspace.status_bar().outbox == 1
    assert state(desk, dossier) is DossierState.QUEUED
    gateway.start()
    sent(desk)
    assert state(desk, dossier) is DossierState.ACKNOWLEDGED, "a file the gateway misses is sent again"


def test_the_receipt_is_kept_with_its_signature(desk: Machine) -> None:
    dossier = desk.confirmed(BUSINESS)
    sent(desk)
    with desk.workspace.store.reading() as session:
        receipt = session.exec(select(ReceiptRow)).one()
        row = session.get(Dossier, dossier.id)
        assert row is not None
    assert (receipt.dossier_id, receipt.version) == (dossier.id, row.version)
    assert dossier.id in receipt.body
    assert len(receipt.signature) == 128


def test_the_thread_outlives_a_disk_that_is_full(desk: Machine, monkeypatch: pytest.MonkeyPatch) -> None:
    exchange = desk.workspace.exchange
    with monkeypatch.context() as patch:

        def full(*_: object) -> None:
            raise StoreFull("no room")

        patch.setattr(exchange, "_note_sync", full)
        status = exchange.sync_now()
        assert status.last_error == "store.full"
        assert not status.running
    assert exchange.sync_now().last_error is None


def _last_part(machine: Machine, dossier: DossierView) -> int:
    code = machine.workspace.dossiers.get(dossier.id).official_code
    assert code is not None
    return int(code.rpartition("-")[2])


def test_idle_rounds_hardly_write(desk: Machine) -> None:
    """An idle day is thousands of rounds: the moment of the last one is on the screen, not each on the disk."""
    exchange = desk.workspace.exchange
    exchange.sync_now()
    before = desk.workspace.store.verify().audit_lines
    for _ in range(10):
        desk.clock.turn(seconds=20)
        exchange.sync_now()
    assert exchange.status().last_sync_at == desk.clock.now()
    assert desk.workspace.store.verify().audit_lines - before <= 1
    desk.clock.turn(minutes=6)
    exchange.sync_now()
    assert desk.workspace.store.verify().audit_lines - before <= 2
