"""Connections of phones that go out of reach: in the middle of a head, or before they close."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Final

from gunicorn.http import RequestParser
from gunicorn.http.errors import NoMoreData
from gunicorn.workers.gthread import TConn

if TYPE_CHECKING:
    from portal.gunicorn_worker import Worker

HEAD: Final = 10.0
"""Seconds without a byte for which a thread waits for the rest of a head; gthread waits on."""


class _Parser(RequestParser):  # type: ignore[misc]
    """Reads requests of phones that may go out of reach in the middle of a head."""

    def __next__(self) -> Any:
        client = self.unreader.sock
        client.settimeout(HEAD)
        try:
            return super().__next__()
        except TimeoutError:
            raise NoMoreData from None
        finally:
            client.settimeout(None)


class Connection(TConn):  # type: ignore[misc]
    """A connection that is closed without waiting for the other end."""

    worker: Worker
    parser: RequestParser | None

    def init(self) -> None:
        """Make it ready for a thread, which does not wait for good."""
        if self.parser is None and not self.cfg.is_ssl:
            self.parser = _Parser(self.cfg, self.sock, self.client)
        super().init()

    def close(self, graceful: bool = False) -> None:
        """Close it; gracefully: what was sent arrives before the connection ends."""
        if not (graceful and self.worker.linger(self.sock)):
            super().close()
