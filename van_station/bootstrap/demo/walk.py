"""The day without a window: the same services, real parts, every claim checked."""

from __future__ import annotations

import hashlib
import io
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field, replace
from pathlib import Path

import qrcode
from sqlmodel import select

from van_station.bootstrap.demo.answers import ANSWERS, GROUPS
from van_station.bootstrap.demo.bad_line import BadLine
from van_station.bootstrap.demo.papers import lay_papers
from van_station.bootstrap.demo.people import PASSPHRASE, VISITORS, Visitor
from van_station.bootstrap.demo.setting_up import TENANT, Demo
from van_station.bootstrap.demo.traces import personal_traces
from van_station.records.dossiers import StoredFile
from van_station.rules.dossiers import DossierState, is_official_code
from van_station.rules.queueing import Lane, TicketAct
from van_station.security import PlatformOpener, SealContext
from van_station.services.actor import Actor
from van_station.services.capture import CaptureSettings
from van_station.services.door import Door
from van_station.services.dossier_views import DossierView
from van_station.services.errors import ServiceError
from van_station.services.exchange import Signal
from van_station.services.payments import PaymentState
from van_station.services.queue import TicketView
from van_station.services.trips import OpenTrip
from van_station.services.workspace import Workspace

WARD, PLACE = "ba vi", "Nhà văn hóa thôn Đoài"
MAX_ROUNDS = 12


@dataclass(frozen=True)
class Check:
    """One thing that was looked at, and whether it was so."""

    what: str
    ok: bool
    found: str


@dataclass
class Walk:
    """Where the walk is, and what it has found so far."""

    demo: Demo
    line: BadLine
    tell: Callable[[str], None]
    checks: list[Check] = field(default_factory=list)

    def check(self, what: str, *, found: object, wanted: object) -> None:
        """Note whether something is as it should be."""
        shown = str(found) if found == wanted else f"{found} (cần {wanted})"
        self.checks.append(Check(what, found == wanted, shown))


def walk_the_day(walk: Walk, *, sane: bool) -> None:
    """Walk one trip day, from the supervisor's opening to the close."""
    demo = walk.demo
    demo.gateway.start()
    door = demo.open_door()
    try:
        _refuse_wrong_passphrase(walk, door)
        hoa = door.sign_in("hoa", PASSPHRASE)
        workspace, supervisor = hoa.workspace, hoa.actor
        workspace.exchange.sync_now()
        walk.check("Máy đã ghi danh với cổng", found=workspace.exchange.status().signal, wanted=Signal.ONLINE)
        volunteer = door.sign_in("lan", PASSPHRASE).actor
        officer = door.sign_in("minh", PASSPHRASE).actor

        walk.tell("Mất kết nối: tắt cổng, cả ngày làm việc không có mạng")
        demo.gateway.kill()
        trip = workspace.trips.open(supervisor, OpenTrip(workspace.trips.wards(WARD)[0].code, PLACE))
        walk.tell(f"Mở chuyến tại {trip.place}, {trip.ward_name}")
        _take_everybody_in(walk, workspace, volunteer)
        dossiers = _serve_everybody(walk, workspace, officer, sane=sane)
        _serve_the_others(walk, workspace, supervisor, officer)
        _check_offline(walk, workspace, dossiers)

        walk.tell("Có mạng trở lại, đường truyền bị cắt giữa chừng")
        demo.gateway.start()
        _send_over_a_bad_line(walk, workspace)
        _check_acknowledged(walk, workspace, officer, dossiers)
        _pay(walk, workspace, dossiers)
        _open_as_the_platform(walk, workspace)
        _close_the_day(walk, workspace, supervisor, trip.id)
        _look_at_the_disk(walk, workspace)
    finally:
        door.close()
        demo.gateway.stop()


def _refuse_wrong_passphrase(walk: Walk, door: Door) -> None:
    with _refused(walk, "Mật khẩu sai bị từ chối", "signin.refused"):
        door.sign_in("hoa", "khong phai mat khau")


def _take_everybody_in(walk: Walk, workspace: Workspace, volunteer: Actor) -> None:
    walk.tell(f"Tiếp đón {len(VISITORS)} người: quét thẻ, ảnh chụp thẻ, nhập tay")
    with _refused(walk, "Mã thẻ bị đứt được từ chối", "card.torn"):
        workspace.intake.read_card(VISITORS[0].card[:40])
    tickets = [_take_in(workspace, volunteer, index, visitor) for index, visitor in enumerate(VISITORS)]
    walk.check("Số phiếu đã phát", found=len(tickets), wanted=len(VISITORS))
    walk.check("Không số nào trùng", found=len({ticket.label for ticket in tickets}), wanted=len(tickets))
    found = workspace.catalogue.search("khai sinh")[0].code
    walk.check("Tìm không dấu: khai sinh", found=found, wanted="1.001193")
    slip = workspace.intake.ticket_slip(volunteer, tickets[0].id)
    walk.check("Phiếu số là PDF", found=slip.data[:5], wanted=b"%PDF-")


def _take_in(workspace: Workspace, volunteer: Actor, index: int, visitor: Visitor) -> TicketView:
    """Take one person in: by scanner text, by picture, by hand, in turn."""
    if index % 3 == 1:
        card = workspace.intake.read_card_picture(_picture_of(visitor.card))
    else:
        card = workspace.intake.read_card(visitor.card)
    draft = replace(
        card.draft,
        need=visitor.need,
        procedure_code=visitor.procedure,
        priority_group=visitor.group,
        phone=visitor.phone,
    )
    if index % 3 == 2:
        draft = replace(draft, card_extra=(), card_issued_on=None)
    return workspace.intake.take_in(volunteer, draft)


def _serve_everybody(walk: Walk, workspace: Workspace, officer: Actor, *, sane: bool) -> list[DossierView]:
    dossiers: list[DossierView] = []
    while True:
        called = workspace.queue.call_next(officer, Lane.DIGITISE)
        if called is None:
            break
        if not dossiers:
            walk.check("Người được ưu tiên gọi trước", found=called.is_priority, wanted=True)
            workspace.queue.act(officer, called.id, TicketAct.RECALL)
            workspace.queue.act(officer, called.id, TicketAct.SKIP)
            workspace.queue.act(officer, called.id, TicketAct.PUT_BACK)
            called = workspace.queue.act(officer, called.id, TicketAct.CALL)
        workspace.queue.act(officer, called.id, TicketAct.SERVE)
        use_sane = sane and len(dossiers) == 1
        dossiers.append(_make_dossier(walk, workspace, officer, called, len(dossiers) + 1, sane=use_sane))
        workspace.queue.act(officer, called.id, TicketAct.FINISH)
    return dossiers


def _make_dossier(
    walk: Walk, workspace: Workspace, officer: Actor, ticket: TicketView, number: int, *, sane: bool
) -> DossierView:
    dossier = workspace.dossiers.start(officer, ticket.id)
    walk.tell(f"{ticket.label}: {dossier.procedure.name}, số tạm {dossier.provisional_no}")
    with _refused(walk, f"{ticket.label}: hồ sơ thiếu không nộp được", "dossier.incomplete"):
        workspace.dossiers.confirm(officer, dossier.id)
    _fill(workspace, officer, dossier.id, dossier.procedure.code)
    for gap in workspace.dossiers.missing(dossier.id):
        if gap.kind == "component":
            _scan(walk, workspace, officer, dossier.id, gap.where, number, sane=sane)
    left = workspace.dossiers.missing(dossier.id)
    walk.check(f"{ticket.label}: hồ sơ đủ", found=[(gap.kind, gap.code) for gap in left], wanted=[])
    dossier = workspace.dossiers.get(dossier.id)
    if dossier.fee is not None and dossier.fee.amount_vnd:
        payment = workspace.payments.request(officer, dossier.id)
        walk.check(f"{ticket.label}: phí chờ báo có", found=payment.state, wanted=PaymentState.PENDING)
    confirmed = workspace.dossiers.confirm(officer, dossier.id)
    slip = workspace.slips.receipt(officer, dossier.id)
    walk.check(f"{ticket.label}: phiếu tạm", found=slip.file_name.startswith("phieu-tam"), wanted=True)
    return confirmed


def _fill(workspace: Workspace, officer: Actor, dossier_id: str, code: str) -> None:
    for pointer, value in ANSWERS[code].items():
        workspace.dossiers.answer(officer, dossier_id, pointer, value)
    if code in GROUPS:
        group, answers = GROUPS[code]
        workspace.dossiers.add_item(officer, dossier_id, group)
        for name, value in answers.items():
            workspace.dossiers.answer(officer, dossier_id, f"{group}/0/{name}", value)


def _scan(
    walk: Walk,
    workspace: Workspace,
    officer: Actor,
    dossier_id: str,
    component_id: str,
    number: int,
    *,
    sane: bool,
) -> None:
    devices = workspace.capture.scanners().devices
    kind = "sane" if sane and any(device.kind == "sane" for device in devices) else "folder"
    if kind == "folder":
        lay_papers(walk.demo.inbox, seed=number)
    device = next(device for device in devices if device.kind == kind)
    settings = CaptureSettings(max_pages=3 if kind == "sane" else None)
    batch = workspace.capture.start(officer, dossier_id, component_id, device.id, settings, lambda _: None)
    batch.wait()
    pages = batch.pages()
    if kind == "folder":
        walk.check("Trang trắng được bỏ", found=sum(page.dropped for page in pages), wanted=1)
        walk.check("Ảnh gốc đã rời thư mục quét", found=_left_in(walk.demo.inbox), wanted=0)
    file = batch.keep(officer)
    kept = sum(not page.dropped for page in pages)
    walk.check(f"PDF/A từ {kind}: số trang", found=file.page_count, wanted=kept)
    walk.tell(f"  quét {kind}: {len(pages)} trang, giữ {kept}, {file.size_bytes // 1000} kB đã mã hóa")


def _serve_the_others(walk: Walk, workspace: Workspace, supervisor: Actor, officer: Actor) -> None:
    """Serve the people who came for advice; a dossier begun by mistake is voided."""
    for lane in (Lane.WELCOME, Lane.DIGITAL_HELP):
        called = workspace.queue.call_next(officer, lane)
        if called is None:
            continue
        workspace.queue.act(officer, called.id, TicketAct.SERVE)
        if lane is Lane.WELCOME:
            mistaken = workspace.dossiers.start(officer, called.id, "1.004194")
            voided = workspace.dossiers.void(supervisor, mistaken.id, "Mở nhầm thủ tục")
            walk.check("Hồ sơ mở nhầm đã hủy", found=voided.state, wanted=DossierState.VOIDED)
        workspace.queue.act(officer, called.id, TicketAct.FINISH)


def _check_offline(walk: Walk, workspace: Workspace, dossiers: list[DossierView]) -> None:
    workspace.exchange.sync_now()
    status = workspace.status_bar()
    walk.check("Báo mất kết nối", found=status.signal, wanted=Signal.OFFLINE)
    walk.check("Hồ sơ chờ gửi", found=status.outbox, wanted=len(dossiers))
    states = {workspace.dossiers.get(dossier.id).state for dossier in dossiers}
    walk.check("Chưa hồ sơ nào được gọi là đã nhận", found=states, wanted={DossierState.QUEUED})


def _send_over_a_bad_line(walk: Walk, workspace: Workspace) -> None:
    files = _documents(workspace)
    walk.line.cut_after(sum(file.size_bytes for file in files) // 2)
    for _ in range(MAX_ROUNDS):
        status = workspace.exchange.sync_now()
        if not status.pending_dossiers and not status.pending_records:
            break
    walk.check("Đường truyền đã bị cắt giữa chừng", found=walk.line.cuts, wanted=1)
    status = workspace.exchange.status()
    walk.check("Không còn gì chờ gửi", found=(status.pending_dossiers, status.pending_files), wanted=(0, 0))
    walk.check("Không mục nào bị gác lại", found=len(status.parked), wanted=0)


def _check_acknowledged(
    walk: Walk, workspace: Workspace, officer: Actor, dossiers: list[DossierView]
) -> None:
    for dossier in dossiers:
        now = workspace.dossiers.get(dossier.id)
        walk.check(f"{now.ticket_label}: đã có biên nhận", found=now.state, wanted=DossierState.ACKNOWLEDGED)
        official = now.official_code or ""
        walk.check(f"{now.ticket_label}: mã chính thức", found=is_official_code(official), wanted=True)
        walk.tell(f"{now.ticket_label}: {now.provisional_no} -> {now.official_code}")
        slip = workspace.slips.receipt(officer, dossier.id)
        official_slip = slip.file_name.startswith("giay-tiep-nhan")
        walk.check(f"{now.ticket_label}: giấy tiếp nhận thay phiếu tạm", found=official_slip, wanted=True)


def _pay(walk: Walk, workspace: Workspace, dossiers: list[DossierView]) -> None:
    payments = [payment for dossier in dossiers for payment in workspace.payments.of(dossier.id)]
    for payment in payments:
        walk.demo.gateway.pay(f"NGUYEN VAN A chuyen tien {payment.reference} GD 123", payment.amount_vnd)
    walk.demo.gateway.set_status(dossiers[0].id, 9)
    workspace.exchange.sync_now()
    states = {workspace.payments.get(payment.id).state for payment in payments}
    walk.check("Phí khớp báo có của ngân hàng", found=states, wanted={PaymentState.MATCHED})
    status = workspace.dossiers.get(dossiers[0].id).platform_status
    walk.check("Trạng thái trên hệ thống đã về máy", found=status, wanted=9)


def _open_as_the_platform(walk: Walk, workspace: Workspace) -> None:
    """Open, with the platform's own key, what the gateway holds: it is what was scanned."""
    opener = PlatformOpener(walk.demo.folders.private_key.read_bytes())
    good = 0
    files = _documents(workspace)
    held = {path.name: path for path in walk.demo.folders.gateway.rglob("*") if path.is_file()}
    for file in files:
        body = held[file.blob_id].read_bytes()
        plain = opener.open(body, SealContext(TENANT, file.dossier_id, file.id))
        good += hashlib.sha256(plain).hexdigest() == file.plain_sha256
    walk.check("Tệp tại cổng mở được bằng khóa của hệ thống", found=good, wanted=len(files))


def _close_the_day(walk: Walk, workspace: Workspace, supervisor: Actor, trip_id: str) -> None:
    closed = workspace.reports.close(supervisor, trip_id)
    total = closed.day.total
    walk.tell(
        f"Kết ca: đã lập {total.captured} = đã nhận {total.acknowledged} + chờ {total.pending}"
        f" + hủy {total.voided}"
    )
    parts = (total.acknowledged, total.pending, total.voided)
    confirmed = sum(visitor.procedure is not None for visitor in VISITORS)
    wanted = (confirmed + 1, confirmed, 0, 1)
    walk.check("Đã lập = đã nhận + chờ + hủy", found=(total.captured, *parts), wanted=wanted)
    prior = sum(visitor.group is not None for visitor in VISITORS)
    walk.check("Người thuộc đối tượng ưu tiên", found=closed.day.priority_people, wanted=prior)
    for form, start in (("xlsx", b"PK"), ("csv", b"\xef\xbb\xbf"), ("pdf", b"%PDF-")):
        table = workspace.reports.export(supervisor, trip_id, form)  # type: ignore[arg-type]
        walk.check(f"Xuất {form}", found=table.data[: len(start)], wanted=start)


def _look_at_the_disk(walk: Walk, workspace: Workspace) -> None:
    report = workspace.store.verify()
    walk.check("Kho nguyên vẹn", found=report.ok, wanted=True)
    walk.tell(f"Kho: {report.changes} thay đổi, {report.audit_lines} dòng nhật ký, {report.blobs} tệp")
    traces = personal_traces(walk.demo.folders.root)
    walk.check("Dấu vết cá nhân trên đĩa, tại bàn và tại cổng", found=len(traces), wanted=0)


def _documents(workspace: Workspace) -> list[StoredFile]:
    with workspace.store.reading() as session:
        query = select(StoredFile).where(StoredFile.role == "document")
        return list(session.exec(query).all())


def _picture_of(card: str) -> bytes:
    out = io.BytesIO()
    qrcode.make(card).save(out, "PNG")
    return out.getvalue()


def _left_in(folder: Path) -> int:
    return sum(1 for _ in folder.iterdir())


@contextmanager
def _refused(walk: Walk, what: str, code: str) -> Iterator[None]:
    try:
        yield
    except ServiceError as error:
        walk.check(what, found=error.code, wanted=code)
    else:
        walk.check(what, found="không bị từ chối", wanted=code)
