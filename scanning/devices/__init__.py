"""Scanners and watched folders: `list_devices`, then `start_scan`, then iterate the job."""

from scanning.devices.events import Event, PageCaptured, ScanEnded, ScanFault
from scanning.devices.job import ScanJob, start_scan
from scanning.devices.listing import OptionsNotTold, device_options, list_devices
from scanning.devices.network_address import (
    AddressRefused,
    NetworkScanner,
    lasting_key,
    network_id,
    normal_address,
)
from scanning.devices.options import DeviceOption, OptionValue, Unfit, unfit_options
from scanning.devices.profiles import Profile, ProfileRefused
from scanning.devices.settings import DeviceConfig, DeviceInfo, ScanSettings

__all__ = [
    "AddressRefused",
    "DeviceConfig",
    "DeviceInfo",
    "DeviceOption",
    "Event",
    "NetworkScanner",
    "OptionValue",
    "OptionsNotTold",
    "PageCaptured",
    "Profile",
    "ProfileRefused",
    "ScanEnded",
    "ScanFault",
    "ScanJob",
    "ScanSettings",
    "Unfit",
    "device_options",
    "lasting_key",
    "list_devices",
    "network_id",
    "normal_address",
    "start_scan",
    "unfit_options",
]
