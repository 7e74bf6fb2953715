"""Replicas that pull from one another at random, with skewed clocks, end up equal and lose nothing."""

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from sync.changes import DELETED, Change, ChangeId
from sync.clock import HybridClock
from sync.merge import causal_order, edited_unseen, in_conflict, is_deleted, merge, resolves, shown

T = 1_770_000_000_000
CELLS = [("0a", "full_name"), ("0a", "address"), ("0b", "full_name")]


class Replica:
    """A machine: a log of what it holds, the heads of each cell, a wall clock of its own."""

    def __init__(self, name, skew_ms, merge_with):
        self.name, self.merge = name, merge_with
        self.wall = T + skew_ms
        self.clock = HybridClock(lambda: self.wall)
        self.vector, self.log, self.heads = {}, [], {}

    def edit(self, cell, value):
        self.wall += 1
        change = Change(
            site=self.name,
            seq=self.vector.get(self.name, 0) + 1,
            stamp=self.clock.tick(),
            entity="person",
            record_id=cell[0],
            field=cell[1],
            value=value,
            replaces=resolves(self.heads.get(cell, frozenset())),
            author="u1",
            schema=1,
            previous="",
            signature="",
        )
        self.apply([change])
        return change

    def apply(self, changes):
        ready, _waiting = causal_order(changes, self.vector)
        for change in ready:
            cell = (change.record_id, change.field)
            self.heads[cell] = self.merge(self.heads.get(cell, frozenset()), change)
            self.vector[change.site] = change.seq
            self.log.append(change)
            self.clock.observe(change.stamp)

    def pull(self, other, keep, shuffle):
        """Take what the other has, some of it lost, all of it shuffled and doubled."""
        came = [change for change in other.log if keep()]
        came += came[: len(came) // 2]
        shuffle(came)
        self.apply(came)


STEPS = st.lists(
    st.tuples(st.sampled_from(["edit", "pull"]), st.integers(0, 4), st.integers(0, 4), st.integers(0, 3)),
    max_size=60,
)


def run_schedule(steps, skews, random, merge_with):
    replicas = [Replica(f"{n:02x}", skew, merge_with) for n, skew in enumerate(skews)]
    written = []
    for kind, one, two, value in steps:
        first, second = replicas[one % len(replicas)], replicas[two % len(replicas)]
        if kind == "edit":
            written.append(first.edit(CELLS[two % len(CELLS)], value))
        elif first is not second:
            first.pull(second, lambda: random.random() < 0.7, random.shuffle)
    for _ in replicas:
        for first in replicas:
            for second in replicas:
                first.pull(second, lambda: True, random.shuffle)
    return replicas, written


def check_schedule(replicas, written):
    one = replicas[0]
    assert len(one.log) == len(written)
    for other in replicas[1:]:
        assert other.heads == one.heads
        assert {c: shown(h) for c, h in other.heads.items()} == {c: shown(h) for c, h in one.heads.items()}
    for change in written:
        heads = one.heads[change.record_id, change.field]
        knowingly_replaced = any(change.id() in later.replaces for later in written)
        visible = shown(heads).value == change.value
        surfaced = change in heads and in_conflict(heads)
        assert visible or surfaced or knowingly_replaced, "an edit was lost silently"
        assert (change in heads) != knowingly_replaced


SKEWS = st.lists(st.integers(-(10**10), 10**10), min_size=3, max_size=5)


@settings(max_examples=150, deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(STEPS, SKEWS, st.randoms(use_true_random=False))
def test_replicas_converge_and_no_edit_is_lost_silently(steps, skews, random):
    check_schedule(*run_schedule(steps, skews, random, merge))


def newest_only(heads, change):
    """The mutant most systems ship: of two concurrent values the newer one wins and the other is gone."""
    return frozenset({shown(merge(heads, change))})


def forgets_what_it_replaces(heads, change):
    return heads | {change}


def drops_on_conflict(heads, change):
    return (
        heads if heads and not set(change.replaces) & {head.id() for head in heads} else merge(heads, change)
    )


@pytest.mark.parametrize("mutant", [newest_only, forgets_what_it_replaces, drops_on_conflict])
def test_a_merge_that_loses_or_keeps_wrongly_is_caught(mutant):
    """Fixed schedules, so that the test above is known to be able to fail."""
    steps = [("edit", 0, 0, 1), ("edit", 1, 0, 2), ("edit", 2, 0, 3), ("pull", 0, 1, 0), ("edit", 0, 0, 0)]

    class Always:
        def random(self):
            return 0.0

        def shuffle(self, items):
            items.reverse()

    check_schedule(*run_schedule(steps, [0, -5000, 5000], Always(), merge))
    with pytest.raises(AssertionError):
        check_schedule(*run_schedule(steps, [0, -5000, 5000], Always(), mutant))


def change(site, seq, value=1, *, name="full_name", replaces=(), stamp=0):
    return Change(
        site, seq, f"{T + stamp:013d}.000000", "person", "0a", name, value, tuple(replaces), "u", 1, "", ""
    )


def test_a_replacement_may_come_before_what_it_replaces():
    old, new = change("aa", 1), change("bb", 1, 2, replaces=[ChangeId("aa", 1)])
    assert merge(merge(frozenset(), new), old) == merge(merge(frozenset(), old), new) == {new}


def test_two_sites_that_write_the_same_value_are_not_in_conflict():
    assert not in_conflict(frozenset({change("aa", 1), change("bb", 1)}))
    assert in_conflict(frozenset({change("aa", 1, True), change("bb", 1, 1)}))


def test_a_choice_that_names_all_heads_ends_the_conflict():
    heads = frozenset({change("aa", 1, 1), change("bb", 1, 2)})
    chosen = change("cc", 1, 2, replaces=resolves(heads))
    assert merge(heads, chosen) == {chosen}


def test_what_waits_for_another_change_is_handed_back():
    early = change("bb", 1, replaces=[ChangeId("aa", 1)])
    assert causal_order([early], {}) == ([], [early])
    assert causal_order([early], {"aa": 1}) == ([early], [])
    assert causal_order([early], {"aa": 1, "bb": 1}) == ([], [])


def test_an_edit_the_deleter_had_not_seen_is_surfaced():
    seen, unseen = change("aa", 1), change("bb", 1, 5)
    tombstone = change("aa", 2, True, name=DELETED, replaces=[seen.id()])
    assert is_deleted(frozenset({tombstone}))
    assert not edited_unseen(frozenset({tombstone}), [frozenset({seen})])
    assert edited_unseen(frozenset({tombstone}), [frozenset({seen, unseen})])
    assert not is_deleted(frozenset({change("cc", 1, False, name=DELETED, stamp=9)}))
