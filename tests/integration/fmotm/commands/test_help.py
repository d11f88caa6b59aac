"""Each command explains itself."""

from __future__ import annotations

import subprocess
import sys

import pytest
from click.testing import CliRunner

from fmotm.cli import COMMANDS, main


@pytest.mark.parametrize("name", COMMANDS)
def test_each_command_explains_itself(name: str) -> None:
    result = CliRunner().invoke(main, [name, "--help"])
    assert result.exit_code == 0
    assert len(result.output) > 100


@pytest.mark.parametrize("name", ["db", "inbox", "keys", "period", "regions"])
def test_no_line_of_help_is_cut_short(name: str) -> None:
    listed = CliRunner().invoke(main, [name, "--help"]).output.partition("Commands:")[2]
    assert listed
    assert "..." not in listed


def test_help_comes_at_once() -> None:
    slow = "import sys; import fmotm.cli; print({'sqlalchemy', 'redis', 'rq'} & set(sys.modules))"
    run = subprocess.run([sys.executable, "-c", slow], capture_output=True, text=True, check=True)
    assert run.stdout.strip() == "set()"
