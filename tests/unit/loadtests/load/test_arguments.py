from __future__ import annotations

import pytest

from loadtests.load.__main__ import arguments, main
from loadtests.target import NotHere


def test_without_anything_it_is_an_ordinary_day_of_three_minutes() -> None:
    asked, url = arguments([])

    assert (asked.shape, asked.seconds, url) == ("day", 180.0, "")
    assert asked.hurry == 480.0


def test_people_think_as_much_faster_as_the_day_is_shorter() -> None:
    assert arguments(["--minutes", "60"])[0].hurry == 24.0
    assert arguments(["--shape", "round", "--minutes", "3"])[0].hurry == 480.0
    assert arguments(["--minutes", "1440"])[0].hurry == 1.0


@pytest.mark.parametrize(
    "given",
    [
        ["--shape", "tide"],
        ["--peak", "0"],
        ["--peak", "2001"],
        ["--peak", "nan"],
        ["--minutes", "0"],
        ["--minutes", "1441"],
        ["--minutes", "long"],
    ],
)
def test_what_cannot_be_played_is_refused(
    given: list[str], capsys: pytest.CaptureFixture[str]
) -> None:
    with pytest.raises(SystemExit):
        arguments(given)
    assert "argument" in capsys.readouterr().err


def test_nobody_elses_portal_is_put_under_load(capsys: pytest.CaptureFixture[str]) -> None:
    with pytest.raises(NotHere):
        arguments(["--target", "https://fmotm.jakarta.go.id"])
    assert main(["--target", "http://10.1.2.3:8000"]) == 2
    assert "refused" in capsys.readouterr().err
