"""What the screen says of a copy, without a window."""

from __future__ import annotations

from datetime import UTC, datetime
from types import SimpleNamespace
from typing import Any

import pytest

from van_station.i18n import Texts
from van_station.services.copy_views import CopyRecord, CopyState, CopyView
from van_station.ui import theme
from van_station.ui.desk.copies_card import to_sign
from van_station.ui.desk.copy_marks import copy_lines, state_words

AT = datetime(2026, 11, 23, 1, 0, tzinfo=UTC)
RECORD = CopyRecord("Phạm Đức Minh", AT, "Minh (chứng thư)", "Nơi cấp", "ab" * 32, "B-B", "good", None, "")


def copy(state: CopyState, **more: Any) -> CopyView:
    return CopyView("f-" + state.value, "c", "Giấy", 1, "Trần Thị Lan", AT, state, **more)


def lines(language: str, view: CopyView) -> list[str]:
    say = Texts(language, strict=True).say
    desk = SimpleNamespace(
        say=say, palette=theme.LIGHT if hasattr(theme, "LIGHT") else SimpleNamespace(quiet="")
    )
    return [line.value for line in copy_lines(desk, view)]


def test_only_copies_without_a_signature_are_to_be_signed():
    assert to_sign(tuple(copy(state) for state in CopyState)) == ("f-unsigned", "f-rescanned")


@pytest.mark.parametrize("language", ["vi", "en"])
def test_every_state_has_words(language):
    desk = SimpleNamespace(say=Texts(language, strict=True).say)
    assert len({state_words(desk, state) for state in CopyState}) == len(CopyState)


@pytest.mark.parametrize("language", ["vi", "en"])
def test_who_scanned_and_who_certified_are_told_apart(language):
    scanned, certified, certificate, level = lines(
        language, copy(CopyState.SIGNED, record=RECORD, trusted=True)
    )
    assert "Trần Thị Lan" in scanned
    assert "Phạm Đức Minh" not in scanned
    assert "Phạm Đức Minh" in certified
    assert "Minh (chứng thư)" in certificate
    assert "ABABABABABABABAB" in certificate
    assert "B-B" in level
    assert "·" not in level, "nothing doubtful"


def test_what_is_doubtful_is_said():
    doubtful = CopyRecord(**{**vars(RECORD), "revocation": "not_checked"})
    told = lines("vi", copy(CopyState.SIGNED, record=doubtful, trusted=False, checked=True))[-1]
    assert "thu hồi" in told
    assert "tin cậy" in told


def test_a_scan_after_a_signature_names_the_earlier_one():
    told = lines("vi", copy(CopyState.RESCANNED, earlier=RECORD))
    assert any("Phạm Đức Minh" in line and "không còn áp dụng" in line for line in told)
