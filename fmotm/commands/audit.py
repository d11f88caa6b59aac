"""`fmotm audit`: whether the history of events is as it was written."""

from __future__ import annotations

from datetime import UTC
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from fmotm.commands.common import NO, now, open_inbox, open_sessions, refusal, say, say_json, warn
from registry.inbox import InboxError
from registry.inbox.heads import kept_head
from registry.rules.chain import Head, Wrong
from registry.settings import SettingsError
from registry.store import chain

if TYPE_CHECKING:
    from registry.rules.chain import Fault, Verdict

_MEANING = {
    Wrong.CHANGED: "it, or its link, is not as it was sealed",
    Wrong.MISSING: "it, or its link, was removed",
    Wrong.INSERTED: "it was added among events that had been sealed",
    Wrong.REORDERED: "it does not stand where it was sealed",
    Wrong.TRUNCATED: "from here to the noted head the end of the chain was removed",
    Wrong.REWRITTEN: "the chain was calculated anew: all hashes fit, but not the noted head",
}


@click.group()
def audit() -> None:
    """Tell whether events were changed, removed or added since they were written.

    Each minute new events are sealed into a chain of hashes. Whoever changes one breaks the chain
    from there on; whoever calculates the chain anew is found by its head, if that was noted where
    they could not change it: on the inbox server, in the ticker's log, and by you.
    """


def _parse(_: click.Context, __: click.Parameter, typed: tuple[str, ...]) -> list[Head]:
    try:
        return [Head.parse(each) for each in typed]
    except ValueError as error:
        raise click.BadParameter(str(error)) from None


@audit.command(short_help="Compare all events with the chain.")
@click.option(
    "--head",
    "typed",
    metavar="NUMBER:HASH",
    multiple=True,
    callback=_parse,
    help="A head that was noted; may be given several times.",
)
@click.option(
    "--head-file",
    "file",
    type=click.Path(exists=True, dir_okay=False, path_type=Path),
    help="A file in which heads stand, such as a log: all are compared.",
)
@click.option("--json", "as_json", is_flag=True, help="As JSON.")
def verify(*, typed: list[Head], file: Path | None, as_json: bool) -> None:
    """Compare all events with the chain; exit 1 at the first that is not as it was sealed.

    The head that is noted on the inbox server is compared too, where that can be reached. Reads
    everything, in one snapshot: events may be written meanwhile. Events of the last minute are not
    sealed yet.
    """
    # Before the snapshot, so that the chain has got that far in it.
    heads = [*typed, *(_heads_of(file) if file else ()), *_noted()]
    with open_sessions()() as session:
        verdict = chain.verify(session, heads)
    if as_json:
        say_json(_as_dict(verdict, heads))
    else:
        _show(verdict, heads)
    if verdict.fault:
        raise SystemExit(NO)


@audit.command()
def head() -> None:
    """Print the chain's head and the time: NUMBER:HASH TIME. Note it elsewhere, for `verify`."""
    with open_sessions()() as session:
        say(f"{chain.head(session)} {now().astimezone(UTC):%Y-%m-%dT%H:%M:%SZ}")


def _heads_of(file: Path) -> list[Head]:
    try:
        heads = Head.found_in(file.read_text("utf-8", "replace"))
    except ValueError as error:
        message = f"{file}: {error}"
        raise refusal(message) from None
    if not heads:
        message = f"there is no head in {file}: NUMBER:HASH, as `fmotm audit head` prints it"
        raise refusal(message)
    return heads


def _noted() -> list[Head]:
    """Return the head that the inbox server keeps; say so when it cannot be asked."""
    try:
        kept = kept_head(open_inbox())
    except (SettingsError, InboxError) as error:
        warn(f"Not compared with the head on the inbox server: {error}")
        return []
    except ValueError as error:
        message = f"what the inbox server keeps as head is none: {error}"
        raise refusal(message) from None
    return [kept] if kept else []


def _as_dict(verdict: Verdict, heads: list[Head]) -> dict[str, Any]:
    fault = verdict.fault
    return {
        "intact": fault is None,
        "sealed": verdict.head.number,
        "unsealed": verdict.unsealed,
        "head": str(verdict.head),
        "compared": [str(each) for each in heads],
        "fault": fault
        and {
            "wrong": fault.wrong.value,
            "event": fault.event_id,
            "number": fault.number,
            "since": fault.since,
        },
    }


def _show(verdict: Verdict, heads: list[Head]) -> None:
    if verdict.fault:
        _show_fault(verdict.fault)
    say(f"{'in order' if verdict.fault else 'sealed':<10}{verdict.head.number:>12,}")
    if not verdict.fault:
        say(f"{'unsealed':<10}{verdict.unsealed:>12,}")
        say(f"{'head':<10}{verdict.head}")
    for each in heads:
        say(f"{'compared':<10}{each}")
    if not verdict.fault:
        say("Nothing was changed." if heads else "Nothing was changed, as far as the chain tells.")


def _show_fault(fault: Fault) -> None:
    event = "event unknown" if fault.event_id is None else f"event {fault.event_id}"
    say(f"FIRST BAD: {event}, number {fault.number}: {fault.wrong}: {_MEANING[fault.wrong]}")
    if fault.since < fault.number:
        say(f"What was changed lies in the numbers {fault.since} to {fault.number}.")
