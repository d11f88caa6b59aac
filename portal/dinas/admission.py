"""Dinas sees what the portal carries now, and sets what it takes."""

from __future__ import annotations

from contextlib import suppress
from typing import TYPE_CHECKING, Any, Final, NamedTuple

from flask import Blueprint, redirect, render_template, request, url_for
from redis.exceptions import RedisError

from portal.accounts import current_actor, for_roles, has_role, signed_in_session
from portal.accounts.people import names_of
from portal.admission import admission
from portal.admission.sampler import figures
from portal.dinas.load_words import KINDS
from portal.services import services
from registry.inbox import InboxUnavailable
from registry.inbox.admission import look, publish
from registry.rules.admission import DEFAULT, RANGES, UNKNOWN, Limits, Refusal
from registry.rules.errors import Invalid
from registry.rules.lifecycle import Role
from registry.store import admissions
from registry.store.admissions import LimitsChanged, Set

if TYPE_CHECKING:
    from flask.typing import ResponseReturnValue

blueprint = Blueprint("pintu", __name__, url_prefix="/dinas/pintu")

MESSAGES: Final = {
    "limit_range": "Periksa angka ini: {}.",
    "limit_order": "Kiriman harus boleh menunggu paling lama, lalu cek status, lalu yang lain.",
    "reason": "Tulis alasannya, paling banyak 500 huruf.",
}
_CHANGED: Final = "Batas ini baru saja diubah orang lain. Periksa halaman ini, lalu coba lagi."
_LONGEST_REASON: Final = 500


class Field(NamedTuple):
    """A limit on the form."""

    name: str
    of: str
    """Which of Limits it is."""
    label: str
    unit: str

    def holds(self, value: int) -> bool:
        """Tell whether it can be so much."""
        least, most = RANGES[self.of]
        return least <= value <= most

    @property
    def bounds(self) -> str:
        """The least and the most, as it is read."""
        least, most = RANGES[self.of]
        return f"{least} sampai {most:,}".replace(",", ".")


FIELDS: Final = (
    Field("memori", "memory", "Berhenti menerima kalau memori terisi", "persen"),
    Field("antrean", "depth", "Berhenti menerima kalau yang antre (0: tanpa batas)", "pendaftaran"),
    Field("simpan", "append", "Berhenti menerima kalau menyimpan butuh", "milidetik"),
    Field("tunggu-kirim", "submission", "Kiriman boleh menunggu", "milidetik"),
    Field("tunggu-cek", "lookup", "Cek status boleh menunggu", "milidetik"),
    Field("tunggu-lain", "other", "Halaman lain boleh menunggu", "milidetik"),
)


@blueprint.get("")
@for_roles(Role.DINAS, Role.AUDITOR)
def index() -> ResponseReturnValue:
    """Show how it stands now, and the limits."""
    return _index()


@blueprint.post("")
@for_roles(Role.DINAS)
def change() -> ResponseReturnValue:
    """Set the limits, for all portals from the next second on."""
    seen = request.form.get("versi", "")
    version = int(seen) if seen.isascii() and seen.isdigit() and len(seen) <= 9 else -1
    try:
        limits, reason = _typed()
        with signed_in_session() as session:
            stands = admissions.set_(session, limits, reason, seen=version, actor=current_actor())
    except Invalid as error:
        return _index(MESSAGES[error.code].format(_wrong_numbers())), 422
    except LimitsChanged:
        return _index(_CHANGED), 409
    # While that server is gone the page says so, and the ticker tells it when it is back.
    with suppress(InboxUnavailable):
        publish(services().inbox, stands.version, stands.limits)
    return redirect(url_for(".index"), 303)


def _typed() -> tuple[Limits, str]:
    """Return the limits of the form that was sent, and why; raise Invalid."""
    typed: dict[str, Any] = {each.of: _whole(request.form.get(each.name, "")) for each in FIELDS}
    limits = Limits(
        **typed,
        lookups_closed="tutup-cek" in request.form,
        others_closed="tutup-lain" in request.form,
    )
    reason = " ".join(request.form.get("alasan", "").replace("\0", "").split())
    if not 1 <= len(reason) <= _LONGEST_REASON:
        raise Invalid("reason")
    return limits, reason


def _wrong_numbers() -> str:
    """Return the names of the limits that cannot be so, and what they can be."""
    wrong = [each for each in FIELDS if not each.holds(_whole(request.form.get(each.name, "")))]
    return "; ".join(f"{each.label} ({each.bounds} {each.unit})" for each in wrong)


def _whole(text: str) -> int:
    text = text.strip()
    return int(text) if text.isascii() and text.isdigit() and len(text) <= 9 else -1


def _index(wrong: str = "") -> str:
    with signed_in_session() as session:
        history = admissions.history(session)
        names = names_of(session, (each.set_by for each in history))
    stands = next(iter(history), Set(DEFAULT))
    try:
        inbox, told = look(services().inbox)
    except InboxUnavailable:
        inbox, told = UNKNOWN, None
    return render_template(
        "dinas/pintu.html",
        stands=stands,
        holds=told is not None and told.limits == stands.limits,
        reached=told is not None,
        inbox=inbox,
        now=_now(),
        history=history,
        names=names,
        fields=FIELDS,
        reasons=KINDS,
        may_set=has_role(Role.DINAS),
        wrong=wrong,
        typed=request.form if wrong else None,
    )


def _now() -> dict[str, Any] | None:
    """Return how all processes do together; None when that cannot be read."""
    try:
        told = figures(admission().others)
    except RedisError:
        return None
    appends = [each["append"] for each in told if each["append"] is not None]
    refused = {why: sum(each["refused"].get(why, 0) for each in told) for why in Refusal}
    return {
        "processes": len(told),
        "append": max(appends, default=None),
        "waited": max((each["waited"] for each in told), default=None),
        "refused": {why: many for why, many in refused.items() if many},
    }
