from __future__ import annotations

import hashlib
import importlib
import os
import subprocess
import sys
import time
from dataclasses import replace
from pathlib import Path

import pikepdf

import scanning
from scanning.devices import DeviceConfig, PageCaptured, ScanSettings, start_scan
from scanning.devices.settings import folder_id
from scanning.pipeline import clean
from scanning.spool import PageSpool
from tests.scanning.conftest import ROOT
from tests.scanning.escl_scanner import Behaviour, EsclScanner


def run(*arguments: str | Path) -> subprocess.CompletedProcess[str]:
    command = [sys.executable, "-m", "scanning", *map(str, arguments)]
    return subprocess.run(
        command,
        capture_output=True,
        text=True,
        check=False,
        cwd=ROOT,
        env={**os.environ, "SANE_CONFIG_DIR": os.devnull},
    )


def test_a_folder_becomes_one_document_and_is_kept(tmp_path: Path, stack):
    folder = tmp_path / "in"
    folder.mkdir()
    for number, sample in enumerate(stack[:3]):
        (folder / f"{number}.jpg").write_bytes(sample.image)
        past = time.time() - 60
        os.utime(folder / f"{number}.jpg", (past, past))
    done = run("clean", folder, "--out", tmp_path / "out.pdf")
    assert done.returncode == 0, done.stderr
    with pikepdf.open(tmp_path / "out.pdf") as document:
        assert len(document.pages) == 2  # the blank back is left out
    assert len(list(folder.iterdir())) == 3


def test_devices_lists_watched_folders(tmp_path: Path):
    done = run("--no-search", "--folder", tmp_path, "devices")
    assert done.returncode == 0
    assert "folder:" in done.stdout


def test_an_unknown_device_is_told_by_its_code(tmp_path: Path):
    done = run("--no-search", "scan", "--device", "folder:none", "--out", tmp_path / "x.pdf")
    assert done.returncode == 1
    assert done.stderr.strip() == "scan.device_unknown"


def test_a_network_scanner_is_told_kept_a_profile_for_and_scanned_from_by_its_address(tmp_path: Path, stack):
    with EsclScanner(Behaviour([sample.image for sample in stack[:2]])) as scanner:
        common = ("--no-search", "--profiles", tmp_path / "profiles.json")
        address = f"127.0.0.1:{scanner.port}"
        listed = run(*common, "--network", address, "devices")
        assert f"escl:{scanner.address}\tMock eSCL ADF ({address})\tfeeder duplex\t" in listed.stdout
        told = run(*common, "options", "--device", address)
        assert "brightness\twhole\t\t-100..100\t0\t\tBrightness" in told.stdout
        kept = run(
            *common,
            "profile",
            "Hộ tịch",
            "--device",
            address,
            "--gray",
            "--dpi",
            "150",
            "--set",
            "brightness=5",
        )
        assert kept.stdout == "Hộ tịch\t150 dpi\tadf\n", kept.stderr
        done = run(
            *common, "scan", "--device", address, "--profile", "Hộ tịch", "--out", tmp_path / "out.pdf"
        )
        assert done.returncode == 0, done.stderr
        assert "<scan:ColorMode>Grayscale8<" in scanner.orders[0]
        assert "<scan:Brightness>5<" in scanner.orders[0]
        lost = run(*common, "scan", "--device", address, "--set", "lamp=1", "--out", tmp_path / "no.pdf")
        assert "scan.option_unknown at 0 (lamp)" in lost.stderr
    gone = run(*common, "options", "--device", address)
    assert (gone.returncode, gone.stderr.strip()) == (1, "scan.unreachable")


def test_every_public_name_is_there_sorted_and_lazy():
    assert scanning.__all__ == sorted(scanning.__all__, key=_constants_first)
    for name in scanning.__all__:
        assert getattr(scanning, name) is not None
    code = "import sys, scanning.devices.child; print('cv2' in sys.modules or 'pikepdf' in sys.modules)"
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True, cwd=ROOT)
    assert done.stdout.strip() == "False"


def _constants_first(name: str) -> tuple[int, str]:
    return (0 if name.isupper() else 1 if name[0].isupper() else 2, name)


def test_codes_of_errors_are_named_once():
    errors = importlib.import_module("scanning.errors")
    kinds = [kind for kind in vars(errors).values() if isinstance(kind, type) and issubclass(kind, Exception)]
    assert all(issubclass(kind, errors.ScanningError) and kind.code.startswith("scan.") for kind in kinds)


def lay(folder: Path, *pictures: bytes) -> Path:
    folder.mkdir(exist_ok=True)
    for number, picture in enumerate(pictures):
        path = folder / f"{number}.jpg"
        path.write_bytes(picture)
        os.utime(path, (time.time() - 60, time.time() - 60))
    return folder


def test_a_stack_is_split_by_count_and_kept_whole_in_archive_quality(tmp_path: Path, stack):
    folder = lay(tmp_path / "in", *(sample.image for sample in stack[:3]))
    done = run("clean", folder, "--out", tmp_path / "out.pdf", "--split", "2", "--quality", "archive")
    assert done.returncode == 0, done.stderr
    pages = {}
    for path in tmp_path.glob("*.pdf"):
        with pikepdf.open(path) as document:
            pages[path.name] = len(document.pages)
            assert len(document.pages[0].Resources.XObject.keys()) == 1
    assert pages == {"out-01.pdf": 2}, "the blank back alone makes no document"
    assert not (tmp_path / "out.pdf.pages").exists()


def test_after_a_kill_the_same_command_goes_on_behind_the_pages_that_are_there(tmp_path: Path, stack):
    """The spool holds what an earlier run had read; a half page beside it is not taken for one."""
    folder = lay(tmp_path / "in", stack[0].image, stack[1].image)
    spool = PageSpool(tmp_path / "pages")
    first = next(iter_pages(folder))
    marked = replace(clean(first), skew_deg=1.25)
    spool.append(marked, hashlib.sha256(first.image).hexdigest())
    (tmp_path / "pages" / "000001.part").write_bytes(b"half")
    again = PageSpool(tmp_path / "pages")
    assert len(again) == 1
    assert again.page(0) == marked
    done = run("clean", folder, "--out", tmp_path / "out.pdf", "--spool", tmp_path / "pages")
    assert done.returncode == 0, done.stderr
    with pikepdf.open(tmp_path / "out.pdf") as document:
        assert len(document.pages) == 2


def iter_pages(folder: Path):
    config = DeviceConfig(folders=(folder,), settle_s=0.0)
    with start_scan(folder_id(folder), ScanSettings(), config) as job:
        yield from (event.page for event in job if isinstance(event, PageCaptured))


def test_a_kill_loses_no_page_that_was_kept(tmp_path: Path, stack):
    folder = lay(tmp_path / "in", *(stack[number].image for number in (0, 1, 3, 0, 1)))
    arguments = ["clean", str(folder), "--out", str(tmp_path / "out.pdf")]
    command = [sys.executable, "-m", "scanning", *arguments]
    with subprocess.Popen(command, stderr=subprocess.PIPE, text=True, cwd=ROOT) as process:
        assert process.stderr is not None
        kept = next(line for line in process.stderr if line.endswith(": kept\n"))
        process.kill()
    assert kept == "page 1: kept\n"
    spool = PageSpool(tmp_path / "out.pdf.pages")
    assert 1 <= len(spool) < 5
    first = spool.page(0)
    done = run(*arguments)
    assert done.returncode == 0, done.stderr
    assert done.stderr.count(": kept") == 5 - len(spool)
    with pikepdf.open(tmp_path / "out.pdf") as document:
        assert len(document.pages) == 5
    assert not first.blank
