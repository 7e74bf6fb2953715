"""One box for people, dossiers and businesses: by name, number, phone, birth date or code.

The words lie in indexes of the store (revisions 0003 and 0004) that each write keeps right in its own
transaction.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Literal

from sqlalchemy import text as sql
from sqlalchemy.orm import defer
from sqlmodel import Session, col, select

from van_station.records.dossiers import Dossier
from van_station.records.people import Business, Person
from van_station.rules.access import Act
from van_station.rules.dossiers import DossierState
from van_station.rules.tax_codes import masked_tax_code
from van_station.rules.text import fold
from van_station.services.actor import Actor, require
from van_station.services.catalogue import Catalogue
from van_station.services.dossier_views import DossierLine, dossier_lines
from van_station.services.people import PersonView, person_view
from van_station.store import Store

MOST_TEXT = 80
MOST_WORDS = 8
MOST_FOUND = 200
_TOKEN = re.compile(r"[^\W_]+")
_DATE = re.compile(r"([0-9]{1,2})[/.-]([0-9]{1,2})[/.-]([0-9]{4})")
_ISO_DATE = re.compile(r"([0-9]{4})-([0-9]{2})-([0-9]{2})")
_MONTH = re.compile(r"([0-9]{1,2})[/.-]([0-9]{4})")
_ONLY_DIGITS = re.compile(r"\+?[0-9]+(?:[ .][0-9]+)+")
_TAIL = 4
"""The last digits of a card number, as people say them to be found again."""

Kind = Literal["person", "dossier", "business"]


@dataclass(frozen=True)
class BusinessView:
    """A household business or enterprise (*hộ kinh doanh, doanh nghiệp*) as the box shows it."""

    id: str
    tax_code: str
    """10 digits, 13 with a hyphen, or the owner's 12; "" when not given."""
    name: str
    address: str
    representative_person_id: str | None

    @property
    def shown_tax_code(self) -> str:
        """The code as screens show it: one that is the owner's personal number has its middle hidden."""
        return masked_tax_code(self.tax_code)

    def __repr__(self) -> str:
        return f"BusinessView(id={self.id!r})"


@dataclass(frozen=True)
class Found:
    """What the box found; `people`, `dossiers` and `businesses` each best first."""

    people: tuple[PersonView, ...]
    dossiers: tuple[DossierLine, ...]
    businesses: tuple[BusinessView, ...] = ()

    def __repr__(self) -> str:
        counts = (
            f"people={len(self.people)}, dossiers={len(self.dossiers)}, businesses={len(self.businesses)}"
        )
        return f"Found({counts})"


class Search:
    """Finds people, dossiers and businesses as somebody types."""

    def __init__(self, store: Store, catalogue: Catalogue) -> None:
        self._store = store
        self._catalogue = catalogue

    def find(self, actor: Actor, text: str, limit: int = 20) -> Found:
        """Return people, dossiers and businesses in which all words of `text` are found.

        A word of letters is the beginning of a word of the name, in any order, marks ignored. Digits are the
        beginning of a card number, phone number or dossier code, four digits also the end of a card number or
        a birth year; `20/3/1954`, `3/1954` and `1954-03-20` are birth dates. Of a
        business digits are the beginning of its tax code or phone number, or of a word of its name. Without
        a word nothing is found. Whole words come before beginnings, then what came to this machine last.

        Raises:
            NotPermitted: the role may not look up.
        """
        require(actor, Act.LOOK_UP)
        most = max(0, min(limit, MOST_FOUND))
        with self._store.reading() as session:
            people = person_rows(session, found_ids(session, "person", text, limit=most))
            rows = dossier_rows(session, found_ids(session, "dossier", text, limit=most))
            return Found(
                tuple(person_view(row) for row in people),
                dossier_lines(session, rows, self._catalogue),
                business_views(session, found_ids(session, "business", text, limit=most)),
            )


def found_ids(
    session: Session, kind: Kind, text: str, *, state: DossierState | None = None, limit: int
) -> list[str]:
    """Return ids of the people, dossiers or businesses that `text` finds: whole words first, then beginnings.

    Args:
        session: reading.
        kind: which of the three indexes.
        text: as typed; its first 80 characters and 8 words count.
        state: of dossiers: of this state only.
        limit: how many ids at most.
    """
    found: dict[str, None] = {}
    only = "" if state is None else f' AND states : "{state.value}"'
    for exact in (True, False):
        query = match_query(text, kind, exact=exact)
        if query and len(found) < limit:
            rows = session.connection().execute(
                _STATEMENTS[kind], {"query": f"({query}){only}", "most": limit}
            )
            found.update(dict.fromkeys(record_id for (record_id,) in rows))
    return list(found)[:limit]


def match_query(text: str, kind: Kind, *, exact: bool = False) -> str:
    """Return the FTS5 query of a typed text; "" when there is no word in it.

    Only letters and digits of the text get into it, each word quoted: nothing typed is ever syntax.
    """
    clean = fold(text[:MOST_TEXT])
    if _ONLY_DIGITS.fullmatch(clean):
        clean = clean.replace(" ", "").replace(".", "")  # a number said in groups
    parts = [_part(word, kind, exact=exact) for word in clean.split()[:MOST_WORDS]]
    return " AND ".join(part for part in parts if part)


def person_rows(session: Session, ids: Sequence[str]) -> list[Person]:
    """Return people in the order of `ids`."""
    rows = {row.id: row for row in session.exec(select(Person).where(col(Person.id).in_(ids)))}
    return [rows[each] for each in ids if each in rows]


def business_views(session: Session, ids: Sequence[str]) -> tuple[BusinessView, ...]:
    """Return businesses in the order of `ids`."""
    rows = {row.id: row for row in session.exec(select(Business).where(col(Business.id).in_(ids)))}
    return tuple(
        BusinessView(row.id, row.tax_code, row.name, row.address or "", row.representative_person_id)
        for row in (rows[each] for each in ids if each in rows)
    )


def dossier_rows(session: Session, ids: Sequence[str]) -> list[tuple[Dossier, Person]]:
    """Return dossiers with their people in the order of `ids`; the answers are left where they are."""
    query = (
        select(Dossier, Person)
        .where(Dossier.person_id == Person.id, col(Dossier.id).in_(ids))
        .options(defer(Dossier.answers))  # type: ignore[arg-type]
    )
    rows = {dossier.id: (dossier, person) for dossier, person in session.exec(query)}
    return [rows[each] for each in ids if each in rows]


def latest_dossiers(
    session: Session, state: DossierState | None, *, limit: int
) -> list[tuple[Dossier, Person]]:
    """Return the newest dossiers, of one state or of all."""
    query = select(Dossier.id).order_by(col(Dossier.created_at).desc()).limit(limit)
    if state is not None:
        query = query.where(Dossier.state == state.value)
    return dossier_rows(session, session.exec(query).all())


def _statement(kind: Kind) -> str:
    return (
        f"SELECT e.record_id FROM {kind}_index i CROSS JOIN {kind}_entry e ON e.number = i.rowid "  # noqa: S608
        f"WHERE {kind}_index MATCH :query ORDER BY i.rowid DESC LIMIT :most"
    )


_KINDS: tuple[Kind, ...] = ("person", "dossier", "business")
_STATEMENTS = {kind: sql(_statement(kind)) for kind in _KINDS}


_ALSO_DIGITS: dict[Kind, tuple[str, ...]] = {"dossier": ("codes",), "business": ("names",)}


def _part(word: str, kind: Kind, *, exact: bool) -> str:
    """Return the query of one word; "" for signs only."""
    born = _birth(word)
    if born and kind != "business":
        return born
    if word.startswith("+84"):
        word = f"0{word.removeprefix('+84')}"
    tokens = " ".join(_TOKEN.findall(word))
    if not tokens:
        return ""
    quoted = f'"{tokens}"'
    if not any(letter.isdigit() for letter in tokens):
        return f"names : {quoted}" if exact else f"names : {quoted} *"
    where = ["numbers", *_ALSO_DIGITS.get(kind, ())]
    parts = [f"{{{' '.join(where)}}} : {quoted} *"]
    if kind != "business" and len(tokens) == _TAIL and tokens.isascii() and tokens.isdecimal():
        parts += [f"{{tails born}} : {quoted}"]
    return f"({' OR '.join(parts)})"


def _birth(word: str) -> str:
    if found := _DATE.fullmatch(word):
        day, month, year = found.groups()
        return f'born : "{year}{month:0>2}{day:0>2}"'
    if found := _ISO_DATE.fullmatch(word):
        return f'born : "{"".join(found.groups())}"'
    if found := _MONTH.fullmatch(word):
        month, year = found.groups()
        return f'born : "{year}{month:0>2}" *'
    return ""
