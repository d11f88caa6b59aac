"""gunicorn's settings: `gunicorn -c python:portal.gunicorn_conf portal.wsgi:app`.

Threads, because an accepted application waits for the inbox's fsync and a status page for
PostgreSQL; both release the interpreter. Silent phones are kept away by the poller of our worker,
by `portal.patience` once they send and, in production, by a proxy that reads a request before it
passes it on; that one alone also stops who sends a byte now and then.
"""

import os
from typing import Any

from portal import metrics_folder
from portal.open_files import room_for
from registry.settings import setting

bind = f"{setting('BIND').read(os.environ)}:{setting('PORT').read(os.environ)}"
workers = setting("WEB_CONCURRENCY").read(os.environ) or os.cpu_count() or 1
worker_class = "portal.gunicorn_worker.Worker"
threads = 8  # four compute, the others help when those are kept waiting: see the worker
preload_app = True  # one process reads the settings and says what is wrong; the others share memory
worker_connections = room_for(8192)  # a phone keeps its connection for `keepalive` seconds
backlog = 4096
timeout = 30
graceful_timeout = 8  # everything must have stopped in 10 s
keepalive = 5
max_requests = 0
worker_tmp_dir = "/dev/shm" if os.path.isdir("/dev/shm") else None  # noqa: PTH112, S108
limit_request_line = 2048
limit_request_fields = 60
limit_request_field_size = 8190
accesslog = None
errorlog = "-"
logger_class = "portal.logs.GunicornLogger"
# The portal itself believes as many proxies as TRUSTED_PROXIES says; gunicorn believes none.
forwarded_allow_ips = ""
control_socket_disable = True  # it would lie in the home folder, one for all portals of a user
proc_name = "fmotm-portal"

# Before the program is loaded: what counts looks there for where to.
metrics_folder.prepare()


def worker_exit(server: Any, worker: Any) -> None:
    """Let nothing be lost of what a process counted last."""
    from portal.metrics import write_counts  # noqa: PLC0415 - not before the folder is there

    del server, worker
    write_counts()


def child_exit(server: Any, worker: Any) -> None:
    """Forget what a process that ended held at that moment; what it counted stays."""
    del server
    metrics_folder.forget(worker.pid)
    worker.forget()


def post_worker_init(worker: Any) -> None:
    """Look at the load of this process, from when it serves."""
    from portal import admission  # noqa: PLC0415 - it counts as well

    admission.watch(worker.wsgi)
    worker.early = admission.admission(worker.wsgi).early
