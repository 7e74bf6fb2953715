"""What a gateway is told at start."""

from dataclasses import dataclass, field
from pathlib import Path


@dataclass(frozen=True, slots=True)
class GatewaySettings:
    """Settings of one gateway.

    Attributes:
        folder: its data; made when absent, for its owner only.
        tenant: whose data it keeps.
        enrolment_codes: one-time codes, each of at least 12 characters; one device each.
        platform_public_key: HPKE public bytes handed on to devices. The private half never comes
            here, so the gateway cannot read a scan.
        reference_platform: mount the loopback routes that play citizen, bank and officer.
        unit: agency part of official codes. UNVERIFIED: "H26" is Hanoi by recollection, "999" is
            invented; the real suffix comes from the official list.
        max_blob_bytes: larger blobs are refused.
        store_key: 32 bytes that encrypt the database at rest; b"" leaves it plain. Change values are
            people's data: without a key the folder must lie on an encrypted disk.
        keep_free_bytes: an upload that would leave less on the disk is put off.
    """

    folder: Path
    tenant: str = "demo"
    enrolment_codes: tuple[str, ...] = ()
    platform_public_key: bytes = b""
    reference_platform: bool = False
    unit: str = "H26.999"
    max_blob_bytes: int = 64 * 1024 * 1024
    store_key: bytes = field(default=b"", repr=False)
    keep_free_bytes: int = 64 * 1024 * 1024
