"""PDFs from elsewhere: fine ones stay as they are to the byte, others are refused with a reason."""

from __future__ import annotations

import io
import zlib
from collections.abc import Callable

import pikepdf
import pytest
from hypothesis import given
from hypothesis import strategies as st
from pikepdf import Array, Dictionary, Name, Stream, String

from scanning.errors import PdfNotTaken
from scanning.pdf import intake
from scanning.pdf.intake import PdfFault, take_pdf


def made(spoil: Callable[[pikepdf.Pdf], object] | None = None, *, pages: int = 2, **saving) -> bytes:
    with pikepdf.Pdf.new() as pdf:
        for _ in range(pages):
            pdf.add_blank_page(page_size=(595, 842))
        if spoil is not None:
            spoil(pdf)
        out = io.BytesIO()
        pdf.save(out, **saving)
        return out.getvalue()


def refused(data: bytes, **bounds) -> str:
    with pytest.raises(PdfNotTaken) as told:
        take_pdf(data, **bounds)
    return told.value.reason


def test_a_fine_pdf_is_kept_to_the_byte():
    data = made(object_stream_mode=pikepdf.ObjectStreamMode.generate)
    taken = take_pdf(data)
    assert taken.data is data
    assert (taken.pages, taken.has_text, taken.claims_pdfa) == (2, False, "")


def script(pdf):
    pdf.Root.OpenAction = Dictionary(S=Name.JavaScript, JS=String("app.alert(1)"))


def launch(pdf):
    pdf.pages[0].obj.Annots = Array(
        [pdf.make_indirect(Dictionary(Subtype=Name.Link, A=Dictionary(S=Name.Launch, F=String("x.exe"))))]
    )


def file_inside(pdf):
    pdf.attachments["a.exe"] = b"MZ"


def xfa(pdf):
    pdf.Root.AcroForm = Dictionary(Fields=Array([]), XFA=String("<xdp/>"))


def page_action(pdf):
    pdf.pages[1].obj.AA = Dictionary(O=Dictionary(S=Name.JavaScript, JS=String("1")))


def action_in_a_list(pdf):
    pdf.pages[0].obj.Annots = Array([Dictionary(Subtype=Name.Link, A=Dictionary(S=Name.SubmitForm))])


@pytest.mark.parametrize("spoil", [script, launch, file_inside, xfa, page_action, action_in_a_list])
def test_what_acts_by_itself_is_refused(spoil):
    assert refused(made(spoil)) == PdfFault.ACTS


def test_a_link_to_a_page_and_a_plain_form_are_fine():
    def harmless(pdf):
        link = Dictionary(Subtype=Name.Link, Dest=Array([pdf.pages[1].obj, Name.Fit]))
        pdf.pages[0].obj.Annots = Array([pdf.make_indirect(link)])
        pdf.Root.AcroForm = Dictionary(Fields=Array([]))

    assert take_pdf(made(harmless)).pages == 2


def test_locked_pdfs_are_refused():
    encryption = pikepdf.Encryption(owner="a", user="b")
    assert refused(made(encryption=encryption)) == PdfFault.LOCKED
    assert refused(made(encryption=pikepdf.Encryption(owner="a", user=""))) == PdfFault.LOCKED


def test_bounds_of_bytes_and_pages_hold():
    assert refused(made(), max_bytes=100) == PdfFault.TOO_LARGE
    assert refused(made(pages=6), max_pages=5) == PdfFault.TOO_MANY_PAGES
    lie = made().replace(b"/Count 2", b"/Count 9")
    assert refused(lie, max_pages=5) == PdfFault.TOO_MANY_PAGES


def test_a_stream_that_swells_is_refused_before_it_is_undone(monkeypatch):
    monkeypatch.setattr(intake, "MAX_STREAM_BYTES", 2_000_000)
    bomb = zlib.compress(bytes(20_000_000), 9)

    def content(pdf):
        pdf.pages[0].obj.Contents = pdf.make_indirect(Stream(pdf, bomb, Filter=Name.FlateDecode))

    assert refused(made(content, stream_decode_level=pikepdf.StreamDecodeLevel.none)) == PdfFault.TOO_LARGE
    packed = b"%PDF-1.5\n1 0 obj\n<</Type/ObjStm/N 1/First 4/Filter/FlateDecode/Length 9>>\nstream\n" + bomb
    assert refused(packed) == PdfFault.TOO_LARGE


def test_a_picture_that_claims_too_much_is_refused():
    def picture(pdf):
        image = Stream(pdf, b"x", Subtype=Name.Image, Width=60_000, Height=60_000, Filter=Name.DCTDecode)
        pdf.pages[0].obj.Resources = Dictionary(XObject=Dictionary(Im0=pdf.make_indirect(image)))

    assert refused(made(picture)) == PdfFault.TOO_LARGE


@pytest.mark.parametrize("data", [b"", b"%PDF-1.7", b"<html></html>", b"%PDF-1.4\n" + bytes(500)])
def test_what_is_no_pdf_is_refused(data):
    assert refused(data) == PdfFault.DAMAGED


def test_a_cut_off_pdf_is_refused():
    whole = made()
    assert refused(whole[: len(whole) // 2]) == PdfFault.DAMAGED


@given(st.data())
def test_any_damage_is_taken_or_refused_and_nothing_else(data):
    whole = bytearray(made(script if data.draw(st.booleans()) else None))
    for _ in range(data.draw(st.integers(1, 6))):
        whole[data.draw(st.integers(0, len(whole) - 1))] = data.draw(st.integers(0, 255))
    try:
        assert take_pdf(bytes(whole)).data == bytes(whole)
    except PdfNotTaken as error:
        PdfFault(error.reason)
