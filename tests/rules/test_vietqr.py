import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.rules.vectors import vectors
from van_station.rules.errors import QrRefused
from van_station.rules.vietqr import MAX_AMOUNT_VND, build, checksum, parse, plain_purpose

VECTORS = vectors("vietqr_vectors")
ASCII = st.text(st.characters(min_codepoint=32, max_codepoint=126), min_size=1, max_size=25)


def test_the_checksum_of_the_standard():
    assert checksum("123456789") == "29B1"


@pytest.mark.parametrize("case", VECTORS["good"], ids=lambda case: case["name"])
def test_good_payloads_are_read(case):
    code, expect = parse(case["payload"]), case["expect"]
    assert code.static is expect["static"]
    assert (code.bank_bin, code.account, code.service) == (
        expect["bin"],
        expect["account_or_card"],
        expect["service"],
    )
    assert code.amount_vnd == (int(expect["amount"]) if expect["amount"] else None)
    assert (code.bill_number, code.purpose) == (expect["bill"], expect["purpose"])
    assert checksum(case["payload"][:-4]) == expect["crc"]


@pytest.mark.parametrize(
    "case",
    [case for case in VECTORS["good"] if case["expect"]["service"] == "QRIBFTTA"],
    ids=lambda case: case["name"],
)
def test_transfers_to_accounts_are_built_to_the_letter(case):
    expect = case["expect"]
    amount = int(expect["amount"]) if expect["amount"] else None
    assert (
        build(expect["bin"], expect["account_or_card"], amount, expect["bill"], expect["purpose"])
        == case["payload"]
    )


@pytest.mark.parametrize("case", VECTORS["negative"], ids=lambda case: case["name"])
def test_bad_payloads_are_refused_for_their_reason(case):
    code = {
        "napas-6.1.1-as-printed": "qr.broken",
        "crc-flipped": "qr.bad_checksum",
        "amount-tampered-crc-kept": "qr.bad_checksum",
        "truncated": "qr.broken",
        "non-numeric-length": "qr.broken",
        "foreign-guid": "qr.foreign",
    }[case["name"]]
    with pytest.raises(QrRefused) as refusal:
        parse(case["payload"])
    assert refusal.value.code == code


def resealed(body):
    return body + "6304" + checksum(body + "6304")


@pytest.mark.parametrize(
    ("change", "code"),
    [
        (("5303704", "5303840"), "qr.foreign"),
        (("5802VN", "5802US"), "qr.foreign"),
        (("54041000", "54040000"), "qr.broken"),
        (("54041000", "5404 100"), "qr.broken"),
        (("5802VN", "5802VN5802VN"), "qr.broken"),
        (("5802VN", "5800"), "qr.broken"),
    ],
)
def test_a_right_checksum_does_not_excuse_wrong_contents(change, code):
    body = VECTORS["good"][4]["payload"][:-8].replace(*change)
    with pytest.raises(QrRefused) as refusal:
        parse(resealed(body))
    assert refusal.value.code == code


@given(
    st.integers(0, 999_999),
    st.text("0123456789", min_size=1, max_size=19),
    st.integers(1, MAX_AMOUNT_VND),
    ASCII,
    ASCII,
)
def test_what_is_built_is_read_back(bank_bin, account, amount, bill, purpose):
    code = parse(build(f"{bank_bin:06d}", account, amount, bill, purpose))
    assert (code.bank_bin, code.account, code.amount_vnd) == (f"{bank_bin:06d}", account, amount)
    assert (code.bill_number, code.purpose, code.static) == (bill, purpose, False)


@given(st.text(max_size=600))
def test_any_text_is_read_or_refused(text):
    with pytest.raises(QrRefused):
        parse(text)


@given(st.data())
def test_one_changed_digit_is_always_noticed(data):
    payload = VECTORS["good"][1]["payload"]
    at = data.draw(st.integers(0, len(payload) - 5))
    letter = data.draw(st.sampled_from("0123456789ABCDEF").filter(lambda other: other != payload[at]))
    with pytest.raises(QrRefused):
        parse(payload[:at] + letter + payload[at + 1 :])


@pytest.mark.parametrize(
    ("changes", "field"),
    [
        ({"bank_bin": "97041"}, "bank_bin"),
        ({"bank_bin": "٩٧٠٤١٦"}, "bank_bin"),
        ({"account": ""}, "account"),
        ({"account": "1" * 20}, "account"),
        ({"amount_vnd": 0}, "amount_vnd"),
        ({"amount_vnd": 500_000_000}, "amount_vnd"),
        ({"bill_number": "x" * 26}, "bill_number"),
        ({"purpose": "Lệ phí"}, "purpose"),
    ],
)
def test_a_code_that_banks_would_misread_is_not_made(changes, field):
    with pytest.raises(QrRefused) as refusal:
        build(**({"bank_bin": "970416", "account": "257678859", "amount_vnd": 1000} | changes))
    assert refusal.value.details == {"field": field}


def test_purposes_are_made_plain():
    assert plain_purpose("Lệ phí hồ sơ Đặng Thị Hường số 1") == "LE PHI HO SO DANG THI HUO"
