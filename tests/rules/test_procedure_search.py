"""The search on a small catalogue of its own, so that each rule is seen alone."""

import random

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.rules.makers import data
from van_station.rules.catalogue import load_procedure
from van_station.rules.procedure_search import ProcedureSearch, load_words, search


def procedure(code, name, *keywords):
    return load_procedure(
        data(code=code, name={"vi": name, "en": f"English {code}"}, keywords=list(keywords))
    )


BIRTH = procedure("1.000001", "Đăng ký khai sinh", "giấy khai sinh", "em bé")
AGAIN = procedure("1.000002", "Đăng ký lại khai sinh", "mất giấy khai sinh")
MARRIAGE = procedure("1.000003", "Đăng ký kết hôn", "lấy vợ")
STAY = procedure("1.000004", "Đăng ký tạm trú", "ở trọ")
LIVE = procedure("1.000005", "Đăng ký thường trú", "nhập khẩu")
SHOP = procedure("1.000006", "Đăng ký thành lập hộ kinh doanh", "mở quán", "TK1-TS")
ALL = [SHOP, LIVE, STAY, MARRIAGE, AGAIN, BIRTH]
WORDS = load_words(
    {
        "means": [
            {"say": "đkkh", "means": "đăng ký kết hôn"},
            {"say": "bố mất", "means": "đăng ký lại khai sinh"},
            {"say": "quán", "means": "hộ kinh doanh"},
        ],
        "fillers": ["làm", "tôi", "muốn", "cho", "giấy", "đang"],
        "acts": ["mất"],
        "often": ["1.000004"],
    }
)
OLD = {"1.999999": "1.000003", "2.888888": "9.000000"}


@pytest.fixture(scope="module")
def index():
    return ProcedureSearch(ALL, WORDS, OLD)


def codes(index, said, **options):
    return [hit.procedure.code for hit in index.find(said, **options)]


@pytest.mark.parametrize(
    ("said", "first"),
    [
        ("khai sinh", BIRTH),
        ("KHAI SINH", BIRTH),
        ("sinh khai", BIRTH),
        ("khai si", BIRTH),
        ("khaisinh", BIRTH),
        ("khai sinhh", BIRTH),
        ("kahi sinh", BIRTH),
        ("đăng kí khai sinh", BIRTH),
        ("tôi muốn làm giấy khai sinh cho em bé", BIRTH),
        ("đăng ký lại khai sinh", AGAIN),
        ("mất giấy khai sinh", AGAIN),
        ("thường chú", LIVE),
        ("thuwowngf trus", LIVE),
        ("ddawng kys keets hoon", MARRIAGE),
        ("đkkh", MARRIAGE),
        ("bố tôi mất", AGAIN),
        ("mở quán cơm", SHOP),
        ("tk1 ts", SHOP),
        ("TK1-TS", SHOP),
        ("đăng ký thành lập hộ kinh doang", SHOP),
        ("English 1.000006", SHOP),
    ],
)
def test_the_right_one_comes_first(index, said, first):
    assert codes(index, said)[0] == first.code


@pytest.mark.parametrize("said", ["1.000003", "1000003", "1.999999", "1999999", " 1.999999 "])
def test_a_code_leads_to_its_procedure_or_to_what_took_its_place(index, said):
    assert codes(index, said) == ["1.000003"]


def test_the_beginning_of_a_code_finds_all_that_begin_so(index):
    assert codes(index, "1.00000") == [f"1.00000{last}" for last in (4, 1, 2, 3, 5, 6)]


@pytest.mark.parametrize(
    "said", ["", "  ", "xyz", "?" * 10_000, "2.888888", "7.777777", "\x00", "đ̣" * 500, "1"]
)
def test_what_means_nothing_finds_nothing(index, said):
    assert codes(index, said) == []


def test_a_draw_goes_to_what_people_ask_for_most_and_then_to_the_lower_code(index):
    assert codes(index, "english")[:3] == ["1.000004", "1.000001", "1.000002"]


def test_the_order_of_the_catalogue_decides_nothing():
    shuffled = list(ALL)
    random.Random(7).shuffle(shuffled)
    first, second = ProcedureSearch(ALL, WORDS, OLD), ProcedureSearch(shuffled, WORDS, OLD)
    for said in ("đăng ký", "khai sinh", "dang", "hộ", "1.0000", "tru"):
        assert [(hit.procedure.code, hit.score) for hit in first.find(said)] == [
            (hit.procedure.code, hit.score) for hit in second.find(said)
        ]


def test_a_hit_tells_which_phrase_decided(index):
    assert index.find("lay vo")[0].because == "lay vo"
    assert index.find("khai sinhh")[0].because.endswith("khai sinh")
    assert index.find("1.999999")[0].because == "1.999999"


def test_scores_fall_and_stay_within_a_hundred(index):
    for said in ("khai sinh", "đăng ký", "làm giấy khai sinh cho em bé", "quán"):
        scores = [hit.score for hit in index.find(said)]
        assert scores == sorted(scores, reverse=True)
        assert all(0 < score <= 100 for score in scores)


def test_no_more_than_the_limit_are_given(index):
    assert len(codes(index, "đăng ký", limit=2)) == 2
    assert codes(index, "đăng ký", limit=0) == []


def test_only_the_first_two_hundred_letters_are_read(index):
    assert codes(index, "khai sinh" + " " * 191 + "tạm trú") == codes(index, "khai sinh")


def test_a_shop_is_not_found_by_a_filler_alone(index):
    assert all(hit.procedure.code != SHOP.code for hit in index.find("cho"))


def test_searching_once_is_the_same(index):
    assert [hit.procedure.code for hit in search(ALL, "khai sinh", words=WORDS)] == codes(index, "khai sinh")


def test_a_word_that_tells_what_happened_is_not_passed_over(index):
    assert codes(index, "giấy khai sinh của con tôi bị mất")[0] == AGAIN.code
    assert codes(index, "giấy khai sinh của con tôi")[0] == BIRTH.code


def test_accents_that_were_typed_tell_words_apart():
    tea, pay = procedure("1.000007", "Quán trà"), procedure("1.000008", "Quán trả")
    both = ProcedureSearch([pay, tea])
    assert codes(both, "mở quán trà")[0] == tea.code
    assert codes(both, "mở quán trả")[0] == pay.code
    assert codes(both, "mo quan tra")[0] == tea.code


def test_an_empty_catalogue_finds_nothing():
    assert ProcedureSearch([]).find("khai sinh") == []


@given(st.text(max_size=300))
def test_whatever_is_typed_is_answered(said):
    hits = ProcedureSearch([BIRTH, SHOP], WORDS).find(said)
    assert len(hits) <= 2
