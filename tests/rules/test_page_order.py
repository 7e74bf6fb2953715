"""Whatever is done to a batch, no page is lost or doubled, and all of it can be undone."""

from __future__ import annotations

from collections import Counter

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, invariant, rule

from van_station.rules.page_geometry import LEAST_MM, Crop, Part, part_left
from van_station.rules.page_history import History, from_json, settled, to_json
from van_station.rules.page_order import Document, Out, PageOrder, Sheet


def order_of(*documents: str) -> PageOrder:
    """An order of one-letter pages: "ab", "c" are two documents."""
    return PageOrder("home", tuple(Document("home", tuple(map(Sheet, each))) for each in documents))


def spelt(order: PageOrder) -> list[str]:
    return ["".join(sheet.key for sheet in each.sheets) for each in order.documents]


def test_pages_go_to_the_end_or_behind_a_page():
    order = order_of("ab", "cd").arrive(Sheet("x")).arrive(Sheet("y"), after="a")
    assert spelt(order) == ["ayb", "cdx"]
    assert spelt(PageOrder("home").arrive(Sheet("a"))) == ["a"]


@pytest.mark.parametrize(
    ("keys", "step", "result"),
    [
        ("a", 1, ["bac", "de"]),
        ("c", 1, ["ab", "cde"]),
        ("d", -1, ["abcd", "e"]),
        ("a", -1, ["abc", "de"]),
        ("e", 1, ["abc", "de"]),
        ("ac", -1, ["abc", "de"]),
        ("bc", -1, ["bca", "de"]),
        ("de", -1, ["abcde"]),
    ],
)
def test_pages_move_by_one_place_and_into_the_neighbouring_document(keys, step, result):
    assert spelt(order_of("abc", "de").shift(set(keys), step)) == result


@pytest.mark.parametrize(
    ("keys", "index", "result"),
    [
        ("a", 2, "bcad"),
        ("d", 0, "dabc"),
        ("b", 99, "acdb"),
        ("cd", 0, "cdab"),
        ("c", -5, "cabd"),
        ("b", 1, "abcd"),
    ],
)
def test_pages_move_to_an_index(keys, index, result):
    assert spelt(order_of("abcd").move_to(set(keys), index)) == [result]


def test_pages_dropped_on_another_go_into_its_document():
    assert spelt(order_of("abc", "de").place({"a", "c"}, "e", after=False)) == ["b", "dace"]
    assert spelt(order_of("abc", "de").place({"d", "e"}, "a", after=True)) == ["adebc"]


def test_documents_are_split_and_merged_and_go_to_components():
    split = order_of("abcd").split("b").assign("c", "other")
    assert spelt(split) == ["ab", "cd"]
    assert [each.component for each in split.documents] == ["home", "other"]
    assert spelt(split.split("d")) == ["ab", "cd"], "nothing is behind the last page"
    merged = split.merge("a")
    assert (spelt(merged), merged.documents[0].component) == (["abcd"], "home")
    assert merged.merge("a") == merged


def test_a_table_of_components_by_page_makes_documents():
    order = order_of("abcdef").divide({0: "birth", 2: "marriage", 5: "photo", 99: "nobody"})
    assert spelt(order) == ["ab", "cde", "f"]
    assert [each.component for each in order.documents] == ["birth", "marriage", "photo"]


def test_a_page_scanned_again_takes_the_place_and_the_old_one_can_come_back():
    order = order_of("abc").arrive(Sheet("x", out=Out.REPLACED), after="b").replace_page("b", "x")
    assert spelt(order) == ["axbc"]
    assert [sheet.key for sheet in order.documents[0].kept] == ["a", "x", "c"]
    assert order.sheet("b").out is Out.REPLACED
    back = order.restore({"b"}).leave_out({"x"})
    assert [sheet.key for sheet in back.documents[0].kept] == ["a", "b", "c"]


def test_a_blank_page_that_is_deleted_stays_a_blank_one():
    order = order_of("a").leave_out({"a"}, Out.BLANK).leave_out({"a"})
    assert order.sheet("a").out is Out.BLANK


def test_a_page_that_is_not_there_is_refused():
    for act in (
        lambda order: order.rotate({"z"}, 1),
        lambda order: order.leave_out({"a", "z"}),
        lambda order: order.split("z"),
        lambda order: order.place({"a"}, "z", after=True),
    ):
        with pytest.raises(KeyError):
            act(order_of("ab"))
    with pytest.raises(ValueError, match="once"):
        order_of("ab").arrive(Sheet("a"))


class Batch(RuleBasedStateMachine):
    """Any sequence of acts and arrivals."""

    @initialize(count=st.integers(0, 6))
    def begin(self, count: int) -> None:
        self.came = [f"p{number}" for number in range(count)]
        start = PageOrder("home")
        for key in self.came:
            start = start.arrive(Sheet(key))
        self.history, self.start, self.acts = History(start), start, 0

    def some(self, data: st.DataObject) -> set[str]:
        return data.draw(st.sets(st.sampled_from(self.came), min_size=1)) if self.came else set()

    def act(self, order: PageOrder) -> None:
        self.history = self.history.act(order)

    @rule(data=st.data())
    def arrive(self, data: st.DataObject) -> None:
        sheet = Sheet(f"p{len(self.came)}", out=data.draw(st.sampled_from([Out.NO, Out.BLANK])))
        after = data.draw(st.sampled_from(["", *self.came]))
        self.history = self.history.arrive(sheet, after=after)
        self.start = self.start.arrive(sheet, after=after)
        self.came.append(sheet.key)

    @rule(data=st.data())
    def scan_again(self, data: st.DataObject) -> None:
        if self.came:
            old, sheet = data.draw(st.sampled_from(self.came)), Sheet(f"p{len(self.came)}", out=Out.REPLACED)
            self.history = self.history.arrive(sheet, after=old)
            self.start = self.start.arrive(sheet, after=old)
            self.came.append(sheet.key)
            self.act(self.history.present.replace_page(old, sheet.key))

    @rule(data=st.data(), quarters=st.integers(-3, 3))
    def rotate(self, data: st.DataObject, quarters: int) -> None:
        self.act(self.history.present.rotate(self.some(data), quarters))

    @rule(data=st.data(), step=st.sampled_from([-1, 1]))
    def shift(self, data: st.DataObject, step: int) -> None:
        self.act(self.history.present.shift(self.some(data), step))

    @rule(data=st.data(), index=st.integers(-1, 8))
    def move(self, data: st.DataObject, index: int) -> None:
        self.act(self.history.present.move_to(self.some(data), index))

    @rule(data=st.data(), after=st.booleans())
    def place(self, data: st.DataObject, after: bool) -> None:
        if self.came:
            anchor = data.draw(st.sampled_from(self.came))
            self.act(self.history.present.place(self.some(data), anchor, after=after))

    @rule(data=st.data(), why=st.sampled_from([Out.BLANK, Out.DELETED]))
    def leave_out(self, data: st.DataObject, why: Out) -> None:
        self.act(self.history.present.leave_out(self.some(data), why))

    @rule(data=st.data())
    def restore(self, data: st.DataObject) -> None:
        self.act(self.history.present.restore(self.some(data)))

    @rule(data=st.data(), act=st.sampled_from(["split", "merge", "assign", "crop"]))
    def on_one(self, data: st.DataObject, act: str) -> None:
        if self.came:
            key, order = data.draw(st.sampled_from(self.came)), self.history.present
            more = {"assign": ("other",), "crop": (Crop(1, 2, 3, 4),)}.get(act, ())
            self.act(getattr(order, act)(key, *more))

    @rule()
    def undo(self) -> None:
        self.history = self.history.undo()

    @rule()
    def redo(self) -> None:
        self.history = self.history.redo()

    @invariant()
    def every_page_is_there_once(self) -> None:
        if hasattr(self, "history"):
            for order in (self.history.present, *self.history.past, *self.history.future):
                assert Counter(order.keys) == Counter(self.came)
                assert all(document.sheets for document in order.documents)
            assert from_json(to_json(self.history.present)) == self.history.present

    @invariant()
    def undoing_all_gives_the_start(self) -> None:
        if hasattr(self, "history"):
            history = self.history
            while history.past:
                assert history.undo().redo() == history
                history = history.undo()
            assert history.present == self.start


TestBatch = Batch.TestCase
TestBatch.settings = settings(max_examples=40, stateful_step_count=25, deadline=None)


def test_a_kept_order_is_made_to_fit_the_pages_that_are_there():
    order = order_of("ab", "cd").rotate({"a"}, 1)
    fitted = settled(order, {"a": Out.NO, "d": Out.NO, "x": Out.BLANK})
    assert spelt(fitted) == ["a", "dx"]
    assert (fitted.sheet("a").quarters, fitted.sheet("x").out) == (1, Out.BLANK)


@pytest.mark.parametrize(
    "value", [None, {}, {"home": "h", "documents": [{"component": "c", "sheets": []}]}, []]
)
def test_what_is_no_order_is_refused(value):
    with pytest.raises(ValueError, match="order"):
        from_json(value)


# ---------------------------------------------------------------------- geometry
MM = st.floats(0, 400, allow_nan=False)
SHARE = st.floats(0, 0.5, allow_nan=False)


@given(st.builds(Crop, MM, MM, MM, MM), st.integers(0, 3))
def test_a_cut_turned_all_the_way_round_is_the_same(crop, quarters):
    assert crop.turned(quarters).turned(4 - quarters) == crop


@given(st.builds(Part, SHARE, SHARE, SHARE, SHARE), st.integers(0, 3))
def test_a_part_turned_all_the_way_round_is_where_it_was(part, quarters):
    back = part.turned(quarters).turned(-quarters)
    for name in ("left", "top", "width", "height"):
        assert getattr(back, name) == pytest.approx(getattr(part, name), abs=1e-9)


def test_left_becomes_top_when_a_page_is_turned_clockwise():
    assert Crop(left=5).turned(1) == Crop(top=5)
    assert Part(0, 0, 0.1, 0.2).turned(1) == Part(0.8, 0, 0.2, 0.1)


@given(st.builds(Crop, MM, MM, MM, MM), st.floats(20, 500), st.floats(20, 500))
def test_a_cut_always_leaves_something(crop, width, height):
    kept = crop.inside(width, height)
    assert width - kept.left - kept.right >= LEAST_MM - 0.11
    assert height - kept.top - kept.bottom >= LEAST_MM - 0.11
    left = part_left(crop, width, height)
    assert 0 <= left.left <= left.left + left.width <= 1 + 1e-9


def test_an_edge_is_pulled_in_steps_and_stops_at_the_others():
    assert Crop(right=100).pulled("left", 500, 210, 297) == Crop(left=100, right=100)
    assert Crop(left=3).pulled("left", -5, 210, 297) == Crop()
    assert Crop().pulled("bottom", 1, 210, 297) == Crop(bottom=1)


def test_what_was_found_on_a_page_is_found_on_what_was_cut_out_of_it():
    half = Part(0.5, 0, 0.5, 1)
    inside = Part(0.75, 0.5, 0.1, 0.1).within(half)
    assert inside is not None
    assert inside.left == pytest.approx(0.5)
    assert Part(0, 0, 0.2, 0.2).within(half) is None
