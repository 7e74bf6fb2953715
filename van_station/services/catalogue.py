"""Procedures as the desk shows them: of the edition in force and, for drafts, of older ones."""

from __future__ import annotations

import threading
from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from datetime import date
from functools import cached_property

from van_station.records.dossiers import Dossier
from van_station.rules.catalogue import Channel, Confidence, Procedure
from van_station.rules.catalogue_edition import Edition
from van_station.rules.errors import NoFeeKnown
from van_station.rules.fees import Fee, fee_for
from van_station.rules.forms import Form, load_form
from van_station.rules.json_values import JsonValue
from van_station.rules.procedure_search import search_of
from van_station.services.errors import NotFound, Refused

_MAX_PINNED = 64


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
    replaces: str = ""
    """The code that was asked for, when it is no longer in force and this procedure took its place."""
    authority_en: str = ""


@dataclass(frozen=True)
class SuccessorView:
    """What became of a code that is no longer in force."""

    code: str
    name: str
    successor: str | None
    """The procedure in force now; None when nothing took its place."""
    successor_name: str
    reason_vi: str
    reason_en: str
    source: str
    confidence: str


class Entry:
    """One procedure of an edition with its form, which is read when it is first asked for."""

    def __init__(self, edition: Edition, procedure: Procedure) -> None:
        self._edition = edition
        self.procedure = procedure

    @cached_property
    def form(self) -> Form:
        """The form with the procedure's questions in it; one that can't be used raises FormRefused."""
        return load_form(*self._edition.form_of(self.procedure))


FindOlder = Callable[[str, str], Entry | None]
"""Return the entry of (code, version) in an edition that is kept, None when none has it."""


class _InForce:
    """An edition with what is looked up in it; replaced as a whole, never changed."""

    def __init__(self, edition: Edition) -> None:
        self.edition = edition
        self.entries: Mapping[str, Entry] = {
            code: Entry(edition, procedure) for code, procedure in edition.procedures.items()
        }
        self.search = search_of(edition)


class Catalogue:
    """The procedures this machine knows, by code. Safe to use from several threads."""

    def __init__(self, edition: Edition, today: date, older: FindOlder | None = None) -> None:
        self._now = _InForce(edition)
        self._today = today
        self._older = older
        self._pinned: dict[tuple[str, str], Entry] = {}
        self._turn = threading.Lock()
        self._listeners: list[Callable[[], None]] = []

    @property
    def edition(self) -> Edition:
        """The edition that new dossiers use."""
        return self._now.edition

    def look_back_with(self, older: FindOlder) -> None:
        """Have `older` asked for versions that the edition in force does not hold."""
        self._older = older

    def switch(self, edition: Edition) -> None:
        """Put another edition in force, at once for everybody, and tell the listeners."""
        now = _InForce(edition)
        with self._turn:
            self._now = now
            self._pinned.clear()
            listeners = tuple(self._listeners)
        for listener in listeners:
            listener()

    def listen(self, listener: Callable[[], None]) -> Callable[[], None]:
        """Call `listener` after each switch; returns the way out."""
        with self._turn:
            self._listeners.append(listener)

        def leave() -> None:
            with self._turn:
                self._listeners.remove(listener)

        return leave

    def entry(self, code: str, version: str | None = None) -> Entry:
        """Return procedure and form; NotFound (procedure.unknown) for a code that is not here.

        Args:
            code: of the procedure.
            version: the one a draft was begun with; it is looked for in older editions too. One that this
                machine has never installed is shown by the edition in force. None: the edition in force.
        """
        entry = self._now.entries.get(code)
        if version is not None and (entry is None or entry.procedure.version != version):
            entry = self._pinned_entry(code, version) or entry
        if entry is None:
            raise NotFound("procedure.unknown", procedure=code[:20])
        return entry

    def entry_for_new(self, code: str, on: date) -> Entry:
        """Return what a dossier is begun with on a day.

        Raises:
            NotFound: procedure.unknown.
            Refused: procedure.replaced (`successor`, a code in force); procedure.not_in_force: repealed with
                nothing in its place, or the day is not within `valid_from` to `valid_to`.
        """
        gone = self.successor(code)
        if gone is not None and gone.successor is not None:
            raise Refused("procedure.replaced", procedure=code[:20], successor=gone.successor)
        if gone is not None or not (entry := self.entry(code)).procedure.valid_on(on):
            raise Refused("procedure.not_in_force", procedure=code[:20])
        return entry

    def get(self, code: str, version: str | None = None) -> ProcedureCard:
        """Return the card of one procedure."""
        return self._card(self.entry(code, version).procedure)

    def has(self, code: str) -> bool:
        """Tell whether the catalogue knows a procedure."""
        return code in self._now.entries

    def name(self, code: str | None) -> str:
        """Return a procedure's name, "" for none, the code itself when it is unknown here."""
        name = self._name(code or "")
        return name.vi if name else (code or "")

    def name_en(self, code: str | None) -> str:
        """Return a procedure's English name, as `name` else."""
        name = self._name(code or "")
        return name.en if name else (code or "")

    def successor(self, code: str) -> SuccessorView | None:
        """Return what became of a code that is no longer in force; None for one that is, or is unknown."""
        procedure, steps = self._now.edition.resolve(code)
        if not steps:
            return None
        last = steps[-1]
        return SuccessorView(
            code=code,
            name=steps[0].name,
            successor=procedure.code if procedure else None,
            successor_name=procedure.name.vi if procedure else "",
            reason_vi=last.reason.vi,
            reason_en=last.reason.en,
            source=last.source,
            confidence=last.confidence.value,
        )

    def search(self, query: str, limit: int = 8) -> tuple[ProcedureCard, ...]:
        """Return the best matches for everyday words with or without marks; all procedures for "".

        A code that is no longer in force finds the procedure that took its place.
        """
        now = self._now
        if not query.strip():
            return tuple(self._card(entry.procedure) for entry in list(now.entries.values())[:limit])
        procedure, steps = now.edition.resolve(query.strip()[:40])
        if procedure is not None and steps:
            return (replace(self._card(procedure), replaces=steps[0].code),)
        return tuple(self._card(hit.procedure) for hit in now.search.find(query, limit=limit))

    def fee_view(
        self, dossier: Dossier, group: str | None, on: date, ward: str | None = None
    ) -> FeeView | None:
        """Return the fee of a dossier as it stands; None where the catalogue holds none.

        Args:
            dossier: with its answers and the version that it was begun with.
            group: code of the person's priority group.
            on: the day of submission.
            ward: code of the ward where it is handed in.
        """
        entry = self.entry(dossier.procedure_code, dossier.procedure_version)
        depends = any(rule.condition is not None for rule in entry.procedure.fees)
        return self._fee(
            entry.procedure,
            Channel(dossier.channel),
            frozenset({group} if group else ()),
            on,
            answers=entry.form.submission(dict(dossier.answers)) if depends else None,
            ward=ward,
        )

    def _pinned_entry(self, code: str, version: str) -> Entry | None:
        known = self._pinned.get((code, version))
        if known is not None or self._older is None:
            return known
        found = self._older(code, version)
        if found is not None:
            with self._turn:
                if len(self._pinned) >= _MAX_PINNED:
                    self._pinned.clear()
                self._pinned[code, version] = found
        return found

    def _name(self, code: str) -> _Name | None:
        entry = self._now.entries.get(code)
        if entry is not None:
            return _Name(entry.procedure.name.vi, entry.procedure.name.en)
        gone = self._now.edition.successors.get(code)
        return _Name(gone.name, gone.name) if gone else None

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
            authority_en=procedure.authority.en,
        )

    def _fee(
        self,
        procedure: Procedure,
        channel: Channel,
        groups: frozenset[str],
        on: date,
        answers: JsonValue = None,
        ward: str | None = None,
    ) -> FeeView | None:
        try:
            return _fee_view(fee_for(procedure, channel, groups, on=on, answers=answers, ward=ward))
        except NoFeeKnown:
            return None


@dataclass(frozen=True)
class _Name:
    vi: str
    en: str


def _fee_view(fee: Fee) -> FeeView:
    return FeeView(fee.amount_vnd, fee.source, fee.confidence.value, fee.waived_by, not fee.verified)
