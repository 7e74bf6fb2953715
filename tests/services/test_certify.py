from __future__ import annotations

import hashlib
import threading
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from sqlmodel import select

from tests.security import soft_token
from tests.security.authority import HOLDER, PASSPHRASE, Authority
from tests.security.signed_papers import scanned_letter, stamp_text
from tests.security.soft_token import MODULE, PIN, SoftTokens
from tests.services.machine import BIRTH, Machine
from van_station.records.certified_copies import CertifiedCopy
from van_station.records.dossiers import Component, StoredFile
from van_station.records.ledger import AuditLine
from van_station.rules.access import Role
from van_station.services.actor import Actor
from van_station.services.certify import Certify, CertifySetup, SignState, SignWay
from van_station.services.copy_views import CopyState, CopyView
from van_station.services.errors import NotFound, NotNow, NotPermitted, Refused
from van_station.services.sealed_files import Content, Seal, SealedFiles
from van_station.store import StoreFull

pytest.importorskip("pyhanko", reason="the extra `sign` is not installed")
pytest.importorskip("pkcs11", reason="the extra `sign` is not installed")

from van_station.security.pades import PadesSigning


@pytest.fixture
def authority(tmp_path: Path) -> Iterator[Authority]:
    folder = tmp_path / "authority"
    folder.mkdir()
    with Authority(folder) as served:
        yield served


class Case:
    """A dossier whose two papers a volunteer scanned, and an officer's certificate file."""

    def __init__(self, desk: Machine, authority: Authority) -> None:
        self.desk, self.certify = desk, desk.workspace.certify
        self.dossier = desk.started(BIRTH).id
        components = desk.workspace.dossiers.get(self.dossier).components
        self.papers = [each.id for each in components if each.applies][:2]
        self.signatory = authority.issue()
        self.way = SignWay(file=self.signatory.p12())
        for paper in self.papers:
            self.attach(paper)

    def attach(self, paper: str) -> None:
        """Keep a document that a volunteer made of a scanned letter."""
        volunteer = self.desk.volunteer.user_id
        content = Content(scanned_letter(), "application/pdf", 1, "document", 1)
        row = self.certify._files.seal(volunteer, self.dossier, paper, content)
        with self.desk.workspace.store.unit(volunteer, "scan.document", ("component", paper)) as unit:
            unit.save(row)
            component = unit.session.get(Component, paper)
            component.page_count = 1
            unit.save(component)

    def scan(self, paper: str) -> str:
        batch, _ = self.desk.scan(self.dossier, paper, "letter")
        return batch.keep(self.desk.volunteer).id

    def copies(self) -> list[CopyView]:
        return list(self.certify.copies(self.dossier))

    def ids(self) -> list[str]:
        return [copy.file_id for copy in self.copies()]

    def states(self) -> list[CopyState]:
        return [copy.state for copy in self.copies()]

    def sign(self, ids: list[str] | None = None, **given: Any) -> Any:
        wanted = self.ids() if ids is None else ids
        return self.certify.sign(self.desk.officer, wanted, self.way, PASSPHRASE, **given)

    def rows(self, kind: type[Any]) -> list[Any]:
        with self.desk.workspace.store.reading() as session:
            return list(session.exec(select(kind)).all())

    def plain(self, file_id: str) -> bytes:
        return self.desk.workspace.capture.document(self.desk.officer, file_id).data

    def pages(self) -> list[int]:
        return [len(self.desk.workspace.capture.thumbnails(file_id, max_px=40)) for file_id in self.ids()]


@pytest.fixture
def case(desk: Machine, authority: Authority) -> Case:
    return Case(desk, authority)


def test_an_officer_signs_all_copies_with_one_opening_of_the_key(case: Case) -> None:
    before = case.ids()
    told: list[tuple[int, int]] = []
    outcome = case.sign(told=lambda done, total: told.append((done, total)))
    assert (len(outcome.signed), outcome.total, outcome.fault, outcome.stopped) == (2, 2, None, False)
    assert told == [(0, 2), (1, 2), (2, 2)]
    assert case.states() == [CopyState.SIGNED] * 2
    assert sorted(case.ids()) == sorted(outcome.signed)
    assert not set(case.ids()) & set(before), "a new file each; the unsigned one is let go"
    assert case.pages() == [1, 1]
    for file_id in before:
        with pytest.raises(NotFound):
            case.plain(file_id)


def test_who_scanned_and_who_certified_stay_apart(case: Case) -> None:
    case.sign()
    for copy in case.copies():
        assert copy.record is not None
        assert copy.captured_by == case.desk.volunteer.full_name
        assert copy.record.certified_by == case.desk.officer.full_name
        assert copy.record.signer_name == HOLDER
        assert copy.record.certificate_sha256 == case.signatory.fingerprint()
        assert (copy.record.level, copy.record.revocation, copy.checked) == ("B-B", "not_checked", True)
        assert copy.record.certified_at == case.desk.clock.now()
    for row in case.rows(CertifiedCopy):
        assert (row.captured_by, row.certified_by) == (case.desk.volunteer.user_id, case.desk.officer.user_id)
    for row in case.rows(Component):
        assert row.certified_by == (case.desk.officer.user_id if row.id in case.papers else None)


def test_certifying_is_one_audit_line_without_a_name(case: Case) -> None:
    case.sign()
    lines = [line for line in case.rows(AuditLine) if line.act == "copy.certify"]
    assert len(lines) == 2
    for line in lines:
        assert line.actor_id == case.desk.officer.user_id
        assert (
            '"level":"B-B"' in line.details.replace(" ", "")
            if isinstance(line.details, str)
            else line.details
        )
        assert "Cán Bộ" not in str(line.details)


@pytest.mark.parametrize("role", [Role.VOLUNTEER, Role.TECHNICIAN])
def test_nobody_but_an_officer_or_a_supervisor_certifies(case: Case, role: Role) -> None:
    somebody = Actor("x", "x", "X", role, "Q1")
    for act in (
        lambda: case.certify.sign(somebody, case.ids(), case.way, PASSPHRASE),
        lambda: case.certify.top_up(somebody, case.ids()[0]),
    ):
        with pytest.raises(NotPermitted):
            act()
    assert case.states() == [CopyState.UNSIGNED] * 2
    assert case.certify.sign(case.desk.supervisor, case.ids(), case.way, PASSPHRASE).signed


def test_a_wrong_passphrase_changes_nothing(case: Case) -> None:
    before = {file_id: case.plain(file_id) for file_id in case.ids()}
    with pytest.raises(Refused) as refused:
        case.certify.sign(case.desk.officer, case.ids(), case.way, "sai")
    assert refused.value.code == "sign.wrong_passphrase"
    assert {file_id: case.plain(file_id) for file_id in case.ids()} == before
    assert case.rows(CertifiedCopy) == []


@pytest.mark.parametrize("way", [SignWay(), SignWay(file=b"no file"), SignWay(token_id="none")])
def test_each_refusal_is_a_code_and_nothing_is_signed(case: Case, way: SignWay) -> None:
    with pytest.raises(Refused) as refused:
        case.certify.sign(case.desk.officer, case.ids(), way, "x")
    assert refused.value.code in ("sign.no_signer_chosen", "sign.not_a_signer_file", "sign.no_driver")
    assert case.states() == [CopyState.UNSIGNED] * 2


def test_stopping_leaves_what_was_signed_signed(case: Case) -> None:
    stop = threading.Event()
    outcome = case.sign(stop=stop, told=lambda done, _total: stop.set() if done == 1 else None)
    assert (len(outcome.signed), outcome.stopped) == (1, True)
    assert sorted(case.states()) == [CopyState.SIGNED, CopyState.UNSIGNED]


def test_a_full_disk_leaves_the_unsigned_copy_as_it_was(case: Case, monkeypatch: pytest.MonkeyPatch) -> None:
    blobs = case.desk.workspace.store.blobs

    def full(_: bytes) -> str:
        raise StoreFull

    ids = case.ids()
    with monkeypatch.context() as patch:
        patch.setattr(blobs, "put", full)
        assert case.sign().fault == StoreFull.code
    assert case.ids() == ids
    assert case.states() == [CopyState.UNSIGNED] * 2
    assert all(case.plain(file_id).startswith(b"%PDF") for file_id in ids)


def test_a_copy_that_is_taken_away_meanwhile_leaves_no_signed_one(case: Case) -> None:
    first, second = case.ids()

    def told(done: int, _total: int) -> None:
        if done == 1:
            case.desk.workspace.capture.remove(case.desk.officer, second)

    outcome = case.sign([first, second], told=told)
    assert (len(outcome.signed), outcome.fault) == (1, NotFound.code)
    assert case.ids() == list(outcome.signed)


def test_a_signed_copy_is_not_signed_twice(case: Case) -> None:
    (first, *_) = case.sign().signed
    assert case.sign([first]).fault == "sign.signed_already"


def test_a_confirmed_dossier_is_not_altered(desk: Machine, authority: Authority) -> None:
    dossier = desk.confirmed(BIRTH)
    copies = desk.workspace.certify.copies(dossier.id)
    way = SignWay(file=authority.issue().p12())
    outcome = desk.workspace.certify.sign(desk.officer, [copies[0].file_id], way, PASSPHRASE)
    assert (outcome.signed, outcome.fault) == ((), "dossier.not_editable")
    assert desk.workspace.certify.copies(dossier.id) == copies


def test_a_signed_copy_goes_to_the_platform_instead_of_the_unsigned_one(
    desk: Machine, authority: Authority
) -> None:
    dossier = desk.complete(BIRTH)
    certify = desk.workspace.certify
    ids = [copy.file_id for copy in certify.copies(dossier.id)]
    certify.sign(desk.officer, ids, SignWay(file=authority.issue().p12()), PASSPHRASE)
    desk.workspace.dossiers.confirm(desk.officer, dossier.id)
    signed = {copy.file_id for copy in certify.copies(dossier.id)}
    with desk.workspace.store.reading() as session:
        blobs = {row.blob_id for row in session.exec(select(StoredFile)).all() if row.id in signed}
        (manifest,) = desk.workspace.exchange._outgoing.pending_dossiers()
    assert set(manifest.files) == blobs


def test_scanning_a_signed_paper_again_undoes_certified_visibly(case: Case) -> None:
    case.sign()
    case.desk.clock.turn(minutes=5)
    paper = case.copies()[0].component_id
    fresh = case.scan(paper)
    again = next(copy for copy in case.copies() if copy.file_id == fresh)
    assert again.state is CopyState.RESCANNED
    assert again.earlier is not None
    assert again.earlier.certified_by == case.desk.officer.full_name
    (component,) = [row for row in case.rows(Component) if row.id == paper]
    assert component.certified_by is None
    case.sign([fresh])
    assert next(copy for copy in case.copies() if copy.component_id == paper).state is CopyState.SIGNED


def test_a_signed_copy_that_was_removed_and_scanned_anew_is_to_be_signed_anew(case: Case) -> None:
    (first, *_) = case.sign().signed
    paper = next(copy.component_id for copy in case.copies() if copy.file_id == first)
    case.desk.workspace.capture.remove(case.desk.officer, first)
    fresh = case.scan(paper)
    again = next(copy for copy in case.copies() if copy.file_id == fresh)
    assert (again.state, again.record) == (CopyState.RESCANNED, None)
    assert len(case.rows(CertifiedCopy)) == 2, "what was certified stays on record"


def test_a_document_that_is_not_what_was_signed_is_shown_as_broken(case: Case) -> None:
    """Somebody with the keys put another PDF, and even its hash, in the signed one's place."""
    (first, *_) = case.sign().signed
    store = case.desk.workspace.store
    data = bytearray(case.plain(first))
    data[len(data) // 3] ^= 1
    with store.reading() as session:
        row = session.get(StoredFile, first)
    files = case.certify._files
    sealed = files._seal.sealer().seal(bytes(data), files._context(row))
    row.blob_id, row.local_key = store.blobs.put(sealed.body), sealed.local_key
    with store.unit("x", "test.tamper", ("stored_file", first)) as unit:
        unit.save(row)
    assert next(copy.state for copy in case.copies() if copy.file_id == first) is CopyState.BROKEN
    with store.unit("x", "test.tamper", ("stored_file", first)) as unit:
        record = unit.session.exec(select(CertifiedCopy).where(CertifiedCopy.file_id == first)).one()
        record.signed_sha256 = hashlib.sha256(data).hexdigest()
        unit.save(record)
    assert next(copy.state for copy in case.copies() if copy.file_id == first) is CopyState.BROKEN


def test_signed_copies_open_after_a_restart(case: Case) -> None:
    case.sign()
    case.desk.reopen()
    case.certify = case.desk.workspace.certify
    assert case.states() == [CopyState.SIGNED] * 2
    assert case.desk.workspace.store.verify().ok


def test_practice_says_so_on_the_copy(case: Case) -> None:
    (first, *_) = case.sign().signed
    center = case.desk.settings.station.center_name
    assert stamp_text(case.plain(first)) == f"THỰC HÀNH - {center} Thời gian ký: 23.11.2026 08:00:00 +07:00"


def other_certify(case: Case, signing: PadesSigning | None, **given: Any) -> Certify:
    files: SealedFiles = case.certify._files
    seal = Seal(files._seal.tenant, files._seal.sealer)
    store, clock = case.desk.workspace.store, case.desk.clock
    return Certify(store, clock, SealedFiles(store, clock, seal), CertifySetup(signing, "Trung tâm", **given))


def test_a_copy_is_topped_up_once_there_is_a_line(case: Case, authority: Authority) -> None:
    case.sign()
    online = other_certify(case, PadesSigning(tsa_url=f"{authority.url}/tsa", timeout_s=5))
    assert online.top_up(case.desk.officer, case.ids()[0]).value in ("B-T", "B-LT")
    topped = [copy for copy in case.copies() if copy.record and copy.record.level != "B-B"]
    assert len(topped) == 1
    assert topped[0].state is CopyState.SIGNED
    assert topped[0].record is not None
    assert topped[0].record.time_stamped_at is not None
    assert topped[0].record.certified_by == case.desk.officer.full_name
    assert len(case.rows(CertifiedCopy)) == 2
    authority.stop()
    lacking = next(copy for copy in case.copies() if copy.record and copy.record.level == "B-B")
    with pytest.raises(NotNow) as refused:
        online.top_up(case.desk.officer, lacking.file_id)
    assert refused.value.code == "sign.no_time_stamp"
    assert CopyState.BROKEN not in case.states()


def test_a_machine_without_the_extra_says_so_and_still_shows_who_signed(case: Case) -> None:
    case.sign()
    bare = other_certify(case, None)
    assert bare.state is SignState.NOT_INSTALLED
    assert [(copy.state, copy.checked) for copy in bare.copies(case.dossier)] == [
        (CopyState.SIGNED, False)
    ] * 2
    for act in (bare.tokens, lambda: bare.sign(case.desk.officer, case.ids(), case.way, "x")):
        with pytest.raises(Refused) as refused:
            act()
        assert refused.value.code == "sign.not_installed"


@pytest.mark.skipif(bool(soft_token.why_not()), reason=soft_token.why_not() or "-")
def test_a_token_pulled_out_between_two_copies_leaves_one_signed_and_one_as_it_was(
    case: Case, tmp_path: Path
) -> None:
    tokens = SoftTokens(tmp_path / "softhsm")
    folder = tokens.add("Can bo", case.signatory)
    tokens.use()
    certify = other_certify(case, PadesSigning(module=MODULE))
    (token,) = certify.tokens()
    outcome = certify.sign(
        case.desk.officer,
        case.ids(),
        SignWay(token_id=token.id),
        PIN,
        told=lambda done, _total: tokens.pull_out(folder) if done == 1 else None,
    )
    assert (len(outcome.signed), outcome.fault) == (1, "sign.token_gone")
    assert sorted(case.states()) == [CopyState.SIGNED, CopyState.UNSIGNED]
    assert certify.tokens() == ()
