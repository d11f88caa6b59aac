"""`fmotm user`."""

from __future__ import annotations

import json
import re

from sqlalchemy import Engine, text

from registry.inbox import Inbox
from registry.sealing import KeyRing
from tests.integration.fmotm.commands.conftest import Fmotm
from tests.integration.worker.support import OTHER_KEY, RING_KEY, as_text

GAMBIR = "31.71.01.1001"
RATNA = "ratna@contoh.example"


def add(fmotm: Fmotm, *more: str, email: str = RATNA) -> str:
    words = ("--role", "reviewer", "--kelurahan", GAMBIR, "--name", "Ratna Wulandari")
    return fmotm("user", "add", *words, *more, email).output.strip()


def listed(fmotm: Fmotm) -> list[dict[str, object]]:
    found: list[dict[str, object]] = json.loads(fmotm("user", "list", "--json").output)
    return found


def test_add_prints_the_link(fmotm: Fmotm) -> None:
    assert re.fullmatch(r"http://127\.0\.0\.1:8000/undangan/[\w-]{43}", add(fmotm))
    link = fmotm("user", "invite", "--site", "https://bansos.example/", RATNA.upper()).output
    assert re.fullmatch(r"https://bansos\.example/undangan/[\w-]{43}\n", link)


def test_list(fmotm: Fmotm, database: Engine) -> None:
    add(fmotm)
    assert listed(fmotm) == [
        {
            "id": 1,
            "email": RATNA,
            "name": "Ratna Wulandari",
            "role": "reviewer",
            "kelurahan": [GAMBIR],
            "organisation": None,
            "state": "invited",
            "totp": False,
        }
    ]
    head, row = fmotm("user", "list").output.splitlines()
    assert head.split() == ["e-mail", "name", "role", "for", "state"]
    assert row.split() == [RATNA, "Ratna", "Wulandari", "reviewer", GAMBIR, "invited"]
    with database.begin() as connection:
        connection.execute(
            text("UPDATE account SET password = 'x', locked_until = now() + interval '1 h'")
        )
    assert listed(fmotm)[0]["state"] == "locked"
    fmotm("user", "unlock", RATNA)
    assert listed(fmotm)[0]["state"] == "no second factor"


def test_disable_and_enable(fmotm: Fmotm) -> None:
    add(fmotm)
    fmotm("user", "disable", RATNA)
    assert listed(fmotm)[0]["state"] == "disabled"
    assert "enable it first" in fmotm("user", "invite", RATNA, code=1).output
    fmotm("user", "enable", RATNA)
    assert listed(fmotm)[0]["state"] == "invited"


def test_refusals_are_one_line(fmotm: Fmotm) -> None:
    add(fmotm)
    words = ("--role", "chair", "--name", "Budi")
    for more, said in (
        (("--kelurahan", GAMBIR, RATNA), "there is an account with this e-mail"),
        (("budi@contoh.example",), "chair and counter exactly one"),
        (("--kelurahan", "31.71.99.1001", "budi@contoh.example"), "no such kelurahan"),
        (("--kelurahan", GAMBIR, "budi"), "no e-mail address"),
        (("--kelurahan", GAMBIR, "--organisation", "lsm", "b@contoh.example"), "pendamping"),
    ):
        assert said in fmotm("user", "add", *words, *more, code=1).output
    for command in ("invite", "disable", "unlock"):
        output = fmotm("user", command, "nobody@contoh.example", code=1).output
        assert "no account with this e-mail" in output
    assert len(listed(fmotm)) == 1


def test_a_pendamping_has_an_organisation(fmotm: Fmotm) -> None:
    fmotm(
        "user", "add", "--role", "pendamping", "--name", "Sari", "--organisation", "lsm-melati",
        "--organisation-name", "LSM Melati", "sari@contoh.example",
    )  # fmt: skip
    assert listed(fmotm)[0]["organisation"] == "lsm-melati"


def test_second_factors_move_to_a_new_key_with_the_rest(
    fmotm: Fmotm, inbox: Inbox, database: Engine
) -> None:
    for email in (RATNA, "budi@contoh.example", "sari@contoh.example"):
        add(fmotm, email=email)
    old = KeyRing({1: RING_KEY})
    with database.begin() as connection:
        put = text("UPDATE account SET totp_sealed = :it, totp_pending = :it WHERE id = :id")
        for number in (1, 2):
            sealed = old.seal("totp", number.to_bytes(16, "big"), b"secret")
            connection.execute(put, {"id": number, "it": sealed})
    moved = f"1:{as_text(RING_KEY)},2:{as_text(OTHER_KEY)}"

    assert "4 sealed anew" in fmotm("keys", "rotate", SEAL_KEYS=moved).output
    assert "0 sealed anew" in fmotm("keys", "rotate", SEAL_KEYS=moved).output
    with database.begin() as connection:
        sealed = connection.scalar(text("SELECT totp_sealed FROM account WHERE id = 2"))
        assert isinstance(sealed, bytes)
        new = KeyRing({2: OTHER_KEY})
        assert new.unseal("totp", (2).to_bytes(16, "big"), sealed) == b"secret"
        moved_row = text("UPDATE account SET totp_sealed = :it, totp_pending = NULL WHERE id = 1")
        connection.execute(moved_row, {"it": old.seal("totp", bytes(16), b"secret")})
    said = fmotm("keys", "rotate", SEAL_KEYS=moved, code=1).output
    assert "left as it was: account.totp_sealed 1: refused" in said
