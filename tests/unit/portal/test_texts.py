"""Texts that are written into templates: what Jinja says by itself, for each language its own."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor

import pytest
from babel.support import NullTranslations
from flask import Flask, render_template
from flask.templating import Environment
from jinja2 import DictLoader

from portal import language, texts

PAGES = {
    "text": '<p>{{ _("Cek status") }}</p>',
    "html": '{{ _("<b>tebal</b> & \\"kutip\\"") }}',
    "percent": '{{ _("100%%") }}',
    "argument": '{{ tulis(_("<b>")) }}{{ "%s"|format(_("<b>")) }}',
    "joined": '{{ _("satu") ~ "<" ~ _("dua") }}{{ _("a")|upper }}{{ _("abc")[1] }}',
    "choice": '{% set kata = _("ya") if angka else _("tidak") %}{{ kata }}',
    "compared": '{{ _("ya") == "ya" }} {{ _("ya") in kata }}',
    "values": '{{ _("Halo %(nama)s", nama="<b>") }}',
    "variable": "{{ _(kata) }}",
    "pieces": '{{ _("satu " "dua") }}',
    "of-something": '{{ orang._("a") }}{{ orang.asset("a") }}',
    "quoted": '{{ \'_("a")\' }} {# _("a") #} _("a")',
    "asset": '<link href="{{ asset("a&b.css") }}">{{ asset("c.js") ~ _("d") }}',
    "base": '<title>{% block judul %}{{ _("Judul") }}{% endblock %}</title>{{ _("Dasar") }}',
    "child": '{% extends "base.html" %}{% block judul %}{{ super() }}{{ _("Anak") }}{% endblock %}',
    "shared": '{% macro isi(kata) %}{{ _("Bersama") }} {{ kata }}{% endmacro %}',
    "imports": '{% from "shared.html" import isi with context %}{{ isi(_("<i>Dari sini</i>")) }}',
    "includes": '{% include "text.html" %}{% include ["no.html", "html.html"] %}',
}
SCRIPT = 'say({{ _("<b>")|tojson }}, "{{ _("<b>") }}")'
OTHERS = ("en", "su", "jv")


class Marking(NullTranslations):
    """A language that puts its code around each text, and counts what it is asked for."""

    def __init__(self, code: str) -> None:
        super().__init__()
        self.code = code
        self.asked = 0

    def gettext(self, message: str) -> str:
        self.asked += 1
        return f"[{self.code} {message}]"

    ugettext = gettext


@pytest.fixture
def catalogues() -> dict[str, Marking]:
    return {code: Marking(code) for code in OTHERS}


@pytest.fixture
def app(catalogues: dict[str, Marking]) -> Flask:
    made = Flask(__name__, static_folder=None)
    made.config["CATALOGUES"] = catalogues
    pages = {f"{name}.html": page for name, page in PAGES.items()}
    made.jinja_loader = DictLoader({**pages, "sw.js": SCRIPT})
    texts.init_app(made)
    language.init_app(made)
    orang = {"_": lambda text: f"{text}!", "asset": lambda text: f"{text}?"}
    made.jinja_env.globals.update(
        asset=lambda name: f"/static/{name}", orang=orang, kata="ya & ya", tulis=str, angka=0
    )
    return made


def shown(app: Flask, page: str, code: str) -> str:
    """Render a page in a language."""
    with language.in_language(app, code, "/"):
        return render_template(f"{page}.html")


@pytest.mark.parametrize("code", ["id", "en"])
@pytest.mark.parametrize("page", PAGES)
def test_page_is_as_jinja_would_have_it(app: Flask, page: str, code: str) -> None:
    with language.in_language(app, code, "/"):
        plain = app.jinja_env.overlay()
        expected = Environment.get_template(plain, f"{page}.html").render()
    assert shown(app, page, code) == expected


def test_texts_are_said_in_the_language_of_the_request(app: Flask) -> None:
    assert shown(app, "text", "id") == "<p>Cek status</p>"
    assert shown(app, "text", "su") == "<p>[su Cek status]</p>"
    assert shown(app, "child", "en") == "<title>[en Judul][en Anak]</title>[en Dasar]"


def test_nothing_is_translated_again(app: Flask, catalogues: dict[str, Marking]) -> None:
    first = shown(app, "child", "en")
    asked = catalogues["en"].asked
    assert asked == 3
    assert shown(app, "child", "en") == first
    assert (catalogues["en"].asked, catalogues["su"].asked) == (asked, 0)


def test_languages_never_mix_whoever_asks_at_the_same_time(app: Flask) -> None:
    codes = ["id", *OTHERS] * 100
    said = {each: f"<title>[{each} Judul][{each} Anak]</title>[{each} Dasar]" for each in OTHERS}
    expected = {"id": "<title>JudulAnak</title>Dasar", **said}
    with ThreadPoolExecutor(8) as threads:
        pages = list(threads.map(lambda code: shown(app, "child", code), codes))
    assert pages == [expected[code] for code in codes]


def test_each_portal_has_texts_of_its_own(app: Flask) -> None:
    other = Flask(__name__, static_folder=None)
    other.config["CATALOGUES"] = {"en": NullTranslations()}
    other.jinja_loader = app.jinja_loader
    texts.init_app(other)
    language.init_app(other)

    assert shown(app, "text", "en") == "<p>[en Cek status]</p>"
    assert shown(other, "text", "en") == "<p>Cek status</p>"


def test_functions_and_filters_that_come_later_are_known(app: Flask) -> None:
    shown(app, "text", "en")
    app.jinja_env.globals["kemudian"] = lambda: "ada"
    app.jinja_env.filters["balik"] = lambda text: text[::-1]
    with language.in_language(app, "en", "/"):
        made = app.jinja_env.get_template("text.html").environment.from_string(
            "{{ kemudian() }} {{ 'abc'|balik }}"
        )
        assert made.render() == "ada cba"


def test_file_that_is_not_there_is_told(app: Flask) -> None:
    app.jinja_env.globals["asset"] = {"a.css": "/static/a.1.css"}.__getitem__
    with pytest.raises(KeyError, match="a&b"):
        shown(app, "asset", "id")


def test_text_of_a_file_that_is_no_page_is_asked_for_when_it_is_shown(app: Flask) -> None:
    with language.in_language(app, "su", "/"):
        assert render_template("sw.js") == 'say("[su \\u003cb\\u003e]", "[su <b>]")'
