"""Those who sign in: helpers of organisations, who register, and reviewers, who read."""

from __future__ import annotations

import base64
import hmac
import re
import struct
import time
from dataclasses import dataclass
from html import unescape
from http import HTTPStatus
from typing import TYPE_CHECKING, Final

from loadtests.journeys.browser import Lost, NoAnswer, shown, token_on
from loadtests.journeys.people import Person

if TYPE_CHECKING:
    from fmotm.households.client import Reply

PASSWORD: Final = "tangga hijau melompat jauh"
READING_OUT: Final = 6.0
LOOKING: Final = 2.0
"""Minutes for a household, at the median; assumed."""

IN_A_ROW: Final = 10
"""Cases that a reviewer looks at before the queue is opened anew."""

_REGISTER: Final = "/pendamping/daftar"
_SECRET: Final = re.compile(r'<p class="kunci">([A-Z2-7= ]+)</p>')
_NEXT: Final = re.compile(r'<a rel="next" href="([^"]+)"')
_STEP: Final = 30


@dataclass(slots=True)
class Staff(Person):
    """Somebody who was invited; ``invitation`` is the token of their link."""

    invitation: str

    def take_over(self) -> None:
        """Set the password, and the second factor where the role needs one: once. Raises Lost."""
        link = f"/undangan/{self.invitation}"
        token = token_on(self.browser.get(link, "invitation"), "invitation")
        fields = {"password": PASSWORD, "again": PASSWORD, "csrf_token": token}
        answer = self.browser.post(link, {**fields}, "sign in")
        _moved(answer, "sign in")
        if answer.location == "/akun/kode":
            self._set_up_code()

    def _set_up_code(self) -> None:
        page = self.browser.get("/akun/kode", "second factor")
        token, key = token_on(page, "second factor"), _SECRET.search(page.text)
        if key is None:
            raise Lost("second factor: no key")
        code = totp(key[1], time.time())
        fields = {"code": code, "csrf_token": token}
        shown(self.browser.post("/akun/kode", {**fields}, "second factor"), "second factor")


@dataclass(slots=True)
class Helper(Staff):
    """A pendamping, who registers household after household."""

    def live(self) -> None:
        """Register the next one. Raises Lost."""
        shown(self.browser.get("/pendamping", "households of an organisation"), "organisation")
        token = token_on(self.browser.get(_REGISTER, "form of an organisation"), "organisation")
        self.think(READING_OUT)
        number = next(self.world.numbers)
        fields = {**self.world.households.answers(number), "csrf_token": token}
        self.keep(number, self.send(_REGISTER, fields, "send by an organisation"))


@dataclass(slots=True)
class Reviewer(Staff):
    """An officer of a kelurahan, who reads the queue case by case."""

    kelurahan: str

    def live(self) -> None:
        """Open the queue, then one case after the other. Raises Lost."""
        queue = f"/musyawarah/{self.kelurahan}/antrean"
        page = shown(self.browser.get(queue, "queue"), "queue")
        first = re.search(rf'href="(/musyawarah/{self.kelurahan}/kasus/[0-9a-f]+)', page.text)
        case = first[1] if first else None
        self.think(LOOKING)
        for _ in range(IN_A_ROW):
            if case is None:
                return
            page = shown(self.browser.get(case, "case"), "case")
            following = _NEXT.search(page.text)
            case = unescape(following[1]) if following else None
            self.think(LOOKING)


def live_on(person: Helper | Reviewer) -> None:
    """Do the same again, a page that failed notwithstanding: tomorrow is another day."""
    try:
        person.live()
    except (Lost, NoAnswer):
        person.think(LOOKING)
        raise


def totp(key: str, at: float) -> str:
    """Return the code that an authenticator shows for a key at a time (RFC 6238, SHA-1)."""
    plain = key.replace(" ", "").rstrip("=")
    secret = base64.b32decode(plain + "=" * (-len(plain) % 8))
    digest = hmac.digest(secret, struct.pack(">Q", int(at) // _STEP), "sha1")
    start = digest[-1] & 15
    number = struct.unpack(">I", digest[start : start + 4])[0] & 0x7FFF_FFFF
    return f"{number % 1_000_000:06}"


def _moved(answer: Reply, what: str) -> None:
    if answer.status not in {HTTPStatus.FOUND, HTTPStatus.SEE_OTHER}:
        message = f"{what}: HTTP {answer.status}"
        raise Lost(message)
