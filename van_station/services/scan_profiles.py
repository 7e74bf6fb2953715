"""How this machine scans (*cấu hình quét*): profiles of each scanner, network scanners, certificates."""

from __future__ import annotations

import json
from collections.abc import Iterable
from dataclasses import dataclass, replace
from typing import Literal

from sqlmodel import Session

from scanning.devices import (
    DeviceConfig,
    DeviceInfo,
    DeviceOption,
    NetworkScanner,
    OptionsNotTold,
    OptionValue,
    Profile,
    ScanSettings,
    device_options,
    lasting_key,
    normal_address,
)
from scanning.devices.profiles import from_text, to_text, unfit, with_profile, without_profile
from scanning.errors import ScanningError
from van_station.records.trips import Setting
from van_station.rules.access import Act
from van_station.services.actor import Actor, require
from van_station.services.errors import NotFound, Refused
from van_station.store import Store, UnitOfWork

_PROFILES = "scan_profiles:"
_ADDRESSES = "scan_addresses"
_CERTIFICATES = "scan_certificates"
_MAX_ADDRESSES = 20


@dataclass(frozen=True)
class OptionView:
    """Something that a scanner lets be set, by its own name."""

    name: str
    title: str
    kind: Literal["flag", "whole", "number", "text", "button"]
    unit: str
    choices: tuple[OptionValue, ...]
    low: float | None
    high: float | None
    value: OptionValue | None
    settable: bool


@dataclass(frozen=True)
class ProfileView:
    """A named way to scan with one scanner."""

    name: str
    dpi: int = 300
    mode: Literal["color", "gray"] = "color"
    source: Literal["adf", "flatbed"] = "adf"
    duplex: bool = False
    page_size_mm: tuple[float, float] | None = (210.0, 297.0)
    options: tuple[tuple[str, OptionValue], ...] = ()


class ScanProfiles:
    """Keeps, on this machine alone, how its scanners are used; devices come and go, what is kept stays."""

    def __init__(self, store: Store, devices: DeviceConfig) -> None:
        self._store = store
        self._devices = devices

    def config(self) -> DeviceConfig:
        """Return where to look for devices: as set, with what was added and shown on this machine."""
        with self._store.reading() as session:
            added = json.loads(_read(session, _ADDRESSES) or "[]")
            shown = json.loads(_read(session, _CERTIFICATES) or "{}")
        told = {normal_address(each.address) for each in self._devices.network}
        network = [NetworkScanner(address) for address in added if address not in told]
        return replace(
            self._devices,
            network=(*self._devices.network, *network),
            certificates=tuple(sorted(shown.items())),
        )

    def remember(self, actor_id: str, found: Iterable[DeviceInfo]) -> None:
        """Keep the certificate that a network scanner shows for the first time; never change a kept one."""
        shown = {lasting_key(each.id): each.certificate for each in found if each.certificate}
        with self._store.reading() as session:
            known = json.loads(_read(session, _CERTIFICATES) or "{}")
        new = {key: value for key, value in shown.items() if key not in known}
        if not new:
            return
        with self._store.unit(actor_id, "scanner.certificate", ("setting", _CERTIFICATES)) as unit:
            _write(unit, _CERTIFICATES, json.dumps({**known, **new}, sort_keys=True))

    def add_scanner(self, actor: Actor, address: str) -> str:
        """Add a network scanner by its address; return the address as it was understood.

        Raises:
            Refused: scan.bad_address, scan.too_many_scanners.
        """
        require(actor, Act.TRIP)
        try:
            plain = normal_address(address)
        except ScanningError as error:
            raise Refused(error.code) from error
        with self._store.unit(actor.user_id, "scanner.add", ("setting", _ADDRESSES)) as unit:
            known = json.loads(_read(unit.session, _ADDRESSES) or "[]")
            if plain not in known and len(known) >= _MAX_ADDRESSES:
                raise Refused("scan.too_many_scanners")
            _write(unit, _ADDRESSES, json.dumps(sorted({*known, plain})))
        return plain

    def of(self, device_id: str) -> tuple[ProfileView, ...]:
        """Return the profiles of a scanner, by name."""
        with self._store.reading() as session:
            return tuple(_view(profile) for profile in _profiles(session, device_id))

    def save(self, actor: Actor, device_id: str, profile: ProfileView) -> None:
        """Keep a profile; one of the same name is changed.

        Raises:
            Refused: scan.profile_refused.
        """
        require(actor, Act.SCAN)
        with self._store.unit(actor.user_id, "scanner.profile", ("setting", _key(device_id))) as unit:
            try:
                kept = with_profile(_profiles(unit.session, device_id), _profile(profile))
            except ScanningError as error:
                raise Refused(error.code) from error
            _write(unit, _key(device_id), to_text(kept))

    def remove(self, actor: Actor, device_id: str, name: str) -> None:
        """Let a profile go."""
        require(actor, Act.SCAN)
        with self._store.unit(actor.user_id, "scanner.profile", ("setting", _key(device_id))) as unit:
            kept = without_profile(_profiles(unit.session, device_id), name)
            _write(unit, _key(device_id), to_text(kept))

    def options(self, device_id: str) -> tuple[OptionView, ...]:
        """Ask a scanner what it lets be set (may take some seconds).

        Raises:
            Refused: with the code of what is wrong with the scanner.
        """
        return tuple(_option(each) for each in self._offered(device_id))

    def settings(self, device_id: str, name: str) -> ScanSettings:
        """Return a profile as settings, when the scanner takes all of it.

        Raises:
            NotFound: no such profile.
            Refused: scan.profile_unfit, with the names of what the scanner does not take.
        """
        with self._store.reading() as session:
            found = next((each for each in _profiles(session, device_id) if each.name == name), None)
        if found is None:
            raise NotFound
        if found.settings.options:
            wrong = unfit(found, self._offered(device_id))
            if wrong:
                raise Refused("scan.profile_unfit", options=", ".join(each.name for each in wrong))
        return found.settings

    def _offered(self, device_id: str) -> tuple[DeviceOption, ...]:
        try:
            return device_options(device_id, self.config())
        except OptionsNotTold as error:
            raise Refused(error.fault) from error
        except ScanningError as error:
            raise Refused(error.code) from error


def _key(device_id: str) -> str:
    return f"{_PROFILES}{lasting_key(device_id)}"


def _read(session: Session, key: str) -> str:
    row = session.get(Setting, key)
    return row.value if row is not None else ""


def _write(unit: UnitOfWork, key: str, value: str) -> None:
    row = unit.session.get(Setting, key) or Setting(key=key, value="")
    row.value = value
    unit.save(row)


def _profiles(session: Session, device_id: str) -> tuple[Profile, ...]:
    """Return what is kept for a scanner; nothing when it can't be read any more."""
    text = _read(session, _key(device_id))
    try:
        return from_text(text) if text else ()
    except ScanningError:
        return ()


def _profile(view: ProfileView) -> Profile:
    settings = ScanSettings(
        dpi=view.dpi,
        mode=view.mode,
        source=view.source,
        duplex=view.duplex,
        page_size_mm=view.page_size_mm,
        options=view.options,
    )
    return Profile(view.name, settings)


def _view(profile: Profile) -> ProfileView:
    settings = profile.settings
    return ProfileView(
        name=profile.name,
        dpi=settings.dpi,
        mode=settings.mode,
        source=settings.source,
        duplex=settings.duplex,
        page_size_mm=settings.page_size_mm,
        options=settings.options,
    )


def _option(option: DeviceOption) -> OptionView:
    return OptionView(
        name=option.name,
        title=option.title,
        kind=option.kind,
        unit=option.unit,
        choices=option.choices,
        low=option.low,
        high=option.high,
        value=option.value,
        settable=option.settable,
    )
