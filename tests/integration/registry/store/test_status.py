import pytest
from sqlalchemy import Engine
from sqlalchemy.orm import Session

from registry.store.intake import set_aside
from registry.store.queries import Status, highest_entry, status_by_kk, status_by_receipt
from registry.store.session import sessions
from tests.integration.registry.store.factories import (
    GAMBIR,
    OTHER_PERIOD,
    PERIOD,
    aside,
    checked,
    code,
    counted,
    index,
    record_now,
)

KK = index("kk k")


def standing(session: Session, *labels: str, nik: str = "a") -> list[str]:
    """Those of the applications that are not superseded."""
    found = {
        label: status_by_receipt(session, index(f"nik {nik}"), code(label)) for label in labels
    }
    assert all(len(statuses) == 1 for statuses in found.values())
    return [label for label, (status,) in found.items() if not status.superseded]


def test_status_by_receipt(bind: Engine, session: Session) -> None:
    record_now(bind, checked("a", 1))
    (status,) = status_by_receipt(session, index("nik a"), code("a"))
    assert (status.state, status.kelurahan, status.entry, status.period) == (
        "queued",
        GAMBIR,
        1,
        PERIOD,
    )
    assert not status.superseded


@pytest.mark.parametrize(("nik", "receipt"), [("a", "b"), ("b", "a"), ("c", "c")])
def test_both_nik_and_receipt_must_be_right(
    bind: Engine, session: Session, nik: str, receipt: str
) -> None:
    record_now(bind, checked("a", 1), checked("b", 2))
    assert status_by_receipt(session, index(f"nik {nik}"), code(receipt)) == []


def test_status_by_kk_shows_every_rival_latest_first(bind: Engine, session: Session) -> None:
    record_now(
        bind,
        checked("a", 1, kk_index=KK),
        checked("rival", 2, nik="a", kk_index=KK),
        checked("other kk", 3, nik="a", kk_index=index("kk other")),
        checked("other nik", 4, kk_index=KK),
        checked("no kk", 5, nik="a"),
    )
    found = status_by_kk(session, index("nik a"), KK)
    assert [status.entry for status in found] == [2, 1]
    assert not any(status.superseded for status in found)


def test_as_many_statements_found_or_not(bind: Engine, session: Session) -> None:
    record_now(bind, checked("a", 1, kk_index=KK))
    for receipt in (code("a"), code("nothing")):
        with counted(bind) as sent:
            status_by_receipt(session, index("nik a"), receipt)
        assert len(sent) == 1
    for nik in ("a", "nobody"):
        with counted(bind) as sent:
            status_by_kk(session, index(f"nik {nik}"), KK)
        assert len(sent) == 1


def test_quarantined_is_received_and_found_once(bind: Engine, session: Session) -> None:
    with sessions(bind).begin() as worker:
        set_aside(worker, aside("a", 1, kk="k"))
        set_aside(worker, aside("a", 2, kk="k"))
    for found in (
        status_by_receipt(session, index("nik a"), code("a")),
        status_by_kk(session, index("nik a"), KK),
    ):
        assert [(s.state, s.entry, s.kelurahan) for s in found] == [("received", 1, None)]
    session.rollback()
    record_now(bind, checked("a", 3, kk_index=KK))
    (status,) = status_by_receipt(session, index("nik a"), code("a"))
    assert (status.state, status.entry) == ("queued", 3)


def test_quarantined_without_kk_is_not_found_by_zeros(bind: Engine, session: Session) -> None:
    with sessions(bind).begin() as worker:
        set_aside(worker, aside("a", 1))
    assert status_by_kk(session, index("nik a"), bytes(16)) == []


def test_later_with_the_receipt_supersedes(bind: Engine, session: Session) -> None:
    record_now(bind, checked("a", 1))
    record_now(bind, checked("b", 2, nik="a", replaces="a"))
    assert standing(session, "a", "b") == ["b"]


def test_rival_supersedes_nothing(bind: Engine, session: Session) -> None:
    record_now(bind, checked("a", 1), checked("b", 2, nik="a"))
    assert standing(session, "a", "b") == ["a", "b"]


def test_receipt_of_another_nik_supersedes_nothing(bind: Engine, session: Session) -> None:
    record_now(bind, checked("a", 1), checked("thief", 2, replaces="a"))
    assert standing(session, "a") == ["a"]


def test_chain_leaves_the_last(bind: Engine, session: Session) -> None:
    record_now(
        bind,
        checked("a", 1),
        checked("b", 2, nik="a", replaces="a"),
        checked("c", 3, nik="a", replaces="b"),
    )
    assert standing(session, "a", "b", "c") == ["c"]


def test_order_of_recording_does_not_matter(bind: Engine, session: Session) -> None:
    record_now(bind, checked("c", 3, nik="a", replaces="b"))
    record_now(bind, checked("b", 2, nik="a", replaces="a"))
    record_now(bind, checked("a", 1))
    assert standing(session, "a", "b", "c") == ["c"]


def test_earlier_entry_cannot_supersede_a_later_one(bind: Engine, session: Session) -> None:
    record_now(bind, checked("b", 1, nik="a", replaces="a"), checked("a", 2))
    assert standing(session, "a", "b") == ["a", "b"]


def test_another_period_does_not_count(bind: Engine, session: Session) -> None:
    record_now(bind, checked("a", 1), checked("b", 2, nik="a", replaces="a", period=OTHER_PERIOD))
    assert standing(session, "a", "b") == ["a", "b"]


def test_claim_that_comes_with_a_resubmission_counts(bind: Engine, session: Session) -> None:
    record_now(bind, checked("b", 1, nik="a"), checked("a", 2))
    assert standing(session, "a", "b") == ["a", "b"]
    record_now(bind, checked("b", 3, nik="a", replaces="a"))
    session.rollback()
    assert standing(session, "a", "b") == ["b"]


@pytest.mark.parametrize("order", [(1, 2, 3), (3, 2, 1), (2, 3, 1)])
def test_household_that_goes_back_to_its_first_answers(
    bind: Engine, session: Session, order: tuple[int, ...]
) -> None:
    sent = {
        1: checked("a", 1),
        2: checked("b", 2, nik="a", replaces="a"),
        3: checked("a", 3, replaces="b"),
    }
    for entry in order:
        record_now(bind, sent[entry])
    assert standing(session, "a", "b") == ["a"]


@pytest.mark.parametrize("order", [(1, 2, 3, 4), (4, 3, 2, 1), (2, 4, 1, 3)])
def test_household_that_goes_back_after_several_versions_keeps_one(
    bind: Engine, session: Session, order: tuple[int, ...]
) -> None:
    sent = {
        1: checked("a", 1),
        2: checked("b", 2, nik="a", replaces="a"),
        3: checked("c", 3, nik="a", replaces="b"),
        4: checked("a", 4, replaces="c"),
    }
    for entry in order:
        record_now(bind, sent[entry])
    assert standing(session, "a", "b", "c") == ["a"]


def test_late_retry_of_a_middle_version_changes_nothing(bind: Engine, session: Session) -> None:
    record_now(
        bind,
        checked("a", 1),
        checked("b", 2, nik="a", replaces="a"),
        checked("c", 3, nik="a", replaces="b"),
        checked("b", 4, nik="a", replaces="a"),
    )
    assert standing(session, "a", "b", "c") == ["c"]


def test_highest_entry(bind: Engine, session: Session) -> None:
    assert highest_entry(session) == 0
    record_now(bind, checked("a", 7), checked("a", 9))
    assert highest_entry(session) == 9


def test_status_has_no_personal_data() -> None:
    assert {"sealed", "nik_index", "kk_index"}.isdisjoint(Status.__dataclass_fields__)
