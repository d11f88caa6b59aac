"""The command line, on real servers."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest
import redis
from click.testing import CliRunner, Result
from sqlalchemy import Engine

from fmotm.cli import main
from tests.integration.worker.conftest import bare_inbox, client, inbox
from tests.integration.worker.processes import settings

__all__ = ["bare_inbox", "client", "inbox"]

Fmotm = Callable[..., Result]
"""Runs the command line: `fmotm("queue", code)`; keywords are settings, `code` the exit code."""


@pytest.fixture
def environ(database_url: str, valkey_url: str, tmp_path: Path) -> dict[str, str]:
    nowhere = "redis://127.0.0.1:1/0"
    return settings(database_url, valkey_url, nowhere, FMOTM_DATA=str(tmp_path))


@pytest.fixture
def fmotm(environ: dict[str, str], database: Engine, inbox_client: redis.Redis) -> Fmotm:
    """Run the command line: `fmotm("queue", code)`; keywords are settings."""

    def run(*words: str, code: int = 0, **more: str) -> Result:
        result = CliRunner().invoke(main, words, env={**environ, **more}, catch_exceptions=False)
        assert result.exit_code == code, result.output
        return result

    return run
