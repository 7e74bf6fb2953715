import pytest
from hypothesis import given
from hypothesis import strategies as st

from van_station.rules.json_values import get, join, pointer_of_scope, replaced, split

NAMES = st.text(min_size=1, max_size=6)


@given(st.lists(NAMES, max_size=5))
def test_a_pointer_keeps_every_name(parts):
    assert split(join(parts)) == parts


@given(st.lists(NAMES, min_size=1, max_size=5), st.integers())
def test_what_is_put_somewhere_is_found_there(parts, value):
    assert get(replaced({}, join(parts), value), join(parts)) == value


def test_only_the_way_to_a_change_is_copied():
    before = {"a": {"x": 1}, "b": {"y": [1, 2]}}
    after = replaced(before, "/a/x", 2)
    assert after["b"] is before["b"]
    assert before["a"] == {"x": 1}


def test_one_past_the_end_appends_and_further_is_refused():
    assert replaced([1], "/1", 2) == [1, 2]
    assert replaced([1], "/0", 2) == [2]
    with pytest.raises(IndexError):
        replaced([1], "/2", 2)


@pytest.mark.parametrize("pointer", ["/a/0", "/b/5", "/b/x", "/b/-1", "/c", "/b/٣"])
def test_what_is_not_there_is_none(pointer):
    assert get({"a": 1, "b": [1, 2]}, pointer) is None


def test_scopes_name_properties():
    assert pointer_of_scope("#/properties/a/properties/b") == "/a/b"
    assert pointer_of_scope("#") == ""
    for scope in ("/properties/a", "#/items/a", "#/properties", "None"):
        with pytest.raises(ValueError, match="scope"):
            pointer_of_scope(scope)
