from __future__ import annotations

import importlib
import os
import subprocess
import sys
import time
from pathlib import Path

import pikepdf

import scanning
from tests.scanning.conftest import ROOT


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
    done = run("--folder", tmp_path, "devices")
    assert done.returncode == 0
    assert "folder:" in done.stdout


def test_an_unknown_device_is_told_by_its_code(tmp_path: Path):
    done = run("scan", "--device", "folder:none", "--out", tmp_path / "x.pdf")
    assert done.returncode == 1
    assert done.stderr.strip() == "scan.device_unknown"


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
