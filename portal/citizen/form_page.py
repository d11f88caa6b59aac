"""The page with the form: empty and cacheable, or with somebody's answers and never kept."""

from __future__ import annotations

import gzip
import hashlib
from dataclasses import dataclass
from functools import lru_cache
from typing import TYPE_CHECKING, Final, NamedTuple

from flask import make_response, redirect, render_template, request, url_for
from flask_babel import lazy_gettext as _

from portal import language
from portal.citizen.forms import count_members, member_section, sections, was_shown
from portal.citizen.reading import Fields, first, known
from portal.dates import now
from portal.language import gettext
from portal.services import services
from registry.inbox import InboxUnavailable
from registry.rules.periods import Period
from registry.rules.problems import MESSAGES
from registry.rules.questionnaire import questionnaire
from registry.rules.regions import all_kota

if TYPE_CHECKING:
    from collections.abc import Iterable

    from flask.typing import ResponseReturnValue
    from werkzeug.wrappers import Response

    from portal.citizen.forms import Section
    from registry.rules.problems import Problem

MAX_AGE: Final = 60
"""Seconds that a phone or a cache in between may keep the empty form."""

NOTICES: Final = {
    "type": _("Kiriman Anda tidak terbaca. Isi formulir ini, lalu tekan Kirim."),
    "cut": _("Kiriman Anda terputus di jalan. Periksa jawaban di bawah, lalu kirim lagi."),
    "encoding": _("Ada huruf yang tidak terbaca. Periksa jawaban di bawah, lalu kirim lagi."),
    "fields": _("Kiriman Anda terlalu banyak isinya. Isi formulir ini, lalu tekan Kirim."),
    "versi": _("Formulir ini sudah diperbarui. Jawaban Anda masih ada. Periksa, lalu kirim lagi."),
    "periode": _(
        "Pendaftaran baru sudah dibuka. Jawaban Anda masih ada. Periksa, lalu kirim lagi."
    ),
}
"""Why somebody sees the form again although no answer is known to be wrong."""


SAID_AT_ONCE: Final = (
    "number_invalid", "number_range", "date_incomplete", "date_impossible", "nik_letters",
    "nik_length", "nik_day", "nik_month", "nik_serial", "nik_twice", "kk_letters", "kk_length",
    "kk_is_nik", "kk_zeros", "phone_letters", "phone_length", "name_letters", "name_long",
    "two_heads",
)  # fmt: skip
"""The problems that scripts can tell as well as the server does, in the server's words."""


class Mistake(NamedTuple):
    """A line of the summary: which member it concerns, what to do, the id of the input for it."""

    member: int
    message: str
    target: str


@dataclass(frozen=True, slots=True)
class _Kept:
    """The empty form, ready to be sent, plain and compressed."""

    plain: bytes
    gzipped: bytes
    etag: str


def cached_page(period: Period) -> ResponseReturnValue:
    """Return the empty form: the same bytes for everyone, with nothing of anybody in them."""
    kept = _rendered(period, questionnaire().version, language.current())
    zipped = request.accept_encodings.quality("gzip") > 0
    response = make_response(kept.gzipped if zipped else kept.plain)
    if zipped:
        response.headers["Content-Encoding"] = "gzip"
    response.headers["Vary"] = "Accept-Encoding"
    response.cache_control.public = True
    response.cache_control.max_age = MAX_AGE
    response.set_etag(kept.etag, weak=True)
    conditional: Response = response.make_conditional(request)
    return conditional


@lru_cache(maxsize=16)
def _rendered(period: Period, version: str, _in: language.Language) -> _Kept:
    plain = _page({}, sections({}, {}), period.id, closes_at=period.closes_at).encode()
    digest = hashlib.sha256(version.encode() + plain).hexdigest()
    return _Kept(plain, gzip.compress(plain, 9, mtime=0), digest[:20])


def again(fields: Fields, *, status: int, notice: str = "") -> ResponseReturnValue:
    """Show the form again with every answer, and say why."""
    kept = known(fields)
    page = _page(kept, sections(kept, {}), _period(fields), notice=NOTICES.get(notice, ""))
    return page, status


def in_this_language(fields: Fields) -> ResponseReturnValue:
    """Show the form to who had it in another language, with every answer, if there is any."""
    if any(value.strip() for values in known(fields).values() for value in values):
        return again(fields, status=200)
    return redirect(url_for("apply.form"), 303)


def mend(fields: Fields, problems: Iterable[Problem]) -> ResponseReturnValue:
    """Show the form again with every answer, and each problem beside its question."""
    kept = known(fields)
    messages, unseen = beside(kept, problems)
    shown = sections(kept, messages)
    page = _page(kept, shown, _period(fields), mistakes=mistakes_in(shown), unseen=unseen)
    return page, 422


def beside(kept: Fields, problems: Iterable[Problem]) -> tuple[dict[str, str], int]:
    """Return what to say beside each question, and how many members nobody has been asked of."""
    messages: dict[str, str] = {}
    unseen = {n for n in range(1, count_members(kept) + 1) if not was_shown(kept, n)}
    for problem in problems:
        # Nobody left a box empty that was not there: they are asked for it, not scolded.
        if not any(problem.field.startswith(f"anggota-{n}-") for n in unseen):
            messages.setdefault(problem.field, gettext(problem.message))
    return messages, len(unseen)


def mistakes_in(shown: tuple[Section, ...]) -> list[Mistake]:
    """Return the problems in the order of the page."""
    return [
        Mistake(section.member, asked.error, asked.target)
        for section in shown
        for asked in section.asked
        if asked.error
    ]


def _page(kept: Fields, shown: tuple[Section, ...], period: str, **context: object) -> str:
    form = questionnaire()
    return render_template(
        "daftar.html",
        sections=shown,
        screens=len(form.screens),
        version=form.version,
        filled=bool(kept),
        members=count_members(kept),
        period=period,
        member=member_section(),
        kota=_kota(),
        messages={code: gettext(MESSAGES[code]) for code in SAID_AT_ONCE},
        **context,
    )


def _kota() -> list[tuple[str, str]]:
    """Return code and name of each kota as people say it, Jakarta Pusat first, the islands last."""
    return [
        (kota.code, kota.name.partition(" Administrasi ")[2])
        for kota in sorted(all_kota(), key=lambda kota: (kota.name.startswith("Kab"), kota.code))
    ]


def _period(fields: Fields) -> str:
    """Return the id of the round that this form is for.

    It stays what it was as long as that round takes forms, or nobody knows: a form that was begun
    in time is mended in the hour of grace after closing. Then it is the one that is open.
    """
    stated, at = first(fields, "periode"), now()
    try:
        rounds = services().door.rounds(at)
    except InboxUnavailable:
        return stated
    if rounds.takes(stated, at):
        return stated
    return rounds.open.id if rounds.open else stated
