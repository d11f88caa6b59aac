"""Forms of the signed-in. They show and carry the CSRF token; the rules are elsewhere."""

from __future__ import annotations

from typing import Final

from flask_wtf import FlaskForm
from wtforms import DateField, HiddenField, PasswordField, SelectField, StringField
from wtforms.fields.choices import SelectChoice  # type: ignore[attr-defined]

from portal.accounts.models import ROLES
from registry.rules.lifecycle import Role

ROLE_LABELS: Final = {
    Role.PENDAMPING: "Pendamping",
    Role.REVIEWER: "Petugas pemeriksa",
    Role.CHAIR: "Lurah",
    Role.COUNTER: "Petugas loket",
    Role.DINAS: "Dinas Sosial",
    Role.AUDITOR: "Auditor",
}
"""What each role is called on pages."""

_ROLES: Final = [SelectChoice(role.value, ROLE_LABELS[role]) for role in ROLES]


class SignInForm(FlaskForm):  # type: ignore[misc]
    """E-mail and password."""

    email = StringField("E-mail")
    password = PasswordField("Kata sandi")
    next = HiddenField()


class CodeForm(FlaskForm):  # type: ignore[misc]
    """A code of the authenticator, or a recovery code."""

    code = StringField("Kode")
    next = HiddenField()


class NewPasswordForm(FlaskForm):  # type: ignore[misc]
    """A password of one's own, twice."""

    password = PasswordField("Kata sandi baru")
    again = PasswordField("Kata sandi baru, sekali lagi")


class ChangePasswordForm(NewPasswordForm):
    """The same, with the one so far."""

    old = PasswordField("Kata sandi sekarang")


class TotpForm(FlaskForm):  # type: ignore[misc]
    """The first code of a new secret, and one of the old where there is one."""

    code = StringField("Kode baru dari HP")
    old = StringField("Kode lama, atau kode pemulihan")


class InviteForm(FlaskForm):  # type: ignore[misc]
    """Somebody new."""

    full_name = StringField("Nama lengkap")
    email = StringField("E-mail")
    role = SelectField("Peran", choices=_ROLES)
    kelurahan = StringField("Kode kelurahan")
    organisation_id = StringField("Kode lembaga")
    organisation_name = StringField("Nama lembaga")


class ActingForm(FlaskForm):  # type: ignore[misc]
    """A letter that names a Plh."""

    kelurahan = StringField("Kode kelurahan")
    letter_number = StringField("Nomor surat")
    from_on = DateField("Mulai tanggal")
    until_on = DateField("Sampai tanggal")


class AskForm(FlaskForm):  # type: ignore[misc]
    """A button that only asks for something to be done."""
