import json

from loadtests.bench.measure import Goal, Pair, Row, Sample
from loadtests.bench.report import as_json, as_markdown, as_text, described

ACCEPT = Goal(name="accept", what="accepted ÷ no-op", unit="/s", goal=0.3)
MEMORY = Goal(
    name="memory", what="memory", unit="KB", goal=1.2, lower_is_better=True, compared=False
)
ROWS = [
    Row(
        ACCEPT,
        (Pair(Sample(1800.0, 0.1), Sample(6000.0, 0.4)), Pair(Sample(2000.0), Sample(5000.0))),
        notes=("3 timeouts",),
    ),
    Row(MEMORY, (Pair(Sample(1.284)),)),
    Row(ACCEPT, failure="12 were accepted, 11 are there"),
]


def test_the_file_has_an_object_for_each_row() -> None:
    first, second, third = json.loads(as_json(ROWS))

    assert {name: first[name] for name in ("name", "value", "baseline", "goal")} == {
        "name": "accept",
        "value": 1900.0,
        "baseline": 5500.0,
        "goal": 0.3,
    }
    assert (first["ratio"], first["lower_is_better"], first["passed"]) == (0.35, False, True)
    assert first["runs"][0] == {"value": 1800.0, "baseline": 6000.0, "ratio": 0.3}
    assert first["generator_cpu"] == 0.4
    assert (second["ratio"], second["baseline"], second["passed"]) == (1.284, None, False)
    assert (third["value"], third["ratio"], third["passed"]) == (None, None, False)
    assert third["failure"] == "12 were accepted, 11 are there"


def test_the_table_has_a_line_for_each_row_and_says_what_failed() -> None:
    assert as_text(described(ROWS)).splitlines() == [
        "row      figure  baseline  ratio       goal  spread  generator",
        "accept  1,900/s   5,500/s   0.35     ≥ 0.30     29%       0.40  reached",
        "memory  1.28 KB         -      -  ≤ 1.20 KB      0%       0.00  missed",
        "accept        -         -      -     ≥ 0.30       -       0.00  FAILED",
        "accept: 3 timeouts",
        "accept: 12 were accepted, 11 are there",
    ]


def test_the_page_says_what_each_row_is() -> None:
    assert as_markdown(described(ROWS)).splitlines()[2:4] == [
        "| accepted ÷ no-op | 1,900/s | 5,500/s | 0.35 | ≥ 0.30 | 29% | reached |",
        "| memory | 1.28 KB | - | - | ≤ 1.20 KB | 0% | missed |",
    ]
