"""Which devices there are, and what each lets be set."""

from __future__ import annotations

import importlib.util
import json
import sys
from concurrent.futures import ThreadPoolExecutor
from typing import Any

from scanning.codes import FAULTS
from scanning.devices.frames import Frame, FrameKind
from scanning.devices.options import DeviceOption, options_from_json
from scanning.devices.process import DriverProcess
from scanning.devices.settings import (
    DeviceConfig,
    DeviceInfo,
    ScanSettings,
    folder_id,
    require_known,
    to_json,
)
from scanning.errors import FrameBroken, ScanningError


class OptionsNotTold(ScanningError):
    """A device did not tell what it lets be set.

    Attributes:
        fault: a code of `scanning.codes.FAULTS` that tells why.
    """

    code = "scan.options_not_told"
    retryable = True

    def __init__(self, fault: str) -> None:
        super().__init__(fault)
        self.fault = fault


def list_devices(config: DeviceConfig) -> list[DeviceInfo]:
    """Return watched folders first, then SANE's, network and Windows' scanners.

    Each kind is asked in a process of its own, all at the same time: drivers hang and crash even while
    listing. Then, and when an optional package is missing, there are simply none of that kind.
    """
    folders = [
        DeviceInfo(
            id=folder_id(folder),
            label=folder.name,
            kind="folder",
            has_feeder=True,
            has_duplex=False,
            note="" if folder.is_dir() else "scan.folder_missing",
        )
        for folder in config.folders
    ]
    kinds = [
        *(["sane"] if config.sane and sane_installed() else []),
        *(["escl"] if config.network or config.find_network else []),
        *(["wia"] if config.wia and wia_installed() else []),
    ]
    with ThreadPoolExecutor(max(len(kinds), 1)) as pool:
        found = dict(zip(kinds, pool.map(lambda kind: _ask_for(kind, config), kinds), strict=True))
    network = found.get("escl", [])
    return [*folders, *_without_doubles(found.get("sane", []), network), *network, *found.get("wia", [])]


def device_options(device_id: str, config: DeviceConfig) -> tuple[DeviceOption, ...]:
    """Ask a device for everything that it lets be set; a watched folder has nothing.

    Raises:
        DeviceUnknown: the id is not one that this configuration can have.
        OptionsNotTold: nobody there, busy, or its driver hung or crashed.
    """
    require_known(device_id, config)
    if device_id.startswith("folder:"):
        return ()
    process = DriverProcess({**to_json(device_id, ScanSettings(), config), "ask": "options"}, config)
    try:
        for frame in process.frames():
            if frame.kind is FrameKind.OPTIONS:
                return options_from_json(json.loads(frame.body))
            if frame.kind is FrameKind.FAULT:
                raise OptionsNotTold(_known(frame))
    except (FrameBroken, KeyError, TypeError, ValueError) as error:
        raise OptionsNotTold("scan.driver_crashed") from error
    finally:
        process.close()
    raise OptionsNotTold("scan.driver_hung" if process.hung else "scan.driver_crashed")


def sane_installed() -> bool:
    """Return True when python-sane is there; it is an optional dependency."""
    return importlib.util.find_spec("_sane") is not None


def wia_installed() -> bool:
    """Return True on Windows with comtypes, the extra `wia`."""
    return sys.platform == "win32" and importlib.util.find_spec("comtypes") is not None


def _known(frame: Frame) -> str:
    code = str(frame.header["code"])
    return code if code in FAULTS else "scan.driver_crashed"


def _ask_for(kind: str, config: DeviceConfig) -> list[DeviceInfo]:
    process = DriverProcess({**to_json("", ScanSettings(), config), "ask": "list", "kind": kind}, config)
    try:
        for frame in process.frames():
            if frame.kind is FrameKind.DEVICES:
                return [_info(entry) for entry in frame.header["devices"]]
    except (FrameBroken, KeyError, TypeError):
        return []
    finally:
        process.close()
    return []


def _info(entry: dict[str, Any]) -> DeviceInfo:
    return DeviceInfo(
        id=str(entry["id"]),
        label=str(entry["label"]),
        kind=entry["kind"],
        has_feeder=bool(entry["has_feeder"]),
        has_duplex=bool(entry["has_duplex"]),
        note=str(entry["note"]),
        has_flatbed=bool(entry["has_flatbed"]),
        certificate=str(entry["certificate"]),
    )


def _without_doubles(sane: list[DeviceInfo], network: list[DeviceInfo]) -> list[DeviceInfo]:
    """Leave out what SANE's own network backends list of a scanner that we speak to ourselves."""
    models = [info.label.rpartition(" (")[0].lower() for info in network if not info.note]
    return [
        info
        for info in sane
        if not (
            info.id.startswith(("sane:airscan:", "sane:escl:"))
            and any(model and model in info.label.lower() for model in models)
        )
    ]
