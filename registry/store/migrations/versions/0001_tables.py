"""The tables of registration, intake, quarantine and their history."""

from alembic import op
import sqlalchemy as sa
from sqlalchemy.dialects import postgresql

revision = "0001"
down_revision = None
branch_labels = None
depends_on = None

APPEND_ONLY = ("admission_rule", "event", "period_change")


def upgrade() -> None:
    op.create_table(
        "admission_rule",
        sa.Column("version", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("limits", postgresql.JSONB(astext_type=sa.Text()), nullable=False),
        sa.Column("reason", sa.Text(), nullable=False),
        sa.Column("set_by", sa.Text(), nullable=False),
        sa.Column(
            "set_at", sa.DateTime(timezone=True), server_default=sa.text("now()"), nullable=False
        ),
        sa.CheckConstraint("version >= 1", name=op.f("ck_admission_rule_version")),
        sa.CheckConstraint(
            "jsonb_typeof(limits) = 'object'", name=op.f("ck_admission_rule_limits")
        ),
        sa.CheckConstraint(
            "length(reason) BETWEEN 1 AND 500", name=op.f("ck_admission_rule_reason")
        ),
        sa.PrimaryKeyConstraint("version", name=op.f("pk_admission_rule")),
    )
    op.create_table(
        "intake",
        sa.Column("entry", sa.BigInteger(), autoincrement=False, nullable=False),
        sa.Column("application_id", sa.LargeBinary(), nullable=False),
        sa.Column("outcome", sa.Text(), nullable=False),
        sa.CheckConstraint(
            "outcome IN ('inserted', 'repeated', 'quarantined')", name=op.f("ck_intake_outcome")
        ),
        sa.CheckConstraint("entry >= 1", name=op.f("ck_intake_entry")),
        sa.CheckConstraint(
            "octet_length(application_id) = 16", name=op.f("ck_intake_application_id_length")
        ),
        sa.PrimaryKeyConstraint("entry", name=op.f("pk_intake")),
    )
    op.create_table(
        "period",
        sa.Column("id", sa.Text(), nullable=False),
        sa.Column("title", sa.Text(), nullable=False),
        sa.Column("opens_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("closes_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("musyawarah_on", sa.Date(), nullable=True),
        sa.Column("finalised_at", sa.DateTime(timezone=True), nullable=True),
        sa.CheckConstraint("closes_at > opens_at", name=op.f("ck_period_dates")),
        sa.CheckConstraint("octet_length(id) BETWEEN 1 AND 40", name=op.f("ck_period_id_length")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_period")),
    )
    op.create_table(
        "region",
        sa.Column("code", sa.Text(), nullable=False),
        sa.Column("level", sa.Text(), nullable=False),
        sa.Column("name", sa.Text(), nullable=False),
        sa.Column("parent_code", sa.Text(), nullable=True),
        sa.CheckConstraint(
            "level IN ('kota', 'kecamatan', 'kelurahan')", name=op.f("ck_region_level")
        ),
        sa.ForeignKeyConstraint(
            ["parent_code"], ["region.code"], name=op.f("fk_region_parent_code_region")
        ),
        sa.PrimaryKeyConstraint("code", name=op.f("pk_region")),
    )
    op.create_index(op.f("ix_region_parent_code"), "region", ["parent_code"], unique=False)
    op.create_table(
        "application",
        sa.Column("id", sa.LargeBinary(), nullable=False),
        sa.Column("period_id", sa.Text(), nullable=False),
        sa.Column("kelurahan_code", sa.Text(), nullable=False),
        sa.Column("rt", sa.SmallInteger(), nullable=True),
        sa.Column("rw", sa.SmallInteger(), nullable=True),
        sa.Column("nik_index", sa.LargeBinary(), nullable=False),
        sa.Column("kk_index", sa.LargeBinary(), nullable=True),
        sa.Column("receipt", sa.Text(), nullable=False),
        sa.Column("replaces", sa.Text(), nullable=True),
        sa.Column("replaces_entry", sa.BigInteger(), nullable=True),
        sa.Column("sealed", sa.LargeBinary(), nullable=False),
        sa.Column("form_version", sa.Text(), nullable=False),
        sa.Column("entry", sa.BigInteger(), nullable=False),
        sa.Column("received_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("state", sa.Text(), nullable=False),
        sa.Column(
            "state_since",
            sa.DateTime(timezone=True),
            server_default=sa.text("now()"),
            nullable=False,
        ),
        sa.Column("helped_by", sa.Text(), nullable=True),
        sa.Column("household_size", sa.SmallInteger(), nullable=False),
        sa.Column("score", sa.Numeric(), nullable=True),
        sa.Column("priority", sa.Boolean(), server_default=sa.text("false"), nullable=False),
        sa.Column("scoring", postgresql.JSONB(astext_type=sa.Text()), nullable=False),
        sa.Column("screening", postgresql.JSONB(astext_type=sa.Text()), nullable=False),
        sa.Column("flooded", sa.Boolean(), server_default=sa.text("false"), nullable=False),
        sa.Column(
            "updated_at",
            sa.DateTime(timezone=True),
            server_default=sa.text("now()"),
            nullable=False,
        ),
        sa.CheckConstraint(
            "state IN ('received', 'needs_correction', 'queued', 'field_check', 'proposed', 'not_proposed', 'finalised', 'forwarded', 'withdrawn', 'objected')",
            name=op.f("ck_application_state"),
        ),
        sa.CheckConstraint(
            "(replaces IS NULL) = (replaces_entry IS NULL)",
            name=op.f("ck_application_replaces_entry"),
        ),
        sa.CheckConstraint("household_size >= 1", name=op.f("ck_application_household_size")),
        sa.CheckConstraint("octet_length(id) = 16", name=op.f("ck_application_id_length")),
        sa.CheckConstraint(
            "octet_length(kk_index) = 16", name=op.f("ck_application_kk_index_length")
        ),
        sa.CheckConstraint(
            "octet_length(nik_index) = 16", name=op.f("ck_application_nik_index_length")
        ),
        sa.CheckConstraint(
            "octet_length(receipt) = 12", name=op.f("ck_application_receipt_length")
        ),
        sa.CheckConstraint(
            "octet_length(replaces) = 12", name=op.f("ck_application_replaces_length")
        ),
        sa.CheckConstraint("replaces <> receipt", name=op.f("ck_application_replaces_another")),
        sa.CheckConstraint("rt BETWEEN 1 AND 999", name=op.f("ck_application_rt")),
        sa.CheckConstraint("rw BETWEEN 1 AND 999", name=op.f("ck_application_rw")),
        sa.ForeignKeyConstraint(
            ["kelurahan_code"], ["region.code"], name=op.f("fk_application_kelurahan_code_region")
        ),
        sa.ForeignKeyConstraint(
            ["period_id"], ["period.id"], name=op.f("fk_application_period_id_period")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_application")),
        sa.UniqueConstraint("entry", name=op.f("uq_application_entry")),
    )
    op.create_index(
        op.f("ix_application_kk_index_period_id"),
        "application",
        ["kk_index", "period_id"],
        unique=False,
        postgresql_where=sa.text("kk_index IS NOT NULL"),
    )
    op.create_index(
        op.f("ix_application_nik_index_period_id"),
        "application",
        ["nik_index", "period_id"],
        unique=False,
    )
    op.create_index(
        "ix_application_queue",
        "application",
        [
            "period_id",
            "kelurahan_code",
            sa.literal_column("priority DESC"),
            sa.literal_column("score DESC NULLS LAST"),
            "entry",
        ],
        unique=False,
        postgresql_where=sa.text("state = 'queued'"),
    )
    op.create_index(op.f("ix_application_receipt"), "application", ["receipt"], unique=False)
    op.create_table(
        "neighbourhood",
        sa.Column("kelurahan_code", sa.Text(), nullable=False),
        sa.Column("rw", sa.SmallInteger(), nullable=False),
        sa.Column("rt", sa.SmallInteger(), nullable=False),
        sa.CheckConstraint("rt BETWEEN 1 AND 999", name=op.f("ck_neighbourhood_rt")),
        sa.CheckConstraint("rw BETWEEN 1 AND 999", name=op.f("ck_neighbourhood_rw")),
        sa.ForeignKeyConstraint(
            ["kelurahan_code"], ["region.code"], name=op.f("fk_neighbourhood_kelurahan_code_region")
        ),
        sa.PrimaryKeyConstraint("kelurahan_code", "rw", "rt", name=op.f("pk_neighbourhood")),
    )
    op.create_table(
        "period_change",
        sa.Column("id", sa.BigInteger(), sa.Identity(always=True), nullable=False),
        sa.Column("period_id", sa.Text(), nullable=False),
        sa.Column(
            "at", sa.DateTime(timezone=True), server_default=sa.text("now()"), nullable=False
        ),
        sa.Column("actor_id", sa.Text(), nullable=True),
        sa.Column("actor_role", sa.Text(), nullable=False),
        sa.Column("kind", sa.Text(), nullable=False),
        sa.Column("opens_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("closes_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("reason", sa.Text(), nullable=False),
        sa.CheckConstraint(
            "kind IN ('opened', 'extended', 'closed', 'finalised')",
            name=op.f("ck_period_change_kind"),
        ),
        sa.ForeignKeyConstraint(
            ["period_id"], ["period.id"], name=op.f("fk_period_change_period_id_period")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_period_change")),
    )
    op.create_index(
        op.f("ix_period_change_period_id_id"), "period_change", ["period_id", "id"], unique=False
    )
    op.create_table(
        "quarantine",
        sa.Column("entry", sa.BigInteger(), autoincrement=False, nullable=False),
        sa.Column("application_id", sa.LargeBinary(), nullable=False),
        sa.Column("period_id", sa.Text(), nullable=False),
        sa.Column("nik_index", sa.LargeBinary(), nullable=False),
        sa.Column("kk_index", sa.LargeBinary(), nullable=True),
        sa.Column("receipt", sa.Text(), nullable=False),
        sa.Column("sealed", sa.LargeBinary(), nullable=False),
        sa.Column("received_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("error", sa.Text(), nullable=False),
        sa.Column(
            "set_aside_at",
            sa.DateTime(timezone=True),
            server_default=sa.text("now()"),
            nullable=False,
        ),
        sa.Column("put_back_at", sa.DateTime(timezone=True), nullable=True),
        sa.CheckConstraint(
            "octet_length(application_id) = 16", name=op.f("ck_quarantine_application_id_length")
        ),
        sa.CheckConstraint(
            "octet_length(kk_index) = 16", name=op.f("ck_quarantine_kk_index_length")
        ),
        sa.CheckConstraint(
            "octet_length(nik_index) = 16", name=op.f("ck_quarantine_nik_index_length")
        ),
        sa.ForeignKeyConstraint(
            ["entry"], ["intake.entry"], name=op.f("fk_quarantine_entry_intake")
        ),
        sa.PrimaryKeyConstraint("entry", name=op.f("pk_quarantine")),
    )
    op.create_index(
        op.f("ix_quarantine_application_id"), "quarantine", ["application_id"], unique=False
    )
    op.create_index(op.f("ix_quarantine_nik_index"), "quarantine", ["nik_index"], unique=False)
    op.create_table(
        "event",
        sa.Column("id", sa.BigInteger(), sa.Identity(always=True), nullable=False),
        sa.Column("application_id", sa.LargeBinary(), nullable=False),
        sa.Column(
            "at", sa.DateTime(timezone=True), server_default=sa.text("now()"), nullable=False
        ),
        sa.Column("actor_id", sa.Text(), nullable=True),
        sa.Column("actor_role", sa.Text(), nullable=False),
        sa.Column("kind", sa.Text(), nullable=False),
        sa.Column("from_state", sa.Text(), nullable=True),
        sa.Column("to_state", sa.Text(), nullable=True),
        sa.Column("reason", sa.Text(), nullable=True),
        sa.Column(
            "details",
            postgresql.JSONB(astext_type=sa.Text()),
            server_default=sa.text("'{}'::jsonb"),
            nullable=False,
        ),
        sa.ForeignKeyConstraint(
            ["application_id"], ["application.id"], name=op.f("fk_event_application_id_application")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_event")),
    )
    op.create_index(
        op.f("ix_event_application_id_id"), "event", ["application_id", "id"], unique=False
    )
    op.create_table(
        "person_index",
        sa.Column("period_id", sa.Text(), nullable=False),
        sa.Column("nik_index", sa.LargeBinary(), nullable=False),
        sa.Column("application_id", sa.LargeBinary(), nullable=False),
        sa.Column("position", sa.SmallInteger(), nullable=False),
        sa.CheckConstraint(
            "octet_length(nik_index) = 16", name=op.f("ck_person_index_nik_index_length")
        ),
        sa.CheckConstraint("position >= 0", name=op.f("ck_person_index_position")),
        sa.ForeignKeyConstraint(
            ["application_id"],
            ["application.id"],
            name=op.f("fk_person_index_application_id_application"),
        ),
        sa.PrimaryKeyConstraint(
            "period_id", "nik_index", "application_id", name=op.f("pk_person_index")
        ),
    )
    op.create_index(
        op.f("ix_person_index_application_id"), "person_index", ["application_id"], unique=False
    )
    guard_history()


def guard_history() -> None:
    """Refuse changes to what has happened: to the owner too, and whatever the session's role."""
    op.execute(
        """
        CREATE FUNCTION refuse_change() RETURNS trigger LANGUAGE plpgsql AS $$
        BEGIN
            RAISE EXCEPTION '% is append-only: % refused', TG_TABLE_NAME, TG_OP
                USING ERRCODE = 'restrict_violation';
        END $$
        """
    )
    for table in APPEND_ONLY:
        op.execute(
            f"""
            CREATE TRIGGER append_only BEFORE UPDATE OR DELETE OR TRUNCATE ON {table}
            FOR EACH STATEMENT EXECUTE FUNCTION refuse_change()
            """
        )
        op.execute(f"ALTER TABLE {table} ENABLE ALWAYS TRIGGER append_only")


def downgrade() -> None:
    op.drop_index(op.f("ix_person_index_application_id"), table_name="person_index")
    op.drop_table("person_index")
    op.drop_index(op.f("ix_event_application_id_id"), table_name="event")
    op.drop_table("event")
    op.drop_index(op.f("ix_quarantine_nik_index"), table_name="quarantine")
    op.drop_index(op.f("ix_quarantine_application_id"), table_name="quarantine")
    op.drop_table("quarantine")
    op.drop_index(op.f("ix_period_change_period_id_id"), table_name="period_change")
    op.drop_table("period_change")
    op.drop_table("neighbourhood")
    op.drop_index(op.f("ix_application_receipt"), table_name="application")
    op.drop_index(
        "ix_application_queue",
        table_name="application",
        postgresql_where=sa.text("state = 'queued'"),
    )
    op.drop_index(op.f("ix_application_nik_index_period_id"), table_name="application")
    op.drop_index(
        op.f("ix_application_kk_index_period_id"),
        table_name="application",
        postgresql_where=sa.text("kk_index IS NOT NULL"),
    )
    op.drop_table("application")
    op.drop_index(op.f("ix_region_parent_code"), table_name="region")
    op.drop_table("region")
    op.drop_table("period")
    op.drop_table("intake")
    op.drop_table("admission_rule")
    op.execute("DROP FUNCTION refuse_change()")
