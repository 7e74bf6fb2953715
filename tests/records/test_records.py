from datetime import UTC, date, datetime, timedelta, timezone

import pytest
from hypothesis import given
from hypothesis import strategies as st
from sqlalchemy.exc import StatementError
from sqlmodel import Session, SQLModel, create_engine, select

from van_station.records import (
    CRITICAL_FIELDS,
    KINDS,
    CatalogueEdition,
    Dossier,
    NumberBlock,
    OutboxItem,
    PaymentNotice,
    Person,
    StoredFile,
    Trip,
    json_text,
    kind_of,
    moment_of,
    moment_text,
    replicated_columns,
)

AT = datetime(2026, 11, 22, 8, 0, 0, 250, tzinfo=UTC)


@pytest.fixture
def session():
    engine = create_engine("sqlite://")
    SQLModel.metadata.create_all(engine)
    with Session(engine) as session:
        yield session
    engine.dispose()


def a_dossier(**more):
    return Dossier(
        trip_id="t", person_id="p", procedure_code="1.001193", procedure_version="1", provisional_no="V1",
        state="draft", channel="direct", created_at=AT, created_by="u", **more,
    )  # fmt: skip


def test_a_moment_without_a_time_zone_is_refused(session):
    session.add(Trip(held_on=date(2026, 11, 22), place="x", ward_code="1", ward_name="y", created_by="u",
                     created_at=datetime(2026, 11, 22)))  # noqa: DTZ001  # fmt: skip
    with pytest.raises(StatementError, match="time zone"):
        session.commit()


def test_a_moment_comes_back_in_utc(session):
    hanoi = timezone(timedelta(hours=7))
    row = a_dossier(confirmed_at=datetime(2026, 11, 22, 15, 0, tzinfo=hanoi))
    session.add(row)
    session.commit()
    session.expire_all()
    assert row.confirmed_at == datetime(2026, 11, 22, 8, 0, tzinfo=UTC)
    assert row.confirmed_at.tzinfo is UTC


@given(st.datetimes(timezones=st.just(UTC)), st.datetimes(timezones=st.just(UTC)))
def test_the_text_order_of_moments_is_their_time_order(one, other):
    if min(one, other).year >= 1000:
        assert (moment_text(one) < moment_text(other)) == (one < other)
        assert moment_of(moment_text(one)) == one


def test_assigning_a_new_dict_changes_the_answers(session):
    row = a_dossier(answers={"name": "a"})
    session.add(row)
    session.commit()
    row.answers = {**row.answers, "name": "b"}
    assert row in session.dirty
    session.commit()
    session.expire_all()
    assert row.answers == {"name": "b"}


def test_a_printed_row_shows_no_personal_data():
    row = Person(full_name="Nguyễn Văn Mẫu", id_number="001099000001", folded_name="nguyen van mau")
    for text in (repr(row), str(row), f"{row}", f"{[row]}"):
        assert "Mẫu" not in text
        assert "001099" not in text
    assert row.id in repr(row)


def test_local_tables_and_columns_do_not_replicate():
    assert kind_of(OutboxItem) == "outbox_item"
    assert "outbox_item" not in KINDS
    assert replicated_columns(OutboxItem) == ()
    assert "local_key" not in replicated_columns(StoredFile)
    assert "next_number" not in replicated_columns(NumberBlock)
    assert "id" not in replicated_columns(StoredFile)


def test_an_edition_of_the_catalogue_stays_here_and_holds_bytes(session):
    assert replicated_columns(CatalogueEdition) == ()
    session.add(CatalogueEdition(version="2026.11.2", issued_on=date(2026, 11, 22), digest="0" * 64, key_id="k",
                                 signature="0" * 128, body=b"\x00\xff", installed_at=AT, installed_by="u"))  # fmt: skip
    session.commit()
    session.expunge_all()
    assert session.exec(select(CatalogueEdition)).one().body == b"\x00\xff"


def test_every_critical_field_is_a_replicated_column():
    for kind, field in CRITICAL_FIELDS:
        assert field in replicated_columns(KINDS[kind])


def test_two_machines_give_one_notice_the_same_id(session):
    values = {"notice_id": "FT-1", "reference": "R", "amount_vnd": 1, "bank_time": AT, "verdict": "matched",
              "received_at": AT}  # fmt: skip
    assert PaymentNotice(**values).id == PaymentNotice(**values).id
    session.add(PaymentNotice(**values))
    session.commit()
    session.expunge_all()
    assert session.exec(select(PaymentNotice)).one().notice_id == "FT-1"


def test_json_text_is_the_same_for_the_same_value():
    assert json_text({"b": 1, "a": "đ"}) == json_text({"a": "đ", "b": 1}) == '{"a":"đ","b":1}'
    with pytest.raises(ValueError):
        json_text({"x": float("nan")})
