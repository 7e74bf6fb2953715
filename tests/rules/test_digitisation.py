"""What a copy falls short of is told, by the dated limits."""

from __future__ import annotations

import pytest

from van_station.rules.digitisation import PageFacts, check_document, load_limits
from van_station.rules.errors import RuleError
from van_station.settings.assets import read_json

DATA = read_json("reference/digitisation_limits.json")
LIMITS = load_limits(DATA)
A4 = PageFacts(2480, 3508, 300)


def told(*pages: PageFacts, size: int = 40_000, limits=LIMITS) -> dict[str, dict[str, str | int]]:
    return {finding.code: dict(finding.args) for finding in check_document(pages, size, limits)}


def test_every_limit_names_its_source_and_how_sure_it_is():
    assert DATA["edition"] == LIMITS.edition == "2026-11-22"
    for limit in DATA["limits"]:
        assert limit["source"]
        assert limit["confidence"]


@pytest.mark.parametrize(
    "page", [A4, PageFacts(1654, 2339, 200), PageFacts(3508, 4961, 300), PageFacts(1011, 638, 300)]
)
def test_papers_of_every_common_size_are_fine(page):
    assert told(page) == {}


def test_coarse_leaning_and_unscaled_pages_are_counted():
    coarse, leaning, photo = (
        PageFacts(1240, 1754, 150),
        PageFacts(2480, 3508, 300, -3.4),
        PageFacts(3000, 4000, 200),
    )
    assert told(A4, coarse) == {"digitise.low_dpi": {"count": 1, "dpi": 150, "least": 200}}
    assert told(leaning, A4) == {"digitise.leaning": {"count": 1}}
    assert told(photo) == {"digitise.not_to_scale": {"count": 1}}


@pytest.mark.parametrize(("size", "large"), [(6_000_000, False), (6_000_001, True)])
def test_a_file_over_the_portals_limit_is_told(size, large):
    assert ("digitise.too_large" in told(A4, size=size)) is large
    own = load_limits(DATA, max_file_bytes=20_000_000)
    assert told(A4, size=size, limits=own) == {}


def test_faulty_data_is_named():
    with pytest.raises(RuleError):
        load_limits({"edition": "x", "limits": [{"code": "min_dpi", "value": "many"}]})
