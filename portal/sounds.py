"""What 'Dengarkan' fetches when it is pressed: the spoken words of a language, and its sound files.

Both are static: whoever listened once can listen again without a network.
"""

from __future__ import annotations

import json
from typing import TYPE_CHECKING

from flask_babel import get_locale

from portal.assets import serve_folder, serve_text
from portal.speech import SOUNDS, SUFFIX, languages, spoken

if TYPE_CHECKING:
    from flask import Flask


def init_app(app: Flask) -> None:
    """Give templates `speech()`: where the page's spoken words are, '' when it has none."""
    words = {language: _serve(app, language) for language in languages()}
    app.jinja_env.globals["speech"] = lambda: words.get(get_locale().language, "")


def _serve(app: Flask, language: str) -> str:
    files = SOUNDS.joinpath(language).glob(f"*{SUFFIX}")
    said = {"alamat": serve_folder(app, files, f"suara/{language}"), "kata": spoken(language)}
    text = json.dumps(said, ensure_ascii=False, separators=(",", ":"))
    return serve_text(app, f"ucapan-{language}.json", text)
