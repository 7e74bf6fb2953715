"""Rows, minutes, acts and keys of the queue, without a window."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime, timedelta

from van_station.rules.queueing import Lane, TicketAct, TicketStatus
from van_station.rules.ticket_codes import read_ticket_code, ticket_code
from van_station.services.queue import TicketView
from van_station.ui.desk.queue import looks_like_slip, slip_text
from van_station.ui.desk.queue_counter import KEY_ACTS, KEYS
from van_station.ui.desk.queue_lanes import in_order, minutes
from van_station.ui.desk.queue_ticket import offered_acts

NOW = datetime(2026, 11, 22, 3, 0, tzinfo=UTC)
TICKET = TicketView(
    id="a" * 32,
    label="B007",
    lane=Lane.DIGITISE,
    number=7,
    status=TicketStatus.WAITING,
    person_id="p",
    person_name="Nguyễn Thị Ví Dụ",
    need="digitise",
    procedure_code=None,
    procedure_name="",
    priority_group=None,
    is_priority=False,
    counter="",
    created_at=NOW - timedelta(minutes=12, seconds=59),
    called_at=None,
    waited_min=3,
    times_called=0,
    dossier_id=None,
    place=0,
    wait_min=0,
)


def test_waiting_grows_with_the_clock_and_stops_at_the_call():
    assert minutes(TICKET, NOW) == 12
    assert minutes(replace(TICKET, status=TicketStatus.CALLED), NOW) == 3
    assert minutes(replace(TICKET, created_at=NOW + timedelta(minutes=5)), NOW) == 0, "a clock that is ahead"


def test_a_lane_reads_as_it_will_be_called():
    late = replace(TICKET, id="late", place=1)
    first = replace(TICKET, id="first", place=0, is_priority=True)
    aside = replace(TICKET, id="aside", status=TicketStatus.SKIPPED, place=None)
    there = replace(TICKET, id="there", status=TicketStatus.SERVING, place=None)
    assert [each.id for each in in_order([late, aside, first, there])] == ["there", "first", "late", "aside"]


def test_a_sheet_offers_what_the_rules_allow_once():
    assert offered_acts(TICKET) == [TicketAct.CALL, TicketAct.TRANSFER, TicketAct.NO_SHOW]
    skipped = offered_acts(replace(TICKET, status=TicketStatus.SKIPPED))
    assert TicketAct.RECALL in skipped
    assert TicketAct.CALL not in skipped
    assert offered_acts(replace(TICKET, status=TicketStatus.FINISHED)) == []


def test_each_letter_does_one_thing():
    letters = [key for key in KEYS.values() if key.startswith("Alt+")]
    assert len(letters) == len(set(letters)) == len(KEY_ACTS)
    assert "H" not in KEY_ACTS, "the dossier's letter"


def test_a_slip_is_known_whatever_shift_and_caps_lock_made_of_it():
    printed = ticket_code("B007-7XQ2", ticket_id="ab12" * 8, trip_id="c0ffee00aa")
    for read in (printed, printed.lower(), printed.upper()):
        assert looks_like_slip(read)
        assert slip_text(read) == printed
    assert read_ticket_code(slip_text(printed.lower())).label == "B007-7XQ2"
    assert not looks_like_slip("001199000123||Nguyễn Thị Ví Dụ|01011999")
    assert slip_text("vs1t") == "VS1T|||"
