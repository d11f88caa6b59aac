"""What the log is told."""

from __future__ import annotations

import logging
import sys

import pytest
import redis
from sqlalchemy.exc import IntegrityError

from registry.inbox import InboxUnavailable
from registry.rules.errors import Invalid
from registry.sealing import UnsealError
from worker.notices import Notices, kind_of, place_of, start_logging

NIK = "3171011708850001"


@pytest.mark.parametrize(
    ("error", "kind"),
    [
        (ValueError(NIK), "ValueError"),
        (KeyError(NIK), "KeyError"),
        (Invalid("nik_day"), "Invalid nik_day"),
        (UnsealError("unknown_key", 3), "UnsealError unknown_key"),
        (InboxUnavailable("full", "OOM"), "InboxUnavailable full OOM"),
        (redis.ConnectionError(NIK), "ConnectionError"),
        (TimeoutError(NIK), "TimeoutError"),
        (IntegrityError(NIK, {"nik": NIK}, ValueError(NIK)), "IntegrityError ValueError"),
    ],
    ids=repr,
)
def test_error_is_named_without_what_it_says(error: Exception, kind: str) -> None:
    assert kind_of(error) == kind


def test_place_is_where_it_was_raised() -> None:
    with pytest.raises(ValueError, match=NIK) as caught:
        raise ValueError(NIK)
    assert place_of(caught.value).startswith("test_notices.py:")
    assert place_of(ValueError()) == "nowhere"


def test_same_trouble_is_told_once_and_its_end_once(caplog: pytest.LogCaptureFixture) -> None:
    caplog.set_level(logging.INFO)
    notices = Notices(logging.getLogger("test"))
    for what in ("down", "down", "full", "full"):
        notices.tell("inbox", what)
    notices.clear("inbox")
    notices.clear("inbox")
    notices.clear_all()
    assert caplog.messages == ["inbox: down", "inbox: full", "inbox: well again"]


def test_traceback_of_a_lost_server_is_one_line(
    capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    root = logging.getLogger()
    monkeypatch.setattr(root, "handlers", [])
    monkeypatch.setattr(root, "level", root.level)
    start_logging()
    try:
        raise redis.ConnectionError(NIK)
    except redis.ConnectionError:
        logging.getLogger("rq.worker").exception("lost %s", "it")
    (line,) = capsys.readouterr().err.splitlines()
    assert line.endswith("ERROR rq.worker: lost it (ConnectionError)")
    assert sys.exc_info() == (None, None, None)
