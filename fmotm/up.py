"""`fmotm up`: everything on one machine, in the foreground, until Ctrl-C."""

import os
import signal
import sys
import traceback
from collections.abc import Callable, Mapping
from pathlib import Path

import click

from fmotm.applications import applications
from fmotm.embedded.account import server_account
from fmotm.embedded.child import Program, end_with
from fmotm.embedded.claim import choose_folder, claim, data_path, mark_stopping, publish_environment
from fmotm.embedded.errors import EmbeddedError
from fmotm.embedded.folder import DataFolder
from fmotm.embedded.ports import LOOPBACK, is_free
from fmotm.plan import make_plan, missing_servers
from fmotm.supervisor import Signals, Stage, StopRequested, Supervisor
from registry.settings import Settings, SettingsError, setting

CANNOT_START = 2
"""Exit code for what the operator can put right: a taken port, a wrong setting."""

CRASHED = 1

_GAMBIR = "31.71.01.1001"  # an example: the first kelurahan in order of code

Applications = Callable[[DataFolder, Mapping[str, str], int], tuple[Program, ...]]
Prepare = Callable[[Settings], None]


@click.command()
@click.option(
    "--end-with-parent",
    is_flag=True,
    help="Stop when the process that started this one ends, as `make run` does.",
)
def up(*, end_with_parent: bool) -> None:
    """Run the portal with all that it needs, on servers of its own where none are given.

    DATABASE_URL, INBOX_REDIS_URL and REDIS_URL name real servers, PORT the port (8000),
    FMOTM_DATA the folder that keeps data, keys and logs (.data).
    """
    if end_with_parent:
        end_with(os.getppid(), signal.SIGTERM)
    sys.exit(run(os.environ))


def prepare(settings: Settings) -> None:
    """Bring the database up to date, and see that a period is open."""
    # Imported late: a refusal need not wait a second for the drivers.
    from fmotm.commands.period import ensure_open  # noqa: PLC0415
    from registry.store.migration import upgrade  # noqa: PLC0415

    upgrade(settings.database_url)
    ensure_open(settings)


def run(
    environ: Mapping[str, str],
    *,
    prepare: Prepare = prepare,
    applications: Applications = applications,
) -> int:
    """Run everything until asked to stop, and return the exit code.

    Whatever goes wrong is one line on standard error; what was started is stopped first.
    """
    try:
        with Signals() as signals:
            _run(environ, prepare, applications, signals)
    except StopRequested:
        _say("Stopped.")
    except (EmbeddedError, SettingsError) as error:
        _complain(str(error))
        return CANNOT_START
    except Exception as error:  # noqa: BLE001 - the operator gets a line, the log the rest
        _complain(f"{_first_line(error)}{_keep_traceback(environ)}")
        return CRASHED
    return 0


def _run(
    environ: Mapping[str, str], prepare: Prepare, applications: Applications, signals: Signals
) -> None:
    port: int = setting("PORT").read(environ)
    url = f"http://{LOOPBACK}:{port}"
    folder = _folder(environ)
    folder.create()
    with claim(folder, url) as lock:
        _check_port(port)
        plan = make_plan(environ, folder)
        settings = Settings.from_env(plan.environ)
        folder.rotate_logs()
        _say(_beginning(folder, environ))
        with Supervisor(signals, _say, stopping=lambda: mark_stopping(lock)) as supervisor:
            plan.start_servers(supervisor)
            publish_environment(folder, plan.settings)
            with signals.interrupting():  # a real database may keep us waiting
                prepare(settings)
            for program in applications(folder, plan.environ, port):
                supervisor.start(program, Stage.APPLICATIONS)
            _say(_invitation(url, folder))
            supervisor.watch()
            _say("Stopping ...")
    _say("Stopped.")


def _folder(environ: Mapping[str, str]) -> DataFolder:
    return choose_folder(environ, server_account() if missing_servers(environ) else None)


def _check_port(port: int) -> None:
    try:
        free = is_free(port)
    except PermissionError as error:
        message = f"port {port} is reserved for root: set PORT to one above 1023"
        raise EmbeddedError(message) from error
    if not free:
        another = port + 1 if port < 65_535 else 8_000
        message = f"port {port} is taken: stop what listens there, or set another, PORT={another}"
        raise EmbeddedError(message)


def _beginning(folder: DataFolder, environ: Mapping[str, str]) -> str:
    if folder.account and folder.path != data_path(environ):
        return (
            f"Starting. The servers run as `{folder.account.name}`, who cannot reach"
            f" {data_path(environ).parent}: the data is kept in {folder.path}"
        )
    return f"Starting. The data is kept in {folder.path}"


def _invitation(url: str, folder: DataFolder) -> str:
    command = Path(sys.argv[0])
    fmotm = command if command.name == "fmotm" else "fmotm"
    return f"""
The portal is ready: {url}

  register a household        {url}/daftar
  send ten made-up ones       {fmotm} households --kelurahan {_GAMBIR} --send {url}
  see its review queue        {fmotm} queue {_GAMBIR}
  account for every entry     {fmotm} balance
  let the first of dinas in   {fmotm} user add NAME@HOST --role dinas --name "FULL NAME"
  made-up cases to practise   {fmotm} practice fill

Logs are in {folder.path / "logs"}. Ctrl-C stops everything.
"""


def _first_line(error: Exception) -> str:
    lines = str(error).strip().splitlines()
    return lines[0] if lines else type(error).__name__


def _keep_traceback(environ: Mapping[str, str]) -> str:
    """Write the traceback of the error being handled where it does not trouble the operator."""
    try:
        log = _folder(environ).log("up")
        with log.open("a") as stream:
            stream.write(traceback.format_exc())
    except (OSError, EmbeddedError):
        return ""
    return f" (details: {log})"


def _say(line: str) -> None:
    try:
        click.echo(line)
    except OSError:  # the terminal has gone away; what runs goes on
        return


def _complain(line: str) -> None:
    try:
        click.echo(f"fmotm up: {line}", err=True)
    except OSError:
        return
