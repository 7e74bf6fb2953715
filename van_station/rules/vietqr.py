"""VietQR payment codes. Source: NAPAS, format of VietQR codes, v1.0, 09/2021 (EMVCo merchant-presented)."""

import re
from collections.abc import Iterator
from dataclasses import dataclass, field

from van_station.rules.errors import QrRefused
from van_station.rules.text import ascii_upper

MAX_PAYLOAD = 512
MAX_AMOUNT_VND = 499_999_999
"""A single NAPAS 247 transfer stays below 500 million đồng (recalled)."""

MAX_BILL = 25
MAX_PURPOSE = 25

_NAPAS = "A000000727"
_TO_ACCOUNT = "QRIBFTTA"
_TO_CARD = "QRIBFTTC"
_CURRENCY = "704"
_AMOUNT = re.compile(r"[1-9][0-9]{0,12}")
_ACCOUNT = re.compile(r"[0-9A-Za-z]{1,19}")
_TEXT = re.compile(r"[ -~]+")


@dataclass(frozen=True, slots=True)
class PaymentCode:
    """What a VietQR says. `amount_vnd` None: the payer types it (static code)."""

    bank_bin: str
    account: str = field(repr=False)
    service: str
    static: bool
    amount_vnd: int | None
    bill_number: str | None
    purpose: str | None


def build(
    bank_bin: str,
    account: str,
    amount_vnd: int | None,
    bill_number: str | None = None,
    purpose: str | None = None,
) -> str:
    """Return the payload of a transfer to an account: dynamic when there is an amount, else static.

    Args:
        bank_bin: six digits; key on it, never on a bank's short code.
        account: 1 to 19 letters and digits, from signed configuration, never typed.
        amount_vnd: 1 to 499,999,999.
        bill_number: up to 25 printable ASCII characters; comes back in the bank's notice.
        purpose: the same; `plain_purpose` makes one.

    Raises:
        QrRefused: code `qr.bad_field` with the field's name.
    """
    _require(re.fullmatch(r"[0-9]{6}", bank_bin) is not None, "bank_bin")
    _require(_ACCOUNT.fullmatch(account) is not None, "account")
    _require(amount_vnd is None or 1 <= amount_vnd <= MAX_AMOUNT_VND, "amount_vnd")
    for name, text, most in (("bill_number", bill_number, MAX_BILL), ("purpose", purpose, MAX_PURPOSE)):
        _require(not text or (len(text) <= most and _TEXT.fullmatch(text) is not None), name)
    receiver = (
        _tlv("00", _NAPAS) + _tlv("01", _tlv("00", bank_bin) + _tlv("01", account)) + _tlv("02", _TO_ACCOUNT)
    )
    extra = (_tlv("01", bill_number) if bill_number else "") + (_tlv("08", purpose) if purpose else "")
    body = (
        _tlv("00", "01")
        + _tlv("01", "11" if amount_vnd is None else "12")
        + _tlv("38", receiver)
        + _tlv("53", _CURRENCY)
        + (_tlv("54", str(amount_vnd)) if amount_vnd is not None else "")
        + _tlv("58", "VN")
        + (_tlv("62", extra) if extra else "")
        + "6304"
    )
    return body + checksum(body)


def parse(payload: str) -> PaymentCode:
    """Read a payload that some bank or we made, trusting no length in it.

    Raises:
        QrRefused: `qr.broken` (structure), `qr.bad_checksum`, `qr.foreign` (no transfer in đồng by NAPAS).
    """
    if len(payload) > MAX_PAYLOAD:
        raise QrRefused(code="qr.broken")
    tags = dict(_fields(payload))
    if list(tags)[:1] != ["00"] or list(tags)[-1:] != ["63"] or tags["00"] != "01":
        raise QrRefused(code="qr.broken")
    if checksum(payload[:-4]) != tags["63"]:
        raise QrRefused(code="qr.bad_checksum")
    receiver = dict(_fields(tags.get("38", "")))
    if receiver.get("00") != _NAPAS or tags.get("53") != _CURRENCY or tags.get("58") != "VN":
        raise QrRefused(code="qr.foreign")
    account = dict(_fields(receiver.get("01", "")))
    if set(account) != {"00", "01"} or receiver.get("02", _TO_ACCOUNT) not in {_TO_ACCOUNT, _TO_CARD}:
        raise QrRefused(code="qr.broken")
    extra = dict(_fields(tags.get("62", "")))
    return PaymentCode(
        bank_bin=account["00"],
        account=account["01"],
        service=receiver.get("02", _TO_ACCOUNT),
        static=tags.get("01", "11") == "11",
        amount_vnd=_amount(tags.get("54")),
        bill_number=extra.get("01"),
        purpose=extra.get("08"),
    )


def plain_purpose(text: str) -> str:
    """Return text as banks take it: ASCII capitals, at most 25 characters."""
    return "".join(_TEXT.findall(ascii_upper(text)))[:MAX_PURPOSE].strip()


def checksum(text: str) -> str:
    """Return CRC-16/CCITT-FALSE over the UTF-8 bytes, four upper-case hex digits."""
    crc = 0xFFFF
    for byte in text.encode():
        crc ^= byte << 8
        for _ in range(8):
            crc = ((crc << 1) ^ 0x1021 if crc & 0x8000 else crc << 1) & 0xFFFF
    return f"{crc:04X}"


def _tlv(tag: str, value: str) -> str:
    return f"{tag}{len(value):02d}{value}"


def _fields(text: str) -> Iterator[tuple[str, str]]:
    at, seen = 0, set[str]()
    while at < len(text):
        head = text[at : at + 4]
        if re.fullmatch(r"[0-9]{4}", head) is None or head[:2] in seen:
            raise QrRefused(code="qr.broken")
        value = text[at + 4 : at + 4 + int(head[2:])]
        if len(value) != int(head[2:]) or not value:
            raise QrRefused(code="qr.broken")
        seen.add(head[:2])
        yield head[:2], value
        at += 4 + len(value)


def _amount(text: str | None) -> int | None:
    if text is None:
        return None
    if _AMOUNT.fullmatch(text) is None:
        raise QrRefused(code="qr.broken")
    return int(text)


def _require(holds: bool, field_name: str) -> None:  # noqa: FBT001 - the condition itself
    if not holds:
        raise QrRefused(code="qr.bad_field", field=field_name)
