"""The review's memory: what is chosen, what of the strip is drawn, where a page lies."""

from __future__ import annotations

from types import SimpleNamespace

import flet as ft
import pytest
from hypothesis import given
from hypothesis import strategies as st

from van_station.rules.page_geometry import Part
from van_station.services.capture_events import DocumentView
from van_station.ui.desk.page_strip import shortened
from van_station.ui.desk.review_keys import review_act
from van_station.ui.desk.review_state import (
    Chosen,
    Zoom,
    fit_scale,
    in_sight,
    lay_out,
    look_at,
    scroll_to_see,
    seconds_left,
)

ORDER = ("a", "b", "c", "d")
PAGE, VIEW = (2480.0, 3508.0), (700.0, 500.0)


def strip(*lengths: int, columns: int = 2):
    documents = [
        DocumentView(index, "c", tuple(f"{index}-{n}" for n in range(length)), length)
        for index, length in enumerate(lengths)
    ]
    return lay_out(documents, columns=columns, head_px=40, page_px=100)


def test_shift_takes_all_between_and_a_plain_step_lets_go():
    chosen = Chosen().at("b").step(ORDER, 1, extend=True).step(ORDER, 1, extend=True)
    assert chosen.keys(ORDER) == ("b", "c", "d")
    back = chosen.step(ORDER, -3, extend=True)
    assert back.keys(ORDER) == ("a", "b")
    assert back.step(ORDER, 1).keys(ORDER) == ("b",)
    assert Chosen("d", "d").step(ORDER, 5).current == "d"


def test_a_page_that_went_leaves_the_choice_where_it_stood():
    assert Chosen("c", "b").settled(("a", "b", "d"), ORDER) == Chosen("d", "d")
    assert Chosen("d", "d").settled(("a",), ORDER) == Chosen("a", "a")
    assert Chosen("b", "gone").settled(ORDER, ORDER) == Chosen("b", "b")
    assert Chosen("b", "b").settled((), ORDER) == Chosen()


def test_only_what_is_in_sight_is_drawn_however_many_pages_there_are():
    rows = strip(200)
    assert sum(row.height_px for row in rows) == 40 + 100 * 100
    first, last = in_sight(rows, scrolled_px=5000, view_px=500, margin_px=100)
    drawn = [key for row in rows[first:last] for key in row.keys]
    assert 10 <= len(drawn) <= 18
    assert in_sight(rows, scrolled_px=0, view_px=500, margin_px=100)[0] == 0
    assert in_sight(rows, scrolled_px=99_999, view_px=500, margin_px=100) == (len(rows) - 1, len(rows))
    assert in_sight((), scrolled_px=0, view_px=500, margin_px=0) == (0, 0)


@given(st.lists(st.integers(1, 30), min_size=1, max_size=5), st.floats(0, 4000), st.data())
def test_a_page_scrolled_to_is_in_sight(lengths, scrolled, data):
    rows = strip(*lengths)
    key = data.draw(st.sampled_from([key for row in rows for key in row.keys]))
    to = scroll_to_see(rows, key, scrolled_px=scrolled, view_px=300)
    at = scrolled if to is None else to
    row = next(row for row in rows if key in row.keys)
    assert at <= row.top_px
    assert row.top_px + row.height_px <= at + 300
    first, last = in_sight(rows, scrolled_px=at, view_px=300, margin_px=0)
    assert row in rows[first:last]


def test_a_whole_page_lies_in_the_middle_and_a_close_one_has_no_empty_band():
    placed = Zoom().place(PAGE, VIEW)
    assert placed.height == pytest.approx(VIEW[1])
    assert placed.left == pytest.approx((VIEW[0] - placed.width) / 2)
    corner = Zoom(1.0, 0.0, 1.0).place(PAGE, VIEW)
    assert (corner.left, corner.top) == (0, VIEW[1] - PAGE[1])


@given(st.floats(0.3, 4), st.floats(-9000, 9000), st.floats(-9000, 9000))
def test_a_page_never_leaves_its_view(scale, right, down):
    placed = Zoom(scale).panned(PAGE, VIEW, (right, down)).place(PAGE, VIEW)
    assert placed.left <= 0.001
    assert placed.left + placed.width >= VIEW[0] - 0.001
    assert placed.top <= 0.001
    assert placed.top + placed.height >= VIEW[1] - 0.001


def test_panning_moves_by_what_was_asked():
    zoom = Zoom(1.0)
    before, after = zoom.place(PAGE, VIEW), zoom.panned(PAGE, VIEW, (50, -30)).place(PAGE, VIEW)
    assert (before.left - after.left, before.top - after.top) == pytest.approx((50, -30))


def test_looking_from_farther_away_ends_with_the_whole_page():
    assert Zoom(fit_scale(PAGE, VIEW) * 1.2).closer(PAGE, VIEW, 0.5) == Zoom()
    closer = Zoom().closer(PAGE, VIEW, 2)
    assert closer.scale == pytest.approx(2 * fit_scale(PAGE, VIEW))


def test_a_seal_that_one_looks_at_is_in_the_middle_and_whole():
    seal = Part(0.6, 0.7, 0.16, 0.11)
    placed = look_at(seal, PAGE, VIEW).place(PAGE, VIEW).part(seal)
    assert placed.left > 0
    assert placed.left + placed.width < VIEW[0]
    assert max(placed.width / VIEW[0], placed.height / VIEW[1]) == pytest.approx(0.55, abs=0.01)


@pytest.mark.parametrize(("done", "total", "left"), [(0, 10, None), (5, 10, 20), (10, 10, None), (9, 10, 2)])
def test_the_time_left_follows_the_pace(done, total, left):
    assert seconds_left(done, total, 20.0) == left


def key(name: str, *, shift: bool = False, ctrl: bool = False, alt: bool = False) -> ft.KeyboardEvent:
    return SimpleNamespace(key=name, shift=shift, ctrl=ctrl, alt=alt)


@pytest.mark.parametrize(
    ("event", "zoomed", "act"),
    [
        (key("Arrow Right"), False, ("step", 1, False)),
        (key("Arrow Down", shift=True), False, ("step", 2, True)),
        (key("Arrow Right"), True, ("pan", 1, 0)),
        (key("Arrow Right", shift=True), True, ("step", 1, True)),
        (key("Page Down"), False, ("step", 10, False)),
        (key("Page Down"), True, ("step", 1, False)),
        (key("Arrow Left", ctrl=True), True, ("earlier", 0, False)),
        (key("Arrow Up", ctrl=True), False, None),
        (key("z", ctrl=True), False, ("undo", 0, False)),
        (key("r"), False, ("right", 0, False)),
        (key("R", shift=True), False, ("left", 0, False)),
        (key("Numpad 3"), False, ("digit", "3", False)),
        (key("3", ctrl=True), False, None),
        (key("Arrow Left", alt=True), False, None),
        (key("Tab"), False, None),
        (key("F1"), False, None),
    ],
)
def test_each_key_has_one_meaning_and_the_windows_own_keys_are_left_alone(event, zoomed, act):
    assert review_act(event, zoomed=zoomed, columns=2) == act


def test_a_papers_name_is_shortened_at_a_word():
    assert shortened("Giấy chứng sinh", 20) == "Giấy chứng sinh"
    assert shortened("Giấy tờ tùy thân (căn cước, hộ chiếu)", 24) == "Giấy tờ tùy thân (căn…"
