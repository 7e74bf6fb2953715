"""What a signed-in person finds: all services over one open store."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime

from van_station.services.accounts import Accounts
from van_station.services.addresses import AddressBook
from van_station.services.businesses import Businesses
from van_station.services.capture import Capture
from van_station.services.catalogue import Catalogue
from van_station.services.catalogue_editions import CatalogueEditions
from van_station.services.certify import Certify
from van_station.services.consents import Consents
from van_station.services.dossiers import Dossiers
from van_station.services.draft_upgrades import DraftUpgrades
from van_station.services.exchange import Exchange, Signal
from van_station.services.guidance import Guidance
from van_station.services.intake import Intake
from van_station.services.official_forms import OfficialForms
from van_station.services.payments import Payments
from van_station.services.queue import Queue
from van_station.services.readers import Readers
from van_station.services.reports import Reports
from van_station.services.returning import Returning
from van_station.services.search import Search
from van_station.services.separators import Separators
from van_station.services.slips import Slips
from van_station.services.trips import Trips, TripView
from van_station.store import Store


@dataclass(frozen=True)
class StatusBar:
    """What the bottom line of every screen says."""

    signal: Signal
    outbox: int
    """Confirmed dossiers without a receipt."""
    parked: int
    last_sync_at: datetime | None
    trip: TripView | None


@dataclass(frozen=True)
class Workspace:
    """The services, and the bell that rings after each commit."""

    store: Store
    accounts: Accounts
    trips: Trips
    intake: Intake
    queue: Queue
    dossiers: Dossiers
    capture: Capture
    certify: Certify
    slips: Slips
    official_forms: OfficialForms
    payments: Payments
    exchange: Exchange
    reports: Reports
    catalogue: Catalogue
    editions: CatalogueEditions
    readers: Readers
    guidance: Guidance
    addresses: AddressBook
    search: Search
    businesses: Businesses
    consents: Consents
    returning: Returning
    draft_upgrades: DraftUpgrades
    separators: Separators

    def listen(self, listener: Callable[[frozenset[str]], None]) -> Callable[[], None]:
        """Call `listener` after each commit with the kinds of things that changed; returns the way out.

        Kinds are table names, "exchange" when the line's state changed, and "catalogue" when another edition
        came into force. Any thread may call.
        """
        leave_store = self.store.listen(listener)
        leave_exchange = self.exchange.listen(lambda: listener(frozenset({"exchange"})))
        leave_catalogue = self.catalogue.listen(lambda: listener(frozenset({"catalogue"})))

        def leave() -> None:
            leave_store()
            leave_exchange()
            leave_catalogue()

        return leave

    def status_bar(self) -> StatusBar:
        """Return what the status bar says now."""
        status = self.exchange.status()
        return StatusBar(
            signal=status.signal,
            outbox=status.pending_dossiers,
            parked=len(status.parked),
            last_sync_at=status.last_sync_at,
            trip=self.trips.current(),
        )

    def note_sign_in(self, user_id: str) -> None:
        """Write the audit line of a sign-in."""
        with self.store.unit(user_id, "signin.in", ("user", user_id)):
            pass

    def note_sign_out(self, user_id: str) -> None:
        """Write the audit line of a sign-out."""
        with self.store.unit(user_id, "signin.out", ("user", user_id)):
            pass

    def close(self) -> None:
        """Stop what runs behind, then close the store."""
        self.readers.stop()
        self.capture.close()
        self.exchange.stop()
        self.store.close()
