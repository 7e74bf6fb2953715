"""Scanners and watched folders: `list_devices`, then `start_scan`, then iterate the job."""

from scanning.devices.events import Event, PageCaptured, ScanEnded, ScanFault
from scanning.devices.job import ScanJob, start_scan
from scanning.devices.listing import list_devices
from scanning.devices.settings import DeviceConfig, DeviceInfo, ScanSettings

__all__ = [
    "DeviceConfig",
    "DeviceInfo",
    "Event",
    "PageCaptured",
    "ScanEnded",
    "ScanFault",
    "ScanJob",
    "ScanSettings",
    "list_devices",
    "start_scan",
]
