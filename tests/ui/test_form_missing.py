"""What a dossier lacks, sorted by the step where it is put right."""

from __future__ import annotations

from dataclasses import replace
from types import SimpleNamespace

import pytest

from van_station.i18n import Texts
from van_station.services.dossier_views import ComponentView, Missing
from van_station.ui.desk.form_missing import captions, lacking

ANSWER = Missing("form", "form.required", "Họ tên", "Name", "/name")
PAPER = Missing("component", "P1", "Giấy chứng sinh", "Proof of birth", "c1")
SHOWN = ComponentView(
    "c2", "P2", "Thẻ", "Card", required=True, applies=True, kind="show", seen=False, files=(), pending_pages=0
)


def dossier(**more: object) -> SimpleNamespace:
    base = {
        "editable": True,
        "fee": SimpleNamespace(amount_vnd=0),
        "payment_state": None,
        "components": (),
    }
    return SimpleNamespace(**{**base, **more})


def test_everything_is_counted_where_it_is_put_right():
    found = lacking(dossier(components=(SHOWN,), fee=SimpleNamespace(amount_vnd=10_000)), (ANSWER, PAPER))
    assert (found.answers, found.papers, found.unseen, found.fee) == ((ANSWER,), (PAPER,), (SHOWN,), True)
    assert found.count == 4
    said = captions(Texts("vi", strict=True), found, editable=True)
    assert said == {
        "form": "còn 1 chỗ chưa điền",
        "papers": "thiếu 1 giấy tờ · 1 bản chưa đối chiếu",
        "fee": "chưa thu phí",
        "submit": "còn 4 việc",
    }


@pytest.mark.parametrize("language", ["vi", "en"])
def test_a_dossier_that_lacks_nothing_says_so(language):
    found = lacking(dossier(components=(replace(SHOWN, seen=True),)), ())
    assert found.count == 0
    said = captions(Texts(language, strict=True), found, editable=True)
    assert all(said.values())
    assert said["submit"] in ("đủ để xác nhận", "ready to confirm")


def test_a_fee_is_settled_when_it_is_nothing_or_the_bank_has_told_so():
    owed = SimpleNamespace(amount_vnd=10_000)
    assert lacking(dossier(fee=owed), ()).fee
    assert lacking(dossier(fee=None), ()).fee, "a fee that nobody knows is still to be named"
    assert lacking(dossier(fee=owed, payment_state=SimpleNamespace(value="pending")), ()).fee
    assert not lacking(dossier(fee=owed, payment_state=SimpleNamespace(value="matched")), ()).fee


def test_a_confirmed_dossier_lacks_nothing_here():
    found = lacking(dossier(editable=False), (ANSWER,))
    assert found.count == 0
    assert not any(captions(Texts("vi", strict=True), found, editable=False).values())


def test_papers_that_do_not_apply_are_not_asked_for():
    assert lacking(dossier(components=(replace(SHOWN, applies=False),)), ()).unseen == ()
