"""What dinas reads of the load."""

from __future__ import annotations

import pytest

from portal.dinas.load_words import count, duration, sentence, speed
from registry.rules.load import Now, Sample, State

QUIET = Sample(1.0, 100, 0, 0.0)
BUSY = Sample(1.0, 100_000, 12_034, 900.0)


@pytest.mark.parametrize(
    ("now", "said"),
    [
        (
            Now(State.WELL, QUIET, 720.0, 720.0, 0.0),
            "Semua lancar. Pendaftaran masuk 12 per detik, antrean kosong.",
        ),
        (
            Now(State.WELL, Sample(1.0, 9, 3, 0.5), 5.0, 5.0, 0.0),
            "Semua lancar. Pendaftaran masuk 5 per menit, antrean 3.",
        ),
        (
            Now(State.WELL, QUIET, 0.0, 0.0, 0.0),
            "Semua lancar. Tidak ada pendaftaran masuk saat ini, antrean kosong.",
        ),
        (Now(State.WELL, QUIET), "Semua lancar. Laju masuk belum terukur, antrean kosong."),
        (
            Now(State.OLD, BUSY, 60.0, 0.0, 0.0),
            (
                "Antrean menumpuk: 12.034 pendaftaran menunggu, yang tertua sudah 15 menit. "
                "Hubungi operator."
            ),
        ),
        (
            Now(State.GROWING, BUSY, 6000.0, 600.0, 0.0),
            (
                "Antrean menumpuk: 12.034 pendaftaran menunggu. Pendaftaran masuk 100 per detik, "
                "diproses 10 per detik. Pendaftaran tetap aman."
            ),
        ),
        (
            Now(State.REFUSING, QUIET, 600.0, 600.0, 30.0),
            (
                "Sedang ramai: sebagian orang diminta mencoba lagi, 30 per menit. "
                "Pendaftaran masuk 10 per detik, antrean kosong."
            ),
        ),
        (
            Now(State.HALTED, QUIET),
            "Penerimaan pendaftaran dihentikan. Hubungi operator.",
        ),
        (
            Now(State.DOWN, Sample(1.0, None)),
            (
                "Antrean tidak menjawab, jadi pendaftaran tidak bisa diterima. "
                "Hubungi operator segera."
            ),
        ),
        (
            Now(State.UNKNOWN),
            "Belum ada ukuran. Kalau tetap begini, minta operator memeriksa pencatatnya.",
        ),
        (
            Now(State.UNKNOWN, QUIET),
            "Tidak ada ukuran baru, angkanya lama. Minta operator memeriksa pencatatnya.",
        ),
    ],
)
def test_it_is_said_in_a_sentence(now: Now, said: str) -> None:
    assert sentence(now) == said


def test_every_state_has_words() -> None:
    for state in State:
        assert sentence(Now(state, BUSY, 1.0, 1.0, 1.0))


@pytest.mark.parametrize(
    ("value", "written"),
    [
        (None, "belum terukur"),
        (0.0, "0 per menit"),
        (0.2, "kurang dari 1 per menit"),
        (59.0, "59 per menit"),
        (60.0, "1 per detik"),
        (72_000.0, "1.200 per detik"),
    ],
)
def test_speeds(value: float | None, written: str) -> None:
    assert speed(value) == written


@pytest.mark.parametrize(
    ("seconds", "written"),
    [
        (0.0, "0 detik"),
        (119.0, "119 detik"),
        (120.0, "2 menit"),
        (7_199.0, "120 menit"),
        (7_200.0, "2 jam"),
    ],
)
def test_durations(seconds: float, written: str) -> None:
    assert duration(seconds) == written


def test_counts() -> None:
    assert [count(each) for each in (0, 999.6, 1_234_567)] == ["0", "1.000", "1.234.567"]
