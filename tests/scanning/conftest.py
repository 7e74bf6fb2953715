"""Sample pages, fonts, and a SANE configuration with its test device."""

from __future__ import annotations

import importlib.util
import io
import os
from pathlib import Path

import pytest
from PIL import Image

from scanning.page import CleanPage, Encoding, RawPage
from scanning.pipeline import clean
from scanning.samples import SamplePage, make_sample_stack

ROOT = Path(__file__).resolve().parents[2]
SANE_TEST_BACKEND = [
    path
    for pattern in ("lib/*/sane/libsane-test.so*", "lib64/sane/libsane-test.so*", "lib/sane/libsane-test.so*")
    for path in Path("/usr").glob(pattern)
]
_HOMES = ["/usr/lib", "/usr/lib64", *os.environ.get("LD_LIBRARY_PATH", "").split(":")]
AIRSCAN_BACKEND = [
    path
    for home in filter(None, _HOMES)
    for pattern in ("*/sane/libsane-airscan.so*", "sane/libsane-airscan.so*", "libsane-airscan.so*")
    for path in Path(home).glob(pattern)
]
needs_airscan = pytest.mark.skipif(
    importlib.util.find_spec("_sane") is None or not AIRSCAN_BACKEND,
    reason="python-sane (extra `sane`) and Debian's sane-airscan are not installed",
)
needs_sane = pytest.mark.skipif(
    importlib.util.find_spec("_sane") is None or not SANE_TEST_BACKEND,
    reason="python-sane (extra `sane`) and Debian's libsane1 with its test backend are not installed",
)


def a_font() -> Path | None:
    """A font with Vietnamese letters: ours, else one a Debian machine is likely to have."""
    system = Path("/usr/share/fonts/truetype")
    candidates = [*sorted((ROOT / "assets" / "fonts").rglob("*Regular.ttf"))]
    candidates += [system / "noto/NotoSans-Regular.ttf", system / "dejavu/DejaVuSans.ttf"]
    return next((path for path in candidates if path.is_file()), None)


@pytest.fixture(scope="session")
def font() -> Path | None:
    return a_font()


@pytest.fixture(scope="session")
def stack(font: Path | None) -> list[SamplePage]:
    """One of each kind at 200 dpi, leaning, on a white lid."""
    return make_sample_stack(7, 5, font=font, dpi=200)


@pytest.fixture(scope="session")
def dark_stack(font: Path | None) -> list[SamplePage]:
    """One of each kind at 200 dpi, leaning, on a dark backing."""
    return make_sample_stack(8, 5, font=font, dpi=200, dark_backing=True)


@pytest.fixture(scope="session")
def cleaned(stack: list[SamplePage]) -> list[CleanPage]:
    return [clean(as_raw(sample.image, sequence=number)) for number, sample in enumerate(stack, start=1)]


@pytest.fixture(scope="session")
def dark_cleaned(dark_stack: list[SamplePage]) -> list[CleanPage]:
    return [clean(as_raw(sample.image, sequence=number)) for number, sample in enumerate(dark_stack, start=1)]


def as_raw(image: bytes, *, dpi: int = 200, sequence: int = 1) -> RawPage:
    with Image.open(io.BytesIO(image)) as opened:
        encoding = Encoding.JPEG if opened.format == "JPEG" else Encoding.PNG
        return RawPage(image, encoding, *opened.size, dpi, sequence, f"page-{sequence}")


def sane_config(folder: Path, **options: object) -> Path:
    """Write a SANE configuration that knows nothing but the test device, with its defaults changed."""
    defaults: dict[str, object] = {
        "number_of_devices": 2,
        "mode": "Color",
        "resolution_min": "1.0",
        "resolution_max": "1200.0",
        "resolution_quant": "1.0",
        "resolution": "300.0",
        "geometry_min": "0.0",
        "geometry_max": "432.0",
        "geometry_quant": "1.0",
        "br_x": "210.0",
        "br_y": "297.0",
        "test-picture": '"Color pattern"',
    }
    lines = [f"{name} {value}" for name, value in (defaults | options).items()]
    home = folder / "sane.d"
    home.mkdir(exist_ok=True)
    (home / "dll.conf").write_text("test\n")
    (home / "test.conf").write_text("\n".join(lines) + "\n")
    return home
