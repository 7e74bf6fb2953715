"""What the sheet says of answers that stay behind, without a window."""

from __future__ import annotations

from dataclasses import dataclass

import pytest

from van_station.i18n import Texts
from van_station.rules.catalogue import Label
from van_station.rules.form_changes import Change, Reason
from van_station.rules.form_nodes import FieldKind, FieldNode
from van_station.ui.desk.upgrade_sheet import answer_words


@dataclass
class Words:
    """The texts of a window."""

    texts: Texts

    def say(self, key: str, **arguments: str) -> str:
        return self.texts.say(key, **arguments)


def node(kind: FieldKind, value, **more) -> FieldNode:
    return FieldNode("/x", Label("Ô", "Field"), kind, value, True, True, True, **more)


def said(old: FieldNode | None, value, language="vi") -> str:
    change = Change("/x", Label("Ô", "Field"), Reason.GONE, value)
    return answer_words(Words(Texts(language, strict=True)), old, change)


@pytest.mark.parametrize(
    ("old", "value", "words"),
    [
        (node(FieldKind.TEXT, "Quán Phở"), "Quán Phở", "Quán Phở"),
        (node(FieldKind.DATE, "2026-03-05"), "2026-03-05", "05/03/2026"),
        (node(FieldKind.PARTIAL_DATE, "1954-03"), "1954-03", "03/1954"),
        (node(FieldKind.NUMBER, 15000), 15000, "15.000"),
        (node(FieldKind.CHECKBOX, True), True, "Có"),
        (node(FieldKind.LIST, "00004", answer_label=Label("Xã Ba Vì", "Ba Vi")), "00004", "Xã Ba Vì"),
        (node(FieldKind.CHOICE, "a", answer_label=Label("Người thân", "Kin")), "a", "Người thân"),
        (None, "a", "a"),
    ],
)
def test_an_answer_that_stays_behind_reads_as_its_field_did(old, value, words):
    assert said(old, value) == words


def test_english_windows_read_the_english_words():
    old = node(FieldKind.CHOICE, "a", answer_label=Label("Người thân", "Kin"))
    assert said(old, "a", "en") == "Kin"
