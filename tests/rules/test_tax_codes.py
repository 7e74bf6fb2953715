import pytest
from hypothesis import given
from hypothesis import strategies as st

from van_station.rules.findings import Severity, errors_in
from van_station.rules.tax_codes import check_tax_code, normal_tax_code

WEIGHTS = (31, 29, 23, 19, 17, 13, 7, 5, 3)


def with_check_digit(nine: str) -> str | None:
    check = 10 - sum(weight * int(digit) for weight, digit in zip(WEIGHTS, nine, strict=True)) % 11
    return f"{nine}{check}" if 0 <= check <= 9 else None


@pytest.mark.parametrize(
    "code", ["0100109106", "0100109106-001", "0100109106001", "010 010 9106", "0101248141"]
)
def test_codes_of_known_enterprises_fit_their_check_digit(code):
    assert check_tax_code(code) == ()


@given(st.text("0123456789", min_size=9, max_size=9), st.integers(0, 8), st.integers(1, 9))
def test_one_wrong_digit_is_noticed_and_may_stand(nine, at, shift):
    code = with_check_digit(nine)
    if code is None:
        return
    wrong = code[:at] + str((int(code[at]) + shift) % 10) + code[at + 1 :]
    found = check_tax_code(wrong)
    assert [finding.code for finding in found] == ["tax.check_digit"]
    assert found[0].severity is Severity.WARNING


@pytest.mark.parametrize(
    "code", ["", "12", "12345678901", "abcdefghij", "0100109106-01", "01001091060012", "٠١٠٠١٠٩١٠٦"]
)
def test_another_shape_is_an_error(code):
    assert errors_in(check_tax_code(code))


def test_a_personal_number_is_a_tax_code():
    assert check_tax_code("001199000123") == ()


def test_a_branch_is_written_with_its_hyphen():
    assert normal_tax_code("0100109106001") == "0100109106-001"
    assert normal_tax_code("01001 09106-001") == "0100109106-001"


@given(st.text(max_size=100))
def test_no_text_makes_it_fail(text):
    assert isinstance(check_tax_code(text), tuple)
