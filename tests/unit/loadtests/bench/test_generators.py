"""What wrk and k6 print, read; and what is said when they print something else."""

import json
import sys

import pytest

from loadtests.bench import k6, wrk
from loadtests.bench.measure import CheckFailed
from loadtests.bench.usage import run

LINE = (
    'fmotm-bench {"requests":105,"duration":2000000,"bytes":4200,"connect":1,"read":2,"write":3,'
    '"status":5,"timeout":4,"p99":12500}'
)


def test_wrk_counts_good_answers_and_what_nobody_knows_of() -> None:
    answers = wrk.parse(f"Running 2s test\n{LINE}\nRequests/sec: 52\n", 0.25)

    assert (answers.answered, answers.refused, answers.good) == (105, 5, 100)
    assert (answers.unanswered, answers.sent) == (10, 115)
    assert (answers.rate, answers.p99, answers.cores) == (50.0, 0.0125, 0.25)
    assert answers.sample.value == 50.0
    assert str(answers) == (
        "105 answers in 2.00 s, 5 refused, 1 connect, 2 read, 3 write errors, 4 timeouts"
    )


@pytest.mark.parametrize("output", ["", "unable to connect", f"{LINE}\n{LINE}"])
def test_wrk_without_figures_is_a_failure(output: str) -> None:
    with pytest.raises(CheckFailed, match="wrk printed no figures"):
        wrk.parse(output, 0.0)


SUMMARY = {
    "metrics": {
        "http_req_duration{status:303}": {"type": "trend", "values": {"count": 90, "p(99)": 40.0}},
        "http_req_duration{status:429}": {"type": "trend", "values": {"count": 0, "p(99)": 0}},
        "dropped_iterations": {"type": "counter", "values": {"count": 7, "rate": 3.5}},
        "accepted_whole": {"type": "trend", "values": {"p(99)": 1500.0}},
    }
}


def test_k6_tells_each_status_apart() -> None:
    summary = k6.parse(json.dumps(SUMMARY), 0.5)

    assert [summary.count(status) for status in (303, 429, 200)] == [90, 0, 0]
    assert (summary.p99(303), summary.p99(200)) == (0.04, 0.0)
    assert summary.slowest("accepted_whole") == 1.5
    assert [summary.total(name) for name in ("dropped_iterations", "nothing")] == [7, 0]
    assert summary.cores == 0.5


@pytest.mark.parametrize("written", ["", "{}", "[]", '{"metrics": {"a": {}}}', "null"])
def test_k6_without_a_summary_is_a_failure(written: str) -> None:
    with pytest.raises(CheckFailed, match="k6 wrote no summary"):
        k6.parse(written, 0.0)


def test_a_generator_that_does_not_end_is_ended() -> None:
    endless = [sys.executable, "-c", "import signal; signal.pause()"]
    with pytest.raises(CheckFailed, match=r"did not end within 0\.2 s"):
        run(endless, within=0.2)
