"""One edition of the catalogue: all its files read together, and every fault told with its place.

The files and what they must say are described in `docs/formats/catalogue.md`.
"""

import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from functools import cached_property
from itertools import combinations
from typing import Any

from van_station.rules.catalogue import (
    FORM_ID,
    Confidence,
    FeeRule,
    Label,
    Procedure,
    load_procedure,
)
from van_station.rules.catalogue_faults import EditionRefused, Fault, fault
from van_station.rules.catalogue_questions import KNOWN, FormLacks, composed, field_schema
from van_station.rules.catalogue_reading import Reader
from van_station.rules.catalogue_shared import SharedMissing, with_shared
from van_station.rules.catalogue_unanswered import open_answers, open_answers_of_form
from van_station.rules.conditions import Condition
from van_station.rules.errors import CatalogueRefused, FormRefused
from van_station.rules.forms import load_form

FORMAT = 2
MAX_FILES = 2000
MAX_PROCEDURES = 500
MAX_SUCCESSORS = 2000
MAX_JSON_DEPTH = 60
MAX_STEPS = 10
"""Successors that a code is followed through."""

ABOUT = "catalogue.json"
SHARED_FILE = "shared.schema.json"
SUCCESSORS = "successors.json"
WORDS = "words.json"
PROCEDURE_SCHEMA = "procedure.schema.json"
_STUMBLES = (TypeError, KeyError, ValueError, AttributeError, IndexError, RecursionError)
"""What reading a form raises over values of a kind that nobody would write; a fault like any other."""
_PLAIN = frozenset({ABOUT, SHARED_FILE, SUCCESSORS, WORDS, PROCEDURE_SCHEMA})
_PROCEDURE = re.compile(r"procedures/([0-9]\.[0-9]{6}(?:\.[A-Z0-9.]{1,12})?)\.json")
_FORM = re.compile(rf"forms/({FORM_ID})/(schema|ui)\.json")
VERSION = r"[0-9A-Za-z][0-9A-Za-z.\-]{0,31}"
CODE = r"[0-9]\.[0-9]{6}(\.[A-Z0-9.]{1,12})?"


@dataclass(frozen=True, slots=True)
class Successor:
    """A code that is no longer in force, and what took its place (`successor` None: nothing did)."""

    code: str
    name: str
    successor: str | None
    reason: Label
    source: str
    confidence: Confidence


@dataclass(frozen=True)
class Edition:
    """A whole edition; frozen, shared by all who look at it.

    Attributes:
        version: of the edition, for example `2026.11.2`.
        issued_on: the day it was issued.
        note: what is new in it.
        files: everything it was read from, by path.
        procedures: by code, in order of codes.
        left_out: faults for which procedures were left out; always () of `load_edition(..., strict=True)`.
    """

    version: str
    issued_on: date
    note: Label
    files: Mapping[str, Any] = field(repr=False)
    procedures: Mapping[str, Procedure] = field(repr=False)
    successors: Mapping[str, Successor] = field(repr=False)
    left_out: tuple[Fault, ...] = ()

    def find(self, code: str) -> Procedure | None:
        """Return a procedure by its code, None when this edition has none such."""
        return self.procedures.get(code)

    def resolve(self, code: str) -> tuple[Procedure | None, tuple[Successor, ...]]:
        """Return what is in force under a code today, and the steps from the old code to it.

        (None, ()) for a code nobody knows; (None, steps) for one that was repealed without a successor, or
        whose successor is not in this edition.
        """
        steps: list[Successor] = []
        while code not in self.procedures:
            step = self.successors.get(code)
            if step is None or len(steps) == MAX_STEPS:
                return None, tuple(steps)
            steps.append(step)
            if step.successor is None:
                return None, tuple(steps)
            code = step.successor
        return self.procedures[code], tuple(steps)

    def form_of(self, procedure: Procedure) -> tuple[dict[str, Any], dict[str, Any]]:
        """Return schema and UI of a procedure's form, questions and presets in it.

        Raises:
            CatalogueRefused: never for a procedure of this edition.
        """
        known = self._forms.get(procedure.code)
        if known is None:
            raw = self.files[procedure_file(procedure.code)]
            known = self._forms[procedure.code] = compose(self.files, procedure, raw)
        return known

    @cached_property
    def _forms(self) -> dict[str, tuple[dict[str, Any], dict[str, Any]]]:
        return {}

    @property
    def words(self) -> Mapping[str, Any]:
        """Everyday words for the search, as `procedure_search.load_words` takes them."""
        words: Mapping[str, Any] = self.files.get(WORDS, {"means": []})
        return words


def procedure_file(code: str) -> str:
    """Return the path of a procedure's file in an edition."""
    return f"procedures/{code}.json"


def form_files(form_id: str) -> tuple[str, str]:
    """Return the paths of a form's schema and UI in an edition."""
    return f"forms/{form_id}/schema.json", f"forms/{form_id}/ui.json"


def load_edition(files: Mapping[str, Any], *, strict: bool = True) -> Edition:
    """Build an edition from its parsed files.

    Args:
        files: parsed JSON by path, `/` between folders.
        strict: read every form too and refuse on any fault. False is for an edition that was checked before:
            forms are read when they are first used, and a faulty procedure is left out, the others stay.

    Raises:
        EditionRefused: with every fault found.
    """
    loading = _Loading(files, deep=strict)
    edition = loading.run()
    if edition is None or (strict and loading.faults):
        raise EditionRefused(loading.faults)
    return edition


def check_edition(files: Mapping[str, Any]) -> tuple[Fault, ...]:
    """Return every fault of an edition, () for a sound one."""
    loading = _Loading(files, deep=True)
    loading.run()
    return tuple(loading.faults)


def compose(
    files: Mapping[str, Any], procedure: Procedure, raw: Mapping[str, Any]
) -> tuple[dict[str, Any], dict[str, Any]]:
    """Return schema and UI of a procedure's form.

    Raises:
        EditionRefused: with the one fault that stands in the way.
    """
    own = procedure_file(procedure.code)
    schema_file, ui_file = form_files(procedure.form.id)
    schema, ui = files.get(schema_file), files.get(ui_file)
    if not isinstance(schema, Mapping) or not isinstance(ui, Mapping):
        raise EditionRefused([fault(own, "/form/id", "form_missing", procedure.form.id)])
    if procedure.questions and KNOWN in schema.get("properties", {}):
        raise EditionRefused([fault(schema_file, f"/properties/{KNOWN}", "known_taken")])
    if not isinstance(ui.get("elements"), list):
        raise EditionRefused([fault(ui_file, "/elements", "not_a_layout")])
    try:
        filled = with_shared(schema, _definitions(files))
        return composed(procedure, raw, filled, ui)
    except SharedMissing as lack:
        raise EditionRefused([fault(schema_file, lack.pointer, "shared_missing", lack.name)]) from lack
    except FormLacks as lack:
        raise EditionRefused([fault(own, "/form/preset", "no_such_field", lack.pointer)]) from lack


class _Loading:
    """One reading of an edition; faults are gathered, and a procedure with one is left out."""

    def __init__(self, files: Mapping[str, Any], *, deep: bool) -> None:
        self._files = files
        self._deep = deep
        self.faults: list[Fault] = []
        self._faulty_forms: set[str] = set()

    def run(self) -> Edition | None:
        if len(self._files) > MAX_FILES:
            self.faults = [fault("", "", "too_many_files", len(self._files))]
            return None
        self._paths()
        deep = [path for path, data in self._files.items() if nests_too_deep(data)] if self._deep else []
        if deep:
            self.faults += [fault(path, "", "too_deep") for path in deep]
            return None
        about = self._about()
        shared = self._files.get(SHARED_FILE)
        if not isinstance(shared, Mapping) or not isinstance(shared.get("$defs"), Mapping):
            self.faults.append(fault(SHARED_FILE, "/$defs", "missing"))
        if self._deep:
            self._forms(_definitions(self._files))
        procedures = self._procedures()
        successors = self._successors(procedures)
        if about is None:
            return None
        version, issued_on, note = about
        return Edition(version, issued_on, note, self._files, procedures, successors, tuple(self.faults))

    def _paths(self) -> None:
        for path in self._files:
            if path not in _PLAIN and not _PROCEDURE.fullmatch(path) and not _FORM.fullmatch(path):
                self.faults.append(fault(path, "", "unknown_file"))

    def _about(self) -> tuple[str, date, Label] | None:
        try:
            read = Reader(self._files.get(ABOUT))
            if read.whole("format", least=1, most=1000) != FORMAT:
                read.refuse("format")
            note = read.child("note")
            about = (
                read.text("version", pattern=VERSION),
                read.day("issued_on"),
                Label(note.text("vi"), note.text("en")),
            )
            read.finish()
        except CatalogueRefused as refusal:
            self.faults.append(_at(ABOUT, refusal))
            return None
        return about

    def _procedures(self) -> dict[str, Procedure]:
        found: dict[str, Procedure] = {}
        for path in sorted(self._files):
            match = _PROCEDURE.fullmatch(path)
            if match is None:
                continue
            procedure, faults = self._procedure(path, match.group(1))
            self.faults += faults
            if procedure is not None and not faults:
                found[procedure.code] = procedure
        if len(found) > MAX_PROCEDURES:
            self.faults.append(fault("", "", "too_many_procedures", len(found)))
        if not any(map(_PROCEDURE.fullmatch, self._files)):
            self.faults.append(fault("", "", "no_procedures"))
        return found

    def _procedure(self, path: str, code: str) -> tuple[Procedure | None, list[Fault]]:
        try:
            procedure = load_procedure(self._files[path])
        except CatalogueRefused as refusal:
            return None, [_at(path, refusal)]
        faults = [] if procedure.code == code else [fault(path, "/code", "code_not_file", procedure.code)]
        faults += [fault(path, place, "same_fee_twice") for place in same_fees(procedure.fees)]
        if not self._deep:
            form = self._files.get(form_files(procedure.form.id)[0])
            return procedure, faults if form else [fault(path, "/form/id", "form_missing", procedure.form.id)]
        return procedure, faults + self._form(path, procedure)

    def _form(self, path: str, procedure: Procedure) -> list[Fault]:
        if procedure.form.id in self._faulty_forms:
            return []  # told with the form; nothing more can be said of what is put into it
        try:
            schema, _ = compose(self._files, procedure, self._files[path])
        except EditionRefused as refusal:
            return list(refusal.faults)
        found = list(conditions_of(procedure))
        return [
            fault(path, place, "no_such_field", pointer)
            for place, condition in found
            for pointer in sorted(condition.pointers())
            if field_schema(schema, pointer) is None
        ] + [
            fault(path, place + below, "unanswered")
            for place, condition in found
            for below in open_answers(condition, schema)
        ]

    def _forms(self, shared: Mapping[str, Any]) -> None:
        """Read every form once, those that no procedure uses too; what is put into it is sound by itself."""
        for form_id in sorted({path.split("/")[1] for path in self._files if _FORM.fullmatch(path)}):
            schema_file, ui_file = form_files(form_id)
            schema, ui = self._files.get(schema_file), self._files.get(ui_file)
            if not isinstance(schema, Mapping) or not isinstance(ui, Mapping):
                self.faults.append(fault(schema_file, "", "form_missing", form_id))
                continue
            try:
                form = load_form(with_shared(schema, shared), ui)
                self.faults += [
                    fault({"schema": schema_file}.get(part, ui_file), place, "unanswered")
                    for part, place in open_answers_of_form(form.loaded)
                ]
            except SharedMissing as lack:
                self.faults.append(fault(schema_file, lack.pointer, "shared_missing", lack.name))
                self._faulty_forms.add(form_id)
            except FormRefused as refusal:
                place = str(refusal.details.get("place", "/"))
                self.faults.append(fault(f"forms/{form_id}", place, "form"))
                self._faulty_forms.add(form_id)
            except _STUMBLES:
                self.faults.append(fault(f"forms/{form_id}", "", "form"))
                self._faulty_forms.add(form_id)

    def _successors(self, procedures: Mapping[str, Procedure]) -> dict[str, Successor]:
        data = self._files.get(SUCCESSORS, [])
        found: dict[str, Successor] = {}
        if not isinstance(data, list) or len(data) > MAX_SUCCESSORS:
            self.faults.append(fault(SUCCESSORS, "", "not_a_list"))
            return found
        for at, item in enumerate(data):
            try:
                step = _successor(Reader(item, f"/{at}"))
            except CatalogueRefused as refusal:
                self.faults.append(_at(SUCCESSORS, refusal))
                continue
            if step.code in found or step.code in procedures:
                self.faults.append(fault(SUCCESSORS, f"/{at}/code", "code_twice", step.code))
            found[step.code] = step
        for at, code in _circles(found):
            self.faults.append(fault(SUCCESSORS, f"/{at}/successor", "circle", code))
        return found


def nests_too_deep(data: Any) -> bool:
    """Tell whether objects and lists nest deeper than `MAX_JSON_DEPTH`; itself it does not recurse."""
    level = [data]
    for _ in range(MAX_JSON_DEPTH):
        level = [
            inner
            for each in level
            if isinstance(each, dict | list)
            for inner in (each.values() if isinstance(each, dict) else each)
        ]
        if not level:
            return False
    return True


def _definitions(files: Mapping[str, Any]) -> Mapping[str, Any]:
    shared = files.get(SHARED_FILE)
    found = shared.get("$defs") if isinstance(shared, Mapping) else None
    return found if isinstance(found, Mapping) else {}


def _at(path: str, refusal: CatalogueRefused) -> Fault:
    return fault(path, str(refusal.details.get("place", "")), "unfit")


def _successor(read: Reader) -> Successor:
    reason = read.child("reason")
    step = Successor(
        code=read.text("code", pattern=CODE),
        name=read.text("name"),
        successor=read.text("successor", pattern=CODE) if read.has("successor") else None,
        reason=Label(reason.text("vi"), reason.text("en")),
        source=read.text("source"),
        confidence=read.choice(Confidence, "confidence"),
    )
    read.finish()
    return step


def _circles(steps: Mapping[str, Successor]) -> Iterator[tuple[int, str]]:
    """Yield the place of every step that leads back to its own code."""
    for at, code in enumerate(steps):
        target = steps[code].successor
        for _ in range(len(steps)):
            if target is None or target not in steps:
                break
            if target == code:
                yield at, code
                break
            target = steps[target].successor


def conditions_of(procedure: Procedure) -> Iterator[tuple[str, Condition]]:
    """Yield every condition of a procedure with its place in the file."""
    for at, component in enumerate(procedure.components):
        if component.condition is not None:
            yield f"/components/{at}/condition", component.condition
    for at, fee in enumerate(procedure.fees):
        if fee.condition is not None:
            yield f"/fees/{at}/condition", fee.condition
    for at, question in enumerate(procedure.questions):
        if question.when is not None:
            yield f"/questions/{at}/when", question.when


def same_fees(rules: Sequence[FeeRule]) -> Iterator[str]:
    """Yield the place of each fee that says the same case again, so that nobody could tell which holds."""
    for (_, one), (at, other) in combinations(enumerate(rules), 2):
        if (
            one.channel is other.channel
            and one.group == other.group
            and one.wards == other.wards
            and one.valid_from == other.valid_from
            and one.condition is None
            and other.condition is None
        ):
            yield f"/fees/{at}"
