"""An invented issuing state: its root (CSCA), a document signer, and security objects (EF.SOD), written by hand in DER.

Nothing here uses the product's code.
"""

from __future__ import annotations

import hashlib
from dataclasses import dataclass
from datetime import UTC, datetime

from asn1crypto import x509 as asn1_x509
from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec, padding, rsa
from cryptography.x509.oid import NameOID

BEGIN, END = datetime(2021, 1, 1, tzinfo=UTC), datetime(2040, 1, 1, tzinfo=UTC)
TODAY = datetime(2026, 11, 23, tzinfo=UTC)
SHA256 = "608648016503040201"
ECDSA_SHA256, RSA_SHA256, RSA_PSS = "2A8648CE3D040302", "2A864886F70D01010B", "2A864886F70D01010A"


def der(tag: int, *parts: bytes) -> bytes:
    body = b"".join(parts)
    if len(body) < 0x80:
        length = bytes([len(body)])
    else:
        size = (len(body).bit_length() + 7) // 8
        length = bytes([0x80 | size]) + len(body).to_bytes(size, "big")
    return bytes([tag]) + length + body


def integer(value: int) -> bytes:
    return der(0x02, value.to_bytes(value.bit_length() // 8 + 1, "big"))


def oid(content: str) -> bytes:
    return der(0x06, bytes.fromhex(content))


def algorithm(content: str, *parameters: bytes) -> bytes:
    return der(0x30, oid(content), *(parameters or (der(0x05),)))


@dataclass
class Issuer:
    """A root and one document signer of the same kind of key: "ec", "rsa" or "pss"."""

    kind: str = "ec"
    end: datetime = END
    name: str = "Invented CSCA"

    def __post_init__(self) -> None:
        self.root_key, self.key = self._new_key(), self._new_key()
        self.root = self._certificate(self.name, self.root_key)
        self.certificate = self._certificate("Invented document signer", self.key)

    @property
    def root_der(self) -> bytes:
        return self.root.public_bytes(serialization.Encoding.DER)

    @property
    def signer_der(self) -> bytes:
        return self.certificate.public_bytes(serialization.Encoding.DER)

    def write_out_the_curve(self) -> bytes:
        """Return the signer's certificate with its curve's parameters written out, signed anew by the root."""
        certificate = asn1_x509.Certificate.load(self.signer_der)
        tbs = certificate["tbs_certificate"]
        old = tbs["subject_public_key_info"].dump()
        p = 0xA9FB57DBA1EEA9BC3E660A909D838D726E3BF623D52620282013481D1F6E5377
        a, b = 3, 7  # never computed with
        written = der(
            0x30,
            integer(1),
            der(0x30, oid("2A8648CE3D0101"), integer(p)),
            der(0x30, der(0x04, a.to_bytes(32, "big")), der(0x04, b.to_bytes(32, "big"))),
            der(0x04, b"\x04" + bytes(64)),
            integer(11),
            integer(1),
        )
        point = self.key.public_key().public_bytes(
            serialization.Encoding.X962, serialization.PublicFormat.UncompressedPoint
        )
        new = der(0x30, der(0x30, oid("2A8648CE3D0201"), written), der(0x03, b"\x00" + point))
        body = tbs.dump().replace(old, new)
        body = der(0x30, body[body.index(b"\xa0") :])
        signature = self.root_key.sign(body, ec.ECDSA(hashes.SHA256()))
        return der(0x30, body, certificate["signature_algorithm"].dump(), der(0x03, b"\x00" + signature))

    def _new_key(self):
        if self.kind == "ec":
            return ec.generate_private_key(ec.BrainpoolP256R1())
        return rsa.generate_private_key(public_exponent=65537, key_size=2048)

    def _certificate(self, subject: str, key) -> x509.Certificate:
        builder = x509.CertificateBuilder(
            issuer_name=x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, self.name)]),
            subject_name=x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, subject)]),
            public_key=key.public_key(),
            serial_number=x509.random_serial_number(),
            not_valid_before=BEGIN,
            not_valid_after=self.end,
        )
        options = {}
        if self.kind == "pss":
            options["rsa_padding"] = padding.PSS(padding.MGF1(hashes.SHA256()), 32)
        return builder.sign(self.root_key, hashes.SHA256(), **options)

    def sign(self, message: bytes) -> bytes:
        if self.kind == "ec":
            return self.key.sign(message, ec.ECDSA(hashes.SHA256()))
        scheme = padding.PKCS1v15() if self.kind == "rsa" else padding.PSS(padding.MGF1(hashes.SHA256()), 32)
        return self.key.sign(message, scheme, hashes.SHA256())

    @property
    def scheme(self) -> bytes:
        if self.kind == "ec":
            return der(0x30, oid(ECDSA_SHA256))
        if self.kind == "rsa":
            return algorithm(RSA_SHA256)
        mask = der(0x30, oid("2A864886F70D010108"), algorithm(SHA256))
        return algorithm(
            RSA_PSS, der(0x30, der(0xA0, algorithm(SHA256)), der(0xA1, mask), der(0xA2, integer(32)))
        )


def security_object(issuer: Issuer, groups: dict[int, bytes], *, certificate: bytes | None = None) -> bytes:
    """Return EF.SOD over these data groups (number to whole file), with SHA-256."""
    digests = [
        der(0x30, integer(number), der(0x04, hashlib.sha256(data).digest()))
        for number, data in sorted(groups.items())
    ]
    listed = der(0x30, integer(0), algorithm(SHA256), der(0x30, *digests))
    attributes = sorted(
        [
            der(0x30, oid("2A864886F70D010903"), der(0x31, oid("678108010101"))),
            der(0x30, oid("2A864886F70D010904"), der(0x31, der(0x04, hashlib.sha256(listed).digest()))),
        ]
    )
    signed = asn1_x509.Certificate.load(issuer.signer_der)
    signer = der(
        0x30,
        integer(1),
        der(0x30, signed.issuer.dump(), integer(signed.serial_number)),
        algorithm(SHA256),
        der(0xA0, *attributes),
        issuer.scheme,
        der(0x04, issuer.sign(der(0x31, *attributes))),
    )
    content = der(
        0x30,
        integer(3),
        der(0x31, algorithm(SHA256)),
        der(0x30, oid("678108010101"), der(0xA0, der(0x04, listed))),
        der(0xA0, certificate or issuer.signer_der),
        der(0x31, signer),
    )
    return der(0x77, der(0x30, oid("2A864886F70D010702"), der(0xA0, content)))
