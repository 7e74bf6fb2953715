import pytest
from hypothesis import given
from hypothesis import strategies as st

from van_station.rules.errors import RuleError
from van_station.rules.queue_numbers import label, own_series
from van_station.rules.queueing import Lane
from van_station.rules.ticket_codes import TicketCode, read_ticket_code, ticket_code

IDS = st.text("0123456789abcdef", min_size=32, max_size=32)


@given(IDS, IDS, st.sampled_from(Lane), st.integers(1, 9999), st.booleans())
def test_a_code_is_read_back(ticket_id, trip_id, lane, number, is_own):
    if is_own:
        number = own_series(ticket_id).first + number % 999
    shown = label(lane, number)
    text = ticket_code(shown, ticket_id=ticket_id, trip_id=trip_id)
    assert read_ticket_code(f"{text}\r\n") == TicketCode(shown, ticket_id, trip_id[:8])


@pytest.mark.parametrize(
    "text",
    ["", "VS1|VS-07-261122-0012|5e", "001190000001||Nguyễn Thị Ví Dụ|01011990|Nữ|Hà Nội|01012021",
     "VS1T|B012|xyz|1", "VS1T|B012|5a", "VS1T|B012|" + "a" * 10_000 + "|1"],
)  # fmt: skip
def test_another_text_is_no_slip(text):
    with pytest.raises(RuleError) as refusal:
        read_ticket_code(text)
    assert refusal.value.code == "ticket.not_a_slip"
