"""The `fmotm` command."""

from __future__ import annotations

import sys
from importlib import import_module
from typing import TYPE_CHECKING, Final, NamedTuple

import click

if TYPE_CHECKING:
    from collections.abc import Mapping


class Lazy(NamedTuple):
    """A command that is imported when it is used."""

    module: str
    help: str


COMMANDS: Final[Mapping[str, Lazy]] = {
    "up": Lazy("fmotm.up", "Run everything on this machine."),
    "db": Lazy("fmotm.commands.db", "Set the database up, or check it."),
    "period": Lazy("fmotm.commands.period", "Open, extend, close and list registration periods."),
    "regions": Lazy("fmotm.commands.regions", "Load the RT and RW that there are."),
    "user": Lazy("fmotm.commands.user", "Name the people who sign in, and help them."),
    "queue": Lazy("fmotm.commands.queue", "List the review queue of a kelurahan."),
    "board": Lazy("fmotm.commands.board", "Tell how far every kelurahan has come in a round."),
    "practice": Lazy("fmotm.commands.practice", "Fill the kelurahan in which people practise."),
    "inbox": Lazy("fmotm.commands.inbox", "Show the inbox, halt it, look after its quarantine."),
    "balance": Lazy("fmotm.commands.balance", "Account for every application ever accepted."),
    "audit": Lazy("fmotm.commands.audit", "Tell whether the history was changed."),
    "keys": Lazy("fmotm.commands.keys", "Make keys, and change them."),
    "voices": Lazy("fmotm.commands.voices", "Make the sound files of the pages, and check them."),
    "households": Lazy("fmotm.commands.households", "Make up households, and register them."),
}
"""Every command: where it is, and its line in `fmotm --help`."""


class LazyGroup(click.Group):
    """A group that imports a command only when it is used, so that help comes at once."""

    def list_commands(self, ctx: click.Context) -> list[str]:
        """Return the names in the order in which they are shown."""
        del ctx
        return list(COMMANDS)

    def get_command(self, ctx: click.Context, cmd_name: str) -> click.Command | None:
        """Import one command."""
        del ctx
        lazy = COMMANDS.get(cmd_name)
        if lazy is None:
            return None
        command: click.Command = getattr(import_module(lazy.module), cmd_name)
        return command

    def format_commands(self, ctx: click.Context, formatter: click.HelpFormatter) -> None:
        """Write the list of commands without importing them."""
        del ctx
        with formatter.section("Commands"):
            formatter.write_dl([(name, lazy.help) for name, lazy in COMMANDS.items()])

    def invoke(self, ctx: click.Context) -> object:
        """Run a command; an error that an operator can mend is one line."""
        try:
            return super().invoke(ctx)
        except (click.ClickException, click.Abort, click.exceptions.Exit):
            raise
        except Exception as error:
            from fmotm.commands.common import explain  # noqa: PLC0415 - help comes without it

            told = explain(error)
            if told is None:
                raise
            raise told from None


@click.group(cls=LazyGroup, context_settings={"help_option_names": ["-h", "--help"]})
@click.version_option(package_name="fmotm", message="%(prog)s %(version)s")
def main() -> None:
    """Self-registration for social assistance: run it, look into it, look after it.

    Settings come from the environment (README); where `fmotm up` runs on this machine, from it.
    Exit codes: 0 done, 1 no (a server is down, a rule forbids it, it does not add up), 2 wrong
    usage or settings.
    """


if __name__ == "__main__":
    sys.exit(main())
