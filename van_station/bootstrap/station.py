"""Puts a machine together: store, services, line to the gateway, door."""

from __future__ import annotations

import logging
import shutil
from pathlib import Path

from scanning.devices import DeviceConfig, NetworkScanner, normal_address
from scanning.errors import ScanningError
from van_station.bootstrap.line import GatewayLine
from van_station.bootstrap.reference import load_reference
from van_station.bootstrap.signing import copy_signing
from van_station.i18n import Texts
from van_station.peripherals.chip import is_installed
from van_station.peripherals.pictures import read_qr_codes
from van_station.peripherals.serial_readers import SerialReader
from van_station.records.people import User
from van_station.rules.access import Role
from van_station.rules.digitisation import DigitisationLimits, load_limits
from van_station.rules.queueing import Lane
from van_station.security import Keyring, KeyringExists
from van_station.security.device import DeviceKeys
from van_station.services.accounts import Accounts, KeySlots, acceptable_user
from van_station.services.addresses import AddressBook
from van_station.services.businesses import Businesses
from van_station.services.capture import Capture, CaptureTools
from van_station.services.catalogue_editions import CatalogueEditions, trusted
from van_station.services.certify import Certify, CertifySetup
from van_station.services.chip import ChipDesk, ChipState
from van_station.services.clock import Clock, SystemClock, hanoi_day
from van_station.services.consents import Consents
from van_station.services.door import Attempts, DemoUser, Door
from van_station.services.dossiers import Dossiers, DossierSetup
from van_station.services.draft_upgrades import DraftUpgrades
from van_station.services.exchange import Exchange
from van_station.services.guidance import Guidance
from van_station.services.intake import Intake, IntakeReference
from van_station.services.official_forms import OfficialForms
from van_station.services.outgoing import Outgoing
from van_station.services.payments import Payments
from van_station.services.queue import Queue
from van_station.services.readers import Changed, Heard, Readers
from van_station.services.reports import Reports
from van_station.services.returning import Returning
from van_station.services.sealed_files import Seal, SealedFiles
from van_station.services.search import Search
from van_station.services.separators import Separators
from van_station.services.settled import SYSTEM, Settled
from van_station.services.slips import Slips, SlipSetup
from van_station.services.trips import Trips
from van_station.services.workspace import Workspace
from van_station.settings.assets import earlier_editions, read_json
from van_station.settings.tree import ReaderSettings, ScanningSettings, Settings
from van_station.store import Store

log = logging.getLogger(__name__)

KEYS_FOLDER = "keys"
_KEYS_DRAFT = "keys.setting-up"
STORE_FOLDER = "store"
ATTEMPTS_FILE = "attempts.json"


def is_set_up(data_dir: Path) -> bool:
    """Tell whether a machine lives in this folder."""
    return Keyring.exists(data_dir / KEYS_FOLDER)


def set_up(settings: Settings, users: tuple[DemoUser, ...], *, clock: Clock | None = None) -> None:
    """Make a machine's keyring and store with its first users.

    The keys come to their place last: a set-up that was cut leaves no machine, and can be done again.

    Raises:
        SecurityError (KeyringExists), StoreError, Refused (user.*).
    """
    logins = [acceptable_user(user.login, user.full_name, user.passphrase) for user in users]
    folder, draft = settings.data_dir, settings.data_dir / _KEYS_DRAFT
    if is_set_up(folder):
        raise KeyringExists("a machine lives in this folder")
    folder.mkdir(parents=True, exist_ok=True, mode=0o700)
    if draft.exists():  # of a set-up that was cut: nobody has worked with its store
        shutil.rmtree(folder / STORE_FOLDER, ignore_errors=True)
        shutil.rmtree(draft)
    keyring, keys = Keyring.create(draft, logins[0], users[0].passphrase, recovery_public_key=None)
    for login, user in zip(logins[1:], users[1:], strict=True):
        keyring.add_slot(keys, login, user.passphrase)
    store = _open_store(settings, keys, clock or SystemClock())
    try:
        with store.unit(SYSTEM, "station.set_up", ("site", keys.site_id)) as unit:
            for login, user in zip(logins, users, strict=True):
                unit.save(User(login=login, full_name=user.full_name.strip(), role=Role(user.role).value))
    finally:
        store.close()
    draft.replace(folder / KEYS_FOLDER)


def open_door(settings: Settings, *, hints: tuple[DemoUser, ...] = (), clock: Clock | None = None) -> Door:
    """Return the door of a machine that has been set up.

    Raises:
        SecurityError: KeyringMissing, KeyringDamaged.
    """
    clock = clock or SystemClock()
    keyring = Keyring.open(settings.data_dir / KEYS_FOLDER)

    def open_workspace(keys: DeviceKeys) -> Workspace:
        return build_workspace(settings, keyring, keys, clock)

    return Door(
        keyring,
        open_workspace,
        Attempts(settings.data_dir / ATTEMPTS_FILE, clock),
        counter=settings.station.counter,
        practice=settings.station.practice,
        hints=hints,
    )


def build_workspace(settings: Settings, keyring: Keyring, keys: DeviceKeys, clock: Clock) -> Workspace:
    """Open the store and put the services on it; the exchange starts behind."""
    reference = load_reference(hanoi_day(clock.now()), practice=settings.station.practice)
    signing = copy_signing(settings.signing)
    store = _open_store(settings, keys, clock)
    catalogue = reference.catalogue
    editions = CatalogueEditions(
        store,
        clock,
        catalogue,
        reference.built_in,
        trusted(settings.catalogue.trusted_keys),
        earlier_editions(),
    )
    try:
        store.sweep_blobs()
        editions.start()
    except BaseException:
        store.close()
        raise
    texts = Texts("vi")  # what is printed and exported is Vietnamese, whatever language the window speaks
    station = settings.station
    outgoing = Outgoing(store, clock, keys.site_id)
    gateway = GatewayLine(settings.gateway, keys, Settled(store), clock, outgoing)
    served = {each.name: [Lane(lane) for lane in each.lanes] for each in station.counters}
    queue = Queue(store, clock, catalogue, served)
    setup = DossierSetup(keys.site_id, reference.calendar)
    dossiers = Dossiers(store, clock, catalogue, setup, reference.lists)
    seal = Seal(gateway.tenant, gateway.sealer)
    slip_setup = SlipSetup(station.center_name, station.practice)
    workspace = Workspace(
        store=store,
        accounts=Accounts(
            store,
            KeySlots(
                add=lambda login, passphrase: keyring.add_slot(keys, login, passphrase),
                remove=keyring.remove_slot,
            ),
        ),
        trips=Trips(store, clock, reference.wards, keys.site_id),
        intake=Intake(
            store,
            clock,
            catalogue,
            queue,
            IntakeReference(
                groups=reference.groups,
                id_prefixes=reference.id_prefixes,
                phone_prefixes=reference.phone_prefixes,
                center_name=station.center_name,
                practice=station.practice,
                legacy=reference.legacy,
                read_codes=read_qr_codes,
                chip=_chip_desk(settings.reader, clock),
            ),
            keys.site_id,
            texts,
        ),
        queue=queue,
        dossiers=dossiers,
        capture=Capture(
            store,
            clock,
            CaptureTools(
                devices=_devices(settings.scanning),
                seal=seal,
                use_ocr=settings.scanning.ocr,
                dpi=settings.scanning.dpi,
                max_pages=settings.scanning.max_pages,
                limits=_digitisation(settings),
                quality=settings.scanning.quality,
            ),
        ),
        certify=Certify(
            store,
            clock,
            SealedFiles(store, clock, seal),
            CertifySetup(
                signing,
                station.center_name,
                station.practice,
                has_module=settings.signing.module is not None,
            ),
        ),
        slips=Slips(
            store,
            clock,
            catalogue,
            slip_setup,
            texts,
        ),
        official_forms=OfficialForms(store, clock, catalogue, slip_setup, reference.lists),
        payments=Payments(store, clock, reference.account),
        exchange=Exchange(store, clock, outgoing, gateway.line()),
        reports=Reports(
            store,
            clock,
            catalogue,
            texts,
            center_name=station.center_name,
            practice=station.practice,
        ),
        catalogue=catalogue,
        editions=editions,
        search=Search(store, catalogue),
        businesses=Businesses(store, catalogue),
        consents=Consents(store),
        returning=Returning(store, catalogue, dossiers, SealedFiles(store, clock, seal)),
        draft_upgrades=DraftUpgrades(store, clock, catalogue, dossiers),
        readers=_readers(settings.reader),
        addresses=AddressBook(reference.addresses),
        guidance=Guidance(catalogue, dossiers, clock, station.center_name, practice=station.practice),
        separators=Separators(dossiers, practice=station.practice),
    )
    workspace.readers.start()
    workspace.exchange.start_background()
    return workspace


def _digitisation(settings: Settings) -> DigitisationLimits:
    """Return what kept documents are checked against; the portal's own file size where it is set."""
    size_mb = settings.scanning.portal_file_mb
    most = size_mb * 1_000_000 if size_mb else None
    return load_limits(read_json("reference/digitisation_limits.json"), max_file_bytes=most)


def _chip_desk(settings: ReaderSettings, clock: Clock) -> ChipDesk:
    """Return the desk's chip reader where settings and installation allow one."""
    if not settings.chip:
        return ChipDesk(state=ChipState.OFF)
    if not is_installed():
        return ChipDesk(state=ChipState.NOT_INSTALLED)
    try:
        from van_station.peripherals.pcsc import PcscChipReader  # noqa: PLC0415  the extra `card`
        from van_station.security.passive_authentication import read_issuers  # noqa: PLC0415
    except ImportError:  # installed, but the system's PC/SC library is not
        return ChipDesk(state=ChipState.NOT_INSTALLED)
    folder = settings.csca_folder
    return ChipDesk(PcscChipReader(read_issuers(folder) if folder else (), now=clock.now))


def _readers(settings: ReaderSettings) -> Readers:
    if not settings.serial_port:
        return Readers()

    def make(heard: Heard, changed: Changed) -> SerialReader:
        return SerialReader(settings.serial_port, baud=settings.serial_baud, on_text=heard, on_state=changed)

    return Readers(make)


def _open_store(settings: Settings, keys: DeviceKeys, clock: Clock) -> Store:
    return Store.open(
        settings.data_dir / STORE_FOLDER,
        keys.store_key(),
        site_id=keys.site_id,
        sign=keys.signer().sign,
        now=clock.now,
    )


def _devices(scanning: ScanningSettings) -> DeviceConfig:
    """Return where to look for scanners; an address that is none is left out, and said in the log."""
    network = []
    for each in scanning.network:
        try:
            normal_address(each.address)
        except ScanningError as error:
            log.warning("scanning.network: %s", error.code)
            continue
        network.append(NetworkScanner(each.address, each.certificate))
    return DeviceConfig(
        folders=scanning.folders,
        sane=scanning.sane,
        wia=scanning.wia,
        network=tuple(network),
        find_network=scanning.find_network,
    )
