from __future__ import annotations

from datetime import UTC, datetime
from pathlib import Path

import pytest

from loadtests.bench.measure import CheckFailed
from loadtests.ledger import RECORD, Comparison, Ledger, held, id_shown, read
from portal.citizen.receipt import Receipt, write

ID = bytes(range(16))
TOKEN = write(Receipt(ID, datetime(2026, 11, 22, tzinfo=UTC)), "secret" * 6)


def test_the_address_of_a_receipt_says_which_application_it_is() -> None:
    assert id_shown(f"/bukti/{TOKEN}") == ID
    assert id_shown(f"http://127.0.0.1:8000/en/bukti/{TOKEN}") == ID


@pytest.mark.parametrize(
    "location", ["", "/", "/daftar", "/bukti/", "/bukti/abc", "/bukti/!!!!", "/masuk?next=/bukti"]
)
def test_another_address_is_no_receipt(location: str) -> None:
    with pytest.raises(ValueError, match="no receipt"):
        id_shown(location)


def test_what_was_noted_is_read_again(tmp_path: Path) -> None:
    first, second = tmp_path / "a", tmp_path / "b"
    for path, number in ((first, 1), (second, 2**40)):
        ledger = Ledger(path)
        ledger.add(number, ID)
        ledger.close()

    assert list(read([first, second])) == [(1, ID), (2**40, ID)]
    assert held([first, second, tmp_path / "none"]) == 2
    assert first.stat().st_size == 24


def test_a_second_sender_adds_to_the_same_file(tmp_path: Path) -> None:
    for number in (1, 2):
        ledger = Ledger(tmp_path / "a")
        ledger.add(number, ID)
        ledger.close()

    assert [number for number, _ in read([tmp_path / "a"])] == [1, 2]


def test_half_a_receipt_is_noticed(tmp_path: Path) -> None:
    path = tmp_path / "a"
    path.write_bytes(RECORD.pack(1, ID)[:-1])

    with pytest.raises(CheckFailed, match="middle of a receipt"):
        list(read([path]))


def test_nothing_is_said_of_books_that_are_right() -> None:
    assert Comparison(10, 10, 10, 0, 0, 0).problems() == ()


def test_everything_wrong_is_said() -> None:
    said = Comparison(1_000, 990, 980, 1_200, 3, 4).problems()

    assert [each.partition(" ")[0] for each in said] == ["1,200", "3", "4"]


@pytest.mark.parametrize(("unsure", "wrong"), [(0, 1), (3, 1), (4, 0), (9, 0)])
def test_who_heard_no_answer_may_be_there_without_a_receipt(unsure: int, wrong: int) -> None:
    assert len(Comparison(10, 10, 14, 0, 0, 4).problems(unsure)) == wrong
