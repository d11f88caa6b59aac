"""What gunicorn's processes count is added up; what a killed one counted stays."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import urllib.error
import urllib.request
from pathlib import Path

from fmotm.embedded import free_port
from registry.inbox import Inbox
from tests.integration.portal.conftest import ROOT, Environ, serving
from tests.integration.portal.support import answers, body, form
from tests.integration.portal.test_metrics import Metrics, read
from tests.stack import until


def scraped(url: str) -> Metrics:
    with urllib.request.urlopen(f"{url}/metrics", timeout=20) as answer:
        return read(answer.read().decode())


def ask(url: str, path: str, data: bytes | None = None) -> None:
    try:
        urllib.request.urlopen(f"{url}{path}", data, timeout=20).close()
    except urllib.error.HTTPError as error:
        error.close()


def children(folder: Path) -> set[int]:
    """Give the processes that count in this folder."""
    return {int(file.stem.rpartition("_")[2]) for file in folder.glob("gauge_livesum_*.db")}


def test_processes_are_added_up_and_what_a_killed_one_counted_stays(
    environ: Environ, inbox: Inbox, tmp_path: Path
) -> None:
    folder = tmp_path / "counts"
    folder.mkdir()
    (folder / "counter_1.db").write_bytes(b"left by a portal that has ended")
    environ = {**environ, "METRICS_DIR": str(folder)}
    asked = ("fmotm_requests_total", "unknown", "404")
    with serving(environ, tmp_path / "log", processes=2) as portal:

        def serve(many: int) -> None:
            for _ in range(many):
                ask(portal.url, "/nothing-here")

        serve(40)
        ask(portal.url, "/daftar", body(form(answers())))
        until(lambda: scraped(portal.url).get(asked) == 40, 30)
        until(lambda: scraped(portal.url).get(("fmotm_accepted_total",)) == 1, 30)
        counting = {int(file.stem.rpartition("_")[2]) for file in folder.glob("counter_*.db")}
        workers = {pid for pid in counting if _parent(pid) in counting}
        assert len(workers) == 2
        os.kill(min(workers), signal.SIGKILL)
        until(lambda: min(workers) not in children(folder), 30)
        serve(10)
        until(lambda: scraped(portal.url).get(asked) == 50, 30)


def _parent(pid: int) -> int:
    return int(Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()[1])


def temporary(pid: int) -> list[Path]:
    """Give the folders that a process has made for itself."""
    made = Path("/dev/shm").glob(f"fmotm-metrics-*/counter_{pid}.db")
    return [file.parent for file in made]


def test_a_folder_of_its_own_is_removed_at_the_end(environ: Environ, tmp_path: Path) -> None:
    with serving(environ, tmp_path / "log") as portal:
        ask(portal.url, "/nothing-here")
        assert scraped(portal.url)["fmotm_up", "inbox"] == 1
        [made] = temporary(portal.pid)
        assert made.stat().st_mode & 0o077 == 0
    assert not made.exists()


def test_a_portal_that_cannot_start_leaves_no_folder(environ: Environ) -> None:
    program = ("gunicorn", "-c", "python:portal.gunicorn_conf", "portal.wsgi:app")
    failing = subprocess.Popen(
        [sys.executable, "-m", *program],
        cwd=ROOT,
        env={**os.environ, **environ, "SECRET_KEY": "short", "PORT": str(free_port())},
        stderr=subprocess.DEVNULL,
    )
    assert failing.wait(30) != 0
    assert temporary(failing.pid) == []
