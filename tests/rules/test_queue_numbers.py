import pytest
from hypothesis import given
from hypothesis import strategies as st

from van_station.rules.errors import BlockSpent, RuleError
from van_station.rules.queue_numbers import (
    LOW_WATER,
    MAX_NUMBER,
    PLAIN,
    Block,
    label,
    needs_block,
    next_block,
    own_next_block,
    own_series,
    standing,
    take,
)
from van_station.rules.queueing import Lane

SITES = st.text("0123456789abcdef", min_size=32, max_size=32)


def test_labels_name_lane_and_number():
    assert label(Lane.WELCOME, 12) == "A012"
    assert label(Lane.DIGITISE, 7) == "B007"
    assert label(Lane.DIGITAL_HELP, 1234) == "C1234"
    with pytest.raises(RuleError):
        label(Lane.WELCOME, 0)
    with pytest.raises(RuleError):
        label(Lane.WELCOME, MAX_NUMBER + 1)


def test_labels_never_collide():
    labels = {label(lane, number) for lane in Lane for number in range(1, 2001)}
    assert len(labels) == 3 * 2000


def test_a_machines_own_series_is_told_by_a_code_of_it():
    first = own_series("5a17e0" + "0" * 26).first
    assert label(Lane.DIGITISE, first) == "B01-B8BY"
    assert label(Lane.DIGITISE, first + 11) == "B12-B8BY"
    with pytest.raises(RuleError):
        label(Lane.DIGITISE, first - 1)


def test_machines_whose_codes_begin_alike_show_more_of_them():
    one, two = "abcdef0000" + "0" * 22, "abcdef8000" + "0" * 22
    number = own_series(one).first
    assert label(Lane.WELCOME, number) == "A01-NF6Y"
    shown = label(Lane.WELCOME, number, rivals=[two])
    assert shown.startswith("A01-NF6Y")
    assert shown != label(Lane.WELCOME, own_series(two).first, rivals=[one])


@given(SITES, SITES)
def test_two_machines_that_know_each_other_never_print_the_same_label(one, two):
    if one[:10] == two[:10]:
        return
    series = [own_series(one), own_series(two)]
    assert series[0].last < series[1].first or series[1].last < series[0].first
    assert PLAIN.last < min(each.first for each in series)
    assert label(Lane.WELCOME, series[0].first, rivals=[two]) != label(
        Lane.WELCOME, series[1].first, rivals=[one]
    )


@given(SITES)
def test_every_number_fits_what_travels(site):
    assert own_series(site).last < 2**53


def test_a_block_gives_each_number_once_and_then_refuses():
    block, given_out = Block(5, 7, 5), []
    while block.left:
        number, block = take(block)
        given_out.append(number)
    assert given_out == [5, 6, 7]
    with pytest.raises(BlockSpent):
        take(block)


@given(st.lists(st.integers(1, 50), min_size=1, max_size=20))
def test_leased_blocks_never_overlap(sizes):
    leased = []
    for size in sizes:
        leased.append(next_block(leased, size))
    numbers = [number for block in leased for number in range(block.first, block.last + 1)]
    assert len(numbers) == len(set(numbers)) == sum(sizes)


def test_a_series_ends_with_a_shorter_block_and_then_refuses():
    leased = [Block(1, 9990, 1)]
    last = next_block(leased, 100)
    assert (last.first, last.last) == (9991, 9999)
    with pytest.raises(RuleError) as refusal:
        next_block([*leased, last], 100)
    assert refusal.value.code == "queue.bad_block"


def test_a_guest_gives_itself_numbers_of_its_own_series_only():
    site = "ab" * 16
    granted = [Block(1, 100, 1)]
    block = own_next_block(granted, 100, site=site, is_hub=False)
    assert block.first == own_series(site).first
    again = own_next_block([*granted, block], 100, site=site, is_hub=False)
    assert again.first == block.last + 1


def test_the_hub_goes_on_with_its_own_series_when_the_plain_one_is_spent():
    site = "ab" * 16
    assert own_next_block([Block(1, 100, 1)], 100, site=site, is_hub=True).first == 101
    assert own_next_block([Block(1, 9999, 1)], 100, site=site, is_hub=True).first == own_series(site).first


def test_a_number_that_any_ticket_bears_is_gone_also_when_the_block_forgot():
    assert standing(101, 200, next_number=0, highest_given=0).next_number == 101
    assert standing(101, 200, next_number=140, highest_given=0).next_number == 140
    assert standing(101, 200, next_number=0, highest_given=150).next_number == 151
    assert standing(101, 200, next_number=0, highest_given=200).left == 0


def test_the_next_block_is_asked_for_before_the_last_is_spent():
    assert needs_block([])
    assert not needs_block([Block(1, 100, 101 - LOW_WATER)])
    assert needs_block([Block(1, 100, 102 - LOW_WATER)])
    own = own_series("ab" * 16)
    assert needs_block([own]), "who lives on its own series is granted plain numbers again"
