"""Canonical JSON: one value, one sequence of bytes, so that it can be hashed and signed."""

import json
from typing import TypeAlias

from sync.errors import ProtocolBroken, TooLarge

JsonValue: TypeAlias = "bool | int | float | str | list[JsonValue] | dict[str, JsonValue] | None"

MAX_DEPTH = 32
"""Lists and objects inside one another; deeper is refused on both sides."""
MAX_INTEGER = 2**63 - 1


def canonical(value: JsonValue) -> bytes:
    """Return `value` as UTF-8 JSON: keys sorted by code point, no spaces, no escapes beyond JSON's own.

    Raises:
        ValueError: not JSON (NaN, a non-text key, a lone surrogate, an integer
            beyond 64 bits, nested deeper than `MAX_DEPTH`).
    """
    require_json(value)
    text = json.dumps(value, sort_keys=True, separators=(",", ":"), ensure_ascii=False, allow_nan=False)
    return text.encode("utf-8")


def require_json(value: JsonValue, *, depth: int = MAX_DEPTH) -> None:
    """Raise ValueError unless `value` survives a round trip through JSON unchanged."""
    if isinstance(value, dict | list):
        if depth == 0:
            raise ValueError("nested too deeply")
        if isinstance(value, dict) and not all(isinstance(key, str) for key in value):
            raise ValueError("a key is not text")
        for item in value.values() if isinstance(value, dict) else value:
            require_json(item, depth=depth - 1)
    elif isinstance(value, int):
        if abs(value) > MAX_INTEGER:
            raise ValueError("integer beyond 64 bits")
    elif value is not None and not isinstance(value, str | float):
        raise ValueError("not a JSON value")


def parse(data: bytes, *, max_bytes: int) -> JsonValue:
    """Read JSON of an untrusted origin, of at most `max_bytes`.

    Raises:
        TooLarge: more bytes than allowed; nothing was parsed.
        ProtocolBroken: not JSON as `canonical` writes it (spacing and key order aside).
    """
    if len(data) > max_bytes:
        raise TooLarge(f"{len(data)} bytes, {max_bytes} allowed")
    try:
        value: JsonValue = json.loads(data.decode("utf-8"), parse_constant=_refuse_constant)
        canonical(value)
    except (ValueError, RecursionError) as error:
        raise ProtocolBroken("not JSON") from error
    return value


def _refuse_constant(name: str) -> JsonValue:
    raise ValueError(name)
