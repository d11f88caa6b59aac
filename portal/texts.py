"""Templates with their texts written in, a set for each language.

`{{ _("Cek status") }}` says the same in every page of a language, and `asset("portal.css")` in all
pages of a release. Looking them up each time took half of the time of a page. So each template is
compiled once for each language, when it is first shown, with these calls replaced by what they say;
then that is part of the HTML around it. What has values to be filled in is asked for as before.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Final, cast

from flask.templating import Environment
from jinja2 import Template
from jinja2.ext import Extension
from jinja2.lexer import (
    TOKEN_DOT,
    TOKEN_LPAREN,
    TOKEN_NAME,
    TOKEN_PIPE,
    TOKEN_RPAREN,
    TOKEN_STRING,
    Token,
)

from portal import language

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator, MutableMapping

    from babel.support import NullTranslations
    from flask import Flask
    from jinja2.lexer import TokenStream

_CALL: Final = [TOKEN_NAME, TOKEN_LPAREN, TOKEN_STRING, TOKEN_RPAREN]
_OF_SOMETHING: Final = frozenset({TOKEN_DOT, TOKEN_PIPE})


class Texts(Extension):
    """Writes what `_` and `asset` say of a text into a template while it is compiled."""

    def filter_stream(self, stream: TokenStream) -> Iterable[Token]:
        """Replace calls with one text; in pages alone, for elsewhere a text is not HTML."""
        page = cast("Callable[[str | None], bool]", self.environment.autoescape)(stream.name)
        return self._written(list(stream)) if page else stream

    def _written(self, tokens: list[Token]) -> Iterator[Token]:
        at = 0
        while at < len(tokens):
            call = tokens[at : at + len(_CALL)]
            alone = at == 0 or tokens[at - 1].type not in _OF_SOMETHING
            said = self._said(call) if alone and [each.type for each in call] == _CALL else None
            if said is None:
                yield tokens[at]
                at += 1
            else:
                yield from said
                at += len(_CALL)

    def _said(self, call: list[Token]) -> list[Token] | None:
        """Return what is said instead of a call; None when that is not known before."""
        name, opens, given, closes = call
        text = Token(given.lineno, TOKEN_STRING, given.value)
        if name.value == "asset":
            address = cast("Callable[[str], str]", self.environment.globals["asset"])
            return [text._replace(value=address(given.value))]
        if name.value != "_":
            return None
        said = cast("Templates", self.environment).catalogue.gettext(given.value)
        # As Jinja does it: a text is HTML, and always a format.
        safe = (TOKEN_PIPE, "|"), (TOKEN_NAME, "safe")
        marked = [Token(name.lineno, *each) for each in safe]
        return [opens, text._replace(value=said % {}), *marked, closes]


class Templates(Environment):
    """Flask's environment of templates, and one for each language that is made out of it."""

    catalogue: NullTranslations
    """The texts that are written in; only those of a language have some."""

    def __init__(self, *given: Any, **options: Any) -> None:
        super().__init__(*given, **options)
        self._by_language: dict[str, Templates] = {}

    def get_template(
        self,
        name: str | Template,
        parent: str | None = None,
        globals: MutableMapping[str, Any] | None = None,  # noqa: A002
    ) -> Template:
        """Return a template in the language of this request."""
        here = self if self.overlayed else self._in(language.current())
        return super(Templates, here).get_template(name, parent, globals)

    def _in(self, spoken: language.Language) -> Templates:
        known = self._by_language.get(spoken.code)
        if known is None:
            # Filters and functions stay those of all languages: parts may add some later.
            made = self.overlay(extensions=[Texts])
            made.catalogue = spoken.catalogue
            known = self._by_language.setdefault(spoken.code, made)
        return known


def init_app(app: Flask) -> None:
    """Let templates be compiled by language; before any part that adds to what they can do."""
    app.jinja_environment = Templates
