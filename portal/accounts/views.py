"""One's own account: password, second factor, recovery codes, sign out everywhere."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final, cast

import segno
from flask import Blueprint, redirect, render_template, url_for

from portal.accounts import own, people
from portal.accounts.door import NOT_THE_SAME
from portal.accounts.forms import AskForm, ChangePasswordForm, CodeForm, TotpForm
from portal.accounts.models import TOTP_REQUIRED, Account
from portal.accounts.roles import (
    WrongCode,
    current_account,
    for_all_roles,
    require_totp_now,
)
from portal.accounts.security import new_password, totp, transaction, unsealed
from portal.accounts.sign_in import Answer, begin_session, check_own_password, forget_session

if TYPE_CHECKING:
    from flask.typing import ResponseReturnValue

blueprint = Blueprint("account", __name__)

WRONG_PASSWORD: Final = "Kata sandi sekarang salah."  # noqa: S105 - a message
TOO_OFTEN: Final = "Terlalu banyak yang salah. Tunggu sebentar, lalu coba lagi."
WRONG_CODE: Final = "Kode salah. Tunggu kode berikutnya di HP Anda, lalu coba lagi."

EVENT_LABELS: Final = {
    "invited": "Tautan undangan dibuat",
    "password_set": "Kata sandi ditetapkan",
    "signed_in": "Masuk",
    "wrong_password": "Kata sandi salah",
    "wrong_code": "Kode salah",
    "locked": "Akun dikunci sementara",
    "signed_out": "Keluar",
    "signed_out_everywhere": "Keluar dari semua perangkat",
    "totp_set": "Kode masuk dipasang",
    "recovery_made": "Kode pemulihan dibuat",
    "recovery_used": "Kode pemulihan dipakai",
    "disabled": "Akun dinonaktifkan",
    "enabled": "Akun diaktifkan lagi",
    "unlocked": "Kunci akun dibuka",
    "acting_named": "Ditunjuk sebagai Plh",
    "acting_withdrawn": "Penunjukan Plh dicabut",
}
"""What each event is called on pages."""


@blueprint.get("/akun")
@for_all_roles()
def home() -> ResponseReturnValue:
    """Show the account: who one is here, and what happened last."""
    return _home(ChangePasswordForm())


@blueprint.post("/akun/kata-sandi")
@for_all_roles()
def change_password() -> ResponseReturnValue:
    """Change the password; other devices are signed out, this one stays in."""
    account, form = _account(), ChangePasswordForm()
    problem, hashed = new_password(account, form.password.data or "")
    if form.password.data != form.again.data:
        problem = NOT_THE_SAME
    if problem is None:
        answer = check_own_password(account, form.old.data or "")
        if answer is not Answer.RIGHT:
            problem = TOO_OFTEN if answer is Answer.LOCKED else WRONG_PASSWORD
    if problem is not None:
        return _home(form, problem), 422
    begin_session(own.change_password(account, hashed))
    return redirect(url_for("account.home"))


@blueprint.post("/akun/keluar-semua")
@for_all_roles(before_totp=True)
def sign_out_everywhere() -> ResponseReturnValue:
    """Sign out on every device, this one too."""
    own.sign_out_everywhere(_account())
    forget_session()
    return redirect(url_for("sign_in.form"))


@blueprint.get("/akun/kode", endpoint="totp")
@for_all_roles(before_totp=True)
def totp_page() -> ResponseReturnValue:
    """Show the secret as a QR code and as text."""
    return _setup(TotpForm())


@blueprint.post("/akun/kode")
@for_all_roles(before_totp=True)
def confirm_totp() -> ResponseReturnValue:
    """Take the secret over once the phone has shown a code of it; show the recovery codes."""
    account, form = _account(), TotpForm()
    if account.has_totp:
        try:
            require_totp_now(form.old.data or "")
        except WrongCode as wrong:
            return _setup(form, str(wrong)), 422
    codes = own.confirm_totp(account, form.code.data or "")
    if codes is None:
        return _setup(form, WRONG_CODE), 422
    return render_template("akun/pemulihan.html", codes=codes)


@blueprint.post("/akun/pemulihan")
@for_all_roles()
def new_recovery_codes() -> ResponseReturnValue:
    """Make new recovery codes, after a code of the phone; show them once."""
    form = CodeForm()
    try:
        require_totp_now(form.code.data or "")
    except WrongCode as wrong:
        return _home(ChangePasswordForm(), str(wrong)), 422
    return render_template("akun/pemulihan.html", codes=own.new_recovery_codes(_account()))


def _account() -> Account:
    """Return who is signed in, which `for_all_roles` has made sure of."""
    return cast("Account", current_account())


def _home(form: ChangePasswordForm, problem: str | None = None) -> str:
    account = _account()
    with transaction() as db:
        events = people.last_events(db, account.id)
    return render_template(
        "akun/akun.html",
        form=form,
        ask=AskForm(formdata=None),
        renew=CodeForm(formdata=None),
        problem=problem,
        account=account,
        events=[(each.at, EVENT_LABELS[each.kind]) for each in events],
        codes_left=own.recovery_codes_left(account),
    )


def _setup(form: TotpForm, problem: str | None = None) -> str:
    account = _account()
    secret = unsealed(account, own.pending_secret(account))
    address = totp().get_totp_uri(account.email, secret)
    key = totp().get_totp_b32_key(secret)
    return render_template(
        "akun/pasang_kode.html",
        form=form,
        problem=problem,
        account=account,
        required=account.role in TOTP_REQUIRED,
        qr=segno.make_qr(address, error="m").svg_data_uri(scale=4, border=4, dark="#000"),
        key=" ".join(key[at : at + 4] for at in range(0, len(key), 4)),
    )
