"""Passive authentication: does what was read fit the signed list of digests (EF.SOD), and who signed it.

Source: ICAO Doc 9303 part 11 section 5.1, part 10 section 4.6.2 (the file), part 12 section 4 (certificates).
What is not done: revocation lists, and master lists as a file; give single certificates.
"""

import hashlib
import hmac
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from enum import StrEnum
from pathlib import Path

from asn1crypto import algos, cms, core, pem, x509
from cryptography.exceptions import InvalidSignature, UnsupportedAlgorithm

from van_station.security.chip_signatures import is_signed
from van_station.security.errors import BrokenChipAnswer, ChipDataAltered
from van_station.security.tlv import only

MAX_ISSUERS = 64
MAX_ISSUER_BYTES = 64 * 1024
_SUFFIXES = frozenset({".cer", ".crt", ".der", ".pem"})
_SECURITY_OBJECT = 0x77
_LDS_OBJECT = "2.23.136.1.1.1"
_DIGESTS = frozenset({"sha1", "sha224", "sha256", "sha384", "sha512"})
_MALFORMED = (ValueError, TypeError, LookupError, AttributeError, OverflowError, RecursionError)
"""What asn1crypto and key loading raise on bytes that are not what they say."""


class Authenticity(StrEnum):
    """How far the chip's data is known to be its issuer's. That it was altered is an error, not a value."""

    SIGNED = "signed"
    """Digests fit, and a certificate that the Center trusts stands behind the signature."""
    UNKNOWN_ISSUER = "unknown_issuer"
    """Digests fit, but no trusted certificate stands behind the signature, or not today."""
    NOT_VERIFIED = "not_verified"
    """No certificates are set up to compare with, or the chip has no signed list."""


class _GroupDigest(core.Sequence):  # type: ignore[misc]
    _fields = [("number", core.Integer), ("digest", core.OctetString)]  # noqa: RUF012  asn1crypto's way


class _GroupDigests(core.SequenceOf):  # type: ignore[misc]
    _child_spec = _GroupDigest


class _SecurityObject(core.Sequence):  # type: ignore[misc]
    _fields = [  # noqa: RUF012  asn1crypto's way
        ("version", core.Integer),
        ("algorithm", algos.DigestAlgorithm),
        ("digests", _GroupDigests),
        ("lds_version", core.Any, {"optional": True}),
    ]


@dataclass(frozen=True, slots=True)
class SignedDigests:
    """EF.SOD, parsed: the digests of the data groups and the signature over them."""

    algorithm: str
    digests: Mapping[int, bytes] = field(repr=False)
    content: bytes = field(repr=False)
    signer: cms.SignerInfo = field(repr=False)
    certificates: tuple[x509.Certificate, ...] = field(repr=False)

    def check(
        self, groups: Mapping[int, bytes | bytearray], issuers: Sequence[bytes], today: datetime
    ) -> Authenticity:
        """Compare data groups (number to whole file) with the list, then look for who signed it.

        Args:
            groups: what was read, each file with its outer tag.
            issuers: DER certificates (CSCA) that the Center trusts; () tells nothing about the signature.
            today: aware; certificates must be valid then.

        Raises:
            ChipDataAltered: a digest differs or is missing, or the signature is wrong.
        """
        for number, data in groups.items():
            digest = hashlib.new(self.algorithm, data, usedforsecurity=False).digest()
            if not hmac.compare_digest(digest, self.digests.get(number, b"")):
                raise ChipDataAltered(f"data group {number}")
        if not issuers:
            return Authenticity.NOT_VERIFIED
        try:
            return self._signed_by(issuers, today)
        except InvalidSignature as error:
            raise ChipDataAltered("signature of the security object") from error
        except (*_MALFORMED, UnsupportedAlgorithm):
            return Authenticity.UNKNOWN_ISSUER

    def _signed_by(self, issuers: Sequence[bytes], today: datetime) -> Authenticity:
        signer = self._signing_certificate()
        attributes = self.signer["signed_attrs"]
        if len(attributes) == 0:
            raise InvalidSignature  # part 10 section 4.6.2.2: signed attributes are mandatory
        said = {each["type"].native: each["values"][0] for each in attributes}
        digest = hashlib.new(
            self.signer["digest_algorithm"]["algorithm"].native, self.content, usedforsecurity=False
        ).digest()
        if not hmac.compare_digest(digest, said["message_digest"].native):
            raise InvalidSignature
        if not is_signed(
            signer.public_key,
            self.signer["signature_algorithm"],
            self.signer["signature"].native,
            attributes.untag().dump(force=True),
            digest_algorithm=self.signer["digest_algorithm"]["algorithm"].native,
        ):
            raise InvalidSignature
        return _trusted(signer, issuers, today)

    def _signing_certificate(self) -> x509.Certificate:
        wanted = self.signer["sid"].chosen
        for each in self.certificates:
            if isinstance(wanted, cms.IssuerAndSerialNumber):
                if each.issuer == wanted["issuer"] and each.serial_number == wanted["serial_number"].native:
                    return each
            elif each.key_identifier == wanted.native:
                return each
        raise ValueError("no certificate of the signer")


def read_security_object(file: bytes) -> SignedDigests:
    """Return EF.SOD parsed; nothing is verified yet.

    Raises:
        BrokenChipAnswer: it is not one.
    """
    try:
        outer = cms.ContentInfo.load(bytes(only(file, _SECURITY_OBJECT)))
        if outer["content_type"].native != "signed_data":
            raise BrokenChipAnswer("kind of the security object")
        signed = outer["content"]
        inner = signed["encap_content_info"]
        if inner["content_type"].dotted != _LDS_OBJECT:
            raise BrokenChipAnswer("content of the security object")
        content = bytes(inner["content"].contents)
        listed = _SecurityObject.load(content)
        algorithm = listed["algorithm"]["algorithm"].native
        if algorithm not in _DIGESTS:
            raise BrokenChipAnswer("digest of the security object")
        return SignedDigests(
            algorithm,
            {int(each["number"].native): bytes(each["digest"].native) for each in listed["digests"]},
            content,
            signed["signer_infos"][0],
            tuple(
                each.chosen for each in signed["certificates"] if isinstance(each.chosen, x509.Certificate)
            ),
        )
    except _MALFORMED as error:
        raise BrokenChipAnswer("the security object") from error


def read_issuers(folder: Path) -> tuple[bytes, ...]:
    """Return the certificates (CSCA) in a folder as DER; at most 64 files of 64 KiB each.

    Files that end in .cer, .crt, .der or .pem are read.

    A file that is no certificate is left out: then its cards are of an unknown issuer, which the desk says.
    """
    found: list[bytes] = []
    for path in sorted(folder.iterdir()) if folder.is_dir() else ():
        if path.suffix.lower() not in _SUFFIXES or len(found) == MAX_ISSUERS:
            continue
        try:
            with path.open("rb") as file:
                data = file.read(MAX_ISSUER_BYTES + 1)
            if len(data) > MAX_ISSUER_BYTES:
                continue
            if pem.detect(data):
                data = pem.unarmor(data)[2]
            x509.Certificate.load(data, strict=True).subject.dump()
        except (OSError, *_MALFORMED):
            continue
        found.append(data)
    return tuple(found)


def _trusted(signer: x509.Certificate, issuers: Sequence[bytes], today: datetime) -> Authenticity:
    for data in issuers:
        issuer = x509.Certificate.load(data)
        if issuer.subject != signer.issuer or not all(_is_valid(each, today) for each in (issuer, signer)):
            continue
        try:
            if is_signed(
                issuer.public_key,
                signer["signature_algorithm"],
                signer["signature_value"].native,
                signer["tbs_certificate"].dump(),
            ):
                return Authenticity.SIGNED
        except (*_MALFORMED, UnsupportedAlgorithm):
            continue
    return Authenticity.UNKNOWN_ISSUER


def _is_valid(certificate: x509.Certificate, today: datetime) -> bool:
    return bool(certificate.not_valid_before <= today <= certificate.not_valid_after)
