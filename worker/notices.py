"""Says in the log when something begins and when it is over, not each time it is noticed."""

from __future__ import annotations

import logging
import time
import traceback
from pathlib import Path

from redis.exceptions import RedisError
from sqlalchemy.exc import DBAPIError

from registry.inbox import InboxUnavailable


def start_logging() -> None:
    """Log to standard error, in UTC, one line a record."""
    formatter = logging.Formatter(
        "%(asctime)s %(levelname)s %(name)s: %(message)s", "%Y-%m-%dT%H:%M:%SZ"
    )
    formatter.converter = time.gmtime
    handler = logging.StreamHandler()
    handler.setFormatter(formatter)
    handler.addFilter(_without_traceback)
    logging.basicConfig(level=logging.INFO, handlers=[handler])


def _without_traceback(record: logging.LogRecord) -> bool:
    """Shorten what RQ says when its Redis goes away: where in redis-py it noticed is no news."""
    if record.exc_info and isinstance(record.exc_info[1], RedisError):
        record.msg = f"{record.getMessage()} ({kind_of(record.exc_info[1])})"
        record.args = record.exc_info = record.exc_text = None
    return True


class Notices:
    """What is wrong now, by subject. A subject that stays wrong in the same way is told once."""

    def __init__(self, logger: logging.Logger) -> None:
        self._logger = logger
        self._current: dict[str, str] = {}

    def tell(self, subject: str, what: str, level: int = logging.WARNING) -> None:
        """Log that ``subject`` is wrong, unless the last word on it was the same."""
        if self._current.get(subject) != what:
            self._current[subject] = what
            self._logger.log(level, "%s: %s", subject, what)

    def clear(self, subject: str) -> None:
        """Log that ``subject`` is well again, if it was not."""
        if self._current.pop(subject, None) is not None:
            self._logger.info("%s: well again", subject)

    def clear_all(self) -> None:
        """Log of everything that was wrong that it is well again."""
        for subject in tuple(self._current):
            self.clear(subject)


def kind_of(error: BaseException) -> str:
    """Name an error without its message, which may repeat what a citizen wrote.

    The class, what the server calls it (SQLSTATE, the constraint), or the code of our own errors.
    """
    said = [type(error).__name__]
    if isinstance(error, DBAPIError) and error.orig is not None:
        said += [type(error.orig).__name__, *_of_server(error.orig)]
    elif isinstance(error, InboxUnavailable):
        said += [error.kind, error.detail]
    else:
        # `kind` of an UnsealError, `code` of an Invalid: words of this program.
        said += [
            word for name in ("kind", "code") if isinstance(word := getattr(error, name, 0), str)
        ]
    return " ".join(said)


def place_of(error: BaseException) -> str:
    """Tell the file and line that raised an error."""
    frames = traceback.extract_tb(error.__traceback__)
    return f"{Path(frames[-1].filename).name}:{frames[-1].lineno}" if frames else "nowhere"


def _of_server(original: BaseException) -> list[str]:
    diagnosis = getattr(original, "diag", None)
    words = (getattr(original, "sqlstate", None), getattr(diagnosis, "constraint_name", None))
    return [word for word in words if word]
