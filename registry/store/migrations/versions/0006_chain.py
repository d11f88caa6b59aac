"""The hash chain over events, and the horizon up to which events can be sealed."""

from alembic import op
import sqlalchemy as sa

revision = "0006"
down_revision = "0005"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "event_chain",
        sa.Column("number", sa.BigInteger(), autoincrement=False, nullable=False),
        sa.Column("event_id", sa.BigInteger(), nullable=False),
        sa.Column("hash", sa.LargeBinary(), nullable=False),
        sa.CheckConstraint("number >= 1", name=op.f("ck_event_chain_number")),
        sa.CheckConstraint("octet_length(hash) = 32", name=op.f("ck_event_chain_hash_length")),
        sa.PrimaryKeyConstraint("number", name=op.f("pk_event_chain")),
        sa.UniqueConstraint("event_id", name=op.f("uq_event_chain_event_id")),
    )
    op.execute(
        """
        CREATE TRIGGER append_only BEFORE UPDATE OR DELETE OR TRUNCATE ON event_chain
        FOR EACH STATEMENT EXECUTE FUNCTION refuse_change()
        """
    )
    op.execute("ALTER TABLE event_chain ENABLE ALWAYS TRIGGER append_only")
    create_horizon()


def create_horizon() -> None:
    """Make the function that waits for whoever is writing events, and tells the highest id.

    An INSERT holds ROW EXCLUSIVE on the table before it takes an id, and until its transaction
    ends; SHARE is granted when nobody holds that. So every id up to the answer is there to be seen,
    or never will be. The lock needs more rights than the worker has, hence SECURITY DEFINER.

    The lock is given back at once, by rolling back to before it: whatever the caller does next, or
    does not, holds nobody up.
    """
    op.execute(
        """
        CREATE FUNCTION event_horizon() RETURNS bigint LANGUAGE plpgsql SECURITY DEFINER
        SET search_path = pg_catalog, pg_temp SET lock_timeout = '1s' AS $$
        DECLARE
            horizon bigint;
        BEGIN
            -- Any other level would look with a snapshot from before the lock.
            IF current_setting('transaction_isolation') <> 'read committed' THEN
                RAISE EXCEPTION 'event_horizon() needs READ COMMITTED'
                    USING ERRCODE = 'active_sql_transaction';
            END IF;
            IF NOT public.scope_all() THEN
                RAISE EXCEPTION 'event_horizon() needs to see every event'
                    USING ERRCODE = 'insufficient_privilege';
            END IF;
            LOCK TABLE public.event IN SHARE MODE;
            SELECT coalesce(max(id), 0) INTO horizon FROM public.event;
            RAISE EXCEPTION USING ERRCODE = 'FMOTM';
        EXCEPTION
            WHEN SQLSTATE 'FMOTM' THEN RETURN horizon;
            WHEN lock_not_available THEN RETURN NULL;
        END $$
        """
    )
    op.execute("REVOKE ALL ON FUNCTION event_horizon() FROM PUBLIC")


def downgrade() -> None:
    op.execute("DROP FUNCTION event_horizon()")
    op.drop_table("event_chain")
