"""Moves a draft to the edition in force, deliberately: what fits comes along, the rest is named.

A draft stays with the version of its procedure until an officer decides otherwise (decision 0007).
"""

from __future__ import annotations

import contextlib
from dataclasses import dataclass, field

from sqlmodel import Session, col, select

from van_station.records.dossiers import Component, Dossier, StoredFile
from van_station.rules.access import Act
from van_station.rules.catalogue import ComponentRule
from van_station.rules.dossiers import DossierState
from van_station.rules.form_changes import Carried, Change, changed_between
from van_station.services.actor import Actor, require
from van_station.services.catalogue import Catalogue, Entry
from van_station.services.clock import Clock, hanoi_day
from van_station.services.dossiers import Dossiers, new_component
from van_station.services.errors import NotFound, Refused, rules_as_refusals
from van_station.store import Store, UnitOfWork


@dataclass(frozen=True)
class PaperChange:
    """A paper that the new version asks for, or no longer asks for; `pages` were scanned for it."""

    code: str
    name: str
    pages: int = 0
    name_en: str = ""


@dataclass(frozen=True)
class UpgradeView:
    """What moving a draft means, or meant.

    Attributes:
        old_version: of the procedure, as the draft is bound to.
        new_version: of the edition in force.
        kept: how many answers come along.
        left: answers that don't, each with its old label, value and reason.
        reworded: answers whose question reads differently now.
        added: papers that are new.
        dropped: papers that are no longer asked for; those with pages stay in the dossier.
    """

    old_version: str
    new_version: str
    kept: int
    left: tuple[Change, ...] = field(repr=False)
    reworded: tuple[Change, ...] = field(repr=False)
    added: tuple[PaperChange, ...]
    dropped: tuple[PaperChange, ...]


@dataclass(frozen=True)
class _Move:
    """One draft, and what would become of it."""

    row: Dossier
    old: Entry
    new: Entry
    carried: Carried
    papers: tuple[Component, ...]

    @property
    def added(self) -> tuple[ComponentRule, ...]:
        have = {paper.code for paper in self.papers}
        rules = self.new.procedure.components
        return tuple(rule for rule in rules if not rule.from_form and rule.code not in have)

    @property
    def dropped(self) -> tuple[Component, ...]:
        wanted = {rule.code for rule in self.new.procedure.components if not rule.from_form}
        return tuple(paper for paper in self.papers if paper.code not in wanted)

    def view(self) -> UpgradeView:
        english = {rule.code: rule.name.en for rule in self.old.procedure.components}
        return UpgradeView(
            self.old.procedure.version,
            self.new.procedure.version,
            len(self.carried.kept),
            self.carried.left,
            self.carried.reworded,
            tuple(PaperChange(rule.code, rule.name.vi, name_en=rule.name.en) for rule in self.added),
            tuple(
                PaperChange(paper.code, paper.name, paper.page_count, english.get(paper.code, ""))
                for paper in self.dropped
            ),
        )


class DraftUpgrades:
    """Looks at, and makes, the step of one draft to the edition in force."""

    def __init__(self, store: Store, clock: Clock, catalogue: Catalogue, dossiers: Dossiers) -> None:
        self._store = store
        self._clock = clock
        self._catalogue = catalogue
        self._dossiers = dossiers

    def newer(self, dossier_id: str) -> str:
        """Return the version that a draft could move to; "" when there is none, or it is no draft."""
        with self._store.reading() as session:
            row = session.get(Dossier, dossier_id)
            if row is None or DossierState(row.state) is not DossierState.DRAFT:
                return ""
            with contextlib.suppress(NotFound, Refused):
                entry = self._catalogue.entry_for_new(row.procedure_code, hanoi_day(self._clock.now()))
                if entry.procedure.version != row.procedure_version:
                    return entry.procedure.version
        return ""

    def preview(self, actor: Actor, dossier_id: str) -> UpgradeView:
        """Return what `upgrade` would do; nothing is written.

        Raises:
            NotFound: no such dossier.
            Refused: dossier.not_editable (only a draft moves), dossier.up_to_date, procedure.not_in_force,
                procedure.replaced, dossier.edition_missing (the version it was begun with was never here).
        """
        require(actor, Act.HELP_FORM)
        with self._store.reading() as session:
            return self._move(session, dossier_id).view()

    def upgrade(self, actor: Actor, dossier_id: str) -> UpgradeView:
        """Move the draft, in one commit: version, answers, papers and fee. Raises as `preview`.

        Papers that are no longer asked for go, unless pages were scanned for them: nothing scanned is lost.
        The audit line says both versions and how many answers stayed behind.
        """
        require(actor, Act.SUBMIT)
        with self._store.unit(actor.user_id, "dossier.upgrade", ("dossier", dossier_id)) as unit:
            move = self._move(unit.session, dossier_id)
            self._write(unit, move)
            view = move.view()
            unit.note({"from": view.old_version, "to": view.new_version, "left": len(view.left)})
        return view

    def _move(self, session: Session, dossier_id: str) -> _Move:
        row = session.get(Dossier, dossier_id)
        if row is None:
            raise NotFound
        if DossierState(row.state) is not DossierState.DRAFT:
            raise Refused("dossier.not_editable")
        today = hanoi_day(self._clock.now())
        new = self._catalogue.entry_for_new(row.procedure_code, today)
        if new.procedure.version == row.procedure_version:
            raise Refused("dossier.up_to_date")
        old = self._catalogue.entry(row.procedure_code, row.procedure_version)
        if old.procedure.version != row.procedure_version:
            raise Refused("dossier.edition_missing")
        with rules_as_refusals():
            carried = changed_between(old.form, new.form, dict(row.answers))
        query = select(Component).where(Component.dossier_id == row.id).order_by(col(Component.code))
        return _Move(row, old, new, carried, tuple(session.exec(query).all()))

    def _write(self, unit: UnitOfWork, move: _Move) -> None:
        row = move.row
        for paper in move.dropped:
            if paper.page_count == 0 and not _has_files(unit.session, paper.id):
                unit.erase(paper)
        _reword(unit, move)
        for rule in move.added:
            unit.save(new_component(row.id, rule))
        row.procedure_version = move.new.procedure.version
        row.answers = dict(move.carried.answers)
        self._dossiers.follow_fee(unit.session, row)
        unit.save(row)


def _has_files(session: Session, component_id: str) -> bool:
    query = select(StoredFile.id).where(StoredFile.component_id == component_id).limit(1)
    return session.exec(query).first() is not None


def _reword(unit: UnitOfWork, move: _Move) -> None:
    """Let papers that stay be called, counted and required as the new version says."""
    rules = {rule.code: rule for rule in move.new.procedure.components}
    for paper in move.papers:
        rule = rules.get(paper.code)
        if rule is None or rule.from_form:
            continue
        fresh = new_component(move.row.id, rule)
        for name in ("name", "required", "copies", "document_kind"):
            setattr(paper, name, getattr(fresh, name))
        unit.save(paper)
