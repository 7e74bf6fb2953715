"""Signed copies: looked at by poppler's `pdfsig`, which shares no code with pyHanko, and by our own check."""

from __future__ import annotations

import io
import shutil
import subprocess
from datetime import datetime, timedelta, timezone
from pathlib import Path

import pikepdf
import pypdfium2
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from pikepdf import pdfa
from PIL import ImageChops

from tests.security.authority import HOLDER, PASSPHRASE, Authority
from tests.security.signed_papers import stamp_text

pytest.importorskip("pyhanko", reason="the extra `sign` is not installed")

from van_station.papers.copy_stamps import copy_stamp
from van_station.security.certificate_checks import read_trusted
from van_station.security.copy_signing import (
    Intactness,
    Level,
    NoTimeStamp,
    NotSignable,
    Revocation,
    SignatureBroken,
    SignedCopy,
)
from van_station.security.pades import PadesSigning

AGENCY = "Trung tâm Phục vụ hành chính công thành phố Hà Nội"
NOW = datetime.now(timezone(timedelta(hours=7))).replace(microsecond=0)
needs_pdfsig = pytest.mark.skipif(shutil.which("pdfsig") is None, reason="Debian's poppler-utils is missing")


def sign(engine: PadesSigning, p12: bytes, pdf: bytes) -> SignedCopy:
    with engine.file_signer(p12).open(PASSPHRASE, NOW) as session:
        return session.sign(pdf, copy_stamp(AGENCY, NOW), NOW)


@pytest.fixture
def signed(authority: Authority, copy: bytes) -> SignedCopy:
    return sign(PadesSigning(), authority.issue().p12(), copy)


def pdfsig(data: bytes, folder: Path) -> str:
    path = folder / "signed.pdf"
    path.write_bytes(data)
    run = subprocess.run(["pdfsig", "-nocert", path], capture_output=True, text=True, check=False)
    return run.stdout


@needs_pdfsig
def test_an_independent_reader_finds_the_signature_valid(signed: SignedCopy, tmp_path: Path) -> None:
    said = pdfsig(signed.data, tmp_path)
    assert "Signature Validation: Signature is Valid." in said
    assert "Total document signed" in said
    assert "ETSI.CAdES.detached" in said
    assert HOLDER in said


@needs_pdfsig
def test_later_changed_bytes_are_found_by_both_readers(signed: SignedCopy, tmp_path: Path) -> None:
    data = bytearray(signed.data)
    data[len(data) // 3] ^= 1  # inside the picture of the page
    assert PadesSigning().check(bytes(data)).state is Intactness.ALTERED
    assert "Signature is Valid" not in pdfsig(bytes(data), tmp_path)


def test_what_was_there_before_stays_byte_for_byte(signed: SignedCopy, copy: bytes) -> None:
    assert signed.data.startswith(copy)


def test_a_page_added_after_signing_is_found(signed: SignedCopy) -> None:
    with pikepdf.open(io.BytesIO(signed.data)) as opened:
        opened.pages.append(opened.pages[0])
        out = io.BytesIO()
        opened.save(out)
    assert PadesSigning().check(out.getvalue()).state is not Intactness.INTACT


@pytest.mark.parametrize("tail", [b"more", b"\n1 0 obj\n<<>>\nendobj\n"])
def test_bytes_behind_the_end_are_found(signed: SignedCopy, tail: bytes) -> None:
    assert PadesSigning().check(signed.data + tail).state is Intactness.ALTERED


@pytest.mark.parametrize("cut", [10, 200, 5000])
def test_a_cut_copy_is_never_intact(signed: SignedCopy, cut: int) -> None:
    assert PadesSigning().check(signed.data[:-cut]).state is not Intactness.INTACT


@pytest.fixture(scope="module")
def one_signed(tmp_path_factory: pytest.TempPathFactory, copy: bytes) -> bytes:
    with Authority(tmp_path_factory.mktemp("authority")) as authority:
        return sign(PadesSigning(), authority.issue().p12(), copy).data


@settings(max_examples=60, deadline=None)
@given(data=st.data())
def test_whatever_byte_is_changed_looking_never_fails_and_never_calls_it_intact(
    one_signed: bytes, data: st.DataObject
) -> None:
    begin, end = signature_span(one_signed)
    where = data.draw(st.integers(0, len(one_signed) - 1).filter(lambda at: not begin <= at < end))
    changed = bytearray(one_signed)
    changed[where] ^= data.draw(st.integers(1, 255))
    assert PadesSigning().check(bytes(changed)).state is not Intactness.INTACT


@settings(max_examples=40, deadline=None)
@given(data=st.data())
def test_looking_at_a_broken_signature_never_fails(one_signed: bytes, data: st.DataObject) -> None:
    begin, end = signature_span(one_signed)
    changed = bytearray(one_signed)
    changed[data.draw(st.integers(begin, end - 1))] = data.draw(st.sampled_from(b"0123456789abcdef <>xyz"))
    found = PadesSigning().check(bytes(changed))
    if found.state is Intactness.INTACT:  # the same digits, written large or small, or in the padding
        assert found.certificate == PadesSigning().check(one_signed).certificate


def signature_span(data: bytes) -> tuple[int, int]:
    """Where the signature itself stands, which no signature covers: its digits may be written large or small."""
    begin = data.index(b"/Contents <", data.rindex(b"/ByteRange") - 20000) + len(b"/Contents <")
    return begin, data.index(b">", begin)


def test_an_unsigned_document_says_so(copy: bytes) -> None:
    assert PadesSigning().check(copy).state is Intactness.UNSIGNED
    assert PadesSigning().check(b"no pdf").state is Intactness.UNREADABLE


def test_a_copy_stays_pdf_a_as_far_as_its_validator_looks(signed: SignedCopy) -> None:
    report = pdfa.validate_written(io.BytesIO(signed.data), "2b")
    assert [finding for finding in report.findings if finding.kind == "violation"] == []
    # the validator does not look into forms: what stands there is that one field
    assert {finding.where.split()[-1] for finding in report.findings} == {"/AcroForm"}


def test_what_the_validator_does_not_look_at_keeps_to_pdf_a_too(signed: SignedCopy) -> None:
    stamp = pdfa.validate_written(io.BytesIO(copy_stamp(AGENCY, NOW)), "2b")
    faults = [finding.where for finding in stamp.findings if finding.kind == "violation"]
    assert [where for where in faults if "MetadataStream" not in where] == [], (
        "its metadata are not taken over"
    )
    with pikepdf.open(io.BytesIO(signed.data)) as opened:
        form = opened.Root.AcroForm
        assert "/NeedAppearances" not in form
        assert "/XFA" not in form
        (widget,) = form.Fields
        assert int(widget.F) & 0b110111 == 0b000100, "printed, not hidden (ISO 19005-2, 6.3.2)"
        assert set(widget.AP.keys()) == {"/N"}
        appearance = widget.AP.N
        assert "/Group" not in appearance
        assert "/ExtGState" not in appearance.Resources, "no transparency"
        fonts = list(appearance.Resources.Font.values())
        assert fonts
        for font in fonts:
            assert "/FontFile2" in font.DescendantFonts[0].FontDescriptor or (
                "/FontFile3" in font.DescendantFonts[0].FontDescriptor
            ), "the letters are embedded"


def test_the_stamp_shows_agency_and_moment_with_the_zone_and_nothing_else(signed: SignedCopy) -> None:
    assert stamp_text(signed.data) == f"{AGENCY} Thời gian ký: {NOW:%d.%m.%Y %H:%M:%S} +07:00"
    with pikepdf.open(io.BytesIO(signed.data)) as opened:
        resources = opened.pages[0].Annots[0].AP.N.Resources
        pictures = resources.get("/XObject", {})
    assert len(pictures) == 0, "no picture of a seal"


def seen_at(data: bytes) -> tuple[float, float, float, float]:
    """Where the signed page looks different from the unsigned one: left, top, right, bottom, as shares of the page."""
    plain, marked = drawn(data, with_stamp=False), drawn(data, with_stamp=True)
    found = ImageChops.difference(plain, marked).getbbox()
    assert found is not None, "nothing is to be seen"
    return found[0] / plain.width, found[1] / plain.height, found[2] / plain.width, found[3] / plain.height


def drawn(data: bytes, *, with_stamp: bool):
    document = pypdfium2.PdfDocument(data)
    document.init_forms()
    return (
        document[0].render(scale=1.5, may_draw_forms=with_stamp, draw_annots=with_stamp).to_pil().convert("L")
    )


def paper(width_mm: float, height_mm: float, turned: int = 0) -> bytes:
    document = pikepdf.new()
    document.add_blank_page(page_size=(width_mm / 25.4 * 72, height_mm / 25.4 * 72))
    document.pages[0].Rotate = turned
    out = io.BytesIO()
    document.save(out)
    return out.getvalue()


@pytest.mark.parametrize("turned", [0, 90, 180, 270])
@pytest.mark.parametrize("size", [(210, 297), (297, 210), (85.6, 54)])
def test_the_stamp_is_upright_at_the_top_right_of_any_paper(
    authority: Authority, size: tuple[float, float], turned: int
) -> None:
    signed = sign(PadesSigning(), authority.issue().p12(), paper(*size, turned))
    left, top, right, bottom = seen_at(signed.data)
    assert right > 0.9, "at the right"
    assert left > 0.35
    assert bottom < 0.16, "in the top margin"
    assert top < 0.08
    ratio = (right - left) / (bottom - top)
    wide, high = size if turned % 180 == 0 else size[::-1]
    assert ratio * wide / high > 4, "letters lie, they don't stand"


def test_on_a_letter_the_stamp_covers_none_of_its_text(signed: SignedCopy) -> None:
    plain, marked = drawn(signed.data, with_stamp=False), drawn(signed.data, with_stamp=True)
    box = ImageChops.difference(plain, marked).getbbox()
    assert plain.crop(box).getextrema()[0] > 150, "no ink where the stamp stands"


# ---------------------------------------------------------------------- time-stamps and material for later


@pytest.fixture
def online(authority: Authority) -> PadesSigning:
    return PadesSigning(
        tsa_url=f"{authority.url}/tsa", trusted=read_trusted(authority.trust_folder()), timeout_s=5
    )


def test_without_an_authority_it_is_b_b(signed: SignedCopy) -> None:
    assert (signed.level, signed.time_stamped_at, signed.stamp_refused) == (Level.B, None, None)


def test_with_an_authority_it_is_b_t(authority: Authority, online: PadesSigning, copy: bytes) -> None:
    signed = sign(
        online, authority.issue().p12(), copy
    )  # a certificate that says nowhere how to ask about it
    assert signed.level is Level.T
    assert signed.time_stamped_at is not None
    assert abs((signed.time_stamped_at - datetime.now(NOW.tzinfo)).total_seconds()) < 3600
    assert signed.revocation is Revocation.NOT_CHECKED


@needs_pdfsig
@pytest.mark.parametrize("by", ["with_ocsp", "with_crl"])
def test_with_answers_about_the_certificate_it_is_b_lt(
    authority: Authority, online: PadesSigning, copy: bytes, by: str, tmp_path: Path
) -> None:
    signed = sign(online, authority.issue(**{by: True}).p12(), copy)
    assert (signed.level, signed.revocation) == (Level.LT, Revocation.GOOD)
    found = online.check(signed.data)
    assert (found.state, found.level, found.trusted) == (Intactness.INTACT, Level.LT, True)
    with pikepdf.open(io.BytesIO(signed.data)) as opened:
        kept = opened.Root.DSS
        assert len(kept.Certs) >= 2
        assert len(kept["/OCSPs" if by == "with_ocsp" else "/CRLs"]) == 1
    assert "Signature is Valid." in pdfsig(signed.data, tmp_path)
    report = pdfa.validate_written(io.BytesIO(signed.data), "2b")
    assert [finding for finding in report.findings if finding.kind == "violation"] == []


def test_an_authority_that_is_down_leaves_b_b_and_says_so(authority: Authority, copy: bytes) -> None:
    p12 = authority.issue().p12()
    engine = PadesSigning(tsa_url=f"{authority.url}/tsa")
    authority.stop()
    signed = sign(engine, p12, copy)
    assert (signed.level, signed.stamp_refused) == (Level.B, NoTimeStamp.code)


def test_an_answer_of_somebody_else_leaves_b_b_and_is_not_asked_for_again(
    authority: Authority, online: PadesSigning, copy: bytes
) -> None:
    authority.silent = True
    with online.file_signer(authority.issue().p12()).open(PASSPHRASE, NOW) as session:
        stamp = copy_stamp(AGENCY, NOW)
        assert [session.sign(copy, stamp, NOW).level for _ in range(3)] == [Level.B] * 3
    assert authority.asked.count("/tsa") == 1


def test_a_copy_is_topped_up_later(authority: Authority, online: PadesSigning, copy: bytes) -> None:
    first = sign(PadesSigning(), authority.issue(with_ocsp=True).p12(), copy)
    later = online.top_up(first.data, NOW)
    assert later.level is Level.LT
    assert later.data.startswith(first.data)
    assert later.certificate == first.certificate
    assert online.check(later.data).state is Intactness.INTACT


def test_a_copy_that_was_altered_is_not_topped_up(
    authority: Authority, online: PadesSigning, signed: SignedCopy
) -> None:
    data = bytearray(signed.data)
    data[len(data) // 3] ^= 1
    with pytest.raises(SignatureBroken):
        online.top_up(bytes(data), NOW)
    with pytest.raises(NoTimeStamp):
        PadesSigning().top_up(signed.data, NOW)


def test_an_issuer_is_trusted_only_when_configured(
    authority: Authority, signed: SignedCopy, tmp_path: Path
) -> None:
    assert PadesSigning().check(signed.data).trusted is None
    assert PadesSigning(trusted=read_trusted(authority.trust_folder())).check(signed.data).trusted is True
    folder = tmp_path / "another"
    folder.mkdir()
    with Authority(folder, key="another root") as another:
        other = read_trusted(another.trust_folder())
    found = PadesSigning(trusted=other).check(signed.data)
    assert (found.state, found.trusted) == (Intactness.INTACT, False)


@pytest.mark.parametrize("data", [b"", b"no pdf", b"%PDF-1.7\n%%EOF"])
def test_what_is_no_pdf_is_refused(authority: Authority, data: bytes) -> None:
    with pytest.raises(NotSignable):
        sign(PadesSigning(), authority.issue().p12(), data)


def test_an_encrypted_pdf_is_refused(authority: Authority) -> None:
    out = io.BytesIO()
    with pikepdf.open(io.BytesIO(paper(210, 297))) as opened:
        opened.save(out, encryption=pikepdf.Encryption(owner="x", user=""))
    with pytest.raises(NotSignable):
        sign(PadesSigning(), authority.issue().p12(), out.getvalue())
