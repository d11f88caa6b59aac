"""Photos: where their sealed bytes lie, and what became of them."""

from alembic import op
import sqlalchemy as sa

revision = "0002"
down_revision = "0001"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "photo",
        sa.Column("id", sa.LargeBinary(), nullable=False),
        sa.Column("number", sa.BigInteger(), sa.Identity(always=True), nullable=False),
        sa.Column("application_id", sa.LargeBinary(), nullable=False),
        sa.Column("kind", sa.Text(), nullable=False),
        sa.Column("state", sa.Text(), server_default=sa.text("'received'"), nullable=False),
        sa.Column("blob", sa.Text(), nullable=True),
        sa.Column("key_id", sa.SmallInteger(), nullable=True),
        sa.Column("size", sa.Integer(), nullable=False),
        sa.Column("reason", sa.Text(), nullable=True),
        sa.Column("attempts", sa.SmallInteger(), server_default=sa.text("0"), nullable=False),
        sa.Column("tried_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column(
            "created_at", sa.DateTime(timezone=True), server_default=sa.text("now()"), nullable=False
        ),
        sa.CheckConstraint("octet_length(id) = 16", name=op.f("ck_photo_id_length")),
        sa.CheckConstraint(
            "octet_length(application_id) = 16", name=op.f("ck_photo_application_id_length")
        ),
        sa.CheckConstraint(
            "kind IN ('ktp', 'kk', 'rumah_depan', 'rumah_dalam')", name=op.f("ck_photo_kind")
        ),
        sa.CheckConstraint(
            "state IN ('received', 'ready', 'refused')", name=op.f("ck_photo_state")
        ),
        sa.CheckConstraint(
            "reason IN ('empty', 'no_image', 'heic', 'huge', 'cut', 'unreadable', 'pixels', 'small', 'lost')",
            name=op.f("ck_photo_reason"),
        ),
        sa.CheckConstraint(
            "(reason IS NOT NULL) = (state = 'refused')", name=op.f("ck_photo_refused")
        ),
        sa.CheckConstraint("(blob IS NULL) = (state = 'refused')", name=op.f("ck_photo_blob")),
        sa.CheckConstraint("(blob IS NULL) = (key_id IS NULL)", name=op.f("ck_photo_sealed")),
        sa.CheckConstraint("key_id BETWEEN 1 AND 255", name=op.f("ck_photo_key_id")),
        sa.CheckConstraint("size >= 1", name=op.f("ck_photo_size")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_photo")),
        sa.UniqueConstraint("number", name=op.f("uq_photo_number")),
    )
    op.create_index(
        op.f("ix_photo_application_id_kind_number"),
        "photo",
        ["application_id", "kind", "number"],
        unique=False,
    )
    op.create_index(
        "ix_photo_waiting",
        "photo",
        ["number"],
        unique=False,
        postgresql_where=sa.text("state = 'received'"),
    )


def downgrade() -> None:
    op.drop_index(
        "ix_photo_waiting", table_name="photo", postgresql_where=sa.text("state = 'received'")
    )
    op.drop_index(op.f("ix_photo_application_id_kind_number"), table_name="photo")
    op.drop_table("photo")
