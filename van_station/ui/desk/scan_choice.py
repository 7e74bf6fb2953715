"""Which scanner is used, and how: chosen once, the same wherever one scans in this session."""

from __future__ import annotations

from dataclasses import dataclass, field

from van_station.services.capture import CaptureSettings, ScannerList, ScannerView
from van_station.services.page_intake import Aim


@dataclass
class ScanChoice:
    """The devices that answered, the one that is used, and whether both sides are scanned."""

    scanners: ScannerList | None = None
    device_id: str = ""
    duplex: bool = False
    profiles: dict[str, str] = field(default_factory=dict)
    """Which profile is chosen, by device."""

    def found(self, scanners: ScannerList) -> None:
        """Take over which devices answer; the first one is used until somebody chooses."""
        self.scanners = scanners
        known = [device.id for device in scanners.devices]
        if self.device_id not in known:
            self.device_id = known[0] if known else ""

    @property
    def device(self) -> ScannerView | None:
        """The device that is used; None when none answers."""
        devices = self.scanners.devices if self.scanners else ()
        return next((device for device in devices if device.id == self.device_id), None)

    def wish(self, aim: Aim | None = None) -> CaptureSettings:
        """Return how pages are wanted of this device."""
        device = self.device
        feeder = device is not None and device.has_feeder
        duplex = self.duplex and device is not None and device.has_duplex
        one = aim is not None and bool(aim.instead_of)
        return CaptureSettings(
            source="adf" if feeder else "flatbed",
            duplex=duplex and not one,
            profile=self.profiles.get(self.device_id, ""),
            aim=aim,
        )
