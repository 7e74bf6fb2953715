"""A protected conversation with a chip: commands and replies encrypted, counted and authenticated.

Source: ICAO Doc 9303 part 11 section 9.8.
"""

import hmac

from van_station.security.chip_ciphers import ChipCipher, padded, unpadded
from van_station.security.chip_commands import Command, Reply
from van_station.security.errors import BrokenChipAnswer
from van_station.security.tlv import elements, encoded

_PROTECTED = 0x0C
_ENCRYPTED, _STATUS, _MAC, _EXPECTED = 0x87, 0x99, 0x8E, 0x97
_PADDING_SAID = b"\x01"


class SecureSession:
    """Wraps commands and unwraps replies, in turn; the keys stay inside.

    One broken reply ends the session: whoever meddled gets no second try.
    """

    def __init__(self, cipher: ChipCipher, counter: bytes) -> None:
        """Take the session's cipher and first counter, of a block each."""
        self._cipher = cipher
        self._counter = int.from_bytes(counter, "big")
        self._is_broken = False

    def wrap(self, command: Command) -> bytes:
        """Return the bytes of a command under protection.

        Raises:
            BrokenChipAnswer: an earlier reply broke the session.
        """
        if self._is_broken:
            raise BrokenChipAnswer("the session is over")
        counter = self._next()
        block = self._cipher.block_bytes
        header = bytes([command.cla | _PROTECTED, command.ins, command.p1, command.p2])
        body = b""
        if command.data:
            sealed = self._cipher.encrypt(padded(command.data, block), counter)
            body += encoded(_ENCRYPTED, _PADDING_SAID + sealed)
        if command.expected is not None:
            body += encoded(_EXPECTED, bytes([command.expected % 256]))
        mac = self._cipher.message_mac(counter, padded(header, block) + body)
        protected = body + encoded(_MAC, mac)
        return header + bytes([len(protected)]) + protected + b"\x00"

    def unwrap(self, raw: bytes) -> Reply:
        """Return the reply in the open.

        A status without data and seal is passed on when it is an error: so a chip says that the session is
        over.

        Raises:
            BrokenChipAnswer: the seal does not fit, or the reply is not protected as it must be.
        """
        reply = Reply.decoded(raw)
        counter = self._next()
        if not reply.data and not reply.is_done:
            self._is_broken = True
            return reply
        try:
            return self._opened(reply, counter)
        except BrokenChipAnswer:
            self._is_broken = True
            raise

    def _opened(self, reply: Reply, counter: bytes) -> Reply:
        parts = {element.tag: element for element in elements(reply.data)}
        if _MAC not in parts or _STATUS not in parts or parts[_MAC].end != len(reply.data):
            raise BrokenChipAnswer("a reply without its seal")
        message = bytes(reply.data[: parts[_MAC].start])
        if not hmac.compare_digest(
            self._cipher.message_mac(counter, message), bytes(parts[_MAC].content)
        ) or bytes(parts[_STATUS].content) != reply.status.to_bytes(2, "big"):
            raise BrokenChipAnswer("the seal of a reply")
        if _ENCRYPTED not in parts:
            return Reply(b"", reply.status)
        content = bytes(parts[_ENCRYPTED].content)
        if content[:1] != _PADDING_SAID:
            raise BrokenChipAnswer("a reply's padding is not said")
        return Reply(unpadded(self._cipher.decrypt(content[1:], counter)), reply.status)

    def _next(self) -> bytes:
        size = self._cipher.block_bytes
        self._counter = (self._counter + 1) % (1 << (8 * size))
        return self._counter.to_bytes(size, "big")

    def __reduce__(self) -> str:
        raise TypeError("sessions are not copied or stored")

    def __repr__(self) -> str:
        return "<SecureSession>"
