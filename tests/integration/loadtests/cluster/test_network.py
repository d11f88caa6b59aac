"""Hosts of a network: what is cut off is silent, what is put back answers, nothing stays behind."""

from __future__ import annotations

import socket
from collections.abc import Iterator
from pathlib import Path

import pytest

from loadtests.cluster.network import Host, Network, NoNamespaces

HERE = Path("/proc/thread-self/ns/net")


@pytest.fixture
def listening(network: Network) -> Iterator[Host]:
    """Give a host on which somebody listens."""
    host = network.add("one")
    with network.inside(host), socket.create_server(("0.0.0.0", 8_000)):
        pass
    with network.inside(host):
        server = socket.create_server((host.address, 8_000))
    with server:
        yield host


def connects(host: Host) -> bool:
    socket.create_connection((host.address, 8_000), timeout=30).close()
    return True


def is_silent(host: Host) -> bool:
    with pytest.raises(TimeoutError):
        socket.create_connection((host.address, 8_000), timeout=0.5)
    return True


def test_hosts_reach_each_other_and_nothing_else(network: Network, listening: Host) -> None:
    assert connects(listening)
    with network.inside(network.add("other")):
        assert connects(listening)
        with pytest.raises(OSError, match="unreachable"):
            socket.create_connection(("192.0.2.1", 80), timeout=0.5)


def test_who_is_cut_off_is_silent_and_others_are_not(network: Network, listening: Host) -> None:
    other = network.add("other")
    network.cut(other)
    assert connects(listening)
    with network.inside(other):
        assert is_silent(listening)

    network.cut(listening)
    assert is_silent(listening)


def test_a_connection_lives_on_when_the_cable_is_back(network: Network) -> None:
    """Nobody was told that it was cut: that is what makes it dangerous."""
    host = network.add("one")
    with network.inside(host):
        server = socket.create_server((host.address, 8_000))
    with server, socket.create_connection((host.address, 8_000), timeout=20) as near:
        far, _ = server.accept()
        with far:
            network.cut(host)
            near.sendall(b"said while it was cut")
            network.mend(host)
            far.settimeout(20)
            assert far.recv(100) == b"said while it was cut"


def test_the_bytes_of_a_host_are_counted(network: Network, listening: Host) -> None:
    received, _ = network.traffic(listening)

    assert connects(listening)

    assert network.traffic(listening)[0] > received


def test_closing_leaves_nothing_and_brings_us_back() -> None:
    outside = HERE.readlink()
    devices = Path("/proc/self/net/dev").read_text()
    try:
        made = Network()
    except NoNamespaces as error:
        pytest.skip(str(error))
    made.add("one")
    assert HERE.readlink() != outside

    made.close()

    assert HERE.readlink() == outside
    assert devices.count(":") == Path("/proc/self/net/dev").read_text().count(":")


def test_what_fails_half_way_brings_us_back(network: Network) -> None:
    before = HERE.readlink()

    with pytest.raises(NoNamespaces, match="failed"):
        network.add("a name that no device can have")
    with pytest.raises(RuntimeError), network.inside(network.operator):
        raise RuntimeError

    assert HERE.readlink() == before
