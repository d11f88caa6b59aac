"""What each process may do in the database: what it needs and no more.

The roles own nothing; `upgrade` gives them their rights again each time it runs, so what is
written here is what holds. Which rows they see is row-level security's part: without a scope the
portal sees no household at all, and asks the public functions.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from sqlalchemy import text

if TYPE_CHECKING:
    from sqlalchemy import Connection

PORTAL = "fmotm_portal"
WORKER = "fmotm_worker"

PUBLIC_FUNCTIONS = (
    "public_status(bytea, text, bytea), public_photos(bytea), public_questions(bytea, text),"
    " public_answer(bytea, text, bigint, bytea), public_minutes(bytea),"
    " link_sheet(bytea), link_lines(bytea), link_mark(bytea, integer[], text[]),"
    " link_hand_in(bytea)"
)
STAFF_FUNCTIONS = (
    "superseded_in(text, text), superseded_of(text, text), superseded_in_round(text), kin(bytea[])"
)

PHOTO_SENT_COLUMNS = "id, application_id, visit_id, kind, blob, key_id, size"
PHOTO_WORK_COLUMNS = "state, blob, key_id, size, reason, attempts, tried_at"
ACCOUNT_TABLES = (
    "account, account_kelurahan, acting_chair, invitation, account_session, recovery_code,"
    " account_event"
)
ACCOUNT_COLUMNS = (
    "password, fs_uniquifier, active, failures, locked_until, totp_sealed, totp_pending,"
    " totp_counter"
)
REPEATED_COLUMNS = (
    "entry, received_at, replaces, replaces_entry, organisation, state, state_since, updated_at"
)
SHEET_COLUMNS = "token_hash, expires_at, handed_in_at, withdrawn_at, withdrawn_by"
SHEET_MARK_COLUMNS = "mark, via, marked_at, keyed_by, second_mark, checked_by, checked_at"
PAPER_COLUMNS = "checked_by, checked_at, application_id, withdrawn_by, withdrawn_at"
SESSION_COLUMNS = (
    "held_on, stage, quorum, version, frozen_by, frozen_at, opened_by, opened_at, ended_by,"
    " ended_at, quorate, closed_by, closed_at, closed_as, on_paper, notes, on_screen"
)
MINUTES_COLUMNS = "attempts, next_try_at, made_at, digest, file_digest, content, pdf, xlsx"

GRANTS: dict[str, tuple[str, ...]] = {
    # Everyone's pages, and within their scope those of the people who are signed in. It removes
    # nothing, and never touches what a household answered.
    PORTAL: (
        "SELECT ON region, neighbourhood, period, alembic_version",
        "SELECT ON application, person_index, event, photo",
        "UPDATE (state, state_since, updated_at) ON application",
        "INSERT ON event",
        f"INSERT ({PHOTO_SENT_COLUMNS}) ON photo",
        "SELECT, INSERT ON access, ruling, question, sheet, sheet_line, visit",
        "SELECT, INSERT ON paper_form, objection",
        "UPDATE (answered_by, answered_at, answer) ON question",
        f"UPDATE ({SHEET_COLUMNS}) ON sheet",
        f"UPDATE ({SHEET_MARK_COLUMNS}) ON sheet_line",
        f"UPDATE ({PAPER_COLUMNS}) ON paper_form",
        "SELECT, INSERT ON quorum_rule, admission_rule",
        "SELECT, INSERT ON musyawarah, attendee, agenda_item, verdict, minutes",
        f"UPDATE ({SESSION_COLUMNS}) ON musyawarah",
        "UPDATE (withdrawn_at) ON attendee",
        "UPDATE (pulled_by, pulled_at) ON agenda_item",
        "SELECT, INSERT ON correction",
        "UPDATE (decided_by, decided_at, accepted) ON correction",
        f"EXECUTE ON FUNCTION {PUBLIC_FUNCTIONS}",
        f"EXECUTE ON FUNCTION {STAFF_FUNCTIONS}",
        # Who signs in. Nothing of it is ever removed but recovery codes.
        f"SELECT, INSERT ON {ACCOUNT_TABLES}",
        f"UPDATE ({ACCOUNT_COLUMNS}) ON account",
        "UPDATE (withdrawn_at) ON acting_chair",
        "UPDATE (used_at, withdrawn_at) ON invitation",
        "UPDATE (seen_at, ended_at) ON account_session",
        "UPDATE (used_at), DELETE ON recovery_code",
    ),
    # The drain: it adds, and changes what is sent again; it removes nothing. Photos alone are
    # removed, when a newer one has replaced them. And the minutes, which it makes.
    WORKER: (
        "SELECT ON region, neighbourhood, period, admission_rule, alembic_version",
        "SELECT, INSERT ON application, person_index, intake, event, quarantine",
        f"UPDATE ({REPEATED_COLUMNS}) ON application",
        "UPDATE (outcome) ON intake",
        "SELECT, DELETE ON photo",
        f"UPDATE ({PHOTO_WORK_COLUMNS}) ON photo",
        "SELECT ON musyawarah, attendee, agenda_item, verdict, minutes",
        f"UPDATE ({MINUTES_COLUMNS}) ON minutes",
        # Who signs them: nothing else of an account.
        "SELECT (id, full_name) ON account",
        # It seals events; what is sealed it cannot change.
        "SELECT, INSERT ON event_chain",
        "EXECUTE ON FUNCTION event_horizon()",
    ),
}


def grants(connection: Connection) -> tuple[str, ...]:
    """Give each role that exists exactly its rights; return the roles that were found.

    Does not commit.
    """
    found = connection.execute(
        text("SELECT rolname FROM pg_roles WHERE rolname = ANY(:roles) ORDER BY rolname"),
        {"roles": list(GRANTS)},
    ).scalars()
    roles = tuple(found)
    for role in roles:
        for kind in ("TABLES", "FUNCTIONS"):
            connection.execute(text(f"REVOKE ALL ON ALL {kind} IN SCHEMA public FROM {role}"))
        connection.execute(text(f"GRANT USAGE ON SCHEMA public TO {role}"))
        for rights in GRANTS[role]:
            connection.execute(text(f"GRANT {rights} TO {role}"))
    return roles
