"""Addresses of the pages about sheets, in the round that is looked at; and what is not there."""

from __future__ import annotations

from typing import TYPE_CHECKING

from flask import abort, render_template, request, url_for

from portal.musyawarah.place import place
from registry.store.sheets import NoSuchSheet

if TYPE_CHECKING:
    from flask import Blueprint
    from flask.typing import ResponseReturnValue

    from portal.musyawarah.place import Place


def to(endpoint: str, here: Place, **values: object) -> str:
    """Return the address of a page of this kelurahan, in the round that was asked for, if any."""
    values = {**values, "putaran": request.args.get("putaran") or None}
    return url_for(endpoint, code=here.code, **values)  # type: ignore[arg-type]


def no_sheet(blueprint: Blueprint) -> None:
    """Say on all pages of a blueprint what to do when a sheet was withdrawn, or never was."""
    blueprint.register_error_handler(NoSuchSheet, _not_there)


def _not_there(error: NoSuchSheet) -> ResponseReturnValue:
    del error
    code = (request.view_args or {}).get("code")
    if code is None:
        abort(404)
    here = place(code)
    return render_template("musyawarah/lembar/tidak_ada.html", here=here, to=to), 404
