from pathlib import Path

from fmotm.embedded import DataFolder
from loadtests.bench.noop import app
from loadtests.bench.noop_server import Gunicorn, NoOp, tuned


def test_the_noop_reads_a_form_and_says_ok() -> None:
    client = app.test_client()

    assert client.post("/", data={"nik": "1"}).text == "ok"
    assert client.get("/").text == "ok"


def test_the_best_settings_are_found_one_choice_after_the_other() -> None:
    tried: list[Gunicorn] = []

    def rate(noop: NoOp) -> float:
        settings = noop.settings
        tried.append(settings)
        threaded = settings.worker_class == "gthread"
        return 100.0 * threaded - abs(settings.workers - 3) - abs(settings.threads - 2)

    found = tuned(NoOp(DataFolder(Path("/nowhere"))), rate)

    assert (found.settings.workers, found.settings.threads) == (3, 2)
    assert found.settings.worker_class == "gthread"
    assert "sync" in {each.worker_class for each in tried}
    assert len(tried) < 16
