from __future__ import annotations

import os
import shutil

import pytest

from loadtests.cluster import network
from loadtests.cluster.__main__ import CANNOT, asked_for, main
from loadtests.cluster.playing import Size


def test_without_anything_it_is_two_portals_and_two_workers() -> None:
    assert asked_for([]) == Size(portals=2, workers=2)


def test_sizes_are_asked_for() -> None:
    asked = asked_for(["--portals", "3", "--workers", "4", "--rate", "20", "--worker-cut", "1.5"])

    assert asked == Size(portals=3, workers=4, rate=20.0, worker_cut=1.5)


@pytest.mark.parametrize(
    "given",
    [
        ["--portals", "1"],
        ["--portals", "9"],
        ["--workers", "1"],
        ["--workers", "2.5"],
        ["--rate", "0"],
        ["--rate", "nan"],
        ["--rate", "inf"],
        ["--rate", ""],
        ["--calm", "0"],
        ["--data-cut", "3600"],
        ["--worker-cut", "-1"],
    ],
)
def test_what_cannot_be_played_is_refused(
    given: list[str], capsys: pytest.CaptureFixture[str]
) -> None:
    with pytest.raises(SystemExit) as left:
        asked_for(given)
    assert left.value.code == 2
    assert given[0].strip("-") in capsys.readouterr().err


def test_who_is_not_root_is_told_so(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setattr(os, "geteuid", lambda: 1_000)

    assert main([]) == CANNOT
    assert "only root may make network namespaces" in capsys.readouterr().err


def test_a_machine_without_ip_is_told_what_to_install(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setattr(os, "geteuid", lambda: 0)
    monkeypatch.setattr(shutil, "which", lambda _: None)

    assert main([]) == CANNOT
    assert "apt install iproute2" in capsys.readouterr().err


def test_a_machine_that_refuses_namespaces_says_so(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    class Refuses:
        def unshare(self, _flags: int) -> int:
            return -1

        def setns(self, _file: int, _flags: int) -> int:
            return 0

    monkeypatch.setattr(network, "_need_ip", lambda: None)
    monkeypatch.setattr(network, "_LIBC", Refuses())

    assert main([]) == CANNOT
    assert "network namespaces are refused" in capsys.readouterr().err
