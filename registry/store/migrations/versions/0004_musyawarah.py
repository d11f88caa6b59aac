"""The tables of the musyawarah: looking, asking, sorting, visiting, meeting, minutes."""

from alembic import op
import sqlalchemy as sa
from sqlalchemy.dialects import postgresql

revision = "0004"
down_revision = "0003"
branch_labels = None
depends_on = None

WITH_PRACTICE = ("application", "minutes", "musyawarah", "paper_form", "sheet")
APPEND_ONLY = ("access", "quorum_rule")
RESEALED_ONLY = ("objection", "ruling", "verdict", "visit")
KINDS = "kind IN ('ktp', 'kk', 'rumah_depan', 'rumah_dalam'{})"


def upgrade() -> None:
    op.create_table(
        "musyawarah",
        sa.Column("id", sa.LargeBinary(), nullable=False),
        sa.Column("period_id", sa.Text(), nullable=False),
        sa.Column("kelurahan_code", sa.Text(), nullable=False),
        sa.Column("number", sa.SmallInteger(), nullable=False),
        sa.Column("held_on", sa.Date(), nullable=False),
        sa.Column("stage", sa.Text(), server_default=sa.text("'planned'"), nullable=False),
        sa.Column("quorum", postgresql.JSONB(astext_type=sa.Text()), nullable=False),
        sa.Column("version", sa.Integer(), server_default=sa.text("1"), nullable=False),
        sa.Column("planned_by", sa.Text(), nullable=False),
        sa.Column(
            "planned_at",
            sa.DateTime(timezone=True),
            server_default=sa.text("now()"),
            nullable=False,
        ),
        sa.Column("frozen_by", sa.Text(), nullable=True),
        sa.Column("frozen_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("opened_by", sa.Text(), nullable=True),
        sa.Column("opened_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("ended_by", sa.Text(), nullable=True),
        sa.Column("ended_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("quorate", sa.Boolean(), nullable=True),
        sa.Column("closed_by", sa.Text(), nullable=True),
        sa.Column("closed_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("closed_as", sa.Text(), nullable=True),
        sa.Column("on_paper", postgresql.JSONB(astext_type=sa.Text()), nullable=True),
        sa.Column("notes", sa.LargeBinary(), nullable=True),
        sa.Column("on_screen", sa.Text(), nullable=True),
        sa.CheckConstraint(
            "on_screen ~ '^(item|rw):[0-9]{1,5}$'", name=op.f("ck_musyawarah_on_screen")
        ),
        sa.CheckConstraint(
            "(stage = 'closed') = (closed_at IS NOT NULL)", name=op.f("ck_musyawarah_closed")
        ),
        sa.CheckConstraint(
            "(stage IN ('ended', 'closed')) = (ended_at IS NOT NULL)",
            name=op.f("ck_musyawarah_ended"),
        ),
        sa.CheckConstraint(
            "stage IN ('planned', 'frozen', 'open', 'ended', 'closed')",
            name=op.f("ck_musyawarah_stage"),
        ),
        sa.CheckConstraint("number >= 1", name=op.f("ck_musyawarah_number")),
        sa.CheckConstraint("octet_length(id) = 16", name=op.f("ck_musyawarah_id_length")),
        sa.ForeignKeyConstraint(
            ["kelurahan_code"], ["region.code"], name=op.f("fk_musyawarah_kelurahan_code_region")
        ),
        sa.ForeignKeyConstraint(
            ["period_id"], ["period.id"], name=op.f("fk_musyawarah_period_id_period")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_musyawarah")),
        sa.UniqueConstraint(
            "period_id",
            "kelurahan_code",
            "number",
            name=op.f("uq_musyawarah_period_id_kelurahan_code_number"),
        ),
    )
    op.create_index(
        "uq_musyawarah_under_way",
        "musyawarah",
        ["period_id", "kelurahan_code"],
        unique=True,
        postgresql_where=sa.text("stage IN ('frozen', 'open', 'ended')"),
    )
    op.create_table(
        "quorum_rule",
        sa.Column("id", sa.BigInteger(), sa.Identity(always=True), nullable=False),
        sa.Column("period_id", sa.Text(), nullable=False),
        sa.Column("kelurahan_code", sa.Text(), nullable=True),
        sa.Column("version", sa.SmallInteger(), nullable=False),
        sa.Column(
            "quorum", postgresql.JSONB(none_as_null=True, astext_type=sa.Text()), nullable=True
        ),
        sa.Column("set_by", sa.Text(), nullable=False),
        sa.Column(
            "set_at", sa.DateTime(timezone=True), server_default=sa.text("now()"), nullable=False
        ),
        sa.CheckConstraint("version >= 1", name=op.f("ck_quorum_rule_version")),
        sa.CheckConstraint(
            "num_nonnulls(kelurahan_code, quorum) > 0", name=op.f("ck_quorum_rule_round")
        ),
        sa.CheckConstraint(
            "quorum IS NULL OR coalesce((quorum -> 'people')::integer BETWEEN 1 AND 500"
            " AND (quorum -> 'elements')::integer BETWEEN 1 AND 6"
            " AND jsonb_typeof(quorum -> 'required') = 'array', false)",
            name=op.f("ck_quorum_rule_quorum"),
        ),
        sa.ForeignKeyConstraint(
            ["kelurahan_code"], ["region.code"], name=op.f("fk_quorum_rule_kelurahan_code_region")
        ),
        sa.ForeignKeyConstraint(
            ["period_id"], ["period.id"], name=op.f("fk_quorum_rule_period_id_period")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_quorum_rule")),
        sa.UniqueConstraint(
            "period_id",
            "kelurahan_code",
            "version",
            name=op.f("uq_quorum_rule_period_id_kelurahan_code_version"),
            postgresql_nulls_not_distinct=True,
        ),
    )
    op.create_table(
        "paper_form",
        sa.Column("id", sa.LargeBinary(), nullable=False),
        sa.Column("period_id", sa.Text(), nullable=False),
        sa.Column("kelurahan_code", sa.Text(), nullable=False),
        sa.Column("sealed", sa.LargeBinary(), nullable=False),
        sa.Column("keyed_by", sa.Text(), nullable=False),
        sa.Column(
            "keyed_at", sa.DateTime(timezone=True), server_default=sa.text("now()"), nullable=False
        ),
        sa.Column("checked_by", sa.Text(), nullable=True),
        sa.Column("checked_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("application_id", sa.LargeBinary(), nullable=True),
        sa.Column("complete", sa.Boolean(), nullable=False),
        sa.Column("withdrawn_by", sa.Text(), nullable=True),
        sa.Column("withdrawn_at", sa.DateTime(timezone=True), nullable=True),
        sa.CheckConstraint(
            "(checked_by IS NULL) = (application_id IS NULL)", name=op.f("ck_paper_form_checked")
        ),
        sa.CheckConstraint(
            "(withdrawn_by IS NULL) = (withdrawn_at IS NULL)", name=op.f("ck_paper_form_withdrawn")
        ),
        sa.CheckConstraint(
            "checked_by IS NULL OR (complete AND withdrawn_by IS NULL)",
            name=op.f("ck_paper_form_sent"),
        ),
        sa.CheckConstraint("checked_by <> keyed_by", name=op.f("ck_paper_form_two_people")),
        sa.CheckConstraint(
            "octet_length(application_id) = 16", name=op.f("ck_paper_form_application_id_length")
        ),
        sa.CheckConstraint("octet_length(id) = 16", name=op.f("ck_paper_form_id_length")),
        sa.ForeignKeyConstraint(
            ["kelurahan_code"], ["region.code"], name=op.f("fk_paper_form_kelurahan_code_region")
        ),
        sa.ForeignKeyConstraint(
            ["period_id"], ["period.id"], name=op.f("fk_paper_form_period_id_period")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_paper_form")),
    )
    op.create_index(
        "ix_paper_form_unchecked",
        "paper_form",
        ["kelurahan_code", "keyed_at"],
        unique=False,
        postgresql_where=sa.text("checked_by IS NULL AND withdrawn_by IS NULL"),
    )
    op.create_table(
        "sheet",
        sa.Column("id", sa.LargeBinary(), nullable=False),
        sa.Column("period_id", sa.Text(), nullable=False),
        sa.Column("kelurahan_code", sa.Text(), nullable=False),
        sa.Column("rw", sa.SmallInteger(), nullable=False),
        sa.Column("rt", sa.SmallInteger(), nullable=False),
        sa.Column("source", sa.Text(), nullable=False),
        sa.Column("number", sa.SmallInteger(), nullable=False),
        sa.Column("token_hash", sa.LargeBinary(), nullable=False),
        sa.Column("expires_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("made_by", sa.Text(), nullable=False),
        sa.Column(
            "made_at", sa.DateTime(timezone=True), server_default=sa.text("now()"), nullable=False
        ),
        sa.Column("handed_in_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("withdrawn_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("withdrawn_by", sa.Text(), nullable=True),
        sa.CheckConstraint(
            "(withdrawn_at IS NULL) = (withdrawn_by IS NULL)", name=op.f("ck_sheet_withdrawn")
        ),
        sa.CheckConstraint(
            "source IN ('rt', 'dasawisma', 'pendata')", name=op.f("ck_sheet_source")
        ),
        sa.CheckConstraint("octet_length(id) = 16", name=op.f("ck_sheet_id_length")),
        sa.CheckConstraint(
            "octet_length(token_hash) = 32", name=op.f("ck_sheet_token_hash_length")
        ),
        sa.ForeignKeyConstraint(
            ["kelurahan_code"], ["region.code"], name=op.f("fk_sheet_kelurahan_code_region")
        ),
        sa.ForeignKeyConstraint(
            ["period_id"], ["period.id"], name=op.f("fk_sheet_period_id_period")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_sheet")),
        sa.UniqueConstraint(
            "period_id",
            "kelurahan_code",
            "number",
            name=op.f("uq_sheet_period_id_kelurahan_code_number"),
        ),
        sa.UniqueConstraint("token_hash", name=op.f("uq_sheet_token_hash")),
    )
    op.create_index(
        "uq_sheet_standing",
        "sheet",
        ["period_id", "kelurahan_code", "rw", "rt", "source"],
        unique=True,
        postgresql_where=sa.text("withdrawn_at IS NULL"),
    )
    op.create_table(
        "access",
        sa.Column("id", sa.BigInteger(), sa.Identity(always=True), nullable=False),
        sa.Column(
            "at", sa.DateTime(timezone=True), server_default=sa.text("now()"), nullable=False
        ),
        sa.Column("actor_id", sa.Text(), nullable=False),
        sa.Column("actor_role", sa.Text(), nullable=False),
        sa.Column("application_id", sa.LargeBinary(), nullable=False),
        sa.Column("opened", sa.Text(), nullable=False),
        sa.Column("reason", sa.Text(), nullable=True),
        sa.CheckConstraint(
            "opened IN ('case', 'photo', 'name', 'receipt', 'annex', 'unmasked')",
            name=op.f("ck_access_opened"),
        ),
        sa.ForeignKeyConstraint(
            ["application_id"],
            ["application.id"],
            name=op.f("fk_access_application_id_application"),
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_access")),
    )
    op.create_index(op.f("ix_access_actor_id_id"), "access", ["actor_id", "id"], unique=False)
    op.create_index(
        op.f("ix_access_application_id_id"), "access", ["application_id", "id"], unique=False
    )
    op.create_table(
        "agenda_item",
        sa.Column("musyawarah_id", sa.LargeBinary(), nullable=False),
        sa.Column("number", sa.SmallInteger(), nullable=False),
        sa.Column("application_id", sa.LargeBinary(), nullable=False),
        sa.Column("part", sa.Text(), nullable=False),
        sa.Column("rw", sa.SmallInteger(), nullable=True),
        sa.Column("rt", sa.SmallInteger(), nullable=True),
        sa.Column("why", postgresql.ARRAY(sa.Text()), nullable=False),
        sa.Column("pulled_by", sa.Text(), nullable=True),
        sa.Column("pulled_at", sa.DateTime(timezone=True), nullable=True),
        sa.CheckConstraint("part IN ('a', 'b', 'c')", name=op.f("ck_agenda_item_part")),
        sa.CheckConstraint(
            "pulled_by IS NULL OR part = 'a'", name=op.f("ck_agenda_item_pulled_from_list")
        ),
        sa.CheckConstraint(
            "(pulled_by IS NULL) = (pulled_at IS NULL)", name=op.f("ck_agenda_item_pulled")
        ),
        sa.ForeignKeyConstraint(
            ["application_id"],
            ["application.id"],
            name=op.f("fk_agenda_item_application_id_application"),
        ),
        sa.ForeignKeyConstraint(
            ["musyawarah_id"],
            ["musyawarah.id"],
            name=op.f("fk_agenda_item_musyawarah_id_musyawarah"),
        ),
        sa.PrimaryKeyConstraint("musyawarah_id", "number", name=op.f("pk_agenda_item")),
        sa.UniqueConstraint(
            "musyawarah_id",
            "application_id",
            name=op.f("uq_agenda_item_musyawarah_id_application_id"),
        ),
    )
    op.create_index(
        op.f("ix_agenda_item_application_id"), "agenda_item", ["application_id"], unique=False
    )
    op.create_table(
        "attendee",
        sa.Column("musyawarah_id", sa.LargeBinary(), nullable=False),
        sa.Column("number", sa.SmallInteger(), nullable=False),
        sa.Column("element", sa.Text(), nullable=False),
        sa.Column("sealed", sa.LargeBinary(), nullable=False),
        sa.Column("noted_by", sa.Text(), nullable=False),
        sa.Column(
            "noted_at", sa.DateTime(timezone=True), server_default=sa.text("now()"), nullable=False
        ),
        sa.Column("withdrawn_at", sa.DateTime(timezone=True), nullable=True),
        sa.CheckConstraint(
            "element IN ('lurah', 'rt_rw', 'pkk_dasawisma', 'pendamping', 'tokoh_masyarakat', 'tokoh_agama', 'peninjau')",
            name=op.f("ck_attendee_element"),
        ),
        sa.ForeignKeyConstraint(
            ["musyawarah_id"], ["musyawarah.id"], name=op.f("fk_attendee_musyawarah_id_musyawarah")
        ),
        sa.PrimaryKeyConstraint("musyawarah_id", "number", name=op.f("pk_attendee")),
    )
    op.create_table(
        "minutes",
        sa.Column("id", sa.LargeBinary(), nullable=False),
        sa.Column("musyawarah_id", sa.LargeBinary(), nullable=False),
        sa.Column("period_id", sa.Text(), nullable=False),
        sa.Column("kelurahan_code", sa.Text(), nullable=False),
        sa.Column("number", sa.SmallInteger(), nullable=False),
        sa.Column("corrects", sa.LargeBinary(), nullable=True),
        sa.Column("reason", sa.LargeBinary(), nullable=True),
        sa.Column("asked_by", sa.Text(), nullable=False),
        sa.Column(
            "asked_at", sa.DateTime(timezone=True), server_default=sa.text("now()"), nullable=False
        ),
        sa.Column("attempts", sa.SmallInteger(), server_default=sa.text("0"), nullable=False),
        sa.Column("next_try_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("made_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("digest", sa.LargeBinary(), nullable=True),
        sa.Column("file_digest", sa.LargeBinary(), nullable=True),
        sa.Column("content", sa.LargeBinary(), nullable=True),
        sa.Column("pdf", sa.LargeBinary(), nullable=True),
        sa.Column("xlsx", sa.LargeBinary(), nullable=True),
        sa.CheckConstraint("(corrects IS NULL) = (reason IS NULL)", name=op.f("ck_minutes_reason")),
        sa.CheckConstraint("corrects <> id", name=op.f("ck_minutes_corrects_another")),
        sa.CheckConstraint(
            "num_nulls(made_at, digest, file_digest, content, pdf, xlsx) IN (0, 6)",
            name=op.f("ck_minutes_made"),
        ),
        sa.CheckConstraint("octet_length(digest) = 32", name=op.f("ck_minutes_digest_length")),
        sa.CheckConstraint(
            "octet_length(file_digest) = 32", name=op.f("ck_minutes_file_digest_length")
        ),
        sa.CheckConstraint("octet_length(id) = 16", name=op.f("ck_minutes_id_length")),
        sa.ForeignKeyConstraint(
            ["corrects"], ["minutes.id"], name=op.f("fk_minutes_corrects_minutes")
        ),
        sa.ForeignKeyConstraint(
            ["kelurahan_code"], ["region.code"], name=op.f("fk_minutes_kelurahan_code_region")
        ),
        sa.ForeignKeyConstraint(
            ["musyawarah_id"], ["musyawarah.id"], name=op.f("fk_minutes_musyawarah_id_musyawarah")
        ),
        sa.ForeignKeyConstraint(
            ["period_id"], ["period.id"], name=op.f("fk_minutes_period_id_period")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_minutes")),
        sa.UniqueConstraint("corrects", name=op.f("uq_minutes_corrects")),
        sa.UniqueConstraint("digest", name=op.f("uq_minutes_digest")),
        sa.UniqueConstraint("file_digest", name=op.f("uq_minutes_file_digest")),
        sa.UniqueConstraint(
            "period_id",
            "kelurahan_code",
            "number",
            name=op.f("uq_minutes_period_id_kelurahan_code_number"),
        ),
    )
    op.create_index(op.f("ix_minutes_musyawarah_id"), "minutes", ["musyawarah_id"], unique=False)
    op.create_index(
        "ix_minutes_waiting",
        "minutes",
        ["asked_at"],
        unique=False,
        postgresql_where=sa.text("made_at IS NULL"),
    )
    op.create_table(
        "correction",
        sa.Column("id", sa.LargeBinary(), nullable=False),
        sa.Column("minutes_id", sa.LargeBinary(), nullable=False),
        sa.Column("kelurahan_code", sa.Text(), nullable=False),
        sa.Column("sealed", sa.LargeBinary(), nullable=False),
        sa.Column("recorded_by", sa.Text(), nullable=False),
        sa.Column(
            "recorded_at",
            sa.DateTime(timezone=True),
            server_default=sa.text("now()"),
            nullable=False,
        ),
        sa.Column("decided_by", sa.Text(), nullable=True),
        sa.Column("decided_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("accepted", sa.Boolean(), nullable=True),
        sa.CheckConstraint("decided_by <> recorded_by", name=op.f("ck_correction_two_people")),
        sa.CheckConstraint(
            "num_nulls(decided_by, decided_at, accepted) IN (0, 3)",
            name=op.f("ck_correction_decided"),
        ),
        sa.CheckConstraint("octet_length(id) = 16", name=op.f("ck_correction_id_length")),
        sa.ForeignKeyConstraint(
            ["kelurahan_code"], ["region.code"], name=op.f("fk_correction_kelurahan_code_region")
        ),
        sa.ForeignKeyConstraint(
            ["minutes_id"], ["minutes.id"], name=op.f("fk_correction_minutes_id_minutes")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_correction")),
    )
    op.create_index(
        "uq_correction_waiting",
        "correction",
        ["minutes_id"],
        unique=True,
        postgresql_where=sa.text("decided_at IS NULL"),
    )
    op.create_table(
        "objection",
        sa.Column("id", sa.BigInteger(), sa.Identity(always=True), nullable=False),
        sa.Column("application_id", sa.LargeBinary(), nullable=False),
        sa.Column("sealed", sa.LargeBinary(), nullable=False),
        sa.Column("taken_by", sa.Text(), nullable=False),
        sa.Column(
            "at", sa.DateTime(timezone=True), server_default=sa.text("now()"), nullable=False
        ),
        sa.ForeignKeyConstraint(
            ["application_id"],
            ["application.id"],
            name=op.f("fk_objection_application_id_application"),
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_objection")),
    )
    op.create_index(
        op.f("ix_objection_application_id_id"), "objection", ["application_id", "id"], unique=False
    )
    op.create_table(
        "question",
        sa.Column("id", sa.BigInteger(), sa.Identity(always=True), nullable=False),
        sa.Column("application_id", sa.LargeBinary(), nullable=False),
        sa.Column("musyawarah_id", sa.LargeBinary(), nullable=True),
        sa.Column("asked_by", sa.Text(), nullable=False),
        sa.Column(
            "asked_at", sa.DateTime(timezone=True), server_default=sa.text("now()"), nullable=False
        ),
        sa.Column("question", sa.LargeBinary(), nullable=False),
        sa.Column("answered_by", sa.Text(), nullable=True),
        sa.Column("answered_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("answer", sa.LargeBinary(), nullable=True),
        sa.CheckConstraint(
            "(answered_at IS NULL) = (answer IS NULL)", name=op.f("ck_question_answered")
        ),
        sa.CheckConstraint(
            "answered_by IS NULL OR answered_at IS NOT NULL", name=op.f("ck_question_answered_by")
        ),
        sa.ForeignKeyConstraint(
            ["application_id"],
            ["application.id"],
            name=op.f("fk_question_application_id_application"),
        ),
        sa.ForeignKeyConstraint(
            ["musyawarah_id"], ["musyawarah.id"], name=op.f("fk_question_musyawarah_id_musyawarah")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_question")),
    )
    op.create_index(
        op.f("ix_question_application_id_id"), "question", ["application_id", "id"], unique=False
    )
    op.create_table(
        "ruling",
        sa.Column("id", sa.BigInteger(), sa.Identity(always=True), nullable=False),
        sa.Column("application_id", sa.LargeBinary(), nullable=False),
        sa.Column("other_id", sa.LargeBinary(), nullable=False),
        sa.Column("kind", sa.Text(), nullable=False),
        sa.Column("sealed", sa.LargeBinary(), nullable=False),
        sa.Column("actor_id", sa.Text(), nullable=False),
        sa.Column(
            "at", sa.DateTime(timezone=True), server_default=sa.text("now()"), nullable=False
        ),
        sa.CheckConstraint("kind IN ('merged', 'apart', 'theirs')", name=op.f("ck_ruling_kind")),
        sa.CheckConstraint("application_id <> other_id", name=op.f("ck_ruling_two")),
        sa.ForeignKeyConstraint(
            ["application_id"],
            ["application.id"],
            name=op.f("fk_ruling_application_id_application"),
        ),
        sa.ForeignKeyConstraint(
            ["other_id"], ["application.id"], name=op.f("fk_ruling_other_id_application")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_ruling")),
    )
    op.create_index(
        op.f("ix_ruling_application_id_id"), "ruling", ["application_id", "id"], unique=False
    )
    op.create_index(op.f("ix_ruling_other_id_id"), "ruling", ["other_id", "id"], unique=False)
    op.create_table(
        "sheet_line",
        sa.Column("sheet_id", sa.LargeBinary(), nullable=False),
        sa.Column("line", sa.SmallInteger(), nullable=False),
        sa.Column("application_id", sa.LargeBinary(), nullable=False),
        sa.Column("mark", sa.Text(), nullable=True),
        sa.Column("via", sa.Text(), nullable=True),
        sa.Column("marked_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("keyed_by", sa.Text(), nullable=True),
        sa.Column("second_mark", sa.Text(), nullable=True),
        sa.Column("checked_by", sa.Text(), nullable=True),
        sa.Column("checked_at", sa.DateTime(timezone=True), nullable=True),
        sa.CheckConstraint(
            "(keyed_by IS NULL) = (via IS DISTINCT FROM 'paper')",
            name=op.f("ck_sheet_line_keyed_by"),
        ),
        sa.CheckConstraint(
            "mark IN ('known', 'moved', 'died', 'not_found', 'discuss')",
            name=op.f("ck_sheet_line_mark"),
        ),
        sa.CheckConstraint(
            "second_mark IN ('known', 'moved', 'died', 'not_found', 'discuss')",
            name=op.f("ck_sheet_line_second_mark"),
        ),
        sa.CheckConstraint("via IN ('link', 'paper')", name=op.f("ck_sheet_line_via")),
        sa.CheckConstraint("(mark IS NULL) = (via IS NULL)", name=op.f("ck_sheet_line_marked")),
        sa.CheckConstraint(
            "(second_mark IS NULL) = (checked_by IS NULL)", name=op.f("ck_sheet_line_checked_by")
        ),
        sa.CheckConstraint("checked_by <> keyed_by", name=op.f("ck_sheet_line_two_people")),
        sa.ForeignKeyConstraint(
            ["application_id"],
            ["application.id"],
            name=op.f("fk_sheet_line_application_id_application"),
        ),
        sa.ForeignKeyConstraint(
            ["sheet_id"], ["sheet.id"], name=op.f("fk_sheet_line_sheet_id_sheet")
        ),
        sa.PrimaryKeyConstraint("sheet_id", "line", name=op.f("pk_sheet_line")),
        sa.UniqueConstraint(
            "sheet_id", "application_id", name=op.f("uq_sheet_line_sheet_id_application_id")
        ),
    )
    op.create_index(
        op.f("ix_sheet_line_application_id"), "sheet_line", ["application_id"], unique=False
    )
    op.create_table(
        "visit",
        sa.Column("id", sa.LargeBinary(), nullable=False),
        sa.Column("application_id", sa.LargeBinary(), nullable=False),
        sa.Column("kelurahan_code", sa.Text(), nullable=False),
        sa.Column("officer_id", sa.Text(), nullable=False),
        sa.Column("started_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("ended_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column(
            "received_at",
            sa.DateTime(timezone=True),
            server_default=sa.text("now()"),
            nullable=False,
        ),
        sa.Column("outcome", sa.Text(), nullable=False),
        sa.Column("call", sa.Text(), nullable=True),
        sa.Column("ktp", sa.Text(), nullable=True),
        sa.Column("sealed", sa.LargeBinary(), nullable=False),
        sa.CheckConstraint(
            "call IN ('answered', 'unanswered', 'wrong_number')", name=op.f("ck_visit_call")
        ),
        sa.CheckConstraint("ktp IN ('same', 'differs', 'not_shown')", name=op.f("ck_visit_ktp")),
        sa.CheckConstraint(
            "outcome IN ('met', 'nobody_home', 'address_not_found')", name=op.f("ck_visit_outcome")
        ),
        sa.CheckConstraint("ended_at >= started_at", name=op.f("ck_visit_times")),
        sa.CheckConstraint("octet_length(id) = 16", name=op.f("ck_visit_id_length")),
        sa.ForeignKeyConstraint(
            ["application_id"], ["application.id"], name=op.f("fk_visit_application_id_application")
        ),
        sa.ForeignKeyConstraint(
            ["kelurahan_code"], ["region.code"], name=op.f("fk_visit_kelurahan_code_region")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_visit")),
    )
    op.create_index(
        op.f("ix_visit_application_id_started_at"),
        "visit",
        ["application_id", "started_at"],
        unique=False,
    )
    op.create_index(
        op.f("ix_visit_kelurahan_code_started_at"),
        "visit",
        ["kelurahan_code", "started_at"],
        unique=False,
    )
    op.create_table(
        "verdict",
        sa.Column("musyawarah_id", sa.LargeBinary(), nullable=False),
        sa.Column("number", sa.SmallInteger(), nullable=False),
        sa.Column("version", sa.SmallInteger(), nullable=False),
        sa.Column("key", sa.LargeBinary(), nullable=False),
        sa.Column("verdict", sa.Text(), nullable=True),
        sa.Column("reason", sa.Text(), nullable=True),
        sa.Column("sealed", sa.LargeBinary(), nullable=True),
        sa.Column("stepped_aside", postgresql.ARRAY(sa.Text()), nullable=False),
        sa.Column("dissent", postgresql.ARRAY(sa.Text()), nullable=False),
        sa.Column("via", sa.Text(), nullable=False),
        sa.Column("by", sa.Text(), nullable=False),
        sa.Column(
            "at", sa.DateTime(timezone=True), server_default=sa.text("now()"), nullable=False
        ),
        sa.CheckConstraint(
            "(reason IS NOT NULL) = (verdict IS NOT DISTINCT FROM 'not_proposed')",
            name=op.f("ck_verdict_reason"),
        ),
        sa.CheckConstraint(
            "verdict IN ('proposed', 'not_proposed', 'field_check', 'postponed')",
            name=op.f("ck_verdict_verdict"),
        ),
        sa.CheckConstraint("via IN ('one', 'list', 'paper')", name=op.f("ck_verdict_via")),
        sa.CheckConstraint("octet_length(key) = 16", name=op.f("ck_verdict_key_length")),
        sa.CheckConstraint("version >= 1", name=op.f("ck_verdict_version")),
        sa.ForeignKeyConstraint(
            ["musyawarah_id", "number"],
            ["agenda_item.musyawarah_id", "agenda_item.number"],
            name=op.f("fk_verdict_musyawarah_id_number_agenda_item"),
        ),
        sa.PrimaryKeyConstraint("musyawarah_id", "number", "version", name=op.f("pk_verdict")),
        sa.UniqueConstraint(
            "musyawarah_id", "number", "key", name=op.f("uq_verdict_musyawarah_id_number_key")
        ),
    )
    op.add_column("application", sa.Column("organisation", sa.Text(), nullable=True))
    op.add_column(
        "application",
        sa.Column(
            "criteria",
            sa.SmallInteger(),
            sa.Computed(
                'jsonb_array_length(jsonb_path_query_array(screening, \'$."flags"[*]?(@."kind" == "kriteria")\'))',
                persisted=True,
            ),
            nullable=False,
        ),
    )
    op.alter_column(
        "application",
        "score",
        existing_type=sa.NUMERIC(),
        type_=sa.SmallInteger(),
        nullable=False,
        postgresql_using="coalesce(round(score), 0)::smallint",
    )
    op.add_column(
        "application",
        sa.Column(
            "turn",
            sa.BigInteger(),
            sa.Computed(
                "((CASE WHEN priority THEN 0 ELSE 1 END)::bigint << 56)"
                " | ((32767 - score)::bigint << 40) | (entry & 1099511627775)",
                persisted=True,
            ),
            nullable=False,
        ),
    )
    op.drop_index(
        op.f("ix_application_queue"),
        table_name="application",
        postgresql_where="(state = 'queued'::text)",
    )
    op.create_index(
        "ix_application_queue",
        "application",
        ["period_id", "kelurahan_code", "state", "turn"],
        unique=False,
        postgresql_include=["rw", "rt", "id", "organisation", "received_at"],
    )
    op.create_index(
        "ix_application_replacing",
        "application",
        ["nik_index", "period_id", "replaces"],
        unique=False,
        postgresql_include=["replaces_entry", "kelurahan_code", "organisation"],
        postgresql_where=sa.text("replaces IS NOT NULL"),
    )
    op.create_index(
        "ix_application_organisation",
        "application",
        ["organisation", "entry"],
        unique=False,
        postgresql_where=sa.text("organisation IS NOT NULL"),
    )
    op.add_column("event", sa.Column("musyawarah_id", sa.LargeBinary(), nullable=True))
    op.alter_column("event", "application_id", existing_type=postgresql.BYTEA(), nullable=True)
    op.create_index(
        op.f("ix_event_musyawarah_id_id"),
        "event",
        ["musyawarah_id", "id"],
        unique=False,
        postgresql_where=sa.text("musyawarah_id IS NOT NULL"),
    )
    op.create_foreign_key(
        op.f("fk_event_musyawarah_id_musyawarah"), "event", "musyawarah", ["musyawarah_id"], ["id"]
    )
    op.add_column("photo", sa.Column("visit_id", sa.LargeBinary(), nullable=True))
    op.create_check_constraint(
        op.f("ck_event_subject"), "event", "num_nonnulls(application_id, musyawarah_id) > 0"
    )
    op.create_check_constraint(
        op.f("ck_photo_visit_id_length"), "photo", "octet_length(visit_id) = 16"
    )
    op.drop_constraint(op.f("ck_photo_kind"), "photo", type_="check")
    op.create_check_constraint(
        op.f("ck_photo_kind"),
        "photo",
        KINDS.format(", 'atap', 'lantai', 'dinding', 'daftar_hadir'"),
    )
    for table in WITH_PRACTICE:
        op.create_check_constraint(
            op.f(f"ck_{table}_practice"),
            table,
            "(kelurahan_code = '00.00.00.0000') = starts_with(period_id, 'latihan-')",
        )
    for table in APPEND_ONLY:
        op.execute(
            f"""
            CREATE TRIGGER append_only BEFORE UPDATE OR DELETE OR TRUNCATE ON {table}
            FOR EACH STATEMENT EXECUTE FUNCTION refuse_change()
            """
        )
        op.execute(f"ALTER TABLE {table} ENABLE ALWAYS TRIGGER append_only")
    refuse_all_but_resealing()


def refuse_all_but_resealing() -> None:
    """Guard tables that are append-only but hold something sealed: a new key may seal it anew.

    Only where the transaction says that it does this, by the owner, and nothing else of the row is
    other than before. AES-GCM adds the same to every text, so the same text keeps its length; byte
    0 is the format, byte 1 the key's id: see registry.sealing. What was damaged to nothing stays.
    """
    op.execute(
        """
        CREATE FUNCTION refuse_all_but_resealing() RETURNS trigger LANGUAGE plpgsql AS $$
        DECLARE
            kept record;
        BEGIN
            IF TG_OP = 'UPDATE' AND current_setting('fmotm.resealing', true) = 'on'
                AND pg_has_role(current_user,
                    (SELECT relowner FROM pg_catalog.pg_class WHERE oid = TG_RELID), 'USAGE')
            THEN
                IF TG_LEVEL = 'STATEMENT' THEN
                    RETURN NULL;  -- each row is looked at
                END IF;
                kept := NEW;
                kept.sealed := OLD.sealed;
                IF kept *= OLD AND octet_length(OLD.sealed) > 1
                    AND octet_length(NEW.sealed) = octet_length(OLD.sealed)
                THEN
                    IF get_byte(NEW.sealed, 0) = get_byte(OLD.sealed, 0)
                        AND get_byte(NEW.sealed, 1) > get_byte(OLD.sealed, 1)
                    THEN
                        RETURN NEW;
                    END IF;
                END IF;
            END IF;
            RAISE EXCEPTION '% is append-only: % refused', TG_TABLE_NAME, TG_OP
                USING ERRCODE = 'restrict_violation';
        END $$
        """
    )
    for table in RESEALED_ONLY:
        for trigger, events, level in (
            ("append_only", "UPDATE OR DELETE OR TRUNCATE", "STATEMENT"),
            ("resealed_only", "UPDATE", "ROW"),
        ):
            op.execute(
                f"""
                CREATE TRIGGER {trigger} BEFORE {events} ON {table}
                FOR EACH {level} EXECUTE FUNCTION refuse_all_but_resealing()
                """
            )
            op.execute(f"ALTER TABLE {table} ENABLE ALWAYS TRIGGER {trigger}")


def downgrade() -> None:
    op.drop_constraint(op.f("ck_application_practice"), "application", type_="check")
    op.drop_constraint(op.f("ck_photo_kind"), "photo", type_="check")
    op.create_check_constraint(op.f("ck_photo_kind"), "photo", KINDS.format(""))
    op.drop_constraint(op.f("ck_event_subject"), "event", type_="check")
    op.drop_column("photo", "visit_id")
    op.drop_constraint(op.f("fk_event_musyawarah_id_musyawarah"), "event", type_="foreignkey")
    op.drop_index(
        op.f("ix_event_musyawarah_id_id"),
        table_name="event",
        postgresql_where=sa.text("musyawarah_id IS NOT NULL"),
    )
    op.alter_column("event", "application_id", existing_type=postgresql.BYTEA(), nullable=False)
    op.drop_column("event", "musyawarah_id")
    op.drop_index(
        "ix_application_organisation",
        table_name="application",
        postgresql_where=sa.text("organisation IS NOT NULL"),
    )
    op.drop_index(
        "ix_application_replacing",
        table_name="application",
        postgresql_where=sa.text("replaces IS NOT NULL"),
    )
    op.drop_index("ix_application_queue", table_name="application")
    op.drop_column("application", "turn")
    op.create_index(
        op.f("ix_application_queue"),
        "application",
        [
            "period_id",
            "kelurahan_code",
            sa.literal_column("priority DESC"),
            sa.literal_column("score DESC NULLS LAST"),
            "entry",
        ],
        unique=False,
        postgresql_where="(state = 'queued'::text)",
    )
    op.alter_column(
        "application", "score", existing_type=sa.SmallInteger(), type_=sa.NUMERIC(), nullable=True
    )
    op.drop_column("application", "criteria")
    op.drop_column("application", "organisation")
    op.drop_table("verdict")
    op.drop_index(op.f("ix_visit_kelurahan_code_started_at"), table_name="visit")
    op.drop_index(op.f("ix_visit_application_id_started_at"), table_name="visit")
    op.drop_table("visit")
    op.drop_index(op.f("ix_sheet_line_application_id"), table_name="sheet_line")
    op.drop_table("sheet_line")
    op.drop_index(op.f("ix_ruling_other_id_id"), table_name="ruling")
    op.drop_index(op.f("ix_ruling_application_id_id"), table_name="ruling")
    op.drop_table("ruling")
    op.drop_index(op.f("ix_question_application_id_id"), table_name="question")
    op.drop_table("question")
    op.drop_index(op.f("ix_objection_application_id_id"), table_name="objection")
    op.drop_table("objection")
    op.drop_index(
        "uq_correction_waiting",
        table_name="correction",
        postgresql_where=sa.text("decided_at IS NULL"),
    )
    op.drop_table("correction")
    op.drop_index(
        "ix_minutes_waiting", table_name="minutes", postgresql_where=sa.text("made_at IS NULL")
    )
    op.drop_index(op.f("ix_minutes_musyawarah_id"), table_name="minutes")
    op.drop_table("minutes")
    op.drop_table("attendee")
    op.drop_index(op.f("ix_agenda_item_application_id"), table_name="agenda_item")
    op.drop_table("agenda_item")
    op.drop_index(op.f("ix_access_application_id_id"), table_name="access")
    op.drop_index(op.f("ix_access_actor_id_id"), table_name="access")
    op.drop_table("access")
    op.drop_index(
        "uq_sheet_standing", table_name="sheet", postgresql_where=sa.text("withdrawn_at IS NULL")
    )
    op.drop_table("sheet")
    op.drop_index(
        "ix_paper_form_unchecked",
        table_name="paper_form",
        postgresql_where=sa.text("checked_by IS NULL AND withdrawn_by IS NULL"),
    )
    op.drop_table("paper_form")
    op.drop_index(
        "uq_musyawarah_under_way",
        table_name="musyawarah",
        postgresql_where=sa.text("stage IN ('frozen', 'open', 'ended')"),
    )
    op.drop_table("quorum_rule")
    op.drop_table("musyawarah")
    op.execute("DROP FUNCTION refuse_all_but_resealing()")
