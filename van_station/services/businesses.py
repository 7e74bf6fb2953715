"""Businesses (*hộ kinh doanh, doanh nghiệp*) met before: who spoke for them, their dossiers, what to reuse.

Name and tax code are shown to whoever may look up. Address and phone were told by the one who spoke for the
business: they are offered to that person only, and as far as they agreed (decision 0011).
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import datetime

from sqlmodel import Session, col, select

from van_station.records.dossiers import Dossier
from van_station.records.people import Business, Person
from van_station.records.queue import Ticket
from van_station.rules.access import Act
from van_station.rules.tax_codes import masked_tax_code, normal_tax_code
from van_station.services.actor import Actor, require
from van_station.services.catalogue import Catalogue
from van_station.services.consents import CONTACT_PHONE, REUSE_ANSWERS, standing
from van_station.services.dossier_views import DossierLine, dossier_lines
from van_station.services.errors import NotFound
from van_station.services.people import PersonView, person_view
from van_station.services.search import BusinessView, business_views, dossier_rows, found_ids
from van_station.store import Store

MOST_DOSSIERS = 20
"""Dossiers of a business that are listed, the newest."""
MOST_OFFERED = 3


@dataclass(frozen=True)
class BusinessCard:
    """A business, who spoke for it last, and its dossiers, the newest first."""

    business: BusinessView
    representative: PersonView | None
    dossiers: tuple[DossierLine, ...]
    visits: int
    """How many tickets people had on its behalf."""
    last_at: datetime | None

    def __repr__(self) -> str:
        return f"BusinessCard(id={self.business.id!r})"


@dataclass(frozen=True)
class BusinessOffer:
    """What intake may take over; nothing is taken by itself.

    Attributes:
        tax_code: "" when not known, or when it is the personal number of somebody else than the one at the
            desk and was not typed; the business is found by its id all the same.
        shown_tax_code: as screens show it.
        address, phone: "" when not known, or covered.
        covered: somebody told more, which only the one who spoke for it then may take, once they agree.
    """

    business_id: str
    name: str
    tax_code: str
    shown_tax_code: str
    address: str
    phone: str
    covered: bool
    last_at: datetime | None

    def __repr__(self) -> str:
        return f"BusinessOffer(business_id={self.business_id!r})"


class Businesses:
    """Finds businesses again."""

    def __init__(self, store: Store, catalogue: Catalogue) -> None:
        self._store = store
        self._catalogue = catalogue

    def find(self, actor: Actor, text: str, limit: int = 5) -> tuple[BusinessCard, ...]:
        """Return the businesses that the words of `text` find, best first, as `Search.find`."""
        require(actor, Act.LOOK_UP)
        with self._store.reading() as session:
            found = found_ids(session, "business", text, limit=max(0, limit))
            return tuple(self._card(session, view) for view in business_views(session, found))

    def get(self, actor: Actor, business_id: str) -> BusinessCard:
        """Return one business.

        Raises:
            NotFound: unknown business.
        """
        require(actor, Act.LOOK_UP)
        with self._store.reading() as session:
            found = business_views(session, [business_id])
            if not found:
                raise NotFound
            return self._card(session, found[0])

    def offers(
        self, actor: Actor, text: str, id_number: str = "", limit: int = MOST_OFFERED
    ) -> tuple[BusinessOffer, ...]:
        """Return what intake may take for a tax code or name, best first.

        Args:
            actor: at intake.
            text: as typed.
            id_number: of the person at the desk.
            limit: how many at most.
        """
        require(actor, Act.LOOK_UP)
        with self._store.reading() as session:
            found = found_ids(session, "business", text, limit=max(0, limit))
            rows = {row.id: row for row in session.exec(select(Business).where(col(Business.id).in_(found)))}
            return tuple(_offer(session, rows[each], id_number, text) for each in found if each in rows)

    def offer(self, actor: Actor, business_id: str, id_number: str = "") -> BusinessOffer:
        """Return what intake may take of one business; NotFound when it is unknown."""
        require(actor, Act.LOOK_UP)
        with self._store.reading() as session:
            row = session.get(Business, business_id)
            if row is None:
                raise NotFound
            return _offer(session, row, id_number)

    def _card(self, session: Session, view: BusinessView) -> BusinessCard:
        who = session.get(Person, view.representative_person_id) if view.representative_person_id else None
        tickets = _tickets(session, _same(session, view.id, view.tax_code))
        ids = session.exec(
            select(Dossier.id)
            .where(col(Dossier.ticket_id).in_([ticket_id for ticket_id, _ in tickets]))
            .order_by(col(Dossier.created_at).desc(), col(Dossier.id))
            .limit(MOST_DOSSIERS)
        ).all()
        rows = dossier_rows(session, ids)
        return BusinessCard(
            business=view,
            representative=replace(person_view(who), address="", phone="") if who else None,
            dossiers=dossier_lines(session, rows, self._catalogue),
            visits=len(tickets),
            last_at=tickets[-1][1] if tickets else None,
        )


def _same(session: Session, business_id: str, tax_code: str) -> Sequence[str]:
    """Return the rows of one business: two machines may have met it before they met each other."""
    if not tax_code:
        return [business_id]
    return session.exec(select(Business.id).where(Business.tax_code == tax_code)).all()


def _tickets(session: Session, business_ids: Sequence[str]) -> Sequence[tuple[str, datetime]]:
    """Return id and moment of the tickets on a business's behalf, the latest last."""
    query = select(Ticket.id, Ticket.created_at).where(col(Ticket.business_id).in_(business_ids))
    return session.exec(query.order_by(col(Ticket.created_at), col(Ticket.id))).all()


def _offer(session: Session, row: Business, id_number: str, typed: str = "") -> BusinessOffer:
    shown = _uncovered(session, row, id_number)
    address, phone = row.address or "", row.phone or ""
    tickets = _tickets(session, _same(session, row.id, row.tax_code))
    masked = masked_tax_code(row.tax_code)
    is_open = masked == row.tax_code or row.tax_code in (id_number, normal_tax_code(typed))
    return BusinessOffer(
        business_id=row.id,
        name=row.name,
        tax_code=row.tax_code if is_open else "",
        shown_tax_code=masked,
        address=address if "address" in shown else "",
        phone=phone if "phone" in shown else "",
        covered=bool((address and "address" not in shown) or (phone and "phone" not in shown)),
        last_at=tickets[-1][1] if tickets else None,
    )


def _uncovered(session: Session, row: Business, id_number: str) -> frozenset[str]:
    """Return which facts the person at the desk told themself and agreed to use again."""
    who = session.get(Person, row.representative_person_id) if row.representative_person_id else None
    if who is None or not id_number or who.id_number != id_number:
        return frozenset()
    if standing(session, who.id, REUSE_ANSWERS) is not None:
        return frozenset({"address", "phone"})
    return frozenset({"phone"} if standing(session, who.id, CONTACT_PHONE) is not None else ())
