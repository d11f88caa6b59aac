"""Accounts: who signs in, in which role, and what happened to them."""

from alembic import op
import sqlalchemy as sa
from sqlalchemy.dialects import postgresql

revision = "0003"
down_revision = "0002"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "account",
        sa.Column("id", sa.BigInteger(), sa.Identity(always=True), nullable=False),
        sa.Column("email", sa.Text(), nullable=False),
        sa.Column("full_name", sa.Text(), nullable=False),
        sa.Column("role", sa.Text(), nullable=False),
        sa.Column("organisation_id", sa.Text(), nullable=True),
        sa.Column("organisation_name", sa.Text(), nullable=True),
        sa.Column("password", sa.Text(), nullable=True),
        sa.Column("fs_uniquifier", sa.Text(), nullable=False),
        sa.Column("active", sa.Boolean(), server_default=sa.text("true"), nullable=False),
        sa.Column("failures", sa.Integer(), server_default=sa.text("0"), nullable=False),
        sa.Column("locked_until", sa.DateTime(timezone=True), nullable=True),
        sa.Column("totp_sealed", sa.LargeBinary(), nullable=True),
        sa.Column("totp_pending", sa.LargeBinary(), nullable=True),
        sa.Column("totp_counter", sa.BigInteger(), nullable=True),
        sa.Column(
            "created_at",
            sa.DateTime(timezone=True),
            server_default=sa.text("now()"),
            nullable=False,
        ),
        sa.CheckConstraint(
            "(role = 'pendamping') = (organisation_id IS NOT NULL)",
            name=op.f("ck_account_organisation"),
        ),
        sa.CheckConstraint(
            "role IN ('pendamping', 'reviewer', 'chair', 'counter', 'dinas', 'auditor')",
            name=op.f("ck_account_role"),
        ),
        sa.CheckConstraint("failures >= 0", name=op.f("ck_account_failures")),
        sa.CheckConstraint(
            "octet_length(email) BETWEEN 3 AND 254", name=op.f("ck_account_email_length")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_account")),
        sa.UniqueConstraint("email", name=op.f("uq_account_email")),
        sa.UniqueConstraint("fs_uniquifier", name=op.f("uq_account_fs_uniquifier")),
    )
    op.create_table(
        "account_event",
        sa.Column("id", sa.BigInteger(), sa.Identity(always=True), nullable=False),
        sa.Column("account_id", sa.BigInteger(), nullable=False),
        sa.Column(
            "at", sa.DateTime(timezone=True), server_default=sa.text("now()"), nullable=False
        ),
        sa.Column("kind", sa.Text(), nullable=False),
        sa.Column("by", sa.Text(), nullable=True),
        sa.CheckConstraint(
            "kind IN ('invited', 'password_set', 'signed_in', 'wrong_password', 'wrong_code', 'locked', 'signed_out', 'signed_out_everywhere', 'totp_set', 'recovery_made', 'recovery_used', 'disabled', 'enabled', 'unlocked', 'acting_named', 'acting_withdrawn')",
            name=op.f("ck_account_event_kind"),
        ),
        sa.ForeignKeyConstraint(
            ["account_id"], ["account.id"], name=op.f("fk_account_event_account_id_account")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_account_event")),
    )
    op.create_index(
        op.f("ix_account_event_account_id_id"), "account_event", ["account_id", "id"], unique=False
    )
    op.create_table(
        "account_kelurahan",
        sa.Column("account_id", sa.BigInteger(), nullable=False),
        sa.Column("kelurahan_code", sa.Text(), nullable=False),
        sa.ForeignKeyConstraint(
            ["account_id"], ["account.id"], name=op.f("fk_account_kelurahan_account_id_account")
        ),
        sa.ForeignKeyConstraint(
            ["kelurahan_code"],
            ["region.code"],
            name=op.f("fk_account_kelurahan_kelurahan_code_region"),
        ),
        sa.PrimaryKeyConstraint("account_id", "kelurahan_code", name=op.f("pk_account_kelurahan")),
    )
    op.create_index(
        op.f("ix_account_kelurahan_kelurahan_code"),
        "account_kelurahan",
        ["kelurahan_code"],
        unique=False,
    )
    op.create_table(
        "account_session",
        sa.Column("digest", sa.LargeBinary(), nullable=False),
        sa.Column("account_id", sa.BigInteger(), nullable=False),
        sa.Column(
            "began_at", sa.DateTime(timezone=True), server_default=sa.text("now()"), nullable=False
        ),
        sa.Column(
            "seen_at", sa.DateTime(timezone=True), server_default=sa.text("now()"), nullable=False
        ),
        sa.Column("ended_at", sa.DateTime(timezone=True), nullable=True),
        sa.CheckConstraint(
            "octet_length(digest) = 32", name=op.f("ck_account_session_digest_length")
        ),
        sa.ForeignKeyConstraint(
            ["account_id"], ["account.id"], name=op.f("fk_account_session_account_id_account")
        ),
        sa.PrimaryKeyConstraint("digest", name=op.f("pk_account_session")),
    )
    op.create_index(
        op.f("ix_account_session_account_id"), "account_session", ["account_id"], unique=False
    )
    op.create_table(
        "acting_chair",
        sa.Column("id", sa.BigInteger(), sa.Identity(always=True), nullable=False),
        sa.Column("account_id", sa.BigInteger(), nullable=False),
        sa.Column("kelurahan_code", sa.Text(), nullable=False),
        sa.Column("letter_number", sa.Text(), nullable=False),
        sa.Column("from_on", sa.Date(), nullable=False),
        sa.Column("until_on", sa.Date(), nullable=False),
        sa.Column("named_by", sa.Text(), nullable=False),
        sa.Column(
            "named_at", sa.DateTime(timezone=True), server_default=sa.text("now()"), nullable=False
        ),
        sa.Column("withdrawn_at", sa.DateTime(timezone=True), nullable=True),
        sa.CheckConstraint("until_on >= from_on", name=op.f("ck_acting_chair_dates")),
        sa.CheckConstraint(
            "from_on >= '2000-01-01' AND until_on <= '2200-01-01'",
            name=op.f("ck_acting_chair_years"),
        ),
        postgresql.ExcludeConstraint(
            (
                sa.text(
                    "int8range("
                    "replace(kelurahan_code, '.', '')::bigint * 100000 + (from_on - '2000-01-01'::date), "
                    "replace(kelurahan_code, '.', '')::bigint * 100000 + (until_on - '2000-01-01'::date), "
                    "'[]')"
                ),
                "&&",
            ),
            name="ex_acting_chair_one_at_a_time",
            where=sa.text("withdrawn_at IS NULL"),
        ),
        sa.ForeignKeyConstraint(
            ["account_id"], ["account.id"], name=op.f("fk_acting_chair_account_id_account")
        ),
        sa.ForeignKeyConstraint(
            ["kelurahan_code"], ["region.code"], name=op.f("fk_acting_chair_kelurahan_code_region")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_acting_chair")),
    )
    op.create_index(
        op.f("ix_acting_chair_account_id"), "acting_chair", ["account_id"], unique=False
    )
    op.create_table(
        "invitation",
        sa.Column("digest", sa.LargeBinary(), nullable=False),
        sa.Column("account_id", sa.BigInteger(), nullable=False),
        sa.Column("made_by", sa.Text(), nullable=False),
        sa.Column(
            "made_at", sa.DateTime(timezone=True), server_default=sa.text("now()"), nullable=False
        ),
        sa.Column("expires_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("used_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("withdrawn_at", sa.DateTime(timezone=True), nullable=True),
        sa.CheckConstraint("octet_length(digest) = 32", name=op.f("ck_invitation_digest_length")),
        sa.ForeignKeyConstraint(
            ["account_id"], ["account.id"], name=op.f("fk_invitation_account_id_account")
        ),
        sa.PrimaryKeyConstraint("digest", name=op.f("pk_invitation")),
    )
    op.create_index(op.f("ix_invitation_account_id"), "invitation", ["account_id"], unique=False)
    op.create_table(
        "recovery_code",
        sa.Column("account_id", sa.BigInteger(), nullable=False),
        sa.Column("digest", sa.LargeBinary(), nullable=False),
        sa.Column("used_at", sa.DateTime(timezone=True), nullable=True),
        sa.CheckConstraint(
            "octet_length(digest) = 32", name=op.f("ck_recovery_code_digest_length")
        ),
        sa.ForeignKeyConstraint(
            ["account_id"], ["account.id"], name=op.f("fk_recovery_code_account_id_account")
        ),
        sa.PrimaryKeyConstraint("account_id", "digest", name=op.f("pk_recovery_code")),
    )
    op.execute(
        """
        CREATE TRIGGER append_only BEFORE UPDATE OR DELETE OR TRUNCATE ON account_event
        FOR EACH STATEMENT EXECUTE FUNCTION refuse_change()
        """
    )
    op.execute("ALTER TABLE account_event ENABLE ALWAYS TRIGGER append_only")


def downgrade() -> None:
    op.drop_table("recovery_code")
    op.drop_index(op.f("ix_invitation_account_id"), table_name="invitation")
    op.drop_table("invitation")
    op.drop_index(op.f("ix_acting_chair_account_id"), table_name="acting_chair")
    op.drop_table("acting_chair")
    op.drop_index(op.f("ix_account_session_account_id"), table_name="account_session")
    op.drop_table("account_session")
    op.drop_index(op.f("ix_account_kelurahan_kelurahan_code"), table_name="account_kelurahan")
    op.drop_table("account_kelurahan")
    op.drop_index(op.f("ix_account_event_account_id_id"), table_name="account_event")
    op.drop_table("account_event")
    op.drop_table("account")
