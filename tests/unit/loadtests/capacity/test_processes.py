from __future__ import annotations

import pytest

from loadtests.capacity.processes import of_stat

REST = "0 -1 4194560 1 2 3 4 11 22 33 44 20 0 1 0 100 0 0"


@pytest.mark.parametrize("name", ["postgres", "a (b) c", "tmux: server", ") S 1 ("])
def test_what_a_process_cost_is_read_whatever_it_is_called(name: str) -> None:
    assert of_stat(f"4711 ({name}) S 17 4711 4711 {REST}") == (17, 110)
