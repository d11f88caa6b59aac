"""Applications into the inbox by the portal's own code, without HTTP."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Final

from registry.intake import submission
from registry.rules.answers import parse
from registry.rules.application import Application
from registry.rules.periods import civil_date

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from loadtests.bench.servers import Servers
    from registry.inbox import Submission

AT_ONCE: Final = 16
"""Threads that append: the inbox writes to disk once for all that wait."""


def applications(servers: Servers, numbers: Iterable[int]) -> Iterator[Submission]:
    """Yield these households as what goes into the inbox, made as the portal makes it."""
    period = str(servers.template.fields["periode"])
    keys, now = servers.keys, datetime.now(UTC)
    for number in numbers:
        parsed = parse(servers.template.answers(number), today=civil_date(now))
        if not isinstance(parsed, Application):
            message = f"household {number} is no application: {parsed}"
            raise TypeError(message)
        yield submission(parsed, period, keys, now)


def fill(servers: Servers, number: int) -> int:
    """Append so many new households; return the first's number."""
    first = servers.numbers.take(number)
    inbox = servers.inbox
    with ThreadPoolExecutor(AT_ONCE) as pool:
        for _ in pool.map(inbox.append, applications(servers, range(first, first + number))):
            pass
    return first
