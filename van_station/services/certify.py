"""Certifying digitised copies (*ký số bản số hóa*): an officer signs what was scanned, whoever scanned it.

Source: the officer of the one-stop office signs; volunteers scan, and neither certify nor sign
(`digitisation_rules.json`, "who digitises").
"""

from __future__ import annotations

import hashlib
import threading
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field, replace
from enum import StrEnum

from sqlmodel import Session

from van_station.papers.copy_stamps import copy_stamp
from van_station.records.certified_copies import CertifiedCopy
from van_station.records.dossiers import Component, StoredFile
from van_station.rules.access import Act
from van_station.security.copy_signing import (
    CopySigning,
    Intactness,
    Level,
    SignedCopy,
    Signer,
    SigningError,
    SigningSession,
    Token,
)
from van_station.services.actor import Actor, require
from van_station.services.clock import HANOI, Clock
from van_station.services.copy_records import record_of
from van_station.services.copy_views import CopyState, CopyView, copy_views
from van_station.services.errors import NotNow, Refused, ServiceError
from van_station.services.page_shelf import require_editable
from van_station.services.sealed_files import Content, SealedFiles, file_row, let_go
from van_station.store import Store, StoreError

TokenView = Token
"""A token as the screen shows it."""
Told = Callable[[int, int], None]
"""Hears `done` of `total`."""


class SignState(StrEnum):
    """Whether this machine signs: yes, or the extra `sign` is missing."""

    READY = "ready"
    NOT_INSTALLED = "not_installed"


@dataclass(frozen=True)
class CertifySetup:
    """What signing needs of this machine. `signing` is None where the extra is not installed."""

    signing: CopySigning | None
    agency: str
    practice: bool = False
    has_module: bool = False
    """Whether the settings name a token's driver."""


@dataclass(frozen=True)
class SignWay:
    """Which key signs: a token by its id, or the bytes of a PKCS#12 file."""

    token_id: str = ""
    file: bytes = field(default=b"", repr=False)


@dataclass(frozen=True)
class Outcome:
    """What became of signing some copies, one after another; those that were signed stay signed."""

    signed: tuple[str, ...]
    """Ids of the new files."""
    total: int
    stopped: bool = False
    """Somebody pressed stop."""
    fault: str | None = None
    """Code of what stopped it."""
    without_stamp: str | None = None
    """Code of why the time-stamp lacks that was wanted."""


class Certify:
    """Signs copies and tells how signed ones stand."""

    def __init__(self, store: Store, clock: Clock, files: SealedFiles, setup: CertifySetup) -> None:
        self._store = store
        self._clock = clock
        self._files = files
        self._setup = setup

    @property
    def state(self) -> SignState:
        """Whether this machine can sign."""
        return SignState.NOT_INSTALLED if self._setup.signing is None else SignState.READY

    @property
    def has_module(self) -> bool:
        """Whether a token's driver is configured."""
        return self._setup.has_module

    @property
    def stamps_time(self) -> bool:
        """Whether a time-stamp authority is configured."""
        return self._setup.signing is not None and self._setup.signing.stamps_time

    def tokens(self) -> tuple[TokenView, ...]:
        """Return the tokens plugged in now (may take a second).

        Raises:
            Refused: sign.not_installed, sign.no_driver.
        """
        try:
            return tuple(self._signing().tokens())
        except SigningError as error:
            raise _as_refusal(error) from error

    def copies(self, dossier_id: str, only: str = "") -> tuple[CopyView, ...]:
        """Return a dossier's documents, or `only` that one; signed ones are opened and looked at anew."""
        with self._store.reading() as session:
            views = copy_views(session, dossier_id)
        return tuple(self._looked(view) for view in views if only in ("", view.file_id))

    def sign(
        self,
        actor: Actor,
        file_ids: Sequence[str],
        way: SignWay,
        secret: str,
        *,
        told: Told = lambda _done, _total: None,
        stop: threading.Event | None = None,
    ) -> Outcome:
        """Sign documents with one opening of the key; each is durable before the next begins.

        Args:
            actor: an officer or a supervisor.
            file_ids: unsigned documents of dossiers that may still change.
            way: which key.
            secret: PIN or passphrase; used for this call and not kept.
            told: hears how many are done, on this thread.
            stop: no further document is begun once it is set.

        Raises:
            NotPermitted: a volunteer or technician.
            Refused, NotNow: sign.*: the key can't be opened, or must not sign; nothing was done.
        """
        require(actor, Act.CERTIFY)
        signer = self._signer(way)
        try:
            with signer.open(secret, self._clock.now()) as session:
                return self._sign_all(actor, file_ids, session, told, stop or threading.Event())
        except SigningError as error:
            raise _as_refusal(error) from error

    def top_up(self, actor: Actor, file_id: str) -> Level:
        """Add a time-stamp to a signed copy that lacks one, and what later checks need.

        Raises:
            NotPermitted; Refused: sign.altered, sign.not_installed, dossier.not_editable.
            NotNow: sign.no_time_stamp.
        """
        require(actor, Act.CERTIFY)
        row = self._editable_row(file_id)
        try:
            signed = self._signing().top_up(self._files.open(row), self._clock.now())
        except SigningError as error:
            raise _as_refusal(error) from error
        self._keep(actor, row, signed, "copy.time_stamp")
        return signed.level

    # ------------------------------------------------------------------ signing
    def _sign_all(
        self,
        actor: Actor,
        file_ids: Sequence[str],
        session: SigningSession,
        told: Told,
        stop: threading.Event,
    ) -> Outcome:
        outcome = Outcome((), len(file_ids))
        for done, file_id in enumerate(file_ids):
            told(done, len(file_ids))
            if stop.is_set():
                return replace(outcome, stopped=True)
            try:
                row = self._unsigned_row(file_id)
                signed = self._signed(session, row)
                fresh = self._keep(actor, row, signed, "copy.certify")
            except (SigningError, ServiceError, StoreError) as error:
                return replace(outcome, fault=error.code)
            outcome = replace(
                outcome,
                signed=(*outcome.signed, fresh.id),
                without_stamp=signed.stamp_refused or outcome.without_stamp,
            )
        told(len(file_ids), len(file_ids))
        return outcome

    def _signed(self, session: SigningSession, row: StoredFile) -> SignedCopy:
        at = self._clock.now().astimezone(HANOI).replace(microsecond=0)
        agency = f"THỰC HÀNH - {self._setup.agency}" if self._setup.practice else self._setup.agency
        return session.sign(self._files.open(row), copy_stamp(agency, at), at)

    def _keep(self, actor: Actor, row: StoredFile, signed: SignedCopy, act: str) -> StoredFile:
        """Seal the signed document, then let its row take the old one's place in one commit."""
        content = Content(signed.data, row.media_type, row.page_count, "document", row.sequence)
        fresh = self._files.seal(row.created_by, row.dossier_id, row.component_id or "", content)
        try:
            with self._store.unit(actor.user_id, act, ("component", fresh.component_id or "")) as unit:
                require_editable(unit.session, row.dossier_id)
                old = file_row(unit.session, row.id)  # NotFound when it was removed meanwhile
                component = unit.session.get(Component, fresh.component_id)
                unit.save(fresh)
                unit.save(_record(actor, unit.session, old, fresh, signed))
                if component is not None and act == "copy.certify":
                    component.certified_by = actor.user_id
                    unit.save(component)
                gone = let_go(unit, [old.id])
                unit.note({"level": signed.level.value, "certificate": signed.certificate.sha256[:16]})
        except BaseException:
            self._files.discard([fresh.blob_id])
            raise
        self._files.discard(gone)
        self._store.truncate_log()
        return fresh

    # ------------------------------------------------------------------ looking
    def _looked(self, view: CopyView) -> CopyView:
        """Open a signed document and compare it with its record and with its own signature."""
        if view.record is None:
            return view
        try:
            with self._store.reading() as session:
                plain = self._files.open(file_row(session, view.file_id))
        except (ServiceError, StoreError) as error:
            closed = error.code == "file.not_openable"
            return replace(view, state=CopyState.CLOSED if closed else CopyState.BROKEN)
        if hashlib.sha256(plain).hexdigest() != view.record.signed_sha256:
            return replace(view, state=CopyState.BROKEN)
        if self._setup.signing is None:
            return view  # the bytes are those that were signed; the signature itself can't be looked at here
        found = self._setup.signing.check(plain)
        if found.state is not Intactness.INTACT:
            return replace(view, state=CopyState.BROKEN)
        return replace(view, trusted=found.trusted, checked=True)

    # ------------------------------------------------------------------ parts
    def _signing(self) -> CopySigning:
        if self._setup.signing is None:
            raise Refused("sign.not_installed")
        return self._setup.signing

    def _signer(self, way: SignWay) -> Signer:
        signing = self._signing()
        if way.token_id:
            return signing.token_signer(way.token_id)
        if not way.file:
            raise Refused("sign.no_signer_chosen")
        return signing.file_signer(way.file)

    def _unsigned_row(self, file_id: str) -> StoredFile:
        row = self._editable_row(file_id)
        with self._store.reading() as session:
            if record_of(session, file_id) is not None:
                raise Refused("sign.signed_already")
        return row

    def _editable_row(self, file_id: str) -> StoredFile:
        with self._store.reading() as session:
            row = file_row(session, file_id)
            require_editable(session, row.dossier_id)
            return row


def _record(
    actor: Actor, session: Session, old: StoredFile, fresh: StoredFile, signed: SignedCopy
) -> CertifiedCopy:
    """Return the record of a fresh signature, or that of an earlier one with its time-stamp."""
    known = record_of(session, old.id)
    if known is not None:
        known.level, known.time_stamped_at = signed.level.value, signed.time_stamped_at
        known.file_id, known.signed_sha256 = fresh.id, fresh.plain_sha256
        return known
    return CertifiedCopy(
        dossier_id=old.dossier_id,
        component_id=old.component_id or "",
        file_id=fresh.id,
        source_file_id=old.id,
        captured_by=old.created_by,
        captured_at=old.sealed_at,
        certified_by=actor.user_id,
        certified_at=signed.signed_at,
        signer_name=signed.certificate.holder,
        issuer_name=signed.certificate.issuer,
        certificate_sha256=signed.certificate.sha256,
        level=signed.level.value,
        revocation=signed.revocation.value,
        time_stamped_at=signed.time_stamped_at,
        signed_sha256=fresh.plain_sha256,
    )


def _as_refusal(error: SigningError) -> ServiceError:
    return (NotNow if error.retryable else Refused)(error.code)
