"""`fmotm voices`: what is made, made again, and never touched because people recorded it."""

from __future__ import annotations

from pathlib import Path

import pytest
from click.testing import CliRunner, Result

from fmotm.cli import main
from portal.speech import SOUNDS

# A sound that is real, and after it the words it was made for.
SPEAK = '#!/bin/sh\nfor last in "$@"; do :; done\nprintf %s "$last"\n'
ENCODE = f"#!/bin/sh\ncat '{SOUNDS}/id/eja-1.1.opus'\ncat\n"


class Voices:
    """A folder of sounds of one language, and what is said in it."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder / "id"
        self.said: dict[str, tuple[str, ...]] = {"satu": ("Ini.", "Itu."), "dua": ("Sana.",)}

    def run(self, command: str) -> Result:
        return CliRunner().invoke(main, ["voices", command])

    def words_of(self, name: str) -> str:
        return self.folder.joinpath(name).read_bytes().rpartition(b"\n")[2].decode("latin-1")[-5:]

    def names(self) -> list[str]:
        return sorted(file.name for file in self.folder.glob("*.opus"))


@pytest.fixture
def voices(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Voices:
    programs = tmp_path / "bin"
    programs.mkdir()
    for name, script in {"espeak-ng": SPEAK, "opusenc": ENCODE}.items():
        programs.joinpath(name).write_text(script)
        programs.joinpath(name).chmod(0o755)
    found = Voices(tmp_path)
    monkeypatch.setenv("PATH", f"{programs}:/usr/bin:/bin")
    monkeypatch.setattr("fmotm.commands.voices.SOUNDS", tmp_path)
    monkeypatch.setattr("fmotm.voices.spoken", lambda _: found.said)
    monkeypatch.setattr("fmotm.commands.voices.languages", lambda: {"id": str})
    return found


def test_each_sentence_gets_a_file_and_is_made_once(voices: Voices) -> None:
    first = voices.run("make")
    assert (first.exit_code, first.output) == (0, "id: 3 by machine (3 made now), 0 by people\n")
    assert voices.names() == ["dua.1.opus", "satu.1.opus", "satu.2.opus"]
    assert voices.words_of("satu.2.opus").endswith("Itu.")
    assert voices.run("make").output == "id: 3 by machine (0 made now), 0 by people\n"
    assert voices.run("check").exit_code == 0


def test_changed_words_are_made_again_and_words_that_went_take_their_file(voices: Voices) -> None:
    voices.run("make")
    voices.said = {"satu": ("Ini.", "Baru.")}
    assert voices.run("check").output.splitlines()[1:] == ["stale: id/satu.2.opus"]
    assert voices.run("make").output == "id: 2 by machine (1 made now), 0 by people\n"
    assert voices.names() == ["satu.1.opus", "satu.2.opus"]
    assert voices.words_of("satu.2.opus").endswith("Baru.")


def test_a_recorded_file_is_never_replaced_and_named_when_its_words_change(voices: Voices) -> None:
    voices.run("make")
    recorded = SOUNDS.joinpath("id", "eja-2.1.opus").read_bytes()
    for name in ("satu.1.opus", "dua.1.opus"):
        voices.folder.joinpath(name).write_bytes(recorded)
    assert voices.run("make").output == "id: 1 by machine (0 made now), 2 by people\n"

    voices.said = {"satu": ("Lain.", "Itu.")}
    again = voices.run("make")

    assert again.exit_code == 1
    assert again.output.splitlines() == [
        "id: 1 by machine (0 made now), 1 by people",
        "stale: id/satu.1.opus",
        "unused: id/dua.1.opus",
    ]
    assert voices.folder.joinpath("satu.1.opus").read_bytes() == recorded
    assert voices.folder.joinpath("dua.1.opus").read_bytes() == recorded

    voices.folder.joinpath("satu.1.opus").write_bytes(recorded + b"\0")  # recorded anew
    voices.folder.joinpath("dua.1.opus").unlink()
    assert voices.run("make").exit_code == 0


def test_a_file_too_large_or_that_is_no_sound_is_named(voices: Voices) -> None:
    voices.run("make")
    voices.folder.joinpath("satu.1.opus").write_bytes(b"RIFF")
    good = voices.folder.joinpath("dua.1.opus").read_bytes()
    voices.folder.joinpath("dua.1.opus").write_bytes(good + bytes(20_000))
    checked = voices.run("check")
    assert checked.exit_code == 1
    assert checked.output.splitlines()[1:] == ["unfit: id/satu.1.opus", "unfit: id/dua.1.opus"]


def test_without_the_synthesiser_it_says_what_to_install(
    voices: Voices, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("PATH", str(tmp_path))
    made = voices.run("make")
    assert made.exit_code == 1
    assert made.output == (
        "Error: missing: espeak-ng, opusenc; on Debian and Ubuntu:"
        " apt install espeak-ng opus-tools\n"
    )
    assert voices.names() == []
