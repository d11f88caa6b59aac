"""Alembic's environment: runs on the connection that `registry.store.session` hands over."""

from alembic import context

from registry.store.models import Base

connection = context.config.attributes.get("connection")
if connection is None:
    raise SystemExit("Migrations run by `fmotm db upgrade`, or by registry.store.session.upgrade.")

context.configure(connection=connection, target_metadata=Base.metadata, compare_server_default=True)
# The transaction, with its lock, belongs to the caller.
context.run_migrations()
