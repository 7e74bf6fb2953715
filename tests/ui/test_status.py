"""The bottom line says in words how things stand."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from types import SimpleNamespace

import pytest

from van_station.i18n import Texts
from van_station.rules.access import Role
from van_station.services.exchange import Signal
from van_station.services.workspace import StatusBar
from van_station.ui.status import describe

NOW = datetime(2026, 11, 22, 3, 0, tzinfo=UTC)
DESK = SimpleNamespace(
    texts=Texts("vi", strict=True),
    say=Texts("vi", strict=True).say,
    me=SimpleNamespace(full_name="Phạm Đức Minh", role=Role.OFFICER),
)


def said(**changes: object) -> dict[str, str]:
    bar = {"signal": Signal.ONLINE, "outbox": 0, "parked": 0, "last_sync_at": None, "trip": None, **changes}
    return {identifier: words for identifier, _, words, _ in describe(DESK, StatusBar(**bar), NOW)}


def test_it_always_names_signal_outbox_last_sending_trip_and_person():
    assert set(said()) == {"status-signal", "status-outbox", "status-sync", "status-trip", "status-user"}


@pytest.mark.parametrize(
    ("signal", "words"),
    [
        (Signal.ONLINE, "Có kết nối"),
        (Signal.OFFLINE, "Mất kết nối, vẫn làm việc bình thường"),
        (Signal.PAUSED, "Tạm dừng gửi"),
    ],
)
def test_the_signal_is_words_not_a_colour(signal, words):
    assert said(signal=signal)["status-signal"] == words


def test_what_waits_is_counted():
    assert said(outbox=3)["status-outbox"] == "3 hồ sơ chờ gửi"
    assert said()["status-outbox"] == "Đã gửi hết"


def test_what_is_stuck_is_said_besides():
    assert said(parked=2)["status-parked"] == "2 mục không gửi được, cần xem lại"


def test_the_last_sending_grows_older_with_the_clock():
    assert said(last_sync_at=NOW - timedelta(minutes=7))["status-sync"] == "Gửi gần nhất: 7 phút trước"
    assert said()["status-sync"] == "Chưa gửi lần nào"


def test_trip_and_person_are_named():
    words = said(trip=SimpleNamespace(place="Nhà văn hóa thôn Đoài"))
    assert words["status-trip"] == "Chuyến: Nhà văn hóa thôn Đoài"
    assert words["status-user"] == "Phạm Đức Minh, Cán bộ"


@pytest.mark.parametrize("signal", [Signal.OFFLINE, Signal.PAUSED])
def test_what_waits_without_a_line_is_said_to_be_safe_here(signal):
    assert said(signal=signal, outbox=2)["status-outbox"] == "2 hồ sơ chờ gửi, đã lưu an toàn trên máy này"
