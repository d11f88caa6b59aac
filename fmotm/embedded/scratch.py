"""A PostgreSQL for a moment: for checks that need a server but no data."""

import shutil
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from fmotm.embedded.account import server_account
from fmotm.embedded.binaries import find_binaries
from fmotm.embedded.child import Child
from fmotm.embedded.credentials import make_secrets
from fmotm.embedded.folder import DataFolder
from fmotm.embedded.ports import free_port
from fmotm.embedded.postgres import NOT_DURABLE, Postgres

_READY_WITHIN = 60.0


@contextmanager
def scratch_postgres() -> Iterator[Postgres]:
    """Run a PostgreSQL with our roles and an empty database; gone when the block ends.

    `with scratch_postgres() as server: check(server.url())`. Raises EmbeddedError.
    """
    path = Path(tempfile.mkdtemp(prefix="fmotm-scratch-"))
    try:
        folder = DataFolder(path, server_account())
        folder.create()
        server = Postgres(
            folder=folder,
            binaries=find_binaries(folder),
            passwords=make_secrets(),
            port=free_port(),
            settings=NOT_DURABLE,
        )
        child = Child(server.program())
        try:
            child.start()
            child.wait_ready(_READY_WITHIN)
            server.create_roles()
            server.create_database()
            yield server
        finally:
            child.stop()
    finally:
        shutil.rmtree(path, ignore_errors=True)
