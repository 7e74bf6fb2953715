"""Tax codes (mã số thuế) of enterprises and household businesses.

Source: TT 105/2020/TT-BTC: 10 digits with a check digit, 13 with a branch's three. Since 1 July 2025 persons
and household businesses use the personal number instead (recalled, not read).
"""

import re

from van_station.rules.citizen_card import check_id_number
from van_station.rules.findings import Finding, Severity

_WEIGHTS = (31, 29, 23, 19, 17, 13, 7, 5, 3)
_SHAPE = re.compile(r"([0-9]{10})(?:-?([0-9]{3}))?")
_SEPARATORS = re.compile(r"[\s.]")
MAX_TEXT = 40
PERSONAL_DIGITS = 12


def normal_tax_code(text: str) -> str:
    """Return the code as it is kept: digits, a hyphen before a branch's three."""
    clean = _SEPARATORS.sub("", text[:MAX_TEXT])
    shape = _SHAPE.fullmatch(clean)
    return f"{shape.group(1)}-{shape.group(2)}" if shape and shape.group(2) else clean


def check_tax_code(text: str) -> tuple[Finding, ...]:
    """Return what is wrong (shape) or doubtful (check digit) about a code; spaces and dots are taken off."""
    code = normal_tax_code(text)
    if len(code) == PERSONAL_DIGITS and code.isascii() and code.isdecimal():
        return check_id_number(code)
    shape = _SHAPE.fullmatch(code)
    if shape is None:
        return (Finding("tax.wrong_shape", Severity.ERROR),)
    digits = [int(digit) for digit in shape.group(1)]
    total = sum(weight * digit for weight, digit in zip(_WEIGHTS, digits, strict=False))
    if digits[9] != 10 - total % 11:
        return (Finding("tax.check_digit"),)
    return ()


def masked_tax_code(code: str) -> str:
    """Return a code as screens show it: the 12 digits of a personal number with their middle hidden."""
    return f"{code[:3]}······{code[-3:]}" if len(code) == PERSONAL_DIGITS and code.isdecimal() else code
