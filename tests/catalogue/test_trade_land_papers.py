"""Which papers a citizen is asked for: shops, building, land, vehicles, insurance, social help and the rest.

Each citizen is told in the answers that decide; the list expected is what the facts say for that case.
"""

from functools import cache

import pytest

from van_station.rules.catalogue import ComponentKind, Confidence, PaperKind
from van_station.rules.catalogue_edition import load_edition
from van_station.rules.forms import load_form
from van_station.settings.assets import catalogue_files

EDITION = load_edition(catalogue_files(), strict=False)
DOMAINS = {
    "household_business",
    "building",
    "land",
    "vehicle",
    "driving_licence",
    "insurance",
    "social_help",
    "merit",
    "justice",
    "military",
    "education",
    "petition",
}
DEEDS = {"2.001035", "2.000913", "2.001019", "2.001406", "2.001016"}
MINE = sorted(DEEDS | {code for code, procedure in EDITION.procedures.items() if procedure.domain in DOMAINS})
# fmt: off
FACTS = [
    "1.001612", "2.000720", "1.001570", "1.001266", "1.014034", "2.000575", "1.013225", "1.013226",
    "1.013227", "1.013228", "1.013978", "1.013831", "1.012783", "1.012786", "1.012784", "1.012790",
    "1.012796", "1.012812", "1.010914", "1.012575", "3.000347", "1.002759", "1.001613", "1.001699",
    "1.001653", "1.001776", "1.014027", "1.014028", "1.010803", "1.010833", "1.010824", "1.011606",
    "2.000488", "1.013133",
]
# fmt: on


@cache
def form_of(code):
    return load_form(*EDITION.form_of(EDITION.procedures[code]))


def papers(code, said):
    """Fill in what a citizen says, as `/a/b` of the form or the key of a question, and list their papers."""
    form = form_of(code)
    answers = form.empty()
    for name, value in said.items():
        answers = form.set(answers, name if name.startswith("/") else f"/known/{name}", value)
    return [rule.code for rule in EDITION.procedures[code].components_for(form.submission(answers))]


def test_every_procedure_of_the_facts_is_there():
    assert set(FACTS) <= set(MINE)
    assert len(MINE) >= 51


@pytest.mark.parametrize(
    ("code", "said", "expected"),
    [
        pytest.param(
            "2.000720",
            {"/changes/address": True},
            ["THONG_BAO"],
            id="a barber moves his shop to the next street",
        ),
        pytest.param(
            "2.000720",
            {
                "/changes/owner": True,
                "formed_by": "household",
                "data_found": True,
                "/submitter/is_other": True,
            },
            ["THONG_BAO", "CHUYEN_GIAO", "BB_HOP_GIA_DINH", "UY_QUYEN"],
            id="a daughter takes over the family's noodle shop, an uncle files",
        ),
        pytest.param(
            "1.001266",
            {"formed_by": "individual", "/close/certificate_returned": False},
            ["THONG_BAO", "XN_THUE"],
            id="a tea seller closes for good and has lost the certificate",
        ),
        pytest.param(
            "1.001266",
            {"formed_by": "household"},
            ["THONG_BAO", "XN_THUE", "GCN_HKD", "BB_HOP_GIA_DINH"],
            id="a family closes its shop",
        ),
        pytest.param(
            "2.000575",
            {"/kind": "reissue", "/cause": "lost"},
            ["GIAY_DE_NGHI"],
            id="a shopkeeper lost the certificate",
        ),
        pytest.param(
            "2.000575",
            {"/kind": "exchange", "/submitter/is_other": True},
            ["GIAY_DE_NGHI", "GCN_CU", "UY_QUYEN"],
            id="a wife brings her husband's old certificate for the new form",
        ),
        pytest.param(
            "2.000575",
            {"/kind": "reissue", "/cause": "torn"},
            ["GIAY_DE_NGHI", "GCN_CU"],
            id="a shopkeeper's certificate got wet",
        ),
        pytest.param(
            "1.013225",
            {"designed_by_firm": True, "adjoins": True, "by_proxy": False},
            ["DON", "GIAY_TO_DAT", "BAN_VE", "NANG_LUC_TK", "CAM_KET_LIEN_KE"],
            id="a tube house between two neighbours, drawn by an architect",
        ),
        pytest.param(
            "1.013225",
            {"designed_by_firm": False, "adjoins": False, "by_proxy": False},
            ["DON", "GIAY_TO_DAT", "BAN_VE"],
            id="a farmer builds a small house in the middle of the garden",
        ),
        pytest.param(
            "1.013228",
            {"/cause": "lost", "by_proxy": False},
            ["DON", "CAM_KET_MAT"],
            id="the building permit is gone",
        ),
        pytest.param(
            "1.013978",
            {
                "origin": "inherited",
                "has_papers": True,
                "household_land": False,
                "has_plan": True,
                "paid_or_exempt": False,
                "fined": False,
                "by_proxy": False,
            },
            ["DON", "GIAY_TO_DAT", "THUA_KE", "SO_DO"],
            id="first certificate for the grandparents' garden",
        ),
        pytest.param(
            "1.013978",
            {"origin": "own", "has_papers": False, "household_land": True, "paid_or_exempt": True},
            ["DON", "THANH_VIEN_HO", "NGHIA_VU_TAI_CHINH"],
            id="a household that never had papers",
        ),
        pytest.param(
            "1.013831",
            {"/kind": "gift", "close_family": True},
            ["DON", "HD_TANG_CHO", "GCN_GOC", "TK_THUE", "QUAN_HE"],
            id="parents give a plot to their son",
        ),
        pytest.param(
            "1.013831",
            {"/kind": "transfer", "by_proxy": True},
            ["DON", "HD_CHUYEN_NHUONG", "GCN_GOC", "TK_THUE", "UY_QUYEN"],
            id="a flat is sold, a friend files",
        ),
        pytest.param(
            "1.012783",
            {"remeasure": True, "by_proxy": False},
            ["DON", "GCN_GOC", "TRICH_DO"],
            id="an old red book, and the plot is measured again",
        ),
        pytest.param(
            "1.012786",
            {"remeasure": False, "by_proxy": False},
            ["DON", "XN_NIEM_YET"],
            id="the red book burnt",
        ),
        pytest.param(
            "1.012790",
            {"has_proof": True, "by_proxy": False},
            ["DON", "GCN_GOC", "CHUNG_MINH_SAI_SOT"],
            id="the name in the red book is misspelt",
        ),
        pytest.param(
            "1.010914",
            {"/kind": "new"},
            ["DKX10", "GIAY_TO_CHU_XE", "NGUON_GOC", "CHUYEN_QUYEN", "TRUOC_BA"],
            id="a student's first motorcycle, new",
        ),
        pytest.param(
            "1.010914",
            {"/kind": "transfer"},
            ["DKX10", "GIAY_TO_CHU_XE", "CHUYEN_QUYEN", "TRUOC_BA", "THU_HOI"],
            id="a used motorcycle changes hands",
        ),
        pytest.param(
            "3.000347",
            {"licence_class": "no_expiry"},
            ["DON", "GPLX_CU"],
            id="a motorcyclist's old paper licence",
        ),
        pytest.param(
            "3.000347",
            {"licence_class": "expires"},
            ["DON", "KHAM_SUC_KHOE", "GPLX_CU"],
            id="a lorry driver's licence runs out",
        ),
        pytest.param("1.002759", {"reason": "lost"}, ["TK1_TS"], id="grandmother's health card is lost"),
        pytest.param(
            "1.002759", {"reason": "wrong_data"}, ["TK1_TS", "CHUNG_MINH"], id="the card has the wrong year"
        ),
        pytest.param(
            "1.001699",
            {"has_medical": True, "has_board": False},
            ["DON", "GIAY_TO_Y_TE", "GIAY_TO_TUY_THAN"],
            id="a mother applies for her child's certificate",
        ),
        pytest.param(
            "1.001776",
            {"/kind": "grant", "/group": "disabled", "has_carer": True},
            ["TO_KHAI", "XN_KHUYET_TAT", "TO_KHAI_CHAM_SOC", "GIAY_TO_TUY_THAN"],
            id="a disabled man who is cared for by his sister",
        ),
        pytest.param(
            "1.001776",
            {"/kind": "stop", "/group": "elderly"},
            ["TO_KHAI", "GIAY_TO_TUY_THAN"],
            id="an allowance is given up",
        ),
        pytest.param("1.014027", {}, ["TO_KHAI", "GIAY_TO_TUY_THAN"], id="a woman turns 75"),
        pytest.param(
            "1.014028",
            {"death_found": True, "had_insurance": False},
            ["TO_KHAI"],
            id="burial support after a death registered in the system",
        ),
        pytest.param(
            "1.010824",
            {
                "death_found": False,
                "several_relatives": True,
                "minor_child": False,
                "student_child": True,
            },
            ["BAN_KHAI", "CHUNG_TU", "XN_DANG_HOC", "BIEN_BAN_GIA_DINH"],
            id="a war invalid dies and leaves a wife and a student",
        ),
        pytest.param(
            "2.000488",
            {"sheet": "two", "lower_fee": True},
            ["TO_KHAI_DIEN_TU", "DIEN_GIAM_PHI"],
            id="a student needs certificate no. 2 to study abroad",
        ),
        pytest.param(
            "2.000488",
            {"sheet": "one", "/capacity": "authorised", "close_family": True},
            ["TO_KHAI_DIEN_TU", "QUAN_HE"],
            id="a son asks for his mother",
        ),
        pytest.param(
            "1.001613",
            {"reason": "stopped", "/capacity": "authorised"},
            ["DON_14_HSB", "SO_BHXH", "UY_QUYEN"],
            id="a neighbour files for a worker who went home",
        ),
        pytest.param(
            "1.013980",
            {"basis": "agreement", "by_proxy": False},
            ["DON", "GCN_GOC", "THOA_THUAN"],
            id="a couple divides their land",
        ),
        pytest.param(
            "2.000488",
            {"sheet": "one", "/capacity": "authorised"},
            ["TO_KHAI_DIEN_TU", "UY_QUYEN"],
            id="somebody asks for a colleague",
        ),
        pytest.param(
            "2.001035",
            {"registered_asset": True, "identity_found": True},
            ["DU_THAO", "GIAY_TO_TAI_SAN"],
            id="a motorcycle is sold by contract",
        ),
        pytest.param(
            "2.001406",
            {"death_found": False, "identity_found": True},
            ["DU_THAO", "GIAY_TO_TAI_SAN", "CHUNG_TU"],
            id="three brothers divide their father's house",
        ),
        pytest.param("1.013133", {}, ["PHIEU_TU_KHAI", "GIAY_TO_TUY_THAN"], id="a boy of 17"),
    ],
)
def test_a_citizen_gets_their_own_list(code, said, expected):
    assert papers(code, said) == expected


@pytest.mark.parametrize("code", MINE)
def test_what_nobody_knows_is_not_promised(code):
    procedure = EDITION.procedures[code]
    limit = procedure.time_limit
    assert (limit.value is None) == (limit.confidence is Confidence.UNVERIFIED)
    for fee in procedure.fees:
        assert fee.amount_vnd is not None or fee.confidence is Confidence.UNVERIFIED
        assert fee.confidence is not Confidence.VERIFIED or code == "2.000488"


def test_a_certificate_of_land_is_shown_and_handed_back():
    seen = 0
    for code in MINE:
        for component in EDITION.procedures[code].components:
            if component.code == "GCN_GOC":
                seen += 1
                assert component.kind is ComponentKind.SHOW
                assert component.paper is PaperKind.ORIGINAL
                assert "trả lại ngay" in component.note.vi
                assert "returns it at once" in component.note.en
    assert seen >= 9


def test_the_form_that_the_citizen_fills_in_is_never_scanned():
    for code in MINE:
        procedure = EDITION.procedures[code]
        printed = [component for component in procedure.components if component.from_form]
        assert len(printed) <= 1
        if procedure.form.id != "applicant":
            assert len(printed) == 1, code
