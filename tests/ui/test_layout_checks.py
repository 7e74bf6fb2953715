"""The eye that looks at pictures for us sees what a person would mind, and nothing else."""

from __future__ import annotations

import flet as ft
import pytest

from tests.ui.layout_checks import (
    Box,
    Node,
    Tree,
    Typed,
    Written,
    cut_words,
    lines_needed,
    loose_words,
    names_of,
    out_of_sight,
    overlaps,
    small_targets,
    text_width,
    texts_of,
)
from van_station.ui import theme

WINDOW = Box(0, 0, 1366, 768)


def tree(*nodes: Node) -> Tree:
    return Tree(nodes, WINDOW)


def button(
    name: str, left: float, top: float, width: float = 120, height: float = 48, parent: str = ""
) -> Node:
    return Node(
        name,
        parent,
        Box(left, top, left + width, top + height),
        role="button",
        name=name,
        words=name,
        tap=True,
    )


def test_two_buttons_side_by_side_are_well_and_one_over_the_other_is_told():
    assert overlaps(tree(button("a", 0, 0), button("b", 121, 0))) == []
    assert len(overlaps(tree(button("a", 0, 0), button("b", 110, 0)))) == 1


def test_a_text_over_a_button_is_told():
    note = Node("t", "", Box(10, 10, 90, 30), words="chữ")
    assert len(overlaps(tree(button("a", 0, 0), note))) == 1


def test_what_a_button_holds_does_not_overlap_it():
    inside = Node("t", "a", Box(10, 10, 90, 30), words="chữ")
    assert overlaps(tree(button("a", 0, 0), inside)) == []


def test_the_eye_in_a_passphrase_field_belongs_to_it():
    field = Node("f", "h", Box(0, 0, 400, 56), input=True)
    holder = Node("h", "", Box(0, 0, 400, 56), name="passphrase")
    eye = Node("e", "h", Box(350, 4, 398, 52), role="button", tap=True)
    assert overlaps(tree(holder, field, eye)) == []
    stranger = Node("e", "", Box(350, 4, 398, 52), role="button", tap=True, name="other")
    assert len(overlaps(tree(holder, field, stranger))) == 1


def test_what_is_scrolled_under_the_foot_does_not_overlap_it():
    roll = Node("r", "", Box(0, 100, 1366, 600), scroll=True)
    assert overlaps(tree(roll, button("low", 0, 610, parent="r"), button("foot", 0, 610))) == []
    assert len(overlaps(tree(roll, button("low", 0, 560, parent="r"), button("foot", 0, 580)))) == 1


def test_a_line_of_news_may_lie_over_things():
    news = Node("n", "", Box(0, 0, 500, 40), name="result", words="Đã lưu")
    assert overlaps(tree(news, button("a", 0, 0))) == []


@pytest.mark.parametrize(("width", "height", "found"), [(44, 44, 0), (43, 60, 1), (200, 40, 1)])
def test_what_is_smaller_than_a_finger_is_told(width, height, found):
    assert len(small_targets(tree(button("a", 0, 0, width, height)))) == found


def test_a_text_one_may_only_copy_is_no_target():
    words = Node("t", "", Box(0, 0, 90, 20), input=True, fixed=True, value="1.004222")
    assert small_targets(tree(words)) == []
    assert words.said == "1.004222"


def test_what_leaves_the_window_is_told_unless_it_can_be_scrolled_to():
    assert len(out_of_sight(tree(button("a", 1300, 0)))) == 1
    assert len(out_of_sight(tree(button("a", 0, 740)))) == 1
    roll = Node("r", "", Box(0, 0, 1366, 700), scroll=True)
    assert out_of_sight(tree(roll, button("a", 0, 900, parent="r"))) == []
    assert (
        len(out_of_sight(tree(roll, button("low", 0, 900, parent="r"), button("a", 1300, 0, parent="r"))))
        == 1
    )


@pytest.mark.parametrize(
    "said", ["shell.nav_trip", "Tên: None", "chờ «waited» phút", "còn {count} chỗ", "false.\nnull"]
)
def test_words_of_a_program_are_told(said):
    assert len(loose_words(tree(Node("t", "", Box(0, 0, 90, 20), words=said)))) == 1


@pytest.mark.parametrize("said", ["TT 75/2022/TT-BTC", "Không có", "a.b@example.org", "Nonetheless"])
def test_words_of_people_are_not(said):
    assert loose_words(tree(Node("t", "", Box(0, 0, 90, 20), words=said))) == []


def test_widths_come_from_the_font_and_grow_with_the_size():
    small = text_width("Tờ khai", theme.REGULAR, 16)
    assert 45 < small < 65
    assert text_width("Tờ khai", theme.REGULAR, 32) == pytest.approx(2 * small)
    assert text_width("Tờ khai", theme.BOLD, 16) > small


def test_lines_break_at_blanks():
    wide = text_width("một hai", theme.REGULAR, 16)
    assert lines_needed("một hai", theme.REGULAR, 16, wide) == 1
    assert lines_needed("một hai", theme.REGULAR, 16, wide - 2) == 2
    assert lines_needed("một\nhai", theme.REGULAR, 16, 400) == 2


def written(value: str, max_lines: int | None = None, *, no_wrap: bool = False) -> Written:
    return Written(value, "body_medium", max_lines, max_lines is not None, no_wrap)


def told_of(value: str, width: float, height: float, text: Written) -> list[str]:
    node = Node("t", "", Box(0, 0, width, height), words=value)
    return [each.kind for each in cut_words(tree(node), [text], [], "light", 1.0)]


def test_a_text_with_too_little_room_is_told():
    value = "Đăng ký thay đổi nội dung đăng ký hộ kinh doanh"
    wide = text_width(value, theme.REGULAR, 16)
    assert told_of(value, wide + 1, 23, written(value)) == []
    assert told_of(value, wide / 2, 70, written(value)) == []
    assert told_of(value, wide / 2, 23, written(value)) == ["cut"], "a line is missing"
    assert told_of(value, wide / 2, 23, written(value, 1)) == ["cut"], "shortened by dots"
    assert told_of(value, wide / 2, 23, written(value, no_wrap=True)) == ["cut"], "runs out at the side"
    assert told_of(value, 20, 600, written(value)) == ["cut"], "broken within a word"


def test_of_two_texts_alike_the_one_as_high_as_the_box_is_meant():
    small, large = written("Đường"), Written("Đường", "headline_small", None, False, False)
    node = Node("t", "", Box(0, 0, 55, 2 * 21 * 1.3), words="Đường")
    assert len(cut_words(tree(node), [small, large], [], "light", 1.0)) == 1, "Đườn-g in large letters"
    node.box = Box(0, 0, 55, 22.4)
    assert cut_words(tree(node), [small, large], [], "light", 1.0) == []


def test_a_row_of_a_list_that_shortens_more_than_the_row_is_told():
    row = button("ticket", 0, 0, 276, 96)
    row.words = "A001\nHướng dẫn, hỗ trợ nộp hồ sơ trực tuyến"
    assert len(cut_words(tree(row), [written(row.words.split("\n")[1], 1)], [], "light", 1.0)) == 1
    assert cut_words(tree(row), [written(row.words.split("\n")[1], 2)], [], "light", 1.0) == []


def test_a_label_that_is_wider_than_its_field_is_told():
    field = Node("f", "", Box(0, 0, 300, 56), name="place", input=True)
    label = "Điểm dừng xe: nhà văn hóa, trường học, chợ"
    long = Typed("place", label, 1, filled=False)
    assert len(cut_words(tree(field), [], [long], "light", 1.0)) == 1
    assert cut_words(tree(field), [], [Typed("place", "Điểm dừng", 1, filled=False)], "light", 1.5) == []


def test_texts_fields_and_names_are_read_off_controls():
    field = ft.Semantics(
        identifier="place", content=ft.TextField(label="Điểm dừng", prefix_icon=ft.Icons.ADD)
    )
    title = ft.Text("Chuyến xe", theme_style=ft.TextThemeStyle.TITLE_LARGE, max_lines=1)
    hidden = ft.Container(ft.Text("không thấy"), visible=False)
    root = ft.Column([title, ft.Row([field]), hidden])
    texts, typed = texts_of([root])
    assert [(text.value, text.style, text.max_lines) for text in texts] == [("Chuyến xe", "title_large", 1)]
    assert typed == [Typed("place", "Điểm dừng", 1, filled=False)]
    assert names_of(root) == ["place"]
