"""Finds conditions that take an unanswered yes-or-no for something else than "no".

A box never touched is null and not false. A condition that tells the two apart asks for a paper, a fee or a
question, or leaves it out, as long as nobody has clicked: whoever wrote it meant `{"not": {"const": true}}`.
"""

from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from van_station.rules.catalogue_questions import field_schema
from van_station.rules.conditions import ANY, Condition
from van_station.rules.form_nodes import FieldKind
from van_station.rules.form_specs import ArraySpec, GroupSpec, Loaded, Path, Spec
from van_station.rules.json_values import Pointer, join


def open_answers(condition: Condition, schema: Mapping[str, Any]) -> Iterator[Pointer]:
    """Yield, within a procedure's condition, the place of each test that takes null for other than false.

    Args:
        condition: on the composed form.
        schema: of the composed form, which says what is a yes-or-no.
    """
    for place, path in _told_apart(condition):
        found = field_schema(schema, join(path))
        if found is not None and found.get("type") == "boolean":
            yield place


def open_answers_of_form(loaded: Loaded) -> Iterator[tuple[str, Pointer]]:
    """Yield part (`schema`, `ui`) and place of each such test in a form's rules and checks."""
    boxes = {path for path, spec in loaded.fields.items() if spec.kind is FieldKind.CHECKBOX}
    for spec, base in _every(loaded.roots, ()):
        if spec.rule is not None:
            for place, path in _told_apart(spec.rule.condition):
                if (*base, *path) in boxes:
                    yield "ui", f"{spec.place}/rule/condition{place}"
    for at, check in enumerate(loaded.checks):
        for name, condition in (("condition", check.condition), ("when", check.when)):
            for place, path in _told_apart(condition) if condition is not None else ():
                if path in boxes:
                    yield "schema", f"/x-checks/{at}/{name}{place}"


def _told_apart(condition: Condition) -> Iterator[tuple[Pointer, Path]]:
    for at, part in enumerate(condition.parts):
        for place, path in _told_apart(part):
            yield f"/conditions/{at}{place}", path
    if condition.test is not None and condition.test(None) is not condition.test(False):
        yield "/schema", condition.path


def _every(specs: Sequence[Spec], base: Path) -> Iterator[tuple[Spec, Path]]:
    """Yield every element with what its rule's paths start at."""
    for spec in specs:
        yield spec, base
        if isinstance(spec, GroupSpec):
            yield from _every(spec.children, base)
        elif isinstance(spec, ArraySpec):
            yield from _every(spec.children, (*spec.full, ANY))
