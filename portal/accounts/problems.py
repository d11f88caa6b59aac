"""What may be wrong with naming people, in the words of dinas' pages and of operators."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from babel.dates import format_date

if TYPE_CHECKING:
    from datetime import date

_EXPLAINED: Final = {
    "email": ("E-mail tidak terbaca.", "that is no e-mail address"),
    "name": ("Tulis nama lengkap.", "the full name is missing or too long"),
    "role": ("Pilih peran.", "there is no such role"),
    "kelurahan": (
        "Tulis kode kelurahan. Lurah dan loket punya satu kelurahan.",
        "reviewers need one or more kelurahan, chair and counter exactly one, others none",
    ),
    "kelurahan_unknown": ("Kode kelurahan tidak dikenal.", "there is no such kelurahan"),
    "organisation": (
        "Pendamping perlu kode lembaga (huruf kecil, angka, tanda hubung) dan nama lembaga.",
        "a pendamping needs --organisation (a-z, 0-9, dashes) and its name; others have none",
    ),
    "taken": ("E-mail ini sudah punya akun.", "there is an account with this e-mail"),
    "unknown": ("Akun tidak ditemukan.", "there is no account with this e-mail"),
    "disabled": ("Akun ini dinonaktifkan.", "the account is disabled: enable it first"),
    "own": ("Anda tidak dapat menonaktifkan akun sendiri.", "nobody disables themselves"),
    "may_act": (
        "Plh hanya pemeriksa kelurahan itu sendiri, atau lurah lain.",
        "only a reviewer of that kelurahan, or another's chair, may stand in",
    ),
    "letter": ("Tulis nomor surat penunjukan.", "the letter's number is missing"),
    "acting_taken": (
        "Sudah ada Plh: {name}, {begins} sampai {ends}. Pilih tanggal lain, atau cabut dulu.",
        "{name} stands in there from {from_on} until {until_on}",
    ),
    "dates": (
        "Tanggal selesai harus sesudah tanggal mulai, paling lama 90 hari.",
        "the dates are the wrong way round, or further apart than 90 days",
    ),
}


class AccountError(ValueError):
    """A rule about accounts was broken. ``str`` is for operators, ``shown`` for dinas' page."""

    def __init__(self, code: str) -> None:
        self.code = code
        self.shown, told = _EXPLAINED[code]
        super().__init__(told)


class AlreadyActing(AccountError):  # noqa: N818 - named after what is so
    """Somebody stands in for that lurah on some of these days."""

    def __init__(self, name: str, from_on: date, until_on: date) -> None:
        super().__init__("acting_taken")
        begins, ends = (format_date(day, "d MMMM y", locale="id") for day in (from_on, until_on))
        self.shown = self.shown.format(name=name, begins=begins, ends=ends)
        self.args = (str(self).format(name=name, from_on=from_on, until_on=until_on),)
