"""Which devices there are."""

from __future__ import annotations

import importlib.util

from scanning.devices.frames import FrameKind
from scanning.devices.process import DriverProcess
from scanning.devices.settings import DeviceConfig, DeviceInfo, folder_id
from scanning.errors import FrameBroken


def list_devices(config: DeviceConfig) -> list[DeviceInfo]:
    """Return watched folders first, then SANE scanners.

    SANE is asked in a process of its own: backends hang and crash even while listing. Then, and when
    python-sane is missing, there are simply no scanners.
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
    return folders + (_sane_devices(config) if config.sane and sane_installed() else [])


def sane_installed() -> bool:
    """Return True when python-sane is there; it is an optional dependency."""
    return importlib.util.find_spec("_sane") is not None


def _sane_devices(config: DeviceConfig) -> list[DeviceInfo]:
    process = DriverProcess({"list": True}, config)
    try:
        for frame in process.frames():
            if frame.kind is FrameKind.DEVICES:
                return [
                    DeviceInfo(
                        id=str(entry["id"]),
                        label=str(entry["label"]),
                        kind="sane",
                        has_feeder=bool(entry["has_feeder"]),
                        has_duplex=bool(entry["has_duplex"]),
                        note=str(entry["note"]),
                    )
                    for entry in frame.header["devices"]
                ]
    except (FrameBroken, KeyError, TypeError):
        return []
    finally:
        process.close()
    return []
