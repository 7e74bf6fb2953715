"""Whatever stands in a form's files, loading answers with a form or with FormRefused and its place."""

import copy
import json
from datetime import date
from functools import cache
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from tests.rules.form_makers import LISTS, control, flag, number, scope, text
from van_station.rules.errors import FormRefused
from van_station.rules.forms import load_form

ROOT = Path(__file__).resolve().parents[2] / "assets" / "catalogue"
SHARED = "shared.schema.json"
TODAY = date(2026, 11, 22)


@cache
def files_of(form_id):
    folder = ROOT / "forms" / form_id
    return tuple(
        json.loads(path.read_text()) for path in (folder / "schema.json", folder / "ui.json", ROOT / SHARED)
    )


def places(value, at=()):
    yield at
    inner = value.items() if isinstance(value, dict) else enumerate(value) if isinstance(value, list) else ()
    for key, part in inner:
        yield from places(part, (*at, key))


def replaced(value, place, new):
    if not place:
        return new
    made = copy.copy(value)
    made[place[0]] = replaced(value[place[0]], place[1:], new)
    return made


WORDS = [
    "string",
    "array",
    "object",
    "SHOW",
    "#/properties/applicant",
    "#/$defs/x",
    "#",
    "/a/b",
    "date",
    "Control",
]
SCALARS = st.one_of(
    st.none(),
    st.booleans(),
    st.integers(-2, 10**20),
    st.floats(),
    st.sampled_from(WORDS),
    st.text(max_size=5),
)
KEYS = st.sampled_from(
    ["type", "properties", "items", "$ref", "oneOf", "const", "rule", "scope", "elements", "op", "of"]
)
VALUES = st.recursive(
    SCALARS,
    lambda inner: st.one_of(st.lists(inner, max_size=3), st.dictionaries(KEYS, inner, max_size=3)),
    max_leaves=6,
)
FORMS = sorted(path.name for path in (ROOT / "forms").iterdir())


def look(schema, ui, documents=None):
    """Load, and look at an empty draft: what loads must be usable."""
    try:
        form = load_form(schema, ui, documents)
    except FormRefused as refusal:
        if not refusal.details["place"].startswith("/") or refusal.details["part"] not in {"schema", "ui"}:
            raise
        return None
    draft = form.empty()
    form.review(draft, today=TODAY, lists=LISTS)
    form.submission(draft, today=TODAY)
    return form


@settings(
    max_examples=150, deadline=None, suppress_health_check=[HealthCheck.too_slow, HealthCheck.data_too_large]
)
@given(st.data())
def test_one_odd_value_anywhere_is_refused_or_harmless(data):
    files = files_of(data.draw(st.sampled_from(FORMS)))
    which = data.draw(st.integers(0, 2))
    place = data.draw(st.sampled_from(list(places(files[which]))))
    files = list(files)
    files[which] = replaced(files[which], place, data.draw(VALUES))
    look(files[0], files[1], {SHARED: files[2]})


PLAIN = {"type": "object", "properties": {"a": text(), "b": flag()}}
LAYOUT = {"type": "VerticalLayout", "elements": [control("a"), control("b")]}


@pytest.mark.parametrize(
    ("place", "value"),
    [
        (("properties", "a", "type"), ["string"]),
        (("properties", "a", "title"), 5),
        (("properties", "a", "x-title-en"), 5),
        (("properties", "a", "x-hint"), ["name"]),
        (("properties", "a", "x-options"), {"wards": 1}),
        (("properties", "a", "x-prefill"), 7),
        (("properties", "a", "x-not-after-today"), "yes"),
        (("properties", "a", "default"), ["x"]),
        (("properties", "a", "oneOf"), [True]),
        (("properties", "a", "oneOf"), [{"const": [1], "title": "a", "x-title-en": "a"}]),
        (("properties", "a", "x-calculate"), {"op": ["copy"], "of": ["/b"]}),
        (("properties", "a", "pattern"), "(" * 3000),
        (("properties", "b", "default"), "true"),
        (("properties", "b"), True),
        (("properties",), []),
        (("$defs",), []),
        (("$id",), "http://["),
        (("x-checks",), [{"at": "/a", "severity": ["error"]}]),
        (("type",), ["object"]),
    ],
)
def test_an_odd_value_in_a_schema_is_refused(place, value):
    schema = copy.deepcopy(PLAIN)
    inner = schema
    for key in place[:-1]:
        inner = inner[key]
    inner[place[-1]] = value
    with pytest.raises(FormRefused):
        load_form(schema, LAYOUT)


@pytest.mark.parametrize(
    "odd",
    [
        {"type": ["Control"]},
        {"type": "Control", "scope": {"a": 1}},
        control("a", options=["multi"]),
        control("a", label=5),
        control("a", help=["x"]),
        control("a", rule="SHOW"),
        control("a", rule={"effect": ["SHOW"], "condition": {}}),
        control("a", rule={"effect": "SHOW", "condition": {"scope": scope("b"), "schema": {"allOf": 5}}}),
        control("a", rule={"effect": "SHOW", "condition": {"type": ["AND"], "conditions": []}}),
        {"type": "Group", "elements": 5},
        {"type": "Label", "label": ["x"]},
        None,
        5,
    ],
)
def test_an_odd_value_in_a_layout_is_refused_with_its_place(odd):
    with pytest.raises(FormRefused) as refusal:
        load_form(PLAIN, {"type": "VerticalLayout", "elements": [odd]})
    assert refusal.value.details["part"] == "ui"
    assert refusal.value.details["place"].startswith("/elements/0")


@pytest.mark.parametrize("kind", [list, dict])
def test_nesting_without_end_is_refused_before_it_is_read(kind):
    deep = {}
    for _ in range(5000):
        deep = [deep] if kind is list else {"x": deep}
    for schema, ui in (({**PLAIN, "x-note": deep}, LAYOUT), (PLAIN, {**LAYOUT, "x": deep})):
        with pytest.raises(FormRefused):
            load_form(schema, ui)


def test_definitions_that_multiply_are_refused():
    level = {
        f"d{at}": {
            "type": "object",
            "properties": {f"p{n}": {"$ref": f"#/$defs/d{at + 1}"} for n in range(10)},
        }
        for at in range(10)
    }
    schema = {**PLAIN, "$defs": {**level, "d10": text()}, "properties": {"a": {"$ref": "#/$defs/d0"}}}
    with pytest.raises(FormRefused):
        load_form(schema, LAYOUT)


def test_a_reference_into_what_is_no_schema_is_refused():
    schema = {**PLAIN, "x-note": {"minimum": "x"}, "allOf": [{"$ref": "#/x-note"}]}
    with pytest.raises(FormRefused) as refusal:
        load_form(schema, LAYOUT)
    assert refusal.value.details["place"] == "/allOf/0/$ref"


def chained(count):
    """Return a form of calculated numbers, each made of all of the three before it."""
    names = [f"n{at}" for at in range(count)]
    made = {
        name: number(
            **{"x-calculate": {"op": "sum", "of": [f"/{each}" for each in names[max(0, at - 3) : at]]}}
        )
        for at, name in enumerate(names)
        if at
    }
    ruled = control(
        "a", rule={"effect": "SHOW", "condition": {"scope": scope(names[-1]), "schema": {"minimum": 1}}}
    )
    return {"type": "object", "properties": {"n0": number(), "a": text(), **made}}, {
        "type": "VerticalLayout",
        "elements": [ruled, *map(control, reversed(names))],
    }


def test_calculations_on_calculations_load_in_a_moment_or_are_refused():
    assert look(*chained(60)) is not None
    with pytest.raises(FormRefused):
        load_form(*chained(700))


@pytest.mark.parametrize("form_id", FORMS)
def test_every_form_of_the_edition_can_be_looked_at(form_id):
    schema, ui, shared = files_of(form_id)
    assert look(schema, ui, {SHARED: shared}) is not None
