"""The audit chain: who did what to which thing, each line hashed over the one before it."""

import hashlib
import json
import re
from collections.abc import Iterator, Mapping
from datetime import datetime
from typing import Any

from sqlalchemy import Connection

from van_station.records import json_text, moment_text
from van_station.store.errors import AuditRefused

_DOMAIN = b"van-station audit line 1\n"
_CODE = re.compile(r"[A-Za-z0-9_.:~+/-]{0,80}")
_CARD_NUMBER = re.compile(r"[0-9]{9}|[0-9]{12}")
_PHONE_NUMBER = re.compile(r"0[0-9]{9}")
_COLUMNS = "seq, at, actor_id, act, subject_kind, subject_id, details, last_change, previous, hash"


def check_details(details: Mapping[str, str | int]) -> None:
    """Refuse what is not a code or a count: names have spaces and marks, card and phone numbers 9-12 digits.

    Raises:
        AuditRefused: names the key only.
    """
    for key, value in details.items():
        if not _CODE.fullmatch(key) or not (isinstance(value, int) or _is_code(value)):
            raise AuditRefused(f"not a code or a count: {key if _CODE.fullmatch(key) else '?'}")


def check_codes(*texts: str) -> None:
    """Refuse an actor, act or subject that is not a code; AuditRefused."""
    if not all(_is_code(text) for text in texts):
        raise AuditRefused("actor, act and subject are codes")


def _is_code(text: str) -> bool:
    return (
        _CODE.fullmatch(text) is not None
        and not _CARD_NUMBER.fullmatch(text)
        and not _PHONE_NUMBER.fullmatch(text)
    )


def append(
    connection: Connection,
    at: datetime,
    *,
    actor_id: str,
    act: str,
    subject: tuple[str, str],
    details: Mapping[str, str | int],
    last_change: int,
) -> None:
    """Write the next line, inside the caller's transaction."""
    last = connection.exec_driver_sql("SELECT seq, hash FROM audit_line ORDER BY seq DESC LIMIT 1").fetchone()
    seq, previous = (last[0] + 1, last[1]) if last else (1, "")
    body = (seq, moment_text(at), actor_id, act, *subject, json_text(dict(details)), last_change, previous)
    connection.exec_driver_sql(
        f"INSERT INTO audit_line ({_COLUMNS}) VALUES (?,?,?,?,?,?,?,?,?,?)",  # noqa: S608
        (*body, _hash(body)),
    )


def broken_lines(connection: Connection) -> Iterator[int]:
    """Yield the numbers of lines that do not follow from the ones before them."""
    expected, previous = 1, ""
    for row in connection.exec_driver_sql(f"SELECT {_COLUMNS} FROM audit_line ORDER BY seq"):  # noqa: S608
        body, kept = tuple(row[:9]), row[9]
        if body[0] != expected or body[8] != previous or _hash(body) != kept:
            yield body[0]
        expected, previous = body[0] + 1, kept


def _hash(body: tuple[Any, ...]) -> str:
    """Return hex SHA-256 over the domain and the JSON list of the line's columns before `hash`."""
    return hashlib.sha256(
        _DOMAIN + json.dumps(body, ensure_ascii=False, separators=(",", ":")).encode()
    ).hexdigest()
