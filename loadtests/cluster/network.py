"""Hosts on one machine: network namespaces on a bridge, whose links can be cut.

No namespace has a name: each lives as long as a file of ours is open, or a process is in it. So
nothing is left behind, however this process ends.
"""

from __future__ import annotations

import ctypes
import os
import subprocess
import sys
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Final

from loadtests.installing import installed

if TYPE_CHECKING:
    from collections.abc import Iterator

NETWORK: Final = "10.213.77"
"""Of nobody but these namespaces: nothing outside can reach it, or be reached."""

WIDTH: Final = 24
_NEW_NETWORK: Final = 0x4000_0000
_HERE: Final = "/proc/thread-self/ns/net"
_LIBC: Final = ctypes.CDLL(None, use_errno=True)


class NoNamespaces(Exception):  # noqa: N818 - named after what is the case
    """This system, or this user, cannot make network namespaces; says why and what to do."""


@dataclass(frozen=True, slots=True)
class Host:
    """A host: its address, and the open file that keeps its namespace."""

    name: str
    address: str
    namespace: int


class Network:
    """A switch and hosts. The thread that made it is on the operator's host until `close`.

    Threads and processes that it starts are where it is at that moment. Raises NoNamespaces.
    """

    def __init__(self) -> None:
        _need_ip()
        self._files = ExitStack()
        try:
            self._files.callback(_enter, self._keep())
            self._switch = self._new()
            with _within(self._switch):
                _ip("link", "add", "name", "switch", "type", "bridge")
                _ip("link", "set", "dev", "switch", "up")
            self._hosts = 0
            self.operator = self.add("operator")
            _enter(self.operator.namespace)
        except BaseException:
            self._files.close()
            raise

    def close(self) -> None:
        """Go back to where the thread was. The hosts end with their processes."""
        self._files.close()

    def add(self, name: str) -> Host:
        """Plug in another host."""
        self._hosts += 1
        host = Host(name, f"{NETWORK}.{self._hosts}", self._new())
        there = f"/proc/{os.getpid()}/fd/{host.namespace}"
        with _within(self._switch):
            end = ("peer", "name", "eth0", "netns", there)
            _ip("link", "add", "name", name, "type", "veth", *end)
            _ip("link", "set", "dev", name, "master", "switch", "up")
        with self.inside(host):
            _ip("address", "add", f"{host.address}/{WIDTH}", "dev", "eth0")
            for device in ("lo", "eth0"):
                _ip("link", "set", "dev", device, "up")
        return host

    @contextmanager
    def inside(self, host: Host) -> Iterator[None]:
        """Be on a host while the block lasts: what is started or connected there stays there."""
        with _within(host.namespace):
            yield

    def cut(self, host: Host) -> None:
        """Pull the host's cable at the switch: nobody is told, packets just go nowhere."""
        self._set(host, "down")

    def mend(self, host: Host) -> None:
        """Put the cable back."""
        self._set(host, "up")

    def traffic(self, host: Host) -> tuple[int, int]:
        """Return the bytes that a host has received and sent so far, whole packets."""
        with self.inside(host):
            lines = Path("/proc/thread-self/net/dev").read_text("ascii").splitlines()
        (counts,) = (line.partition(":")[2].split() for line in lines if "eth0:" in line)
        return int(counts[0]), int(counts[8])

    def _set(self, host: Host, state: str) -> None:
        with _within(self._switch):
            _ip("link", "set", "dev", host.name, state)

    def _new(self) -> int:
        """Make a namespace, and keep it by an open file."""
        before = os.open(_HERE, os.O_RDONLY | os.O_CLOEXEC)
        try:
            if _LIBC.unshare(_NEW_NETWORK):
                raise NoNamespaces(_refused(ctypes.get_errno()))
            try:
                return self._keep()
            finally:
                _enter(before)
        finally:
            os.close(before)

    def _keep(self) -> int:
        try:
            kept = os.open(_HERE, os.O_RDONLY | os.O_CLOEXEC)
        except OSError as error:
            message = f"this system has no network namespaces: {error}"
            raise NoNamespaces(message) from error
        self._files.callback(os.close, kept)
        return kept


@contextmanager
def _within(namespace: int) -> Iterator[None]:
    before = os.open(_HERE, os.O_RDONLY | os.O_CLOEXEC)
    try:
        _enter(namespace)
        yield
    finally:
        _enter(before)
        os.close(before)


def _enter(namespace: int) -> None:
    if _LIBC.setns(namespace, _NEW_NETWORK):
        raise NoNamespaces(_refused(ctypes.get_errno()))


def _refused(number: int) -> str:
    return (
        f"network namespaces are refused ({os.strerror(number)}): run it as root with"
        " CAP_SYS_ADMIN and CAP_NET_ADMIN, in a container with --privileged"
    )


def _need_ip() -> None:
    """Make sure of `ip`, installing it where that can be done. Raises NoNamespaces."""
    if sys.platform != "linux":
        raise NoNamespaces("network namespaces are Linux's")
    if os.geteuid() != 0:
        raise NoNamespaces("only root may make network namespaces and cut their links")
    if installed("ip", "iproute2") is None:
        raise NoNamespaces("`ip` is missing: install iproute2 (Debian: apt install iproute2)")


def _ip(*arguments: str) -> None:
    done = subprocess.run(["ip", *arguments], capture_output=True, text=True, check=False)
    if done.returncode:
        message = f"`ip {' '.join(arguments)}` failed: {done.stderr.strip()}"
        raise NoNamespaces(message)
