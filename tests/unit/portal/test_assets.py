"""What is served of the scripts: all that runs, without the comments."""

from __future__ import annotations

from portal.assets import without_comments


def test_lines_that_are_only_a_comment_are_left_out() -> None:
    script = b"""// What it is for.

/** Say so. */
export function say() {
  // because
  return "// no comment"; // nor is this line
}
"""
    assert (
        without_comments(script)
        == b"""
export function say() {
  return "// no comment"; // nor is this line
}
"""
    )
