"""Signing in and out, and the links by which people take their account over."""

from __future__ import annotations

import time
from typing import TYPE_CHECKING, Final

from flask import Blueprint, redirect, render_template, request, session, url_for

from portal.accounts import own
from portal.accounts.forms import CodeForm, NewPasswordForm, SignInForm
from portal.accounts.menu import first
from portal.accounts.roles import (
    actor_of,
    current_account,
    own_path,
    with_session,
    wrong_code,
)
from portal.accounts.security import Accounts, new_password
from portal.accounts.sign_in import Answer, begin_session, check_code, check_password, end_session

if TYPE_CHECKING:
    from flask.typing import ResponseReturnValue

    from portal.accounts.models import Account

blueprint = Blueprint("sign_in", __name__)

NOT_IN: Final = (
    "E-mail atau kata sandi salah, atau akun sedang dikunci sebentar. Sesudah 5 kali salah, akun"
    " dikunci 1 menit, lalu makin lama. Lupa kata sandi? Minta tautan baru kepada Dinas Sosial."
)
"""The one answer to whatever is wrong: it tells nobody whether there is such an account."""

NOT_THE_SAME: Final = "Kedua kata sandi tidak sama. Ketik lagi."
HALF_WAY: Final = 300
"""Seconds between the password and the code."""

_HALF: Final = "half"


@blueprint.get("/masuk")
@with_session
def form() -> ResponseReturnValue:
    """Ask for e-mail and password."""
    if account := current_account():
        return redirect(_onward(account, request.args.get("next")))
    return render_template("akun/masuk.html", form=SignInForm(next=request.args.get("next")))


@blueprint.post("/masuk")
@with_session
def enter() -> ResponseReturnValue:
    """Check them; go on to the code where the account has one."""
    form = SignInForm()
    account = check_password(form.email.data or "", form.password.data or "")
    if account is None:
        return render_template("akun/masuk.html", form=form, problem=NOT_IN), 422
    if not account.has_totp:
        begin_session(account)
        return redirect(_onward(account, form.next.data))
    session.clear()
    session[_HALF] = [account.fs_uniquifier, int(time.time())]
    return redirect(url_for("sign_in.code", next=own_path(form.next.data)))


@blueprint.get("/masuk/kode")
@with_session
def code() -> ResponseReturnValue:
    """Ask for the code of the phone."""
    if _half_way() is None:
        return redirect(url_for("sign_in.form", next=own_path(request.args.get("next"))))
    return render_template("akun/kode.html", form=CodeForm(next=request.args.get("next")))


@blueprint.post("/masuk/kode")
@with_session
def enter_code() -> ResponseReturnValue:
    """Check it, and sign in."""
    form = CodeForm()
    account = _half_way()
    if account is None:
        return redirect(url_for("sign_in.form", next=own_path(form.next.data)))
    answer = check_code(account.id, form.code.data or "")
    if answer is not Answer.RIGHT:
        problem = wrong_code(account.id, answer)
        form.code.data = ""
        return render_template("akun/kode.html", form=form, problem=problem), 422
    begin_session(account)
    return redirect(_onward(account, form.next.data))


@blueprint.post("/keluar")
@with_session
def leave() -> ResponseReturnValue:
    """Sign out on this device."""
    end_session()
    return redirect(url_for("sign_in.form"))


@blueprint.get("/undangan/<token>")
@with_session
def invitation(token: str) -> ResponseReturnValue:
    """Ask who was invited for a password. Looking does not use the link up."""
    account = own.invited(token)
    if account is None:
        return render_template("akun/tautan_mati.html"), 404
    return render_template("akun/undangan.html", form=NewPasswordForm(), account=account)


@blueprint.post("/undangan/<token>")
@with_session
def accept(token: str) -> ResponseReturnValue:
    """Set it, use the link up, and sign in."""
    form, account = NewPasswordForm(), own.invited(token)
    if account is None:
        return render_template("akun/tautan_mati.html"), 404
    problem, hashed = new_password(account, form.password.data or "")
    if form.password.data != form.again.data:
        problem = NOT_THE_SAME
    if problem:
        page = render_template("akun/undangan.html", form=form, account=account, problem=problem)
        return page, 422
    taken = own.accept(token, hashed)
    if taken is None:
        return render_template("akun/tautan_mati.html"), 404
    begin_session(taken)
    return redirect(url_for("account.totp") if taken.needs_totp else url_for("account.home"))


def _half_way() -> Account | None:
    """Return who has given their password just now, but not yet their code."""
    half = session.get(_HALF)
    if not (isinstance(half, list) and len(half) == 2) or half[1] < time.time() - HALF_WAY:
        return None
    account = Accounts().find_user(fs_uniquifier=half[0])
    return account if account and account.active else None


def _onward(account: Account, wanted: str | None) -> str:
    if target := own_path(wanted):
        return target
    return url_for(first(actor_of(account)))
