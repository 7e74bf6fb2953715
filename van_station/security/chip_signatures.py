"""Signatures of document signers and their issuers: RSA (PKCS #1 v1.5 and PSS) and ECDSA.

Source: ICAO Doc 9303 part 12 section 4.4; RFC 5280, RFC 4055, RFC 5758.
"""

from asn1crypto import algos, keys
from cryptography import x509
from cryptography.exceptions import InvalidSignature, UnsupportedAlgorithm
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import ec, padding, rsa

from van_station.security.pace_mapping import CURVES

_HASHES: dict[str, type[hashes.HashAlgorithm]] = {
    "sha224": hashes.SHA224,
    "sha256": hashes.SHA256,
    "sha384": hashes.SHA384,
    "sha512": hashes.SHA512,
}
"""Not SHA-1: a signature over it proves nothing any more."""
_BY_PRIME = {points.curve.p(): curve for curve, points in CURVES.values()}
"""Certificates of travel documents write their curve out (part 12 section 4.4.3); its prime tells which it
is.

The point is then taken on our own curve, so that parameters made up by somebody are never computed with.
"""


def is_signed(
    key: keys.PublicKeyInfo,
    algorithm: algos.SignedDigestAlgorithm,
    signature: bytes,
    message: bytes,
    *,
    digest_algorithm: str | None = None,
) -> bool:
    """Tell whether `signature` over `message` was made with this key.

    Args:
        key: as in a certificate.
        algorithm: as it stands beside the signature.
        signature: raw (RSA) or DER (ECDSA).
        message: what was signed.
        digest_algorithm: used where `algorithm` names none, as CMS may.

    Raises:
        UnsupportedAlgorithm, ValueError, KeyError: a kind of key or signature that we do not know.
    """
    public = _loaded(key)
    scheme = algorithm.signature_algo
    try:
        if isinstance(public, ec.EllipticCurvePublicKey) and scheme == "ecdsa":
            public.verify(signature, message, ec.ECDSA(_digest(algorithm, digest_algorithm)))
        elif isinstance(public, rsa.RSAPublicKey) and scheme == "rsassa_pkcs1v15":
            public.verify(signature, message, padding.PKCS1v15(), _digest(algorithm, digest_algorithm))
        elif isinstance(public, rsa.RSAPublicKey) and scheme == "rsassa_pss":
            public.verify(signature, message, _pss(algorithm), _hash(algorithm.hash_algo))
        else:
            raise UnsupportedAlgorithm("a signature of another kind than its key")
    except InvalidSignature:
        return False
    return True


def _loaded(key: keys.PublicKeyInfo) -> ec.EllipticCurvePublicKey | rsa.RSAPublicKey:
    if key.algorithm in {"rsa", "rsassa_pss"}:
        numbers = key["public_key"].parsed
        modulus, exponent = numbers["modulus"].native, numbers["public_exponent"].native
        return rsa.RSAPublicNumbers(exponent, modulus).public_key()
    if key.algorithm == "ec":
        return ec.EllipticCurvePublicKey.from_encoded_point(_curve(key), key["public_key"].native)
    raise UnsupportedAlgorithm("kind of a key")


def _curve(key: keys.PublicKeyInfo) -> ec.EllipticCurve:
    parameters = key["algorithm"]["parameters"]
    if parameters.name == "named":
        named = ec.get_curve_for_oid(x509.ObjectIdentifier(parameters.chosen.dotted))
        return named()
    if parameters.name == "specified":
        return _BY_PRIME[int(parameters.chosen["field_id"]["parameters"].native)]
    raise UnsupportedAlgorithm("a curve of its issuer")


def _digest(algorithm: algos.SignedDigestAlgorithm, otherwise: str | None) -> hashes.HashAlgorithm:
    try:
        return _hash(algorithm.hash_algo)
    except ValueError:
        return _hash(otherwise or "")


def _hash(name: str) -> hashes.HashAlgorithm:
    return _HASHES[name]()


def _pss(algorithm: algos.SignedDigestAlgorithm) -> padding.PSS:
    parameters = algorithm["parameters"]
    mask = parameters["mask_gen_algorithm"]["parameters"]["algorithm"].native
    return padding.PSS(padding.MGF1(_hash(mask)), int(parameters["salt_length"].native))
