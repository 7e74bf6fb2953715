"""Editions of the catalogue on this machine: installed whole, kept for the drafts that are bound to them."""

from __future__ import annotations

import re
import threading
from collections import OrderedDict
from datetime import date
from hashlib import sha256

from sqlmodel import Session, col, select

from van_station.records.catalogue import CatalogueEdition
from van_station.records.dossiers import Dossier
from van_station.rules.access import Act
from van_station.rules.catalogue_bundle import Bundle, Verify, open_bundle
from van_station.rules.catalogue_diff import difference, not_renewed
from van_station.rules.catalogue_edition import Edition
from van_station.rules.errors import CatalogueRefused
from van_station.services.actor import Actor, require
from van_station.services.catalogue import Catalogue, Entry
from van_station.services.catalogue_origins import BUILT_IN, BuiltIn, TrustedKeys, trusted
from van_station.services.clock import Clock, hanoi_day
from van_station.services.edition_views import (
    OLD_AFTER_DAYS,
    EditionPreview,
    EditionUse,
    EditionView,
    Holds,
    drafts_by_edition,
)
from van_station.services.errors import Refused, rules_as_refusals
from van_station.services.settled import SYSTEM
from van_station.store import Store, UnitOfWork

LINE = "line"
_KEPT_OPEN = 3
_NUMBERS = re.compile(r"[0-9]+")


class CatalogueEditions:
    """Installs editions and finds the ones that drafts are bound to."""

    def __init__(
        self,
        store: Store,
        clock: Clock,
        catalogue: Catalogue,
        built_in: BuiltIn,
        verify: Verify,
        earlier: tuple[bytes, ...] = (),
    ) -> None:
        self._store = store
        self._clock = clock
        self._catalogue = catalogue
        self._built_in = built_in
        self._earlier = earlier
        self._verify = verify
        self._open: OrderedDict[str, Edition] = OrderedDict()
        self._held: dict[str, dict[str, str]] = {}
        self._turn = threading.Lock()

    @property
    def trusted_keys(self) -> tuple[str, ...]:
        """Ids of the keys whose editions may be installed here; none: only the program's own edition."""
        return self._verify.ids if isinstance(self._verify, TrustedKeys) else ()

    def start(self) -> None:
        """Keep the program's own edition, and put the right edition in force.

        The program's own edition comes into force when it is seen for the first time and no newer one is
        there: an update of the program brings its catalogue along, and a deliberate step back stays. Those of
        earlier programs are kept beside it, for drafts that were begun before editions were.
        """
        self._keep_earlier()
        own = self._built_in
        with self._store.reading() as session:
            known = _by_version(session, own.version) is not None
        if not known:
            bundle = Bundle(own.edition, own.digest, BUILT_IN, "")
            row = self._row(bundle, own.body, version=own.version, installed_by=SYSTEM)
            with self._store.unit(SYSTEM, "catalogue.keep", ("catalogue", "built-in")) as unit:
                active = _active(unit.session)
                row.active = active is None or _order(row) >= _order(active)
                if row.active:
                    _activate(unit, row)
                unit.save(row)
        self._catalogue.look_back_with(self.find)
        self._put_in_force()

    def install(self, actor: Actor | None, data: bytes, *, older: bool = False) -> EditionView:
        """Verify a bundle, keep it and put it in force: all of that or nothing.

        The same bundle again changes nothing. New dossiers use it at once; drafts keep theirs.

        Args:
            actor: who installs it; None when it came over the line by itself.
            data: the file.
            older: install it although a newer edition is in force (a deliberate step back).

        Raises:
            NotPermitted; Refused: `catalogue.not_a_bundle`, `.too_large`, `.torn`, `.bad_signature`,
            `.refused` (its cause, an EditionRefused, holds every fault), `.older`, `.version_taken` (another
            content under this version), `.procedure_not_renewed` (a procedure says something else under the
            same version, so that drafts could not tell which they are bound to).
        """
        if actor is not None:
            require(actor, Act.INSTALL_CATALOGUE)
        with rules_as_refusals():
            bundle = open_bundle(data, self._verify)
        row = self._row(
            bundle, data, version=bundle.edition.version, installed_by=actor.user_id if actor else LINE
        )
        with self._store.unit(row.installed_by, "catalogue.install", ("catalogue", row.digest[:32])) as unit:
            known = self._known(unit.session, row, bundle.edition)
            active = _active(unit.session)
            if active is not None and _order(row) < _order(active) and not older:
                raise Refused("catalogue.older", version=row.version, active=_name(active))
            row = known or row
            _activate(unit, row)
            unit.save(row)
            unit.note({"procedures": len(bundle.edition.procedures)})
            view = _view(row)
        self._put_in_force()
        return view

    def preview(self, actor: Actor, data: bytes) -> EditionPreview:
        """Check a bundle as `install` does and say what it would change; nothing is kept.

        Raises:
            As `install`, but for `catalogue.older`: that one is told by the answer.
        """
        require(actor, Act.INSTALL_CATALOGUE)
        with rules_as_refusals():
            bundle = open_bundle(data, self._verify)
        edition = bundle.edition
        row = self._row(bundle, b"", version=edition.version, installed_by=actor.user_id)
        with self._store.reading() as session:
            known = self._known(session, row, edition)
            active = _active(session)
            in_force = _name(active) if active else ""
            older = active is not None and _order(row) < _order(active)
            is_active = active is not None and known is not None and active.version == known.version
        return EditionPreview(
            version=edition.version,
            issued_on=edition.issued_on,
            digest=bundle.digest,
            key_id=bundle.key_id,
            procedures=len(edition.procedures),
            in_force=in_force,
            older=older,
            active=is_active,
            change=difference(self._catalogue.edition, edition),
        )

    def overview(self, actor: Actor) -> tuple[EditionUse, ...]:
        """Return the editions on this machine with what hangs on them: the one in force, then the newest."""
        require(actor, Act.INSTALL_CATALOGUE)
        today = hanoi_day(self._clock.now())
        with self._store.reading() as session:
            rows = sorted(session.exec(select(CatalogueEdition)), key=_order, reverse=True)
            rows.sort(key=lambda row: not row.active)
            views = [(row.version, _view(row)) for row in rows]
        held: list[Holds] = [(version, self._procedures(version)) for version, _ in views]
        with self._store.reading() as session:
            drafts = drafts_by_edition(session, held)
        counts = {version: len(procedures) or None for version, procedures in held}
        return tuple(_use(view, counts[version], drafts[version], today) for version, view in views)

    def list(self) -> tuple[EditionView, ...]:
        """Return the editions on this machine, the newest first."""
        with self._store.reading() as session:
            rows = session.exec(select(CatalogueEdition)).all()
            return tuple(_view(row) for row in sorted(rows, key=_order, reverse=True))

    def find(self, code: str, version: str) -> Entry | None:
        """Return a procedure in the version that a draft was begun with, None when no edition here has it."""
        with self._store.reading() as session:
            columns = select(CatalogueEdition.version).order_by(
                col(CatalogueEdition.issued_on).desc(), col(CatalogueEdition.installed_at).desc()
            )
            versions = session.exec(columns).all()
        for each in versions:
            edition = self._edition(each)
            procedure = edition.find(code) if edition else None
            if edition is not None and procedure is not None and procedure.version == version:
                return Entry(edition, procedure)
        return None

    def _edition(self, version: str) -> Edition | None:
        """Return a kept edition, read from its row at most once while it is among the last few asked for."""
        if version == self._built_in.version:
            return self._built_in.edition
        with self._turn:
            if version in self._open:
                self._open.move_to_end(version)
                return self._open[version]
        with self._store.reading() as session:
            row = _by_version(session, version)
        if row is None or sha256(row.body).hexdigest() != row.digest:
            return None
        try:
            edition = open_bundle(row.body, lambda *_: True, strict=False).edition
        except CatalogueRefused:
            return None
        with self._turn:
            self._open[version] = edition
            while len(self._open) > _KEPT_OPEN:
                self._open.popitem(last=False)
        return edition

    def _procedures(self, version: str) -> dict[str, str]:
        """Return the version of each procedure in an edition, none when it can't be read; read once."""
        if version not in self._held:
            edition = self._edition(version)
            found = edition.procedures if edition else {}
            self._held[version] = {code: procedure.version for code, procedure in found.items()}
        return self._held[version]

    def _keep_earlier(self) -> None:
        """Keep editions of earlier programs that dossiers of this machine are bound to."""
        for body in self._earlier:
            digest = sha256(body).hexdigest()
            with self._store.reading() as session:
                query = select(CatalogueEdition).where(CatalogueEdition.digest == digest)
                known = session.exec(query).first() is not None
                bound = set(
                    session.exec(select(Dossier.procedure_code, Dossier.procedure_version).distinct())
                )
            if known or not bound:
                continue
            edition = open_bundle(body, lambda *_: True, strict=False).edition
            if bound.isdisjoint((each.code, each.version) for each in edition.procedures.values()):
                continue
            bundle = Bundle(edition, digest, BUILT_IN, "")
            version = f"{edition.version}+{digest[:8]}"
            with self._store.unit(SYSTEM, "catalogue.keep", ("catalogue", "earlier")) as unit:
                unit.save(self._row(bundle, body, version=version, installed_by=SYSTEM))

    def _put_in_force(self) -> None:
        with self._store.reading() as session:
            active = _active(session)
        edition = self._edition(active.version) if active else None
        if edition is not None and edition is not self._catalogue.edition:
            self._catalogue.switch(edition)

    def _known(self, session: Session, row: CatalogueEdition, edition: Edition) -> CatalogueEdition | None:
        """Return the row that holds this very bundle already; refuse what may not come beside the others."""
        known = _by_version(session, row.version)
        if known is not None and known.digest != row.digest:
            raise Refused("catalogue.version_taken", version=row.version)
        if known is None:
            self._refuse_unrenewed(edition)
        return known

    def _refuse_unrenewed(self, edition: Edition) -> None:
        before = self._catalogue.edition
        unrenewed = not_renewed(before, edition)
        if unrenewed:
            raise Refused("catalogue.procedure_not_renewed", procedure=unrenewed[0], count=len(unrenewed))

    def _row(self, bundle: Bundle, data: bytes, *, version: str, installed_by: str) -> CatalogueEdition:
        return CatalogueEdition(
            version=version,
            issued_on=bundle.edition.issued_on,
            digest=bundle.digest,
            key_id=bundle.key_id,
            signature=bundle.signature,
            body=data,
            installed_at=self._clock.now(),
            installed_by=installed_by,
        )


def _name(row: CatalogueEdition) -> str:
    return row.version.split("+")[0]


def _order(row: CatalogueEdition) -> tuple[date, tuple[int, ...]]:
    return row.issued_on, tuple(int(number) for number in _NUMBERS.findall(_name(row)))


def _activate(unit: UnitOfWork, row: CatalogueEdition) -> None:
    """Let this edition be the one in force."""
    for other in unit.session.exec(select(CatalogueEdition).where(col(CatalogueEdition.active).is_(True))):
        if other.version != row.version:
            other.active = False
            unit.save(other)
    row.active = True


def _active(session: Session) -> CatalogueEdition | None:
    return session.exec(select(CatalogueEdition).where(col(CatalogueEdition.active).is_(True))).first()


def _by_version(session: Session, version: str) -> CatalogueEdition | None:
    return session.exec(select(CatalogueEdition).where(CatalogueEdition.version == version)).first()


def _view(row: CatalogueEdition) -> EditionView:
    return EditionView(
        version=_name(row),
        issued_on=row.issued_on,
        digest=row.digest,
        key_id=row.key_id,
        built_in=row.key_id == BUILT_IN,
        installed_at=row.installed_at,
        installed_by=row.installed_by,
        active=row.active,
    )


def _use(view: EditionView, procedures: int | None, drafts: int, today: date) -> EditionUse:
    age = (today - view.issued_on).days
    return EditionUse(view, procedures, drafts, age, old=view.active and age > OLD_AFTER_DAYS)


__all__ = ["BuiltIn", "CatalogueEditions", "EditionView", "trusted"]
