import pytest
from hypothesis import given
from hypothesis import strategies as st

from sync.clock import MAX_AHEAD_MS, HybridClock, is_stamp

T = 1_770_000_000_000


@given(st.lists(st.integers(0, 2 * T) | st.none(), min_size=1, max_size=30))
def test_stamps_only_ever_grow_whatever_the_wall_clock_does(readings):
    wall = [T]
    clock = HybridClock(lambda: wall[0])
    stamps = []
    for reading in readings:
        wall[0] = wall[0] if reading is None else reading
        stamps.append(clock.tick())
    assert all(map(is_stamp, stamps))
    assert stamps == sorted(set(stamps))


@given(st.integers(0, T + MAX_AHEAD_MS), st.integers(0, 999_999))
def test_a_stamp_after_an_observed_one_is_later(ms, counter):
    clock = HybridClock(lambda: T)
    seen = f"{ms:013d}.{counter:06d}"
    clock.observe(seen)
    assert clock.tick() > seen


def test_a_stamp_far_in_the_future_moves_nobody():
    clock = HybridClock(lambda: T)
    clock.observe(f"{T + MAX_AHEAD_MS + 1:013d}.000000")
    assert clock.tick() == f"{T:013d}.000000"


def test_a_restart_goes_on_after_the_last_stamp():
    assert HybridClock(lambda: T - 5000, f"{T:013d}.000007").tick() == f"{T:013d}.000008"


def test_a_full_counter_borrows_a_millisecond():
    assert HybridClock(lambda: T, f"{T:013d}.999999").tick() == f"{T + 1:013d}.000000"


@pytest.mark.parametrize("text", ["", "1", "1770000000000", "1770000000000.00000x", "-770000000000.000000"])
def test_what_is_no_stamp_is_refused(text):
    with pytest.raises(ValueError):
        HybridClock(lambda: T).observe(text)
