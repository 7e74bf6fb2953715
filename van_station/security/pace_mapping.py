"""The curve arithmetic of PACE's generic mapping.

`cryptography` draws the keys, checks the chip's points and makes the shared secret. Two things it cannot
do, since it hands out only the x of a product: add points, and multiply the mapped generator. Those are
python-ecdsa's. Its arithmetic takes no constant time; decision 0010 says why that is borne here. Source:
ICAO Doc 9303 part 11 sections 4.4.3.3.1 (mapping), 9.5.1 (curves) and 9.4.4 (points).
"""

from collections.abc import Callable

import ecdsa
from cryptography.exceptions import UnsupportedAlgorithm
from cryptography.hazmat.primitives.asymmetric import ec
from ecdsa.ellipticcurve import INFINITY, PointJacobi

from van_station.security.errors import BrokenChipAnswer

NewKey = Callable[[ec.EllipticCurve], ec.EllipticCurvePrivateKey]

CURVES: dict[int, tuple[ec.EllipticCurve, ecdsa.curves.Curve]] = {
    12: (ec.SECP256R1(), ecdsa.NIST256p),
    13: (ec.BrainpoolP256R1(), ecdsa.BRAINPOOLP256r1),
    15: (ec.SECP384R1(), ecdsa.NIST384p),
    16: (ec.BrainpoolP384R1(), ecdsa.BRAINPOOLP384r1),
    17: (ec.BrainpoolP512R1(), ecdsa.BRAINPOOLP512r1),
    18: (ec.SECP521R1(), ecdsa.NIST521p),
}
"""By the standardised domain parameter id; smaller curves and classic Diffie-Hellman are refused."""


class Mapping:
    """One run's ephemeral keys; in order: `point`, `map`, `mapped_point`, `agree`."""

    def __init__(self, parameter_id: int, new_key: NewKey = ec.generate_private_key) -> None:
        """Draw two keys on a curve of `CURVES`."""
        self._curve, self._points = CURVES[parameter_id]
        self._first, self._second = new_key(self._curve), new_key(self._curve)
        self._generator: PointJacobi | None = None

    @property
    def point(self) -> bytes:
        """Our point for the mapping, uncompressed."""
        return _encoded(self._first.public_key())

    def map(self, nonce: bytes, their_point: bytes) -> None:
        """Make this run's generator: nonce times the curve's own, plus the shared point.

        Raises:
            BrokenChipAnswer: their point is not on the curve, or the sum is no generator.
        """
        self._checked(their_point)
        theirs = PointJacobi.from_bytes(
            self._points.curve, their_point, valid_encodings=("uncompressed",), order=self._points.order
        )
        shared = theirs * self._first.private_numbers().private_value
        mapped = self._points.generator * int.from_bytes(nonce, "big") + shared
        if mapped == INFINITY:
            raise BrokenChipAnswer("no generator")
        self._generator = mapped

    @property
    def mapped_point(self) -> bytes:
        """Our point for the agreement: our second key times the mapped generator."""
        if self._generator is None:
            raise BrokenChipAnswer("the mapping comes first")
        point = self._generator * self._second.private_numbers().private_value
        return bytes(point.to_bytes("uncompressed"))

    def agree(self, their_point: bytes) -> bytes:
        """Return the shared secret: the x of our second key times their point.

        Raises:
            BrokenChipAnswer: their point is not on the curve, or is our own.
        """
        if their_point == self.mapped_point:
            raise BrokenChipAnswer("our own point came back")
        return self._second.exchange(ec.ECDH(), self._checked(their_point))

    def _checked(self, point: bytes) -> ec.EllipticCurvePublicKey:
        if point[:1] != b"\x04":
            raise BrokenChipAnswer("form of a point")
        try:
            return ec.EllipticCurvePublicKey.from_encoded_point(self._curve, point)
        except (ValueError, UnsupportedAlgorithm) as error:
            raise BrokenChipAnswer("a point off the curve") from error

    def __reduce__(self) -> str:
        raise TypeError("ephemeral keys are not copied or stored")

    def __repr__(self) -> str:
        return "<Mapping>"


def _encoded(key: ec.EllipticCurvePublicKey) -> bytes:
    numbers = key.public_numbers()
    size = (key.curve.key_size + 7) // 8
    return b"\x04" + numbers.x.to_bytes(size, "big") + numbers.y.to_bytes(size, "big")
