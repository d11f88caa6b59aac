"""How RQ's Redis is reached: what the system does when the network dies, which no answer tells."""

import socket
from typing import Any

import pytest

from registry.inbox.stream import RECLAIM_AFTER
from worker.queues import DEAD_AFTER, connect

pytestmark = pytest.mark.skipif(
    not hasattr(socket, "TCP_USER_TIMEOUT"), reason="this system cannot be told (Linux can)"
)


def test_a_worker_that_waits_for_a_job_notices_that_it_is_cut_off(valkey_url: str) -> None:
    """Also with the long timeout of its socket: by the network's own questions and answers."""
    with connect(valkey_url, socket_timeout=65) as client:
        connection: Any = client.connection_pool.get_connection()
        told = {
            name: connection._sock.getsockopt(socket.IPPROTO_TCP, name)
            for name in (socket.TCP_KEEPIDLE, socket.TCP_KEEPINTVL, socket.TCP_USER_TIMEOUT)
        }
        client.connection_pool.release(connection)

    assert told[socket.TCP_KEEPIDLE] + told[socket.TCP_KEEPINTVL] == DEAD_AFTER < RECLAIM_AFTER
    assert told[socket.TCP_USER_TIMEOUT] == DEAD_AFTER * 1000


def test_a_server_on_a_socket_of_the_file_system_is_told_nothing() -> None:
    """It would be an error there."""
    with connect("unix:///nowhere/redis.sock") as client:
        assert "socket_keepalive_options" not in client.connection_pool.connection_kwargs
