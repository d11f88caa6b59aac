"""`fmotm voices`: the sound files of 'Dengarkan'."""

from __future__ import annotations

from typing import TYPE_CHECKING

import click

from fmotm.commands.common import refusal, say
from fmotm.voices import NoSynthesiser, check_voices, make_voices
from portal.speech import SOUNDS, languages

if TYPE_CHECKING:
    from fmotm.voices import Voices


@click.group()
def voices() -> None:
    """Make the sound files that phones without a voice of their own play, and check them."""


@voices.command("make", short_help="Make those that are missing or out of date.")
def make() -> None:
    """Make the sound files that are missing, or whose words have changed, by espeak-ng.

    A file that people recorded is never replaced; one whose words have changed is named, and
    exit code 1 says so.
    """
    try:
        _show({each: make_voices(SOUNDS / each, each) for each in languages()})
    except NoSynthesiser as error:
        raise refusal(str(error)) from None


@voices.command("check", short_help="Whether each spoken sentence has a file that fits.")
def check() -> None:
    """Check that each spoken sentence has a file, of these words, and small enough; else exit 1."""
    _show({each: check_voices(SOUNDS / each, each) for each in languages()})


def _show(found: dict[str, Voices]) -> None:
    for language, each in found.items():
        say(
            f"{language}: {len(each.kept)} by machine ({len(each.made)} made now),"
            f" {len(each.recorded)} by people"
        )
        for what in ("missing", "stale", "unfit", "unused"):
            for name in getattr(each, what):
                say(f"{what}: {language}/{name}")
    if not all(each.good for each in found.values()):
        raise SystemExit(1)
