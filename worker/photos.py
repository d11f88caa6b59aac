"""The worker of photos: `python -m worker.photos`. A process and a queue of its own.

However long photos take, no application waits for one.
"""

from __future__ import annotations

import logging
import os
import socket
import sys

from registry.settings import Settings, SettingsError
from worker import jobs, photo_jobs
from worker.__main__ import end_on_signals, keep_working
from worker.notices import start_logging
from worker.queues import PHOTOS

logger = logging.getLogger("worker.photos")


def main() -> int:
    """Work until SIGTERM or SIGINT; give the exit code: 2 when the settings are wrong."""
    start_logging()
    end_on_signals()
    try:
        settings = Settings.from_env()
        photo_jobs.desk()
    except SettingsError as error:
        for problem in error.problems:
            logger.critical("%s", problem)
        return 2
    name = settings.worker_name or f"{socket.gethostname()}-{os.getpid()}"
    logger.info("%s listens to the queue %s", name, PHOTOS)
    try:
        keep_working(settings.redis_url, PHOTOS, name)
    finally:
        jobs.stopping.set()
    return 0


if __name__ == "__main__":
    sys.exit(main())
