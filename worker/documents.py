"""The worker of papers: `python -m worker.documents`. A process and a queue of its own.

The minutes of a whole kelurahan take seconds and half a gigabyte, in a process that typesets them;
no application and no photo waits for that.
"""

from __future__ import annotations

import logging
import os
import socket
import sys

from registry.settings import Settings, SettingsError
from worker import jobs, minutes
from worker.__main__ import end_on_signals, keep_working
from worker.notices import start_logging
from worker.queues import DOCUMENTS

logger = logging.getLogger("worker.documents")


def main() -> int:
    """Work until SIGTERM or SIGINT; give the exit code: 2 when the settings are wrong."""
    start_logging()
    end_on_signals()
    try:
        settings = Settings.from_env()
        minutes.desk()
    except SettingsError as error:
        for problem in error.problems:
            logger.critical("%s", problem)
        return 2
    name = settings.worker_name or f"{socket.gethostname()}-{os.getpid()}"
    logger.info("%s listens to the queue %s", name, DOCUMENTS)
    try:
        keep_working(settings.redis_url, DOCUMENTS, name)
    finally:
        jobs.stopping.set()
    return 0


if __name__ == "__main__":
    sys.exit(main())
