"""The processes of our own that `fmotm up` runs: portal, workers, ticker."""

import http.client
import sys
from collections.abc import Mapping

from fmotm.embedded.child import Program
from fmotm.embedded.folder import DataFolder
from fmotm.embedded.ports import LOOPBACK
from fmotm.supervisor import APPLICATIONS_WITHIN

_READY_TIMEOUT = 3.0
_GRACE = str(int(APPLICATIONS_WITHIN - 1))


def applications(folder: DataFolder, environ: Mapping[str, str], port: int) -> tuple[Program, ...]:
    """Return our processes in the order they start. `environ` holds every setting.

    Each is given the database only as the role it works with: none holds the owner's password.
    """
    portal = {**environ, "DATABASE_URL": environ["PORTAL_DATABASE_URL"]}
    portal["WORKER_DATABASE_URL"] = portal["PORTAL_DATABASE_URL"]
    # Of its own: what was counted before a kill is found, and removed, at the next start.
    portal.setdefault("METRICS_DIR", str(folder.run / "metrics"))
    worker = {**environ, "DATABASE_URL": environ["WORKER_DATABASE_URL"]}
    worker["PORTAL_DATABASE_URL"] = worker["WORKER_DATABASE_URL"]
    configured = ("gunicorn", "--config", "python:portal.gunicorn_conf")
    # A stop leaves less time than in production: what comes after it has to stop as well.
    gunicorn = (*configured, "--bind", f"{LOOPBACK}:{port}", "--graceful-timeout", _GRACE)
    return (
        _program(folder, "worker", ("worker",), worker),
        _program(folder, "photos", ("worker.photos",), worker),
        _program(folder, "documents", ("worker.documents",), worker),
        _program(folder, "ticker", ("worker.ticker",), worker),
        _program(folder, "portal", (*gunicorn, "portal.wsgi:app"), portal, ready_at=port),
    )


def answers_ready(port: int) -> bool:
    """Tell whether the portal on this port says it can accept applications."""
    connection = http.client.HTTPConnection(LOOPBACK, port, timeout=_READY_TIMEOUT)
    try:
        connection.request("GET", "/readyz")
        return connection.getresponse().status == http.HTTPStatus.OK
    except (OSError, http.client.HTTPException):
        return False
    finally:
        connection.close()


def _program(
    folder: DataFolder,
    name: str,
    module: tuple[str, ...],
    environ: Mapping[str, str],
    *,
    ready_at: int | None = None,
) -> Program:
    return Program(
        name=name,
        argv=(sys.executable, "-m", *module),
        environ={**environ, "PYTHONUNBUFFERED": "1", "FMOTM_WORKER": name},
        cwd=folder.path,
        log=folder.log(name),
        lock=folder.lock_of(name),
        ready=None if ready_at is None else lambda: answers_ready(ready_at),
    )
