"""Who sees which rows: row-level security by the setting `fmotm.scope`, and what strangers may ask.

A transaction that does not say for whom it acts sees no household. FORCE: the owner neither. What
the public may know it asks of functions that see everything and answer one narrow question; each
has its own `fmotm.scope`, which ends with it.
"""

from alembic import op

revision = "0005"
down_revision = "0004"
branch_labels = None
depends_on = None

BY_KELURAHAN = ("correction", "minutes", "musyawarah", "paper_form", "sheet", "visit")
BY_APPLICATION = ("access", "objection", "person_index", "question", "ruling")
BY_MUSYAWARAH = ("agenda_item", "attendee", "verdict")
SOFTWARE_ONLY = ("intake", "quarantine")
SET_BY_DINAS = ("admission_rule", "quorum_rule")

# Subselects, so that PostgreSQL evaluates them once for a statement, not for each row.
ALL = "(SELECT scope_all())"
KELURAHAN = "kelurahan_code = ANY ((SELECT scope_kelurahan())::text[])"
APPLICATION = "EXISTS (SELECT FROM application a WHERE a.id = application_id)"
MUSYAWARAH = "EXISTS (SELECT FROM musyawarah m WHERE m.id = musyawarah_id)"

POLICIES = {
    "application": f"{ALL} OR {KELURAHAN} OR organisation = (SELECT scope_organisation())",
    **{table: f"{ALL} OR {KELURAHAN}" for table in BY_KELURAHAN},
    **{table: f"{ALL} OR {APPLICATION}" for table in BY_APPLICATION},
    **{table: f"{ALL} OR {MUSYAWARAH}" for table in BY_MUSYAWARAH},
    **dict.fromkeys(SOFTWARE_ONLY, ALL),
    "event": f"{ALL} OR {APPLICATION} OR {MUSYAWARAH}",
    "sheet_line": f"{ALL} OR EXISTS (SELECT FROM sheet s WHERE s.id = sheet_id)",
    # The id in a photo's row is an application's or, for an attendance list, a musyawarah's.
    "photo": f"{ALL} OR {APPLICATION} OR EXISTS (SELECT FROM musyawarah m WHERE m.id = application_id)",
}

SETTINGS = (
    """
    CREATE FUNCTION scope_all() RETURNS boolean LANGUAGE sql STABLE PARALLEL SAFE AS $$
        SELECT coalesce(current_setting('fmotm.scope', true) = 'all', false)
    $$
    """,
    """
    CREATE FUNCTION scope_kelurahan() RETURNS text[] LANGUAGE sql STABLE PARALLEL SAFE AS $$
        SELECT CASE WHEN current_setting('fmotm.scope', true) LIKE 'kelurahan:%'
            THEN string_to_array(substr(current_setting('fmotm.scope', true), 11), ',')
            ELSE '{}' END
    $$
    """,
    """
    CREATE FUNCTION scope_organisation() RETURNS text LANGUAGE sql STABLE PARALLEL SAFE AS $$
        SELECT CASE WHEN current_setting('fmotm.scope', true) LIKE 'organisation:%'
            THEN NULLIF(substr(current_setting('fmotm.scope', true), 14), '') END
    $$
    """,
)

SEES_ALL = """SECURITY DEFINER SET search_path = pg_catalog, public AS $$
    #variable_conflict use_column
    DECLARE scope_before text := coalesce(current_setting('fmotm.scope', true), '');
    BEGIN
        PERFORM set_config('fmotm.scope', 'all', true);
        RETURN QUERY
"""
THEN_BACK = """;
        PERFORM set_config('fmotm.scope', scope_before, true);
    END $$
"""

# Practice (`latihan-1`, …) is nobody's: none of what is public answers for it.

# A later application of the same NIK carried this one's receipt: known also to those who may not
# see that later one, because it went to another kelurahan. Later by entry number. Versions may
# carry each other's receipts in a ring, when the household goes back to answers that it gave
# before: sent again with the receipt of that later one, or of one sent after it, this one stands.
# So at least one of a ring always does: there is a version whose receipt was carried the longest
# ago, and all of the ring is later than that.
SUPERSEDES = """
    later.period_id = {0}.period_id AND later.nik_index = {0}.nik_index
        AND later.replaces = {0}.receipt AND later.replaces_entry > {0}.entry
        AND NOT coalesce(
            {0}.replaces_entry > later.replaces_entry AND EXISTS (
                SELECT FROM application carried
                WHERE carried.period_id = {0}.period_id AND carried.nik_index = {0}.nik_index
                    AND carried.receipt = {0}.replaces
                    AND carried.replaces_entry >= later.replaces_entry
            ), false)
"""
SUPERSEDED = f"EXISTS (SELECT FROM application later WHERE {SUPERSEDES})"

# Two of whom a person said last that they are two households, wherever that was said.
NOT_APART = """
    coalesce((
        SELECT r.kind FROM ruling r
        WHERE (r.application_id = a.id AND r.other_id = o.id)
            OR (r.application_id = o.id AND r.other_id = a.id)
        ORDER BY r.id DESC LIMIT 1), '') <> 'apart'
"""

FUNCTIONS = {
    "superseded_in(text, text)": f"""
    CREATE FUNCTION superseded_in(asked_period text, asked_kelurahan text) RETURNS SETOF bytea
    LANGUAGE plpgsql STABLE {SEES_ALL}
        SELECT a.id FROM application a
        WHERE a.period_id = asked_period AND a.kelurahan_code = asked_kelurahan
            AND {SUPERSEDED.format("a")}
    {THEN_BACK}""",
    # Of what an organisation sent; the later one may be the household's own.
    "superseded_of(text, text)": f"""
    CREATE FUNCTION superseded_of(asked_period text, asked_organisation text) RETURNS SETOF bytea
    LANGUAGE plpgsql STABLE {SEES_ALL}
        SELECT a.id FROM application a
        WHERE a.period_id = asked_period AND a.organisation = asked_organisation
            AND {SUPERSEDED.format("a")}
    {THEN_BACK}""",
    # Of all kelurahan: from the few that replace, for a join would read every application.
    "superseded_in_round(text)": f"""
    CREATE FUNCTION superseded_in_round(asked_period text) RETURNS TABLE (
        id bytea, kelurahan_code text, state text, received_at timestamptz
    ) LANGUAGE plpgsql STABLE ROWS 10000 {SEES_ALL}
        SELECT DISTINCT gone.* FROM application later
        CROSS JOIN LATERAL (
            SELECT a.id, a.kelurahan_code, a.state, a.received_at FROM application a WHERE {SUPERSEDES.format("a")} OFFSET 0
        ) gone
        WHERE later.period_id = asked_period AND later.replaces IS NOT NULL
    {THEN_BACK}""",
    # The others like these: no receipt, for it opens the status, and nothing sealed.
    "kin(bytea[])": f"""
    CREATE FUNCTION kin(ids bytea[]) RETURNS TABLE (
        application_id bytea, other_id bytea, kelurahan_code text, state text, entry bigint,
        rival boolean, same_kk boolean
    ) LANGUAGE plpgsql STABLE ROWS 50 {SEES_ALL}
        SELECT a.id, o.id, o.kelurahan_code, o.state, o.entry,
            o.nik_index = a.nik_index, coalesce(o.kk_index = a.kk_index, false)
        FROM application a
        CROSS JOIN LATERAL (
            SELECT k.id FROM application k
            WHERE k.period_id = a.period_id AND k.kk_index = a.kk_index AND k.id <> a.id
            UNION
            SELECT p.application_id FROM person_index p
            WHERE p.period_id = a.period_id AND p.application_id <> a.id AND p.nik_index = ANY (
                ARRAY(SELECT mine.nik_index FROM person_index mine WHERE mine.application_id = a.id))
        ) found
        JOIN application o ON o.id = found.id
        WHERE a.id = ANY (ids) AND o.state <> 'withdrawn' AND NOT {SUPERSEDED.format("o")}
            AND {NOT_APART}
    {THEN_BACK}""",
    "public_status(bytea, text, bytea)": f"""
    CREATE FUNCTION public_status(asked_nik bytea, asked_receipt text, asked_kk bytea) RETURNS TABLE (
        application_id bytea, period text, receipt text, state text, received_at timestamptz,
        state_since timestamptz, kelurahan text, entry bigint, superseded boolean, reason text,
        verdict bytea, asked boolean
    ) LANGUAGE plpgsql STABLE ROWS 3 {SEES_ALL}
        SELECT a.id, a.period_id, a.receipt, a.state, a.received_at, a.state_since,
            a.kelurahan_code, a.entry, {SUPERSEDED.format("a")}, last.reason, said.sealed,
            EXISTS (SELECT FROM question q WHERE q.application_id = a.id)
        FROM application a
        LEFT JOIN LATERAL (
            SELECT e.reason, e.musyawarah_id FROM event e
            WHERE e.application_id = a.id AND e.to_state = a.state ORDER BY e.id DESC LIMIT 1
        ) last ON a.state IN ('not_proposed', 'withdrawn', 'needs_correction', 'objected',
            'finalised', 'proposed', 'field_check')
        LEFT JOIN LATERAL (
            SELECT v.sealed FROM agenda_item i
            JOIN verdict v ON v.musyawarah_id = i.musyawarah_id AND v.number = i.number
            WHERE i.musyawarah_id = last.musyawarah_id AND i.application_id = a.id
            ORDER BY v.version DESC LIMIT 1
        ) said ON true
        WHERE a.nik_index = asked_nik AND NOT starts_with(a.period_id, 'latihan-')
            AND ((asked_receipt IS NOT NULL AND a.receipt = asked_receipt)
                OR (asked_receipt IS NULL AND a.kk_index = asked_kk))
        UNION ALL
        SELECT q.application_id, q.period_id, q.receipt, 'received', q.received_at, q.received_at,
            NULL, q.entry, false, NULL, NULL, false
        FROM quarantine q
        WHERE q.nik_index = asked_nik
            AND ((asked_receipt IS NOT NULL AND q.receipt = asked_receipt)
                OR (asked_receipt IS NULL AND q.kk_index = asked_kk))
            AND NOT EXISTS (SELECT FROM application a WHERE a.id = q.application_id)
            AND NOT EXISTS (
                SELECT FROM quarantine earlier
                WHERE earlier.application_id = q.application_id AND earlier.entry < q.entry)
    {THEN_BACK}""",
    "public_photos(bytea)": f"""
    CREATE FUNCTION public_photos(asked_application bytea) RETURNS TABLE (
        kind text, state text, reason text, created_at timestamptz
    ) LANGUAGE plpgsql STABLE ROWS 5 {SEES_ALL}
        SELECT p.kind, p.state, p.reason, p.created_at FROM photo p
        WHERE p.application_id = asked_application AND p.visit_id IS NULL
            AND NOT EXISTS (
                SELECT FROM application a
                WHERE a.id = p.application_id AND starts_with(a.period_id, 'latihan-'))
        ORDER BY p.number DESC
    {THEN_BACK}""",
    "public_questions(bytea, text)": f"""
    CREATE FUNCTION public_questions(asked_nik bytea, asked_receipt text) RETURNS TABLE (
        id bigint, application_id bytea, asked_at timestamptz, question bytea, answered_at timestamptz
    ) LANGUAGE plpgsql STABLE ROWS 2 {SEES_ALL}
        SELECT q.id, q.application_id, q.asked_at, q.question, q.answered_at
        FROM question q JOIN application a ON a.id = q.application_id
        WHERE a.nik_index = asked_nik AND a.receipt = asked_receipt
            AND NOT starts_with(a.period_id, 'latihan-')
        ORDER BY q.id
    {THEN_BACK}""",
    "public_answer(bytea, text, bigint, bytea)": f"""
    CREATE FUNCTION public_answer(asked_nik bytea, asked_receipt text, asked_id bigint, given bytea)
    RETURNS SETOF boolean LANGUAGE plpgsql VOLATILE {SEES_ALL}
        WITH answered AS (
            UPDATE question q SET answer = given, answered_at = now()
            FROM application a
            WHERE q.id = asked_id AND q.answered_at IS NULL AND a.id = q.application_id
                AND a.nik_index = asked_nik AND a.receipt = asked_receipt
                AND NOT starts_with(a.period_id, 'latihan-')
            RETURNING q.application_id
        ), noted AS (
            INSERT INTO event (application_id, actor_role, kind)
            SELECT application_id, 'citizen', 'question_answered' FROM answered
        ) SELECT EXISTS (SELECT FROM answered)
    {THEN_BACK}""",
    "public_minutes(bytea)": f"""
    CREATE FUNCTION public_minutes(asked bytea) RETURNS TABLE (
        kelurahan_code text, period_id text, number smallint, session smallint, held_on date,
        made_at timestamptz, is_file boolean, corrects smallint, corrected_by smallint
    ) LANGUAGE plpgsql STABLE ROWS 1 {SEES_ALL}
        SELECT b.kelurahan_code, b.period_id, b.number, m.number, m.held_on, b.made_at,
            b.file_digest = asked, old.number, newer.number
        FROM minutes b
        JOIN musyawarah m ON m.id = b.musyawarah_id
        LEFT JOIN minutes old ON old.id = b.corrects
        LEFT JOIN minutes newer ON newer.corrects = b.id
        WHERE (b.digest = asked OR b.file_digest = asked)
            AND NOT starts_with(b.period_id, 'latihan-')
    {THEN_BACK}""",
    # A sheet by its link: who holds the token sees its lines and marks them, until it expires.
    "link_sheet(bytea)": f"""
    CREATE FUNCTION link_sheet(asked bytea) RETURNS TABLE (
        id bytea, kelurahan_code text, rw smallint, rt smallint, source text, number smallint,
        expires_at timestamptz, handed_in_at timestamptz
    ) LANGUAGE plpgsql STABLE ROWS 1 {SEES_ALL}
        SELECT s.id, s.kelurahan_code, s.rw, s.rt, s.source, s.number, s.expires_at, s.handed_in_at
        FROM sheet s
        WHERE s.token_hash = asked AND s.withdrawn_at IS NULL AND s.expires_at > now()
    {THEN_BACK}""",
    "link_lines(bytea)": f"""
    CREATE FUNCTION link_lines(asked bytea) RETURNS TABLE (
        line smallint, application_id bytea, sealed bytea, mark text, on_paper boolean
    ) LANGUAGE plpgsql STABLE ROWS 60 {SEES_ALL}
        SELECT l.line, a.id, a.sealed, CASE WHEN l.via = 'link' THEN l.mark END,
            coalesce(l.via = 'paper', false) OR l.checked_by IS NOT NULL
        FROM link_sheet(asked) s
        JOIN sheet_line l ON l.sheet_id = s.id
        JOIN application a ON a.id = l.application_id
        ORDER BY l.line
    {THEN_BACK}""",
    "link_mark(bytea, integer[], text[])": f"""
    CREATE FUNCTION link_mark(asked bytea, lines integer[], marks text[]) RETURNS SETOF integer
    LANGUAGE plpgsql VOLATILE {SEES_ALL}
        WITH given AS (SELECT * FROM unnest(lines, marks) AS g(line, mark)),
        marked AS (
            UPDATE sheet_line l
            SET mark = g.mark, via = CASE WHEN g.mark IS NOT NULL THEN 'link' END,
                marked_at = CASE WHEN g.mark IS NOT NULL THEN now() END
            FROM given g, link_sheet(asked) s
            WHERE l.sheet_id = s.id AND s.handed_in_at IS NULL AND l.line = g.line
                AND l.via IS DISTINCT FROM 'paper' AND l.checked_by IS NULL
            RETURNING l.line
        ) SELECT count(*)::integer FROM marked
    {THEN_BACK}""",
    "link_hand_in(bytea)": f"""
    CREATE FUNCTION link_hand_in(asked bytea) RETURNS SETOF boolean LANGUAGE plpgsql VOLATILE {SEES_ALL}
        WITH handed AS (
            UPDATE sheet SET handed_in_at = now()
            WHERE token_hash = asked AND withdrawn_at IS NULL AND handed_in_at IS NULL
                AND expires_at > now()
            RETURNING id
        ) SELECT EXISTS (SELECT FROM handed)
    {THEN_BACK}""",
}


def upgrade() -> None:
    for statement in SETTINGS:
        op.execute(statement)
    for table, condition in POLICIES.items():
        op.execute(f"ALTER TABLE {table} ENABLE ROW LEVEL SECURITY")
        op.execute(f"ALTER TABLE {table} FORCE ROW LEVEL SECURITY")
        op.execute(f"CREATE POLICY scope ON {table} USING ({condition})")
    # Whoever holds the link of a receipt may send a photo; which there are, a function tells.
    op.execute("CREATE POLICY sent ON photo FOR INSERT WITH CHECK (true)")
    # What dinas sets everybody may read; no kelurahan sets it for itself.
    for table in SET_BY_DINAS:
        op.execute(f"ALTER TABLE {table} ENABLE ROW LEVEL SECURITY")
        op.execute(f"ALTER TABLE {table} FORCE ROW LEVEL SECURITY")
        op.execute(f"CREATE POLICY scope ON {table} USING ({ALL})")
        op.execute(f"CREATE POLICY read ON {table} FOR SELECT USING (true)")
    for name, statement in FUNCTIONS.items():
        op.execute(statement)
        op.execute(f"REVOKE ALL ON FUNCTION {name} FROM PUBLIC")


def downgrade() -> None:
    for name in reversed(FUNCTIONS):
        op.execute(f"DROP FUNCTION {name}")
    for table in SET_BY_DINAS:
        op.execute(f"DROP POLICY read ON {table}")
        op.execute(f"DROP POLICY scope ON {table}")
        op.execute(f"ALTER TABLE {table} NO FORCE ROW LEVEL SECURITY")
        op.execute(f"ALTER TABLE {table} DISABLE ROW LEVEL SECURITY")
    op.execute("DROP POLICY sent ON photo")
    for table in POLICIES:
        op.execute(f"DROP POLICY scope ON {table}")
        op.execute(f"ALTER TABLE {table} NO FORCE ROW LEVEL SECURITY")
        op.execute(f"ALTER TABLE {table} DISABLE ROW LEVEL SECURITY")
    for name in ("scope_organisation()", "scope_kelurahan()", "scope_all()"):
        op.execute(f"DROP FUNCTION {name}")
