"""Dinas names people: list, invite, disable, unlock, new link, acting chairs."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from flask import Blueprint, abort, redirect, render_template, request, url_for

from portal.accounts import acting, people
from portal.accounts.forms import ROLE_LABELS, ActingForm, AskForm, InviteForm
from portal.accounts.models import MAY_ACT, Account
from portal.accounts.problems import AccountError
from portal.accounts.roles import current_actor, for_roles
from portal.accounts.security import transaction
from portal.accounts.views import EVENT_LABELS
from registry.rules.lifecycle import Role
from registry.rules.regions import all_kelurahan

if TYPE_CHECKING:
    from collections.abc import Callable

    from flask.typing import ResponseReturnValue
    from sqlalchemy.orm import Session

blueprint = Blueprint("people", __name__, url_prefix="/dinas/akun")

EVENTS_SHOWN: Final = 20


@blueprint.get("")
@for_roles(Role.DINAS)
def index() -> ResponseReturnValue:
    """List the accounts, those of one kelurahan or role where asked."""
    code, role = request.args.get("kelurahan"), request.args.get("peran")
    after = request.args.get("sesudah", 0, type=int)
    with transaction() as db:
        found = people.accounts(
            db, kelurahan_code=code, role=role, after=after, limit=people.PAGE + 1
        )
    more = found[people.PAGE - 1].id if len(found) > people.PAGE else None
    return render_template(
        "akun/petugas.html",
        accounts=found[: people.PAGE],
        more=more,
        code=code or "",
        role=role or "",
        **_lists(),
    )


@blueprint.get("/baru")
@for_roles(Role.DINAS)
def new() -> ResponseReturnValue:
    """Ask whom to invite."""
    return render_template("akun/undang.html", form=InviteForm(), **_lists())


@blueprint.post("/baru")
@for_roles(Role.DINAS)
def invite() -> ResponseReturnValue:
    """Make the account, and show its link this once."""
    form = InviteForm()
    wanted = people.NewAccount(
        email=form.email.data or "",
        full_name=form.full_name.data or "",
        role=form.role.data or "",
        kelurahan=(form.kelurahan.data or "").replace(",", " ").split(),
        organisation_id=form.organisation_id.data,
        organisation_name=form.organisation_name.data,
    )
    try:
        with transaction() as db:
            account, token = people.invite(db, wanted, _by())
    except AccountError as error:
        page = render_template("akun/undang.html", form=form, problem=error.shown, **_lists())
        return page, 422
    return _link(account, token)


@blueprint.get("/<int:account_id>")
@for_roles(Role.DINAS)
def one(account_id: int) -> ResponseReturnValue:
    """Show an account, and what can be done about it."""
    return _page(account_id)


@blueprint.post("/<int:account_id>/tautan")
@for_roles(Role.DINAS)
def new_link(account_id: int) -> ResponseReturnValue:
    """Make a new link, and show it this once."""
    try:
        with transaction() as db:
            account = _find(db, account_id)
            token = people.new_link(db, account, _by())
    except AccountError as error:
        return _page(account_id, error.shown), 422
    return _link(account, token)


@blueprint.post("/<int:account_id>/nonaktif")
@for_roles(Role.DINAS)
def disable(account_id: int) -> ResponseReturnValue:
    """Let somebody sign in no more."""
    return _do(account_id, lambda db, account: people.disable(db, account, _by()))


@blueprint.post("/<int:account_id>/aktif")
@for_roles(Role.DINAS)
def enable(account_id: int) -> ResponseReturnValue:
    """Let somebody sign in again."""
    return _do(account_id, lambda db, account: people.enable(db, account, _by()))


@blueprint.post("/<int:account_id>/buka-kunci")
@for_roles(Role.DINAS)
def unlock(account_id: int) -> ResponseReturnValue:
    """Undo a lock that wrong tries have put on."""
    return _do(account_id, lambda db, account: people.unlock(db, account, _by()))


@blueprint.post("/<int:account_id>/plh")
@for_roles(Role.DINAS)
def name_acting(account_id: int) -> ResponseReturnValue:
    """Name somebody to stand in for a lurah."""
    form = ActingForm()
    if not (form.from_on.data and form.until_on.data):
        return _page(account_id, AccountError("dates").shown, form), 422
    letter = acting.Acting(
        form.kelurahan.data or "",
        form.letter_number.data or "",
        form.from_on.data,
        form.until_on.data,
    )
    return _do(account_id, lambda db, account: acting.name(db, account, letter, _by()), form)


@blueprint.post("/<int:account_id>/plh/<int:acting_id>/cabut")
@for_roles(Role.DINAS)
def withdraw_acting(account_id: int, acting_id: int) -> ResponseReturnValue:
    """Let somebody stand in no more."""
    return _do(account_id, lambda db, account: acting.withdraw(db, account, acting_id, _by()))


def _do(
    account_id: int, what: Callable[[Session, Account], None], form: ActingForm | None = None
) -> ResponseReturnValue:
    try:
        with transaction() as db:
            what(db, _find(db, account_id))
    except AccountError as error:
        return _page(account_id, error.shown, form), 422
    return redirect(url_for("people.one", account_id=account_id))


def _page(account_id: int, problem: str | None = None, form: ActingForm | None = None) -> str:
    with transaction() as db:
        account = _find(db, account_id)
        events = people.last_events(db, account_id, EVENTS_SHOWN)
        locked = people.is_locked(db, account_id)
        names = people.names_of(db, (each.by for each in events))
    return render_template(
        "akun/orang.html",
        account=account,
        problem=problem,
        locked=locked,
        acting=form or ActingForm(formdata=None),
        may_act=account.role in MAY_ACT,
        ask=AskForm(formdata=None),
        events=[(each.at, EVENT_LABELS[each.kind], _who(each.by, names)) for each in events],
        **_lists(),
    )


def _find(db: Session, account_id: int) -> Account:
    account = db.get(Account, account_id)
    if account is None:
        abort(404)
    return account


def _who(by: str | None, names: dict[str, str]) -> str:
    return names.get(by, "operator") if by else ""


def _link(account: Account, token: str) -> str:
    address = url_for("sign_in.invitation", token=token, _external=True)
    return render_template("akun/tautan.html", account=account, address=address)


def _lists() -> dict[str, object]:
    places = {each.code: each.name for each in all_kelurahan()}
    return {"roles": ROLE_LABELS, "places": places}


def _by() -> str:
    return current_actor().id or ""
