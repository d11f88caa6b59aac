"""``fmotm households``: made-up households, printed or registered."""

import json
import sys
import time
from collections.abc import Generator, Iterable
from contextlib import ExitStack, closing
from pathlib import Path
from typing import Final

import click

from fmotm.households import Options, Raw, household
from fmotm.households.client import SendError
from fmotm.households.send import Ledger, Outcome, Tally, send_all
from registry.rules.errors import Invalid
from registry.rules.regions import kelurahan

_SHARE: Final = click.FloatRange(0.0, 1.0)


def _codes(_: click.Context, __: click.Parameter, typed: tuple[str, ...]) -> tuple[str, ...]:
    try:
        return tuple(kelurahan(code).code for code in typed)
    except Invalid:
        raise click.BadParameter(
            "no such kelurahan in Jakarta; a code looks like 31.71.01.1001"
        ) from None


@click.command("households")
@click.option(
    "--count",
    "-n",
    default=10,
    show_default=True,
    type=click.IntRange(0),
    help="How many.",
)
@click.option(
    "--seed",
    default=0,
    show_default=True,
    type=click.IntRange(0),
    help="Another seed, other households.",
)
@click.option(
    "--skip",
    default=0,
    show_default=True,
    type=click.IntRange(0),
    help="Leave out the first N: to go on where another run ended.",
)
@click.option(
    "--kelurahan",
    "codes",
    multiple=True,
    metavar="CODE",
    callback=_codes,
    help="Live here only; may be given again. Default: all 267, each as often.",
)
@click.option(
    "--flags",
    default=0.0,
    type=_SHARE,
    metavar="SHARE",
    help="Share that meets a criterion of exclusion: car, permanent employee, ...",
)
@click.option(
    "--rivals",
    default=0.0,
    type=click.FloatRange(0.0, 0.5),
    metavar="SHARE",
    help="Share that registers the household before once more, with other answers.",
)
@click.option(
    "--mistakes",
    default=0.0,
    type=_SHARE,
    metavar="SHARE",
    help="Share with a mistake in the form, which the portal refuses.",
)
@click.option(
    "--send",
    "url",
    metavar="URL",
    help="Register them at this portal, such as http://127.0.0.1:8000.",
)
@click.option(
    "--concurrency",
    default=8,
    show_default=True,
    type=click.IntRange(1, 512),
    help="With --send: connections at once.",
)
@click.option(
    "--receipt-page/--no-receipt-page",
    "read_receipt",
    default=True,
    help="With --send: read each receipt, or only see it granted.",
)
@click.option(
    "--ledger",
    type=click.Path(dir_okay=False, writable=True, path_type=Path),
    help="With --send: write the receipt codes here, in the order of the households.",
)
@click.option("--json", "as_json", is_flag=True, help="With --send: the summary as JSON.")
def households(  # noqa: PLR0913, PLR0917 - one parameter for each option
    count: int,
    seed: int,
    skip: int,
    codes: tuple[str, ...],
    flags: float,
    rivals: float,
    mistakes: float,
    url: str | None,
    concurrency: int,
    read_receipt: bool,
    ledger: Path | None,
    as_json: bool,
) -> None:
    """Make up believable households of Jakarta: nobody's names, nobody's numbers.

    Prints one JSON object a line, {"answers": {field: text or texts}}, as the form takes them.
    The same seed gives the same households, a larger count the same and more.

    With --send, registers them over HTTP instead, says what came of it, and exits 1 when any
    failed. Households that were refused for a mistake in the form have not failed.
    """
    options = Options(flags, rivals, mistakes, codes)
    made = (household(seed, index, options) for index in range(skip, skip + count))
    if url is None:
        if ledger or as_json or not read_receipt:
            raise click.UsageError("--ledger, --json and --no-receipt-page go with --send.")
        _print(made)
        return
    if ledger and not read_receipt:
        raise click.UsageError("--ledger needs the receipt pages: leave out --no-receipt-page.")
    started = time.monotonic()
    outcomes = send_all(url, made, concurrency=concurrency, read_receipt=read_receipt)
    tally = _send(outcomes, count, ledger)
    _report(tally, time.monotonic() - started, as_json=as_json, read_receipt=read_receipt)
    if left := count - tally.sent:
        line = f"{url} no longer answers: {left} were not sent. To send all again is safe."
        click.echo(line, err=True)
    if tally.failed:
        raise SystemExit(1)


def _print(made: Iterable[Raw]) -> None:
    for raw in made:
        sys.stdout.write(json.dumps({"answers": raw}) + "\n")


def _send(
    outcomes: Generator[tuple[int, Outcome], None, None], count: int, ledger: Path | None
) -> Tally:
    """Send all, with a progress bar on standard error; the ledger is written as answers come."""
    tally = Tally()
    try:
        with ExitStack() as stack:
            book = None
            if ledger:
                book = Ledger(stack.enter_context(ledger.open("w", encoding="utf-8")))
                stack.callback(book.close)
            bar = stack.enter_context(
                click.progressbar(length=count, label="Sent", file=sys.stderr)
            )
            stack.enter_context(closing(outcomes))
            for number, outcome in outcomes:
                tally.add(outcome)
                if book:
                    book.add(number, outcome.receipt)
                bar.update(1)
    except (SendError, OSError) as error:
        raise click.ClickException(str(error)) from None
    return tally


def _report(tally: Tally, seconds: float, *, as_json: bool, read_receipt: bool) -> None:
    rate = tally.sent / seconds if seconds else 0.0
    if as_json:
        summary = {
            "sent": tally.sent,
            "accepted": tally.accepted,
            "receipts": len(tally.receipts) if read_receipt else None,
            "refused": tally.refused,
            "problems": dict(tally.problems.most_common()),
            "failed": tally.failed,
            "failures": dict(tally.failures.most_common()),
            "seconds": round(seconds, 3),
        }
        click.echo(json.dumps(summary))
        return
    different = f" ({len(tally.receipts)} different)" if read_receipt else ""
    click.echo(
        f"sent {tally.sent}, receipts {tally.accepted}{different}, refused {tally.refused}, "
        f"failed {tally.failed}; {seconds:.1f} s, {rate:.0f} a second"
    )
    for title, counts in (("refused for", tally.problems), ("failed", tally.failures)):
        for name, number in counts.most_common():
            click.echo(f"  {title} {name}: {number}")
