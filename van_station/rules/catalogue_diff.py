"""What is different between two editions, procedure by procedure and field by field."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any, Literal

from van_station.rules.catalogue_bundle import canonical
from van_station.rules.catalogue_edition import Edition, form_files, procedure_file
from van_station.rules.json_values import Pointer

_LISTS = {"components": "code", "questions": "key"}
MAX_CHANGES = 2000


@dataclass(frozen=True, slots=True)
class FieldChange:
    """One value that differs.

    Attributes:
        pointer: to it; items of `components` and `questions` are named by their code, others by number.
        before, after: JSON values, None where there was or is nothing.
    """

    pointer: Pointer
    before: Any
    after: Any


@dataclass(frozen=True, slots=True)
class ProcedureChange:
    """What became of one procedure.

    Attributes:
        form: whether the form that it uses, or the shared definitions in it, changed.
        renewed: whether its version changed; a changed procedure whose version did not is refused when the
            edition is installed.
    """

    code: str
    name: str
    what: Literal["added", "removed", "changed"]
    fields: tuple[FieldChange, ...] = ()
    form: bool = False
    renewed: bool = True


@dataclass(frozen=True, slots=True)
class EditionChange:
    """What is different between two editions."""

    procedures: tuple[ProcedureChange, ...]
    forms: tuple[str, ...]
    """Ids of forms whose own files changed, were added or removed."""
    successors: tuple[str, ...]
    """Old codes whose successor entry changed, was added or removed."""

    def __bool__(self) -> bool:
        return bool(self.procedures or self.forms or self.successors)


def difference(before: Edition, after: Edition) -> EditionChange:
    """Return what changed from one edition to another; order as in the editions."""
    codes = sorted({*before.procedures, *after.procedures})
    changes = [change for code in codes if (change := _procedure(before, after, code)) is not None]
    gone = {**before.successors, **after.successors}
    return EditionChange(
        tuple(changes),
        tuple(sorted(_forms(before, after))),
        tuple(sorted(code for code in gone if before.successors.get(code) != after.successors.get(code))),
    )


def says_the_same(before: Edition, after: Edition, code: str) -> bool:
    """Tell whether a procedure that both hold means the same, its form with it."""
    return _meaning(before, code) == _meaning(after, code)


def not_renewed(before: Edition, after: Edition) -> tuple[str, ...]:
    """Return the codes of procedures that say something else in `after` under the version of `before`."""
    return tuple(
        code
        for code, procedure in after.procedures.items()
        if (old := before.find(code)) is not None
        and old.version == procedure.version
        and not says_the_same(before, after, code)
    )


def plain(raw: Mapping[str, Any]) -> dict[str, Any]:
    """Return a procedure's file without what means nothing: `$schema`, nulls, flags that are off."""
    return {
        key: _plain(value)
        for key, value in raw.items()
        if key != "$schema" and value is not None and (key, value) != ("questions", [])
    }


def same_data(one: Any, other: Any) -> bool:
    """Tell whether two files of an edition mean the same, whatever they leave out or write as null."""
    return bool(_file(one) == _file(other))


def _file(data: Any) -> Any:
    return plain(data) if isinstance(data, dict) else _plain(data)


def _plain(value: Any) -> Any:
    if isinstance(value, list):
        return [_plain(item) for item in value]
    if not isinstance(value, dict):
        return value
    return {
        key: inner if key in {"condition", "when"} else _plain(inner)
        for key, inner in value.items()
        if inner is not None and (key, inner) not in (("from_form", False), ("preset", {}))
    }


def _meaning(edition: Edition, code: str) -> bytes:
    return canonical([plain(edition.files[procedure_file(code)]), *edition.form_of(edition.procedures[code])])


def _procedure(before: Edition, after: Edition, code: str) -> ProcedureChange | None:
    old, new = before.find(code), after.find(code)
    if old is None and new is not None:
        return ProcedureChange(code, new.name.vi, "added")
    if new is None:
        return ProcedureChange(code, old.name.vi if old else "", "removed")
    if old is None or says_the_same(before, after, code):
        return None
    first, second = (plain(edition.files[procedure_file(code)]) for edition in (before, after))
    fields = tuple(_fields(first, second, ""))[:MAX_CHANGES]
    form = canonical(before.form_of(old)) != canonical(after.form_of(new))
    return ProcedureChange(code, new.name.vi, "changed", fields, form, old.version != new.version)


def _forms(before: Edition, after: Edition) -> Iterator[str]:
    ids = {path.split("/")[1] for files in (before.files, after.files) for path in files if "forms/" in path}
    for form_id in ids:
        if any(before.files.get(path) != after.files.get(path) for path in form_files(form_id)):
            yield form_id


def _fields(before: Any, after: Any, pointer: Pointer) -> Iterator[FieldChange]:
    if before == after:
        return
    name = pointer.rsplit("/", 1)[-1]
    if isinstance(before, list) and isinstance(after, list) and name in {*_LISTS, "fees", "laws", "notes"}:
        before, after = _named(name, before), _named(name, after)
    if isinstance(before, dict) and isinstance(after, dict) and name not in {"condition", "when"}:
        for key in dict.fromkeys((*before, *after)):
            yield from _fields(before.get(key), after.get(key), f"{pointer}/{key}")
        return
    yield FieldChange(pointer, before, after)


def _named(name: str, items: list[Any]) -> dict[str, Any]:
    key = _LISTS.get(name)
    return {str(item[key]) if key else str(at): item for at, item in enumerate(items)}
