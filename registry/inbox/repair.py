"""What operators do to the inbox by hand: put entries back, and mend its numbers after a loss."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Final

from registry.inbox.entries import Submission
from registry.inbox.errors import Halted, translated
from registry.inbox.names import ALONE, GROUP, HALTED, STREAM, entry_id, entry_number, marks

if TYPE_CHECKING:
    from collections.abc import Collection, Iterator

    from registry.inbox.stream import Inbox

_PAGE: Final = 500

# No rule of the door applies: it was accepted before. But numbers given while the inbox is halted
# may be given twice.
_PUT_BACK: Final = """#!lua flags=no-cluster
local halted = redis.call('GET', KEYS[2])
if halted then return {'halted', halted} end
local id = redis.call('XADD', KEYS[1], '0-*', 'e', ARGV[1])
if ARGV[2] ~= '' then redis.call('SADD', KEYS[3], ARGV[2]) end
return {'accepted', id}"""

_RAISE: Final = """#!lua flags=no-cluster,allow-oom
local last = 0
if redis.call('EXISTS', KEYS[1]) == 1 then
  for i, item in ipairs(redis.call('XINFO', 'STREAM', KEYS[1])) do
    if item == 'last-generated-id' then
      last = tonumber(string.match(redis.call('XINFO', 'STREAM', KEYS[1])[i + 1], '%d+$'))
    end
  end
else
  redis.call('XGROUP', 'CREATE', KEYS[1], ARGV[2], '0', 'MKSTREAM')
end
if last < tonumber(ARGV[1]) then redis.call('XSETID', KEYS[1], '0-' .. ARGV[1]) end
return last"""

# All of one entry's renumbering or nothing of it; an entry that is gone is left alone.
_RENUMBER: Final = """#!lua flags=no-cluster,allow-oom
local moved = {}
for i, id in ipairs(ARGV) do
  if i > 1 then
    local found = redis.call('XRANGE', KEYS[1], id, id)[1]
    if found then
      moved[#moved + 1] = redis.call('XADD', KEYS[1], '0-*', unpack(found[2]))
      redis.call('XACK', KEYS[1], ARGV[1], id)
      redis.call('XDEL', KEYS[1], id)
      redis.call('HDEL', KEYS[2], string.match(id, '%d+$'))
    end
  end
end
return moved"""


def put_back(inbox: Inbox, submission: Submission) -> int:
    """Append an application that was accepted before; give its new number.

    Neither the period nor the limit on a NIK is asked. Raises Halted, InboxUnavailable.
    """
    keys: list[str | bytes] = [STREAM, HALTED, marks(submission.nik_index)]
    return _put_back(inbox, keys, submission.pack(), submission.mark)


def put_back_damaged(inbox: Inbox, packed: bytes) -> int:
    """Append the bytes of an entry that could not be read, as they are; give its new number.

    Raises Halted, InboxUnavailable.
    """
    return _put_back(inbox, [STREAM, HALTED], packed, b"")


def _put_back(inbox: Inbox, keys: list[str | bytes], packed: bytes, mark: bytes) -> int:
    with translated():
        answer = inbox._client.register_script(_PUT_BACK)(keys, (packed, mark))
    if answer[0] == b"halted":
        raise Halted(answer[1].decode())
    return entry_number(answer[1])


def waiting_owners(inbox: Inbox, up_to: int) -> Iterator[dict[int, bytes]]:
    """Give number and application id of the entries with numbers up to this one, in pages."""
    start = "-"
    while True:
        with translated():
            page: Any = inbox._client.xrange(STREAM, start, entry_id(up_to), _PAGE)
        read = {entry_number(key): _owner(fields) for key, fields in page}
        if read:
            yield read
        if len(page) < _PAGE:
            return
        start = f"({entry_id(max(read))}"


def _owner(fields: dict[bytes, bytes]) -> bytes:
    try:
        return Submission.unpack(fields.get(b"e", b"")).application_id
    except ValueError:
        return bytes(16)


def raise_last_number(inbox: Inbox, least: int) -> int:
    """Make the next number greater than ``least``; give the last number that was given before."""
    with translated():
        return int(inbox._client.register_script(_RAISE)([STREAM], (least, GROUP)))


def renumber(inbox: Inbox, numbers: Collection[int]) -> list[int]:
    """Give waiting entries the next free numbers, in order; tell these. Marks stay as they are."""
    moved: list[int] = []
    ordered = sorted(numbers)
    script = inbox._client.register_script(_RENUMBER)
    for start in range(0, len(ordered), _PAGE):
        ids = map(entry_id, ordered[start : start + _PAGE])
        with translated():
            moved += map(entry_number, script([STREAM, ALONE], (GROUP, *ids)))
    return moved
