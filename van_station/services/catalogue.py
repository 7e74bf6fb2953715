"""Procedures as the desk shows them, from the catalogue's data."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from functools import cached_property

from van_station.records.dossiers import Dossier
from van_station.rules.catalogue import Channel, Confidence, Procedure
from van_station.rules.catalogue_edition import Edition
from van_station.rules.errors import NoFeeKnown
from van_station.rules.fees import Fee, fee_for
from van_station.rules.forms import Form, load_form
from van_station.rules.json_values import JsonValue
from van_station.rules.procedure_search import ProcedureSearch, load_words
from van_station.services.errors import NotFound


@dataclass(frozen=True)
class FeeView:
    """What is to be paid, and why; `unverified` is shown to the officer."""

    amount_vnd: int
    source: str
    confidence: str
    waived_by: str | None
    unverified: bool


@dataclass(frozen=True)
class ProcedureCard:
    """A procedure in a list or on a dossier's head."""

    code: str
    name: str
    name_en: str
    domain: str
    authority: str
    time_value: int | None
    time_unit: str
    fee: FeeView | None
    """None where the catalogue holds no fee."""
    components: tuple[str, ...]
    law: str
    confidence: str
    unverified: bool
    van_role: str


class Entry:
    """One procedure of an edition with its form, which is read when it is first asked for."""

    def __init__(self, edition: Edition, procedure: Procedure) -> None:
        self._edition = edition
        self.procedure = procedure

    @cached_property
    def form(self) -> Form:
        """The form with the procedure's questions in it; one that can't be used raises FormRefused."""
        return load_form(*self._edition.form_of(self.procedure))


class Catalogue:
    """The procedures this machine knows, by code."""

    def __init__(self, edition: Edition, today: date) -> None:
        self._entries: Mapping[str, Entry] = {
            code: Entry(edition, procedure) for code, procedure in edition.procedures.items()
        }
        self._search = ProcedureSearch(list(edition.procedures.values()), load_words(edition.words))
        self._today = today

    def entry(self, code: str) -> Entry:
        """Return procedure and form; NotFound (procedure.unknown) for a code that is not here."""
        try:
            return self._entries[code]
        except KeyError:
            raise NotFound("procedure.unknown", procedure=code[:20]) from None

    def get(self, code: str) -> ProcedureCard:
        """Return the card of one procedure."""
        return self._card(self.entry(code).procedure)

    def has(self, code: str) -> bool:
        """Tell whether the catalogue knows a procedure."""
        return code in self._entries

    def name(self, code: str | None) -> str:
        """Return a procedure's name, "" for none, the code itself when it is unknown here."""
        entry = self._entries.get(code or "")
        return entry.procedure.name.vi if entry else (code or "")

    def name_en(self, code: str | None) -> str:
        """Return a procedure's English name, as `name` else."""
        entry = self._entries.get(code or "")
        return entry.procedure.name.en if entry else (code or "")

    def search(self, query: str, limit: int = 8) -> tuple[ProcedureCard, ...]:
        """Return the best matches for everyday words with or without marks; all procedures for ""."""
        if not query.strip():
            return tuple(self._card(entry.procedure) for entry in list(self._entries.values())[:limit])
        return tuple(self._card(hit.procedure) for hit in self._search.find(query, limit=limit))

    def fee_view(self, dossier: Dossier, group: str | None, on: date) -> FeeView | None:
        """Return the fee of a dossier as it stands; None where the catalogue holds none."""
        entry = self.entry(dossier.procedure_code)
        return self._fee(
            entry.procedure,
            Channel(dossier.channel),
            frozenset({group} if group else ()),
            on,
            answers=entry.form.submission(dict(dossier.answers)),
        )

    def _card(self, procedure: Procedure) -> ProcedureCard:
        fee = self._fee(procedure, Channel.DIRECT, frozenset(), self._today)
        return ProcedureCard(
            code=procedure.code,
            name=procedure.name.vi,
            name_en=procedure.name.en,
            domain=procedure.domain,
            authority=procedure.authority.vi,
            time_value=procedure.time_limit.value,
            time_unit=procedure.time_limit.unit.value,
            fee=fee,
            components=tuple(component.name.vi for component in procedure.components),
            law="; ".join(law.text for law in procedure.laws),
            confidence=procedure.confidence.value,
            unverified=procedure.confidence is not Confidence.VERIFIED,
            van_role=procedure.van_role,
        )

    def _fee(
        self,
        procedure: Procedure,
        channel: Channel,
        groups: frozenset[str],
        on: date,
        answers: JsonValue = None,
    ) -> FeeView | None:
        try:
            return _fee_view(fee_for(procedure, channel, groups, on=on, answers=answers))
        except NoFeeKnown:
            return None


def _fee_view(fee: Fee) -> FeeView:
    return FeeView(fee.amount_vnd, fee.source, fee.confidence.value, fee.waived_by, not fee.verified)
