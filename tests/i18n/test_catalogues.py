"""What holds for vi.toml and en.toml, whoever adds to them."""

import re
import tomllib
import unicodedata
from importlib import resources
from pathlib import Path

import pytest

import van_station
from van_station.i18n import catalogue

SAYS = re.compile(r"""\.say\(\s*["']([a-z0-9_.]+)["']""", re.IGNORECASE)


def source(language: str) -> str:
    return resources.files("van_station.i18n").joinpath(f"{language}.toml").read_text(encoding="utf-8")


def order(key: str) -> tuple[int, str]:
    return (int(key), "") if key.isdigit() else (0, key)


def test_both_languages_have_the_same_keys():
    vi, en = catalogue.load("vi"), catalogue.load("en")
    assert sorted(vi.keys() ^ en.keys()) == []


def test_both_languages_take_the_same_arguments():
    vi, en = catalogue.load("vi"), catalogue.load("en")
    assert [key for key in vi if key in en and vi[key].placeholders != en[key].placeholders] == []


@pytest.mark.parametrize("language", catalogue.LANGUAGES)
def test_keys_are_sorted_inside_sorted_groups(language):
    groups = tomllib.loads(source(language))
    assert list(groups) == sorted(groups)
    for group, texts in groups.items():
        assert list(texts) == sorted(texts, key=order), group


@pytest.mark.parametrize("language", catalogue.LANGUAGES)
def test_texts_are_composed_trimmed_and_never_empty(language):
    assert unicodedata.is_normalized("NFC", source(language))
    for key, text in tomllib.loads(source(language)).items():
        for name, value in text.items():
            assert value == value.strip() != "", f"{key}.{name}"


@pytest.mark.parametrize("language", catalogue.LANGUAGES)
def test_every_error_that_says_what_happened_says_what_to_do(language):
    errors = tomllib.loads(source(language))["error"]
    happened = {key for key in errors if not key.endswith(".next")}
    assert {key.removesuffix(".next") for key in errors if key.endswith(".next")} == happened


def test_vietnamese_addresses_nobody_as_uncle_brother_or_sister():
    addressed = re.compile(r"\b(bác|anh|chị|(?<!trẻ )em|cô|chú(?! ý))\b", re.IGNORECASE)
    named = ("#", "sibling = ")  # comments, and the one relation that has no other name
    assert [
        line for line in source("vi").splitlines() if not line.startswith(named) and addressed.search(line)
    ] == []


def test_every_key_that_code_says_is_in_the_catalogue():
    keys = catalogue.load("vi")
    said = {
        (key, path.name)
        for path in Path(van_station.__file__).parent.rglob("*.py")
        for key in SAYS.findall(path.read_text(encoding="utf-8"))
    }
    # An f-string's beginning ("ticket_status." + status) ends in a dot and is checked where it is used.
    assert sorted((key, name) for key, name in said if key not in keys and not key.endswith(".")) == []


def test_english_says_one_page_and_two_pages():
    """A number right before a plural reads wrong for 1; `{count:page|pages}` says it right."""
    plural = re.compile(
        r"\{\w+:count\} (?:(?:working|blank|old|needed|earlier|required) )?([a-z]+s|people)\b"
    )
    not_nouns = {"is", "was"}
    wrong = [line for line in source("en").splitlines() if set(plural.findall(line)) - not_nouns]
    assert wrong == []
