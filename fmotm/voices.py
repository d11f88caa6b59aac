"""Sound files for what the pages say: made by a speech synthesiser, or recorded by people.

A record beside the files (`dibuat.json`) tells, for each, by whom and for which words it was made.
A file whose bytes are not those that were made here was dropped in by people: it is never replaced,
only reported when the words have changed since.
"""

from __future__ import annotations

import hashlib
import json
import shutil
import subprocess
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Final

from portal.speech import SUFFIX, sound, spoken

if TYPE_CHECKING:
    from pathlib import Path

RECORD: Final = "dibuat.json"
MAX_BYTES: Final = 20_000
MAX_SECONDS: Final = 10.0
_RATE: Final = 48_000  # of Opus' time stamps, whatever the sound was sampled with
_PROGRAMS: Final = ("espeak-ng", "opusenc")
_SPEAK: Final = ("espeak-ng", "-s", "130", "--stdout", "-v")  # words a minute: slow and clear
# The serial number of the stream is random otherwise: the same words give the same bytes.
_ENCODE: Final = (
    "opusenc", "--quiet", "--speech", "--bitrate", "12", "--framesize", "60", "--serial", "1",
    "--discard-comments", "--padding", "0", "-", "-",
)  # fmt: skip


class NoSynthesiser(Exception):  # noqa: N818 - named after what is the case
    """espeak-ng or opusenc is missing; the message says how to install them."""


@dataclass(slots=True)
class Voices:
    """What is there for one language, and what became of it: names of files."""

    made: list[str] = field(default_factory=list)
    kept: list[str] = field(default_factory=list)
    recorded: list[str] = field(default_factory=list)
    missing: list[str] = field(default_factory=list)
    stale: list[str] = field(default_factory=list)
    """The words have changed since."""
    unfit: list[str] = field(default_factory=list)
    """Too large or too long for a phone."""
    unused: list[str] = field(default_factory=list)
    """Recorded for words that are not said any more."""

    @property
    def good(self) -> bool:
        """Whether every sentence has its file, and no file is another's."""
        return not (self.missing or self.stale or self.unfit or self.unused)


def check_voices(folder: Path, language: str) -> Voices:
    """Compare the files with what is said; change nothing."""
    return _look(folder, wanted_sounds(language), _read_record(folder))


def make_voices(folder: Path, language: str) -> Voices:
    """Make the files that are missing or whose words have changed; return what is there then.

    Raises NoSynthesiser when there is something to make and nothing to make it with.
    """
    folder.mkdir(parents=True, exist_ok=True)
    wanted, record = wanted_sounds(language), _read_record(folder)
    found = _look(folder, wanted, record)
    for name in [*found.missing, *(each for each in found.stale if each not in found.recorded)]:
        content = _say(wanted[name], language)
        # First the record: a file that it does not know would pass for one that people made.
        record[name] = _entry(content, wanted[name], by="espeak-ng")
        _write_record(folder, record)
        folder.joinpath(name).write_bytes(content)
        found.made.append(name)
    for name in found.recorded:
        content = folder.joinpath(name).read_bytes()
        if record.get(name, {}).get("berkas") != digest(content):
            record[name] = _entry(content, wanted[name], by="orang")
    for name in record.keys() - wanted.keys():
        if name not in found.unused:
            folder.joinpath(name).unlink(missing_ok=True)
    _write_record(folder, {name: record[name] for name in wanted})
    after = _look(folder, wanted, record)
    after.made = found.made
    return after


def wanted_sounds(language: str) -> dict[str, str]:
    """Return the name of each file that there should be, and the sentence that it says."""
    return {
        sound(key, number): sentence
        for key, sentences in spoken(language).items()
        for number, sentence in enumerate(sentences, 1)
    }


def seconds(opus: bytes) -> float:
    """Return how long an Ogg Opus file plays: its last time stamp, less the lead-in."""
    head, last = opus.find(b"OpusHead"), opus.rfind(b"OggS")
    if head < 0 or last < 0:
        return float("inf")
    skipped = int.from_bytes(opus[head + 10 : head + 12], "little")
    return (int.from_bytes(opus[last + 6 : last + 14], "little") - skipped) / _RATE


def digest(content: bytes) -> str:
    """Return what a text or a file is known by in the record."""
    return hashlib.sha256(content).hexdigest()[:16]


_Record = dict[str, dict[str, str]]


def _look(folder: Path, wanted: dict[str, str], record: _Record) -> Voices:
    found = Voices()
    for name, sentence in wanted.items():
        file, known = folder / name, record.get(name, {})
        if not file.is_file():
            found.missing.append(name)
            continue
        content = file.read_bytes()
        is_known = known.get("berkas") == digest(content)
        by_machine = is_known and known["oleh"] != "orang"
        (found.kept if by_machine else found.recorded).append(name)
        if is_known and known["teks"] != digest(sentence.encode()):
            found.stale.append(name)
        if len(content) > MAX_BYTES or seconds(content) > MAX_SECONDS:
            found.unfit.append(name)
    for file in sorted(folder.glob(f"*{SUFFIX}")):
        known = record.get(file.name, {})
        if file.name not in wanted and (
            known.get("oleh", "orang") == "orang" or known["berkas"] != digest(file.read_bytes())
        ):
            found.unused.append(file.name)
    return found


def _say(sentence: str, language: str) -> bytes:
    lacking = [program for program in _PROGRAMS if shutil.which(program) is None]
    if lacking:
        message = (
            f"missing: {', '.join(lacking)}; on Debian and Ubuntu: apt install espeak-ng opus-tools"
        )
        raise NoSynthesiser(message)
    wave = _run((*_SPEAK, language, "--", sentence), b"")
    return _run(_ENCODE, wave)


def _run(command: tuple[str, ...], given: bytes) -> bytes:
    done = subprocess.run(command, input=given, capture_output=True, check=True, timeout=60)  # noqa: S603
    return done.stdout


def _entry(content: bytes, sentence: str, *, by: str) -> dict[str, str]:
    return {"oleh": by, "teks": digest(sentence.encode()), "berkas": digest(content)}


def _read_record(folder: Path) -> _Record:
    file = folder / RECORD
    read: _Record = json.loads(file.read_text(encoding="utf-8")) if file.is_file() else {}
    return read


def _write_record(folder: Path, record: _Record) -> None:
    text = json.dumps(record, ensure_ascii=False, indent=0, sort_keys=True)
    folder.joinpath(RECORD).write_text(f"{text}\n", encoding="utf-8")
