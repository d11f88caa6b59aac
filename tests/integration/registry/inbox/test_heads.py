"""The chain's head on the inbox server: never back, and there after a crash."""

from __future__ import annotations

import pytest

from registry.inbox import Inbox, InboxUnavailable, connect
from registry.inbox.heads import keep_head, kept_head
from registry.rules.chain import Head
from tests.conftest import NewValkey

ONE, TWO, OTHER = Head(1, b"1" * 32), Head(2, b"2" * 32), Head(2, b"x" * 32)


def test_head_is_kept_and_never_goes_back(inbox: Inbox) -> None:
    assert kept_head(inbox) is None
    assert keep_head(inbox, TWO)
    for older in (ONE, TWO, OTHER):
        assert not keep_head(inbox, older)
    assert kept_head(inbox) == TWO
    far = Head(10**15, b"f" * 32)
    assert keep_head(inbox, far)
    assert kept_head(inbox) == far


def test_head_is_there_after_the_server_was_killed(new_valkey: NewValkey) -> None:
    server = new_valkey()
    with connect(server.url) as client:
        keep_head(Inbox(client), ONE)
        server.kill()
        with pytest.raises(InboxUnavailable):
            kept_head(Inbox(client))
        server.start()
        assert kept_head(Inbox(client)) == ONE
