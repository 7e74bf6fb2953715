"""A person's key stands alone, a reader's come in a burst."""

from __future__ import annotations

from van_station.ui.desk.reader_guard import BURST, GAP_S, HOLD_S, ReaderGuard


class Hand:
    def __init__(self) -> None:
        self.now = 100.0

    def __call__(self) -> float:
        return self.now


def test_a_key_after_a_pause_stands_alone_and_holds_nothing():
    clock = Hand()
    guard = ReaderGuard(clock)
    for _ in range(BURST * 2):
        guard.press()
        assert guard.alone
        assert not guard.busy
        clock.now += GAP_S * 1.1


def test_a_burst_holds_presses_until_the_enter_behind_it_is_over():
    clock = Hand()
    guard = ReaderGuard(clock)
    for _ in range(BURST):
        guard.press()
        clock.now += GAP_S / 3
    assert guard.busy
    assert not guard.alone
    clock.now += HOLD_S
    assert not guard.busy
    guard.press()
    assert guard.alone
