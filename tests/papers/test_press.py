import io

import pikepdf
import pytest

from tests.papers.conftest import LONG_NAME
from van_station.papers import NotPrintable, TooMuch, provisional_receipt, render
from van_station.papers import press as press_module
from van_station.settings.assets import AssetMissing, assets_root


def test_a_page_is_pdf_a_2b_with_only_our_font_embedded(slip):
    with pikepdf.open(io.BytesIO(provisional_receipt(slip))) as document:
        with document.open_metadata() as metadata:
            assert metadata.pdfa_status == "2B"
            assert metadata["dc:title"] == "Phiếu xác nhận hỗ trợ, tiếp nhận tạm"
        fonts = {str(item.BaseFont) for item in document.objects if is_font(item)}
    assert fonts
    assert all("InterTabular" in name for name in fonts)


def is_font(item: object) -> bool:
    return isinstance(item, pikepdf.Dictionary) and item.get("/Type") == "/Font"


def test_a_page_carries_no_name_in_the_clear_outside_its_text(slip):
    with pikepdf.open(io.BytesIO(provisional_receipt(slip))) as document:
        assert LONG_NAME not in str(document.docinfo)
        with document.open_metadata() as metadata:
            assert LONG_NAME not in str(metadata)


def test_a_template_that_is_not_ours_is_refused():
    for name in ("nothing", "../fonts/README", "../../pyproject"):
        with pytest.raises(AssetMissing):
            render(name, {})


def test_a_failed_page_keeps_what_was_to_stand_on_it_out_of_the_error():
    with pytest.raises(NotPrintable) as caught:
        render("provisional_receipt", {"full_name": "Nguyễn Thị Bí Mật"})
    told = f"{caught.value!r} {caught.value} {caught.value.__cause__} {vars(caught.value)}"
    assert "Bí Mật" not in told
    assert caught.value.__suppress_context__


def test_data_is_bounded_before_it_is_pressed():
    with pytest.raises(TooMuch):
        render("provisional_receipt", {"full_name": "x" * (press_module.MAX_DATA_BYTES + 1)})


def test_a_page_is_made_in_memory_without_any_file(slip, tmp_path, monkeypatch):
    for variable in ("TMPDIR", "TEMP", "TMP", "HOME", "XDG_CACHE_HOME"):
        monkeypatch.setenv(variable, str(tmp_path))
    before = set(assets_root().rglob("*"))
    provisional_receipt(slip)
    assert list(tmp_path.rglob("*")) == []
    assert set(assets_root().rglob("*")) == before
