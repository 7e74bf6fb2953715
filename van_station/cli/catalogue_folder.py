"""Reads an edition from where it lies: a folder of JSON files."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

from van_station.rules.catalogue_edition import MAX_FILES
from van_station.rules.catalogue_faults import EditionRefused, Fault, fault

MAX_FILE_BYTES = 2 * 1024 * 1024
MAX_DEPTH = 60


def read_folder(folder: Path) -> tuple[dict[str, Any], tuple[Fault, ...]]:
    """Return the parsed files of a source tree by path, and what could not be read as JSON.

    Raises:
        EditionRefused: no such folder, or more files than an edition may have.
    """
    if not folder.is_dir():
        raise EditionRefused([fault(str(folder), "", "no_folder")])
    paths = sorted(folder.rglob("*.json"))
    if len(paths) > MAX_FILES:
        raise EditionRefused([fault(str(folder), "", "too_many_files", len(paths))])
    files: dict[str, Any] = {}
    faults: list[Fault] = []
    for path in paths:
        name = path.relative_to(folder).as_posix()
        try:
            files[name] = json.loads(_text_of(path), parse_constant=_no_constant)
        except json.JSONDecodeError as broken:
            faults.append(fault(name, "", "no_json", f"{broken.lineno}:{broken.colno}"))
        except (OSError, ValueError, RecursionError):
            faults.append(fault(name, "", "no_json"))
    return files, tuple(faults)


def _text_of(path: Path) -> str:
    if path.stat().st_size > MAX_FILE_BYTES:
        raise ValueError("too large")
    return path.read_text(encoding="utf-8")


def _no_constant(name: str) -> None:
    """Refuse NaN and Infinity, which JSON does not have."""
    raise ValueError(name)
