import datetime as dt

import pytest
from hypothesis import given
from hypothesis import strategies as st

from van_station.i18n import DamagedCatalogue, MissingText, Texts, catalogue, formats
from van_station.i18n.catalogue import read

NOON_UTC = dt.datetime(2026, 11, 22, 12, 0, tzinfo=dt.UTC)
SAMPLE = read(
    """
    [desk]
    plain = "Xin chào"
    all = "{who} {n:count} {vnd:money} {day:date} {at:time} {then:datetime} {part:percent}"
    one = "Mời số {label}"
    [note]
    "form.too_long" = "Nhiều nhất {limit:count}"
    [error]
    unknown = "Lỗi {code}"
    "unknown.next" = "Báo kỹ thuật"
    "store.full" = "Ổ đĩa đầy"
    "store.full.next" = "Cần {megabytes:count} MB"
    """,
    "vi",
)
ALL = {
    "who": "Lan",
    "n": 1234,
    "vnd": 15000,
    "day": NOON_UTC,
    "at": NOON_UTC,
    "then": NOON_UTC,
    "part": 0.375,
}


@pytest.fixture
def strict() -> Texts:
    return Texts("vi", strict=True, texts=SAMPLE)


@pytest.fixture
def lenient() -> Texts:
    return Texts("vi", texts=SAMPLE)


def test_every_kind_of_argument_is_written_the_vietnamese_way(strict):
    said = strict.say("desk.all", **ALL)
    assert said == "Lan 1.234 15.000 ₫ 22/11/2026 19:00 19:00 ngày 22/11/2026 37,5 %"


def test_english_writes_the_same_arguments_its_own_way():
    said = Texts("en", strict=True, texts=SAMPLE).say("desk.all", **ALL)
    assert said == "Lan 1,234 15,000 ₫ 22 Nov 2026 19:00 19:00, 22 Nov 2026 37.5 %"


@pytest.mark.parametrize(
    ("key", "arguments", "argument"),
    [
        ("desk.nothing", {}, ""),
        ("desk.one", {}, "label"),
        ("desk.one", {"label": 3}, "label"),
        ("desk.one", {"label": "A1", "counter": "2"}, "counter"),
        ("desk.all", ALL | {"n": "7"}, "n"),
        ("desk.all", ALL | {"n": True}, "n"),
        ("desk.all", ALL | {"at": NOON_UTC.replace(tzinfo=None)}, "at"),
        ("desk.all", ALL | {"day": NOON_UTC.replace(tzinfo=None)}, "day"),
        ("desk.all", ALL | {"then": dt.date(2026, 1, 1)}, "then"),
    ],
)
def test_strict_texts_refuse_a_missing_key_and_a_missing_wrong_or_unknown_argument(
    strict, key, arguments, argument
):
    with pytest.raises(MissingText) as caught:
        strict.say(key, **arguments)
    assert (caught.value.key, caught.value.argument) == (key, argument)


def test_in_production_a_missing_key_or_argument_is_shown_marked_and_the_screen_goes_on(lenient):
    assert lenient.say("desk.nothing") == "«desk.nothing»"
    assert lenient.say("desk.one") == "Mời số «label»"
    assert lenient.say("desk.one", label="A1", more="x") == "Mời số A1"


def test_a_gap_is_logged_once_and_without_the_values(lenient, caplog):
    for _ in range(3):
        lenient.say("desk.one", label="A1", more="Nguyễn Thị Bí Mật")
    assert len(caplog.records) == 1
    assert "Bí Mật" not in caplog.text


@given(st.text())
def test_what_a_person_typed_is_never_read_as_a_placeholder(typed):
    assert Texts("vi", strict=True, texts=SAMPLE).say("desk.one", label=typed) == f"Mời số {typed}"


def test_an_error_has_what_happened_and_what_to_do_and_ignores_details_it_does_not_show(strict):
    shown = strict.error("store.full", megabytes=200, folder="x")
    assert (shown.happened, shown.next_step) == ("Ổ đĩa đầy", "Cần 200 MB")


def test_an_unknown_error_code_shows_general_words_with_the_code(lenient, strict):
    shown = lenient.error("scan.jammed")
    assert (shown.happened, shown.next_step) == ("Lỗi scan.jammed", "Báo kỹ thuật")
    with pytest.raises(MissingText):
        strict.error("scan.jammed")


def test_filling_a_text_takes_what_it_asks_for_and_leaves_the_rest(strict):
    assert strict.fill("note.form.too_long", {"limit": 40, "pointer": "/x"}) == "Nhiều nhất 40"
    with pytest.raises(MissingText):
        strict.fill("note.form.too_long", {"pointer": "/x"})


@pytest.mark.parametrize(
    "source",
    [
        "not toml",
        "[a]\nb = 3\n",
        '[a]\nb = "{x.y}"\n',
        '[a]\nb = "{x[0]}"\n',
        '[a]\nb = "{x!r}"\n',
        '[a]\nb = "{}"\n',
        '[a]\nb = "{x:>10}"\n',
        '[a]\nb = "{x"\n',
        '[a]\n"b.c" = "1"\n[a.b]\nc = "2"\n',
    ],
)
def test_a_catalogue_takes_plain_names_and_known_kinds_only(source):
    with pytest.raises(DamagedCatalogue):
        read(source, "vi")


@pytest.mark.parametrize(
    ("minutes", "vi", "en"),
    [
        (-3, "vừa xong", "just now"),
        (0, "vừa xong", "just now"),
        (59, "59 phút trước", "59 min ago"),
        (60, "1 giờ trước", "1 h ago"),
        (1439, "23 giờ trước", "23 h ago"),
        (1440, "1 ngày trước", "1 d ago"),
    ],
)
def test_ago_takes_the_largest_unit_that_fits(minutes, vi, en):
    assert (Texts("vi", strict=True).ago(minutes), Texts("en", strict=True).ago(minutes)) == (vi, en)


@given(st.integers(-(10**15), 10**15))
def test_a_written_amount_reads_back(amount_vnd):
    assert int(formats.format_money(amount_vnd).removesuffix(" ₫").replace(".", "")) == amount_vnd


def test_a_moment_just_before_midnight_in_vietnam_belongs_to_that_day():
    moment = dt.datetime(2026, 11, 22, 16, 59, tzinfo=dt.UTC)
    assert formats.format_datetime(moment) == "23:59 ngày 22/11/2026"
    assert formats.format_date(moment + dt.timedelta(minutes=1)) == "23/11/2026"


def test_a_moment_without_a_time_zone_is_refused():
    with pytest.raises(ValueError, match="time zone"):
        formats.format_time(dt.datetime(2026, 11, 22, 8, 0))  # noqa: DTZ001


def test_shipped_catalogues_load_in_both_languages():
    assert all(catalogue.load(language) for language in catalogue.LANGUAGES)


def test_a_word_that_depends_on_a_count_is_written_for_one_and_for_the_others():
    pages = read('[scan]\nkept = "{count:count} {count:page is|pages are} kept"', "en")
    texts = Texts("en", strict=True, texts=pages)
    assert [texts.say("scan.kept", count=number) for number in (0, 1, 2, 1001)] == [
        "0 pages are kept",
        "1 page is kept",
        "2 pages are kept",
        "1,001 pages are kept",
    ]
    assert pages["scan.kept"].placeholders == {"count": "count"}, "Vietnamese says it with the number alone"
    with pytest.raises(MissingText):
        texts.say("scan.kept", count="1")


@pytest.mark.parametrize("spec", ["page|", "|pages", "|", "a|b|c"])
def test_forms_that_are_not_two_are_refused(spec):
    with pytest.raises(DamagedCatalogue):
        read(f'[scan]\nkept = "{{count:{spec}}}"', "en")
