"""Which devices there may be, and how a scan is wanted. All values cross a pipe as JSON."""

from __future__ import annotations

import hashlib
from collections.abc import Mapping
from dataclasses import asdict, dataclass, field
from pathlib import Path
from typing import Any, Literal

from scanning.devices.network_address import NetworkScanner, address_of, normal_address
from scanning.devices.options import OptionValue
from scanning.errors import DeviceUnknown
from scanning.page import A4_MM, PageLimits

Kind = Literal["sane", "folder", "escl", "wia"]
Mode = Literal["color", "gray"]
Source = Literal["adf", "flatbed"]


@dataclass(frozen=True, slots=True)
class DeviceConfig:
    """Where to look for devices, and how patient to be.

    Attributes:
        folders: watched folders, each shown as one device.
        sane: look for SANE scanners (needs the optional python-sane).
        sane_config_dir: another SANE configuration than the system's, or None.
        network: network scanners (eSCL) whose addresses were typed in.
        find_network: look for network scanners on the local network (mDNS); takes `find_network_s`.
        wia: look for scanners of Windows (needs Windows and the optional comtypes).
        certificates: (lasting key of a device, SHA-256) pairs: with another certificate it is not spoken to.
        watchdog_s: a driver that sends nothing for so long is killed.
        cancel_grace_s: how long a cancelled driver may take before it is killed.
        settle_s: a file younger than this, or that changed between two looks, is still being written.
        wait_s: how long an emptied folder is watched for one more file before the scan ends.
        network_timeout_s: how long a network scanner may say nothing; keep it under `watchdog_s`.
        page_timeout_s: how long one page may take to arrive over the network from its first byte.
        busy_patience_s: how long a network scanner may answer "busy" before the scan ends.
        limits: what a file or page may measure.
    """

    folders: tuple[Path, ...] = ()
    sane: bool = False
    sane_config_dir: Path | None = None
    network: tuple[NetworkScanner, ...] = ()
    find_network: bool = False
    find_network_s: float = 1.2
    wia: bool = False
    certificates: tuple[tuple[str, str], ...] = ()
    watchdog_s: float = 60.0
    cancel_grace_s: float = 5.0
    settle_s: float = 1.0
    wait_s: float = 0.0
    network_timeout_s: float = 40.0
    page_timeout_s: float = 180.0
    busy_patience_s: float = 60.0
    limits: PageLimits = field(default_factory=PageLimits)

    def __post_init__(self) -> None:
        """Accept any iterable of path-likes for `folders`."""
        object.__setattr__(self, "folders", tuple(Path(folder) for folder in self.folders))


@dataclass(frozen=True, slots=True)
class DeviceInfo:
    """A device that can be named in `start_scan`.

    Attributes:
        id: `sane:<SANE name>`, `folder:<hash of the path>`, `escl:<address>[#<UUID>]` or `wia:<Windows' id>`.
        label: for people; a folder's last path part, or maker and model.
        note: a code when there is something to know (`scan.folder_missing`, `scan.untested`), else "".
        has_flatbed: it has a glass; unknown counts as yes.
        certificate: SHA-256 that a network scanner showed, to keep for `DeviceConfig.certificates`; else "".
    """

    id: str
    label: str
    kind: Kind
    has_feeder: bool
    has_duplex: bool
    note: str = ""
    has_flatbed: bool = True
    certificate: str = ""


@dataclass(frozen=True, slots=True)
class ScanSettings:
    """How the pages are wanted.

    Attributes:
        dpi: the device's nearest offered resolution is used.
        source: `adf` empties the feeder; `flatbed` takes one page.
        max_pages: stop after so many pages; None: until the feeder is empty.
        page_size_mm: area to scan; None: the whole bed.
        raw: hand over uncompressed pixels; otherwise each page is a JPEG of high quality (26 MB -> 1 MB).
        options: more (name, value) pairs, of the device's own options, set last; an unknown one is a fault.
    """

    dpi: int = 300
    mode: Mode = "color"
    source: Source = "adf"
    duplex: bool = False
    max_pages: int | None = None
    page_size_mm: tuple[float, float] | None = A4_MM
    raw: bool = False
    options: tuple[tuple[str, OptionValue], ...] = ()


def folder_id(folder: Path) -> str:
    """Return a folder's device id; a hash, since a path may name a person."""
    return "folder:" + hashlib.sha256(str(folder.absolute()).encode()).hexdigest()[:16]


def require_known(device_id: str, config: DeviceConfig) -> None:
    """Refuse a device that this configuration cannot have.

    Raises:
        DeviceUnknown: the id is not one of it.
    """
    kind = device_id.partition(":")[0]
    typed = kind == "escl" and address_of(device_id) in {
        normal_address(each.address) for each in config.network
    }
    kinds = {"sane": config.sane, "escl": config.find_network or typed, "wia": config.wia}
    known = device_id in {folder_id(folder) for folder in config.folders}
    if not known and not kinds.get(kind, False):
        raise DeviceUnknown("no such device in this configuration")


def to_json(device_id: str, settings: ScanSettings, config: DeviceConfig) -> dict[str, Any]:
    """Return the order for a driver process as plain JSON values."""
    plain = asdict(config)
    plain["folders"] = [str(folder) for folder in config.folders]
    plain["sane_config_dir"] = str(config.sane_config_dir) if config.sane_config_dir else None
    return {"device_id": device_id, "settings": asdict(settings), "config": plain}


def from_json(order: Mapping[str, Any]) -> tuple[str, ScanSettings, DeviceConfig]:
    """Read back what `to_json` wrote."""
    settings = dict(order["settings"])
    if settings["page_size_mm"] is not None:
        settings["page_size_mm"] = tuple(settings["page_size_mm"])
    settings["options"] = tuple((str(name), value) for name, value in settings["options"])
    config = dict(order["config"])
    config["network"] = tuple(NetworkScanner(**each) for each in config["network"])
    config["certificates"] = tuple((str(key), str(print_)) for key, print_ in config["certificates"])
    config["limits"] = PageLimits(**config["limits"])
    if config["sane_config_dir"] is not None:
        config["sane_config_dir"] = Path(config["sane_config_dir"])
    return str(order["device_id"]), ScanSettings(**settings), DeviceConfig(**config)
