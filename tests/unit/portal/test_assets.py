"""What is served of the scripts: all that runs, without what is only for those who write it."""

from __future__ import annotations

from portal.assets import FOLDER, without_comments

SCRIPT = b"""// What it is for.

/** Say so. */
export function say() {
  // because
  return "// no comment, and this // neither"; // but this is
}
const url = `https://${host}/`; // it's kept: it may be the rest of a text
"""
SENT = b"""export function say() {
return "// no comment, and this // neither";
}
const url = `https://${host}/`; // it's kept: it may be the rest of a text
"""


def test_comments_and_indentation_are_left_out_and_texts_are_not_touched() -> None:
    assert without_comments(SCRIPT) == SENT


def test_of_our_scripts_nothing_else_is_lost() -> None:
    for file in FOLDER.glob("*.js"):
        sent = without_comments(file.read_bytes()).decode().splitlines()
        for line in map(str.strip, file.read_text().splitlines()):
            if sent and line.startswith(sent[0]):
                rest = line.removeprefix(sent.pop(0))
                assert not rest or rest.lstrip().startswith("// "), line
            else:
                assert not line or line.startswith(("//", "/**")), line
        assert sent == []
