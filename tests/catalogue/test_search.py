"""Citizens' own words find the right procedure first, over the whole catalogue that is shipped.

`phrases.toml` was written before the search was tuned, and then tuned against. Three more files were written
later and each looked at once before anything was changed for it: first hits right 84.5 % (`phrases_second.toml`), 89.4 %
(`phrases_third.toml`) and 98.3 % (`phrases_unseen.toml`, for which nothing was changed). One hand wrote them all, so
expect about nine of ten from citizens, and put what they really say into these files.
"""

import tomllib
from pathlib import Path

import pytest

from van_station.rules.catalogue_edition import load_edition
from van_station.rules.procedure_search import search_of
from van_station.rules.text import fold
from van_station.settings.assets import catalogue_files

HERE = Path(__file__).parent
EDITION = load_edition(catalogue_files(), strict=False)
FILES = ("phrases.toml", "phrases_second.toml", "phrases_third.toml", "phrases_unseen.toml")
BAR = 0.95
UNSEEN_BAR = 0.9


@pytest.fixture(scope="module")
def search():
    return search_of(EDITION)


def asked(name):
    for ask in tomllib.loads((HERE / name).read_text(encoding="utf-8"))["ask"]:
        for said in ask["say"]:
            yield said, ask["codes"]


def misses(search, name):
    wrong = []
    for said, codes in asked(name):
        hits = search.find(said, limit=3)
        if not hits or hits[0].procedure.code not in codes:
            wrong.append(f"{said!r} wants {codes}, got {[(hit.procedure.code, hit.because) for hit in hits]}")
    return wrong


@pytest.mark.parametrize(
    ("name", "least", "bar"),
    [
        ("phrases.toml", 350, BAR),
        ("phrases_second.toml", 70, BAR),
        ("phrases_third.toml", 60, BAR),
        ("phrases_unseen.toml", 60, UNSEEN_BAR),
    ],
)
def test_the_first_hit_is_right(search, name, least, bar):
    wrong = misses(search, name)
    total = len(list(asked(name)))
    told = f"{total - len(wrong)} of {total}\n" + "\n".join(wrong)
    print(told)
    assert total >= least
    assert len(wrong) <= (1 - bar) * total, told


def test_phrases_are_written_once_and_know_the_catalogue():
    said = [text for name in FILES for text, _ in asked(name)]
    assert len(said) == len(set(said))
    wanted = {code for _, codes in asked("phrases.toml") for code in codes}
    assert len(wanted & EDITION.procedures.keys()) > 60


def test_without_accents_the_first_hit_stays_the_same(search):
    for procedure in EDITION.procedures.values():
        told = search.find(procedure.name.vi)[0].procedure.code
        bare = fold(procedure.name.vi)
        assert search.find(bare)[0].procedure.code == told == procedure.code


@pytest.mark.parametrize("code", sorted(EDITION.procedures))
def test_every_procedure_is_found_by_its_code(search, code):
    assert search.find(code)[0].procedure.code == code
    assert search.find(code.replace(".", "", 1))[0].procedure.code == code


@pytest.mark.parametrize("code", sorted(EDITION.procedures))
def test_every_procedure_is_found_by_its_name_in_both_languages(search, code):
    procedure = EDITION.procedures[code]
    same = {each.code for each in EDITION.procedures.values() if each.name.en == procedure.name.en}
    assert search.find(procedure.name.vi)[0].procedure.code == code
    assert search.find(procedure.name.en)[0].procedure.code in same


def test_a_code_that_was_repealed_leads_to_the_one_in_force(search):
    led = {old: EDITION.resolve(old)[0] for old in EDITION.successors}
    assert led
    for old, today in led.items():
        codes = [hit.procedure.code for hit in search.find(old)]
        assert codes[:1] == ([today.code] if today else [])


@pytest.mark.parametrize(
    ("said", "code"),
    [
        ("khai sinh", "1.001193"),
        ("giay khai sinh", "1.001193"),
        ("GIẤY KHAI SINH", "1.001193"),
        ("ks", "1.001193"),
        ("khai sin", "1.001193"),
        ("kết h", "1.000894"),
        ("tạm tr", "1.004194"),
        ("hộ kinh d", "1.001612"),
        ("giấy phép xây d", "1.013225"),
        ("1.0016", "1.001612"),
        ("birth", "1.001193"),
    ],
)
def test_a_procedure_comes_first_while_it_is_being_typed(search, said, code):
    assert search.find(said)[0].procedure.code == code


def test_a_form_number_finds_all_that_use_it(search):
    found = {hit.procedure.code for hit in search.find("CT01", limit=20)}
    assert found >= {"1.004194", "1.004222"}


def test_two_things_said_at_once_are_both_offered(search):
    found = {hit.procedure.code for hit in search.find("tạm trú và khai sinh")}
    assert found >= {"1.001193", "1.004194"}


@pytest.mark.parametrize("said", ["", "   ", "xyz", "?" * 10_000, "\x00\x01", "9.999999"])
def test_what_means_nothing_finds_nothing(search, said):
    assert search.find(said) == []


def test_words_file_means_something_everywhere(search):
    """A meaning that finds nothing would only be dead weight."""
    meanings = {item["means"] for item in EDITION.words["means"]}
    assert [text for text in sorted(meanings) if not search.find(text)] == []
