"""Which papers a citizen is asked for: shops, building, land, vehicles, insurance, social help and the rest.

Each citizen is told in the answers to the questions; the list expected is what the facts say for that case.
"""

from itertools import product

import pytest

from van_station.rules.catalogue import ComponentKind, Confidence, PaperKind, QuestionKind
from van_station.rules.catalogue_edition import load_edition
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


def papers(code, **known):
    found = EDITION.procedures[code].components_for({"known": known})
    return [component.code for component in found]


def test_every_procedure_of_the_facts_is_there():
    assert set(FACTS) <= set(MINE)
    assert len(MINE) >= 51


@pytest.mark.parametrize(
    ("code", "known", "expected"),
    [
        pytest.param(
            "2.000720",
            {"what_changes": "details", "by_proxy": False},
            ["THONG_BAO"],
            id="a barber moves his shop to the next street",
        ),
        pytest.param(
            "2.000720",
            {"what_changes": "owner", "formed_by": "household", "data_found": True, "by_proxy": True},
            ["THONG_BAO", "CHUYEN_GIAO", "BB_HOP_GIA_DINH", "UY_QUYEN"],
            id="a daughter takes over the family's noodle shop, an uncle files",
        ),
        pytest.param(
            "1.001266",
            {"formed_by": "individual", "certificate_lost": True, "by_proxy": False},
            ["THONG_BAO", "XN_THUE"],
            id="a tea seller closes for good and has lost the certificate",
        ),
        pytest.param(
            "1.001266",
            {"formed_by": "household", "certificate_lost": False, "by_proxy": False},
            ["THONG_BAO", "XN_THUE", "GCN_HKD", "BB_HOP_GIA_DINH"],
            id="a family closes its shop",
        ),
        pytest.param(
            "2.000575",
            {"reason": "lost", "by_proxy": False},
            ["GIAY_DE_NGHI"],
            id="a shopkeeper lost the certificate",
        ),
        pytest.param(
            "2.000575",
            {"reason": "damaged", "by_proxy": False},
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
            {"reason": "lost", "by_proxy": False},
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
            {"deed": "gift", "close_family": True, "by_proxy": False},
            ["DON", "HD_TANG_CHO", "GCN_GOC", "TK_THUE", "QUAN_HE"],
            id="parents give a plot to their son",
        ),
        pytest.param(
            "1.013831",
            {"deed": "sale", "by_proxy": True},
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
            {"vehicle_is": "new", "by_proxy": False},
            ["DKX10", "GIAY_TO_CHU_XE", "NGUON_GOC", "CHUYEN_QUYEN", "TRUOC_BA"],
            id="a student's first motorcycle, new",
        ),
        pytest.param(
            "1.010914",
            {"vehicle_is": "used", "by_proxy": False},
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
            {"request": "start", "group": "disabled", "has_carer": True},
            ["TO_KHAI", "XN_KHUYET_TAT", "TO_KHAI_CHAM_SOC", "GIAY_TO_TUY_THAN"],
            id="a disabled man who is cared for by his sister",
        ),
        pytest.param(
            "1.001776", {"request": "stop"}, ["TO_KHAI", "GIAY_TO_TUY_THAN"], id="an allowance is given up"
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
            {"sheet": "one", "for_whom": "other", "lower_fee": False},
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
def test_a_citizen_gets_their_own_list(code, known, expected):
    assert papers(code, **known) == expected


def answered(procedure):
    """Yield every way of answering the questions: all values, and those of questions that are really asked."""
    values = [
        [True, False]
        if question.kind is QuestionKind.YES_NO
        else [choice.value for choice in question.choices]
        for question in procedure.questions
    ]
    for combination in product(*values):
        known = dict(zip((question.key for question in procedure.questions), combination, strict=True))
        for question in procedure.questions:
            if question.when is not None and not question.when.holds({"known": known}):
                del known[question.key]
        yield combination, known


@pytest.mark.parametrize("code", MINE)
def test_flipping_any_question_changes_the_list(code):
    procedure = EDITION.procedures[code]
    lists = {values: tuple(papers(code, **known)) for values, known in answered(procedure)}
    for at, question in enumerate(procedure.questions):
        by_others = {}
        for values, found in lists.items():
            by_others.setdefault(values[:at] + values[at + 1 :], set()).add(found)
        assert any(len(found) > 1 for found in by_others.values()), question.key


@pytest.mark.parametrize("code", MINE)
def test_every_paper_is_asked_of_somebody_and_every_condition_asks_a_question(code):
    procedure = EDITION.procedures[code]
    asked = {paper for _, known in answered(procedure) for paper in papers(code, **known)}
    if code != "1.001612":
        assert asked == {component.code for component in procedure.components}
        known = {question.pointer for question in procedure.questions}
        for component in procedure.components:
            assert component.condition is None or component.condition.pointers() <= known


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
