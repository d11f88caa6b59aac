"""What each process may do in the database: what it needs and no more.

The roles own nothing; `upgrade` gives them their rights again each time it runs, so what is
written here is what holds.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from sqlalchemy import text

if TYPE_CHECKING:
    from sqlalchemy import Connection

PORTAL = "fmotm_portal"
WORKER = "fmotm_worker"

STATUS_COLUMNS = (
    "id, period_id, kelurahan_code, nik_index, kk_index, receipt, replaces, replaces_entry,"
    " entry, received_at, state, state_since"
)
ASIDE_COLUMNS = (
    "entry, application_id, period_id, nik_index, kk_index, receipt, received_at, put_back_at"
)
PHOTO_STATUS_COLUMNS = "id, number, application_id, kind, state, reason, created_at"
PHOTO_SENT_COLUMNS = "id, application_id, kind, blob, key_id, size"
PHOTO_WORK_COLUMNS = "state, blob, key_id, size, reason, attempts, tried_at"
ACCOUNT_TABLES = (
    "account, account_kelurahan, acting_chair, invitation, account_session, recovery_code,"
    " account_event"
)
ACCOUNT_COLUMNS = (
    "password, fs_uniquifier, active, failures, locked_until, totp_sealed, totp_pending,"
    " totp_counter"
)
REPEATED_COLUMNS = "entry, received_at, replaces, replaces_entry, state, state_since, updated_at"

GRANTS: dict[str, tuple[str, ...]] = {
    # Status by NIK, the dates of periods, the form's lists; nothing sealed, nothing to write.
    PORTAL: (
        "SELECT ON region, neighbourhood, period, alembic_version",
        f"SELECT ({STATUS_COLUMNS}) ON application",
        f"SELECT ({ASIDE_COLUMNS}) ON quarantine",
        "SELECT (entry) ON intake",
        # It tells of photos and adds some; where they lie it need not know afterwards.
        f"SELECT ({PHOTO_STATUS_COLUMNS}), INSERT ({PHOTO_SENT_COLUMNS}) ON photo",
        # Who signs in. Nothing of it is ever removed but recovery codes.
        f"SELECT, INSERT ON {ACCOUNT_TABLES}",
        f"UPDATE ({ACCOUNT_COLUMNS}) ON account",
        "UPDATE (withdrawn_at) ON acting_chair",
        "UPDATE (used_at, withdrawn_at) ON invitation",
        "UPDATE (seen_at, ended_at) ON account_session",
        "UPDATE (used_at), DELETE ON recovery_code",
    ),
    # The drain: it adds, and changes what is sent again; it removes nothing. Photos alone are
    # removed, when a newer one has replaced them.
    WORKER: (
        "SELECT ON region, neighbourhood, period, alembic_version",
        "SELECT, INSERT ON application, person_index, intake, event, quarantine",
        f"UPDATE ({REPEATED_COLUMNS}) ON application",
        "UPDATE (outcome) ON intake",
        "SELECT, DELETE ON photo",
        f"UPDATE ({PHOTO_WORK_COLUMNS}) ON photo",
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
        connection.execute(text(f"REVOKE ALL ON ALL TABLES IN SCHEMA public FROM {role}"))
        connection.execute(text(f"GRANT USAGE ON SCHEMA public TO {role}"))
        for rights in GRANTS[role]:
            connection.execute(text(f"GRANT {rights} TO {role}"))
    return roles
