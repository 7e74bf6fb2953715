"""Which papers a citizen brings for civil status, certification, residence and identity: their list, no other.

The citizens are written from the published lists of papers, not from the catalogue.
"""

from datetime import date
from functools import cache

import pytest

from van_station.rules.catalogue import Channel
from van_station.rules.catalogue_edition import load_edition
from van_station.rules.errors import NoFeeKnown
from van_station.rules.fees import fee_for
from van_station.rules.forms import load_form
from van_station.settings.assets import catalogue_files

EDITION = load_edition(catalogue_files(), strict=False)
CODES = (
    *("1.000419", "1.000593", "1.000656", "1.000689", "1.000894", "1.001193", "1.002755", "1.003197"),
    *("1.003583", "1.004194", "1.004222", "1.004746", "1.004772", "1.004837", "1.004859", "1.004873"),
    *(
        "1.004884",
        "1.005461",
        "1.010028",
        "1.010038",
        "1.010041",
        "1.011411",
        "1.014062",
        "2.000200",
        "2.000528",
        "2.000635",
    ),
    *("2.000806", "2.000815", "2.000884", "2.000908", "2.001194", "2.001195", "2.002189", "2.002913"),
    "3.000722",
)
DAY = date(2026, 11, 23)
LOOKED_UP = {"/known/identity_found": True, "/known/residence_found": True}


@cache
def form_of(code):
    return load_form(*EDITION.form_of(EDITION.procedures[code]))


def submitted(code, said):
    form = form_of(code)
    answers = form.empty()
    for pointer, value in said.items():
        answers = form.set(answers, pointer, value)
    return form.submission(answers)


def papers(code, said):
    return [rule.code for rule in EDITION.procedures[code].components_for(submitted(code, said))]


def test_every_code_is_there():
    assert set(CODES) <= set(EDITION.procedures)


CITIZENS = [
    (
        "mother, hospital birth, everything can be looked up",
        "1.001193",
        {
            "/requester/relation": "mother",
            "/case/birth_proof": "certificate",
            "/case/identity_found": True,
            "/known/identity_found": True,
        },
        ["TO_KHAI", "GIAY_CHUNG_SINH"],
    ),
    (
        "father, the hospital signed digitally, nothing can be looked up in the van",
        "1.001193",
        {"/requester/relation": "father", "/case/birth_proof": "electronic"},
        ["TO_KHAI", "GIAY_TUY_THAN", "GIAY_CU_TRU"],
    ),
    (
        "grandmother, born at home before a neighbour: no authorisation for her",
        "1.001193",
        {
            "/requester/relation": "grandparent",
            "/case/birth_proof": "witness",
            "/case/identity_found": True,
            "/known/identity_found": True,
        },
        ["TO_KHAI", "VB_LAM_CHUNG"],
    ),
    (
        "uncle sent by the parents, nobody saw the birth",
        "1.001193",
        {
            "/requester/relation": "authorised_kin",
            "/case/birth_proof": "pledge",
            "/case/identity_found": True,
            "/known/identity_found": True,
        },
        ["TO_KHAI", "GIAY_CAM_DOAN", "UY_QUYEN_NT"],
    ),
    (
        "a friend sent by parents who had a surrogate",
        "1.001193",
        {
            "/requester/relation": "authorised",
            "/case/birth_proof": "certificate",
            "/case/surrogacy": True,
            "/case/identity_found": True,
            "/known/identity_found": True,
        },
        ["TO_KHAI", "GIAY_CHUNG_SINH", "XN_MANG_THAI_HO", "UY_QUYEN"],
    ),
    (
        "a children's home, a foundling",
        "1.001193",
        {
            "/requester/relation": "institution",
            "/case/birth_proof": "abandoned",
            "/case/identity_found": True,
            "/known/identity_found": True,
        },
        ["TO_KHAI", "BB_BO_ROI"],
    ),
    (
        "parents take the bundle into their own home",
        "3.000722",
        {"/known/birth_proof": "electronic", "/known/home_of": "own"},
        ["TO_KHAI"],
    ),
    (
        "parents take the bundle into the grandparents' home, who have no VNeID",
        "3.000722",
        {"/known/birth_proof": "paper", "/known/home_of": "other"},
        ["TO_KHAI", "GIAY_CHUNG_SINH", "DONG_Y_CU_TRU"],
    ),
    (
        "the grandparents agree in VNeID, the child was born at home unseen",
        "3.000722",
        {"/known/birth_proof": "none", "/known/home_of": "other", "/known/consent_in_vneid": True},
        ["TO_KHAI", "GIAY_CAM_DOAN"],
    ),
    (
        "unmarried father recognises the newborn with a DNA result",
        "1.000689",
        {**LOOKED_UP, "/known/birth_proof": "paper", "/known/kin_evidence": True},
        ["TO_KHAI_CMC", "TO_KHAI", "GIAY_CHUNG_SINH", "CHUNG_CU_CMC"],
    ),
    (
        "the same without any paper on the relationship",
        "1.000689",
        {**LOOKED_UP, "/known/birth_proof": "electronic"},
        ["TO_KHAI_CMC", "TO_KHAI", "CAM_DOAN_CMC"],
    ),
    (
        "a teacher whose file is online lost the birth certificate but has a copy",
        "1.004884",
        {
            **LOOKED_UP,
            "/requester/relation": "self",
            "/known/old_copy": True,
            "/known/public_servant": True,
            "/known/staff_data_found": True,
        },
        ["TO_KHAI", "KS_CU"],
    ),
    (
        "a soldier without a copy",
        "1.004884",
        {**LOOKED_UP, "/requester/relation": "self", "/known/public_servant": True},
        ["TO_KHAI", "GIAY_TO_CU", "XN_CO_QUAN"],
    ),
    (
        "an adult who never had a birth registered",
        "1.004772",
        LOOKED_UP,
        ["TO_KHAI", "CAM_DOAN_CHUA_KS", "GIAY_TO_CU"],
    ),
    (
        "a child of a foreigner, born in Hanoi, to be foreign",
        "2.000528",
        {
            "/requester/relation": "mother",
            "/case/birth_proof": "certificate",
            "/case/identity_found": True,
            "/known/identity_found": True,
            "/known/foreign_parent": True,
            "/known/nationality": "foreign",
        },
        ["TO_KHAI", "GIAY_CHUNG_SINH", "TT_QUOC_TICH", "XN_QUOC_TICH_NN"],
    ),
    (
        "a child of two Vietnamese, born and never registered abroad",
        "2.000528",
        {
            "/requester/relation": "father",
            "/case/birth_proof": "certificate",
            "/case/identity_found": True,
            "/known/identity_found": True,
            "/known/born_abroad": True,
        },
        ["TO_KHAI", "GIAY_SINH_NN", "NHAP_CANH", "XN_CU_TRU_TRE"],
    ),
    (
        "two singles whose status is in the database",
        "1.000894",
        {
            **LOOKED_UP,
            "/known/status_found": True,
            "/wife/status": "single",
            "/husband/status": "single",
        },
        ["TO_KHAI"],
    ),
    (
        "he was divorced abroad, she works in Japan, no status found",
        "1.000894",
        {
            **LOOKED_UP,
            "/wife/status": "single",
            "/husband/status": "divorced",
            "/known/divorced_abroad": True,
            "/known/works_abroad": True,
        },
        ["TO_KHAI", "XN_HON_NHAN", "GHI_CHU_LY_HON", "XN_HON_NHAN_NN"],
    ),
    (
        "she was divorced in Hanoi and the database shows it",
        "1.000894",
        {"/known/status_found": True, "/wife/status": "divorced", "/husband/status": "single"},
        ["TO_KHAI", "GIAY_TUY_THAN", "GIAY_CU_TRU"],
    ),
    (
        "a civil servant marries a foreigner",
        "2.000806",
        {**LOOKED_UP, "/known/parties": "foreigner", "/known/public_servant": True},
        ["TO_KHAI", "XN_Y_TE", "TT_HON_NHAN_NN", "HO_CHIEU", "VB_CO_QUAN"],
    ),
    (
        "two foreigners who live here",
        "2.000806",
        {**LOOKED_UP, "/known/parties": "both_foreign"},
        ["TO_KHAI", "XN_Y_TE", "TT_HON_NHAN_NN", "HO_CHIEU"],
    ),
    (
        "the couple registers again at the old office with a copy",
        "1.004746",
        {"/known/identity_found": True, "/known/old_certificate": True, "/known/same_office": True},
        ["TO_KHAI", "GCN_KET_HON_CU"],
    ),
    (
        "a son whose father died in hospital yesterday",
        "1.000656",
        {
            "/requester/relation": "child",
            "/notice/kind": "notice",
            "/known/last_residence": "found",
            "/known/identity_found": True,
        },
        ["TO_KHAI", "GIAY_BAO_TU"],
    ),
    (
        "the hospital sent the notice electronically",
        "1.000656",
        {
            "/requester/relation": "spouse",
            "/notice/kind": "notice",
            "/known/notice_electronic": True,
            "/known/last_residence": "known",
        },
        ["TO_KHAI", "GIAY_TUY_THAN", "GIAY_CU_TRU"],
    ),
    (
        "a neighbour sent by the family of a man found dead, home unknown",
        "1.000656",
        {
            "/requester/relation": "authorised",
            "/notice/kind": "substitute",
            "/known/last_residence": "unknown",
            "/known/identity_found": True,
        },
        ["TO_KHAI", "GIAY_THAY_BAO_TU", "UY_QUYEN", "NOI_CHET"],
    ),
    (
        "a niece sent by her aunt, the grandfather died in 1968",
        "1.000656",
        {
            "/requester/relation": "authorised",
            "/known/authorised_kin": True,
            "/notice/kind": "none",
            "/known/last_residence": "found",
            "/known/identity_found": True,
        },
        ["TO_KHAI", "CHUNG_CU_CHET", "UY_QUYEN_NT"],
    ),
    (
        "single, never moved, everything found",
        "1.004873",
        {
            **LOOKED_UP,
            "/requester/relation": "self",
            "/status/kind": "single",
            "/known/status_found": True,
        },
        ["TO_KHAI"],
    ),
    (
        "divorced here, not found, moved often, the old paper has expired",
        "1.004873",
        {
            **LOOKED_UP,
            "/requester/relation": "self",
            "/status/kind": "divorced",
            "/known/moved": True,
            "/known/again": True,
        },
        ["TO_KHAI", "GIAY_LY_HON", "TT_HON_NHAN_CU", "XN_HON_NHAN_CU"],
    ),
    (
        "widow's brother files, the death is not in the database",
        "1.004873",
        {**LOOKED_UP, "/requester/relation": "authorised_kin", "/status/kind": "widowed"},
        ["TO_KHAI", "KHAI_TU_VO_CHONG", "UY_QUYEN_NT"],
    ),
    (
        "a bank asks for a copy of an extract",
        "2.000635",
        {**LOOKED_UP, "/requester/relation": "institution"},
        ["VB_CO_QUAN"],
    ),
    (
        "a correction proved by an entry in the database",
        "1.004859",
        {**LOOKED_UP, "/requester/relation": "self", "/known/basis_found": True},
        ["TO_KHAI"],
    ),
    (
        "one of several uncles becomes guardian of an orphan",
        "1.004837",
        {
            **LOOKED_UP,
            "/known/filer": "self",
            "/guardianship/kind": "natural",
            "/known/several_eligible": True,
        },
        ["TO_KHAI", "CM_GIAM_HO", "TT_CU_GIAM_HO"],
    ),
    (
        "a diploma is copied at the office",
        "2.000815",
        {"/known/copy_here": True},
        ["BAN_CHINH"],
    ),
    (
        "a foreign contract with copies made at home",
        "2.000815",
        {"/known/foreign_paper": True},
        ["BAN_CHINH", "BAN_SAO", "HOP_PHAP_HOA"],
    ),
    (
        "an identity card that is in VNeID",
        "2.000815",
        {"/known/in_vneid": True, "/known/copy_here": True},
        [],
    ),
    (
        "a curriculum vitae is signed before the officer",
        "2.000884",
        {"/known/identity_found": True},
        ["VAN_BAN_KY"],
    ),
    (
        "a request by post",
        "2.000908",
        {"/known/by_post": True},
        ["YEU_CAU_BUU_DIEN"],
    ),
    (
        "own flat, the land database knows it",
        "1.004222",
        {"/purpose": "own_home", "/known/home": True},
        ["CT01"],
    ),
    (
        "own flat, not in the database",
        "1.004222",
        {"/purpose": "own_home"},
        ["CT01", "CHO_O_HOP_PHAP"],
    ),
    (
        "a bride moves in, the marriage is in the database, his parents sign CT01",
        "1.004222",
        {"/purpose": "relatives", "/known/kinship": True},
        ["CT01"],
    ),
    (
        "a disabled nephew moves in with an aunt abroad who sends a letter",
        "1.004222",
        {"/purpose": "relatives", "/known/dependant": True, "/known/owner_apart": True},
        ["CT01", "NHAN_THAN", "CM_DIEU_KIEN", "DONG_Y_CU_TRU"],
    ),
    (
        "a rented house",
        "1.004222",
        {"/purpose": "rented"},
        ["CT01", "HD_THUE_MUON", "DIEN_TICH"],
    ),
    ("a lodger with a lease", "1.004194", {}, ["CT01", "CHO_O_HOP_PHAP"]),
    ("workers on their company's list", "1.004194", {"/known/by_list": True}, ["CT01", "VB_DE_NGHI_DS"]),
    (
        "the term is extended, the lease is known",
        "1.002755",
        {"/known/home": True},
        ["CT01"],
    ),
    (
        "the grandfather died abroad and no register shows it",
        "1.003197",
        {"/known/reason": "died"},
        ["CT01", "KHAI_TU"],
    ),
    (
        "the grandfather's death is in the register",
        "1.003197",
        {"/known/reason": "died", "/known/reason_found": True},
        ["CT01"],
    ),
    (
        "a son and his wife form their own household in the parents' house, who sign CT01",
        "1.010038",
        {"/purpose": "relatives"},
        ["CT01"],
    ),
    (
        "the grandmother who owns the house sends her consent by letter",
        "1.010038",
        {"/purpose": "relatives", "/known/owner_apart": True},
        ["CT01", "DONG_Y_TACH_HO"],
    ),
    (
        "divorced, still under one roof, the judgment is not in a database",
        "1.010038",
        {"/known/divorced": True, "/known/owner_apart": True},
        ["CT01", "LY_HON"],
    ),
    ("a mother needs her address confirmed for the school", "1.010041", {}, ["CT01"]),
    ("the lodger has moved on", "1.010028", {"/known/reason": "moved"}, ["CT01"]),
    ("a pupil of 14 gets the first card", "2.000200", {}, ["SO_DINH_DANH"]),
    (
        "a guardian brings an orphan of 8 who is in no database",
        "1.014062",
        {"/known/representative": "guardian"},
        ["GIAY_KHAI_SINH", "CAN_CUOC_DAI_DIEN", "GT_DAI_DIEN"],
    ),
    (
        "a mother brings a child whose birth is recorded",
        "1.014062",
        {"/known/representative": "parent", "/known/birth_data_found": True},
        ["CAN_CUOC_DAI_DIEN"],
    ),
    ("forty years old", "2.001195", {"/known/reason": "age"}, ["THE_CU"]),
    (
        "a wrong name that nobody has corrected yet",
        "2.001195",
        {"/known/reason": "data"},
        ["THE_CU", "GIAY_TO_GOC"],
    ),
    ("the card was lost", "2.001194", {"/known/reason": "lost"}, ["KHAI_BAO"]),
    ("the card is broken", "2.001194", {"/known/reason": "damaged"}, ["KHAI_BAO", "THE_HONG"]),
    (
        "level 2 with a card",
        "1.011411",
        {"/level": "2"},
        ["TK01", "THE_CAN_CUOC", "SIM_DIEN_THOAI"],
    ),
    ("level 1 on the phone", "1.011411", {"/level": "1"}, ["SIM_DIEN_THOAI"]),
    (
        "the official comes to a mother who is ill",
        "1.003583",
        {
            "/case/birth_proof": "certificate",
            "/case/identity_found": True,
            "/known/identity_found": True,
        },
        ["TO_KHAI", "GIAY_CHUNG_SINH"],
    ),
    (
        "the official comes to a home birth that a midwife saw, without signal",
        "1.003583",
        {"/case/birth_proof": "witness"},
        ["TO_KHAI", "VB_LAM_CHUNG", "GIAY_TUY_THAN", "GIAY_CU_TRU"],
    ),
    (
        "the official comes to a home birth that nobody saw",
        "1.003583",
        {"/case/birth_proof": "pledge", "/case/identity_found": True, "/known/identity_found": True},
        ["TO_KHAI", "GIAY_CAM_DOAN"],
    ),
    (
        "the official comes to a foundling",
        "1.003583",
        {"/case/birth_proof": "abandoned", "/case/identity_found": True, "/known/identity_found": True},
        ["TO_KHAI", "BB_BO_ROI"],
    ),
    ("a couple at home, both looked up", "1.000593", LOOKED_UP, ["TO_KHAI"]),
    ("a couple at home, without signal", "1.000593", {}, ["TO_KHAI", "GIAY_TUY_THAN", "GIAY_CU_TRU"]),
    (
        "the official comes to a widow, notice on paper",
        "1.000419",
        {"/notice/kind": "notice", "/known/identity_found": True},
        ["TO_KHAI", "GIAY_BAO_TU"],
    ),
    (
        "the official comes to a widow, notice online, without signal",
        "1.000419",
        {"/notice/kind": "notice", "/known/notice_electronic": True},
        ["TO_KHAI", "GIAY_TUY_THAN"],
    ),
    (
        "a daughter has a copy of the lost death certificate",
        "1.005461",
        {**LOOKED_UP, "/known/old_certificate": True},
        ["TO_KHAI", "CHUNG_TU_CU"],
    ),
    (
        "a lawyer files for the family, nothing is left, home not found",
        "1.005461",
        {"/capacity": "authorised", "/known/identity_found": True},
        ["TO_KHAI", "GIAY_TO_CHET", "UY_QUYEN", "GIAY_CU_TRU"],
    ),
    ("they married in Seoul", "2.002189", LOOKED_UP, ["TO_KHAI", "GCN_KET_HON_NN"]),
    (
        "her sister files; she had been divorced abroad before",
        "2.002189",
        {
            **LOOKED_UP,
            "/capacity": "authorised",
            "/known/authorised_kin": True,
            "/known/divorced_abroad": True,
        },
        ["TO_KHAI", "GCN_KET_HON_NN", "GHI_CHU_LY_HON", "UY_QUYEN_NT"],
    ),
    (
        "death bundle, notice on paper",
        "2.002913",
        {"/known/death_proof": "paper"},
        ["TO_KHAI", "GIAY_BAO_TU"],
    ),
    ("death bundle, notice online", "2.002913", {"/known/death_proof": "electronic"}, ["TO_KHAI"]),
    (
        "death bundle after an accident",
        "2.002913",
        {"/known/death_proof": "substitute"},
        ["TO_KHAI", "GIAY_THAY_BAO_TU"],
    ),
    (
        "a colleague registers a birth again",
        "1.004884",
        {**LOOKED_UP, "/requester/relation": "authorised", "/known/old_copy": True},
        ["TO_KHAI", "KS_CU", "UY_QUYEN"],
    ),
    (
        "the wife of a soldier files for him",
        "1.004772",
        {
            **LOOKED_UP,
            "/capacity": "authorised",
            "/known/authorised_kin": True,
            "/known/public_servant": True,
        },
        ["TO_KHAI", "CAM_DOAN_CHUA_KS", "GIAY_TO_CU", "XN_CO_QUAN", "UY_QUYEN_NT"],
    ),
    (
        "a friend files for an adult without papers of birth",
        "1.004772",
        {**LOOKED_UP, "/capacity": "authorised"},
        ["TO_KHAI", "CAM_DOAN_CHUA_KS", "GIAY_TO_CU", "UY_QUYEN"],
    ),
    (
        "her brother files a change of name that no database proves",
        "1.004859",
        {**LOOKED_UP, "/requester/relation": "authorised", "/known/authorised_kin": True},
        ["TO_KHAI", "GIAY_CAN_CU", "UY_QUYEN_NT"],
    ),
    (
        "a lawyer asks for an extract",
        "2.000635",
        {**LOOKED_UP, "/requester/relation": "authorised"},
        ["TO_KHAI", "UY_QUYEN"],
    ),
    (
        "a guardian is appointed and sends a cousin",
        "1.004837",
        {**LOOKED_UP, "/known/filer": "authorised", "/guardianship/kind": "appointed"},
        ["TO_KHAI", "VB_CU_GIAM_HO", "UY_QUYEN"],
    ),
    (
        "a guardian chosen in good time, whose daughter files",
        "1.004837",
        {**LOOKED_UP, "/known/filer": "authorised_kin", "/guardianship/kind": "chosen"},
        ["TO_KHAI", "VB_CHON_GIAM_HO", "UY_QUYEN_NT"],
    ),
    (
        "a pupil extends; the mother far away sends a letter",
        "1.002755",
        {"/known/home": True, "/consents/is_minor": True, "/known/parents_apart": True},
        ["CT01", "DONG_Y_CHA_ME"],
    ),
    (
        "a pupil extends; the mother agrees in VNeID",
        "1.002755",
        {"/known/home": True, "/consents/is_minor": True, "/consents/by_vneid": True},
        ["CT01"],
    ),
    ("a student asks for a copy from the register, without signal", "2.000908", {}, ["GIAY_TUY_THAN"]),
    (
        "a mother asks for her son's copy",
        "2.000908",
        {"/known/identity_found": True, "/known/family": True},
        ["QUAN_HE"],
    ),
    (
        "an agent asks for a copy",
        "2.000908",
        {"/known/identity_found": True, "/capacity": "authorised"},
        ["VB_DAI_DIEN"],
    ),
    (
        "a Korean text, without signal",
        "2.000884",
        {"/known/foreign_language": True},
        ["VAN_BAN_KY", "BAN_DICH", "GIAY_TUY_THAN"],
    ),
    (
        "the register has the wrong birthday",
        "2.000200",
        {"/known/data_wrong": True},
        ["SO_DINH_DANH", "GIAY_TO_GOC"],
    ),
    (
        "nationality restored",
        "2.001194",
        {"/known/reason": "nationality"},
        ["QD_QUOC_TICH"],
    ),
    (
        "level 2 for a son of 10 who has no card",
        "1.011411",
        {"/level": "2", "/guardian/has": True, "/known/no_card": True},
        ["TK01", "SIM_DIEN_THOAI", "CAN_CUOC_DAI_DIEN"],
    ),
    (
        "level 2 for a ward",
        "1.011411",
        {"/level": "2", "/guardian/has": True, "/known/ward": True},
        ["TK01", "THE_CAN_CUOC", "SIM_DIEN_THOAI", "CAN_CUOC_DAI_DIEN", "GT_DAI_DIEN"],
    ),
    (
        "the lease ended and the owner's word is all there is",
        "1.010028",
        {"/known/reason": "home"},
        ["CT01", "HET_CHO_O"],
    ),
]


@pytest.mark.parametrize(("code", "said", "brings"), [pytest.param(*one[1:], id=one[0]) for one in CITIZENS])
def test_a_citizen_gets_their_own_list(code, said, brings):
    assert papers(code, said) == brings


# ---- fees --------------------------------------------------------------------------------------------


def fee(code, said=None, *, groups=(), on=DAY, channel=Channel.DIRECT):
    return fee_for(EDITION.procedures[code], channel, groups, on=on, answers=submitted(code, said or {}))


@pytest.mark.parametrize(
    ("code", "said", "on", "amount"),
    [
        ("1.001193", {}, DAY, 0),
        ("1.000894", {}, DAY, 0),
        ("1.000656", {}, DAY, 0),
        ("2.000635", {"/copies/count": "1"}, DAY, 8_000),
        ("2.000635", {"/copies/count": "3"}, DAY, 24_000),
        ("2.000884", {}, DAY, 10_000),
        ("1.004222", {}, DAY, 20_000),
        ("1.004194", {}, DAY, 15_000),
        ("1.010038", {}, DAY, 10_000),
        ("1.010041", {}, DAY, 0),
        ("2.001195", {"/known/reason": "wish"}, date(2026, 12, 31), 25_000),
        ("2.001195", {"/known/reason": "wish"}, date(2027, 1, 1), 50_000),
        ("2.001194", {"/known/reason": "lost"}, date(2026, 12, 31), 35_000),
        ("2.000200", {}, DAY, 0),
    ],
)
def test_a_fee_that_a_source_names(code, said, on, amount):
    assert fee(code, said, on=on).amount_vnd == amount


@pytest.mark.parametrize(
    ("code", "said"),
    [
        ("1.001193", {"/case/late": True}),
        ("1.000656", {"/known/late": True}),
        ("1.000689", {}),
        ("1.004884", {}),
        ("1.004873", {}),
        ("1.004859", {}),
        ("1.004746", {}),
        ("2.000635", {"/copies/count": "11"}),
        ("2.000815", {}),
        ("1.004194", {"/known/by_list": True}),
    ],
)
def test_what_the_council_sets_or_an_officer_counts_has_no_figure(code, said):
    with pytest.raises(NoFeeKnown):
        fee(code, said)


@pytest.mark.parametrize("group", ["NCC", "NKT", "HN"])
@pytest.mark.parametrize("code", ["1.004884", "1.004873", "1.004859", "1.000689", "2.002189"])
def test_who_the_law_on_civil_status_exempts_pays_nothing(code, group):
    paid = fee(code, groups=[group])
    assert (paid.amount_vnd, paid.waived_by) == (0, group)
    assert paid.verified is (group != "HN"), "a near-poor household is in that group too: an officer looks"


# ---- codes no longer in force --------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("old", "new"),
    [("2.000986", "3.000722"), ("2.002621", "3.000722"), ("2.001023", "3.000722"), ("2.002622", "2.002913")],
)
def test_a_replaced_code_leads_to_the_one_in_force(old, new):
    procedure, steps = EDITION.resolve(old)
    assert procedure is not None
    assert procedure.code == new
    assert [step.code for step in steps] == [old]


def test_a_repealed_code_leads_nowhere_and_says_why():
    procedure, steps = EDITION.resolve("2.001009")
    assert procedure is None
    assert [step.successor for step in steps] == [None]
