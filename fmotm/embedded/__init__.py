"""PostgreSQL and Valkey for a machine that has neither: started by `fmotm up` and by the tests."""

from fmotm.embedded.account import Account, server_account
from fmotm.embedded.binaries import Binaries, find_binaries
from fmotm.embedded.child import Child, Program
from fmotm.embedded.credentials import load_secrets, make_secrets
from fmotm.embedded.errors import EmbeddedError, FolderInUse
from fmotm.embedded.folder import DataFolder
from fmotm.embedded.ports import free_port
from fmotm.embedded.postgres import NOT_DURABLE, Postgres
from fmotm.embedded.valkey import DURABLE, FORGETFUL, Valkey

__all__ = [
    "DURABLE",
    "FORGETFUL",
    "NOT_DURABLE",
    "Account",
    "Binaries",
    "Child",
    "DataFolder",
    "EmbeddedError",
    "FolderInUse",
    "Postgres",
    "Program",
    "Valkey",
    "find_binaries",
    "free_port",
    "load_secrets",
    "make_secrets",
    "server_account",
]
