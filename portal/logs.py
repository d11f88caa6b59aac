"""Logs that name no citizen.

An exception's message may quote what somebody typed, and a receipt's address opens the receipt.
So a stack trace is written without messages, long numbers are masked and such paths are cut,
whoever logs; gunicorn writes no access log at all.
"""

from __future__ import annotations

import logging
import re
import sys
import traceback
from typing import TYPE_CHECKING, Any, Final

from gunicorn.glogging import Logger

if TYPE_CHECKING:
    from types import TracebackType
    from typing import TypeAlias

    _ExcInfo: TypeAlias = (
        tuple[type[BaseException], BaseException, TracebackType | None] | tuple[None, None, None]
    )

_FORMAT: Final = "%(asctime)s %(levelname)s %(name)s: "
_LONG_NUMBER: Final = re.compile(r"\d(?:[ .\-]?\d){7,}")
_SECRET_PATH: Final = re.compile(r"(/(?:bukti|foto|lembar|undangan)/)[^\s\"'\])]+")


def masked(text: str) -> str:
    """Mask every number of 8 digits or more, and the secret part of an address."""
    return _LONG_NUMBER.sub("•••", _SECRET_PATH.sub(r"\1…", text))


class MaskingFormatter(logging.Formatter):
    """Writes time, level and logger as they are, and the rest masked."""

    def __init__(self) -> None:
        super().__init__(_FORMAT)

    def format(self, record: logging.LogRecord) -> str:
        """Write one record, on one line but for its stack trace."""
        record.asctime = self.formatTime(record)
        message = masked(record.getMessage()).replace("\n", "\n  ")
        lines = [self._style.format(record) + message]
        if record.exc_info:
            lines.append(self.formatException(record.exc_info))
        return "\n".join(lines)

    def formatException(self, ei: _ExcInfo) -> str:  # noqa: N802 - logging's name
        """Write which errors there were, and where: not what they say."""
        lines: list[str] = []
        error, seen = ei[1], set[int]()
        while error is not None and id(error) not in seen:
            seen.add(id(error))
            lines.append(f"  {type(error).__module__}.{type(error).__qualname__}")
            lines += (
                f"    {frame.filename}:{frame.lineno} in {frame.name}"
                for frame in traceback.extract_tb(error.__traceback__)
            )
            error = error.__cause__ or error.__context__
        return "\n".join(lines)


class GunicornLogger(Logger):  # type: ignore[misc]
    """gunicorn's own log, masked; `logger_class` in gunicorn_conf.py."""

    def setup(self, cfg: Any) -> None:
        """Set gunicorn's handlers up as it does, with our formatter."""
        super().setup(cfg)
        for handler in self.error_log.handlers:
            handler.setFormatter(MaskingFormatter())

    def access(self, *_arguments: Any) -> None:
        """Write nothing, whatever the settings say: addresses of receipts would be in it."""


def configure(level: int = logging.INFO) -> None:
    """Send everything that is logged in this process to standard error, masked."""
    handler = logging.StreamHandler(sys.stderr)
    handler.setFormatter(MaskingFormatter())
    logging.basicConfig(level=level, handlers=[handler], force=True)
