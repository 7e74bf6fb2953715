"""The lists that forms take codes from: complete, and found by what people type."""

from __future__ import annotations

import pytest

from van_station.bootstrap.option_lists import option_lists
from van_station.rules.form_specs import OPTION_LISTS


def test_every_list_that_forms_may_name_is_there_with_its_entries():
    sizes = {name: len(entries) for name, entries in option_lists().items()}
    assert sizes.keys() == OPTION_LISTS
    assert sizes["wards"] == 126
    assert sizes["provinces"] == 34
    assert sizes["old_wards"] == 526
    assert sizes["ethnic_groups"] == 54
    assert sizes["countries"] > 240
    assert sizes["banks"] > 60


@pytest.mark.parametrize(
    ("name", "typed", "found"),
    [
        ("wards", "ba vi", "Xã Ba Vì"),
        ("wards", "phuc xa", "Phường Hồng Hà"),
        ("provinces", "ha noi", "Thành phố Hà Nội"),
        ("old_wards", "truc bach", "Phường Trúc Bạch, Quận Ba Đình"),
        ("ethnic_groups", "meo", "Hmông"),
        ("ethnic_groups", "kinh", "Kinh"),
        ("countries", "viet nam", "Việt Nam"),
        ("countries", "uc", "Australia"),
        ("banks", "vietcom", "Vietcombank - Ngân hàng TMCP Ngoại Thương Việt Nam"),
    ],
)
def test_entries_are_found_by_everyday_words_without_marks(name, typed, found):
    assert found in [entry.label.vi for entry in option_lists()[name].find(typed, 8)]


def test_what_forms_offer_beforehand_is_a_code():
    lists = option_lists()
    assert "Kinh" in lists["ethnic_groups"]
    assert "Việt Nam" in lists["countries"]
    assert "01" in lists["provinces"]
