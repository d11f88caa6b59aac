"""The report of a visit: what a phone may send, and what is refused."""

from __future__ import annotations

from contextlib import suppress
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from registry.rules.reports import Refused, Report, read_report
from registry.rules.visits import Call, Outcome

NOW = datetime(2026, 9, 30, 5, tzinfo=UTC)
GOOD = {
    "id": "0f" * 16,
    "hasil": "met",
    "panggilan": "",
    "ktp": "same",
    "mulai": "2026-09-30T04:40:00.000Z",
    "selesai": "2026-09-30T04:52:30.000Z",
    "titik": "-6.17540,106.82720",
    "akurasi": "12",
    "catatan": "  Rumah di ujung\ngang. ",
    "atap": "06",
    "csrf_token": "anything",
    "petugas": "7",
}


def read(**changed: str) -> Report:
    fields = {**GOOD, **changed}
    return read_report({n: [v] for n, v in fields.items()}, officer="7", now=NOW, people=2)


def problems(**changed: str) -> dict[str, str]:
    with pytest.raises(Refused) as refused:
        read(**changed)
    return refused.value.problems


def test_a_report_is_read_as_it_was_measured() -> None:
    report = read()
    assert report.id == b"\x0f" * 16
    assert report.visit.officer == "7"
    assert report.visit.length == timedelta(minutes=12, seconds=30)
    assert (report.visit.outcome, report.visit.call, report.ktp) == (Outcome.MET, None, "same")
    assert (report.position, report.accuracy) == ("-6.17540,106.82720", 12)
    assert report.note == "Rumah di ujung gang."
    assert report.found == {"atap": "06"}


def test_a_page_without_scripts_measures_until_it_is_sent() -> None:
    assert read(selesai="").visit.ended_at == NOW


def test_a_ktp_counts_only_where_somebody_was_met() -> None:
    assert read(hasil="nobody_home", ktp="same").ktp is None
    assert read(hasil="address_not_found", ktp="", panggilan="unanswered").visit.call is (
        Call.UNANSWERED
    )


@pytest.mark.parametrize(
    "changed",
    [
        {"titik": ""},
        {"titik": "-6.9147,107.6098"},  # Bandung
        {"titik": "y"},
        {"akurasi": ""},
        {"akurasi": "100000"},
        {"akurasi": "-1"},
    ],
)
def test_a_place_that_cannot_be_is_left_out_and_the_visit_stays(changed: dict[str, str]) -> None:
    report = read(**changed)
    assert (report.position, report.accuracy) == (None, None)


@pytest.mark.parametrize(
    ("changed", "expected"),
    [
        ({"id": ""}, {"id": "visit_id"}),
        ({"id": "0F" * 16}, {"id": "visit_id"}),
        ({"id": "0f" * 15}, {"id": "visit_id"}),
        ({"hasil": ""}, {"hasil": "visit_outcome"}),
        ({"hasil": "found"}, {"hasil": "visit_outcome"}),
        ({"panggilan": "maybe"}, {"panggilan": "visit_call"}),
        ({"ktp": ""}, {"ktp": "visit_ktp"}),
        ({"ktp": "lost"}, {"ktp": "visit_ktp"}),
        ({"mulai": ""}, {"mulai": "visit_time_zone"}),
        ({"mulai": "2026-09-30T04:40:00"}, {"mulai": "visit_time_zone"}),
        ({"mulai": "0001-01-01T00:00:00+14:00"}, {"mulai": "visit_time_zone"}),
        ({"mulai": "2026-09-30T04:53:00Z"}, {"selesai": "visit_ends_before_start"}),
        ({"selesai": "2026-09-30T05:06:00Z"}, {"selesai": "visit_in_future"}),
        ({"mulai": "2026-09-29T21:52:29Z"}, {"selesai": "visit_too_long"}),
        ({"mulai": "2026-09-29T22:00:00Z", "selesai": ""}, {"selesai": "visit_too_long"}),
        ({"catatan": "x" * 301}, {"catatan": "note_too_long"}),
        ({"atap": "77"}, {"atap": "finding_choice"}),
        ({"hasil": "", "atap": "77"}, {"hasil": "visit_outcome", "atap": "finding_choice"}),
    ],
)
def test_what_cannot_have_been_is_refused_with_all_that_is_wrong(
    changed: dict[str, str], expected: dict[str, str]
) -> None:
    assert problems(**changed) == expected


@given(st.dictionaries(st.sampled_from([*GOOD]) | st.text(max_size=8), st.lists(st.text())))
def test_whatever_is_sent_is_a_report_or_refused(given: Any) -> None:
    sent = {name: [value] for name, value in GOOD.items()} | given
    with suppress(Refused):
        report = read_report(sent, officer="7", now=NOW, people=1)
        assert report.visit.ended_at >= report.visit.started_at
        assert len(report.note) <= 300
