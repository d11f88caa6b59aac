"""Locust, in a process of its own: `python -m loadtests.load.player TASK` (a file, as JSON).

Citizens are an open stream: they come when the shape says, whatever becomes of those before, live
once and go. Staff sign in at the beginning and work until the end. Nothing else imports this:
Locust changes Python's sockets and threads under everything that runs beside it.
"""

# isort: skip_file

from __future__ import annotations

import locust
from locust.contrib.fasthttp import FastHttpUser

import json
import random
import resource
import sys
import time
from collections import Counter
from itertools import count
from pathlib import Path
from typing import Any, ClassVar, Final
from urllib.parse import urlencode

import gevent
from locust.env import Environment
from locust.exception import StopUser
from locust.log import setup_logging

from fmotm.households.client import Reply
from loadtests.households import Households
from loadtests.journeys.browser import FORM, Lost, NoAnswer, reply
from loadtests.journeys.citizen import Citizen, OnlyLooksUp
from loadtests.journeys.people import World
from loadtests.journeys.staff import Helper, Reviewer, live_on
from loadtests.ledger import Ledger
from loadtests.load.recorder import Recorder
from loadtests.load.shapes import SHAPES, Arrivals
from loadtests.load.task import Task

MOST_AT_ONCE: Final = 3_000
"""People; who would come beside them is turned away and counted."""

GRACE: Final = 20.0
"""Seconds that who is under way at the end may still have."""

TICK: Final = 0.05
_CITIZENS, _LOOKING, _HELPERS, _REVIEWERS = "Citizens", "LookingUp", "Helpers", "Reviewers"


class Play:
    """What all users of this process share."""

    task: Task
    world: World
    recorder: Recorder
    began = 0.0
    ending = False
    lost: ClassVar[Counter[str]] = Counter()
    invitations: ClassVar[dict[str, list[Any]]] = {}
    addresses = count(1)

    @classmethod
    def now(cls) -> float:
        """Return the seconds since the first came."""
        return time.monotonic() - cls.began


class LocustBrowser:
    """The browser of one user, over Locust's fast client; what it asks is counted by name."""

    def __init__(self, user: FastHttpUser) -> None:
        self._client = user.client
        number = next(Play.addresses)
        self._headers = {
            "X-Forwarded-For": f"10.{number >> 16 & 255}.{number >> 8 & 255}.{number & 255}"
        }

    def get(self, path: str, name: str) -> Reply:
        """Return a page."""
        return self._ask("GET", path, name, None)

    def post(self, path: str, fields: Any, name: str) -> Reply:
        """Send a form."""
        return self._ask("POST", path, name, fields)

    def _ask(self, method: str, path: str, name: str, fields: Any) -> Reply:
        body = None if fields is None else _encoded(fields)
        headers = self._headers if body is None else {**self._headers, "Content-Type": FORM}
        began = time.perf_counter()
        answer = self._client.request(
            method, path, name=name, data=body, headers=headers, allow_redirects=False
        )
        milliseconds = (time.perf_counter() - began) * 1_000
        status = answer.status_code or 0
        Play.recorder.answered(Play.now(), name, status, milliseconds)
        if not status:
            raise NoAnswer(name)
        return reply(status, answer.content or b"", dict(answer.headers.items()))


def _encoded(fields: Any) -> bytes:
    return urlencode(fields, doseq=True).encode()


class _Person(FastHttpUser):  # type: ignore[misc]
    abstract = True
    network_timeout = 20.0
    connection_timeout = 20.0
    max_retries = 0
    person: Any = None

    def on_start(self) -> None:
        self.dice = random.Random(f"{Play.task.seed}/{next(Play.addresses)}")
        self.browser = LocustBrowser(self)

    def once(self, live: Any) -> None:
        """Play a journey, and note what stopped it."""
        try:
            live()
        except Lost as lost:
            Play.lost[str(lost)] += 1
        except NoAnswer:
            Play.lost["no answer"] += 1
        except Exception as error:  # noqa: BLE001 - else Locust would begin the journey anew
            Play.lost[f"{type(error).__name__}: {error}"] += 1


class Citizens(_Person):
    """Each registers a household and goes."""

    @locust.task  # type: ignore[untyped-decorator]
    def live(self) -> None:
        self.once(Citizen(self.browser, Play.world, self.dice).live)
        raise StopUser


class LookingUp(_Person):
    """Each looks up once and goes."""

    @locust.task  # type: ignore[untyped-decorator]
    def live(self) -> None:
        self.once(OnlyLooksUp(self.browser, Play.world, self.dice).live)
        raise StopUser


class _Staff(_Person):
    abstract = True

    def work(self, person: Helper | Reviewer) -> None:
        self.once(person.take_over)
        while not Play.ending:
            self.once(lambda: live_on(person))
        raise StopUser


class Helpers(_Staff):
    """Each registers household after household."""

    @locust.task  # type: ignore[untyped-decorator]
    def live(self) -> None:
        (token,) = Play.invitations[_HELPERS].pop()
        self.work(Helper(self.browser, Play.world, self.dice, token))


class Reviewers(_Staff):
    """Each reads the queue of a kelurahan."""

    @locust.task  # type: ignore[untyped-decorator]
    def live(self) -> None:
        token, kelurahan = Play.invitations[_REVIEWERS].pop()
        self.work(Reviewer(self.browser, Play.world, self.dice, token, kelurahan))


_ALL: Final = (Citizens, LookingUp, Helpers, Reviewers)


def play(task: Task) -> dict[str, Any]:
    """Play a task to its end, and return what happened."""
    ledger = Ledger(Path(task.ledger))
    numbers = iter(range(task.first, task.first + task.households))
    Play.task = task
    Play.world = World(
        Households.of(task.form), dict(task.form), ledger, task.hurry, gevent.sleep, numbers
    )
    Play.recorder = Recorder(task.seconds + GRACE)
    Play.invitations = {_HELPERS: list(task.helpers), _REVIEWERS: list(task.reviewers)}
    _Person.host = task.url
    environment = Environment(user_classes=list(_ALL), host=task.url, stop_timeout=GRACE)
    environment.catch_exceptions = True
    runner = environment.create_local_runner()
    Play.began, began = time.monotonic(), time.time()
    try:
        turned_away, unfinished = _let_in(runner, task, ledger)
    finally:
        Play.ending = True
        runner.quit()
        ledger.close()
    return {
        **Play.recorder.summed_up(),
        "began": began,
        "seconds": task.seconds,
        "turned_away": turned_away,
        "unfinished": unfinished,
        "lost": dict(Play.lost.most_common(20)),
        "generator_cores": round(time.process_time() / Play.now(), 2),
    }


def _let_in(runner: Any, task: Task, ledger: Ledger) -> tuple[int, int]:
    """Let people in as the shape says, until its end and until they have gone.

    Return how many were turned away, and how many were still under way after all.
    """
    shape, dice = SHAPES[task.shape], random.Random(task.seed)
    streams = {
        _CITIZENS: Arrivals(shape, task.peak, task.seconds, dice),
        _LOOKING: Arrivals(shape, task.peak * task.looking_up, task.seconds, dice),
    }
    runner.spawn_users({_HELPERS: len(task.helpers), _REVIEWERS: len(task.reviewers)})
    turned_away, looked = 0, -1
    while (now := Play.now()) < task.seconds + GRACE:
        for name, stream in streams.items():
            came = stream.due(now)
            room = max(0, min(came, MOST_AT_ONCE - runner.user_count))
            turned_away += came - room
            runner.spawn_users({name: room})
        if now >= task.seconds:
            Play.ending = True
            if not runner.user_count:
                break
        if int(now) > looked:
            looked = int(now)
            Play.recorder.present(now, runner.user_classes_count)
            ledger.flush()
        gevent.sleep(TICK)
    present = runner.user_classes_count
    return turned_away, present[_CITIZENS] + present[_LOOKING]


def main() -> int:
    """Carry out the task that the file named on the command line describes."""
    setup_logging("ERROR")
    # Connections count as files: as many as the system allows.
    most = resource.getrlimit(resource.RLIMIT_NOFILE)[1]
    resource.setrlimit(resource.RLIMIT_NOFILE, (most, most))
    task = Task(**json.loads(Path(sys.argv[1]).read_text("utf-8")))
    found = play(task)
    draft = Path(task.result).with_suffix(".new")
    draft.write_text(json.dumps(found), "utf-8")
    draft.replace(task.result)
    return 0


if __name__ == "__main__":
    sys.exit(main())
