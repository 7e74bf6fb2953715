"""A store that holds years of citizens: everybody invented from a seed, written in bulk."""

from __future__ import annotations

import hashlib
import random
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from typing import Any

from sqlalchemy import Connection

from van_station.bootstrap.demo.answers import ANSWERS
from van_station.records import Component, Dossier, Person, StoredFile
from van_station.rules.form_nodes import FieldKind, FieldNode, GroupNode, Node
from van_station.rules.forms import Answers, Form
from van_station.rules.json_values import JsonValue, replaced
from van_station.rules.text import fold
from van_station.services.workspace import Workspace

_FAMILY = (
    ("Nguyễn",) * 38
    + ("Trần",) * 12
    + ("Lê",) * 10
    + ("Phạm",) * 7
    + ("Hoàng",) * 5
    + ("Vũ", "Đặng", "Bùi", "Đỗ")
)
"""Families about as common as they are: more than every third person is a Nguyễn."""
_MIDDLE = ("Thị",) * 8 + ("Văn",) * 7 + ("Minh", "Ngọc", "Hữu", "Đức", "Thanh", "Quang", "Thu", "Xuân")
_GIVEN = (
    "An", "Anh", "Bình", "Châu", "Chi", "Cường", "Dung", "Dũng", "Đạt", "Điệp", "Giang", "Hà", "Hải", "Hạnh", "Hiếu",
    "Hoa", "Hòa", "Hùng", "Hương", "Hường", "Khánh", "Kiên", "Lan", "Linh", "Loan", "Long", "Mai", "Mạnh", "Nam", "Nga",
    "Nghĩa", "Nhung", "Oanh", "Phong", "Phúc", "Phương", "Quân", "Quỳnh", "Sơn", "Tâm", "Thảo", "Thắng", "Thủy", "Trang",
    "Trung", "Tuấn", "Tú", "Vân", "Việt", "Yến",
)  # fmt: skip
_BATCH = 2_000
_FIELDS = {"person": ("full_name", "folded_name", "id_number", "phone"), "dossier": tuple("abcdef")}
"""Cells of the change log for each row: their number and size count here, not what they say."""
_START = datetime(2025, 1, 2, 1, 0, tzinfo=UTC)


@dataclass(frozen=True)
class Citizen:
    """Somebody invented, and their dossier."""

    person_id: str
    dossier_id: str
    number: int

    @property
    def id_number(self) -> str:
        """12 digits of no province that exists."""
        return f"999{self.number % 10}{self.number % 100:02d}{self.number:06d}"

    @property
    def phone(self) -> str:
        """A number of a range that nobody has."""
        return f"0999{self.number:06d}"

    @property
    def provisional_no(self) -> str:
        """As the machine would have printed it."""
        return f"TAM-9999-2501{self.number % 28 + 1:02d}-{self.number:05d}"


def fill(work: Workspace, count: int, *, seed: int = 1) -> list[Citizen]:
    """Write `count` citizens with a dossier of two papers each, their words, changes and heads."""
    chance = random.Random(seed)
    bodies = [_answers(chance, pointers) for pointers in ANSWERS.values() for _ in range(20)]
    made: list[Citizen] = []
    writer = work.store._writer
    for start in range(0, count, _BATCH):
        with writer.begin() as connection:
            batch = [_citizen(number, seed) for number in range(start, min(start + _BATCH, count))]
            people = [_person(each, chance) for each in batch]
            dossiers = [_dossier(work, each, chance, bodies) for each in batch]
            _insert(connection, Person, people)
            _insert(connection, Dossier, dossiers)
            _insert(connection, Component, [row for each in batch for row in _components(each)])
            _insert(connection, StoredFile, [_file(each) for each in batch])
            _write_changes(connection, work.store.site_id, batch)
            made += batch
    with writer.begin() as connection:
        connection.exec_driver_sql("PRAGMA optimize")
    work.store.truncate_log()
    return made


def long_answers(form: Form, most_bytes: int) -> Answers:
    """Return answers of about so many bytes: every text of the form long, every repeated group full."""
    answers = form.empty()
    text = "Nội dung thử nghiệm rất dài của một tờ khai. " * 8
    for length in (40, 120, 360):
        for _ in range(3):
            for node in _fields(form.layout(answers)):
                if len(repr(answers).encode()) > most_bytes:
                    return answers
                if node.kind in {FieldKind.TEXT, FieldKind.MULTILINE} and node.enabled:
                    answers = form.set(answers, node.pointer, text[: min(length, node.max_length or length)])
            for pointer in _groups(form.layout(answers)):
                for _ in range(8):
                    try:
                        answers = form.add_item(answers, pointer)
                    except Exception:  # noqa: BLE001  -- full: that is what is wanted
                        break
    return answers


def first_text(nodes: tuple[Node, ...]) -> str:
    """Return the pointer of the first free text that can be typed into and takes a sentence."""
    return next(
        node.pointer
        for node in _fields(nodes)
        if node.kind in {FieldKind.TEXT, FieldKind.MULTILINE}
        and node.visible
        and node.enabled
        and not node.hint
        and (node.max_length or 100) >= 30
    )


def _fields(nodes: tuple[Node, ...]) -> Iterator[FieldNode]:
    for node in nodes:
        if isinstance(node, FieldNode):
            yield node
        elif isinstance(node, GroupNode):
            yield from _fields(node.children)
        else:
            for item in node.items:
                yield from _fields(item)


def _groups(nodes: tuple[Node, ...]) -> Iterator[str]:
    for node in nodes:
        if isinstance(node, GroupNode):
            yield from _groups(node.children)
        elif not isinstance(node, FieldNode):
            yield node.pointer


def _citizen(number: int, seed: int) -> Citizen:
    return Citizen(_id("person", number, seed), _id("dossier", number, seed), number)


def _id(kind: str, number: int, seed: int) -> str:
    return hashlib.sha256(f"{kind}{number}/{seed}".encode()).hexdigest()[:32]


def _person(who: Citizen, chance: random.Random) -> dict[str, Any]:
    name = f"{chance.choice(_FAMILY)} {chance.choice(_MIDDLE)} {chance.choice(_GIVEN)}"
    return {
        "id": who.person_id,
        "id_number": who.id_number,
        "full_name": name,
        "folded_name": fold(name),
        "birth_date": date(1940, 1, 1) + timedelta(days=chance.randrange(365 * 65)),
        "sex": chance.choice(("male", "female")),
        "address": f"Số {who.number % 300}, ngõ {who.number % 90}, Phường Thử Nghiệm, Hà Nội",
        "phone": who.phone,
        "identified_by": "card_qr",
    }


def _dossier(work: Workspace, who: Citizen, chance: random.Random, bodies: list[JsonValue]) -> dict[str, Any]:
    code = chance.choice(tuple(ANSWERS))
    when = _START + timedelta(minutes=7 * who.number)
    return {
        "id": who.dossier_id,
        "trip_id": f"trip{who.number // 80}",
        "person_id": who.person_id,
        "procedure_code": code,
        "procedure_version": work.catalogue.entry(code).procedure.version,
        "provisional_no": who.provisional_no,
        "official_code": f"G09.99.99-2501{who.number % 28 + 1:02d}-{who.number:05d}",
        "state": chance.choice(("acknowledged",) * 30 + ("queued", "voided")),
        "answers": chance.choice(bodies),
        "channel": "direct",
        "created_at": when,
        "created_by": "u1",
        "confirmed_at": when,
        "version": 1,
    }


def _answers(chance: random.Random, pointers: dict[str, JsonValue]) -> JsonValue:
    """Return the answers of the demonstration, with one to four kilobytes of what else forms ask."""
    answers: JsonValue = {"filler": {f"f{n}": "x" * 60 for n in range(chance.randrange(12, 60))}}
    for pointer, value in pointers.items():
        answers = replaced(answers, pointer, value)
    return answers


def _components(who: Citizen) -> Iterator[dict[str, Any]]:
    for place in range(2):
        yield {
            "id": _id(f"component{place}", who.number, 1),
            "dossier_id": who.dossier_id,
            "code": f"GIAY_{place}",
            "name": f"Giấy tờ {place}",
            "required": True,
            "copies": 1,
            "document_kind": "copy",
            "page_count": 1,
        }


def _file(who: Citizen) -> dict[str, Any]:
    return {
        "id": _id("file", who.number, 1),
        "dossier_id": who.dossier_id,
        "component_id": _id("component0", who.number, 1),
        "blob_id": hashlib.sha256(who.person_id.encode()).hexdigest(),
        "media_type": "application/pdf",
        "size_bytes": 90_000,
        "page_count": 1,
        "plain_sha256": hashlib.sha256(who.dossier_id.encode()).hexdigest(),
        "sealed_at": _START,
        "created_by": "u1",
        "role": "document",
        "sequence": 1,
        "removed": False,
    }


def _insert(connection: Connection, model: Any, rows: list[dict[str, Any]]) -> None:
    connection.execute(model.__table__.insert(), rows)


def _write_changes(connection: Connection, site: str, batch: list[Citizen]) -> None:
    """Write log and heads as large as real ones; signatures are filler, nothing here verifies them."""
    seq = connection.exec_driver_sql(
        "SELECT coalesce(max(seq), 0) FROM change_log WHERE site=?", (site,)
    ).scalar_one()
    changes, heads = [], []
    filler = "ab" * 64
    for who in batch:
        for kind, fields in _FIELDS.items():
            record = who.person_id if kind == "person" else who.dossier_id
            for field in fields:
                seq += 1
                digest = hashlib.sha256(f"{seq}".encode()).hexdigest()
                stamp = f"{1735700000000 + seq}.000000"
                changes.append(
                    (
                        site,
                        seq,
                        stamp,
                        kind,
                        record,
                        field,
                        '"invented"',
                        "[]",
                        "u1",
                        2,
                        digest,
                        filler,
                        digest,
                    )
                )
                heads.append((kind, record, field, site, seq))
    connection.exec_driver_sql(f"INSERT INTO change_log VALUES ({','.join('?' * 13)})", changes)
    connection.exec_driver_sql("INSERT INTO field_head VALUES (?,?,?,?,?)", heads)
