"""Who certified which digitised copy: record layout 3."""

import sqlalchemy as sa
from alembic import op

revision = "0005"
down_revision = "0004"


def upgrade() -> None:
    op.create_table(
        "certified_copy",
        sa.Column("id", sa.String(length=64), nullable=False),
        sa.Column("dossier_id", sa.String(), nullable=False),
        sa.Column("component_id", sa.String(), nullable=False),
        sa.Column("file_id", sa.String(), nullable=False),
        sa.Column("source_file_id", sa.String(), nullable=False),
        sa.Column("captured_by", sa.String(), nullable=False),
        sa.Column("captured_at", sa.String(), nullable=False),
        sa.Column("certified_by", sa.String(), nullable=False),
        sa.Column("certified_at", sa.String(), nullable=False),
        sa.Column("signer_name", sa.String(), nullable=False),
        sa.Column("issuer_name", sa.String(), nullable=False),
        sa.Column("certificate_sha256", sa.String(), nullable=False),
        sa.Column("level", sa.String(), nullable=False),
        sa.Column("revocation", sa.String(), nullable=False),
        sa.Column("time_stamped_at", sa.String(), nullable=True),
        sa.Column("signed_sha256", sa.String(), nullable=False),
        sa.PrimaryKeyConstraint("id"),
    )
    for column in ("component_id", "dossier_id", "file_id"):
        op.create_index(f"ix_certified_copy_{column}", "certified_copy", [column], unique=False)
