import copy

from hypothesis import given, settings
from hypothesis import strategies as st

from tests.rules.form_makers import array, choice, control, flag, form, number, text
from van_station.rules.form_changes import Reason, changed_between

OLD = form(
    {
        "name": text(title="Họ tên"),
        "birth": text(format="date"),
        "sex": choice("male", "female", "unknown"),
        "count": number(),
        "gone": text(title="Bỏ rồi"),
        "yes": flag(),
        "ward": text(**{"x-options": "wards"}),
        "rows": array({"a": text(), "b": text()}),
        "words": text(**{"x-calculate": {"op": "date_in_words", "of": ["/birth"]}}),
    },
    *(control(name) for name in ("name", "birth", "sex", "count", "gone", "yes", "ward", "words")),
    control("rows", control("a"), control("b")),
)
NEW = form(
    {
        "name": text(title="Họ, chữ đệm, tên"),
        "birth": text(format="partial-date"),
        "sex": choice("male", "female"),
        "count": text(title="Số"),
        "yes": number(),
        "ward": text(**{"x-options": "old_wards"}),
        "rows": array({"a": text()}, maxItems=2),
        "fresh": text(default="mới"),
        "words": text(**{"x-calculate": {"op": "date_in_words", "of": ["/birth"]}}),
    },
    *(control(name) for name in ("name", "birth", "sex", "count", "yes", "ward", "fresh", "words")),
    control("rows", control("a")),
)
ANSWERS = {
    "name": "Nguyễn Ví Dụ",
    "birth": "1990-02-01",
    "sex": "unknown",
    "count": 3,
    "gone": "x",
    "yes": True,
    "ward": "00001",
    "rows": [{"a": "1", "b": "2"}, {}, {"a": "3"}],
    "words": "cũ",
}


def test_what_fits_is_carried_and_the_rest_is_named():
    before = copy.deepcopy(ANSWERS)
    carried = changed_between(OLD, NEW, ANSWERS)
    assert before == ANSWERS
    assert carried.answers == {
        "name": "Nguyễn Ví Dụ",
        "birth": "1990-02-01",
        "count": "3",
        "rows": [{"a": "1"}, {}],
        "fresh": "mới",
        "words": "Ngày một tháng hai năm một nghìn chín trăm chín mươi",
    }
    assert {each.pointer: each.reason for each in carried.left} == {
        "/sex": Reason.NOT_A_CHOICE,
        "/gone": Reason.GONE,
        "/yes": Reason.OTHER_KIND,
        "/ward": Reason.OTHER_KIND,
        "/rows/0/b": Reason.GONE,
        "/rows/2/a": Reason.TOO_MANY,
    }
    assert [(each.pointer, each.label.vi) for each in carried.reworded] == [("/name", "Họ tên")]
    assert next(each for each in carried.left if each.pointer == "/gone").label.vi == "Bỏ rồi"
    assert "x" in [each.value for each in carried.left]
    assert "Ví Dụ" not in repr(carried)


def test_the_same_form_keeps_everything():
    answers = OLD.recalculated(ANSWERS)
    carried = changed_between(OLD, OLD, answers)
    assert (carried.answers, carried.left, carried.reworded) == (answers, (), ())


SCALARS = st.none() | st.booleans() | st.integers(0, 9) | st.text("ab", max_size=2)
NAMES = st.sampled_from(["name", "birth", "sex", "count", "gone", "yes", "ward", "stranger"])
DRAFTS = st.fixed_dictionaries(
    {"rows": st.lists(st.dictionaries(st.sampled_from("abz"), SCALARS, max_size=3), max_size=4)}
).flatmap(lambda rows: st.dictionaries(NAMES, SCALARS).map(lambda flat: {**flat, **rows}))


def leaves(value, at=""):
    if isinstance(value, dict):
        return {
            place: leaf for key, part in value.items() for place, leaf in leaves(part, f"{at}/{key}").items()
        }
    if isinstance(value, list):
        return {
            place: leaf for n, part in enumerate(value) for place, leaf in leaves(part, f"{at}/{n}").items()
        }
    return {} if value is None else {at: value}


@settings(deadline=None)
@given(DRAFTS)
def test_every_answer_is_either_carried_or_named(draft):
    carried = changed_between(OLD, NEW, draft)
    there = leaves(draft)
    assert {*carried.kept, *(each.pointer for each in carried.left)} == set(there)
    assert not {*carried.kept} & {each.pointer for each in carried.left}
    now = leaves(carried.answers)
    for pointer in carried.kept:
        assert str(now[pointer]) == str(there[pointer])
    for change in carried.left:
        assert change.value == there[change.pointer]
    NEW.check(carried.answers)
