"""Real servers, as shipped, for all that is played on them."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from loadtests.bench.servers import Servers, running


@pytest.fixture(scope="session")
def servers() -> Iterator[Servers]:
    with running() as started:
        yield started
