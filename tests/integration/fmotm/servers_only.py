"""`fmotm up` with the servers alone and, in place of the portal, a program of the test's.

For tests that must kill a supervisor, which takes a process of its own:
`python -m tests.integration.fmotm.servers_only [PROGRAM …]`.
"""

import os
import signal
import sys
import time
from collections.abc import Mapping

from fmotm.embedded import DataFolder, Program
from fmotm.embedded.child import end_with
from fmotm.up import run
from registry.settings import Settings


def prepare(settings: Settings) -> None:
    """Migrate nothing; wait, or fail, where the test says so."""
    time.sleep(float(os.environ.get("PREPARE_SECONDS", "0")))
    if "PREPARE_FAILS" in os.environ:
        raise RuntimeError(os.environ["PREPARE_FAILS"])


def applications(folder: DataFolder, environ: Mapping[str, str], port: int) -> tuple[Program, ...]:
    """Run the program that was named on the command line, if any."""
    if not sys.argv[1:]:
        return ()
    program = Program(
        name="app",
        argv=tuple(sys.argv[1:]),
        environ=environ,
        cwd=folder.path,
        log=folder.log("app"),
        lock=folder.lock_of("app"),
    )
    return (program,)


if __name__ == "__main__":
    end_with(os.getppid(), signal.SIGTERM)
    sys.exit(run(os.environ, prepare=prepare, applications=applications))
