import pytest
from hypothesis import given
from hypothesis import strategies as st

from van_station.rules.catalogue_conditions import (
    ConditionFault,
    read_condition,
    read_presets,
    write_condition,
    write_presets,
)

KEYS = ["home", "loai"]


def known(key, schema):
    return {"scope": f"#/properties/known/properties/{key}", "schema": schema}


def both(*parts):
    return {"type": "AND", "conditions": list(parts)}


def either(*parts):
    return {"type": "OR", "conditions": list(parts)}


HOME, RENT = known("home", {"not": {"const": True}}), known("loai", {"const": "thue"})
LEND = known("loai", {"const": "muon"})


@pytest.mark.parametrize(
    ("text", "condition"),
    [
        ("home != có", HOME),
        ("home!=yes", HOME),
        ("home = không", known("home", {"const": False})),
        ("home = trống", known("home", {"const": None})),
        ("loai = thue", RENT),
        ("loai = chưa rõ", known("loai", {"const": "chưa rõ"})),
        ('loai = "có; không"', known("loai", {"const": "có; không"})),
        ('loai = "15"', known("loai", {"const": "15"})),
        ("loai = 15", known("loai", {"const": 15})),
        ("/case/late = có", {"scope": "#/properties/case/properties/late", "schema": {"const": True}}),
        ("loai thuộc thue, muon", known("loai", {"enum": ["thue", "muon"]})),
        ("loai không thuộc thue, muon", known("loai", {"not": {"enum": ["thue", "muon"]}})),
        ("loai >= 3", known("loai", {"type": "number", "minimum": 3})),
        ("loai <= 3", known("loai", {"type": "number", "maximum": 3})),
        ("/a < /b", {"compare": ["/a", "<", "/b"]}),
        ("/a != /b", {"compare": ["/a", "!=", "/b"]}),
        ("home != có; loai = thue | loai = muon", both(HOME, either(RENT, LEND))),
        ("(home != có; loai = thue) | loai = muon", either(both(HOME, RENT), LEND)),
        ("home != có | loai = thue", either(HOME, RENT)),
    ],
)
def test_a_cell_says_a_condition(text, condition):
    assert read_condition(text, KEYS) == condition
    assert read_condition(write_condition(condition, KEYS), KEYS) == condition


@pytest.mark.parametrize(
    ("text", "what", "at"),
    [
        ("", "name", 1),
        ("nha = có", "name", 1),
        ("home", "mark", 5),
        ("home có", "mark", 6),
        ("home =", "value", 7),
        ("home = có loai = thue", "end", 16),
        ("(home = có", "closing", 11),
        ("home = có)", "end", 10),
        ("home = có;", "name", 11),
        ("loai >= thue", "value", 9),
        ("loai < 3", "mark", 6),
        ("home không có", "mark", 12),
        ('loai = "a', "value", 8),
        ("{", "unfit", 1),
        ("{}", "unfit", 1),
        ("(" * 50 + "home = có", "unfit", 10),
        ("x" * 5000, "unfit", 4000),
    ],
)
def test_a_cell_that_says_none_is_refused_with_the_place(text, what, at):
    with pytest.raises(ConditionFault) as fault:
        read_condition(text, KEYS)
    assert (fault.value.what, fault.value.at) == (what, at)


def test_what_the_language_cannot_say_is_written_as_json():
    strange = known("home", {"allOf": [{"const": True}]})
    text = write_condition(strange, KEYS)
    assert text.startswith("{")
    assert read_condition(text, KEYS) == strange


VALUES = st.one_of(st.booleans(), st.none(), st.integers(-(10**9), 10**9), st.text(max_size=12))
SCHEMAS = st.one_of(
    VALUES.map(lambda value: {"const": value}),
    VALUES.map(lambda value: {"not": {"const": value}}),
    st.lists(st.text(min_size=1, max_size=5), min_size=1, max_size=3, unique=True).map(
        lambda values: {"enum": values}
    ),
    st.integers(0, 99).map(lambda value: {"type": "number", "minimum": value}),
    st.integers(0, 99).map(lambda value: {"minimum": value}),
)
TESTS = st.builds(
    lambda scope, schema: {"scope": scope, "schema": schema},
    st.sampled_from(
        ["#/properties/known/properties/home", "#/properties/a/properties/b", "#/properties/x y"]
    ),
    SCHEMAS,
)
CONDITIONS = st.recursive(
    TESTS,
    lambda inner: st.builds(
        lambda kind, parts: {"type": kind, "conditions": parts},
        st.sampled_from(["AND", "OR"]),
        st.lists(inner, min_size=1, max_size=3),
    ),
    max_leaves=6,
)


@given(CONDITIONS)
def test_every_condition_survives_its_cell(condition):
    assert read_condition(write_condition(condition, KEYS), KEYS) == condition


@given(st.text(max_size=60))
def test_any_text_is_a_condition_or_a_fault(text):
    try:
        condition = read_condition(text, KEYS)
    except ConditionFault:
        return
    assert read_condition(write_condition(condition, KEYS), KEYS) == condition


def test_presets_survive_their_cell():
    presets = {"/kind": "permanent", "/a/b": 3, "/c": True, "/d": "có"}
    assert read_presets(write_presets(presets)) == presets
    with pytest.raises(ConditionFault):
        read_presets("kind permanent")
