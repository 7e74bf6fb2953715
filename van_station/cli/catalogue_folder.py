"""Where an edition lies: a folder of JSON files, or a bundle."""

from __future__ import annotations

import contextlib
import json
import os
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from van_station.cli.errors import NoEdition, NotWritten, SourceMissing, unreadable
from van_station.rules.catalogue_bundle import MAX_BUNDLE_BYTES, Verify, open_bundle
from van_station.rules.catalogue_edition import MAX_FILES, Edition, check_edition, load_edition
from van_station.rules.catalogue_faults import EditionRefused, Fault, fault

MAX_FILE_BYTES = 2 * 1024 * 1024


@dataclass(frozen=True)
class Source:
    """An edition with where it came from.

    Attributes:
        key_id: which key signed it, "" for a folder.
    """

    edition: Edition
    key_id: str = ""


def open_source(path: Path, verify: Verify) -> Source:
    """Return the edition in a folder or in a bundle.

    Raises:
        EditionRefused: with every fault; BundleRefused; AskedAmiss.
    """
    if is_folder(path):
        files, broken = read_folder(path)
        faults = (*broken, *check_edition(files))
        if faults:
            raise EditionRefused(faults)
        return Source(load_edition(files, strict=False))
    bundle = open_bundle(read_bounded(path, MAX_BUNDLE_BYTES), verify)
    return Source(bundle.edition, bundle.key_id)


def is_folder(path: Path) -> bool:
    """Tell whether a folder lies there; a name that no system takes is none."""
    return os.path.isdir(path)  # noqa: PTH112 -- Path.is_dir raises for names that are too long


def read_bounded(path: Path, most: int) -> bytes:
    """Return a file's bytes, at most one more than `most`: whoever takes them refuses what is too large.

    Raises:
        SourceMissing, SourceUnreadable
    """
    try:
        with path.open("rb") as file:
            return file.read(most + 1)
    except (OSError, ValueError) as error:
        raise unreadable(path, error) from error


def read_folder(folder: Path) -> tuple[dict[str, Any], tuple[Fault, ...]]:
    """Return the parsed files of a source tree by path, and what could not be read as JSON.

    Raises:
        SourceMissing: no such folder.
        NoEdition: a folder with something else in it.
        EditionRefused: more files than an edition may have.
    """
    if not is_folder(folder):
        raise SourceMissing(path=str(folder))
    if not (folder / "catalogue.json").exists():
        raise NoEdition(path=str(folder))
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


def write_folder(folder: Path, files: Mapping[str, Any]) -> None:
    """Write files into a source tree, each whole or not at all; others there stay.

    Raises:
        NotWritten
    """
    for name, data in files.items():
        path = folder / name
        try:
            path.parent.mkdir(parents=True, exist_ok=True)
        except OSError as error:
            raise NotWritten(path=str(path.parent)) from error
        write_whole(path, (json.dumps(data, ensure_ascii=False, indent=1) + "\n").encode("utf-8"))


def write_whole(path: Path, data: bytes, *, mode: int = 0o644) -> None:
    """Write a file beside its place and rename it, so that a cut never leaves half of it.

    Raises:
        NotWritten: with nothing left behind.
    """
    try:
        draft = path.with_name(path.name + ".draft")
        draft.unlink(missing_ok=True)
        try:
            with os.fdopen(os.open(draft, os.O_WRONLY | os.O_CREAT | os.O_EXCL, mode), "wb") as file:
                file.write(data)
                file.flush()
                os.fsync(file.fileno())
            draft.replace(path)
        except OSError:
            with contextlib.suppress(OSError):
                draft.unlink(missing_ok=True)
            raise
    except (OSError, ValueError) as error:
        raise NotWritten(path=str(path)) from error


def remove(path: Path) -> None:
    """Remove a file.

    Raises:
        NotWritten
    """
    try:
        path.unlink()
    except OSError as error:
        raise NotWritten(path=str(path)) from error


def _text_of(path: Path) -> str:
    if path.stat().st_size > MAX_FILE_BYTES:
        raise ValueError("too large")
    return path.read_text(encoding="utf-8")


def _no_constant(name: str) -> None:
    """Refuse NaN and Infinity, which JSON does not have."""
    raise ValueError(name)
