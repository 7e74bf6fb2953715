"""The typed settings tree: read once at start, handed down in pieces."""

from __future__ import annotations

import tomllib
from pathlib import Path
from typing import Annotated, Any, Literal

import platformdirs
from pydantic import BaseModel, ConfigDict, Field, ValidationError

MAX_SETTINGS_BYTES = 64 * 1024


class SettingsRefused(Exception):
    """The settings file can't be used; `place` names the entry, never its value."""

    code = "settings.refused"
    retryable = False

    def __init__(self, place: str) -> None:
        super().__init__(f"settings refused at {place}")
        self.place = place


class _Branch(BaseModel):
    model_config = ConfigDict(frozen=True, extra="forbid")


class GatewaySettings(_Branch):
    """Where the gateway of the procedure platform is, and how this machine joined it."""

    url: str = ""
    enrolment_code: str = ""
    round_every_s: float = Field(default=15.0, gt=0, le=3600)


class NetworkScannerSettings(_Branch):
    """A network scanner (eSCL): its address, and the SHA-256 of its certificate when it speaks https."""

    address: str = Field(min_length=1, max_length=300)
    certificate: str = Field(default="", pattern="^([0-9A-Fa-f]{2}:?){32}$|^$")


class ScanningSettings(_Branch):
    """What stands in front of the scanners."""

    folders: tuple[Path, ...] = ()
    sane: bool = True
    wia: bool = True
    network: tuple[NetworkScannerSettings, ...] = Field(default=(), max_length=20)
    find_network: bool = True
    dpi: int = Field(default=300, ge=75, le=600)
    ocr: bool = True
    max_pages: int = Field(default=500, ge=1, le=2000)
    quality: Literal["small", "archive"] = "small"
    portal_file_mb: int | None = Field(default=None, ge=1, le=500)


class ReaderSettings(_Branch):
    """Readers of codes on a serial line or virtual COM port, and of chips."""

    serial_port: str = Field(default="", max_length=200)
    serial_baud: int = Field(default=9600, ge=300, le=921_600)
    chip: bool = True
    csca_folder: Path | None = None


class SigningSettings(_Branch):
    """Digital signatures on digitised copies."""

    module: Path | None = None
    tsa_url: str = Field(default="", max_length=500, pattern=r"^(https?://\S+)?$")
    trust_folder: Path | None = None
    timeout_s: float = Field(default=5.0, ge=0.5, le=60)


class CounterSettings(_Branch):
    """A counter or table of the van, and the lanes it serves as one line."""

    name: str = Field(min_length=1, max_length=20)
    lanes: tuple[Literal["welcome", "digitise", "digital_help"], ...] = Field(min_length=1)


class StationSettings(_Branch):
    """Names and places of this machine."""

    tenant: str = "hanoi"
    counter: str = "Q1"
    counters: tuple[CounterSettings, ...] = Field(default=(), max_length=40)
    center_name: str = "Trung tâm Phục vụ hành chính công thành phố Hà Nội"
    practice: bool = False


class CatalogueSettings(_Branch):
    """Whose editions of the procedure catalogue this machine installs."""

    trusted_keys: tuple[Annotated[str, Field(pattern="^[0-9a-f]{64}$")], ...] = Field(
        default=(), max_length=8
    )


class FaceSettings(_Branch):
    """How the windows look and when they lock."""

    language: Literal["vi", "en"] = "vi"
    theme: Literal["light", "dark", "contrast"] = "light"
    text_scale: float = Field(default=1.0, ge=1.0, le=2.0)
    idle_lock_min: int = Field(default=5, ge=1, le=240)
    port: int = Field(default=0, ge=0, le=65535)


class Settings(_Branch):
    """Everything that may be set, with defaults that work."""

    data_dir: Path = Field(default_factory=lambda: Path(platformdirs.user_data_dir("van-station")))
    station: StationSettings = StationSettings()
    gateway: GatewaySettings = GatewaySettings()
    scanning: ScanningSettings = ScanningSettings()
    reader: ReaderSettings = ReaderSettings()
    signing: SigningSettings = SigningSettings()
    catalogue: CatalogueSettings = CatalogueSettings()
    face: FaceSettings = FaceSettings()


def load_settings(path: Path | None = None, **overrides: Any) -> Settings:
    """Return the settings of a TOML file, with `overrides` (top-level entries) laid over it.

    Raises:
        SettingsRefused: unreadable, over 64 KiB, not TOML, an unknown entry or a value out of range.
    """
    data = _read_toml(path) if path is not None else {}
    try:
        return Settings.model_validate({**data, **overrides})
    except ValidationError as error:
        place = ".".join(str(part) for part in error.errors()[0]["loc"])
        raise SettingsRefused(place or "file") from None


def _read_toml(path: Path) -> dict[str, Any]:
    try:
        with path.open("rb") as file:
            raw = file.read(MAX_SETTINGS_BYTES + 1)
        if len(raw) > MAX_SETTINGS_BYTES:
            raise SettingsRefused("file size")
        return tomllib.loads(raw.decode("utf-8"))
    except (OSError, UnicodeDecodeError, tomllib.TOMLDecodeError):
        raise SettingsRefused("file") from None
