"""A citizen card in software: the chip's side of ICAO Doc 9303 parts 10 and 11, and a reader's plug for it.

Written from the standard, without the product's code: other arithmetic, other framing, so that a mistake of the
reader is not mirrored here. `plugged` connects it to vsmartcard's virtual reader (TCP, length before each message),
behind the system's real PC/SC service.
"""

from __future__ import annotations

import hashlib
import os
import secrets
import socket
import struct
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field

from cryptography.hazmat.decrepit.ciphers.algorithms import TripleDES
from cryptography.hazmat.primitives import cmac
from cryptography.hazmat.primitives.ciphers import Cipher, algorithms, modes

from tests.security.signed_chip import Issuer, der, integer, security_object

ATR = bytes.fromhex("3B8880014454682056434344B1")
"""A contactless card's, with historical bytes made up."""
PEOPLE = "IDVNM1990001239001199000123<<09901018F3901016VNM<<<<<<<<<<<6NGUYEN<<THI<VI<DU<<<<<<<<<<<<<"
KEY = "199000123999010183901016"
CAN = "000123"
RELIGION, MARKS = "Tôn giáo bí mật", "Nốt ruồi bí mật"
DETAILS: dict[int, tuple[str, ...]] = {
    1: ("001199000123",),
    2: ("Nguyễn Thị Ví Dụ",),
    3: ("01/01/1999",),
    4: ("Nữ",),
    5: ("Việt Nam",),
    6: ("Kinh",),
    7: (RELIGION,),
    8: ("Trúc Bạch, Ba Đình, Hà Nội",),
    9: ("Số 1 ngõ 2, Phường Ba Đình, Hà Nội",),
    10: (MARKS,),
    11: ("15/08/2021",),
    12: ("01/01/2039",),
    13: ("Nguyễn Văn Cha", "Trần Thị Mẹ"),
    14: ("Lê Văn Chồng",),
    15: ("012345678",),
}

# brainpoolP256r1 (RFC 5639) and P-256 (FIPS 186-4): p, a, b, G, n.
CURVES = {
    13: (
        0xA9FB57DBA1EEA9BC3E660A909D838D726E3BF623D52620282013481D1F6E5377,
        0x7D5A0975FC2C3057EEF67530417AFFE7FB8055C126DC5C6CE94A4B44F330B5D9,
        0x26DC5C6CE94A4B44F330B5D9BBD77CBF958416295CF7E1CE6BCCDC18FF8C07B6,
        (
            0x8BD2AEB9CB7E57CB2C4B482FFC81B7AFB9DE27E1E3BD23C23A4453BD9ACE3262,
            0x547EF835C3DAC4FD97F8461A14611DC9C27745132DED8E545C1D54C72F046997,
        ),
        0xA9FB57DBA1EEA9BC3E660A909D838D718C397AA3B561A6F7901E0E82974856A7,
    ),
    12: (
        0xFFFFFFFF00000001000000000000000000000000FFFFFFFFFFFFFFFFFFFFFFFF,
        0xFFFFFFFF00000001000000000000000000000000FFFFFFFFFFFFFFFFFFFFFFFC,
        0x5AC635D8AA3A93E7B3EBBD55769886BC651D06B0CC53B0F63BCE3C3E27D2604B,
        (
            0x6B17D1F2E12C4247F8BCE6E563A440F277037D812DEB33A0F4A13945D898C296,
            0x4FE342E2FE1A7F9B8EE7EB4A7C0F9E162BCE33576B315ECECBB6406837BF51F5,
        ),
        0xFFFFFFFF00000000FFFFFFFFFFFFFFFFBCE6FAADA7179E84F3B9CAC2FC632551,
    ),
}
Point = tuple[int, int]


def add(curve, one: Point | None, two: Point | None) -> Point | None:
    p, a = curve[0], curve[1]
    if one is None or two is None:
        return one or two
    if one[0] == two[0]:
        if (one[1] + two[1]) % p == 0:
            return None
        slope = (3 * one[0] ** 2 + a) * pow(2 * one[1], -1, p) % p
    else:
        slope = (two[1] - one[1]) * pow(two[0] - one[0], -1, p) % p
    x = (slope**2 - one[0] - two[0]) % p
    return x, (slope * (one[0] - x) - one[1]) % p


def times(curve, scalar: int, point: Point | None) -> Point | None:
    result = None
    while scalar:
        if scalar & 1:
            result = add(curve, result, point)
        point, scalar = add(curve, point, point), scalar >> 1
    return result


def written(point: Point) -> bytes:
    return b"\x04" + b"".join(each.to_bytes(32, "big") for each in point)


def read(data: bytes) -> Point:
    assert len(data) == 65
    return int.from_bytes(data[1:33], "big"), int.from_bytes(data[33:], "big")


def pad(data: bytes, size: int) -> bytes:
    return data + b"\x80" + b"\x00" * ((size - (len(data) + 1) % size) % size)


def xor(one: bytes, two: bytes) -> bytes:
    return bytes(a ^ b for a, b in zip(one, two, strict=True))


class Des:
    """3DES and the retail MAC, block by block as ISO/IEC 9797-1 draws it."""

    block = 8

    def __init__(self, seed: bytes) -> None:
        self.enc, self.mac_key = (hashlib.sha1(seed + bytes([0, 0, 0, use])).digest()[:16] for use in (1, 2))

    def _run(self, key: bytes, data: bytes, *, backwards: bool = False) -> bytes:
        whole = key if len(key) == 24 else (key + key[:8] if len(key) == 16 else key * 3)
        cipher = Cipher(TripleDES(whole), modes.CBC(bytes(8)))
        step = cipher.decryptor() if backwards else cipher.encryptor()
        return step.update(data) + step.finalize()

    def encrypt(self, data: bytes, _: bytes = b"") -> bytes:
        return self._run(self.enc, data)

    def decrypt(self, data: bytes, _: bytes = b"") -> bytes:
        return self._run(self.enc, data, backwards=True)

    def mac(self, padded: bytes) -> bytes:
        left, right = self.mac_key[:8], self.mac_key[8:]
        value = bytes(8)
        for at in range(0, len(padded), 8):
            value = self._run(left, xor(value, padded[at : at + 8]))
        return self._run(left, self._run(right, value, backwards=True))


class Aes:
    block = 16

    def __init__(self, secret: bytes, size: int) -> None:
        digest = hashlib.sha1 if size == 16 else hashlib.sha256
        self.enc, self.mac_key = (digest(secret + bytes([0, 0, 0, use])).digest()[:size] for use in (1, 2))

    def _cipher(self, counter: bytes) -> Cipher:
        ecb = Cipher(algorithms.AES(self.enc), modes.ECB()).encryptor()
        return Cipher(algorithms.AES(self.enc), modes.CBC(ecb.update(counter)))

    def encrypt(self, data: bytes, counter: bytes) -> bytes:
        return self._cipher(counter).encryptor().update(data)

    def decrypt(self, data: bytes, counter: bytes) -> bytes:
        return self._cipher(counter).decryptor().update(data)

    def mac(self, message: bytes) -> bytes:
        made = cmac.CMAC(algorithms.AES(self.mac_key))
        made.update(message)
        return made.finalize()[:8]


def parts(data: bytes) -> dict[int, bytes]:
    """Return elements with tags of one byte and lengths up to 0x82."""
    found, at = {}, 0
    while at < len(data):
        tag, size, at = data[at], data[at + 1], at + 2
        if size > 0x80:
            more = size - 0x80
            size, at = int.from_bytes(data[at : at + more], "big"), at + more
        found[tag], at = data[at : at + size], at + size
    return found


def data_group_13(details: dict[int, tuple[str, ...]]) -> bytes:
    """One sequence an entry; two names lie in a sequence each of their own."""
    entries = []
    for number, texts in details.items():
        said = [der(0x0C, text.encode()) for text in texts]
        entries.append(
            der(0x30, integer(number), *(said if len(said) == 1 else [der(0x30, each) for each in said]))
        )
    return long(0x6D, der(0x30, integer(0), oid_of_nobody(), der(0x31, *entries)))


def oid_of_nobody() -> bytes:
    return der(0x06, bytes.fromhex("2A0304"))


def long(tag: int, body: bytes) -> bytes:
    return der(tag, body)


@dataclass
class SoftwareCard:
    """One card.

    `pace` is (last arc of the protocol, curve id), or None; `refuses_pace` answers MSE:Set AT with an error. `bend`
    sees each plain command and reply and may change the reply. `commands` counts what came; `silent_after` and
    `gone_after` stop answering, or end the connection, after so many commands.
    """

    key: str = KEY
    can: str = CAN
    details: dict[int, tuple[str, ...]] = field(default_factory=lambda: dict(DETAILS))
    zone: str = PEOPLE
    pace: tuple[int, int] | None = (2, 13)
    refuses_pace: bool = False
    locked: bool = False
    issuer: Issuer | None = None
    has_sod: bool = True
    has_master_file: bool = False
    bend: Callable[[bytes, bytes], bytes] = lambda _, reply: reply
    raw: Callable[[bytes], bytes] = lambda reply: reply
    silent_after: int | None = None
    gone_after: int | None = None

    def __post_init__(self) -> None:
        dg1 = der(0x61, b"\x5f\x1f" + bytes([len(self.zone)]) + self.zone.encode())
        dg13 = data_group_13(self.details)
        self.files = {
            0x011E: der(0x60, b"\x5f\x01\x040107\x5f\x36\x06040000", b"\x5c\x06\x61\x75\x63\x6d\x6e\x6f"),
            0x0101: dg1,
            0x010D: dg13,
        }
        if self.has_sod:
            self.issuer = self.issuer or Issuer()
            self.files[0x011D] = security_object(self.issuer, {1: dg1, 13: dg13})
        if self.pace:
            arc, curve = self.pace
            self.protocol = bytes.fromhex("04007F000702020402") + bytes([arc])
            info = der(0x30, der(0x06, self.protocol), integer(2), integer(curve))
            self.files[0x011C] = der(0x31, der(0x30, oid_of_nobody(), integer(1)), info)
        self.commands = 0
        self.power_on()

    def power_on(self) -> None:
        self.session: Des | Aes | None = None
        self.counter = 0
        self.selected: int | None = None
        self.in_application = False
        self.challenge = b""
        self.step: tuple = ()

    def answer(self, command: bytes) -> bytes:
        """Return the reply to one command, as it goes over the line."""
        self.commands += 1
        if command[0] & 0x0C and self.session is not None:
            reply = self._protected(command)
        else:
            if self.session is not None:
                self.power_on()
            reply = self.bend(command, self._plain(command[:4], *self._body(command)))
        return self.raw(reply)

    @staticmethod
    def _body(command: bytes) -> tuple[bytes, int | None]:
        rest = command[4:]
        if len(rest) <= 1:
            return b"", (rest[0] or 256) if rest else None
        data, tail = rest[1 : 1 + rest[0]], rest[1 + rest[0] :]
        return data, (tail[0] or 256) if tail else None

    def _protected(self, command: bytes) -> bytes:
        size = self.session.block
        data, _ = self._body(command)
        objects = parts(data)
        counter = self._count()
        signed = data[:-10]  # the seal comes last, in ten bytes
        message = counter + pad(command[:4], size) + signed
        if self.session.mac(pad(message, size)) != objects[0x8E]:
            self.power_on()
            return b"\x69\x88"
        plain = b""
        if 0x87 in objects:
            opened = self.session.decrypt(objects[0x87][1:], counter).rstrip(b"\x00")
            plain = opened[:-1]
        wanted = (objects[0x97][0] or 256) if 0x97 in objects else None
        inner = bytes([command[0] & 0xF3]) + command[1:4]
        reply = self.bend(inner, self._plain(inner, plain, wanted))
        counter = self._count()
        body = b""
        if reply[:-2]:
            body += der(0x87, b"\x01" + self.session.encrypt(pad(reply[:-2], size), counter))
        body += der(0x99, reply[-2:])
        return body + der(0x8E, self.session.mac(pad(counter + body, size))) + reply[-2:]

    def _count(self) -> bytes:
        self.counter += 1
        return self.counter.to_bytes(self.session.block, "big")

    def _plain(self, header: bytes, data: bytes, wanted: int | None) -> bytes:  # noqa: PLR0911
        ins, p1, p2 = header[1], header[2], header[3]
        if ins == 0xA4:
            return self._select(p1, data)
        if ins == 0xB0:
            return self._read_binary((p1 << 8) | p2, wanted)
        if ins == 0x84 and self.in_application:
            self.challenge = os.urandom(8)
            return self.challenge + b"\x90\x00"
        if ins == 0x82 and self.challenge:
            return self._mutual(data)
        if ins == 0x22:
            return self._set_at(data)
        if ins == 0x86:
            return self._general_authenticate(data)
        return b"\x6d\x00"

    def _select(self, p1: int, data: bytes) -> bytes:
        if p1 == 0:
            return b"\x90\x00" if self.has_master_file else b"\x6d\x00"
        if p1 == 4:
            self.in_application = data.hex().upper() == "A0000002471001"
            return b"\x90\x00" if self.in_application else b"\x6a\x82"
        number = int.from_bytes(data, "big")
        if number not in self.files:
            return b"\x6a\x82"
        if number != 0x011C and self.session is None:
            return b"\x69\x82"
        self.selected = number
        return b"\x90\x00"

    def _read_binary(self, offset: int, wanted: int | None) -> bytes:
        if self.selected is None or offset > 0x7FFF:
            return b"\x69\x86"
        piece = self.files[self.selected][offset : offset + (wanted or 256)]
        return piece + (b"\x90\x00" if len(piece) == wanted else b"\x62\x82")

    def _mutual(self, data: bytes) -> bytes:
        if self.locked:
            return b"\x69\x83"
        cipher = Des(hashlib.sha1(self.key.encode()).digest()[:16])
        sealed, mac = data[:32], data[32:]
        opened = cipher.decrypt(sealed)
        if cipher.mac(pad(sealed, 8)) != mac or opened[8:16] != self.challenge:
            return b"\x63\x00"
        key = os.urandom(16)
        sealed = cipher.encrypt(self.challenge + opened[:8] + key)
        self.session = Des(xor(opened[16:], key))
        self.counter = int.from_bytes(self.challenge[4:] + opened[4:8], "big")
        return sealed + cipher.mac(pad(sealed, 8)) + b"\x90\x00"

    def _set_at(self, data: bytes) -> bytes:
        asked = parts(data)
        if self.refuses_pace or not self.pace or asked.get(0x80) != self.protocol:
            return b"\x6a\x88"
        if self.locked:
            return b"\x69\x83"
        secret = self.can.encode() if asked[0x83] == b"\x02" else hashlib.sha1(self.key.encode()).digest()
        size = {2: 16, 3: 24, 4: 32}[self.pace[0]]
        digest = hashlib.sha1 if size == 16 else hashlib.sha256
        self.step = ("nonce", digest(secret + bytes([0, 0, 0, 3])).digest()[:size], size)
        return b"\x90\x00"

    def _general_authenticate(self, data: bytes) -> bytes:
        asked = parts(parts(data)[0x7C])
        curve = CURVES[self.pace[1]] if self.pace else ()
        match self.step:
            case ("nonce", key, size):
                nonce = os.urandom(16)
                self.step = ("map", nonce, size)
                sealed = Cipher(algorithms.AES(key), modes.CBC(bytes(16))).encryptor().update(nonce)
                return der(0x7C, der(0x80, sealed)) + b"\x90\x00"
            case ("map", nonce, size):
                own = secrets.randbelow(curve[4] - 1) + 1
                shared = times(curve, own, read(asked[0x81]))
                base = add(curve, times(curve, int.from_bytes(nonce, "big"), curve[3]), shared)
                self.step = ("agree", base, size)
                return der(0x7C, der(0x82, written(times(curve, own, curve[3])))) + b"\x90\x00"
            case ("agree", base, size):
                own = secrets.randbelow(curve[4] - 1) + 1
                ours, theirs = written(times(curve, own, base)), asked[0x83]
                secret = times(curve, own, read(theirs))[0].to_bytes(32, "big")
                self.step = ("token", Aes(secret, size), ours, theirs)
                return der(0x7C, der(0x84, ours)) + b"\x90\x00"
            case ("token", cipher, ours, theirs):
                self.step = ()

                def token(point: bytes) -> bytes:
                    body = der(0x06, self.protocol) + der(0x86, point)
                    return cipher.mac(b"\x7f\x49" + bytes([len(body)]) + body)

                if asked[0x85] != token(ours):
                    return b"\x63\x00"
                self.session, self.counter = cipher, 0
                return der(0x7C, der(0x86, token(theirs))) + b"\x90\x00"
        return b"\x69\x85"


@contextmanager
def plugged(card: SoftwareCard, port: int) -> Iterator[None]:
    """Lay the card on the virtual reader that listens on this port; take it off at the end."""
    plug = _Plug(card, port)
    plug.thread.start()
    try:
        yield
    finally:
        plug.pull()


class _Plug:
    """Keeps the card connected: the virtual reader may drop a new card while it puts the last one away."""

    def __init__(self, card: SoftwareCard, port: int) -> None:
        self._card, self._port = card, port
        self._pulled = False
        self._line: socket.socket | None = None
        self.thread = threading.Thread(target=self._run, daemon=True)

    def pull(self) -> None:
        self._pulled = True
        if self._line is not None:
            with suppress(OSError):
                self._line.shutdown(socket.SHUT_RDWR)
        self.thread.join(5)

    def _run(self) -> None:
        while not self._pulled:
            with socket.create_connection(("127.0.0.1", self._port), timeout=10) as self._line:
                self._line.settimeout(None)
                if _serve(self._card, self._line):
                    return


def _serve(card: SoftwareCard, line: socket.socket) -> bool:
    """vpcd's protocol: two bytes of length, then 00 off, 01 on, 02 reset, 04 ATR, or a command.

    Returns whether the card was pulled on purpose.
    """
    try:
        while True:
            (size,) = struct.unpack("!H", _exactly(line, 2))
            message = _exactly(line, size)
            if size == 1:
                if message[0] in {0, 1, 2}:
                    card.power_on()
                elif message[0] == 4:
                    line.sendall(struct.pack("!H", len(ATR)) + ATR)
                continue
            if card.gone_after is not None and card.commands >= card.gone_after:
                return True
            if card.silent_after is not None and card.commands >= card.silent_after:
                continue
            reply = card.answer(message)
            line.sendall(struct.pack("!H", len(reply)) + reply)
    except OSError:
        return False


def _exactly(line: socket.socket, size: int) -> bytes:
    data = b""
    while len(data) < size:
        line.setsockopt(socket.IPPROTO_TCP, socket.TCP_QUICKACK, 1)  # the reader sends in two pieces
        piece = line.recv(size - len(data))
        if not piece:
            raise OSError("line ended")
        data += piece
    return data
