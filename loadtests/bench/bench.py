"""What every row works with."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Final

from loadtests.bench.verify import Books
from loadtests.bench.wrk import Answers, Load, hammer

if TYPE_CHECKING:
    from collections.abc import Callable

    from loadtests.bench.noop_server import NoOp
    from loadtests.bench.scale import Scale
    from loadtests.bench.servers import Servers

FORM: Final = "/daftar"
_FASTEST: Final = 20_000
"""Requests a second that no generator here exceeds: so many numbers a run may need."""


@dataclass(slots=True)
class Bench:
    """The servers, the no-op beside them, the sizes, and the books of what was accepted."""

    servers: Servers
    noop: NoOp
    scale: Scale
    books: Books = field(init=False)
    form: str = field(init=False)
    """The file by which wrk makes forms."""

    def __post_init__(self) -> None:
        self.books = Books(self.servers, self.scale.samples)
        self.form = self.servers.file("form.lua", self.servers.template.as_lua())

    def send(self, seconds: float, then: Callable[[], None] = lambda: None) -> Answers:
        """Send forms to the portal for so long, do ``then``, and compare with the inbox."""
        first = self.numbers(seconds)
        load = Load(seconds, self.scale.connections)
        with self.books.hearing(first) as heard:
            answers = self._post(self.servers.url + FORM, load, first)
            heard.accepted = answers.good
            heard.unsure = answers.unanswered + load.connections
            then()
        return answers

    def post_noop(self, seconds: float) -> Answers:
        """Send forms to the no-op for so long, once all of its processes serve."""
        with self.noop.running() as url:
            self._post_once(url, self.scale.warm_up and 1.0)
            return self._post_once(url, seconds)

    def try_noop(self, noop: NoOp) -> float:
        """Return the forms a second that the no-op surely takes with other settings.

        Where chance gives all connections to one of its processes, it takes half: the lower of two
        rates counts. Where the machine, or its start, was at fault, another start is better.
        """
        return max(self._surely(noop) for _ in range(2))

    def _surely(self, noop: NoOp) -> float:
        with noop.running() as url:
            return min(self._post_once(url, self.scale.calibrate).rate for _ in range(2))

    def _post_once(self, url: str, seconds: float) -> Answers:
        return self._post(url, Load(seconds, self.scale.connections), self.numbers(seconds))

    def numbers(self, seconds: float) -> int:
        """Return the first of as many numbers as so many seconds may need."""
        return self.servers.numbers.take(int(max(1.0, seconds) * _FASTEST))

    def _post(self, url: str, load: Load, first: int) -> Answers:
        return hammer(url, load, "household", self.form, str(first))
