"""Plain tests of single values say what jsonschema says."""

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from jsonschema import Draft202012Validator

from van_station.rules.errors import FormRefused
from van_station.rules.form_predicates import compiled, is_iso_date
from van_station.rules.form_schema import CompiledSchema

SCALARS = st.one_of(
    st.none(),
    st.booleans(),
    st.integers(-9, 9),
    st.sampled_from([0.5, 1.0, -0.0]),
    st.text("abé1", max_size=4),
)
VALUES = (
    SCALARS | st.lists(SCALARS, max_size=3) | st.dictionaries(st.text("ab", max_size=2), SCALARS, max_size=2)
)
TYPES = st.sampled_from(["null", "boolean", "string", "number", "integer", "object", "array"])
LEAVES = st.one_of(
    st.fixed_dictionaries({"type": TYPES}),
    st.fixed_dictionaries({"type": st.lists(TYPES, min_size=1, unique=True, max_size=3)}),
    st.fixed_dictionaries({"const": VALUES}),
    st.fixed_dictionaries({"enum": st.lists(VALUES, min_size=1, max_size=3)}),
    st.fixed_dictionaries({"minLength": st.integers(0, 3)}),
    st.fixed_dictionaries({"maxLength": st.integers(0, 3)}),
    st.fixed_dictionaries({"minimum": st.integers(-5, 5), "exclusiveMaximum": st.integers(-5, 9)}),
    st.fixed_dictionaries({"maximum": st.integers(-5, 5), "exclusiveMinimum": st.integers(-9, 5)}),
    st.fixed_dictionaries({"pattern": st.sampled_from(["a", "^b+$", "[0-9]"])}),
    st.booleans(),
)
SCHEMAS = st.recursive(
    LEAVES,
    lambda inner: st.one_of(
        st.fixed_dictionaries({"not": inner}),
        *(
            st.fixed_dictionaries({keyword: st.lists(inner, min_size=1, max_size=3)})
            for keyword in ("allOf", "anyOf", "oneOf")
        ),
    ),
    max_leaves=6,
)


@settings(max_examples=300, deadline=None)
@given(SCHEMAS, VALUES)
def test_a_plain_test_says_what_jsonschema_says(schema, value):
    test = compiled(schema)
    assert test is not None
    assert test(value) is Draft202012Validator(schema).is_valid(value)


@settings(max_examples=200, deadline=None)
@given(st.dictionaries(st.sampled_from("ab"), SCHEMAS), st.dictionaries(st.sampled_from("ab"), VALUES))
def test_an_object_of_fields_is_judged_as_jsonschema_does(properties, value):
    schema = {"properties": properties, "required": ["a"]}
    assert CompiledSchema(schema).is_valid(value) is Draft202012Validator(schema).is_valid(value)


def test_what_says_more_than_single_values_has_no_plain_test():
    assert compiled({"properties": {}}) is None
    assert compiled({"not": {"$ref": "#"}}) is None
    assert compiled({"multipleOf": 2}) is None


@pytest.mark.parametrize("text", ["2026-11-22", "2024-02-29"])
def test_a_day_is_written_as_rfc_3339_says(text):
    assert is_iso_date(text)


@pytest.mark.parametrize(
    "text", ["2026-11-31", "2023-02-29", "20261122", "2026-W01-1", "1998-1-20", "২026-11-22"]
)
def test_other_writings_are_no_stored_day(text):
    assert not is_iso_date(text)


@pytest.mark.parametrize(
    ("schema", "place"),
    [
        ({"properties": {"a": {"patternProperties": {}}}}, "/properties/a/patternProperties"),
        ({"properties": {"a": {"x-hints": "name"}}}, "/properties/a/x-hints"),
        ({"properties": {"a": {"format": "email"}}}, "/properties/a/format"),
        ({"properties": {"a": {"pattern": "(a+)+"}}}, "/properties/a/pattern"),
        ({"properties": {"a": {"type": "txt"}}}, "/properties/a/type"),
        ({"allOf": [{"$ref": "#/$defs/nobody"}]}, "/allOf/0/$ref"),
        ({"allOf": [{"$ref": "https://example.vn/x"}]}, "/allOf/0/$ref"),
        ({"$schema": "http://json-schema.org/draft-07/schema#"}, "/$schema"),
        ({"$defs": {"a": {"$id": "b"}}}, "/$defs/a/$id"),
        ({"$ref": "#"}, "/$ref"),
        (
            {"$defs": {"a": {"$ref": "#/$defs/b"}, "b": {"allOf": [{"$ref": "#/$defs/a"}]}}},
            "/$defs/a/$ref/allOf/0/$ref",
        ),
    ],
)
def test_a_schema_beyond_what_is_claimed_is_refused_with_its_place(schema, place):
    with pytest.raises(FormRefused) as refusal:
        CompiledSchema(schema)
    assert refusal.value.details == {"place": place, "part": "schema"}


def test_schemas_within_each_other_are_bounded():
    schema = True
    for _ in range(45):
        schema = {"not": schema}
    with pytest.raises(FormRefused):
        CompiledSchema(schema)


def test_a_pattern_is_not_applied_to_a_text_beyond_its_bound():
    assert not CompiledSchema({"pattern": "a"}).is_valid("a" * 301)
    assert CompiledSchema({"pattern": "a", "maxLength": 400}).is_valid("a" * 301)
