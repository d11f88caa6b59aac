"""Whatever is done in whatever order: nothing is lost, and what was let go never comes back."""

import redis
from hypothesis import HealthCheck, settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, invariant, rule, run_state_machine_as_test

from registry.inbox import Entry, Inbox
from tests.integration.registry.inbox.support import NIK_A, NIK_B, numbers, period, submission

NIKS = {"A": NIK_A, "B": NIK_B}
WORKERS = st.sampled_from(["one", "two", "three"])


class Sequences(RuleBasedStateMachine):
    """Applications come, again and again; workers claim, acknowledge, die, and take over."""

    def __init__(self, client: redis.Redis) -> None:
        super().__init__()
        client.flushall()
        self.inbox = Inbox(client)
        self.heir = Inbox(client, reclaim_after=0)
        self.inbox.publish_periods([period()])
        self.sent: list[bytes] = []
        self.held: dict[str, dict[int, Entry]] = {}
        self.acknowledged: set[int] = set()
        self.marks: dict[str, set[bytes]] = {"A": set(), "B": set()}

    @rule(nik=st.sampled_from("AB"), content=st.integers(0, 3))
    def append(self, nik: str, content: int) -> None:
        sent = submission((nik, content), NIKS[nik])
        accepted = self.inbox.append(sent, ticket=f"{len(self.sent)}")
        self.sent.append(sent.application_id)
        self.marks[nik].add(sent.application_id)
        assert accepted.number == len(self.sent)

    @rule(worker=WORKERS, count=st.integers(1, 5))
    def claim(self, worker: str, count: int) -> None:
        own = sorted(self.held.get(worker, {}))
        entries = self.inbox.claim(worker, count)
        assert numbers(entries)[: len(own)] == own[:count]
        self._take(worker, entries)

    @rule(worker=WORKERS)
    def take_over(self, worker: str) -> None:
        entries = self.heir.claim(worker)
        assert set(numbers(entries)) == self._waiting()
        self.held = {}
        self._take(worker, entries)

    @rule(worker=WORKERS, data=st.data())
    def acknowledge(self, worker: str, data: st.DataObject) -> None:
        held = self.held.get(worker, {})
        if held:
            chosen = data.draw(st.lists(st.sampled_from(sorted(held)), unique=True))
            self._let_go([held.pop(number) for number in chosen])

    def _take(self, worker: str, entries: list[Entry]) -> None:
        for entry in entries:
            assert entry.submission.application_id == self.sent[entry.number - 1]
            assert entry.number not in self.acknowledged
            self.held.setdefault(worker, {})[entry.number] = entry

    def _let_go(self, entries: list[Entry]) -> None:
        self.inbox.acknowledge(entries)
        for entry in entries:
            self.acknowledged.add(entry.number)
            nik = "A" if entry.submission.nik_index == NIK_A else "B"
            self.marks[nik].discard(entry.submission.application_id)

    def _waiting(self) -> set[int]:
        return set(range(1, len(self.sent) + 1)) - self.acknowledged

    @invariant()
    def adds_up(self) -> None:
        assert self.inbox.last_number() == len(self.sent)
        assert self.inbox.depth() == len(self._waiting())
        assert {n for page in self.inbox.waiting_numbers() for n in page} == self._waiting()
        for nik, ids in self.marks.items():
            assert {id_ for id_, _ in self.inbox.pending(NIKS[nik])} == ids


def test_any_sequence_of_events_adds_up(client: redis.Redis) -> None:
    class OnThisServer(Sequences):
        def __init__(self) -> None:
            super().__init__(client)

    run_state_machine_as_test(
        OnThisServer,
        settings=settings(
            max_examples=30,
            stateful_step_count=30,
            deadline=None,
            suppress_health_check=list(HealthCheck),
        ),
    )
