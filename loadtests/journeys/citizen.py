"""Citizens: who registers their household, and who only looks up how far it is."""

from __future__ import annotations

from dataclasses import dataclass
from http import HTTPStatus
from typing import TYPE_CHECKING, Final

from fmotm.households.dice import Dice
from fmotm.households.pages import receipt_shown
from fmotm.households.twists import make_mistake
from loadtests.journeys.browser import Lost, shown
from loadtests.journeys.people import Person

if TYPE_CHECKING:
    from fmotm.households import Raw
    from fmotm.households.client import Reply

FORM: Final = "/daftar"
STATUS: Final = "/cek"
FILLING_IN: Final = 8.0
MENDING: Final = 1.5
READING: Final = 1.0
BEFORE_LOOKING_UP: Final = 15.0
"""Minutes that half of the people take at most. Assumed, as are the shares below: nobody has
measured people at this form yet (docs/usability.md)."""

MISTAKEN: Final = 0.15
"""Of 100 citizens, how many send the form with a mistake first."""

LOOKS_UP: Final = 0.4
"""Of 100 citizens, how many look up what became of their application."""

RECEIPT_LOST: Final = 0.1
"""Of 100 who only look up, how many do so by KK, having lost their receipt."""


@dataclass(slots=True)
class Citizen(Person):
    """Registers one household, and may come back."""

    def live(self) -> None:
        """Open the form, fill it in, send it, keep the receipt; perhaps look up later."""
        world = self.world
        number = next(world.numbers)
        shown(self.browser.get("/", "home"), "home")
        self.think(READING)
        shown(self.browser.get(FORM, "form"), "form")
        self.think(FILLING_IN)
        code = self.keep(number, self._register(number))
        if self.dice.random() < LOOKS_UP:
            self.think(BEFORE_LOOKING_UP)
            look_up(self, number, code)

    def _register(self, number: int) -> Reply:
        """Send the form, with a mistake first where one is made. Raises Lost."""
        fields = self.world.households.answers(number)
        if self.dice.random() < MISTAKEN:
            wrong: Raw = dict(fields)
            make_mistake(wrong, Dice(number, number, "mistakes"))
            answer = self.send(FORM, wrong, "send with a mistake")
            if answer.status != HTTPStatus.UNPROCESSABLE_ENTITY:
                message = f"a form with a mistake was answered with {answer.status}"
                raise Lost(message)
            self.think(MENDING)
        return self.send(FORM, fields, "send")


@dataclass(slots=True)
class OnlyLooksUp(Person):
    """Registered some time ago, and wants to know how far it is."""

    def live(self) -> None:
        """Look up once, by receipt or by KK."""
        recent = self.world.recent
        if not recent:
            shown(self.browser.get(STATUS, "status form"), "status form")
            return
        number, code = self.dice.choice(recent)
        if self.dice.random() < RECEIPT_LOST:
            code = ""
        look_up(self, number, code)


def look_up(person: Person, number: int, code: str) -> None:
    """Ask for a household's status, by its receipt, or by its KK where that is lost. Raises Lost.

    Who holds the receipt is shown it again; nobody else is told anything but the step.
    """
    shown(person.browser.get(STATUS, "status form"), "status form")
    person.think(READING)
    households = person.world.households
    kk = "" if code else households.kk(number)
    if not (code or kk):
        return
    asked: Raw = {"nik": households.nik(number), "bukti": code, "kk": kk or ""}
    page = person.send(STATUS, asked, "status")
    if code and receipt_shown(shown(page, "status").text) != code:
        raise Lost("the status of a receipt was not found")
