"""Which portal may be put under load: one of this machine, and no other."""

from __future__ import annotations

from ipaddress import ip_address
from urllib.parse import urlsplit


class NotHere(ValueError):  # noqa: N818 - named after what is the case
    """An address that is not this machine's loopback: nobody else's servers are loaded."""


def loopback(url: str) -> str:
    """Return the portal's address, without a slash at its end. Raises NotHere.

    A name is refused as well, but for `localhost`: where it leads may change.
    """
    parts = urlsplit(url.strip())
    try:
        host, port = parts.hostname or "", parts.port
        here = host == "localhost" or ip_address(host).is_loopback
    except ValueError:
        here, port = False, None
    plain = not (parts.username or parts.password or parts.query or parts.fragment)
    if not (here and plain and parts.scheme == "http" and parts.path in {"", "/"} and port != 0):
        message = f"{url!r} is not this machine's own: only http://127.0.0.1:PORT is put under load"
        raise NotHere(message)
    return f"{parts.scheme}://{parts.netloc}"
