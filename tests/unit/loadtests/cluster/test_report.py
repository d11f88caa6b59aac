from __future__ import annotations

import json
from collections import Counter
from dataclasses import replace

import pytest

from loadtests.cluster.citizens import Heard
from loadtests.cluster.playing import Played, Size, problems_of
from loadtests.cluster.report import as_text, figures
from loadtests.cluster.trouble import Incident
from loadtests.ledger import Comparison

RIGHT = Comparison(receipts=10, households=10, applications=10, lost=0, shared=0, unheard=0)
BALANCE = {"entries": 12, "inserted": 10, "repeated": 2, "quarantined": 0, "waiting": 0}
DIED = Incident("worker-2", "died", 9.0, held=3, taken_over=15.2, rolled_back=10.1, waiting=40)


def played() -> Played:
    return Played(
        Size(),
        households=10,
        seconds=12.0,
        heard=Heard(Counter(one=6, two=4), Counter(two=1), Counter(one=2), resent=3, slowest=0.5),
        incidents=[Incident("portal-1", "cut off", 1.0, until=9.0, back_at_work=0.3), DIED],
        balance=BALANCE,
        comparison=RIGHT,
        still_connected={"worker-2": 0},
    )


def test_the_report_says_who_was_cut_off_and_what_came_of_it() -> None:
    told = as_text(played())

    assert "10, each with its receipt" in told
    assert "one 6, two 4" in told
    assert "3 entries" in told
    assert "2 entries, recorded as repeated: each stands once" in told
    assert "portal-1 cut off at 1.0 s, until 9.0 s; at work 0.3 s after it was back" in told
    assert "worker-2 died at 9.0 s, never back; held 3 entries; its transaction given up" in told


def test_its_figures_can_be_kept() -> None:
    found = json.loads(json.dumps(figures(played())))

    assert (found["reclaimed"], found["doubles"], found["resent"]) == (3, 2, 3)
    assert found["incidents"][1]["taken_over"] == 15.2


def test_books_that_are_right_have_no_problem() -> None:
    assert problems_of(played()) == []


@pytest.mark.parametrize(
    ("wrong", "said"),
    [
        ({"comparison": None}, "nothing was compared"),
        ({"comparison": replace(RIGHT, lost=1)}, "1 receipts lead to no application"),
        ({"comparison": replace(RIGHT, shared=1)}, "1 receipts are not one household's own"),
        ({"comparison": replace(RIGHT, unheard=1)}, "whose receipt nobody was shown"),
        ({"comparison": replace(RIGHT, households=9)}, "9 of 10 hold a receipt"),
        ({"comparison": replace(RIGHT, applications=11)}, "11 applications, but"),
        ({"heard": Heard(failures=["household 4: HTTP 500"])}, "household 4: HTTP 500"),
        ({"still_connected": {"worker-2": 2}}, "2 connections to worker-2, which died"),
    ],
)
def test_whatever_is_wrong_is_a_problem(wrong: dict[str, object], said: str) -> None:
    found = replace(played(), **wrong)  # type: ignore[arg-type]

    assert any(said in problem for problem in problems_of(found))
