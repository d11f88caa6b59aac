"""Phones that speak: what stands for the voices of a phone, and what they said."""

from __future__ import annotations

import json
from typing import NamedTuple

from playwright.sync_api import Page, expect

# Speech that is heard by the test: what was said, and which element was marked meanwhile.
# Chromium on a server has no voice at all.
SPEECH = """(voices) => {
  window.heard = [];
  window.marked = new WeakSet();
  window.cancelled = 0;
  window.held = false;
  let late = [];
  Object.defineProperty(window, "speechSynthesis", { value: {
    getVoices: () => late,
    set onvoiceschanged(told) { setTimeout(() => { late = voices; told(); }); },
    cancel: () => { window.cancelled += 1; },
    speak(said) {
      const { works, ...voice } = said.voice;
      if (works === false) return setTimeout(() => said.onerror({ error: "synthesis-failed" }));
      const marked = document.querySelector(".dibaca");
      window.marked.add(marked);
      window.heard.push([said.text, marked.textContent.trim(), voice.lang]);
      said.onstart();
      if (!window.held) setTimeout(() => said.onend());
    },
  }});
  window.SpeechSynthesisUtterance = class { constructor(text) { this.text = text; } };
}"""

# Sounds are really loaded and really played, only faster.
QUICK = """() => {
  const play = HTMLMediaElement.prototype.play;
  window.played = [];
  HTMLMediaElement.prototype.play = function () {
    const name = this.src.split("/").at(-1);
    window.played.push([name, document.querySelector(".dibaca").textContent.trim()]);
    this.playbackRate = 8;
    this.muted = true;
    return play.call(this);
  };
}"""

OWN = {"lang": "id-ID", "localService": True}
OLD_ANDROID = {"lang": "in_ID", "localService": True}
REMOTE = {"lang": "id-ID", "localService": False}
ENGLISH = {"lang": "en-US", "localService": True}
BROKEN = {"lang": "id-ID", "localService": True, "works": False}


class Heard(NamedTuple):
    """A sentence, what stands in the element marked meanwhile, and the voice's language."""

    text: str
    marked: str
    voice: str


def give_voices(page: Page, *voices: dict[str, object]) -> None:
    """Let the phone have these voices, which it tells late, as phones do; before a page opens."""
    page.add_init_script(f"({SPEECH})({_json(voices)})")


def hurry_sounds(page: Page) -> None:
    """Play sounds eight times as fast, and note them; before a page opens."""
    page.add_init_script(f"({QUICK})()")


def press(page: Page) -> None:
    page.get_by_role("button", name="Dengarkan").click()


def listen(page: Page) -> list[Heard]:
    """Let the whole screen be read; return what was heard."""
    page.evaluate("window.heard = []")
    press(page)
    expect(page.get_by_role("button", name="Dengarkan")).to_be_visible()
    expect(page.locator(".dengar p")).to_be_hidden()
    return [Heard(*each) for each in page.evaluate("window.heard")]


def _json(voices: tuple[dict[str, object], ...]) -> str:
    return json.dumps(voices)
