"""What a run of `fmotm up` starts: the servers that the environment does not name."""

from collections.abc import Mapping
from dataclasses import dataclass, field

from fmotm.embedded.binaries import Binaries, find_binaries
from fmotm.embedded.credentials import INBOX, KEYS, PORTAL, QUEUE, WORKER, load_secrets
from fmotm.embedded.errors import EmbeddedError
from fmotm.embedded.folder import DataFolder
from fmotm.embedded.ports import LOOPBACK, free_port
from fmotm.embedded.postgres import Postgres
from fmotm.embedded.valkey import DURABLE, FORGETFUL, Valkey
from fmotm.supervisor import Stage, Supervisor
from registry.settings import setting

SERVERS = ("DATABASE_URL", "INBOX_REDIS_URL", "REDIS_URL")
ROLE_URLS = ("PORTAL_DATABASE_URL", "WORKER_DATABASE_URL")
PHOTO_STORE = "PHOTO_STORE"
PUBLIC_URL = "PUBLIC_URL"
_VALKEYS = (("INBOX_REDIS_URL", INBOX, DURABLE), ("REDIS_URL", QUEUE, FORGETFUL))


@dataclass(frozen=True, slots=True)
class Plan:
    """The servers to start, and the whole environment for our own processes."""

    postgres: Postgres | None
    valkeys: tuple[Valkey, ...]
    environ: dict[str, str] = field(repr=False)

    @property
    def settings(self) -> dict[str, str]:
        """The part of the environment by which other commands reach the same servers."""
        return {name: self.environ[name] for name in (*SERVERS, *ROLE_URLS, *KEYS, PHOTO_STORE)}

    def start_servers(self, supervisor: Supervisor) -> None:
        """Start the servers, with the roles and the database."""
        for valkey in self.valkeys:
            supervisor.start(valkey.program(), Stage.SERVERS)
        if self.postgres:
            supervisor.start(self.postgres.program(), Stage.SERVERS)
            self.postgres.create_roles()
            self.postgres.create_database()


def missing_servers(environ: Mapping[str, str]) -> tuple[str, ...]:
    """Return which of the three servers the environment does not name; empty counts as unset."""
    return tuple(name for name in SERVERS if not environ.get(name, "").strip())


def make_plan(environ: Mapping[str, str], folder: DataFolder) -> Plan:
    """Plan a run. What the environment gives is kept; the rest comes from the folder's secrets.

    Raises EmbeddedError when the environment contradicts itself or the programs are missing.
    """
    missing = missing_servers(environ)
    given = {name: value for name, value in environ.items() if value.strip()}
    _refuse_half_given(given)
    own = load_secrets(folder)
    made = {name: own[name] for name in KEYS}
    made[PHOTO_STORE] = (folder.path / "photos").absolute().as_uri()
    made[PUBLIC_URL] = f"http://{LOOPBACK}:{setting('PORT').read(environ)}"
    postgres: Postgres | None = None
    valkeys: tuple[Valkey, ...] = ()
    if missing:
        binaries = find_binaries(folder)
        valkeys = _valkeys(missing, folder, binaries, own)
        if "DATABASE_URL" in missing:
            postgres = Postgres(folder=folder, binaries=binaries, passwords=own, port=free_port())
            made |= _database_urls(postgres)
    made |= {variable: valkey.url for variable, valkey in _by_variable(valkeys)}
    whole = made | given
    for variable in ROLE_URLS:
        whole.setdefault(variable, whole["DATABASE_URL"])
    return Plan(postgres, valkeys, whole)


def _refuse_half_given(given: Mapping[str, str]) -> None:
    for variable in ROLE_URLS:
        if variable in given and "DATABASE_URL" not in given:
            message = f"{variable} is set, but DATABASE_URL is not: set both, or neither"
            raise EmbeddedError(message)


def _valkeys(
    missing: tuple[str, ...], folder: DataFolder, binaries: Binaries, own: Mapping[str, str]
) -> tuple[Valkey, ...]:
    return tuple(
        Valkey(
            name=name,
            folder=folder,
            binaries=binaries,
            password=own[name],
            port=free_port(),
            settings=promises,
        )
        for variable, name, promises in _VALKEYS
        if variable in missing
    )


def _by_variable(valkeys: tuple[Valkey, ...]) -> list[tuple[str, Valkey]]:
    variables = {name: variable for variable, name, _ in _VALKEYS}
    return [(variables[valkey.name], valkey) for valkey in valkeys]


def _database_urls(postgres: Postgres) -> dict[str, str]:
    return {
        "DATABASE_URL": postgres.url(),
        "PORTAL_DATABASE_URL": postgres.url(PORTAL),
        "WORKER_DATABASE_URL": postgres.url(WORKER),
    }
