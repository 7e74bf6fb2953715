"""The words of the catalogue: both languages clean, nobody addressed, sources told in the language of the desk."""

import re
import unicodedata

import pytest

from van_station.rules.catalogue_edition import load_edition
from van_station.settings.assets import catalogue_files

EDITION = load_edition(catalogue_files(), strict=False)
FILES = sorted(
    name
    for name in EDITION.files
    if name.startswith(("procedures/", "forms/")) or name in ("shared.schema.json", "successors.json")
)
ADDRESSED = re.compile(r"\b(bạn|quý khách|ông/bà|anh/chị|cô/chú)\b", re.IGNORECASE)
OTHER_TONE_PLACES = re.compile(
    r"\b\w*(?<!qu)(?:oà|oá|oả|oã|oạ|oè|oé|oẻ|oẽ|oẹ|(?<!q)u[ỳýỷỹỵ])\b", re.IGNORECASE
)
ENGLISH = re.compile(r"\b(the|of|and|not|read|list|form)\b")
STAYS_VIETNAMESE = re.compile(
    r"\b(NĐ|QĐ|TT|Ba Vì|Bắc Ninh|Hải Phòng|ĐKX\d+)\b|CP|3\.đ|4\.đ|đ\)|m²|cm³|[–…«»]"
)


def pairs(node):
    """Yield (Vietnamese, English) of every text for people."""
    if isinstance(node, dict):
        if isinstance(node.get("vi"), str):
            yield node["vi"], node["en"]
        if isinstance(node.get("title"), str) and "x-title-en" in node:
            yield node["title"], node["x-title-en"]
        for inner in node.values():
            yield from pairs(inner)
    elif isinstance(node, list):
        for inner in node:
            yield from pairs(inner)


def sources(node):
    if isinstance(node, dict):
        if isinstance(node.get("source"), str):
            yield node["source"]
        for inner in node.values():
            yield from sources(inner)
    elif isinstance(node, list):
        for inner in node:
            yield from sources(inner)


@pytest.mark.parametrize("name", FILES)
def test_texts_are_clean_in_both_languages(name):
    for vi, en in pairs(EDITION.files[name]):
        for text in (vi, en):
            assert text == " ".join(text.split()), text
            assert unicodedata.is_normalized("NFC", text), text
        assert not OTHER_TONE_PLACES.search(vi), vi
        assert STAYS_VIETNAMESE.sub("", en).isascii(), en


@pytest.mark.parametrize("name", FILES)
def test_nobody_is_addressed(name):
    assert [vi for vi, _ in pairs(EDITION.files[name]) if ADDRESSED.search(vi)] == []


@pytest.mark.parametrize("name", [name for name in FILES if name.startswith(("procedures/", "successors"))])
def test_sources_are_told_in_vietnamese(name):
    told = list(sources(EDITION.files[name]))
    assert told
    assert [text for text in told if ENGLISH.search(text) or text != text.strip()] == []
