"""Password Authenticated Connection Establishment: ECDH, generic mapping, AES-CBC with CMAC.

Source: ICAO Doc 9303 part 11 sections 4.4 and 9.2.11.
"""

import hmac
from dataclasses import dataclass

from cryptography.hazmat.primitives.asymmetric import ec

from van_station.security.chip_ciphers import AesCipher, KeyUse, decrypted_nonce, derived_key
from van_station.security.chip_commands import (
    WHOLE_REPLY,
    Command,
    Reply,
    Transmit,
    ask,
    authenticated,
)
from van_station.security.errors import BrokenChipAnswer, ChipLocked, ChipNotSupported, WrongChipKey
from van_station.security.pace_mapping import CURVES, Mapping, NewKey
from van_station.security.secure_messaging import SecureSession
from van_station.security.tlv import elements, encoded, only
from van_station.security.travel_document import ChipPassword

_GENERIC_ECDH = bytes.fromhex("04007F000702020402")
_KEY_BYTES_OF = {2: 16, 3: 24, 4: 32}
"""Last arc of the object identifier: AES-128, AES-192, AES-256; 1 is 3DES, which we leave to BAC."""
_MAX_INFOS = 16
_SEQUENCE, _SET, _INTEGER, _OID = 0x30, 0x31, 0x02, 0x06
_DYNAMIC, _PUBLIC_KEY = 0x7C, 0x7F49
_BLOCK_BYTES = 16


@dataclass(frozen=True, slots=True)
class PaceOffer:
    """One way of PACE that the chip offers and we can go.

    Attributes:
        protocol: content of the object identifier.
        key_bytes: 16, 24 or 32.
        parameter_id: key of `CURVES`.
        is_only: whether the chip offers this protocol on one curve only.
    """

    protocol: bytes
    key_bytes: int
    parameter_id: int
    is_only: bool = True


def pace_offers(card_access: bytes) -> tuple[PaceOffer, ...]:
    """Return what EF.CardAccess offers and we support, strongest first; () when there is nothing.

    Raises:
        BrokenChipAnswer: the file cannot be read.
    """
    found: list[tuple[bytes, int]] = []
    for count, info in enumerate(elements(only(card_access, _SET))):
        if count >= _MAX_INFOS:
            raise BrokenChipAnswer("too many infos")
        if info.tag == _SEQUENCE:
            fields = [(each.tag, bytes(each.content)) for each in elements(info.content)]
            if [tag for tag, _ in fields] == [_OID, _INTEGER, _INTEGER]:
                found.append((fields[0][1], int.from_bytes(fields[2][1], "big")))
    offers = [
        PaceOffer(
            protocol,
            _KEY_BYTES_OF[protocol[-1]],
            curve,
            is_only=[each for each, _ in found].count(protocol) == 1,
        )
        for protocol, curve in found
        if protocol[:-1] == _GENERIC_ECDH and protocol[-1] in _KEY_BYTES_OF and curve in CURVES
    ]
    return tuple(sorted(offers, key=lambda offer: (offer.key_bytes, offer.parameter_id), reverse=True))


def open_by_pace(
    transmit: Transmit,
    password: ChipPassword,
    offer: PaceOffer,
    *,
    new_key: NewKey = ec.generate_private_key,
) -> SecureSession:
    """Authenticate by PACE (section 4.4.1), before any application is selected.

    Raises:
        ChipNotSupported: the chip refuses this protocol or kind of password; another way may do.
        WrongChipKey, ChipLocked: it refuses the password.
        BrokenChipAnswer: its answers do not follow the protocol.
    """
    _announce(transmit, password, offer)
    sealed = _answer(0x80, _first(transmit))
    if len(sealed) != _BLOCK_BYTES:
        raise BrokenChipAnswer("length of a nonce")
    mapping = Mapping(offer.parameter_id, new_key)
    nonce = decrypted_nonce(password.pace_key(offer.key_bytes), sealed)
    mapping.map(nonce, _answer(0x82, _chained(transmit, 0x81, mapping.point)))
    ours = mapping.mapped_point
    theirs = _answer(0x84, _chained(transmit, 0x83, ours))
    secret = mapping.agree(theirs)
    cipher = AesCipher(
        derived_key(secret, KeyUse.ENCRYPT, offer.key_bytes),
        derived_key(secret, KeyUse.AUTHENTICATE, offer.key_bytes),
    )
    token = encoded(_DYNAMIC, encoded(0x85, _token(cipher, offer, theirs)))
    last = ask(transmit, Command(0x00, 0x86, 0, 0, token, expected=WHOLE_REPLY))
    proof = bytes(only(only(authenticated(last), _DYNAMIC), 0x86))
    if not hmac.compare_digest(proof, _token(cipher, offer, ours)):
        raise WrongChipKey("the chip's token")
    return SecureSession(cipher, bytes(_BLOCK_BYTES))


def _announce(transmit: Transmit, password: ChipPassword, offer: PaceOffer) -> None:
    """MSE:Set AT; the curve is named only where the protocol leaves a choice (section 4.4.4.1)."""
    data = encoded(0x80, offer.protocol) + encoded(0x83, bytes([password.kind]))
    if not offer.is_only:
        data += encoded(0x84, bytes([offer.parameter_id]))
    reply = ask(transmit, Command(0x00, 0x22, 0xC1, 0xA4, data))
    if reply.status in {0x63C0, 0x6983}:
        raise ChipLocked(f"status {reply.status:04X}")
    if not reply.is_done and reply.status & 0xFFF0 != 0x63C0:  # 63Cx: tries left, a warning
        raise ChipNotSupported(f"status {reply.status:04X}")


def _first(transmit: Transmit) -> Reply:
    return ask(transmit, Command(0x10, 0x86, 0, 0, encoded(_DYNAMIC, b""), expected=WHOLE_REPLY))


def _chained(transmit: Transmit, tag: int, point: bytes) -> Reply:
    data = encoded(_DYNAMIC, encoded(tag, point))
    return ask(transmit, Command(0x10, 0x86, 0, 0, data, expected=WHOLE_REPLY))


def _answer(tag: int, reply: Reply) -> bytes:
    """Return what one step answers; a refusal here is the protocol's, not the key's."""
    if not reply.is_done:
        raise ChipNotSupported(f"status {reply.status:04X}")
    return bytes(only(only(reply.data, _DYNAMIC), tag))


def _token(cipher: AesCipher, offer: PaceOffer, point: bytes) -> bytes:
    """Return the authentication token over the other side's point (section 4.4.3.4)."""
    return cipher.mac(encoded(_PUBLIC_KEY, encoded(_OID, offer.protocol) + encoded(0x86, point)))
