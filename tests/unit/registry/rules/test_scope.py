"""Who sees how far, and as what PostgreSQL is told so."""

from __future__ import annotations

import pytest

from registry.rules.lifecycle import SYSTEM, Actor, Role
from registry.rules.scope import Scope

GAMBIR, CIDENG = "31.71.01.1001", "31.71.01.1002"


@pytest.mark.parametrize(
    ("scope", "setting"),
    [
        (Scope.EVERYTHING, "all"),
        (Scope.NOTHING, ""),
        (Scope.of_kelurahan([]), ""),
        (Scope.of_kelurahan([GAMBIR]), f"kelurahan:{GAMBIR}"),
        (Scope.of_kelurahan([CIDENG, GAMBIR, CIDENG]), f"kelurahan:{GAMBIR},{CIDENG}"),
        (Scope.of_organisation("lsm-melati"), "organisation:lsm-melati"),
    ],
)
def test_setting_for_the_database(scope: Scope, setting: str) -> None:
    assert scope.setting == setting


def test_scopes_are_values() -> None:
    assert Scope.of_kelurahan([]) == Scope.NOTHING == Scope()
    assert Scope.of_kelurahan([GAMBIR, CIDENG]) == Scope.of_kelurahan({CIDENG, GAMBIR})
    assert len({Scope.EVERYTHING, Scope.NOTHING, Scope.of_organisation("a")}) == 3


@pytest.mark.parametrize(
    "code", ["", "3171011001", "31.71.01", "31.71.01.1001,31.71.01.1002", "31.71.01.100\n", "all"]
)
def test_what_is_no_kelurahan_is_no_scope(code: str) -> None:
    with pytest.raises(ValueError, match="kelurahan"):
        Scope.of_kelurahan([code])


@pytest.mark.parametrize("name", ["", "A", "a:b", "a,b", "-a", "a-", "a\n", "ä", "a" * 41])
def test_what_is_no_organisation_is_no_scope(name: str) -> None:
    with pytest.raises(ValueError, match="organisation"):
        Scope.of_organisation(name)


def test_who_sees_a_kelurahan() -> None:
    assert Scope.EVERYTHING.covers(GAMBIR)
    assert Scope.of_kelurahan([GAMBIR]).covers(GAMBIR)
    assert not Scope.of_kelurahan([GAMBIR]).covers(CIDENG)
    assert not Scope.of_organisation("lsm-melati").covers(GAMBIR)
    assert not Scope.NOTHING.covers(GAMBIR)


def test_software_sees_everything_and_a_citizen_nothing() -> None:
    assert SYSTEM.scope == Scope.EVERYTHING
    assert Actor(None, Role.CITIZEN).scope == Scope.NOTHING


def test_a_role_holds_in_its_own_kelurahan() -> None:
    lurah = Actor("1", Role.CHAIR, Scope.of_kelurahan([GAMBIR]))

    assert lurah.holds(Role.CHAIR)
    assert lurah.holds(Role.CHAIR, GAMBIR)
    assert not lurah.holds(Role.CHAIR, CIDENG)
    assert not lurah.holds(Role.REVIEWER, GAMBIR)


def test_plh_is_chair_beside_the_own_role() -> None:
    both = Scope.of_kelurahan([GAMBIR, CIDENG])
    plh = Actor("1", Role.REVIEWER, both, acting_chair_of=frozenset({CIDENG}))

    assert plh.holds(Role.CHAIR)
    assert plh.holds(Role.CHAIR, CIDENG)
    assert not plh.holds(Role.CHAIR, GAMBIR)
    assert plh.holds(Role.REVIEWER, GAMBIR)
    assert plh.holds(Role.REVIEWER, CIDENG)
