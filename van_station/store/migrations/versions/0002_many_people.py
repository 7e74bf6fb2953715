"""Households and businesses, leases, consents, editions of the catalogue: record layout 2.

Types are spelled out: a revision must not change when a model does. `ticket` and `person` are made anew, so
that a migrated table is to the letter the one that a fresh store gets; old rows get the models' defaults,
which is also what a record shows that an older machine has written.
"""

import sqlalchemy as sa
from alembic import op

revision = "0002"
down_revision = "0001"


def upgrade() -> None:
    _new_people()
    _new_consents()
    _new_editions()
    _remake_ticket()
    _remake_person()


def _new_people() -> None:
    op.create_table(
        "business",
        _id(),
        sa.Column("tax_code", sa.String(), nullable=False),
        sa.Column("name", sa.String(), nullable=False),
        sa.Column("folded_name", sa.String(), nullable=False),
        sa.Column("address", sa.String(), nullable=True),
        sa.Column("phone", sa.String(), nullable=True),
        sa.Column("representative_person_id", sa.String(), nullable=True),
        sa.PrimaryKeyConstraint("id"),
    )
    _index("business", "folded_name", "representative_person_id", "tax_code")
    op.create_table(
        "ticket_person",
        _id(),
        sa.Column("ticket_id", sa.String(), nullable=False),
        sa.Column("person_id", sa.String(), nullable=False),
        sa.Column("relation", sa.String(), nullable=False),
        sa.Column("sequence", sa.Integer(), nullable=False),
        sa.PrimaryKeyConstraint("id"),
    )
    _index("ticket_person", "person_id", "ticket_id")
    op.create_table(
        "lease_request",
        _id(),
        sa.Column("ticket_id", sa.String(), nullable=False),
        sa.Column("site", sa.String(), nullable=False),
        sa.Column("requested_at", sa.String(), nullable=False),
        sa.Column("answered_at", sa.String(), nullable=True),
        sa.Column("granted", sa.Boolean(), nullable=True),
        sa.PrimaryKeyConstraint("id"),
    )
    _index("lease_request", "ticket_id")


def _new_consents() -> None:
    op.create_table(
        "consent",
        _id(),
        sa.Column("person_id", sa.String(), nullable=False),
        sa.Column("purpose", sa.String(), nullable=False),
        sa.Column("scope", sa.Text(), nullable=False),
        sa.Column("given_at", sa.String(), nullable=False),
        sa.Column("recorded_by", sa.String(), nullable=False),
        sa.Column("trip_id", sa.String(), nullable=True),
        sa.Column("withdrawn_at", sa.String(), nullable=True),
        sa.PrimaryKeyConstraint("id"),
    )
    _index("consent", "person_id", "trip_id")
    op.create_table(
        "taken_over",
        _id(),
        sa.Column("dossier_id", sa.String(), nullable=False),
        sa.Column("source_dossier_id", sa.String(), nullable=False),
        sa.Column("what", sa.String(), nullable=False),
        sa.Column("pointer", sa.String(), nullable=True),
        sa.Column("file_id", sa.String(), nullable=True),
        sa.Column("taken_at", sa.String(), nullable=False),
        sa.Column("taken_by", sa.String(), nullable=False),
        sa.PrimaryKeyConstraint("id"),
    )
    _index("taken_over", "dossier_id", "file_id", "source_dossier_id")


def _new_editions() -> None:
    op.create_table(
        "catalogue_edition",
        _id(),
        sa.Column("version", sa.String(), nullable=False),
        sa.Column("issued_on", sa.Date(), nullable=False),
        sa.Column("digest", sa.String(), nullable=False),
        sa.Column("key_id", sa.String(), nullable=False),
        sa.Column("signature", sa.String(), nullable=False),
        sa.Column("body", sa.LargeBinary(), nullable=False),
        sa.Column("installed_at", sa.String(), nullable=False),
        sa.Column("installed_by", sa.String(), nullable=False),
        sa.Column("active", sa.Boolean(), nullable=False),
        sa.PrimaryKeyConstraint("id"),
        sa.UniqueConstraint("version"),
    )


def _remake_ticket() -> None:
    op.rename_table("ticket", "ticket_0001")
    _drop_indexes("ticket", "person_id", "status", "trip_id")
    op.create_table(
        "ticket",
        _id(),
        sa.Column("trip_id", sa.String(), nullable=False),
        sa.Column("lane", sa.String(), nullable=False),
        sa.Column("number", sa.Integer(), nullable=False),
        sa.Column("label", sa.String(), nullable=False),
        sa.Column("person_id", sa.String(), nullable=True),
        sa.Column("need", sa.String(), nullable=False),
        sa.Column("procedure_code", sa.String(), nullable=True),
        sa.Column("priority_group", sa.String(), nullable=True),
        sa.Column("status", sa.String(), nullable=False),
        sa.Column("counter", sa.String(), nullable=True),
        sa.Column("created_at", sa.String(), nullable=False),
        sa.Column("called_at", sa.String(), nullable=True),
        sa.Column("started_at", sa.String(), nullable=True),
        sa.Column("finished_at", sa.String(), nullable=True),
        sa.Column("times_called", sa.Integer(), nullable=False),
        sa.Column("created_by", sa.String(), nullable=False),
        sa.Column("served_by", sa.String(), nullable=True),
        sa.Column("holder", sa.String(), nullable=False),
        sa.Column("business_id", sa.String(), nullable=True),
        sa.Column("party_size", sa.Integer(), nullable=False),
        sa.PrimaryKeyConstraint("id"),
    )
    _index("ticket", "business_id", "person_id", "status", "trip_id")
    op.execute(
        "INSERT INTO ticket (id, trip_id, lane, number, label, person_id, need, procedure_code, "
        "priority_group, status, counter, created_at, called_at, started_at, finished_at, times_called, "
        "created_by, served_by, holder, business_id, party_size) "
        "SELECT id, trip_id, lane, number, label, person_id, need, procedure_code, "
        "priority_group, status, counter, created_at, called_at, started_at, finished_at, times_called, "
        "created_by, served_by, '', NULL, 1 FROM ticket_0001 ORDER BY rowid"
    )
    op.drop_table("ticket_0001")


def _remake_person() -> None:
    op.rename_table("person", "person_0001")
    _drop_indexes("person", "folded_name", "id_number", "old_id_number")
    op.create_table(
        "person",
        _id(),
        sa.Column("id_number", sa.String(), nullable=True),
        sa.Column("old_id_number", sa.String(), nullable=True),
        sa.Column("full_name", sa.String(), nullable=False),
        sa.Column("folded_name", sa.String(), nullable=False),
        sa.Column("birth_date", sa.Date(), nullable=True),
        sa.Column("birth_text", sa.String(), nullable=True),
        sa.Column("sex", sa.String(), nullable=True),
        sa.Column("address", sa.String(), nullable=True),
        sa.Column("phone", sa.String(), nullable=True),
        sa.Column("card_issued_on", sa.Date(), nullable=True),
        sa.Column("card_raw_extra", sa.String(), nullable=True),
        sa.Column("identified_by", sa.String(), nullable=False),
        sa.Column("ward_code", sa.String(), nullable=True),
        sa.PrimaryKeyConstraint("id"),
    )
    _index("person", "folded_name", "id_number", "old_id_number")
    op.execute(
        "INSERT INTO person (id, id_number, old_id_number, full_name, folded_name, birth_date, birth_text, "
        "sex, address, phone, card_issued_on, card_raw_extra, identified_by, ward_code) "
        "SELECT id, id_number, old_id_number, full_name, folded_name, birth_date, birth_text, "
        "sex, address, phone, card_issued_on, card_raw_extra, 'none', NULL FROM person_0001 ORDER BY rowid"
    )
    op.drop_table("person_0001")


def _id() -> "sa.Column[str]":
    return sa.Column("id", sa.String(length=64), nullable=False)


def _index(table: str, *columns: str) -> None:
    for column in columns:
        op.create_index(f"ix_{table}_{column}", table, [column], unique=False)


def _drop_indexes(table: str, *columns: str) -> None:
    for column in columns:
        op.drop_index(f"ix_{table}_{column}", table_name=f"{table}_0001")
