"""The head of the chain of events, kept where PostgreSQL's owner cannot change it.

The inbox server is another machine, and on disk before it answers.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Final

from registry.inbox.errors import translated
from registry.inbox.names import CHAIN_HEAD
from registry.rules.chain import Head

if TYPE_CHECKING:
    from registry.inbox.stream import Inbox

# Never back to a lower number, nor to another hash: the first to say it is believed.
_KEEP: Final = """#!lua flags=allow-oom
local kept = redis.call('GET', KEYS[1])
if kept and tonumber(string.match(kept, '^%d+')) >= tonumber(ARGV[1]) then return 0 end
redis.call('SET', KEYS[1], ARGV[1] .. ':' .. ARGV[2])
return 1"""


def keep_head(inbox: Inbox, head: Head) -> bool:
    """Note a head, unless one as far or farther is noted; tell whether it was.

    Raises InboxUnavailable.
    """
    with translated():
        script = inbox._client.register_script(_KEEP)
        return bool(script([CHAIN_HEAD], (head.number, head.hash.hex())))


def kept_head(inbox: Inbox) -> Head | None:
    """Return the head that is noted; None when there is none.

    Raises InboxUnavailable, and ValueError when what is noted is no head.
    """
    with translated():
        kept: Any = inbox._client.get(CHAIN_HEAD)
    return None if kept is None else Head.parse(kept.decode("ascii"))
