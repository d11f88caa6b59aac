"""The form on paper, for who has no phone: to print, fill in and bring to the kelurahan."""

from __future__ import annotations

import threading
from functools import lru_cache
from typing import TYPE_CHECKING, Final

from flask import Blueprint, make_response, request

from registry.documents.paper_form import paper_form_pdf
from registry.rules.questionnaire import questionnaire

if TYPE_CHECKING:
    from flask.typing import ResponseReturnValue
    from werkzeug.wrappers import Response

blueprint = Blueprint("paper_form", __name__)

MAX_AGE: Final = 3600
"""Seconds that anybody may keep it: it changes with the questionnaire alone."""

_making: Final = threading.Lock()


@blueprint.get("/formulir.pdf")
def show() -> ResponseReturnValue:
    """Give the empty paper form, the same for everyone."""
    with _making:  # it takes a second, once for each process
        pdf = _pdf(questionnaire().version)
    response = make_response(pdf)
    response.headers["Content-Type"] = "application/pdf"
    response.headers["Content-Disposition"] = 'inline; filename="formulir-bantuan-sosial.pdf"'
    response.cache_control.public = True
    response.cache_control.max_age = MAX_AGE
    response.add_etag()
    conditional: Response = response.make_conditional(request)
    return conditional


@lru_cache(maxsize=1)
def _pdf(_version: str) -> bytes:
    return paper_form_pdf(questionnaire())
