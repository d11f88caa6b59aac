"""The languages of the pages: which there are, which one a request is in, and the way to others.

The texts in the code are Indonesian and are their own catalogue. Every folder of `translations/`
is a further language, with its pages under its own prefix: `/en/daftar` is `/daftar` in English.
"""

from __future__ import annotations

from contextlib import contextmanager
from dataclasses import dataclass
from functools import cache
from io import BytesIO
from pathlib import Path
from typing import TYPE_CHECKING, Final, NamedTuple, cast
from urllib.parse import quote

from babel.messages.mofile import write_mo
from babel.messages.pofile import read_po
from babel.support import NullTranslations, Translations
from flask import current_app, has_app_context, has_request_context, request
from flask_babel import Babel, Domain, get_locale

from registry.rules.periods import JAKARTA

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping
    from wsgiref.types import StartResponse, WSGIApplication, WSGIEnvironment

    from flask import Flask

FOLDER: Final = Path(__file__).parent / "translations"
OWN: Final = "id"
"""The language of the texts in the code."""

NAME: Final = "Bahasa Indonesia"
"""What this language calls itself. Each catalogue translates it by its own name."""

_CHOSEN: Final = "portal.language"
_EXTENSION: Final = "languages"


@dataclass(frozen=True, eq=False, slots=True)
class Language:
    """A language that pages are shown in; ``code`` as in `<html lang>`."""

    code: str
    catalogue: NullTranslations

    @property
    def name(self) -> str:
        """Its name in itself."""
        return self.catalogue.gettext(NAME)

    @property
    def prefix(self) -> str:
        """What its addresses begin with."""
        return "" if self.code == OWN else f"/{self.code}"


class Elsewhere(NamedTuple):
    """This page in another language."""

    code: str
    name: str
    address: str


def gettext(text: str, **values: object) -> str:
    """Return a text in the language of this request, with its `%(name)s` filled in."""
    if not text or not has_app_context():  # '' is the catalogue's header
        return text % values if values else text
    said = current().catalogue.gettext(text)
    return said % values if values else said


def current() -> Language:
    """Return the language of this request."""
    chosen = request.environ.get(_CHOSEN, OWN) if has_request_context() else OWN
    return _languages()[chosen]


def elsewhere(page: str = "") -> list[Elsewhere]:
    """Return where this page, or the one of a path, is in the other languages."""
    here, path = current(), quote(page or _page(), safe="/=")
    root = request.script_root.removesuffix(here.prefix)
    return [
        Elsewhere(each.code, each.name, f"{root}{each.prefix}{path}")
        for each in _languages().values()
        if each is not here
    ]


def catalogue_files() -> dict[str, Path]:
    """Return the catalogue of every language but our own, in order of their codes."""
    found = sorted(FOLDER.glob("*/LC_MESSAGES/messages.po"))
    return {file.parts[-3]: file for file in found}


@cache
def catalogues() -> dict[str, NullTranslations]:
    """Read every catalogue. Compiled here and now: no .mo file is ever older than its .po."""
    read: dict[str, NullTranslations] = {}
    for code, file in catalogue_files().items():
        compiled = BytesIO()
        with file.open("rb") as source:
            write_mo(compiled, read_po(source, locale=code))
        compiled.seek(0)
        read[code] = Translations(compiled)
    return read


def init_app(app: Flask) -> None:
    """Give pages their language; CATALOGUES in the configuration replaces ours, for tests."""
    found = app.config.get("CATALOGUES") or catalogues()
    languages = {code: Language(code, words) for code, words in found.items()}
    app.extensions[_EXTENSION] = {OWN: Language(OWN, NullTranslations()), **languages}
    app.config["BABEL_DEFAULT_LOCALE"] = OWN
    app.config["BABEL_DEFAULT_TIMEZONE"] = JAKARTA.key
    babel = Babel(app, locale_selector=lambda: current().code)
    babel.domain_instance = _Catalogues({code: each.catalogue for code, each in languages.items()})
    app.jinja_env.globals.update(language=current, elsewhere=elsewhere)
    app.wsgi_app = _Prefixes(app.wsgi_app, frozenset(languages))  # type: ignore[method-assign]


def codes(app: Flask) -> frozenset[str]:
    """Return what addresses in another language begin with."""
    return frozenset(app.extensions[_EXTENSION]) - {OWN}


@contextmanager
def in_language(app: Flask, code: str, path: str) -> Iterator[None]:
    """Render pages as if somebody asked for a path in a language."""
    prefix = "" if code == OWN else f"/{code}"
    asked = {_CHOSEN: code, "SCRIPT_NAME": prefix}
    with app.test_request_context(path, environ_overrides=asked):
        yield


def _languages() -> dict[str, Language]:
    return cast("dict[str, Language]", current_app.extensions[_EXTENSION])


def _page() -> str:
    """Return the path of this page, or of the nearest above it that a link can open."""
    if request.url_rule and "GET" in (request.url_rule.methods or ()):
        return request.path
    path, addresses = request.path, current_app.create_url_adapter(request)
    while path != "/" and not (addresses and addresses.test(path, "GET")):
        path = path.rpartition("/")[0] or "/"
    return path


class _Catalogues(Domain):  # type: ignore[misc]
    """Flask-Babel's way to the catalogues, which looks for .mo files by itself."""

    def __init__(self, catalogues: Mapping[str, NullTranslations]) -> None:
        super().__init__()
        self._catalogues = catalogues
        self._none = NullTranslations()

    def get_translations(self) -> NullTranslations:
        """Return the catalogue of this request; our own language needs none."""
        return self._catalogues.get(str(get_locale()), self._none)


class _Prefixes:
    """Takes the language off the front of an address; `url_for` puts it before every other."""

    def __init__(self, app: WSGIApplication, codes: frozenset[str]) -> None:
        self._app = app
        self._codes = codes

    def __call__(self, environ: WSGIEnvironment, start_response: StartResponse) -> Iterable[bytes]:
        code, slash, rest = environ["PATH_INFO"].removeprefix("/").partition("/")
        if code in self._codes:
            environ[_CHOSEN] = code
            environ["SCRIPT_NAME"] = f"{environ.get('SCRIPT_NAME', '')}/{code}"
            environ["PATH_INFO"] = slash + rest
        return self._app(environ, start_response)
