"""What an eSCL scanner says about itself, and what is said to it (Mopria eSCL 2.97, PWG 5109.1)."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Final
from xml.sax.saxutils import escape

from scanning.devices.bounded_xml import Element, XmlRefused
from scanning.devices.options import DeviceOption
from scanning.page import MM_PER_INCH

UNITS_PER_INCH: Final = 300
"""Regions and sizes are in 1/300 inch, whatever the resolution."""
MODES: Final = {"color": "RGB24", "gray": "Grayscale8"}
ADF_FAULTS: Final = {
    "ScannerAdfJam": "scan.jammed",
    "ScannerAdfHatchOpen": "scan.cover_open",
    "ScannerAdfMispick": "scan.mispick",
    "ScannerAdfMultipickDetected": "scan.double_feed",
    "ScannerAdfDuplexPageTooShort": "scan.paper_length",
    "ScannerAdfDuplexPageTooLong": "scan.paper_length",
    "ScannerAdfInputTrayFailed": "scan.tray_failed",
    "ScannerAdfInputTrayOverloaded": "scan.tray_overloaded",
}
ADF_EMPTY: Final = "ScannerAdfEmpty"
_SOURCES: Final = {
    "flatbed": ("Platen", "PlatenInputCaps"),
    "adf": ("Adf", "AdfSimplexInputCaps"),
    "adf-duplex": ("Adf", "AdfDuplexInputCaps"),
}
_TUNED: Final = {
    "brightness": "Brightness",
    "contrast": "Contrast",
    "sharpen": "Sharpen",
    "threshold": "Threshold",
    "compression": "CompressionFactor",
}
_MAX_RESOLUTIONS: Final = 64
_NAMESPACES: Final = (
    'xmlns:scan="http://schemas.hp.com/imaging/escl/2011/05/03" '
    'xmlns:pwg="http://www.pwg.org/schemas/2010/12/sm"'
)


@dataclass(frozen=True, slots=True)
class EsclInput:
    """One source: what it takes. Sizes in 1/300 inch."""

    color_modes: tuple[str, ...]
    resolutions: tuple[int, ...]
    resolution_range: tuple[int, int, int] | None
    formats: tuple[str, ...]
    max_width: int
    max_height: int

    def nearest_dpi(self, wanted: int) -> int:
        """Return the offered resolution nearest to the wanted one."""
        if self.resolution_range is not None:
            low, high, step = self.resolution_range
            return min(max(low + round((wanted - low) / step) * step, low), high)
        return min(self.resolutions, key=lambda offered: (abs(offered - wanted), -offered), default=wanted)


@dataclass(frozen=True, slots=True)
class EsclCapabilities:
    """A scanner's own description, as far as we use it."""

    version: str
    model: str
    inputs: Mapping[str, EsclInput]
    tuned: Mapping[str, tuple[int, int, int, int]]
    """Option -> (lowest, highest, normal, step)."""
    detects_paper: bool


@dataclass(frozen=True, slots=True)
class EsclStatus:
    """How the scanner is, and how its jobs are: path -> (state, images made)."""

    state: str
    adf: str
    jobs: Mapping[str, tuple[str, int]]


def read_capabilities(root: Element) -> EsclCapabilities:
    """Take what we use out of `ScannerCapabilities`.

    Raises:
        XmlRefused: something else, or a scanner without any source.
    """
    if root.name != "ScannerCapabilities":
        raise XmlRefused("not a scanner's capabilities")
    profiles = {
        profile.word("Name"): profile for profile in root.all("SettingProfiles", "SettingProfile")
    }  # older scanners name shared profiles here
    inputs = {
        source: _input(caps, profiles)
        for source, path in _SOURCES.items()
        if (caps := root.first(*path)) is not None
    }
    if not inputs:
        raise XmlRefused("a scanner without a source")
    return EsclCapabilities(
        version=root.word("Version")[:20] or "2.0",
        model=_model(root),
        inputs=inputs,
        tuned={name: found for name, tag in _TUNED.items() if (found := _tuned(root, tag)) is not None},
        detects_paper="DetectPaperLoaded" in root.words("Adf", "AdfOptions", "AdfOption"),
    )


def read_status(root: Element) -> EsclStatus:
    """Take what we use out of `ScannerStatus`.

    Raises:
        XmlRefused: something else.
    """
    if root.name != "ScannerStatus":
        raise XmlRefused("not a scanner's status")
    jobs = {
        job.word("JobUri").rstrip("/"): (job.word("JobState"), job.whole("ImagesCompleted") or 0)
        for job in root.all("Jobs", "JobInfo")
    }
    return EsclStatus(root.word("State"), root.word("AdfState"), jobs)


@dataclass(frozen=True, slots=True)
class EsclOrder:
    """One job as it is ordered; sizes in 1/300 inch."""

    source: str
    color_mode: str
    dpi: int
    width: int
    height: int
    media_type: str
    tuned: Mapping[str, int]


def write_order(order: EsclOrder, version: str) -> bytes:
    """Return the `ScanSettings` document of a job."""
    tuned = "".join(
        f"<scan:{_TUNED[name]}>{value}</scan:{_TUNED[name]}>" for name, value in order.tuned.items()
    )
    feeder = order.source != "flatbed"
    duplex = f"<scan:Duplex>{str(order.source == 'adf-duplex').lower()}</scan:Duplex>" if feeder else ""
    body = (
        f'<?xml version="1.0" encoding="UTF-8"?><scan:ScanSettings {_NAMESPACES}>'
        f"<pwg:Version>{escape(version)}</pwg:Version><scan:Intent>Document</scan:Intent>"
        "<pwg:ScanRegions><pwg:ScanRegion>"
        "<pwg:ContentRegionUnits>escl:ThreeHundredthsOfInches</pwg:ContentRegionUnits>"
        f"<pwg:Height>{order.height}</pwg:Height><pwg:Width>{order.width}</pwg:Width>"
        "<pwg:XOffset>0</pwg:XOffset><pwg:YOffset>0</pwg:YOffset>"
        "</pwg:ScanRegion></pwg:ScanRegions>"
        f"<pwg:InputSource>{'Feeder' if feeder else 'Platen'}</pwg:InputSource>"
        f"<scan:ColorMode>{order.color_mode}</scan:ColorMode>"
        f"<scan:XResolution>{order.dpi}</scan:XResolution><scan:YResolution>{order.dpi}</scan:YResolution>"
        f"<pwg:DocumentFormat>{order.media_type}</pwg:DocumentFormat>"
        f"<scan:DocumentFormatExt>{order.media_type}</scan:DocumentFormatExt>"
        f"{duplex}{tuned}</scan:ScanSettings>"
    )
    return body.encode()


def as_options(capabilities: EsclCapabilities) -> tuple[DeviceOption, ...]:
    """Tell a scanner's abilities as options, in the words that SANE uses for the same things."""
    inputs = tuple(capabilities.inputs.values())
    modes = tuple(mode for mode, name in MODES.items() if any(name in each.color_modes for each in inputs))
    discrete = sorted({dpi for each in inputs for dpi in each.resolutions})
    ranges = [each.resolution_range for each in inputs if each.resolution_range is not None]
    resolution = DeviceOption("resolution", "Scan resolution", "whole", "dpi", choices=tuple(discrete))
    if ranges and not discrete:
        low, high, step = ranges[0]
        resolution = DeviceOption(
            "resolution", "Scan resolution", "whole", "dpi", low=low, high=high, step=step
        )
    found = [
        DeviceOption("source", "Scan source", "text", choices=tuple(capabilities.inputs)),
        DeviceOption("mode", "Scan mode", "text", choices=modes),
        resolution,
        _area("width", max(each.max_width for each in inputs)),
        _area("height", max(each.max_height for each in inputs)),
    ]
    for name, (low, high, normal, step) in capabilities.tuned.items():
        found.append(DeviceOption(name, _TUNED[name], "whole", low=low, high=high, step=step, value=normal))
    return tuple(found)


def _area(name: str, units: int) -> DeviceOption:
    largest = round(units * MM_PER_INCH / UNITS_PER_INCH, 1)
    return DeviceOption(name, f"Largest {name}", "number", "mm", high=largest, value=largest, settable=False)


def _model(root: Element) -> str:
    words = root.word("MakeAndModel") or "eSCL"
    return "".join(letter for letter in words if letter.isprintable())[:80]


def _input(caps: Element, profiles: Mapping[str, Element]) -> EsclInput:
    own = [*caps.all("SettingProfiles", "SettingProfile"), caps]
    own += [profiles[name] for name in caps.words("SettingProfiles", "SettingProfileRef") if name in profiles]
    resolutions: dict[int, None] = {}
    span: tuple[int, int, int] | None = None
    for profile in own:
        for each in profile.all("SupportedResolutions", "DiscreteResolutions", "DiscreteResolution"):
            across, down = each.whole("XResolution"), each.whole("YResolution")
            if across is not None and across == down and 25 <= across <= 4800:
                resolutions[across] = None
        span = span or _span(profile.first("SupportedResolutions", "ResolutionRange", "XResolutionRange"))
    if not resolutions and span is None:
        raise XmlRefused("a source without a resolution")
    formats: dict[str, None] = {}
    modes: dict[str, None] = {}
    for profile in own:
        formats |= dict.fromkeys(profile.words("DocumentFormats", "DocumentFormatExt"))
        formats |= dict.fromkeys(profile.words("DocumentFormats", "DocumentFormat"))
        modes |= dict.fromkeys(profile.words("ColorModes", "ColorMode"))
    return EsclInput(
        color_modes=tuple(modes),
        resolutions=tuple(sorted(resolutions)[:_MAX_RESOLUTIONS]),
        resolution_range=None if resolutions else span,
        formats=tuple(formats),
        max_width=caps.whole("MaxWidth") or 2550,
        max_height=caps.whole("MaxHeight") or 3508,
    )


def _span(found: Element | None) -> tuple[int, int, int] | None:
    if found is None:
        return None
    low, high, step = found.whole("Min"), found.whole("Max"), found.whole("Step")
    if low is None or high is None or not 0 < low <= high:
        return None
    return low, high, max(step or 1, 1)


def _tuned(root: Element, tag: str) -> tuple[int, int, int, int] | None:
    found = root.first(f"{tag}Support")
    if found is None:
        return None
    low, high = found.whole("Min"), found.whole("Max")
    if low is None or high is None or low > high:
        return None
    normal = found.whole("Normal")
    return low, high, low if normal is None else normal, max(found.whole("Step") or 1, 1)
