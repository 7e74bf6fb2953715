"""Sets the demonstration up in one folder: gateway, desk, invented users, sample pages."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

from van_station.bootstrap.demo.gateway import GatewayFolder, GatewayProcess
from van_station.bootstrap.demo.people import USERS
from van_station.bootstrap.station import is_set_up, open_door, set_up
from van_station.services.clock import Clock
from van_station.services.door import Door
from van_station.settings.tree import (
    FaceSettings,
    GatewaySettings,
    ScanningSettings,
    Settings,
    StationSettings,
)

TENANT = "demo"
INBOX = "scan-inbox"


@dataclass(frozen=True)
class Demo:
    """The parts of a demonstration that is set up."""

    settings: Settings
    gateway: GatewayProcess
    folders: GatewayFolder
    inbox: Path

    def open_door(self, clock: Clock | None = None) -> Door:
        """Return the desk's door, with the invented users as hints."""
        return open_door(self.settings, hints=USERS, clock=clock)


def is_foreign(root: Path) -> bool:
    """Tell whether a folder holds something and is not a demonstration's: it is left alone then."""
    folders = GatewayFolder(root)
    is_ours = folders.enrolment_code.is_file() and folders.private_key.is_file()
    return root.exists() and not is_ours and any(root.iterdir())


def prepare(
    root: Path, *, address: str | None = None, face: FaceSettings | None = None, sane: bool = True
) -> Demo:
    """Make what is missing under `root`, keep what is there.

    Args:
        root: the demonstration's folder; `desk/` is the machine's own.
        address: where the desk finds the gateway, when something stands between them.
        face: how the windows look.
        sane: look for SANE scanners beside the folder of sample pages.
    """
    root.mkdir(parents=True, exist_ok=True, mode=0o700)
    folders = GatewayFolder(root)
    gateway = GatewayProcess(folders, tenant=TENANT)
    inbox = root / INBOX
    inbox.mkdir(exist_ok=True, mode=0o700)
    settings = Settings(
        data_dir=root / "desk",
        station=StationSettings(tenant=TENANT, practice=True),
        gateway=GatewaySettings(
            url=address or gateway.address,
            enrolment_code=gateway.enrolment_code,
            round_every_s=5.0,
        ),
        scanning=ScanningSettings(folders=(inbox,), sane=sane, find_network=False),
        face=face or FaceSettings(),
    )
    if not is_set_up(settings.data_dir):
        set_up(settings, USERS)
    return Demo(settings, gateway, folders, inbox)
