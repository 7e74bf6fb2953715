"""Addresses of network scanners, as people type them, and the ids made of them."""

from __future__ import annotations

import hashlib
import re
from dataclasses import dataclass
from typing import Final
from urllib.parse import SplitResult, urlsplit

from scanning.errors import ScanningError

PREFIX: Final = "escl:"
_MAX_LENGTH: Final = 300
_HOST: Final = re.compile(r"[A-Za-z0-9._-]{1,253}|\[[0-9A-Fa-f:.]+\]")
_PATH: Final = re.compile(r"(/[A-Za-z0-9._~-]+)+")
_PRINT: Final = re.compile(r"[0-9a-f]{64}")
_USB_PLACE: Final = re.compile(r":libusb:\d+:\d+$")
"""SANE names a USB scanner after its place on the bus, which changes with each plugging in."""
_UUID: Final = re.compile(r"[0-9A-Fa-f-]{8,64}")


class AddressRefused(ScanningError):
    """Not the address of a network scanner."""

    code = "scan.bad_address"


@dataclass(frozen=True, slots=True)
class NetworkScanner:
    """A network scanner that somebody typed in.

    Attributes:
        address: as typed; `normal_address` says what it means.
        certificate: SHA-256 of its certificate (64 hex digits, colons allowed); "": trust the first it shows.
    """

    address: str
    certificate: str = ""


def normal_address(text: str) -> str:
    """Return the eSCL root of what somebody typed: `192.168.1.7` -> `http://192.168.1.7/eSCL`.

    Raises:
        AddressRefused: another scheme, a user or password in it, a query, or no host.
    """
    typed = text.strip().rstrip("/")
    if not typed or len(typed) > _MAX_LENGTH:
        raise AddressRefused("no address")
    parts, port = _split(typed if "://" in typed else f"http://{typed}")
    host = parts.netloc.rpartition(":")[0] if port is not None else parts.netloc
    path = parts.path or "/eSCL"
    if parts.scheme not in ("http", "https") or not _HOST.fullmatch(host) or not _PATH.fullmatch(path):
        raise AddressRefused("not http(s)://host[:port][/path]")
    if parts.query or parts.fragment or ".." in path:
        raise AddressRefused("more than an address")
    return f"{parts.scheme}://{parts.netloc.lower()}{path}"


def _split(text: str) -> tuple[SplitResult, int | None]:
    try:
        parts = urlsplit(text)
        port = parts.port
    except ValueError as error:
        raise AddressRefused("not an address") from error
    return parts, port


def normal_certificate(text: str) -> str:
    """Return a SHA-256 as 64 small hex digits; "" stays "".

    Raises:
        AddressRefused: something else.
    """
    plain = text.replace(":", "").replace(" ", "").lower()
    if plain and not _PRINT.fullmatch(plain):
        raise AddressRefused("not a SHA-256")
    return plain


def network_id(address: str, uuid: str = "") -> str:
    """Return the device id of a normal address; a UUID keeps its profiles when the address changes."""
    return f"{PREFIX}{address}#{uuid.lower()}" if _UUID.fullmatch(uuid) else f"{PREFIX}{address}"


def address_of(device_id: str) -> str:
    """Return the address in a device id.

    Raises:
        AddressRefused: no address in it.
    """
    return normal_address(device_id.removeprefix(PREFIX).partition("#")[0])


def lasting_key(device_id: str) -> str:
    """Return what stays of a device when its address changes: a short hash, for profiles and certificates."""
    address, _, uuid = device_id.partition("#") if device_id.startswith(PREFIX) else (device_id, "", "")
    return hashlib.sha256((uuid or _USB_PLACE.sub("", address)).encode()).hexdigest()[:16]
