"""The guides for users speak of the screens as they are: every bold word is a text of the interface or of the pages."""

import re
from pathlib import Path

import pytest

from van_station.i18n import catalogue

ROOT = Path(__file__).parents[2]
USERS = ("tinh-nguyen-vien", "can-bo", "phu-trach")
GUIDES = [ROOT / "docs" / "guides" / f"{user}.md" for user in USERS]
NOT_ON_SCREEN = {"in đậm", "Cách tính"}  # the legend of each guide; a sheet of the exported workbook
BOLD = re.compile(r"\*\*([^*]+)\*\*")


def shown() -> set[str]:
    return {"".join(piece.words for piece in text.pieces) for text in catalogue.load("vi").values()}


@pytest.mark.parametrize("guide", GUIDES, ids=lambda path: path.stem)
def test_every_bold_word_of_a_guide_is_on_a_screen(guide):
    said = set(BOLD.findall(guide.read_text(encoding="utf-8")))
    assert said
    assert sorted(said - shown() - NOT_ON_SCREEN) == []
