"""The stream itself: append, claim, acknowledge, and the figures that prove nothing is lost."""

from __future__ import annotations

from contextlib import suppress
from importlib.resources import files
from typing import TYPE_CHECKING, Any, Final

import redis
from redis.backoff import NoBackoff
from redis.retry import Retry

from registry.inbox import names
from registry.inbox.claiming import claim
from registry.inbox.durability import complaints
from registry.inbox.entries import Accepted, Entry, Submission
from registry.inbox.errors import Halted, PeriodClosed, SlowDown, translated
from registry.inbox.names import ALONE, GROUP, HALTED, NEIGHBOURHOODS, PERIODS, STREAM
from registry.inbox.often import Often
from registry.inbox.snapshots import (
    Neighbourhood,
    pack_neighbourhoods,
    pack_period,
    unpack_neighbourhoods,
    unpack_period,
)

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping, Sequence

    from registry.rules.periods import Period

MOST_CLAIMED: Final = 500
"""Entries of one claim at most: what one SQL transaction takes well."""

BURST: Final = 10
"""Applications of one NIK that a day takes without a ticket; later ones are flagged."""

DAY: Final = 86_400
"""Seconds that a NIK's applications are counted, from the first on."""

RETRY_AFTER: Final = 60
"""Seconds to wait for a ticket."""

TICKET_MEMORY: Final = DAY
"""Seconds that a used ticket is remembered: tickets must expire sooner."""

RECLAIM_AFTER: Final = 15.0
"""Seconds after which a claimed entry is taken from a worker that died; three drains long."""

_PAGE: Final = 1_000

# For small writes that must work on a full server: they are what empties it or stops the flow.
_EVEN_WHEN_FULL: Final = "#!lua flags=allow-oom\nreturn redis.call(unpack(ARGV))"
_REPLACE_HASH: Final = """#!lua flags=allow-oom
redis.call('DEL', KEYS[1])
if #ARGV > 0 then redis.call('HSET', KEYS[1], unpack(ARGV)) end"""
# The numbers alone: the entries' bodies stay where they are.
_NUMBERS: Final = """#!lua flags=no-writes
local numbers = {}
for i, entry in ipairs(redis.call('XRANGE', KEYS[1], ARGV[1], ARGV[2], 'COUNT', ARGV[3])) do
  numbers[i] = tonumber(string.match(entry[1], '%d+$'))
end
return numbers"""


def connect(url: str, *, connect_timeout: float = 0.5, socket_timeout: float = 1.0) -> redis.Redis:
    """Give a client that answers or fails within about a second (timeouts in seconds).

    redis-py by itself tries again for many seconds, while a citizen waits and requests pile up.
    """
    return redis.Redis.from_url(
        url,
        protocol=2,  # no HELLO: one round trip less to connect, and the same replies everywhere
        decode_responses=False,
        retry=Retry(NoBackoff(), 0),
        socket_connect_timeout=connect_timeout,
        socket_timeout=socket_timeout,
    )


class Inbox:
    """The inbox on one Redis or Valkey server. Threads may share one.

    Every method raises InboxUnavailable when the server is down or full. What is asked may then
    have happened; asking again is safe.
    """

    def __init__(self, client: redis.Redis, *, reclaim_after: float = RECLAIM_AFTER) -> None:
        self._client = client
        self._reclaim_after = reclaim_after
        self._unsettled: set[int] = set()
        self._often = Often(client)
        self._append = client.register_script(_script("append.lua"))
        self._acknowledge = client.register_script(_script("acknowledge.lua"))
        self._even_when_full = client.register_script(_EVEN_WHEN_FULL)
        self._replace_hash = client.register_script(_REPLACE_HASH)
        self._numbers = client.register_script(_NUMBERS)

    # Accepting

    def append(self, submission: Submission, *, ticket: str | None = None) -> Accepted:
        """Accept an application: when this returns, it is on disk and has its number.

        ``ticket`` is the nonce of a ticket that the portal has checked: it lets one application
        through that exceeds the limit on its NIK. The same application may come any number of
        times; each time is an entry of its own, all lead to one application.
        Raises PeriodClosed, SlowDown, Halted, InboxUnavailable.
        """
        nik = submission.nik_index
        keys: list[bytes | str] = [STREAM, names.marks(nik), names.limit(nik), HALTED, PERIODS]
        if ticket is not None:
            keys.append(names.ticket(ticket))
        arguments = (submission.pack(), submission.mark, submission.period)
        with translated():
            answer = self._often.run(self._append, keys, (*arguments, BURST, DAY, TICKET_MEMORY))
        match answer:
            case [b"accepted", entry_id, flooded]:
                return Accepted(names.entry_number(entry_id), bool(flooded))
            case [b"halted", reason]:
                raise Halted(reason.decode())
            case [b"closed", reason]:
                raise PeriodClosed(reason.decode())
            case _:
                raise SlowDown(RETRY_AFTER)

    def pending(self, nik_index: bytes) -> list[tuple[bytes, bytes]]:
        """Tell what waits for this NIK: (application id, KK index) of each, in no order."""
        with translated():
            marks: Iterable[bytes] = self._often.ask("SMEMBERS", names.marks(nik_index))
        return [(mark[:16], mark[16:]) for mark in marks]

    # Draining

    def claim(
        self, consumer: str, count: int = MOST_CLAIMED, *, only_new: bool = False
    ) -> list[Entry]:
        """Take up to ``count`` (1-500) entries to work on, in the order of their numbers.

        First what this consumer already holds, then what others hold longer than
        ``reclaim_after``, then new ones; ``only_new`` leaves the first two alone. A consumer is one
        running worker process: two must not share a name. An entry may be handed out again, to
        anyone, until it is acknowledged.
        """
        if not 1 <= count <= MOST_CLAIMED:
            msg = f"count must be 1 to {MOST_CLAIMED}"
            raise ValueError(msg)
        with translated():
            after = None if only_new else self._reclaim_after
            claimed = claim(self._client, consumer, count, after)
            if claimed is None:
                self._create_group()
                claimed = claim(self._client, consumer, count, after)
        return claimed or []

    def _create_group(self) -> None:
        command = ("XGROUP", "CREATE", STREAM, GROUP, "0", "MKSTREAM")
        try:
            self._even_when_full([STREAM], command)
        except redis.ResponseError as error:
            if "BUSYGROUP" not in str(error):  # another worker was quicker
                raise

    def acknowledge(self, entries: Sequence[Entry]) -> None:
        """Let go of entries that are safe elsewhere: entry, mark and count of attempts at once."""
        if not entries:
            return
        niks = [entry.submission.nik_index for entry in entries]
        keys: list[bytes | str] = [STREAM, ALONE, *(names.marks(nik) for nik in niks)]
        arguments: list[bytes | str | int] = [GROUP]
        for entry in entries:
            arguments += entry.number, entry.submission.mark
        with translated():
            self._acknowledge(keys, arguments)

    def attempt_alone(self, number: int) -> int:
        """Count, before it is tried singly, how often this entry was; acknowledging forgets it."""
        self.forget_attempts(())
        self._unsettled.add(number)  # it may be counted although the answer is lost
        command = ("HINCRBY", ALONE, number, 1)
        with translated():
            count = int(self._even_when_full([ALONE], command))
        self._unsettled.discard(number)
        return count

    def forget_attempts(self, numbers: Iterable[int]) -> None:
        """Take back what `attempt_alone` counted: these entries did not end the process.

        When that fails it is made up for before the next attempt, so that only the end of the
        process leaves a count behind.
        """
        self._unsettled.update(numbers)
        if self._unsettled:
            with translated():
                self._client.hdel(ALONE, *map(str, self._unsettled))
            self._unsettled.clear()

    # Figures

    def depth(self) -> int:
        """Count the entries that are not acknowledged yet."""
        with translated():
            return self._client.xlen(STREAM)

    def last_number(self) -> int:
        """Tell the number of the last entry ever appended; 0 when there was none."""
        with translated():
            try:
                info = self._client.xinfo_stream(STREAM)
            except redis.ResponseError as error:
                if "no such key" in str(error):
                    return 0
                raise
        return names.entry_number(info["last-generated-id"])

    def waiting_numbers(self, up_to: int | None = None) -> Iterator[list[int]]:
        """Give the numbers of the entries not acknowledged yet, in order, a page at a time."""
        start, end = "-", "+" if up_to is None else names.entry_id(up_to)
        while True:
            with translated():
                page: list[int] = self._numbers([STREAM], (start, end, _PAGE))
            if page:
                yield page
            if len(page) < _PAGE:
                return
            start = f"({names.entry_id(page[-1])}"

    # What the door must know

    def publish_periods(self, periods: Iterable[Period]) -> None:
        """Replace the periods that the door goes by."""
        pairs = [part for each in periods for part in (each.id, pack_period(each))]
        with translated():
            self._replace_hash([PERIODS], pairs)

    def periods(self) -> list[Period]:
        """Give the periods that the door goes by, the earliest first.

        One that cannot be read is left out: to the door it is closed as well.
        """
        with translated():
            packed: dict[Any, Any] = self._client.hgetall(PERIODS)
        found = []
        for key, text in packed.items():
            with suppress(ValueError, OverflowError):
                found.append(unpack_period(key.decode(), text.decode()))
        return sorted(found, key=lambda each: (each.opens_at, each.id))

    def publish_neighbourhoods(self, known: Mapping[str, Iterable[Neighbourhood]]) -> None:
        """Replace the RT/RW that there are, by kelurahan code; without an entry any will do."""
        pairs: list[str] = []
        for kelurahan, each in known.items():
            pairs += kelurahan, pack_neighbourhoods(frozenset(each))
        with translated():
            self._replace_hash([NEIGHBOURHOODS], pairs)

    def neighbourhoods(self) -> dict[str, frozenset[Neighbourhood]]:
        """Give the RT/RW that there are, by kelurahan code, for kelurahan where they are known."""
        with translated():
            packed: dict[Any, Any] = self._client.hgetall(NEIGHBOURHOODS)
        return {key.decode(): unpack_neighbourhoods(text.decode()) for key, text in packed.items()}

    def halt(self, reason: str) -> None:
        """Stop accepting, everywhere, at once. Draining goes on."""
        command = ("SET", HALTED, reason or "no reason given")
        with translated():
            self._even_when_full([HALTED], command)

    def resume(self) -> None:
        """Accept again."""
        with translated():
            self._client.delete(HALTED)

    def halted(self) -> str | None:
        """Tell why accepting is halted; None when it is not."""
        with translated():
            reason: Any = self._client.get(HALTED)
        return None if reason is None else reason.decode()

    def durability(self) -> list[str]:
        """Say in plain words how this server could lose what it accepted; empty when it can not."""
        with translated():
            return complaints(self._client)


def _script(name: str) -> str:
    return files("registry.inbox").joinpath(name).read_text("utf-8")
